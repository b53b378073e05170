"""Gemini's generateContent, as Gemini CLI speaks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.agents.model.script import FAREWELL, Request, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.agents.model.script import Call

Block = dict[str, Any]


def read(body: Block) -> Request:
    """Understand one request body; whether it streams is told by its path."""
    turns = tuple(turn for content in body["contents"] for turn in _turns(content))
    return Request(turns, bool(body.get("tools")), streams=True)


def stream(calls: Sequence[Call], number: int) -> Iterator[str]:
    """Give the server-sent events of answer `number`."""
    yield f"data: {json.dumps(whole(calls, number))}\n\n"


def whole(calls: Sequence[Call], number: int) -> Block:
    """Give answer `number` in one piece."""
    parts: list[Block] = [
        {"functionCall": {"name": call.tool, "args": call.arguments}} for call in calls
    ]
    content = {"role": "model", "parts": parts or [{"text": FAREWELL}]}
    return {
        "responseId": f"response_{number}",
        "modelVersion": "gemini-2.5-pro",
        "candidates": [{"index": 0, "content": content, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 1200,
            "cachedContentTokenCount": 300,
            "candidatesTokenCount": 33,
            "thoughtsTokenCount": 7,
            "totalTokenCount": 1240,
        },
    }


def _turns(content: Block) -> Iterator[Turn]:
    role = "model" if content.get("role") == "model" else "user"
    for part in content.get("parts", ()):
        if "functionResponse" in part:
            yield Turn("tool", json.dumps(part["functionResponse"].get("response")))
        elif "functionCall" in part:
            yield Turn("model", calls=1)
        else:
            yield Turn(role, part.get("text", ""))
