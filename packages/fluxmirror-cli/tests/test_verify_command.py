"""`fluxmirror verify isolation` tells clean, leaking and nothing to check apart."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.verify import command
from fluxmirror_core.errors import ExitCode, NoDataError, UsageError
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.mirror import append_lines
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.usefixtures("flux_home")
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
DAY = ("--date", "2026-03-02", "--tz", "UTC")


def event(number: int, agent: str, session: str | None) -> AgentEvent:
    """Make a shell call."""
    blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
    told = {
        "uid": number.to_bytes(16, "big"),
        "kind": str(Kind.TOOL_CALL),
        "ts_ms": NOON + number,
        "agent": agent,
        "evidence": "default",
        "session": session,
        "hook_event": "PostToolUse",
        "tool": "Bash",
        "tool_class": "Shell",
        "detail": "make",
        "sources": "hook",
        "self_noise": 0,
        "phases": 2,
        "schema_version": 2,
    }
    return AgentEvent(**{**blank, **told})


CLEAN = [event(1, "claude-code", "a"), event(2, "qwen-code", "b"), event(3, "qwen-code", None)]
LEAKING = [event(1, "claude-code", "s"), event(2, "qwen-code", "s")]


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mirror that is configured; nothing is in it."""
    monkeypatch.setenv("FLUXMIRROR_MIRROR", str(tmp_path / "mirror"))
    return str(tmp_path / "mirror")


def record(events: list[AgentEvent]) -> None:
    """Write events into the database."""
    with closing(connect_to_write(here().database)) as db, writing(db):
        write_events(db, events)


def run(*arguments: str) -> Result:
    """Run the command; what it raises is for the one place of errors."""
    return CliRunner().invoke(command, ["isolation", *arguments])


def test_a_clean_day_is_said() -> None:
    """With what was looked at."""
    record(CLEAN)
    done = run(*DAY)
    assert done.exit_code == ExitCode.OK
    assert done.stdout.startswith("# Are agents kept apart? (2026-03-02, UTC)\n")
    assert "| Qwen Code   |      2 |        1 | Bash 2 |" in done.stdout
    assert done.stdout.endswith("Clean: every session belongs to one agent.\n")
    assert "Mirror" not in done.stdout


def test_a_leak_is_named_once(mirror: str) -> None:
    """Exit code 1, with the session, its agents and where it was seen."""
    record(LEAKING)
    append_lines(mirror, LEAKING)
    done = run(*DAY)
    assert done.exit_code == ExitCode.WARNING
    assert "| s       | Claude Code, Qwen Code | database, mirror |" in done.stdout
    assert done.stdout.endswith("1 session is recorded under several agents.\n")
    told = json.loads(run(*DAY, "--json").stdout)
    assert told["leaks"] == [
        {"session": "s", "agents": ["claude-code", "qwen-code"], "layers": ["database", "mirror"]}
    ]
    assert (told["version"], told["checked"], told["clean"]) == (1, True, False)
    assert (told["date"], told["timezone"]) == ("2026-03-02", "UTC")


def test_the_mirror_alone_can_leak(mirror: str) -> None:
    """The same rules hold in both layers."""
    record(CLEAN)
    append_lines(mirror, LEAKING)
    done = run(*DAY, "--json")
    assert done.exit_code == ExitCode.WARNING
    told = json.loads(done.stdout)
    assert [layer["layer"] for layer in told["layers"]] == ["database", "mirror"]
    assert told["leaks"][0]["layers"] == ["mirror"]
    assert told["layers"][0]["agents"][0] == {
        "agent": "claude-code",
        "events": 1,
        "sessions": ["a"],
        "tools": {"Bash": 1},
    }


def test_a_day_is_a_local_one(mirror: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with every other command: in the configured zone, or in the one of `--tz`."""
    late = [one._replace(ts_ms=one.ts_ms + 4 * 3_600_000) for one in LEAKING]
    record(late)
    append_lines(mirror, late)
    assert run("--date", "2026-03-03", "--tz", "Asia/Seoul").exit_code == ExitCode.WARNING
    assert isinstance(run("--date", "2026-03-03", "--tz", "UTC").exception, NoDataError)
    monkeypatch.setenv("FLUXMIRROR_TIMEZONE", "Asia/Seoul")
    assert "(2026-03-03, Asia/Seoul)" in run("--date", "2026-03-03").stdout


def test_a_line_that_is_none_is_told(mirror: str, tmp_path: Path) -> None:
    """It is no leak, and no reason to look away."""
    record(CLEAN)
    append_lines(mirror, CLEAN)
    with (tmp_path / "mirror" / "qwen-code" / "2026-03-02.jsonl").open("a") as file:
        file.write("torn\n")
    assert "1 line could not be understood." in run(*DAY).stdout


@pytest.mark.parametrize("arguments", [(), ("--date", "yesterday"), ("--date", "2026-03-01")])
def test_nothing_to_check_is_not_clean(arguments: tuple[str, ...], flux_home: Path) -> None:
    """Exit code 3, so that no script takes it for a check that passed; no file is made."""
    done = run(*arguments)
    assert isinstance(done.exception, NoDataError)
    assert done.exception.hint
    assert done.stdout == ""
    told = run(*arguments, "--json")
    assert isinstance(told.exception, NoDataError)
    assert json.loads(told.stdout)["checked"] is False
    assert not flux_home.exists()


def test_another_database_has_no_mirror_of_its_own(mirror: str, tmp_path: Path) -> None:
    """What is beside ours says nothing of it."""
    append_lines(mirror, LEAKING)
    record(CLEAN)
    path = str(tmp_path / "other.db")
    with closing(connect_to_write(path)) as db, writing(db):
        write_events(db, CLEAN)
    assert run(*DAY, "--db", path).exit_code == ExitCode.OK


def test_a_date_that_is_none_is_refused() -> None:
    """As everywhere."""
    assert isinstance(run("--date", "2026-02-30").exception, UsageError)
