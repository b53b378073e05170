"""Reports of whatever a database may hold: strings that attack, no times, odd schemas."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_store.importing.response_rows import ResponseRow

    Run = Callable[..., Any]
    Read = Callable[[str], list[Any]]

NOON: Final = int(datetime(2025, 3, 5, 12, tzinfo=UTC).timestamp() * 1000)
HOUR_MS: Final = 3_600_000
EVENT_COLUMNS: Final = (
    *("agent", "session", "tool", "tool_canonical", "tool_class", "mcp_server", "mcp_tool"),
    *("detail", "cwd", "project", "repo", "path", "outcome", "error", "model", "hook_event"),
)
RESPONSE_COLUMNS: Final = ("agent", "model", "project", "session")
HOSTILE: Final = {
    "pipes": "a | b \\| c || |---|",
    "lines": "one\ntwo\r\n# three\n\n| four |\u2028five\x85six",
    "escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m \x08\x7f",
    "directions": "a\u202egpj.exe \u2066x\u2069 \u200f\u05e9\u05dc\u05d5\u05dd",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)></style></title>",
    "quotes": "\"><svg onload='x'> ' onclick=\"x\" {{ 7*7 }} {% x %} &lt;&#60;",
    "markdown": "```\n~~~ `code` **bold** [a](http://b) ![i](j) <http://c> ---",
    "nul": "a\x00b",
    "wide": "日本語한국어中文" * 40,
    "json": '{"a": [1, "b"]}',
    "braces": "{agent} {count} %s %(x)s {0}",
    "number": "12",
    "empty": "",
    "long": "x" * 1_000_000,
    "bars": "|" * 20_000,
}
ODD_BYTES: Final = {"surrogate": b"a\xed\xa0\x80b", "no_utf8": b"\xff\xfe\x80 x"}
"""Text that SQLite keeps, and that is no text."""
COMMANDS: Final = (
    ("today", "--date", "2025-03-05"),
    ("week", "--date", "2025-03-05"),
    ("month", "--month", "2025-03"),
    ("agents", "--date", "2025-03-05"),
    ("compare", "2025-03-05", "2025-03-04"),
)


@pytest.fixture
def history(
    record: Run, call: Callable[..., AgentEvent], response: Callable[..., ResponseRow]
) -> str:
    """A database with calls of each kind; gives its path."""
    place = {"cwd": "/srv/app", "project": "/srv/app", "repo": "/srv/app"}
    edit = {"tool": "Edit", "tool_canonical": "Edit", "tool_class": "Write"}
    read = {"tool": "Read", "tool_canonical": "Read", "tool_class": "Read"}
    server = {"tool": "mcp__a__b", "tool_class": "MCP", "mcp_server": "a", "mcp_tool": "b"}
    calls = [
        call(NOON, detail="pytest", outcome="failed", **place),
        call(NOON + 60_000, detail="f.py", path="/srv/app/f.py", **edit, **place),
        call(NOON + 120_000, detail="g.py", path="/srv/app/g.py", **read, **place),
        call(NOON + 180_000, **server, **place),
    ]
    return str(record(calls, [response(NOON, project="/srv/app")]))


def check_text(text: str) -> None:
    """Hold a text to what a terminal and a reader of Markdown need."""
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text
    )
    assert not re.search(r"[\ud800-\udfff]", text)
    # A backtick behind them makes code of them, and no fence.
    fences = re.findall(r"^ {0,3}(?:```[^`\n]*|~~~.*)$", text, re.MULTILINE)
    assert fences == ["```text", "```"] * (len(fences) // 2)
    outside = re.sub(r"```text\n.*?\n```", "", text, flags=re.DOTALL)
    tables = re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE)
    for table in tables:
        rows = table.splitlines()
        assert len({width(row) for row in rows}) == 1
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert all(len(line) < 2_000 for line in text.splitlines())


def check_all(run_here: Run, read_page: Read, *more: str) -> None:
    """Hold every report, in every format, to what it promises."""
    for words in COMMANDS:
        asked = (*words, "--tz", "UTC", *more, "--out", "-", "--format")
        text, html, facts = (run_here(*asked, form) for form in ("text", "html", "json"))
        for done in (text, html, facts):
            assert (done.err, done.code) == ("", ExitCode.OK), words
        check_text(text.out)
        assert read_page(html.out)
        assert not re.search(r"[\ud800-\udfff]", html.out)
        assert len(html.out.encode()) < 60 * 1024
        assert json.loads(facts.out)["version"] == 2


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_string_breaks_a_report(kind: str, history: str, run_here: Run, read_page: Read) -> None:
    """In any column of the database: what is shown is shown, never obeyed."""
    with closing(sqlite3.connect(history)) as db, db:
        for table, columns in (("event", EVENT_COLUMNS), ("response", RESPONSE_COLUMNS)):
            sets = ", ".join(f"{column} = :it" for column in columns)
            db.execute(f"UPDATE {table} SET {sets}", {"it": HOSTILE[kind]})
    check_all(run_here, read_page)


@pytest.mark.parametrize("column", EVENT_COLUMNS)
def test_no_column_breaks_a_report(
    column: str, history: str, run_here: Run, read_page: Read
) -> None:
    """One at a time, so that each gets to where it is shown."""
    with closing(sqlite3.connect(history)) as db, db:
        everything = "".join(HOSTILE[kind] for kind in HOSTILE if kind not in {"long", "bars"})
        db.execute(f"UPDATE event SET {column} = ?", (everything,))
    check_all(run_here, read_page)


@pytest.mark.parametrize("kind", ODD_BYTES)
def test_bytes_that_are_no_text_break_no_report(
    kind: str, history: str, run_here: Run, read_page: Read
) -> None:
    """Databases of older programs may hold them."""
    with closing(sqlite3.connect(history)) as db, db:
        for column in EVENT_COLUMNS:
            db.execute(f"UPDATE event SET {column} = CAST(? AS TEXT)", (ODD_BYTES[kind],))
    check_all(run_here, read_page)


def test_agents_with_odd_names_are_shown_and_found(
    record: Run, call: Callable[..., AgentEvent], run_here: Run, read_page: Read
) -> None:
    """Other programs write into this database too."""
    names = ["My Agent", "a|b", "<b>", "--date", "日本", "x" * 300, "`", ""]
    record([call(NOON + number, agent=name) for number, name in enumerate(names)])
    check_all(run_here, read_page)
    for name in names[:-1]:
        words = ("agents", "--date", "2025-03-05", f"--agent={name}", "--json")
        told = json.loads(run_here(*words).out)
        assert (told["agent"], told["figures"]["calls"]["value"]) == (name, 1)


@pytest.mark.parametrize("time_ms", [None, -1, -(1 << 62), 1 << 62, 0, 253_402_300_800_000])
def test_times_that_are_none_are_left_out(
    time_ms: int | None,
    history: str,
    call: Callable[..., AgentEvent],
    record: Run,
    run_here: Run,
    read_page: Read,
) -> None:
    """Before 1970, after the calendar, or none at all: other days count what they have."""
    record([call(NOON)])
    with closing(sqlite3.connect(history)) as db, db:
        db.execute("UPDATE event SET ts_ms = ? WHERE id = 1", (time_ms,))
        if time_ms is not None:
            db.execute("UPDATE response SET ts_ms = ?", (time_ms,))
    check_all(run_here, read_page)
    told = json.loads(run_here("today", "--date", "2025-03-05", "--tz", "UTC", "--json").out)
    assert told["figures"]["calls"]["value"] == 4
    nothing = run_here("today", "--date", "2025-01-01", "--tz", "UTC")
    assert (nothing.err, nothing.code) == ("", ExitCode.OK)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2025-03-09", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Asia/Kathmandu", "2025-03-05", 24),
        ("Australia/Lord_Howe", "2025-04-06", 24.5),
    ],
)
def test_days_have_the_hours_that_clocks_give_them(
    zone: str,
    day: str,
    hours: float,
    record: Run,
    call: Callable[..., AgentEvent],
    run_here: Run,
    read_page: Read,
) -> None:
    """Every call of a day is in it, and in an hour of its strip."""
    words = ("--date", day, "--tz", zone, "--format")
    empty = json.loads(run_here("today", *words, "json").out)
    start_ms, end_ms = empty["start_ms"], empty["end_ms"]
    assert (end_ms - start_ms) / HOUR_MS == hours
    record([call(ts_ms) for ts_ms in range(start_ms - HOUR_MS, end_ms + HOUR_MS, HOUR_MS // 2)])
    for name, days in (("today", 1), ("week", 7)):
        told = json.loads(run_here(name, *words, "json").out)
        inside = int(hours * 2) + (0 if days == 1 else 2)
        assert told["figures"]["calls"]["value"] == inside
    told = json.loads(run_here("today", *words, "json").out)
    assert sum(hour["calls"] for hour in told["hours"]) == int(hours * 2)
    check_text(run_here("today", *words, "text").out)
    assert read_page(run_here("today", *words, "html", "--out", "-").out)


def test_a_week_with_a_day_that_a_zone_skipped_has_six_days(
    record: Run, call: Callable[..., AgentEvent], run_here: Run
) -> None:
    """Samoa had no 30 December 2011."""
    new_year = int(datetime(2011, 12, 31, 12, tzinfo=UTC).timestamp() * 1000)
    record([call(new_year - number * HOUR_MS) for number in range(100)])
    words = ("week", "--date", "2012-01-02", "--tz", "Pacific/Apia")
    told = json.loads(run_here(*words, "--json").out)
    assert sum(day["calls"] for day in told["days"]) == told["figures"]["calls"]["value"]
    by_day = {day["date"]: day["calls"] for day in told["days"]}
    assert by_day.get("2011-12-30", 0) == 0
    check_text(run_here(*words).out)


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31", "2999-01-01"]
)
@pytest.mark.usefixtures("history")
def test_the_ends_of_the_calendar_are_no_failure(day: str, run_here: Run) -> None:
    """A report, or a sentence that says why there is none."""
    for words in (*(c[:1] for c in COMMANDS[:2]), ("agents",), ("agent", "claude")):
        done = run_here(*words, "--date", day, "--tz", "UTC")
        assert done.code in {ExitCode.OK, ExitCode.USAGE}
        assert (done.out == "") == (done.code != ExitCode.OK)
    for periods in ((day,), (day, "today"), ("today", day)):
        assert run_here("compare", *periods, "--tz", "UTC").code in {ExitCode.OK, ExitCode.USAGE}
    month = run_here("month", "--month", day[:7], "--tz", "UTC")
    assert month.code in {ExitCode.OK, ExitCode.USAGE}


def test_responses_without_a_call_make_a_report_of_what_they_cost(
    record: Run, response: Callable[..., ResponseRow], run_here: Run, read_page: Read
) -> None:
    """Session files tell of responses that asked for nothing."""
    record([], [response(NOON)])
    check_all(run_here, read_page)
    for words in COMMANDS:
        assert "$0.0011" in run_here(*words, "--tz", "UTC").out


@pytest.mark.parametrize("tables", [("response", "price"), ("mcp_message",), ("payload",)])
def test_a_database_without_some_tables_is_said_or_read(
    tables: tuple[str, ...], history: str, tmp_path: Path, run_here: Run
) -> None:
    """What somebody cut out of a database is no riddle."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(history)) as db:
        db.execute("VACUUM INTO ?", (str(other),))
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        for table in tables:
            db.execute(f"DROP TABLE {table}")
        db.commit()
    for words in COMMANDS:
        done = run_here(*words, "--db", str(other), "--tz", "UTC")
        assert done.code in {ExitCode.OK, ExitCode.STORE}, words
        assert "unexpected" not in done.err


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 100, b"SQLite format 3\0"])
def test_what_is_no_database_of_ours_is_said(content: bytes, tmp_path: Path, run_here: Run) -> None:
    """In a sentence, with the file's name."""
    other = tmp_path / "other.db"
    other.write_bytes(content)
    for words in COMMANDS:
        done = run_here(*words, "--db", str(other), "--tz", "UTC")
        assert done.code != ExitCode.OK
        assert "other.db" in done.err
        assert "unexpected" not in done.err
    assert other.read_bytes() == content


@pytest.mark.usefixtures("flux_home")
def test_an_empty_machine_has_reports_of_nothing(run_here: Run, read_page: Read) -> None:
    """Every report says what to do first."""
    check_all(run_here, read_page)
    for words in COMMANDS:
        assert "`fluxmirror install`" in run_here(*words, "--tz", "UTC").out
