"""Hours that are added up come out of their table as they went in."""

from __future__ import annotations

from contextlib import closing

import pytest
from fluxmirror_core.analysis.hour import FAILED_TEST, HourActivity
from fluxmirror_store.database import empty
from fluxmirror_store.hour_rows import FACETS, NUMBERS, columns_sql, hour_row, read_hours


def worked() -> HourActivity:
    """Make an hour with something of everything; one of its sessions has no steps."""
    one = HourActivity("claude-code", "/r")
    one.calls = 7
    one.phases, one.outcomes, one.classes = {3: 5, 27: 2}, {"ok": 7}, {"Write": 7}
    one.sessions = {"first": 3, "quiet": 1, "last": 3}
    one.tools, one.servers, one.programs = {"Edit": [7, 0, 7]}, {"x": [1, 0, 1]}, {"ls": [1, 1, 1]}
    one.directories, one.files = {"/r": 7}, ["/r/a", "/r/\u6587.md"]
    one.minutes, one.reads, one.writes = {0: 4, 59: 3}, [0, 70_000], [3, 0]
    one.whole, one.added = [0], [1]
    one.steps = {"first": [0, 0, 4, FAILED_TEST], "last": [5, 1]}
    return one


@pytest.mark.parametrize("facets", [FACETS, ("files",), ()])
def test_an_hour_is_read_as_it_was_written(facets: tuple[str, ...]) -> None:
    """All its numbers, and of the facets those that are wanted; steps know their sessions."""
    names = ("hour", "agent", "root", "calls", *FACETS, *NUMBERS)
    put = f"INSERT INTO activity_hour ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    with closing(empty()) as db:
        db.execute(put, hour_row(5, worked()))
        rows = db.execute(f"SELECT {columns_sql(facets)} FROM activity_hour")
        ((hour, found),) = read_hours(rows, facets)
    assert (hour, found.agent, found.root, found.calls) == (5, "claude-code", "/r", 7)
    for name in (*facets, *NUMBERS, "sessions"):
        assert getattr(found, name) == getattr(worked(), name), name
    assert found.tools == (worked().tools if "tools" in facets else {})
