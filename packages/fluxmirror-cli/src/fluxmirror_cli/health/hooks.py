"""What doctor says of the time that recording takes of the agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import counted
from fluxmirror_store.hook_times import hook_times

from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import OK, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.health.evidence import Evidence

_WEEK_MS: Final = 7 * 86_400_000


def examine_hooks(evidence: Evidence) -> Iterator[Row]:
    """Tell what the hooks of the last 7 days cost."""
    try:
        with evidence.reading() as db:
            times = hook_times(db, evidence.now_ms - _WEEK_MS) if db is not None else None
    except UNREADABLE:
        return
    if times is not None:
        half, most = _ms(times.p50_us), _ms(times.p99_us)
        told = counted("doctor_agents.hook_time", times.count, half=half, most=most)
        facts = {"hooks": times.count, "p50_us": times.p50_us, "p99_us": times.p99_us}
        yield Row("hook time", OK, told, facts=facts)


def _ms(time_us: int) -> str:
    return f"{time_us / 1000:,.1f}".removesuffix(".0")
