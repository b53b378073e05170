"""Qwen Code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.agents.client import Client
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script


class Qwen(Client):
    """Qwen Code, in its headless mode."""

    agent = "qwen-code"
    program = "qwen"
    trusting = ("--yolo",)
    compaction = "/compress"

    def settle(self) -> None:
        """Choose the key as the way in, and give it the MCP server."""
        command, *arguments = self.mcp_server()
        settings = {
            "security": {"auth": {"selectedType": "openai"}},
            "general": {"enableAutoUpdate": False},
            "privacy": {"usageStatisticsEnabled": False},
            "mcpServers": {"everything": {"command": command, "args": arguments}},
        }
        folder = self.home / ".qwen"
        folder.mkdir()
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Point it at the model."""
        return {
            "OPENAI_API_KEY": "key",
            "OPENAI_BASE_URL": f"{self.model_url}/v1",
            "OPENAI_MODEL": "scripted",
        }

    def scripts(self, project: Path) -> dict[str, Script]:
        """Tools are `run_shell_command`, `write_file`, `edit`, `read_file`, `grep_search`.

        On a busy machine it loses what a command prints just before its end.
        """
        file, new = str(project / "a.txt"), str(project / "b.txt")
        task = {"description": "sub task", "prompt": prompt("child"), "run_in_background": False}
        return {
            "shell": ((_shell("echo one; sleep 0.1"),),),
            "failing_shell": ((_shell("echo bad >&2; sleep 0.1; exit 3"),),),
            "write": ((Call("write_file", {"file_path": new, "content": "one\ntwo\n"}),),),
            "edit": (
                (Call("read_file", {"file_path": file}),),
                (Call("edit", {"file_path": file, "old_string": "two", "new_string": "2"}),),
            ),
            "read": ((Call("read_file", {"file_path": file}),),),
            "search": ((Call("grep_search", {"pattern": "two"}),),),
            "mcp": ((Call("mcp__everything__echo", {"message": "hello"}),),),
            "subagent": ((Call("agent", {**task, "subagent_type": "general-purpose"}),),),
            "child": ((_shell("echo child"),),),
            "parallel": ((_shell("echo left"), _shell("echo right")),),
            "denied": ((_shell("touch denied"),),),
        }


def _shell(command: str) -> Call:
    told = {"command": command, "is_background": False, "description": "Run it"}
    return Call("run_shell_command", told)
