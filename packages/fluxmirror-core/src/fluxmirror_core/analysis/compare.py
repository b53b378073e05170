"""Two periods set against each other: the figures of `compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.analysis.work import Summary


class Comparison(NamedTuple):
    """Two periods."""

    one: Summary
    other: Summary
    """What `one` is compared with."""
    until_ms: int | None
    """Up to when `one` has come by now; None where it is over."""
    other_until_ms: int | None
    """Where `other` goes on as well, or is cut off at the time of day that `one` has come to."""
