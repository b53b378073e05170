"""Codex CLI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.agents.client import Client, Task
from tests.agents.model.script import Call, prompt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agents.model.script import Script


class Codex(Client):
    """Codex CLI, as `codex exec`."""

    agent = "codex-cli"
    program = "codex"
    json_lines = ("--json",)
    trusting = ("--dangerously-bypass-approvals-and-sandbox",)
    chatter = r"hook: \w+( Completed| Failed)?"  # failed: the package is not as it was trusted
    session_key = "thread_id"
    compaction = prompt("nothing")  # a conversation that grew too long is compacted first

    def settle(self) -> None:
        """Name the model's provider and the MCP server."""
        command, *arguments = self.mcp_server()
        folder = self.home / ".codex"
        folder.mkdir()
        settings = f"""\
model = "gpt-5.5"
model_provider = "scripted"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.scripted]
name = "scripted"
base_url = "{self.model_url}/v1"
wire_api = "responses"
env_key = "MODEL_KEY"

[mcp_servers.everything]
command = {json.dumps(command)}
args = {json.dumps(arguments)}
"""
        (folder / "config.toml").write_text(settings, encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """The key alone."""
        return {"MODEL_KEY": "key"}

    def arguments(self, task: Task) -> list[str]:
        """Without a bypass, its sandbox is what refuses."""
        limit = "model_auto_compact_token_limit=1000"
        return [
            *("exec", "--skip-git-repo-check"),
            *(() if task.as_text else self.json_lines),
            *(("--sandbox", "read-only") if task.ask else self.trusting),
            *(("-c", limit) if task.compact else ()),
            *(("resume", task.resume) if task.resume else ()),
            task.prompt,
        ]

    def scripts(self, project: Path) -> dict[str, Script]:  # noqa: ARG002 - paths are relative
        """Tools are `exec_command` and `apply_patch`; reading and searching is shell work."""
        return {
            "shell": ((_shell("echo one"),),),
            "failing_shell": ((_shell("echo bad >&2; exit 3"),),),
            "write": ((_patch("Add File: b.txt\n+one\n+two"),),),
            "edit": (
                (_shell("cat a.txt"),),
                (_patch("Update File: a.txt\n@@\n-two\n+2"),),
            ),
            "read": ((_shell("cat a.txt"),),),
            "search": ((_shell("grep -rn two ."),),),
            "mcp": ((Call("echo", {"message": "hello"}, "mcp__everything"),),),
            "subagent": (
                (Call("spawn_agent", {"message": prompt("child")}, "multi_agent_v1"),),
                (_shell("sleep 2; echo waited"),),
            ),
            "child": ((_shell("echo child"),),),
            "parallel": ((_shell("echo left"), _shell("echo right")),),
            "denied": ((_patch("Add File: denied\n+no"),),),
        }


def _shell(command: str) -> Call:
    return Call("exec_command", {"cmd": command})


def _patch(change: str) -> Call:
    return Call("apply_patch", f"*** Begin Patch\n*** {change}\n*** End Patch")
