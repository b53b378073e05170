"""Anthropic Messages, as Claude Code speaks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.agents.model.script import FAREWELL, Request, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.agents.model.script import Call

Block = dict[str, Any]


def read(body: Block) -> Request:
    """Understand one request body."""
    turns = tuple(turn for message in body["messages"] for turn in _turns(message))
    return Request(turns, bool(body.get("tools")), bool(body.get("stream")))


def stream(calls: Sequence[Call], number: int) -> Iterator[str]:
    """Give the server-sent events of answer `number`."""
    start = {**_message([], number), "stop_reason": None}
    yield _event("message_start", message=start)
    for index, block in enumerate(_blocks(calls, number)):
        delta, empty = _delta(block)
        yield _event("content_block_start", index=index, content_block=empty)
        yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    reason = {"stop_reason": _stop_reason(calls), "stop_sequence": None}
    yield _event("message_delta", delta=reason, usage={"output_tokens": 40})
    yield _event("message_stop")


def whole(calls: Sequence[Call], number: int) -> Block:
    """Give answer `number` in one piece."""
    return {**_message(_blocks(calls, number), number), "stop_reason": _stop_reason(calls)}


def _turns(message: Block) -> Iterator[Turn]:
    content = message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    role = "model" if message["role"] == "assistant" else "user"
    for block in blocks:
        if block["type"] == "tool_result":
            yield Turn("tool", json.dumps(block.get("content")))
        elif block["type"] == "tool_use":
            yield Turn("model", calls=1)
        else:
            yield Turn(role, block.get("text", ""))


def _blocks(calls: Sequence[Call], number: int) -> list[Block]:
    if not calls:
        return [{"type": "text", "text": FAREWELL}]
    return [
        {
            "type": "tool_use",
            "id": f"toolu_{number}_{index}",
            "name": call.tool,
            "input": call.arguments,
        }
        for index, call in enumerate(calls)
    ]


def _delta(block: Block) -> tuple[Block, Block]:
    """Split a block into what its stream adds, and what it starts from."""
    if block["type"] == "text":
        return {"type": "text_delta", "text": block["text"]}, {**block, "text": ""}
    told = json.dumps(block["input"])
    return {"type": "input_json_delta", "partial_json": told}, {**block, "input": {}}


def _stop_reason(calls: Sequence[Call]) -> str:
    return "tool_use" if calls else "end_turn"


def _message(content: list[Block], number: int) -> Block:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5-5",
        "content": content,
        "stop_sequence": None,
        "usage": {
            "input_tokens": 1200,
            "cache_creation_input_tokens": 100,
            "cache_read_input_tokens": 300,
            "output_tokens": 40,
        },
    }


def _event(name: str, **fields: Any) -> str:  # noqa: ANN401 - JSON
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n"
