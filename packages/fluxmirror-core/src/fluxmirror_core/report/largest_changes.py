"""Which figures changed most between two periods, where that is worth a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.pricing import UNIT
from fluxmirror_core.report.figures import build_figures
from fluxmirror_core.report.rounding import exact_share
from fluxmirror_core.report.sections import MINUTES, MONEY, NUMBER, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.analysis.work import Summary, Totals
    from fluxmirror_core.messages import Message
    from fluxmirror_core.report.sections import Change, Figure, Kind

_FIGURES: Final = (
    "failed", "stopped", "new_files", "edited_files", "files_only_read", "sessions",
    "active_minutes", "focus_minutes", "cost", "rework_loops", "mcp_calls", "shells", "writes",
    "reads",
)  # fmt: skip
"""Those that may be worth a sentence; of equal changes the first."""
_MOST: Final = 3
_WORTH: Final = 0.25
"""Of the larger value: what changed by less is as good as before."""
_OTHER_THAN_CALLS: Final = 0.1
"""What changed as the calls did says nothing new."""
_KNOWN_CALLS: Final = 20
"""Of each period; a failure rate of fewer calls is as good as chance."""
_POINTS: Final = 3
"""Percentage points between two failure rates that are worth a sentence."""


class _Enough(NamedTuple):
    """How much must be behind a change: from one to two is twice as much, and nothing."""

    larger: float
    """Of the two values."""
    difference: float


_ENOUGH: Final[dict[Kind, _Enough]] = {
    NUMBER: _Enough(5, 3),
    MINUTES: _Enough(30, 15),
    MONEY: _Enough(UNIT, UNIT // 2),
}


def largest_changes(one: Summary, other: Summary) -> Iterator[Message]:
    """Say what changed most, besides the number of calls: the failure rate before all others.

    Args:
        one: with at least one call.
        other: what it is compared with: about as long, and with a call too.
    """
    rate = _failure_rate(one.totals, other.totals)
    if rate is None:
        changed = _most_changed(_FIGURES, one, other)[:_MOST]
    else:
        yield rate
        # The number of failed calls says the same.
        others = (key for key in _FIGURES if key != "failed")
        changed = _most_changed(others, one, other)[: _MOST - 1]
    for figure in changed:
        yield _told(figure)


def _most_changed(keys: Iterable[str], one: Summary, other: Summary) -> list[Figure]:
    """Give the figures whose change is worth a sentence, the largest change first."""
    calls = _part(one.totals.calls, other.totals.calls)
    found = [
        (abs(part), figure)
        for figure in build_figures(keys, one, other)
        if figure.change is not None and _is_enough(figure.kind, figure.change)
        if abs(part := _part(*figure.change)) >= _WORTH
        if abs(part - calls) >= _OTHER_THAN_CALLS
    ]
    found.sort(key=lambda pair: -pair[0])
    return [figure for _, figure in found]


def _failure_rate(one: Totals, other: Totals) -> Message | None:
    """Say how the failure rate changed, where it did, and both are of calls enough."""
    known, before = _known(one), _known(other)
    # In whole numbers: a float would now and then tell just 3 points as less.
    change = one.failed * before - other.failed * known
    if min(known, before) < _KNOWN_CALLS or abs(change) * 100 < _POINTS * known * before:
        return None
    return message(
        "insight.rate_rose" if change > 0 else "insight.rate_fell",
        now=exact_share(one.failed / known),
        before=exact_share(other.failed / before),
    )


def _known(totals: Totals) -> int:
    """Count the calls that are known to be fine or failed."""
    return totals.calls - totals.stopped - totals.unknown


def _part(now: float, before: float) -> float:
    """Tell a change as a part of the larger value, so that twice and half weigh alike."""
    larger = max(now, before)
    return (now - before) / larger if larger else 0.0


def _is_enough(kind: Kind, change: Change) -> bool:
    enough = _ENOUGH[kind]
    return max(change) >= enough.larger and abs(change.now - change.before) >= enough.difference


def _told(figure: Figure) -> Message:
    values = {
        "figure": figure.title,
        "now": Shown(figure.kind, figure.value),
        "before": Shown(figure.kind, figure.before),
    }
    percent = figure.change and percent_change(int(figure.change.now), int(figure.change.before))
    if percent is None:
        return message("insight.figure_from_none", **values)
    text = "insight.figure_rose" if percent > 0 else "insight.figure_fell"
    return message(text, **values, percent=f"{abs(percent):,}")
