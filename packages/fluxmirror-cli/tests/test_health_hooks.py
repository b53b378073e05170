"""Doctor says what recording takes of the agents, and how many rules mask secrets."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.health.hooks import examine_hooks
from fluxmirror_cli.health.redaction import examine_redaction
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.hook_times import HookTimeTally

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row


def rows() -> list[Row]:
    """Give doctor's rows about the time of hooks."""
    return list(examine_hooks(Evidence(here(), Settings())))


def test_nothing_measured_is_nothing_to_say(flux_home: Path) -> None:
    """Neither without a database nor with one."""
    assert rows() == []
    assert not flux_home.exists()
    connect_to_write(here().database).close()
    assert rows() == []


def test_the_times_of_hooks_are_told(flux_home: Path) -> None:
    """Those of the last week, in milliseconds."""
    now_ns = time.time_ns()
    times = HookTimeTally()
    for _ in range(1_500):
        times.add(30_000, now_ns)
    with closing(connect_to_write(here().database)) as db:
        times.flush(db, now_ns // 1_000_000)
    (row,) = rows()
    assert row.status == "ok"
    assert str(row.detail) == (
        "1,500 hooks in the last 7 days: half of them took at most 32 ms, 99 of 100 at most 32 ms"
    )
    assert row.facts == {"hooks": 1_500, "p50_us": 32_000, "p99_us": 32_000}


def test_rules_are_counted() -> None:
    """Ours and the user's."""
    (row,) = examine_redaction(Settings())
    assert str(row.detail).endswith(", no patterns of your own")
    (row,) = examine_redaction(Settings(redaction_patterns=("acme-[0-9]+",)))
    assert str(row.detail).endswith(", 1 pattern of your own")
    assert row.facts["own_patterns"] == 1
