"""OpenAI Responses, as Codex CLI speaks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.agents.model.script import FAREWELL, Request, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.agents.model.script import Call

Block = dict[str, Any]

_USAGE = {
    "input_tokens": 1200,
    "input_tokens_details": {"cached_tokens": 300},
    "output_tokens": 40,
    "output_tokens_details": {"reasoning_tokens": 7},
    "total_tokens": 1240,
}


def read(body: Block) -> Request:
    """Understand one request body."""
    turns = tuple(turn for item in body["input"] for turn in _turns(item))
    return Request(turns, bool(body.get("tools")), bool(body.get("stream")))


def stream(calls: Sequence[Call], number: int) -> Iterator[str]:
    """Give the server-sent events of answer `number`."""
    answer = whole(calls, number)
    yield _event("response.created", response={"id": answer["id"]})
    for index, item in enumerate(answer["output"]):
        yield _event("response.output_item.done", output_index=index, item=item)
    yield _event("response.completed", response=answer)


def whole(calls: Sequence[Call], number: int) -> Block:
    """Give answer `number` in one piece."""
    items = [_item(call, f"call_{number}_{index}") for index, call in enumerate(calls)]
    return {
        "id": f"resp_{number}",
        "object": "response",
        "output": items or [_farewell(number)],
        "usage": _USAGE,
    }


def _turns(item: Block) -> Iterator[Turn]:
    kind = item.get("type", "message")
    if kind == "message":
        role = "model" if item["role"] == "assistant" else "user"
        for part in item["content"]:
            yield Turn(role, part.get("text", ""))
    elif kind.endswith("_call"):
        yield Turn("model", calls=1)
    elif kind.endswith("_output"):
        yield Turn("tool", json.dumps(item.get("output")))


def _item(call: Call, identity: str) -> Block:
    item: Block = {"id": f"item_{identity}", "call_id": identity, "name": call.tool}
    if call.namespace is not None:
        item["namespace"] = call.namespace
    if isinstance(call.arguments, str):
        return {**item, "type": "custom_tool_call", "input": call.arguments}
    return {**item, "type": "function_call", "arguments": json.dumps(call.arguments)}


def _farewell(number: int) -> Block:
    content = [{"type": "output_text", "text": FAREWELL, "annotations": []}]
    return {"type": "message", "id": f"item_{number}", "role": "assistant", "content": content}


def _event(name: str, **fields: Any) -> str:  # noqa: ANN401 - JSON
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n"
