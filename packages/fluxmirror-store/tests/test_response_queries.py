"""Any number down to its responses: found by name, each with its place."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.explanation import Named
from fluxmirror_core.event import AFTER, AgentEvent
from fluxmirror_core.period import day_period
from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.response_queries import (
    Owner,
    Sought,
    calls_ending,
    names_beginning,
    names_of,
    owners_of,
    responses_of,
    what_is_named,
)
from fluxmirror_store.transaction import writing
from fluxmirror_store.usage_queries import UsageWindow
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
DAY = day_period(date(2026, 3, 2), ZoneInfo("UTC"))
PRICE = Price("own", "m", "USD", "test", None, Rates(1, 1, 1, 1, 1))
NEVER_SAID = AgentEvent(*(None,) * len(AgentEvent._fields))  # type: ignore[arg-type]
NAMES = {
    Named.SESSION: "the session",
    Named.SUBAGENT: "the subagent",
    Named.RESPONSE: "the response",
    Named.CALL: "the call",
    Named.AGENT: "codex-cli",
    Named.MODEL: "the model",
    Named.PROJECT: "/the/project",
    Named.FILE: "/the/file",
    Named.TOOL: "Edit + Read",
}
ALL = UsageWindow()


class Book:
    """One price for all."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a PriceBook
        """Give the price of a model."""
        return PRICE if model == "m" else None


def response(key: str, **fields: Any) -> ResponseRow:  # noqa: ANN401 - the fields' own types
    """Make a response at noon."""
    usual = ResponseRow(
        "claude-code", key, NOON, "/p", 1, 17, "s", None, "m", "/app", Tokens(1, 2, 3),
        Record("/p", 1, 17, '{"n":1}', 6),
    )  # fmt: skip
    return usual._replace(**fields)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database with a response that has every name, and another that has none of them."""
    with closing(connect_to_write(str(tmp_path / "events.db"))) as db:
        db.executemany(
            "INSERT INTO source (agent, path, seen_ms) VALUES ('a', ?, 0)",
            [("/p",), (NAMES[Named.FILE],)],
        )
        add(
            db,
            response("other"),
            response(
                NAMES[Named.RESPONSE],
                agent=NAMES[Named.AGENT],
                session=NAMES[Named.SESSION],
                subagent=NAMES[Named.SUBAGENT],
                model=NAMES[Named.MODEL],
                project=NAMES[Named.PROJECT],
                record=Record(NAMES[Named.FILE], 2, 4_711, '{"n":2}', 6),
            ),
        )
        call = NEVER_SAID._replace(
            uid=b"1" * 16, kind="tool_call", ts_ms=NOON, agent=NAMES[Named.AGENT],
            call_id=NAMES[Named.CALL], tool_canonical="Read", phases=AFTER,
            response_key=NAMES[Named.RESPONSE], sources="transcript", self_noise=0,
            schema_version=2,
        )  # fmt: skip
        with writing(db):
            edit = call._replace(uid=b"2" * 16, call_id="s_1/2", tool_canonical="Edit")
            write_events(db, [call, edit])
        yield db


def add(db: sqlite3.Connection, *responses: ResponseRow) -> None:
    """Record responses, priced."""
    with writing(db):
        write_responses(db, responses, Book(), NOON)


@pytest.mark.parametrize("named", list(Named))
def test_a_response_is_found_by_each_of_its_names(db: sqlite3.Connection, named: Named) -> None:
    """With where it is told of, and the counts as they stand there."""
    assert what_is_named(db, ALL, NAMES[named]) == [named]
    found = responses_of(db, ALL, Sought(named, NAMES[named]))
    (one,) = found.newest
    assert (one.key, one.path, one.offset) == (NAMES[Named.RESPONSE], NAMES[Named.FILE], 4_711)
    assert (one.raw_json, one.tokens) == ('{"n":2}', Tokens(1, 2, 3))
    assert (one.pico, one.price_json) == (None, None)
    assert [row.responses for row in found.sums] == [1]


def test_all_that_is_called_so_is_told(db: sqlite3.Connection) -> None:
    """A name of a session and of a model; what nothing told has no name, and is found by that."""
    add(db, response("1", session="x"), response("2", session=None), response("3", model="x"))
    assert what_is_named(db, ALL, "x") == [Named.SESSION, Named.MODEL]
    assert what_is_named(db, ALL, None) == [Named.SESSION]
    found = responses_of(db, ALL, Sought(Named.SESSION, None)).newest
    assert [one.key for one in found] == ["2"]


def test_the_main_part_of_sessions_and_no_tool_have_names(db: sqlite3.Connection) -> None:
    """As the tables of `cost` call them."""
    for named, name in ((Named.SUBAGENT, "main"), (Named.TOOL, "none")):
        assert what_is_named(db, ALL, name) == [named]
        assert [one.key for one in responses_of(db, ALL, Sought(named, name)).newest] == ["other"]


def test_names_are_looked_for_where_it_was_asked_for(db: sqlite3.Connection) -> None:
    """Of another agent, or of another time, nothing is found."""
    mine = UsageWindow(agent="codex-cli")
    assert what_is_named(db, mine, "the model") == [Named.MODEL]
    assert what_is_named(db, mine, "m") == []
    assert what_is_named(db, UsageWindow(end_ms=NOON), "the model") == []
    assert names_of(db, mine, Named.PROJECT) == ["/the/project"]
    assert names_of(db, ALL, Named.PROJECT) == ["/app", "/the/project"]


def test_ids_are_found_by_how_they_begin_or_end(db: sqlite3.Connection) -> None:
    """The first so many; what means something in a pattern means itself."""
    add(db, *(response(f"msg_%_{n}") for n in range(3)))
    assert names_beginning(db, ALL, Named.RESPONSE, "msg_%", 2) == ["msg_%_0", "msg_%_1"]
    assert names_beginning(db, ALL, Named.RESPONSE, "msg__", 2) == []
    assert names_beginning(db, ALL, Named.SESSION, "the s", 2) == ["the session"]
    assert calls_ending(db, "/2", 9) == ["s_1/2"]
    assert calls_ending(db, "%2", 9) == []


def test_what_is_called_alike_has_several_owners(db: sqlite3.Connection) -> None:
    """A subagent is one session's."""
    add(db, response("1", subagent="a"), response("2", subagent="a", session="t"))
    owners = [Owner("claude-code", "s"), Owner("claude-code", "t")]
    assert owners_of(db, ALL, Sought(Named.SUBAGENT, "a")) == owners


def test_nothing_is_called_so(db: sqlite3.Connection) -> None:
    """No guess is made."""
    assert what_is_named(db, ALL, "the") == []
    assert what_is_named(db, ALL, "%") == []


def test_a_limit_keeps_the_newest_and_the_sum_of_all(db: sqlite3.Connection) -> None:
    """The oldest of them comes first; the price is the one that was charged."""
    add(db, *(response(str(n), session="long", ts_ms=NOON + n) for n in range(9)))
    found = responses_of(db, ALL, Sought(Named.SESSION, "long"), 2)
    assert [one.key for one in found.newest] == ["7", "8"]
    assert [(row.responses, row.pico, row.currency) for row in found.sums] == [(9, 54, "USD")]
    assert found.newest[0].pico == 6
    assert Price.from_json(found.newest[0].price_json or "") == PRICE


def test_a_day_has_its_responses(db: sqlite3.Connection) -> None:
    """Half-open, as every period."""
    add(db, response("before", ts_ms=DAY.start_ms - 1), response("after", ts_ms=DAY.end_ms))
    add(db, response("first", ts_ms=DAY.start_ms), response("last", ts_ms=DAY.end_ms - 1))
    day = UsageWindow(DAY.start_ms, DAY.end_ms)
    keys = [one.key for one in responses_of(db, day, None).newest]
    assert keys == ["first", "other", NAMES[Named.RESPONSE], "last"]
    assert [one.key for one in responses_of(db, day, None, 1).newest] == ["last"]
