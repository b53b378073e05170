"""Local days are as long as the zone makes them, and meet without a gap or an overlap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core import period
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import choose_zone, day_period, find_zone, local_date, parse_date
from hypothesis import given, settings
from hypothesis import strategies as st

ZONES = (
    "UTC",
    "Asia/Seoul",
    "Asia/Kathmandu",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Scoresbysund",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)


def utc(ms: int) -> str:
    """Write an instant as people read it."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("UTC", date(2026, 3, 2), "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        ("Asia/Seoul", date(2026, 3, 2), "2026-03-01T15:00:00Z", "2026-03-02T15:00:00Z"),
        # 23 and 25 hours
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        # no midnight: 00:00 is 01:00
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        # two midnights: 01:00 is 00:00 again, and the earlier one counts
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        # half an hour
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        # no midnight within a gap that began before it: 23:30 was 00:30
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_of_its_zone(
    zone: str, day: date, start: str, end: str
) -> None:
    """Bounds come from the zone, not from 24 hours."""
    found = day_period(day, ZoneInfo(zone))
    assert (utc(found.start_ms), utc(found.end_ms)) == (start, end)
    assert (found.first, found.last, found.zone) == (day, day, zone)


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(min_value=date(1971, 1, 1), max_value=date(2037, 12, 30)),
)
def test_days_meet_without_gap_or_overlap(zone: str, day: date) -> None:
    """Whatever the clocks do, the end of a day is the beginning of the next."""
    place = ZoneInfo(zone)
    found, following = (day_period(day + timedelta(days=n), place) for n in (0, 1))
    assert found.end_ms == following.start_ms
    assert local_date(found.start_ms, place) == day


def test_the_day_before_a_skipped_one_ends_where_the_one_after_begins() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    before, after = (day_period(date(2011, 12, day), apia) for day in (29, 31))
    assert before.end_ms == after.start_ms
    with pytest.raises(UsageError, match="skipped that day"):
        day_period(date(2011, 12, 30), apia)


@pytest.mark.parametrize("day", [date.max, date.min])
def test_the_ends_of_the_calendar_are_no_crash(day: date) -> None:
    """The last date has no next midnight; the first one has a day like any other."""
    if day == date.max:
        with pytest.raises(UsageError, match="outside the calendar"):
            day_period(day, ZoneInfo("Asia/Seoul"))
    else:
        assert day_period(day, ZoneInfo("Asia/Seoul")).first == day


@pytest.mark.parametrize(
    ("asked", "env", "expected"),
    [
        ("Asia/Seoul", {"FLUXMIRROR_TIMEZONE": "Asia/Tokyo", "TZ": "UTC"}, "Asia/Seoul"),
        (None, {"FLUXMIRROR_TIMEZONE": "Asia/Tokyo", "TZ": "UTC"}, "Asia/Tokyo"),
        (None, {"FLUXMIRROR_TIMEZONE": "", "TZ": "Europe/Madrid"}, "Europe/Madrid"),
        (None, {"TZ": ":Europe/Madrid"}, "Europe/Madrid"),
        ("", {"TZ": "Europe/Madrid"}, "Europe/Madrid"),
    ],
)
def test_the_flag_wins_over_the_variables(
    asked: str | None, env: dict[str, str], expected: str
) -> None:
    """Flag > FLUXMIRROR_TIMEZONE > TZ."""
    assert choose_zone(asked, env).key == expected


@pytest.mark.parametrize("tz", ["", "EST5EDT,M3.2.0,M11.1.0", "/etc/localtime", "America", "\x00"])
def test_a_tz_that_names_no_zone_leaves_the_systems(
    tz: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POSIX rules, paths, folders of zones and rubbish are no names."""
    monkeypatch.setattr(period, "_system_zone_name", lambda: "Asia/Kathmandu")
    assert choose_zone(None, {"TZ": tz}).key == "Asia/Kathmandu"


def test_a_system_that_does_not_tell_means_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is always a zone."""
    monkeypatch.setattr(period, "_system_zone_name", lambda: "")
    assert choose_zone(None, {}).key == "UTC"


def test_the_systems_zone_is_one_that_exists() -> None:
    """What this very machine tells can be used."""
    assert choose_zone(None, {}).key


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Asia/Soul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("Seoul", "Asia/Seoul"),
        ("New York", "America/New_York"),
    ],
)
def test_an_unknown_zone_is_an_error_that_tells_the_nearest(name: str, near: str) -> None:
    """A typing mistake is answered with what was meant."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert name in str(caught.value)
    assert near in caught.value.hint


@pytest.mark.parametrize(
    "name", ["UTC+9", "utc-3", "GMT+9", "+09:00", "-5", "UTC+09:00", "GMT +9", "UTC9", "Etc/GMT+99"]
)
def test_an_offset_is_answered_with_a_place(name: str) -> None:
    """Never with the zones called after offsets, which count the other way round."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert "GMT" not in caught.value.hint
    assert caught.value.hint.startswith("name a place, such as Asia/Tokyo") or name[:3] == "Etc"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "qqqqqqqqqq", "\x00", "America"]
)
def test_a_name_that_is_like_nothing_still_gets_a_hint(name: str) -> None:
    """Paths and rubbish are refused, not opened."""
    with pytest.raises(UsageError) as caught:
        find_zone(name)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", None),
        ("20260302", None),
        ("2026-W10-1", None),
        ("2026-03-02T00:00", None),
        ("\u0662\u0660\u0662\u0666-03-02", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_written_in_one_way(text: str, expected: date | None) -> None:
    """Year, month, day; what no calendar has is no date."""
    assert parse_date(text) == expected
