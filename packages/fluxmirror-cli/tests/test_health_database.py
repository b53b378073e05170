"""Doctor tells when the clock that something was pruned by is not the one of now."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from fluxmirror_cli.health.database import examine_database
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.retention import raise_mark
from fluxmirror_store.transaction import writing

pytestmark = pytest.mark.usefixtures("flux_home")
DAY_MS = 86_400_000


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
