"""OpenCode."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tests.agents.client import SYSTEM_PATH, Client, Task
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script

_COMPACT_ONCE = """
export const Once = async () => ({
  "experimental.compaction.autocontinue": async (_, output) => { output.enabled = false; },
});
"""
"""The forgetful model would go on and compact for ever, as every answer fills it again."""

_TYPES_INSTALLED = '{"packages": {"": {"dependencies": {"@opencode-ai/plugin": "*"}}}}'


class OpenCode(Client):
    """OpenCode, in its headless mode."""

    agent = "opencode"
    program = "opencode"
    json_lines = ("--format", "json")
    trusting = ()
    session_key = "sessionID"

    def settle(self) -> None:
        """Make the model known, give it the MCP server, and an agent that has to ask."""
        models = {"scripted": _model(200_000), "forgetful": _model(1_300)}
        provider = {
            "npm": "@ai-sdk/openai-compatible",
            "options": {"baseURL": f"{self.model_url}/v1", "apiKey": "key"},
            "models": models,
        }
        settings = {
            "autoupdate": False,
            "share": "disabled",
            "model": "loopback/scripted",
            "small_model": "loopback/scripted",
            "provider": {"loopback": provider},
            "mcp": {"everything": {"type": "local", "command": self.mcp_server()}},
            "agent": {"careful": {"mode": "primary", "permission": {"bash": "ask"}}},
        }
        folder = self.home / ".config" / "opencode"
        (folder / "plugin").mkdir(parents=True)
        (folder / "plugin" / "once.js").write_text(_COMPACT_ONCE, encoding="utf-8")
        # Else it asks the registry for its plugin types at every start, for a minute.
        (folder / "node_modules").mkdir()
        (folder / "package-lock.json").write_text(_TYPES_INSTALLED, encoding="utf-8")
        (folder / "opencode.json").write_text(json.dumps(settings), encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Have it fetch nothing: it searches with the ripgrep that came with another agent."""
        ripgrep = self.clis.glob("node_modules/@openai/codex-*/vendor/*/codex-path")
        folders = (*sorted(ripgrep), self.clis / "node_modules/.bin", SYSTEM_PATH)
        return {
            "PATH": os.pathsep.join(map(str, folders)),
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        }

    def arguments(self, task: Task) -> list[str]:
        """Its prompt stands behind `run`; the model of a compaction has no room for more."""
        return [
            "run",
            *(() if task.as_text else self.json_lines),
            *(("--agent", "careful") if task.ask else ()),
            *(("--model", "loopback/forgetful") if task.compact else ()),
            *(("--session", task.resume) if task.resume else ()),
            task.prompt,
        ]

    def scripts(self, project: Path) -> dict[str, Script]:
        """Tools are `bash`, `write`, `edit`, `read`, `grep`, `task`; MCP ones `server_tool`."""
        file, new = str(project / "a.txt"), str(project / "b.txt")
        task = {"description": "sub task", "prompt": prompt("child")}
        return {
            "shell": ((_shell("echo one"),),),
            "failing_shell": ((_shell("echo bad >&2; exit 3"),),),
            "write": ((Call("write", {"filePath": new, "content": "one\ntwo\n"}),),),
            "edit": (
                (Call("read", {"filePath": file}),),
                (Call("edit", {"filePath": file, "oldString": "two", "newString": "2"}),),
            ),
            "read": ((Call("read", {"filePath": file}),),),
            "search": ((Call("grep", {"pattern": "two"}),),),
            "mcp": ((Call("everything_echo", {"message": "hello"}),),),
            "subagent": ((Call("task", {**task, "subagent_type": "general"}),),),
            "child": ((_shell("echo child"),),),
            "parallel": ((_shell("echo left"), _shell("echo right")),),
            "denied": ((_shell("touch denied"),),),
        }


def _model(context: int) -> dict[str, object]:
    """Describe a model by the tokens it can hold."""
    return {"tool_call": True, "limit": {"context": context, "output": 100}}


def _shell(command: str) -> Call:
    return Call("bash", {"command": command, "description": "Run it"})
