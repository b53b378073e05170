"""What waits in session files is told by comparing them with what was read, all at once."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from random import Random

import pytest
from fluxmirror_store.database import empty
from fluxmirror_store.importing.session_files import Found, SessionFile
from fluxmirror_store.importing.sources import unread_bytes

ROOTS = ["/h/.claude", "/h/.codex"]
PATHS = [f"{root}/{number}.jsonl" for root in (*ROOTS, "/away") for number in range(3)]
_Read = dict[str, tuple[int, int]]


def plainly_unread(read: _Read, found: Found, *, full: bool) -> int | None:
    """Compare file by file."""
    there = {file.path: file for file in found.files}
    missed = [path for path in read if path not in there]
    changed = any(path.startswith(f"{root}/") for path in missed for root in found.roots)
    waiting = 0
    for path, file in there.items():
        size, mtime_ns = read.get(path, (0, -1))
        if full or (size, mtime_ns) != (file.size, file.mtime_ns):
            changed = True
            waiting += file.size if full or size >= file.size else file.size - size
    return waiting if changed else None


@pytest.mark.parametrize("seed", range(100))
def test_what_waits_is_what_a_look_at_each_file_tells(seed: int) -> None:
    """New, grown, shorter, missing, or as it was."""
    dice = Random(seed)  # noqa: S311 - no secret
    least = dice.choice((0, len(PATHS)))
    read = {
        path: (dice.choice((1, 5)), dice.choice((0, 7)))
        for path in dice.sample(PATHS, dice.randint(least, len(PATHS)))
    }
    is_same = dice.random() < 0.5
    files = [
        SessionFile("claude-code", path, *(read[path] if is_same and path in read else (5, 7)), "")
        for path in dice.sample(PATHS, dice.randint(least, len(PATHS)))
    ]
    found = Found(files, Counter(), dice.choice(([], ROOTS[:1], ROOTS)))
    full = dice.random() < 0.2
    with closing(empty()) as db:
        for number, (path, state) in enumerate(read.items()):
            db.execute(
                "INSERT INTO source (id, agent, path, seen_ms) VALUES (?, 'x', ?, 0)",
                (number, path),
            )
            row = (number, *state)
            db.execute("INSERT INTO reading VALUES (?, 'calls', ?, ?, 1, x'', '', '[]')", row)
        assert unread_bytes(db, "calls", found, full=full) == plainly_unread(read, found, full=full)
