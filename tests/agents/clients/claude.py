"""Claude Code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.agents.client import Client
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script


class Claude(Client):
    """Claude Code, in its headless mode."""

    agent = "claude-code"
    program = "claude"
    json_lines = ("--verbose", *Client.json_lines)
    trusting = ("--dangerously-skip-permissions",)

    def settle(self) -> None:
        """Give it the MCP server; all else comes from the environment."""
        command, *arguments = self.mcp_server()
        servers = {"everything": {"command": command, "args": arguments}}
        settings = json.dumps({"mcpServers": servers})
        (self.home / ".claude.json").write_text(settings, encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """Point it at the model and keep it from asking anybody else."""
        return {
            "ANTHROPIC_BASE_URL": self.model_url,
            "ANTHROPIC_API_KEY": "key",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "IS_SANDBOX": "1",
        }

    def scripts(self, project: Path) -> dict[str, Script]:
        """Tools are `Bash`, `Write`, `Edit`, `Read`; search goes through the shell."""
        file, new = str(project / "a.txt"), str(project / "b.txt")
        task = {"description": "sub task", "prompt": prompt("child")}
        return {
            "shell": ((Call("Bash", {"command": "echo one"}),),),
            "failing_shell": ((Call("Bash", {"command": "echo bad >&2; exit 3"}),),),
            "write": ((Call("Write", {"file_path": new, "content": "one\ntwo\n"}),),),
            "edit": (
                (Call("Read", {"file_path": file}),),
                (Call("Edit", {"file_path": file, "old_string": "two", "new_string": "2"}),),
            ),
            "read": ((Call("Read", {"file_path": file}),),),
            "search": ((Call("Bash", {"command": "grep -rn two ."}),),),
            "mcp": ((Call("mcp__everything__echo", {"message": "hello"}),),),
            "subagent": ((Call("Agent", {**task, "subagent_type": "general-purpose"}),),),
            "child": ((Call("Bash", {"command": "echo child"}),),),
            "parallel": (
                (
                    Call("Bash", {"command": "echo left"}),
                    Call("Bash", {"command": "echo right"}),
                ),
            ),
            "denied": ((Call("Bash", {"command": "touch denied"}),),),
        }
