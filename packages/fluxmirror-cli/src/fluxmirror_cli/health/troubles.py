"""What doctor says of what went wrong where nobody was listening."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.messages import counted, message

from fluxmirror_cli.health.clauses import about, named
from fluxmirror_cli.health.row import WARN, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_TOLD_ELSEWHERE: Final = ("bad", journal.SUMS)
"""Kinds of journal lines that have a row of their own, which knows whether it is over."""


def examine_troubles(places: Places) -> Iterator[Row]:
    """Count the lines of the journal, and the logs of unexpected errors."""
    yield from _journal(places)
    yield from _errors(places)


def _journal(places: Places) -> Iterator[Row]:
    where = os.path.join(places.logs, journal.NAME)
    counts = sorted(journal.counts(places.logs).items())
    kinds = {kind: count for kind, count in counts if kind not in _TOLD_ELSEWHERE}
    if kinds:
        lines = counted("doctor.machine.journal", sum(kinds.values()))
        told = about(lines, named(f"{kind} ({count:,})" for kind, count in kinds.items()))
        facts = {"path": where, "lines": kinds}
        yield Row("journal", WARN, told, message("doctor.machine.see_journal", path=where), facts)


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
            counted("doctor.machine.errors", len(names), path=newest),
            message("doctor.machine.report_errors"),
            {"logs": len(names), "newest": newest},
        )
