"""What a shell completes, and what `status` says of the last event, asked of a real database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.errors import NoDataError
from fluxmirror_core.event import AFTER, AgentEvent
from fluxmirror_core.period import day_period
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store import queries
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.known_values import (
    KnownSession,
    impatient_database,
    recent_days,
    recent_models,
    recent_sessions,
    recorded_agents,
)
from fluxmirror_store.status_queries import LastEvent, last_event
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from pathlib import Path

DAY = day_period(date(2026, 3, 2), ZoneInfo("UTC"))
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
HOURS = 3_600_000
NUMBER = count()
NEVER_SAID = AgentEvent(*(None,) * len(AgentEvent._fields))  # type: ignore[arg-type]


class NoBook:
    """Knows no price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> None:
        """Give none."""


def call(**fields: Any) -> AgentEvent:  # noqa: ANN401 - the fields' own types
    """Make a tool call at noon."""
    return NEVER_SAID._replace(
        uid=next(NUMBER).to_bytes(16),
        kind="tool_call",
        ts_ms=NOON,
        agent="claude-code",
        session="s",
        evidence="default",
        hook_event="PostToolUse",
        sources="hook",
        self_noise=0,
        phases=AFTER,
        schema_version=2,
    )._replace(**fields)


def response(model: str, ts_ms: int) -> ResponseRow:
    """Make a response of a session that no hook told of."""
    return ResponseRow(
        agent="qwen-code",
        key=f"msg_{next(NUMBER)}",
        ts_ms=ts_ms,
        path="/p",
        source_id=1,
        offset=0,
        session="q",
        subagent=None,
        model=model,
        project=None,
        tokens=Tokens(1, 2),
        record=Record("/p", 1, 0, "{}", 0),
    )


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Three days of two agents, with what is no call and what is hidden."""
    path = str(tmp_path / "events.db")
    events = [
        call(ts_ms=NOON - 48 * HOURS, session="old"),
        call(),
        call(ts_ms=NOON + HOURS),
        call(ts_ms=NOON + 2 * HOURS, agent="my-own", session="mine", kind="prompt"),
        call(ts_ms=NOON + 3 * HOURS, session="hidden", self_noise=1),
        call(ts_ms=NOON + 24 * HOURS, session="next"),
        call(ts_ms=None, session="timeless"),
    ]
    with closing(connect_to_write(path)) as db, writing(db):
        db.execute("INSERT INTO source (agent, path, seen_ms) VALUES ('qwen-code', '/p', 0)")
        write_events(db, events)
        responses = [response(model, NOON) for model in ("b", "a", "a")]
        write_responses(db, responses, NoBook(), NOON)
    return path


def test_agents_are_those_there_are_events_of(database: str) -> None:
    """Also one that this program has never heard of."""
    with impatient_database(database) as db:
        assert recorded_agents(db) == ["claude-code", "my-own"]


def test_sessions_come_from_hooks_and_session_files(database: str) -> None:
    """The latest first, each with its agent and its last sign."""
    with impatient_database(database) as db:
        found = recent_sessions(db)
    assert found[0] == KnownSession("next", "claude-code", NOON + 24 * HOURS)
    assert KnownSession("s", "claude-code", NOON + HOURS) in found
    assert KnownSession("q", "qwen-code", NOON) in found
    assert "timeless" not in {one.session for one in found}


def test_models_come_with_the_most_used_first(database: str) -> None:
    """That is most often the one that is meant."""
    with impatient_database(database) as db:
        assert recent_models(db) == ["a", "b"]


def test_days_are_those_with_calls_in_the_zone(database: str) -> None:
    """At noon UTC it is the next day in the east of the calendar."""
    with impatient_database(database) as db:
        days = recent_days(db, ZoneInfo("UTC"))
        assert days == [date(2026, 3, 3), date(2026, 3, 2), date(2026, 2, 28)]
        assert recent_days(db, ZoneInfo("Pacific/Kiritimati"))[0] == date(2026, 3, 4)


def test_a_question_that_takes_long_is_given_up(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a completion."""
    monkeypatch.setattr("fluxmirror_store.known_values._PATIENCE_S", -1.0)
    monkeypatch.setattr("fluxmirror_store.known_values._STEPS", 1)
    with impatient_database(database) as db, pytest.raises(sqlite3.OperationalError):
        recent_sessions(db)


def test_no_database_is_made_by_asking(tmp_path: Path) -> None:
    """Completing is looking."""
    path = tmp_path / "none.db"
    with pytest.raises(NoDataError), impatient_database(str(path)):
        pass
    assert not path.exists()


def test_the_last_event_is_of_any_kind_and_not_hidden(database: str) -> None:
    """A prompt is a sign of life; what the user wants hidden is none."""
    with impatient_database(database) as db:
        found = last_event(db, queries.window(db, DAY))
        assert found == LastEvent(NOON + 2 * HOURS, "my-own")
        before = day_period(date(2026, 2, 1), ZoneInfo("UTC"))
        assert last_event(db, queries.window(db, before)) is None
