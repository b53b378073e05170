"""How many calls were told by whom: from hours that are added up, the others counted anew."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.told_calls import PhaseCount

from fluxmirror_store.hour_ranges import hour_ranges
from fluxmirror_store.queries import IN_WINDOW

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_store.queries import Window

_CALLS: Final = "calls"
"""`summing.CALLS`; not imported, as doctor has no time for all that summing loads."""
_IN_TABLE: Final = """
SELECT agent, CAST(key AS INTEGER), sum(value) FROM activity_hour, json_each(phases)
WHERE hour >= :first AND hour < :end AND hour NOT IN (SELECT value FROM json_each(:anew))
AND agent <> :hidden AND agent = coalesce(:agent, agent)
GROUP BY 1, 2
"""
_OF_CALLS: Final = f"SELECT agent, phases, count(*) FROM event WHERE {IN_WINDOW} GROUP BY 1, 2"
STATEMENTS: Final = (_IN_TABLE, _OF_CALLS)


def phase_counts(db: sqlite3.Connection, wanted: Window) -> list[PhaseCount]:
    """Count the calls of a window by agent and by who told of them.

    Args:
        db: in a transaction: what is added up and what is not has to be of one state.
        wanted: which calls.

    Returns:
        By agent and phases.
    """
    # No day matters here: those of UTC cut no hour.
    ranges = hour_ranges(db, _CALLS, wanted.start_ms, wanted.end_ms, ZoneInfo("UTC"))
    values = {**wanted._asdict(), "first": ranges.first, "end": ranges.end}
    values["anew"] = json.dumps(list(ranges.counted_anew))
    rows = db.execute(_IN_TABLE, values).fetchall()
    for parts in ranges.counted_anew.values():
        for part in parts:
            rows += db.execute(_OF_CALLS, {**values, **part._asdict()})
    calls: Counter[tuple[str, int]] = Counter()
    for agent, phases, number in rows:
        calls[agent, phases] += number
    return [PhaseCount(*key, number) for key, number in sorted(calls.items())]
