"""Period: "today" or a date, in a time zone → a half-open range of UTC milliseconds."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from fluxmirror_core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

EVER_MS: Final = 253_402_128_000_000
"""The last days of the year 9999: no calendar shows what lies behind."""
_ZONE_LINK: Final = "/etc/localtime"
_ZONE_FOLDER: Final = "zoneinfo/"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SUGGESTED: Final = 3
_OFFSET: Final = re.compile(r"(utc|gmt|z)?\s*[+-]?\s*[0-9:]+", re.IGNORECASE)
_PLACE: Final = "name a place, such as Asia/Tokyo or Europe/Madrid"
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


class Period(NamedTuple):
    """Local days as an instant-exact range: `start_ms <= ts_ms < end_ms`."""

    start_ms: int
    end_ms: int
    first: date
    last: date
    """The last local day that belongs to it."""
    zone: str
    """IANA name of the zone the days are of."""


def choose_zone(asked: str | None, env: Mapping[str, str]) -> ZoneInfo:
    """Give the zone to count days in: flag > FLUXMIRROR_TIMEZONE > TZ > the system's > UTC.

    Args:
        asked: what the command line says, or None.
        env: the environment; an empty value counts as unset.

    Raises:
        UsageError: a zone that was asked for by name does not exist.
    """
    named = asked or env.get("FLUXMIRROR_TIMEZONE")
    if named:
        return find_zone(named)
    # POSIX lets TZ hold rules of its own, and a colon before a name.
    told = _load_zone(env.get("TZ", "").removeprefix(":"))
    return told or _load_zone(_system_zone_name()) or ZoneInfo("UTC")


def find_zone(name: str) -> ZoneInfo:
    """Give the zone called `name`.

    Raises:
        UsageError: there is none; the hint tells the names most like it.
    """
    zone = _load_zone(name)
    if zone is None:
        raise UsageError(f"there is no time zone called {name!r}", hint=_suggest(name))
    return zone


def parse_date(text: str) -> date | None:
    """Read a date written as `2026-03-02`; None when it is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def local_date(ts_ms: int, zone: ZoneInfo) -> date:
    """Give the local date of an instant."""
    return datetime.fromtimestamp(ts_ms // 1000, zone).date()


def day_period(day: date, zone: ZoneInfo) -> Period:
    """Give the period of one local day, however many hours the zone gives it.

    Raises:
        UsageError: the zone skips the day, or the day is at the calendar's very end.
    """
    try:
        start, end = _first_second(day, zone), _first_second(day + timedelta(days=1), zone)
    except OverflowError as error:
        raise UsageError(f"{day} is outside the calendar") from error
    if start == end:
        raise UsageError(f"{zone.key} had no {day}: its clocks skipped that day")
    return Period(start * 1000, end * 1000, day, day, zone.key)


def _first_second(day: date, zone: ZoneInfo) -> int:
    """Give the epoch second of local midnight: the earlier of two, or the first that follows it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    # Reckoned with the offset before a change of the clocks, and with the one after it.
    before, after = (
        (midnight.replace(fold=fold) - _EPOCH) // timedelta(seconds=1) for fold in (0, 1)
    )
    if before <= after:
        return before
    low, high = after, before  # the clocks skip midnight somewhere in between
    while low + 1 < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() < day:
            low = middle
        else:
            high = middle
    return high


def _load_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, no relative path, a directory of zones
        return None


def _system_zone_name() -> str:
    """Name the zone of this machine; empty when it does not tell."""
    try:
        target = os.readlink(_ZONE_LINK)
    except OSError:
        return _asked_system_zone_name()
    _, found, name = target.rpartition(_ZONE_FOLDER)
    return name if found else _asked_system_zone_name()


def _asked_system_zone_name() -> str:
    """Ask tzlocal, which knows every system; the link is read first as that is thirty times faster.

    It says why it cannot tell in many ways, and none of them is a reason not to report.
    """
    try:
        from tzlocal import get_localzone_name

        return get_localzone_name() or ""
    except Exception:  # noqa: BLE001 - see above
        return ""


def _suggest(name: str) -> str:
    """Tell the zones whose name, or whose city, is most like `name`.

    An offset gets none: it has no summer time, and the zones called so count the other way round.
    """
    if _OFFSET.fullmatch(name.strip()):
        return _PLACE
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    wanted = name.casefold().replace(" ", "_")
    known = {
        key: zone
        for zone in sorted(available_timezones())
        for key in (zone.casefold(), zone.casefold().rpartition("/")[2])
        if "GMT" not in zone
    }
    near = get_close_matches(wanted, known, n=_SUGGESTED)
    zones = list(dict.fromkeys(known[key] for key in near))
    return f"did you mean {' or '.join(zones)}?" if zones else _PLACE
