"""A row that repeats its response is passed over unparsed, and no other row is."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.usage.claude import responses

USAGE = {"input_tokens": 3, "cache_creation": {"ephemeral_5m_input_tokens": 1}, "output_tokens": 2}


def row(key: str, second: int = 0, content: Any = (), **changes: Any) -> str:  # noqa: ANN401 - any JSON
    """Write a row as Claude Code does."""
    message = {"model": "m", "id": key, "role": "assistant", "content": content, "usage": USAGE}
    told = {
        "type": "assistant",
        "sessionId": "s",
        "message": message | changes,
        "timestamp": f"2026-11-20T12:00:{second:02}.000Z",
    }
    return json.dumps(told, separators=(",", ":")) + "\n"


def told(*rows: str) -> list[tuple[str | None, int]]:
    """Read rows; gives the ids and the tokens read."""
    found = responses(Part("".join(rows).encode()))
    return [(one.key, one.tokens.input) for one in found]


def test_repeats_are_passed_over() -> None:
    """Whatever else their rows hold."""
    assert told(row("a"), row("a", 1, [{"type": "text", "text": '"usage":{}'}])) == [("a", 3)]


@pytest.mark.parametrize(
    "other",
    [
        row("b", 1, [{"type": "tool_use", "id": "a", "input": {}}]),
        row("b", 1, [{"type": "tool_use", "id": "t", "input": {"id": "a"}}]),
        row("b", 1, [{"type": "text", "text": '"id":"a"'}]),
    ],
)
def test_another_response_is_read(other: str) -> None:
    """With equal counts, and the first one's id somewhere in it."""
    assert told(row("a"), other) == [("a", 3), ("b", 3)]


def test_other_counts_are_read() -> None:
    """Also where equal ones stand in what a tool was given."""
    nested = [{"type": "tool_use", "id": "t", "input": {"usage": USAGE}}]
    assert told(row("a"), row("a", 1, nested, usage=USAGE | {"input_tokens": 9})) == [
        ("a", 3),
        ("a", 9),
    ]


def test_an_earlier_time_is_read() -> None:
    """A response happened when its first row says."""
    assert len(told(row("a", 5), row("a", 3))) == 2


def test_counts_of_any_length_do_no_harm() -> None:
    """A record of thirty megabytes takes its own size and a little more."""
    usage = {"input_tokens": 3, "x": {str(number): {} for number in range(300_000)}}
    data = row("a", usage=usage) + row("a", 1, usage=usage)
    tracemalloc.start()
    assert told(data) == [("a", 3), ("a", 3)]
    assert tracemalloc.get_traced_memory()[1] < 60 * len(data)
    tracemalloc.stop()
