"""Coverage counts who saw what; 100 % is said only when it is true."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.coverage import Coverage, build_coverage, count_seen
from fluxmirror_core.analysis.losses import Moment
from fluxmirror_core.analysis.told_calls import (
    AgentSigns,
    FileSigns,
    Gap,
    HookSigns,
    OddCall,
    PhaseCount,
    ToldCalls,
)
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BEFORE
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import Period
from fluxmirror_core.report.as_text import render_text, width
from fluxmirror_core.report.coverage import build_coverage_report, coverage_line
from fluxmirror_core.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = Period(0, 86_400_000, date(1970, 1, 1), date(1970, 1, 1), "UTC")
NOW = 10 * DAY.end_ms
HOOKED, FILED = BEFORE | AFTER, ASKED | ANSWERED
BOTH = HOOKED | FILED
CLAUDE, CODEX, QWEN = "claude-code", "codex-cli", "qwen-code"
SEEN = AgentSigns(hooked_ms=0, early=0, has_files=True)
HOOK_SIGNS, FILE_SIGNS = HookSigns(is_hooked=True, is_early=False), FileSigns(NOW, NOW)
SESSIONS = ((CLAUDE, "s"), (CODEX, "s"))


def odd(phases: int, number: int = 1, agent: str = CLAUDE) -> OddCall:
    """Make a call, one a minute."""
    ts_ms = number * 60_000
    return OddCall(
        agent, ts_ms, ts_ms, "s", None, f"c{number}", "Bash", "make", None, "ok", None, phases
    )


def built(
    *counts: tuple[str, int, int], odd_calls: list[OddCall] | None = None, **agents: AgentSigns
) -> Coverage:
    """Work out coverage of calls by agent, phases and number; agents go by their first word."""
    signs = {one: agents.get(one.partition("-")[0], SEEN) for one in (CLAUDE, CODEX, QWEN)}
    told = ToldCalls(
        [PhaseCount(*count) for count in counts],
        {agent: signs[agent] for agent, _, _ in counts},
        odd_calls or [],
        dict.fromkeys(SESSIONS, HOOK_SIGNS),
        dict.fromkeys(SESSIONS, FILE_SIGNS),
        [],
    )
    moment = Moment(NOW, NOW, NOW, "/home/me")
    coverage = build_coverage(DAY, told, moment, is_told)
    assert count_seen(told, moment) == (coverage.total, coverage.agents)
    return coverage


def is_told(gap: Gap) -> bool:
    """Say of calls whose minute is odd that some other call lacked nothing before them."""
    return gap.last_ms // 60_000 % 2 == 1


def line(coverage: Coverage, language: str = "en") -> str:
    """Give the line that closes a report."""
    return coverage_line(coverage.agents, load_catalog(language))


def voice(language: str = "en") -> Voice:
    """Make the voice of a language."""
    return Voice(load_catalog(language), ZoneInfo("UTC"), "")


def with_losses() -> Coverage:
    """Work out coverage with a loss of each kind: of one call, of several, up to the end."""
    calls = [
        odd(FILED, 2),
        *(odd(FILED, number, CODEX) for number in (11, 13)),
        odd(HOOKED, 15),
        *(odd(AFTER | FILED, number) for number in (20, 22)),
        odd(BEFORE | FILED, 25, CODEX),
        *(odd(HOOKED | ASKED, number) for number in (31, 33)),
    ]
    never = AgentSigns(hooked_ms=None, early=4, has_files=True)
    return built(
        (CLAUDE, BOTH, 1_234),
        (CLAUDE, HOOKED | ASKED, 2),
        (CLAUDE, FILED, 1),
        (CLAUDE, HOOKED, 1),
        (CLAUDE, 0, 12),
        (CODEX, BOTH, 56),
        (CODEX, FILED, 2),
        (QWEN, FILED, 4),
        odd_calls=calls,
        qwen=never,
    )


def test_all_seen_by_both_is_a_hundred_percent() -> None:
    """Nothing else is."""
    coverage = built((CLAUDE, BOTH, 12))
    assert coverage.total.tenths == 1000
    assert line(coverage) == "coverage 100%"


def test_nearly_all_is_rounded_down() -> None:
    """One of ten thousand is 99.9 %."""
    coverage = built((CLAUDE, BOTH, 9999), (CLAUDE, FILED, 1), odd_calls=[odd(FILED)])
    assert coverage.total.unexplained == 1
    assert line(coverage) == "coverage 99.9% · 1 call seen by one source only"


def test_explained_calls_are_expected_of_nobody() -> None:
    """They are in neither part of the fraction."""
    early = AgentSigns(hooked_ms=50, early=7, has_files=True)
    coverage = built((CLAUDE, BOTH, 3), (CLAUDE, FILED, 7), claude=early)
    assert (coverage.total.explained, coverage.total.unexplained) == (7, 0)
    assert [tuple(one) for one in coverage.explained] == [(CLAUDE, "hooked_later", 7)]
    assert line(coverage) == "coverage 100%"


def test_rows_of_older_programs_are_explained() -> None:
    """They have no ids by which a session file's telling could be known."""
    coverage = built((CLAUDE, BOTH, 1), (CLAUDE, 0, 4))
    assert [tuple(one) for one in coverage.explained] == [(CLAUDE, "older_program", 4)]
    assert coverage.agents[0].hooks_only == 4


def test_an_agent_without_session_files_is_explained() -> None:
    """And is not spoken of below a report: there is nothing to compare."""
    coverage = built((CLAUDE, HOOKED, 5), claude=SEEN._replace(has_files=False))
    assert [tuple(one) for one in coverage.explained] == [(CLAUDE, "no_file", 5)]
    assert coverage.total.tenths is None
    assert not line(coverage)


def test_an_agent_without_hooks_is_named_and_alarms_nobody() -> None:
    """Session files alone are a way to use us."""
    never = AgentSigns(hooked_ms=None, early=5, has_files=True)
    alone = built((CODEX, FILED, 5), codex=never)
    told = "coverage: session files only, no hook of Codex CLI has ever reported"
    assert line(alone) == told
    beside = built((CLAUDE, BOTH, 2), (CODEX, FILED, 5), codex=never)
    assert line(beside) == "coverage 100% · session files only of Codex CLI"


def test_a_call_told_in_part_is_seen_by_both_and_counted() -> None:
    """So 100 % alone is not said of it."""
    coverage = built((CLAUDE, BOTH, 1), (CLAUDE, AFTER | FILED, 1), odd_calls=[odd(AFTER | FILED)])
    assert (coverage.total.both, coverage.total.in_part, coverage.total.unexplained) == (2, 1, 0)
    assert line(coverage) == "coverage 100% · 1 call told in part"


def test_agents_are_counted_apart_and_together() -> None:
    """The one with the most calls comes first."""
    coverage = built(
        (CLAUDE, BOTH, 3), (CODEX, BOTH, 5), (CODEX, FILED, 1), odd_calls=[odd(FILED, agent=CODEX)]
    )
    assert [(one.agent, one.calls, one.tenths) for one in coverage.agents] == [
        (CODEX, 6, 833),
        (CLAUDE, 3, 1000),
    ]
    assert (coverage.total.calls, coverage.total.tenths) == (9, 888)


def test_a_stretch_of_silence_is_one_finding() -> None:
    """With its first call and its last."""
    calls = [odd(FILED, 2), odd(FILED, 4), odd(FILED, 6)]
    coverage = built((CLAUDE, BOTH, 1), (CLAUDE, FILED, 3), odd_calls=calls)
    (finding,) = coverage.findings
    assert (finding.kind, finding.calls, finding.call_id) == ("no_hook", 3, "c2")
    assert (finding.first_ms, finding.last_ms) == (120_000, 360_000)
    assert finding.sessions == ("s",)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (4, "no hook at all from 1970-01-01 00:02:00 to 1970-01-01 00:04:00: 2 calls"),
        (3, "no hook told of it"),
    ],
)
def test_a_report_words_what_is_missing(last: int, words: str) -> None:
    """A single call has its tool and detail; a stretch its times."""
    calls = [odd(FILED, 2), odd(FILED, last)]
    coverage = built((CLAUDE, BOTH, 1), (CLAUDE, FILED, 2), odd_calls=calls)
    report = build_coverage_report(coverage, load_catalog(), agent=None)
    text = render_text(report, voice())
    assert words in text
    assert "`fluxmirror agents list`" in text
    assert ("make" in text) == (last == 3)


@pytest.mark.parametrize("language", languages())
def test_losses_read_as_they_should(
    language: str, same_as_golden: Callable[[str, str], None]
) -> None:
    """The whole report, and the line that closes others."""
    coverage = with_losses()
    report = build_coverage_report(coverage, load_catalog(language), agent=None)
    text = f"{render_text(report, voice(language))}\n{line(coverage, language)}\n"
    same_as_golden(f"coverage.{language}.md", text)


def test_a_report_without_losses_says_so() -> None:
    """An empty table would leave people guessing."""
    report = build_coverage_report(built((CLAUDE, BOTH, 2)), load_catalog(), agent=CLAUDE)
    assert [section.title for section in report.sections] == ["Coverage"]
    assert str(report.sections[0].note) == "Nothing is missing that is not explained."
    assert report.title == "Who saw what Claude Code did (1970-01-01, UTC)"


def test_many_findings_are_cut_in_the_report_alone() -> None:
    """The count of the others is told."""
    calls = [odd(FILED, 2 * number + 1) for number in range(60)]
    coverage = built((CLAUDE, FILED, 60), odd_calls=calls)
    assert len(coverage.findings) == 60
    report = build_coverage_report(coverage, load_catalog(), agent=None)
    assert len(report.sections[1].rows) == 50
    assert str(report.sections[1].note) == "… and 10 more, which `--json` has."


@pytest.mark.parametrize("columns", [50, 80, 120])
@pytest.mark.parametrize("language", languages())
def test_advice_about_losses_fits_a_terminal(language: str, columns: int) -> None:
    """Sentences break; a heading does not, and losses are told in a table of sentences."""
    report = build_coverage_report(with_losses(), load_catalog(language), agent=None)
    lines = render_text(report, voice(language), columns).splitlines()
    assert not [line for line in lines if width(line) > columns and line[:1] not in {"#", "|"}]
