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
    is_part: bool
    """Whether `other` is cut off at the time of day that `one` has come to."""
