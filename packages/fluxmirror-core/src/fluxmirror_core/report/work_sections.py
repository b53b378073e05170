"""The sections that reports of work have in common, each from the figures of a `Work`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from fluxmirror_core.analysis.usage import billed
from fluxmirror_core.messages import message
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import (
    build_figures,
    is_nothing,
    missing_prices,
    paid,
    rate_note,
    unpriced_note,
)
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.sections import (
    AGENT,
    COMMAND,
    DATE,
    FLAG,
    HOUR,
    MINUTES,
    MONEY,
    NAME,
    NUMBER,
    PATH,
    SHARE,
    WEEKDAY,
    WORD,
    Column,
    Section,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.analysis.themes import DayTheme, Theme
    from fluxmirror_core.analysis.usage import UsageRow
    from fluxmirror_core.analysis.work import AgentWork, NameCount, NamedCalls, Summary, Work
    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.report.sections import Cell, Kind, Look

WRITTEN_SHOWN: Final = 15
READ_SHOWN: Final = 10
DAYS_SHOWN: Final = 100
NAMES_SHOWN: Final = 10
_HEAD: Final = (
    "calls", "sessions", "files_written", "new_files", "failure_rate", "active_minutes", "cost",
)  # fmt: skip
_PATTERNS: Final = (
    "focus_blocks", "focus_minutes", "longest_focus", "switches", "switch_rate", "overlap_share",
    "bursts", "rework_loops",
)  # fmt: skip
_THEMES: Final = {
    "idle": message("theme.idle"),
    "light": message("theme.light"),
    "shipping": message("theme.shipping"),
    "building": message("theme.building"),
    "polishing": message("theme.polishing"),
}


def theme_word(theme: Theme) -> Message:
    """Give the word for what a day was about."""
    return _THEMES[theme]


def head_figures(work: Work, earlier: Summary | None, compared: Sayable = "") -> Section:
    """Show the figures that sum a period up, beside those of an earlier one.

    Args:
        work: the period.
        earlier: what it is compared with; None for nothing.
        compared: says which time that is.
    """
    figures = build_figures(_HEAD, work.summary, earlier)
    return Section(
        message("work.section.figures"),
        "figures",
        note=sentences((compared, rate_note(work.summary), unpriced_note(figures))),
        key="figures",
        figures=figures,
        only=_only(earlier),
    )


def pattern_figures(work: Work, earlier: Summary | None) -> Section:
    """Show how the work went: focus, bursts, rework, switches, overlap."""
    figures = build_figures(_PATTERNS, work.summary, earlier)
    has_pauses = work.summary.patterns.focus.minutes > work.summary.totals.active_minutes
    return Section(
        message("work.section.patterns"),
        "figures",
        note=message("work.pauses") if has_pauses else "",
        key="patterns",
        figures=figures,
        only=_only(earlier),
    )


def agents_section(work: Work) -> Section:
    """Show what each agent did."""
    return Section(
        message("work.section.agents"),
        "table",
        (
            Column(message("column.agent"), AGENT, "agent"),
            Column(message("column.calls"), NUMBER, "calls"),
            Column(message("work.column.share"), SHARE, "share"),
            Column(message("column.sessions"), NUMBER, "sessions"),
            Column(message("work.column.active"), MINUTES, "active_minutes"),
            Column(message("column.failed"), NUMBER, "failed"),
            Column(message("work.column.failure_rate"), SHARE, "failure_rate"),
            Column(message("column.unknown"), NUMBER, "unknown"),
            Column(message("work.column.top_tool"), NAME, "top_tool"),
        ),
        tuple(
            (
                *(one.agent, one.calls, one.share, one.sessions, one.active_minutes),
                *(one.failed, one.failure_rate, one.unknown, one.top_tool),
            )
            for one in work.agents
        ),
        note=_rate_note(work.agents),
        key="agents",
    )


def projects_section(work: Work) -> Section:
    """Show in which projects the work was; nothing where no call tells one."""
    rows = tuple(
        (one.name or message("project.none"), one.calls, one.share, one.sessions, one.agents)
        for one in work.projects
    )
    named = any(one.name for one in work.projects)
    return Section(
        message("work.section.projects"),
        "table",
        (
            Column(message("work.column.project"), NAME, "project"),
            Column(message("column.calls"), NUMBER, "calls"),
            Column(message("work.column.share"), SHARE, "share"),
            Column(message("column.sessions"), NUMBER, "sessions"),
            Column(message("work.column.agents"), NUMBER, "agents"),
        ),
        rows if named else (),
        key="projects",
        shown=NAMES_SHOWN,
    )


def hours_section(work: Work) -> Section:
    """Show the calls of each hour of the day, all 24."""
    return Section(
        message("work.section.hours"),
        "strip",
        (
            Column(message("work.column.hour"), HOUR, "hour"),
            Column(message("column.calls"), NUMBER, "calls"),
        ),
        tuple(enumerate(work.hours)),
        key="hours",
    )


def heat_section(work: Work) -> Section:
    """Show the calls of each hour of the week."""
    return Section(
        message("work.section.heat_map"),
        "heat",
        (
            Column(message("work.column.weekday"), WEEKDAY, "weekday"),
            *(Column(f"{hour:02}", NUMBER, f"{hour:02}") for hour in range(24)),
        ),
        tuple((weekday, *hours) for weekday, hours in enumerate(work.heat)),
        key="heat_map",
    )


def days_section(work: Work) -> Section:
    """Show each local day; of very many those alone that have a call."""
    is_long = len(work.days) > DAYS_SHOWN
    days = [one for one in work.days if one.calls] if is_long else work.days
    costs = {row.key: paid(row) for row in work.usage.by_day.rows}
    is_unknown = any(one and not one.costs for one in costs.values())
    return Section(
        message("work.section.days"),
        "trend",
        (
            Column(message("work.column.date"), DATE, "date"),
            Column(message("column.calls"), NUMBER, "calls"),
            Column(message("work.column.new"), NUMBER, "new_files"),
            Column(message("work.column.edited"), NUMBER, "edited_files"),
            Column(message("work.column.agents"), NUMBER, "agents"),
            Column(message("work.column.theme"), WORD, "theme"),
            Column(message("work.column.cost"), MONEY, "cost"),
        ),
        tuple(
            (
                *(one.date, one.calls, one.new, one.edited, one.agents, theme_word(one.theme)),
                costs.get(one.date.isoformat()),
            )
            for one in days
        ),
        # The head has said what is missing from a sum; here a day may have nothing else.
        note=sentences(
            (_only_days(work, days), missing_prices(costs.values()) if is_unknown else "")
        ),
        key="days",
        shown=DAYS_SHOWN,
    )


def _only_days(work: Work, days: Sequence[DayTheme]) -> Sayable:
    """Say that days are left out, and when the others were; nothing where all are there."""
    if len(days) in {0, len(work.days)}:
        return ""
    return message("work.only_days", dates=date_range(days[0].date, days[-1].date))


def written_section(work: Work, shown: int = WRITTEN_SHOWN) -> Section:
    """Show the files that were written."""
    return Section(
        message("day.section.edited"),
        "table",
        (
            Column(message("column.path"), PATH, "path"),
            Column(message("work.column.writes"), NUMBER, "writes"),
            Column(message("work.column.is_new"), FLAG, "new"),
        ),
        tuple(tuple(one) for one in work.written),
        key="files_written",
        shown=shown,
    )


def read_section(work: Work, shown: int = READ_SHOWN) -> Section:
    """Show the files that were read and not written."""
    return _counted("day.section.read", "files_only_read", PATH, work.read, shown)


def directories_section(work: Work) -> Section:
    """Show where agents worked."""
    return _counted("day.section.directories", "directories", PATH, work.directories, READ_SHOWN)


def tools_section(work: Work) -> Section:
    """Show which tools were called."""
    title = Column(message("column.tool"), NAME, "tool")
    return _named(message("day.section.tools"), "tools", "bars", title, work.tools)


def programs_section(work: Work) -> Section:
    """Show what shell commands ran."""
    title = Column(message("work.column.program"), COMMAND, "program")
    return _named(message("work.section.programs"), "programs", "table", title, work.programs)


def servers_section(work: Work) -> Section:
    """Show which MCP servers were called."""
    title = Column(message("work.column.server"), NAME, "server")
    return _named(message("work.section.servers"), "mcp_servers", "table", title, work.servers)


def rework_section(work: Work) -> Section:
    """Show the files that were written again after a test had failed."""
    return Section(
        message("work.section.rework"),
        "table",
        (
            Column(message("column.path"), PATH, "path"),
            Column(message("work.column.loops"), NUMBER, "loops"),
        ),
        work.summary.rework.files,
        key="rework_files",
        shown=5,
    )


def cost_section(work: Work) -> Section:
    """Show what the models used, and what it cost."""
    usage = work.usage.by_agent
    if not usage.rows:
        return Section(
            message("cost.section.today"), "paragraph", rows=((message("work.no_usage"),),),
            key="no_cost",
        )  # fmt: skip
    return Section(
        message("cost.section.today"),
        "bars",
        (
            Column(message("column.agent"), AGENT, "agent"),
            Column(message("cost.column.cost"), MONEY, "cost"),
            Column(message("cost.column.responses"), NUMBER, "responses"),
            Column(message("cost.column.input"), NUMBER, "input_tokens"),
            Column(message("cost.column.output"), NUMBER, "output_tokens"),
            Column(message("cost.column.cache"), NUMBER, "cache_tokens"),
        ),
        tuple((row.key, *_used(row)) for row in usage.rows),
        note=missing_prices(paid(row) for row in usage.rows),
        key="cost",
    )


def _only(earlier: Summary | None) -> Literal["", "now"]:
    """Say whether a period stands alone, as nothing at all was recorded before."""
    return "now" if earlier is not None and is_nothing(earlier) else ""


def _used(row: UsageRow) -> tuple[Cell, ...]:
    tokens = row.tokens
    cache = tokens.cache_read + tokens.cache_write_5m + tokens.cache_write_1h
    rest = billed(tokens) - cache - tokens.output
    return paid(row), row.responses, rest, tokens.output, cache


def _counted(title: str, key: str, kind: Kind, counts: Sequence[NameCount], shown: int) -> Section:
    return Section(
        message(title),
        "table",
        (
            Column(message("column.path"), kind, "path"),
            Column(message("column.count"), NUMBER, "count"),
        ),
        tuple(counts),
        key=key,
        shown=shown,
    )


def _named(
    title: Message, key: str, kind: Look, column: Column, rows: Sequence[NamedCalls]
) -> Section:
    return Section(
        title,
        kind,
        (
            column,
            Column(message("column.calls"), NUMBER, "calls"),
            Column(message("column.failed"), NUMBER, "failed"),
            Column(message("work.column.failure_rate"), SHARE, "failure_rate"),
        ),
        tuple(tuple(one) for one in rows),
        note=_rate_note(rows),
        key=key,
        shown=NAMES_SHOWN,
    )


def _rate_note(rows: Iterable[NamedCalls | AgentWork]) -> Sayable:
    """Say what a rate is of, where a reader who divides two columns gets another one."""
    is_other = any(one.failure_rate != one.failed / one.calls for one in rows)
    return message("work.rate") if is_other else ""
