"""Gemini CLI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.agents.client import Client
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script


class Gemini(Client):
    """Gemini CLI, in its headless mode."""

    agent = "gemini-cli"
    program = "gemini"
    trusting = ("--yolo",)
    always = ("--model", "gemini-2.5-pro")  # or it would ask the model which model to take
    chatter = (  # when the server is slow, or it is itself; it asks again when it is about to leave
        r"(\[INFO\] )?Tools updated for server: everything"
        r"|(Discovery failed during refresh|Error discovering tools from everything)"
        r": MCP error .*: Connection closed"
        r'|Tool with name "mcp_everything_[\w-]+" is already registered\. Overwriting\.'
        r"|\[STARTUP\] Phase '\w+' was started but never ended\. Skipping metrics\."
    )
    compaction = "/compress"

    def settle(self) -> None:
        """Choose the key as the way in, and give it the MCP server."""
        command, *arguments = self.mcp_server()
        settings = {
            "security": {"auth": {"selectedType": "gemini-api-key"}},
            "general": {"enableAutoUpdate": False},
            "privacy": {"usageStatisticsEnabled": False},
            "mcpServers": {"everything": {"command": command, "args": arguments}},
        }
        folder = self.home / ".gemini"
        folder.mkdir()
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Point it at the model, and trust the folder."""
        return {
            "GEMINI_API_KEY": "key",
            "GOOGLE_GEMINI_BASE_URL": self.model_url,
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
        }

    def scripts(self, project: Path) -> dict[str, Script]:
        """Tools are `run_shell_command`, `write_file`, `replace`, `read_file`, `grep_search`."""
        file, new = str(project / "a.txt"), str(project / "b.txt")
        change = {"file_path": file, "old_string": "two", "new_string": "2"}
        task = {"agent_name": "generalist", "prompt": prompt("child")}
        return {
            "shell": ((_shell("echo one"),),),
            "failing_shell": ((_shell("echo bad >&2; exit 3"),),),
            "write": ((Call("write_file", {"file_path": new, "content": "one\ntwo\n"}),),),
            "edit": (
                (Call("read_file", {"file_path": file}),),
                (Call("replace", {**change, "instruction": "replace the text"}),),
            ),
            "read": ((Call("read_file", {"file_path": file}),),),
            "search": ((Call("grep_search", {"pattern": "two"}),),),
            "mcp": ((Call("mcp_everything_echo", {"message": "hello"}),),),
            "subagent": ((Call("invoke_agent", task),),),
            "child": (
                (_shell("echo child"),),
                (Call("complete_task", {"result": {"response": "Done."}}),),
            ),
            "parallel": ((_shell("echo left"), _shell("echo right")),),
            "denied": ((_shell("touch denied"),),),
        }


def _shell(command: str) -> Call:
    return Call("run_shell_command", {"command": command, "description": "Run it"})
