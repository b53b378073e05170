"""OpenAI chat completions, as Qwen Code, Copilot CLI and OpenCode speak it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.agents.model.script import FAREWELL, Request, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.agents.model.script import Call

Block = dict[str, Any]

_USAGE = {
    "prompt_tokens": 1200,
    "completion_tokens": 40,
    "total_tokens": 1240,
    "prompt_tokens_details": {"cached_tokens": 300},
    "completion_tokens_details": {"reasoning_tokens": 7},
}


def read(body: Block) -> Request:
    """Understand one request body."""
    turns = tuple(_turn(message) for message in body["messages"])
    return Request(turns, bool(body.get("tools")), bool(body.get("stream")))


def stream(calls: Sequence[Call], number: int) -> Iterator[str]:
    """Give the server-sent events of answer `number`."""
    yield _chunk(number, [_choice({"role": "assistant", "content": ""}, None)])
    yield _chunk(number, [_choice(_message(calls, number), None)])
    yield _chunk(number, [_choice({}, _finish_reason(calls))])
    yield _chunk(number, [], usage=_USAGE)
    yield "data: [DONE]\n\n"


def whole(calls: Sequence[Call], number: int) -> Block:
    """Give answer `number` in one piece."""
    message = {"role": "assistant", **_message(calls, number)}
    choice = {"index": 0, "message": message, "finish_reason": _finish_reason(calls)}
    return {**_head(number, "chat.completion"), "choices": [choice], "usage": _USAGE}


def _turn(message: Block) -> Turn:
    content = message.get("content")
    told = content if isinstance(content, str) else _joined(content or [])
    if message["role"] == "assistant":
        return Turn("model", told, len(message.get("tool_calls") or ()))
    return Turn("tool" if message["role"] == "tool" else "user", told)


def _joined(parts: list[Block]) -> str:
    return "\n".join(part.get("text", "") for part in parts)


def _message(calls: Sequence[Call], number: int) -> Block:
    if not calls:
        return {"content": FAREWELL}
    return {
        "tool_calls": [
            {
                "index": index,
                "id": f"call_{number}_{index}",
                "type": "function",
                "function": {"name": call.tool, "arguments": json.dumps(call.arguments)},
            }
            for index, call in enumerate(calls)
        ]
    }


def _finish_reason(calls: Sequence[Call]) -> str:
    return "tool_calls" if calls else "stop"


def _choice(delta: Block, finish_reason: str | None) -> Block:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _head(number: int, kind: str) -> Block:
    return {"id": f"chat_{number}", "object": kind, "created": 1_767_268_800, "model": "scripted"}


def _chunk(number: int, choices: list[Block], **more: Any) -> str:  # noqa: ANN401 - JSON
    chunk = {**_head(number, "chat.completion.chunk"), "choices": choices, **more}
    return f"data: {json.dumps(chunk)}\n\n"
