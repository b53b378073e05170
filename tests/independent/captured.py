"""Calls as hooks tell of them: payloads of two agents, put into the spool as if captured before."""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_store import spool, spool_reader

from tests.independent.calendars import bounds_ms
from tests.independent.histories import FILES, STEPS

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.paths import Places

ROOT: Final = "/srv/spooled"
PATCH: Final = """\
*** Begin Patch
*** Add File: new/{number}.py
+one
*** Update File: {file}
@@
-one
+two
*** End Patch"""


def capture_some(places: Places, seed: int, day: date, zone: str) -> int:
    """Put calls of one local day into the spool; tells how many."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    start, end = bounds_ms(day, day, zone)
    at = rng.randrange(start, end)
    number = 0
    while at < end and number < 60:
        payload, words = rng.choice((_claude, _codex))(rng, number)
        name = spool.put(places.spool, json.dumps(payload).encode(), words, {})
        path = spool_reader.new_path(places.spool, name)
        os.utime(path, ns=(at * 1_000_000, at * 1_000_000))
        at += rng.choice((0, 900, 15_000, 120_000, 600_000))
        number += 1
    return number


def _claude(rng: random.Random, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    file = f"{ROOT}/{rng.choice(FILES)}"
    tool, given = rng.choice(
        (
            ("Bash", {"command": rng.choice(STEPS)}),
            ("Write", {"file_path": file, "content": "x"}),
            ("Edit", {"file_path": file, "old_string": "x", "new_string": "y"}),
            ("Read", {"file_path": file}),
            ("mcp__github__get_issue", {"number": 1}),
        )
    )
    event = rng.choice(("PostToolUse", "PostToolUse", "PostToolUseFailure", "PreToolUse"))
    ended = (
        {"tool_response": {"stdout": ""}} if event == "PostToolUse" else {"error": "Exit code 1"}
    )
    payload = {
        "session_id": f"c{number % 3}",
        "transcript_path": "/h/.claude/projects/-srv/c.jsonl",
        "cwd": ROOT,
        "prompt_id": "p",
        "hook_event_name": event,
        "tool_name": tool,
        "tool_input": given,
        "tool_use_id": f"toolu_{number}",
        **({} if event == "PreToolUse" else ended),
    }
    return payload, ("claude", event)


def _codex(rng: random.Random, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    patch = PATCH.format(number=number % 7, file=rng.choice(FILES))
    tool, text = rng.choice((("apply_patch", patch), ("Bash", rng.choice(STEPS))))
    payload = {
        "session_id": f"x{number % 2}",
        "turn_id": "t",
        "transcript_path": "/h/.codex/sessions/2025/01/01/rollout-x.jsonl",
        "cwd": ROOT,
        "hook_event_name": "PostToolUse",
        "model": "gpt-5.5",
        "tool_name": tool,
        "tool_input": {"command": text},
        "tool_response": "Exit code: 0",
        "tool_use_id": f"call_{number}",
    }
    return payload, ("codex", "PostToolUse")
