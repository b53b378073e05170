"""Time zones: as people call them, and as this machine tells its own."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.phrases import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Sayable

UTC: Final = "UTC"
_LINK: Final = "/etc/localtime"
_FOLDER: Final = "zoneinfo/"
_SUGGESTED: Final = 3
_OFFSET: Final = re.compile(r"(utc|gmt|z)?\s*[+-]?\s*[0-9:]+", re.IGNORECASE)
_NAME_A_PLACE: Final = message("zone.name_a_place")
_CALLED: Final = {
    "Asia/Seoul": "kst korean korea 한국 서울 韓国 韩国",
    "Asia/Tokyo": "jst japan japanese 日本 도쿄 일본 東京 东京",
    "Asia/Shanghai": "china chinese beijing 中国 中國 北京 上海 중국",
    "America/Los_Angeles": "pst pdt pt pacific california",
    "America/New_York": "est edt et eastern",
    UTC: "utc gmt z zulu",
}
"""What the list of zones has not, or has without summer time, as `EST`."""
_BY_WORD: Final = {word: name for name, words in _CALLED.items() for word in words.split()}


def find_zone(name: str) -> ZoneInfo:
    """Give the zone that somebody means: by alias, by IANA name in any case, or by city.

    Raises:
        UsageError: there is none; the hint tells the names most like it.
    """
    zone = _load_zone(_BY_WORD.get(_word(name), name)) or _load_zone(_listed(_word(name)))
    if zone is None:
        raise UsageError(message("zone.unknown", name=repr(name)), hint=_suggest(name))
    return zone


def inferred_zone(env: Mapping[str, str]) -> tuple[ZoneInfo, Sayable]:
    """Give the zone of this machine, and what tells it: `TZ`, the system, or nothing.

    Args:
        env: the environment; an empty value counts as unset.
    """
    if told := _load_zone(_named_by_tz(env)):
        return told, "TZ"
    if told := _load_zone(_system_zone_name()):
        return told, _by_system(unread_tz(env))
    return ZoneInfo(UTC), message("zone.by_nobody")


def _by_system(unread: str | None) -> Sayable:
    if unread is None:
        return message("zone.by_system")
    return message("zone.by_system_not_tz", text=repr(unread))


def unread_tz(env: Mapping[str, str]) -> str | None:
    """Give what TZ says where that names no zone: a rule such as `KST-9`, or a slip.

    A day then ends when it ends in another zone, which its owner has to be told.
    """
    name = _named_by_tz(env)
    return None if name in {"", _LINK} or _load_zone(name) else name


def _named_by_tz(env: Mapping[str, str]) -> str:
    """Give the zone that TZ names: behind a colon or below a folder of zones, as POSIX lets it."""
    told = env.get("TZ", "").removeprefix(":")
    _, is_path, name = told.rpartition(_FOLDER)
    return name if is_path else told


def _word(text: str) -> str:
    return "_".join(text.split()).casefold()


def _load_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # unknown, no relative path, a directory of zones
        return None


def _listed(word: str) -> str:
    """Look a word up in any case: a whole name, or the city of exactly one zone."""
    from zoneinfo import available_timezones

    names = available_timezones()
    whole = [name for name in names if name.casefold() == word]
    # `Etc/GMT+9` is nine hours behind: nobody who types GMT+9 means it.
    places = [name for name in names if "/" in name and not name.startswith("Etc/")]
    cities = [name for name in places if name.casefold().rpartition("/")[2] == word]
    found = whole or (cities if len(cities) == 1 else [""])
    return found[0]


def _system_zone_name() -> str:
    """Name the zone of this machine; empty when it does not tell."""
    try:
        target = os.readlink(_LINK)
    except OSError:
        return _asked_system_zone_name()
    _, found, name = target.rpartition(_FOLDER)
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


def _suggest(name: str) -> Sayable:
    """Tell the zones whose name, or whose city, is most like `name`.

    An offset gets none: it has no summer time, and the zones called so count the other way round.
    """
    if _OFFSET.fullmatch(name.strip()):
        return _NAME_A_PLACE
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    known = {
        key: zone
        for zone in sorted(available_timezones())
        for key in (zone.casefold(), zone.casefold().rpartition("/")[2])
        if "GMT" not in zone
    }
    near = get_close_matches(_word(name), known, n=_SUGGESTED)
    zones = list(dict.fromkeys(known[key] for key in near))
    return did_you_mean(zones) if zones else _NAME_A_PLACE
