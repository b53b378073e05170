"""Doctor warns of an agent that works while its hooks are silent, and of losses."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health import coverage as health_coverage
from fluxmirror_cli.health.agents import examine_agents
from fluxmirror_cli.health.coverage import examine_coverage
from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.imported import EVERYTHING, import_news
from fluxmirror_cli.registration.foundation import lay_foundation, plan_foundation
from fluxmirror_cli.registration.hook_entries import add_entries
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.situation import survey
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import spool, spool_reader
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

HOUR = 3_600_000
SESSION = "5e551011-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def usual(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any agent's program."""
    monkeypatch.setenv("PATH", "/nowhere")


def now_ms() -> int:
    """Give this moment."""
    return time.time_ns() // 1_000_000


def rows() -> list[Row]:
    """Give doctor's rows about coverage."""
    return list(examine_coverage(Evidence(here(), Settings())))


def told() -> list[tuple[str, str]]:
    """Give status and detail of doctor's rows about coverage."""
    return [(row.status, str(row.detail)) for row in rows()]


def claude(chosen: Settings | None = None) -> Row:
    """Give doctor's row about Claude Code."""
    evidence = Evidence(here(), chosen or Settings())
    return next(row for row in examine_agents(evidence) if row.component == "claude-code")


def session_file(home: Path, *times_ms: int) -> Path:
    """Write a session of Claude Code with a call at each of some times."""
    path = home / f".claude/projects/-p/{SESSION}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [line for number, at_ms in enumerate(times_ms) for line in call_lines(number, at_ms)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def call_lines(number: int, at_ms: int) -> list[dict[str, object]]:
    """Give what a session file tells of a call and its end."""
    call_id = f"toolu_{number}"
    common = {
        "sessionId": SESSION,
        "cwd": "/p",
        "timestamp": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(),
    }
    asks = {"type": "tool_use", "id": call_id, "name": "Bash", "input": {"command": "make"}}
    answers = {"type": "tool_result", "tool_use_id": call_id, "content": "made"}
    message = {"id": f"msg_{number}", "role": "assistant", "content": [asks]}
    return [
        {**common, "type": "assistant", "message": message},
        {**common, "type": "user", "message": {"role": "user", "content": [answers]}},
    ]


def hook(event: str, at_ms: int, **fields: object) -> None:
    """Put one payload of Claude Code into the spool, as if captured at a time."""
    payload = {"session_id": SESSION, "cwd": "/p", "hook_event_name": event, **fields}
    name = spool.put(here().spool, json.dumps(payload).encode(), ("claude", event), {})
    os.utime(spool_reader.new_path(here().spool, name), ns=(at_ms * 1_000_000,) * 2)


def call_hooks(number: int, at_ms: int) -> None:
    """Put both hooks of a call into the spool."""
    fields = {
        "tool_name": "Bash",
        "tool_input": {"command": "make"},
        "tool_use_id": f"toolu_{number}",
    }
    hook("PreToolUse", at_ms, **fields)
    hook("PostToolUse", at_ms + 1, **fields, tool_response={"stdout": "made"})


def take_in() -> None:
    """Bring everything into the database, as a report does."""
    drain(here(), Settings())
    import_news(here(), Settings(), EVERYTHING)


def register(home: Path, at_ms: int) -> None:
    """Enter our hooks into Claude Code's settings, at a time."""
    situation = survey(os.environ, sys.platform)
    lay_foundation(situation, plan_foundation(situation))
    hooks = settings_hooks("claude-code", situation.bundle, situation.packages)
    path = home / ".claude/settings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    entered = add_entries("{}", hooks, lambda command: is_ours(command, situation.packages))
    path.write_text(entered.text)
    os.utime(path, ns=(at_ms * 1_000_000,) * 2)


def test_nothing_recorded_is_nothing_to_say() -> None:
    """And nothing is made by looking."""
    assert rows() == []
    assert not os.path.exists(here().data)


def test_what_both_sources_told_is_fine(home: Path) -> None:
    """The row says how much it is."""
    at_ms = now_ms() - HOUR
    register(home, at_ms - HOUR)
    session_file(home, at_ms)
    call_hooks(0, at_ms)
    take_in()
    assert told() == [("ok", "coverage 100%, in the last 7 days")]
    assert rows()[0].facts["percent"] == 100
    assert claude().status == "ok"
    assert str(claude().detail).endswith("; last event 60 minutes ago")
    assert claude().facts["last_event_ms"] == at_ms + 1


def test_an_agent_that_works_while_its_hooks_are_silent_is_a_warning(home: Path) -> None:
    """They are registered, and nothing of them arrives."""
    register(home, now_ms() - 3 * HOUR)
    session_file(home, now_ms() - 2 * HOUR, now_ms() - HOUR)
    take_in()
    row = claude()
    assert (row.status, str(row.remedy).startswith("start it anew; ")) == ("warn", True)
    assert str(row.detail).endswith(
        ", but silent: 2 calls in the last 24 hours that no hook told of; no event of it yet"
    )
    assert row.facts["missed_calls"] == 2
    assert claude(Settings(agents_claude_code_enabled=False)).status == "off"
    assert claude(Settings(capture_enabled=False)).status == "off"


def test_an_agent_that_was_used_since_its_last_event_is_a_warning(home: Path) -> None:
    """Its session file went on, whatever stands in it: nothing has read it yet."""
    at_ms = now_ms() - 5 * HOUR
    register(home, at_ms - HOUR)
    session_file(home, at_ms)
    call_hooks(0, at_ms)
    take_in()
    assert claude().status == "ok"
    path = session_file(home, at_ms, at_ms + HOUR)
    os.utime(path, ns=((at_ms + 5 * 60_000) * 1_000_000,) * 2)
    assert claude().status == "ok", "an agent writes on behind its last hook"
    os.utime(path, ns=((at_ms + 2 * HOUR) * 1_000_000,) * 2)
    assert claude().status == "warn"
    assert str(claude().detail).endswith(", but silent: used 3 hours ago; last event 5 hours ago")


def test_an_agent_that_was_just_registered_is_fine(home: Path) -> None:
    """Its sessions from before are no sign against its hooks."""
    session_file(home, now_ms() - 2 * HOUR)
    take_in()
    register(home, now_ms())
    assert claude().status == "ok"
    assert str(claude().detail).endswith("; no event of it yet")


def test_calls_from_before_the_registration_warn_nobody(home: Path) -> None:
    """Who has just installed us is not to be told that nothing works."""
    session_file(home, now_ms() - 2 * HOUR)
    register(home, now_ms() - HOUR)
    take_in()
    assert [row.status for row in rows()] == ["ok"]


def test_an_agent_we_are_not_registered_with_warns_nobody(home: Path) -> None:
    """Session files alone are a way to use us."""
    session_file(home, now_ms() - HOUR)
    take_in()
    only = "session files only, no hook of Claude Code has ever reported"
    assert told() == [("ok", f"{only}, in the last 7 days")]
    assert claude().status == "off"
    assert "its session files are read (1)" in str(claude().detail)


def test_what_waits_in_the_spool_is_no_silence(home: Path) -> None:
    """Doctor drains nothing, and what was not drained may tell of the call."""
    at_ms = now_ms() - HOUR
    register(home, at_ms - HOUR)
    session_file(home, at_ms)
    call_hooks(0, at_ms)
    import_news(here(), Settings(), EVERYTHING)
    assert [row.status for row in rows()] == ["ok"]
    assert claude().status == "ok"


def test_losses_are_a_warning(home: Path) -> None:
    """Their names are for `coverage` to tell."""
    at_ms = now_ms() - HOUR
    register(home, at_ms - HOUR)
    session_file(home, at_ms, at_ms + 1_000, at_ms + 2_000)
    call_hooks(0, at_ms)
    call_hooks(2, at_ms + 2_000)
    take_in()
    assert told() == [("warn", "1 loss in the last 7 days that nothing explains")]
    assert str(rows()[0].remedy) == "`fluxmirror coverage` names them"
    assert claude().status == "ok", "it is heard"
    register(home, now_ms())
    assert [row.status for row in rows()] == ["ok"], "what was lost before is over"
    (home / ".claude/settings.json").unlink()
    assert [row.status for row in rows()] == ["ok"], "who took our hooks out wants none heard"


def test_of_many_calls_the_newest_are_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the row says how far back that is."""
    monkeypatch.setattr(health_coverage, "MOST_CALLS", 2)
    at_ms = now_ms() - 2 * HOUR
    session_file(home, at_ms - HOUR, at_ms, at_ms + 1_000)
    for number, then_ms in enumerate((at_ms - HOUR, at_ms, at_ms + 1_000)):
        call_hooks(number, then_ms)
    take_in()
    assert told() == [("ok", "coverage 100%, in the last 2 hours")]
    assert rows()[0].facts["calls"] == 2


def test_session_files_that_changed_since_are_told(home: Path) -> None:
    """Doctor imports nothing; it says how old the change is."""
    at_ms = now_ms() - HOUR
    session_file(home, at_ms)
    call_hooks(0, at_ms)
    take_in()
    path = session_file(home, at_ms, at_ms + 1_000)
    os.utime(path, ns=((now_ms() - 10 * 60_000) * 1_000_000,) * 2)
    (row,) = rows()
    assert str(row.detail).endswith(
        "session files changed since they were read, the last 10 minutes ago"
    )
