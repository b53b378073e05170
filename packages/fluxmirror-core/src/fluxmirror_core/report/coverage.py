"""Coverage → the sections of `coverage`, and the line that closes other reports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.cells import agent_name, head
from fluxmirror_core.report.sections import AGENT, NAME, NUMBER, Column, Report, Section, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.analysis.coverage import AgentCoverage, Coverage, Finding
    from fluxmirror_core.messages import Catalog, Message

_FINDINGS: Final = 50
_DETAIL_COLUMNS: Final = 60
_SESSION_COLUMNS: Final = 13
"""Enough to tell sessions apart whose ids begin with the time."""
_NUMBERS: Final = (
    "calls",
    "both",
    "hooks_only",
    "files_only",
    "explained",
    "unexplained",
    "in_part",
)
_RARE: Final = ("hooks_only", "unexplained", "in_part")
_TENTHS: Final = 10


def build_coverage_report(coverage: Coverage, catalog: Catalog, *, agent: str | None) -> Report:
    """Put coverage into words.

    Args:
        coverage: of a period with at least one call.
        catalog: the words.
        agent: the agent that was asked for; None for all.
    """
    which = "all" if agent is None else "of_agent"
    name = "" if agent is None else agent_name(agent)
    title = catalog.text(f"coverage.title.{which}", agent=name, **_dates(coverage, catalog))
    sections = (
        _agents(coverage, catalog),
        _findings(coverage, catalog),
        _remedies(coverage, catalog),
        _explained(coverage, catalog),
    )
    return Report(title, tuple(section for section in sections if section.rows))


def no_calls(coverage: Coverage, catalog: Catalog) -> str:
    """Say that there is nothing to cover."""
    return catalog.text("coverage.nothing", **_dates(coverage, catalog))


def coverage_line(agents: Iterable[AgentCoverage], catalog: Catalog) -> str:
    """Say in a line how much is covered; empty where only one source could see anything at all.

    Agents whose hooks were never heard are named, and not counted as losses.
    """
    seen = [one for one in agents if one.is_filed]
    hooked = [one for one in seen if one.is_hooked]
    names = [agent_name(one.agent) for one in seen if not one.is_hooked]
    unheard = catalog.text("join.names").join(names)
    expected = sum(one.calls - one.explained for one in hooked)
    if not expected:
        return catalog.text("coverage.line.files_only", agents=unheard) if unheard else ""
    tenths = 100 * _TENTHS * sum(one.both for one in hooked) // expected
    parts = [catalog.text("coverage.line.whole", percent=percent(tenths))]
    parts += _counted(catalog, "one_source", sum(one.unexplained for one in hooked))
    parts += _counted(catalog, "in_part", sum(one.in_part for one in hooked))
    if unheard:
        parts.append(catalog.text("coverage.line.also_files_only", agents=unheard))
    return " · ".join(parts)


def percent(tenths: int) -> str:
    """Write tenths of a percent: `99.8`, and `100` for all."""
    whole, rest = divmod(tenths, _TENTHS)
    return f"{whole}.{rest}" if rest else str(whole)


def missing(finding: Finding, zone: ZoneInfo, catalog: Catalog) -> str:
    """Say what is missing, and how long it was."""
    facts = {
        "events": _events(finding.events, catalog),
        "count": f"{finding.calls:,}",
        "first": _clock(finding.first_ms, zone),
        "last": _clock(finding.last_ms, zone),
    }
    if finding.calls == 1:
        return catalog.text(f"coverage.missing.{finding.kind}", **facts)
    if finding.is_lasting:
        return catalog.text(f"coverage.missing_since.{finding.kind}", **facts)
    return catalog.text(f"coverage.missing_between.{finding.kind}", **facts)


def remedy(kind: str, agent: str, catalog: Catalog) -> str:
    """Say what can be done about a kind of loss."""
    return catalog.text(f"coverage.remedy.{kind}", agent=agent)


def _agents(coverage: Coverage, catalog: Catalog) -> Section:
    """Count per agent; a column of noughts alone is left out where it is rarely anything else."""
    shown = [
        name
        for name in _NUMBERS
        if name not in _RARE or any(getattr(one, name) for one in coverage.agents)
    ]
    columns = (
        Column(catalog.text("column.agent")),
        *(Column(catalog.text(f"coverage.column.{name}"), NUMBER) for name in shown),
        Column(catalog.text("coverage.column.coverage"), NUMBER),
    )
    rows = [_row(one, shown, catalog) for one in coverage.agents]
    if len(rows) > 1:
        rows.append(_row(coverage.total, shown, catalog))
    note = "" if coverage.findings else message("coverage.complete")
    return Section(catalog.text("coverage.section.agents"), "table", columns, tuple(rows), note)


def _row(one: AgentCoverage, shown: Sequence[str], catalog: Catalog) -> tuple[str | int, ...]:
    share = "unit.none" if one.tenths is None else "coverage.percent"
    return (
        agent_name(one.agent) if one.agent else catalog.text("coverage.all"),
        *(getattr(one, name) for name in shown),
        catalog.text(share, percent=percent(one.tenths or 0)),
    )


def _findings(coverage: Coverage, catalog: Catalog) -> Section:
    zone = ZoneInfo(coverage.period.zone)
    recorded = ("column.tool", "coverage.column.detail")
    columns = (
        *_texts(catalog, ("column.time", "column.agent", "coverage.column.session")),
        *(Column(catalog.text(name), NAME) for name in recorded),
        *_texts(catalog, ("coverage.column.missing",)),
    )
    rows = tuple(
        (
            _clock(one.first_ms, zone),
            agent_name(one.agent),
            _sessions(one.sessions, catalog),
            head(one.tool or "", _DETAIL_COLUMNS) if one.calls == 1 else "",
            head(one.detail, _DETAIL_COLUMNS) if one.calls == 1 else "",
            missing(one, zone, catalog),
        )
        for one in coverage.findings[: shown_of(len(coverage.findings), _FINDINGS)]
    )
    left = len(coverage.findings) - len(rows)
    note = message("coverage.more", count=f"{left:,}") if left else ""
    title = catalog.text("coverage.section.findings")
    return Section(title, "table", columns, rows, note)


def _remedies(coverage: Coverage, catalog: Catalog) -> Section:
    kinds = dict.fromkeys((one.agent, one.kind, one.events) for one in coverage.findings)
    rows = tuple(
        (
            _point(
                agent,
                message(f"coverage.missing.{kind}", events=_events(events, catalog)),
                message(f"coverage.remedy.{kind}", agent=agent),
            ),
        )
        for agent, kind, events in kinds
    )
    return Section(catalog.text("coverage.section.remedies"), "points", rows=rows)


def _explained(coverage: Coverage, catalog: Catalog) -> Section:
    rows = tuple(
        (
            _point(
                one.agent,
                counted("insight.calls", one.calls),
                message(f"coverage.reason.{one.reason}"),
            ),
        )
        for one in coverage.explained
    )
    return Section(catalog.text("coverage.section.explained"), "points", rows=rows)


def _point(agent: str, what: Message, told: Message) -> Message:
    """Say something of some of an agent's calls: a sentence has no room in a table."""
    about = message("clause.named", told=Shown(AGENT, agent), more=what)
    return message("clause.about", what=about, told=told)


def _texts(catalog: Catalog, names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(catalog.text(name)) for name in names)


def _events(events: Sequence[str], catalog: Catalog) -> str:
    """Name a hook event, or the two around a call."""
    return catalog.text("join.and").join(events)


def _sessions(sessions: Sequence[str], catalog: Catalog) -> str:
    if len(sessions) == 1:
        return head(sessions[0], _SESSION_COLUMNS)
    return catalog.text("coverage.sessions", count=f"{len(sessions):,}")


def _clock(ts_ms: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(ts_ms // 1000, zone):%Y-%m-%d %H:%M:%S}"


def _counted(catalog: Catalog, what: str, count: int) -> list[str]:
    return [catalog.counted(f"coverage.line.{what}", count)] if count else []


def _dates(coverage: Coverage, catalog: Catalog) -> dict[str, object]:
    period = coverage.period
    dates = catalog.text("phrase.dates", first=period.first, last=period.last)
    return {"dates": period.first if period.first == period.last else dates, "zone": period.zone}
