"""Losses injected on purpose: coverage names each, and nothing else."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands import today
from fluxmirror_cli.commands.coverage import command
from fluxmirror_cli.reports.click_command import click_command
from fluxmirror_core.hook_facts import hook_facts
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write

from tests.e2e.two_sources import AFTER, BEFORE, DAY, FAILING, IDS, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.two_sources import Hook, TwoSources

AGENTS = sorted(IDS)
RAN = "Process exited with code 0\nOutput:\n"
REFUSED = "unsupported call: nope"
pytestmark = pytest.mark.usefixtures("flux_home")


def coverage(*more: str) -> dict[str, Any]:
    """Ask for the recorded day."""
    return asked("--date", DAY, *more)


def asked(*arguments: str) -> dict[str, Any]:
    """Ask as a script would."""
    done = CliRunner().invoke(
        command, ["--tz", "UTC", "--json", *arguments], catch_exceptions=False
    )
    assert done.exit_code == 0
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def named(told: dict[str, Any]) -> list[tuple[str, tuple[str, ...], int, str | None]]:
    """Give each finding: what is missing, of how many calls, and the first one's id."""
    return [
        (one["kind"], tuple(one["events"]), one["calls"], one["call_id"])
        for one in told["findings"]
    ]


def reasons(told: dict[str, Any]) -> dict[str, int]:
    """Count what is explained, by reason."""
    return {one["reason"]: one["calls"] for one in told["explained"]}


def event_names(agent: str, *hooks: str) -> tuple[str, ...]:
    """Give hook events by the names that the agent itself has for them."""
    facts = hook_facts(IDS[agent])
    own = {BEFORE[agent]: facts.before, AFTER[agent]: facts.after}
    return tuple(own[hook] for hook in hooks)


def hook_of(sources: TwoSources, number: int, event: str = "") -> Hook:
    """Give the first hook of a call, or the one of an event."""
    call_id = sources.calls[number]
    (first, *_) = (
        hook for hook in sources.hooks if hook.call_id == call_id and event in ("", hook.event)
    )
    return first


def hooks_id(sources: TwoSources, number: int) -> str | None:
    """Give the id that a call's hooks tell; some agents' tell none."""
    return None if sources.agent in ("copilot", "gemini") else sources.calls[number]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_whole_session_is_covered(agent: str, home: Path) -> None:
    """What both sources tell of every call lacks nothing."""
    sources = recorded(agent)
    sources.put(home)
    told = coverage()
    assert named(told) == []
    assert reasons(told) == {}
    assert told["total"]["calls"] == told["total"]["both"] == len(sources.calls) == 8
    assert told["total"]["coverage_percent"] == 100
    assert told["agents"][0]["agent"] == IDS[agent]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_call_no_hook_told_of_is_named(agent: str, home: Path) -> None:
    """The files of its hooks are gone from the spool."""
    sources = recorded(agent)
    lost = sources.calls[2]
    sources.without_hooks(lambda hook: hook.call_id == lost).put(home)
    told = coverage()
    assert named(told) == [("no_hook", event_names(agent, BEFORE[agent], AFTER[agent]), 1, lost)]
    assert (told["total"]["both"], told["total"]["unexplained"]) == (7, 1)
    assert told["total"]["coverage_percent"] == 87.5


@pytest.mark.parametrize("events", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("agent", AGENTS)
def test_a_call_of_which_one_hook_is_missing_is_named(
    agent: str, events: dict[str, str], home: Path
) -> None:
    """The session file tells that it ran, so both of its hooks did."""
    sources, event = recorded(agent), events[agent]
    lost = sources.calls[3]
    sources.without_hooks(lambda hook: (hook.call_id, hook.event) == (lost, event)).put(home)
    told = coverage()
    assert named(told) == [("half_hooks", event_names(agent, event), 1, lost)]
    assert (told["total"]["in_part"], told["total"]["unexplained"]) == (1, 0)


@pytest.mark.parametrize("agent", AGENTS)
def test_a_call_the_session_file_does_not_hold_is_named(agent: str, home: Path) -> None:
    """Its lines were taken out; those behind them say that the file went on."""
    sources = recorded(agent)
    lost = sources.calls[1]
    sources.without_lines(lambda line: lost in line).put(home)
    told = coverage()
    assert named(told) == [("no_record", (), 1, hooks_id(sources, 1))]
    assert told["findings"][0]["tool"] == hook_of(sources, 1).payload["tool_name"]


def test_a_line_that_asks_for_a_call_is_enough_to_miss_it(home: Path) -> None:
    """A result alone does not say what was called."""
    sources = recorded("claude")
    lost = sources.calls[1]
    sources.without_lines(lambda line: lost in line and '"tool_use"' in line).put(home)
    assert named(coverage()) == [("no_record", (), 1, lost)]


@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_call_whose_end_the_session_file_lacks_is_named(agent: str, home: Path) -> None:
    """The hooks told its end, and the file goes on behind it."""
    sources = recorded(agent)
    lost = sources.calls[-1]
    asks = {"claude": '"type": "tool_use"', "codex": '"type": "function_call"'}[agent]
    sources.without_lines(lambda line: lost in line and asks not in line).put(home)
    assert named(coverage()) == [("no_end", (), 1, lost)]


@pytest.mark.parametrize("events", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("agent", AGENTS)
def test_a_hook_event_that_is_switched_off_is_one_loss(
    agent: str, events: dict[str, str], home: Path
) -> None:
    """What all calls lack from a moment on has one cause."""
    sources, event = recorded(agent), events[agent]
    sources.without_hooks(lambda hook: hook.event == event).put(home)
    told = coverage()
    # Some tell of the call that failed by another event.
    calls = 7 if agent in FAILING and event == "PostToolUse" else 8
    (name,) = event_names(agent, event)
    assert [one[:3] for one in named(told)] == [("half_hooks", (name,), calls)]
    (finding,) = told["findings"]
    assert finding["is_lasting"]
    assert finding["missing"].startswith(f"{name} silent since {DAY} 03:")
    assert finding["missing"].endswith(f": {calls} calls")


@pytest.mark.parametrize("agent", AGENTS)
def test_hooks_that_fall_silent_are_one_loss(agent: str, home: Path) -> None:
    """From the middle of a session on nothing is heard any more."""
    sources = recorded(agent)
    until_ms = hook_of(sources, 4).at_ms
    sources.without_hooks(lambda hook: hook.at_ms >= until_ms).put(home)
    told = coverage()
    events = event_names(agent, BEFORE[agent], AFTER[agent])
    assert [one[:3] for one in named(told)] == [("no_hook", events, 4)]
    assert told["findings"][0]["is_lasting"]
    assert told["findings"][0]["missing"].startswith("no hook at all since")


def test_hooks_that_come_back_end_a_loss(home: Path) -> None:
    """Two stretches of silence are two losses."""
    sources = recorded("codex")
    lost = {*sources.calls[1:3], *sources.calls[6:8]}
    sources.without_hooks(lambda hook: hook.call_id in lost).put(home)
    told = coverage()
    assert [(one["calls"], one["is_lasting"]) for one in told["findings"]] == [
        (2, False),
        (2, True),
    ]


def test_several_losses_are_each_named(home: Path) -> None:
    """One cause does not hide another."""
    sources = recorded("claude")
    calls = sources.calls
    gone = {
        (calls[0], "PreToolUse"),
        (calls[2], "PostToolUse"),
        *((calls[4], hook.event) for hook in sources.hooks),
    }
    sources = sources.without_hooks(lambda hook: (hook.call_id, hook.event) in gone)
    sources = sources.without_lines(lambda line: calls[6] in line)
    sources.without_lines(lambda line: calls[1] in line and '"tool_result"' in line).put(home)
    assert named(coverage()) == [
        ("half_hooks", ("PreToolUse",), 1, calls[0]),
        ("no_end", (), 1, calls[1]),
        ("half_hooks", ("PostToolUse",), 1, calls[2]),
        ("no_hook", ("PreToolUse", "PostToolUse"), 1, calls[4]),
        ("no_record", (), 1, calls[6]),
    ]


def test_losses_of_one_agent_are_not_anothers(home: Path) -> None:
    """An agent that works does not end the silence of one that does not."""
    claude, codex = recorded("claude"), recorded("codex")
    claude.without_hooks(lambda hook: hook.event == "PostToolUse").put(home)
    codex.put(home)
    told = coverage()
    assert [one["agent"] for one in told["findings"]] == ["claude-code"]
    assert coverage("--agent", "codex")["findings"] == []
    assert {one["agent"]: one["in_part"] for one in told["agents"]} == {
        "claude-code": 7,
        "codex-cli": 0,
    }


def test_calls_from_before_the_first_hook_are_explained(home: Path) -> None:
    """Whoever installs us today has worked before; one call is in the middle of it."""
    sources = recorded("codex")
    first_ms = hook_of(sources, 5).at_ms
    assert first_ms < hook_of(sources, 4, "PostToolUse").at_ms
    sources.without_hooks(lambda hook: hook.at_ms < first_ms).put(home)
    told = coverage()
    assert named(told) == []
    assert reasons(told) == {"hooked_later": 4}
    assert told["total"]["coverage_percent"] == 100


def test_an_agent_without_hooks_is_explained(home: Path) -> None:
    """Session files alone are a way to use us."""
    recorded("gemini").put_file(home)
    told = coverage()
    assert named(told) == []
    assert reasons(told) == {"never_hooked": 8}
    assert told["total"]["coverage_percent"] is None


def test_a_session_without_a_file_is_explained() -> None:
    """Nobody can say what a file would hold that was never here."""
    recorded("claude").put_hooks()
    assert reasons(coverage()) == {"no_file": 8}
    assert named(coverage()) == []


def test_a_file_that_is_not_read_to_its_end_is_explained(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not read cannot be missed in it."""
    sources = recorded("claude")
    at = next(n for n, line in enumerate(sources.lines) if sources.calls[5] in line)
    sources._replace(lines=sources.lines[:at]).put(home)
    assert [one[0] for one in named(coverage())] == ["no_record"]
    sources.put_file(home)
    monkeypatch.setenv("FLUXMIRROR_SESSION_FILES", "off")
    assert reasons(coverage()) == {"unread": 3}
    assert named(coverage()) == []


def test_the_last_sign_of_a_session_is_explained(home: Path) -> None:
    """An agent that is killed in a call has not written it down yet."""
    sources = recorded("claude")
    at = next(n for n, line in enumerate(sources.lines) if sources.calls[7] in line)
    last = hook_of(sources, 7)
    sources = sources._replace(lines=sources.lines[: at - 1])
    sources.without_hooks(lambda hook: hook.at_ms > last.at_ms).put(home)
    told = coverage()
    assert named(told) == []
    assert reasons(told) == {"last_sign": 1}


def test_a_session_that_hooks_told_of_is_ours_wherever_it_worked(home: Path) -> None:
    """A directory under another home is no proof that its session is another's."""
    sources = recorded("claude")
    lost = sources.calls[2]
    sources = sources.without_hooks(lambda hook: hook.call_id == lost)
    sources.moved_to("/home/somebody/project").put(home)
    assert [one[3] for one in named(coverage())] == [lost]


def test_a_session_of_another_home_is_explained(home: Path) -> None:
    """Homes of two machines that were merged hold sessions that no hook here could see."""
    theirs = recorded("claude")
    start = theirs.hooks[0]
    start = start._replace(payload={**start.payload, "session_id": "ours"})
    theirs._replace(hooks=[start]).moved_to("/home/somebody/project").put(home)
    told = coverage()
    assert named(told) == []
    assert reasons(told) == {"elsewhere": 8}


def test_a_tool_that_fires_no_hook_is_explained(home: Path) -> None:
    """What the model's provider runs does not come by the agent's hooks."""
    sources = recorded("codex")
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    sources._replace(lines=[*sources.lines, codex_line(search)]).put(home)
    told = coverage()
    assert (named(told), reasons(told)) == ([], {"hookless_tool": 1})


def test_a_call_that_never_ran_is_explained(home: Path) -> None:
    """Codex fires nothing for a tool that it does not have."""
    sources = recorded("codex")
    lines = [
        codex_line({"type": "function_call", "name": "nope", "call_id": "c", "arguments": "{}"}),
        codex_line({"type": "function_call_output", "call_id": "c", "output": REFUSED}),
    ]
    sources._replace(lines=[*sources.lines, *lines]).put(home)
    told = coverage()
    assert (named(told), reasons(told)) == ([], {"not_run": 1})


@pytest.mark.parametrize(("age_s", "seen"), [(30, ([], {"young": 1})), (120, (["no_hook"], {}))])
def test_a_call_of_this_minute_is_explained(
    age_s: int, seen: tuple[list[str], dict[str, int]], home: Path
) -> None:
    """Its hooks may still be on their way; a minute later they are missed."""
    sources, at = recorded("codex"), datetime.now(UTC) - timedelta(seconds=age_s)
    lines = [
        codex_line({"type": "function_call", "name": "exec_command", "call_id": "c"}, at),
        codex_line({"type": "function_call_output", "call_id": "c", "output": RAN}, at),
    ]
    sources._replace(lines=[*sources.lines, *lines]).put(home)
    first, last = sorted((DAY, f"{at:%Y-%m-%d}"))
    told = asked("--since", first, "--until", last)
    assert ([one[0] for one in named(told)], reasons(told)) == seen


def test_rows_of_an_older_program_are_explained(home: Path) -> None:
    """They were recorded without ids, so their other half is not known."""
    sources = recorded("claude")
    sources.put(home)
    coverage()
    with closing(connect_to_write(here().database)) as db:
        db.execute(
            "INSERT INTO event (uid, kind, ts_ms, agent, tool, sources, schema_version)"
            " VALUES (x'00', 'tool_call', ?, 'claude-code', 'Bash', 'hook', 1)",
            (sources.hooks[0].at_ms,),
        )
    told = coverage()
    assert (named(told), reasons(told)) == ([], {"older_program": 1})
    assert told["total"]["coverage_percent"] == 100


def codex_line(item: dict[str, str], at: datetime | None = None) -> str:
    """Write one more row of a model's history, at the end of the recorded run or at a time."""
    timestamp = "2026-11-21T03:43:04.350Z" if at is None else at.isoformat()
    row = {"timestamp": timestamp, "type": "response_item", "payload": item}
    return f"{json.dumps(row)}\n"


def test_the_report_says_what_is_lost_and_what_to_do(home: Path) -> None:
    """For people; and a line of it closes the report of the day."""
    sources = recorded("claude")
    lost = sources.calls[2]
    sources.without_hooks(lambda hook: hook.call_id == lost).put(home)
    day = ["--date", DAY, "--tz", "UTC"]
    report = CliRunner().invoke(command, day, catch_exceptions=False).stdout
    assert "no hook told of it" in report
    assert "`fluxmirror agents list`" in report
    assert "87.5 %" in report
    report = CliRunner().invoke(click_command(today.REPORT), day, catch_exceptions=False).stdout
    assert report.endswith("\n\ncoverage 87.5% · 1 call seen by one source only\n")
