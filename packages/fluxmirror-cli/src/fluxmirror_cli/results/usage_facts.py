"""What was used, as JSON and CSV tell it: exact, to the last token and the last digit."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.analysis.usage import By
from fluxmirror_core.pricing import amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.analysis.usage import Usage, UsageRow
    from fluxmirror_core.transcripts.response import Tokens

Facts = dict[str, Any]
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MORE: Final[Mapping[By, tuple[str, ...]]] = {
    By.SESSION: ("agent", "project"),
    By.SUBAGENT: ("agent", "session"),
}


def usage_facts(usage: Usage, *, is_complete: bool) -> Facts:
    """Give rows and their total, and whether all that session files tell is in them."""
    rows = [row_facts(row, usage.by) for row in usage.rows]
    return {"rows": rows, "total": row_facts(usage.total), "complete": is_complete}


def usage_csv(usage: Usage) -> str:
    """Write the rows as CSV, below a line of names; what is unknown is empty."""
    import csv

    rows = [row_facts(row, usage.by) for row in usage.rows]
    written = io.StringIO()
    writer = csv.DictWriter(
        written, list(row_facts(usage.total, usage.by)), extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def compact_json(facts: Facts) -> str:
    """Write JSON in one line."""
    return json.dumps(facts)


def row_facts(row: UsageRow, by: By | None = None) -> Facts:
    """Give the members of a row; of no thing in particular, those that all rows have."""
    cost = row.cost
    facts: Facts = {
        "key": row.key,
        "responses": row.responses,
        **token_facts(row.tokens),
        "cost": amount(cost.pico) if cost else None,
        "currency": cost.currency if cost else None,
        "unpriced_responses": row.unpriced,
        "first": None if row.first_ms is None else iso_time(row.first_ms),
        "last": None if row.last_ms is None else iso_time(row.last_ms),
    }
    if len(row.costs) > 1:
        facts["costs"] = {one.currency: amount(one.pico) for one in row.costs}
    more = _MORE.get(by, ()) if by else ()
    return {**facts, **{name: getattr(row, name) for name in more}}


def token_facts(tokens: Tokens) -> Facts:
    """Give counts by their names."""
    return {f"{kind}_tokens": count for kind, count in tokens._asdict().items()}


def iso_time(ts_ms: int) -> str:
    """Write UTC milliseconds as `2026-11-21T19:04:11.123Z`."""
    moment = _EPOCH + timedelta(milliseconds=ts_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
