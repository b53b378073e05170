"""Doctor tells of a clock that something was pruned by, and of hours that wait."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health.database import examine_database
from fluxmirror_cli.health.troubles import examine_troubles
from fluxmirror_core import journal
from fluxmirror_core.paths import here
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.retention import raise_mark
from fluxmirror_store.summing import bring_up_to_date
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from fluxmirror_cli.health.row import Row

pytestmark = pytest.mark.usefixtures("flux_home")
DAY_MS = 86_400_000
NOON_MS = 1_767_268_800_000
COUNTS = ", ".join(f"{name}_tokens" for name in Tokens._fields)
RESPONSE = f"""
INSERT INTO response (agent, key, ts_ms, source_id, offset, {COUNTS})
VALUES ('claude-code', ?, {NOON_MS}, 1, 0, {", ".join("?" * len(Tokens._fields))})
"""


@pytest.mark.parametrize(("ahead_ms", "statuses"), [(-DAY_MS, []), (0, []), (DAY_MS, ["error"])])
def test_what_was_pruned_on_a_day_to_come_is_an_error(ahead_ms: int, statuses: list[str]) -> None:
    """It deleted more than its owner wanted, or the clock is wrong now."""
    now_ms = time.time_ns() // 1_000_000
    with closing(connect_to_write(here().database)) as db, writing(db):
        raise_mark(db, now_ms - 90 * DAY_MS, now_ms + ahead_ms)
    rows = [row for row in examine_database(here()) if row.component == "clock"]
    assert [row.status for row in rows] == statuses
    assert [row.facts for row in rows] == [{"pruned_ms": now_ms + ahead_ms} for _ in statuses]
    assert all("prune --lift" in str(row.remedy) for row in rows)


def record_responses(tokens: int) -> None:
    """Record two responses of one hour, each of so many tokens of every kind."""
    with closing(connect_to_write(here().database)) as db:
        db.execute(
            "INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/', 1)"
        )
        db.executemany(RESPONSE, [(key, *[tokens] * len(Tokens._fields)) for key in "ab"])


def rows_of_sums() -> list[Row]:
    """Give doctor's rows of what is added up, and the journal's."""
    rows = [*examine_database(here()), *examine_troubles(here())]
    return [row for row in rows if row.component in ("sums", "journal")]


def test_hours_that_wait_to_be_added_up_are_no_fault() -> None:
    """The next report does it; then there is nothing to tell."""
    record_responses(1)
    long_ago = time.gmtime(time.time() - 2 * 86_400)
    os.makedirs(here().logs)
    with open(os.path.join(here().logs, journal.NAME), "w", encoding="utf-8") as file:
        file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', long_ago)} sums Elsewhere (1)\n")
    (row,) = rows_of_sums()
    assert (row.status, str(row.detail)) == ("ok", "1 hour of records waits to be added up")
    assert row.facts["failed_ms"] is None, "nobody met it again"
    bring_up_to_date(here())
    assert rows_of_sums() == []


def test_hours_that_cannot_be_added_up_are_told_with_the_reason() -> None:
    """Reports count them anew, again and again; once they could be added up, all is well."""
    record_responses((1 << 63) - 1)
    bring_up_to_date(here())
    (row,) = rows_of_sums()
    assert (row.status, row.facts["hours"], row.facts["first_ms"]) == ("warn", 1, NOON_MS)
    assert "1 hour of records waits to be added up; the last try failed " in str(row.detail)
    assert str(row.detail).endswith(" ago: OperationalError (1)")
    assert journal.NAME in str(row.remedy)
    with closing(connect_to_write(here().database)) as db:
        db.execute(f"UPDATE response SET {COUNTS.replace(',', ' = 1,')} = 1")
    bring_up_to_date(here())
    assert rows_of_sums() == []
