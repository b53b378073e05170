"""What the words on a report lead to: each head of a column, title of a figure and of a section.

A figure's word leads to its metric; any other to a term of its own, or to what is nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.metrics import BY_KEY
from fluxmirror_core.analysis.terms import TERMS
from fluxmirror_core.messages import languages, load_catalog

if TYPE_CHECKING:
    from fluxmirror_core.analysis.metrics import Metric
    from fluxmirror_core.analysis.terms import Term
    from fluxmirror_core.messages import Catalog

    Entry = Metric | Term

WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "calls": ("column.calls", "work.figure.calls", "coverage.column.calls"),
    "failed": ("column.failed", "work.figure.failed", "outcome.failed"),
    "failure_rate": ("work.figure.failure_rate", "work.column.failure_rate"),
    "stopped": (
        "work.figure.stopped", "outcome.denied", "outcome.rejected", "outcome.interrupted",
    ),
    "unknown": ("column.unknown", "work.figure.unknown", "outcome.unknown"),
    "sessions": (
        "column.sessions", "work.figure.sessions", "cost.key.session", "coverage.column.session",
    ),
    "active_days": ("work.figure.active_days", "work.column.active_days"),
    "active_minutes": ("work.figure.active_minutes", "work.column.active"),
    "agents": ("column.agent", "work.section.agents", "work.column.agents", "cost.key.agent"),
    "files_written": ("work.figure.files_written", "day.section.edited"),
    "files_only_read": ("work.figure.files_only_read", "day.section.read"),
    "new_files": ("work.figure.new_files", "work.column.new", "work.column.is_new"),
    "edited_files": ("work.figure.edited_files", "work.column.edited"),
    "reads": ("work.figure.reads", "work.column.reads"),
    "writes": ("work.figure.writes", "work.column.writes"),
    "shells": (
        "work.figure.shells", "work.column.shells", "day.section.shell", "column.command",
    ),
    "mcp_calls": ("work.figure.mcp_calls",),
    "tools": ("column.tool", "day.section.tools", "cost.key.tool"),
    "servers": ("work.section.servers", "work.column.server"),
    "programs": ("work.section.programs", "work.column.program"),
    "directories": ("work.figure.directories", "day.section.directories"),
    "projects": (
        "work.figure.projects", "work.section.projects", "work.column.project",
        "cost.key.project", "project.none",
    ),
    "hours": ("work.section.hours", "work.column.hour"),
    "heat_map": ("work.section.heat_map", "work.column.weekday"),
    "day_theme": (
        "work.column.theme", "theme.idle", "theme.light", "theme.shipping", "theme.building",
        "theme.polishing",
    ),
    "focus_blocks": ("work.figure.focus_blocks",),
    "focus_minutes": ("work.figure.focus_minutes",),
    "longest_focus": ("work.figure.longest_focus",),
    "bursts": ("work.figure.bursts",),
    "rework_loops": ("work.figure.rework_loops", "work.section.rework", "work.column.loops"),
    "switches": ("work.figure.switches",),
    "switch_rate": ("work.figure.switch_rate",),
    "overlap_share": ("work.figure.overlap_share",),
    "cost": (
        "work.figure.cost", "work.column.cost", "cost.column.cost", "cost.section.day",
        "cost.section.week", "cost.section.month", "cost.section.agent", "cost.section.model",
        "cost.section.project", "cost.section.session", "cost.section.subagent",
        "cost.section.tool", "cost.section.today", "cost.section.bars", "cost.explain.rate",
    ),
    "tokens": (
        "cost.column.tokens", "cost.column.input", "cost.column.output", "cost.column.cached",
        "cost.column.written", "cost.column.cache", "cost.explain.kind",
    ),
    "change": ("card.change", "unit.not_comparable"),
    "narrative": ("work.section.narrative",),
    "figures": ("work.section.figures", "work.section.compared", "card.figure"),
    "now": ("card.now",),
    "before": ("card.before",),
    "none": ("unit.none",),
    "share": ("work.column.share",),
    "top_tool": ("work.column.top_tool",),
    "day_by_day": ("work.section.days",),
    "date": (
        "work.column.date", "cost.key.day", "cost.key.week", "cost.key.month",
        "cost.column.first",
    ),
    "time": ("column.time",),
    "path": ("column.path",),
    "count": ("column.count",),
    "outcome": ("column.outcome",),
    "highlights": ("work.section.highlights",),
    "patterns": ("work.section.patterns",),
    "insights": ("work.section.insights",),
    "commits": (
        "git.section", "git.column.repository", "git.column.subject", "git.column.author",
        "git.column.commit",
    ),
    "model": ("cost.key.model",),
    "subagent": ("cost.key.subagent",),
    "responses": ("cost.column.responses",),
    "total": ("cost.total", "cost.section.total", "coverage.all"),
    "unpriced": ("cost.section.unpriced", "cost.explain.without"),
    "coverage": (
        "coverage.section.agents", "coverage.section.findings", "coverage.section.remedies",
        "coverage.section.explained", "coverage.column.both", "coverage.column.hooks_only",
        "coverage.column.files_only", "coverage.column.explained", "coverage.column.unexplained",
        "coverage.column.in_part", "coverage.column.coverage", "coverage.column.detail",
        "coverage.column.missing",
    ),
}  # fmt: skip
"""By the key of a metric or a term: the texts of reports that lead to it."""

_WORDS: Final = {
    "mcp": "mcp_calls",
    "lively": "mcp_calls",
    "build": "new_edit_ratio",
    "refactor": "new_edit_ratio",
    "investigating": "day_shape",
    "writing": "day_shape",
    "reading": "day_shape",
    "balanced": "day_shape",
    "focus": "focus_blocks",
    "edited": "edited_files",
    "most_written_files": "files_written",
    "ratio": "new_edit_ratio",
    "-": "none",
    **dict.fromkeys(("↑", "↓", "✓", "<1%", ">99%", "<0.1%", ">99.9%", "…", "·"), "signs"),
    **dict.fromkeys(("░", "▒", "▓", "█", "██"), "signs"),
    **dict.fromkeys(("^", "v", "x", "#"), "signs"),
    "weekend": "week_theme",
    "steady": "week_theme",
}
"""What is the same in every language, as JSON and definitions have it, and plain letters."""

ENTRIES: Final[dict[str, Entry]] = {**BY_KEY, **{term.key: term for term in TERMS}}
"""Everything that has a definition, by its key."""


def find_entry(asked: str, catalog: Catalog) -> Entry | None:
    """Find what a person asks for, however it is written: by its key, or by a word of a report.

    A word is one of the catalog's language, else of English, else of any other: what two languages
    share means the same in both. None for a word of no report.
    """
    word = folded(asked)
    for spoken in (catalog, load_catalog(), *map(load_catalog, languages())):
        if key := words_of(spoken).get(word):
            return ENTRIES[key]
    return None


def words_of(catalog: Catalog) -> dict[str, str]:
    """Give every word that may be asked for in a language, folded, with the key it leads to."""
    words = {folded(catalog.text(text)): key for key, texts in WRITTEN.items() for text in texts}
    names = {folded(catalog.say(entry.name)): key for key, entry in ENTRIES.items()}
    return {**words, **_WORDS, **names, **{key: key for key in ENTRIES}}


def folded(text: str) -> str:
    """Give a word as it is looked up: small letters, `_` between its parts."""
    return "_".join(text.casefold().replace("-", " ").split()) or text.strip()
