"""Offer: a price and when it holds; what a model costs is a row of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.pricing import Price

if TYPE_CHECKING:
    from typing import Any

DAY_MS: Final = 86_400_000


class Offer(NamedTuple):
    """A price, and the times it holds at."""

    price: Price
    since_ms: int | None = None
    """From this instant on; None when it always did."""
    hours: tuple[int, int] | None = None
    """From, until: in milliseconds of the UTC day, past midnight when the second is smaller."""


Offers = tuple[Offer, ...]
"""The last one that holds at a time is the price of that time."""


def choose(offers: Offers, ts_ms: int) -> Price | None:
    """Give the price at an instant; None when nothing was offered then."""
    for offer in reversed(offers):
        if (offer.since_ms is None or ts_ms >= offer.since_ms) and (
            offer.hours is None or _within(offer.hours, ts_ms % DAY_MS)
        ):
            return offer.price
    return None


def day_start(day: date) -> int:
    """Give the first instant of a UTC day, in milliseconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000


def to_plain(offers: Offers) -> list[Any]:
    """Give what JSON can hold."""
    return [(offer.price._asdict(), offer.since_ms, offer.hours) for offer in offers]


def from_plain(rows: list[Any]) -> Offers:
    """Read what `to_plain` gave, after JSON had it.

    Raises:
        TypeError: it is something else.
        ValueError: it is something else.
    """
    return tuple(
        Offer(Price.from_plain(price), since_ms, tuple(hours) if hours else None)
        for price, since_ms, hours in rows
    )


def _within(hours: tuple[int, int], ms_of_day: int) -> bool:
    start, end = hours
    if end < start:
        return ms_of_day >= start or ms_of_day < end
    return start <= ms_of_day < end
