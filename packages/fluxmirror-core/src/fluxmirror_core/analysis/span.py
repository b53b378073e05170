"""What happened in several days: the figures of `week`, `month` and of any other stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.analysis.earlier import Earlier
    from fluxmirror_core.analysis.work import Summary, Work


class Span(NamedTuple):
    """Several local days in a row."""

    work: Work
    earlier: Earlier | None
    """What it is compared with."""
    before: Summary | None
    """The figures of that."""
