"""What doctor says of what is odd in the session files that were read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fluxmirror_core.messages import counted, message
from fluxmirror_store.importing.sources import known_problems

from fluxmirror_cli.health.clauses import about
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import OK, WARN, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.health.evidence import Evidence


def examine_oddities(evidence: Evidence) -> Iterator[Row]:
    """Count what was odd in session files; a warning for what this program does not understand."""
    try:
        with evidence.reading() as db:
            problems = known_problems(db) if db is not None else Counter()
    except UNREADABLE:
        return
    if not problems:
        return
    # Loads every reader of session files, which is worth it only now.
    from fluxmirror_cli.health.oddity_words import has_faults, told

    kinds: Counter[str] = Counter()
    for (_, problem), times in problems.items():
        kinds[problem.kind] += times
    facts = {"kinds": dict(kinds)}
    told_of = about(counted("oddity.things", problems.total()), told(problems))
    if has_faults(problems):
        yield Row("oddities", WARN, told_of, message("oddity.upgrade"), facts)
    else:
        yield Row("oddities", OK, told_of, message("oddity.listed"), facts)
