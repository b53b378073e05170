"""A zone is found by whatever people call it, and is one that exists."""

from __future__ import annotations

import pytest
from fluxmirror_core import zones
from fluxmirror_core.errors import UsageError
from fluxmirror_core.zones import find_zone, inferred_zone, unread_tz


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("KST", "Asia/Seoul"),
        ("korean", "Asia/Seoul"),
        ("한국", "Asia/Seoul"),
        ("Tokyo", "Asia/Tokyo"),
        ("PST", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("Eastern", "America/New_York"),
        ("gmt", "UTC"),
        ("asia/seoul", "Asia/Seoul"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("madrid", "Europe/Madrid"),
        ("Etc/GMT+9", "Etc/GMT+9"),
    ],
)
def test_a_zone_is_found_by_alias_city_and_in_any_case(word: str, name: str) -> None:
    """Nobody has to know how the list of zones is written."""
    assert find_zone(word).key == name


def test_tz_tells_the_zone_of_this_machine() -> None:
    """With a colon before it as well, as POSIX has it."""
    assert inferred_zone({"TZ": "Europe/Madrid"})[0].key == "Europe/Madrid"
    for tz in (":Europe/Madrid", "/usr/share/zoneinfo/Europe/Madrid"):
        zone, told_by = inferred_zone({"TZ": tz})
        assert (zone.key, told_by, unread_tz({"TZ": tz})) == ("Europe/Madrid", "TZ", None)


@pytest.mark.parametrize("tz", ["", "EST5EDT,M3.2.0,M11.1.0", "/etc/localtime", "America", "\x00"])
def test_a_tz_that_names_no_zone_leaves_the_systems(
    tz: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POSIX rules, paths, folders of zones and rubbish are no names."""
    monkeypatch.setattr(zones, "_system_zone_name", lambda: "Asia/Kathmandu")
    assert inferred_zone({"TZ": tz})[0].key == "Asia/Kathmandu"


@pytest.mark.parametrize("tz", ["KST-9", "EST5EDT,M3.2.0,M11.1.0", "Mars/X", "UTC0"])
def test_a_tz_that_cannot_be_read_is_told(tz: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are counted in another zone then: whoever wonders why can find out."""
    monkeypatch.setattr(zones, "_system_zone_name", lambda: "Asia/Kathmandu")
    assert unread_tz({"TZ": tz}) == tz
    assert str(inferred_zone({"TZ": tz})[1]) == f"the system's zone, as TZ='{tz}' is no zone's name"


@pytest.mark.parametrize("tz", ["", ":/etc/localtime", "Asia/Seoul", "EST5EDT"])
def test_a_tz_that_can_be_read_is_not_spoken_of(tz: str) -> None:
    """Nor one that says nothing, or that the system's own file is to be read."""
    assert unread_tz({"TZ": tz}) is None
    assert unread_tz({}) is None


def test_a_system_that_does_not_tell_means_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is always a zone."""
    monkeypatch.setattr(zones, "_system_zone_name", lambda: "")
    assert inferred_zone({})[0].key == "UTC"


def test_the_systems_zone_is_one_that_exists() -> None:
    """What this very machine tells can be used."""
    assert inferred_zone({})[0].key


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Asia/Soul", "Asia/Seoul"),
        ("Asia/Seoull", "Asia/Seoul"),
        ("Seuol", "Asia/Seoul"),
        ("New Yrok", "America/New_York"),
    ],
)
def test_an_unknown_zone_is_an_error_that_tells_the_nearest(name: str, near: str) -> None:
    """A typing mistake is answered with what was meant."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert name in str(caught.value)
    assert near in str(caught.value.hint)


@pytest.mark.parametrize(
    "name", ["UTC+9", "utc-3", "GMT+9", "+09:00", "-5", "UTC+09:00", "GMT +9", "UTC9", "Etc/GMT+99"]
)
def test_an_offset_is_answered_with_a_place(name: str) -> None:
    """Never with the zones called after offsets, which count the other way round."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert "GMT" not in str(caught.value.hint)
    told = str(caught.value.hint)
    assert told.startswith("name a place, such as Asia/Tokyo") or name[:3] == "Etc"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "qqqqqqqqqq", "\x00", "America"]
)
def test_a_name_that_is_like_nothing_still_gets_a_hint(name: str) -> None:
    """Paths and rubbish are refused, not opened."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert caught.value.hint
