"""What doctor says of what went wrong where nobody was listening."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal

from fluxmirror_cli.health.row import WARN, Row
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_TOLD_ELSEWHERE: Final = "bad"
"""A kind of journal line that says file by file what the spool's row says in one."""


def examine_troubles(places: Places) -> Iterator[Row]:
    """Count the lines of the journal, and the logs of unexpected errors."""
    yield from _journal(places)
    yield from _errors(places)


def _journal(places: Places) -> Iterator[Row]:
    where = os.path.join(places.logs, journal.NAME)
    kinds = dict(sorted(journal.counts(places.logs).items()))
    kinds.pop(_TOLD_ELSEWHERE, None)
    if kinds:
        told = ", ".join(f"{kind} ({count:,})" for kind, count in kinds.items())
        lines = counted(sum(kinds.values()), "line")
        facts = {"path": where, "lines": kinds}
        remedy = f"see {where}; delete it when you have"
        yield Row("journal", WARN, f"{lines} of what went wrong: {told}", remedy, facts)


def _errors(places: Places) -> Iterator[Row]:
    """Count the logs of unexpected errors; their names sort by time."""
    try:
        names = [name for name in os.listdir(places.logs) if name.startswith("error-")]
    except OSError:
        return
    if names:
        newest = os.path.join(places.logs, max(names))
        yield Row(
            "errors",
            WARN,
            f"{counted(len(names), 'unexpected error')}; the newest is in {newest}",
            "please report it; then delete these logs",
            {"logs": len(names), "newest": newest},
        )
