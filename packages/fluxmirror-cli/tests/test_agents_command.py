"""`fluxmirror agents` says what it leaves out, and nothing that goes without saying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]
    Record = Callable[..., str]
    Call = Callable[..., AgentEvent]

MONDAY: Final = 1_740_960_000_000
"""2025-03-03 in UTC."""
BUSIEST: Final = " was the busiest"


def told(run_here: Run, *options: str) -> str:
    """Give what is said of the agents of a day."""
    done = run_here("agents", "--date", "2025-03-03", "--tz", "UTC", *options)
    assert (done.err, done.code) == ("", 0)
    return str(done.out)


def test_what_is_left_out_is_said_of_agents_too(record: Record, call: Call, run_here: Run) -> None:
    """The figures of one agent in one project are not those of all."""
    calls = [call(MONDAY + n, agent="codex-cli", project="/srv/web") for n in range(2)]
    record([*calls, call(MONDAY)])
    assert told(run_here).splitlines()[2] == "Monday, 3 March 2025 \u00b7 UTC"
    heading = told(run_here, "--agent", "codex", "--project", "web").splitlines()[2]
    assert heading.endswith(" \u00b7 UTC \u00b7 Codex CLI \u00b7 project \u201cweb\u201d")


def test_the_only_agent_is_not_the_busiest(record: Record, call: Call, run_here: Run) -> None:
    """Asked for alone, or alone there."""
    record([call(MONDAY + n, agent="codex-cli", session=str(n)) for n in range(2)])
    assert "Worth knowing" not in told(run_here)
    record([call(MONDAY)])
    assert f"Codex CLI{BUSIEST}, with 2 calls." in told(run_here)
    assert "Worth knowing" not in told(run_here, "--agent", "codex")
