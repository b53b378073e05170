"""GitHub Copilot CLI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.agents.client import Client
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script


class Copilot(Client):
    """GitHub Copilot CLI, in its headless mode, with a model of one's own."""

    agent = "copilot-cli"
    program = "copilot"
    json_lines = ("--output-format", "json")
    trusting = ("--allow-all",)
    session_key = "sessionId"

    def settle(self) -> None:
        """Give it the MCP server."""
        command, *arguments = self.mcp_server()
        server = {"type": "local", "command": command, "args": arguments, "tools": ["*"]}
        folder = self.home / ".copilot"
        folder.mkdir()
        servers = json.dumps({"mcpServers": {"everything": server}})
        (folder / "mcp-config.json").write_text(servers, encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Point it at the model."""
        return {
            "COPILOT_OFFLINE": "true",
            "COPILOT_PROVIDER_BASE_URL": f"{self.model_url}/v1",
            "COPILOT_MODEL": "scripted",
            "COPILOT_AUTO_UPDATE": "false",
        }

    def scripts(self, project: Path) -> dict[str, Script]:
        """Tools are `bash`, `create`, `edit`, `view`, `grep`; hooks give them Claude's names."""
        file, new = str(project / "a.txt"), str(project / "b.txt")
        task = {"name": "sub-task", "description": "sub task", "prompt": prompt("child")}
        return {
            "shell": ((_shell("echo one"),),),
            "failing_shell": ((_shell("echo bad >&2; exit 3"),),),
            "write": ((Call("create", {"path": new, "file_text": "one\ntwo\n"}),),),
            "edit": (
                (Call("view", {"path": file}),),
                (Call("edit", {"path": file, "old_str": "two", "new_str": "2"}),),
            ),
            "read": ((Call("view", {"path": file}),),),
            "search": ((Call("grep", {"pattern": "two"}),),),
            "mcp": ((Call("everything-echo", {"message": "hello"}),),),
            "subagent": (
                (Call("task", {**task, "agent_type": "general-purpose", "mode": "sync"}),),
            ),
            "child": ((_shell("echo child"),),),
            "parallel": ((_shell("echo left"), _shell("echo right")),),
            "denied": ((_shell("touch denied"),),),
        }


def _shell(command: str) -> Call:
    return Call("bash", {"command": command, "description": "Run it"})
