"""Tool calls in Codex CLI's words: the rows that tell of one, and what fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transcripts import codex_rows as rows
from transcripts.shape import compact

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.story import Deed


class Done:
    """One call as it is written: its rows, and what fills them."""

    def __init__(self, draw: Draw, deed: Deed) -> None:
        self.deed = deed
        self.id = f"call_{draw.hex(24)}"
        text = draw.text(deed.size)
        command = f"git grep -n 'order {draw.below(10_000)}'"
        secs, ms = divmod(deed.lasted_ms, 1_000)
        self.slots: dict[str, Any] = {
            "call": self.id,
            "command": command,
            "text": text,
            "status": "failed" if deed.exit_code else "completed",
            "exit_code": deed.exit_code,
            "secs": secs,
            "nanos": ms * 1_000_000,
            "namespace": "",
        }
        self.call_row, self.item_row, self.output_row = rows.CALL, rows.SHELL_ITEM, rows.OUTPUT
        self.tool = self._choose(deed.kind)

    def _choose(self, kind: str) -> str:
        """Take the rows of a kind of tool; gives its name as hooks tell it."""
        if kind in {"edit", "write"}:
            return self._patch()
        if kind == "mcp":
            return self._mcp()
        if kind == "agent":
            return self._agent()
        slots = self.slots
        spent = f"{slots['secs']}.{slots['nanos'] // 100_000:04}"
        slots["name"] = "exec_command"
        slots["asked"] = compact(compact({"cmd": slots["command"]}))[1:-1]
        slots["output"] = (
            f'"Chunk ID: b0e756\\nWall time: {spent} seconds\\n'
            f'Process exited with code {slots["exit_code"]}\\nOutput:\\n{slots["text"]}"'
        )
        return "exec_command"

    def _patch(self) -> str:
        slots = self.slots
        self.call_row, self.item_row = rows.PATCH, rows.PATCH_ITEM
        self.output_row = rows.PATCH_OUTPUT
        slots["asked"] = f"*** Begin Patch\\n*** Add File: cart.py\\n+{slots['text']}"
        slots["output"] = f'"Exit code: {slots["exit_code"]}\\nWall time: 0 seconds\\nOutput:\\n"'
        return "apply_patch"

    def _mcp(self) -> str:
        slots = self.slots
        self.item_row = rows.MCP_ITEM
        slots |= {"name": "find", "namespace": '"namespace":"mcp__tracker",'}
        slots["asked"] = compact(compact({"message": slots["command"]}))[1:-1]
        slots["output"] = f'[{{"type":"input_text","text":"{slots["text"]}"}}]'
        return "mcp__tracker__find"

    def _agent(self) -> str:
        slots = self.slots
        self.item_row = rows.SPAWN_ITEM
        slots |= {"name": "spawn_agent", "namespace": '"namespace":"multi_agent_v1",'}
        slots["asked"] = compact(compact({"message": slots["command"]}))[1:-1]
        slots["output"] = compact(compact({"nickname": "Euler"}))
        return "spawn_agent"
