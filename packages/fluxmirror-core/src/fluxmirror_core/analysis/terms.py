"""The table of terms: the words on a report that are no figure, each with what it says.

What is a figure stands in `fluxmirror_core.analysis.metrics`.
"""

from __future__ import annotations

from typing import Final

from fluxmirror_core.messages import Message, message
from fluxmirror_core.named_tuple import NamedTuple


class Term(NamedTuple):
    """A word of a report, such as the head of a column."""

    key: str
    """As a person asks for it."""
    name: Message
    """As reports have it."""
    definition: Message


TERMS: Final = (
    Term("narrative", message("work.section.narrative"), message("term.definition.narrative")),
    Term("figures", message("work.section.figures"), message("term.definition.figures")),
    Term("now", message("card.now"), message("term.definition.now")),
    Term("before", message("card.before"), message("term.definition.before")),
    Term("points", message("term.name.points"), message("term.definition.points")),
    Term("none", message("unit.none"), message("term.definition.none")),
    Term("signs", message("term.name.signs"), message("term.definition.signs")),
    Term("share", message("work.column.share"), message("term.definition.share")),
    Term("top_tool", message("work.column.top_tool"), message("term.definition.top_tool")),
    Term("day_by_day", message("work.section.days"), message("term.definition.day_by_day")),
    Term("date", message("work.column.date"), message("term.definition.date")),
    Term("time", message("column.time"), message("term.definition.time")),
    Term("path", message("column.path"), message("term.definition.path")),
    Term("count", message("column.count"), message("term.definition.count")),
    Term("outcome", message("column.outcome"), message("term.definition.outcome")),
    Term("highlights", message("work.section.highlights"), message("term.definition.highlights")),
    Term("patterns", message("work.section.patterns"), message("term.definition.patterns")),
    Term("insights", message("work.section.insights"), message("term.definition.insights")),
    Term(
        "largest_changes",
        message("term.name.largest_changes"),
        message("term.definition.largest_changes"),
    ),
    Term("commits", message("git.section"), message("term.definition.commits")),
    Term("model", message("cost.key.model"), message("term.definition.model")),
    Term("subagent", message("cost.key.subagent"), message("term.definition.subagent")),
    Term("responses", message("cost.column.responses"), message("term.definition.responses")),
    Term("total", message("cost.total"), message("term.definition.total")),
    Term("unpriced", message("term.name.unpriced"), message("term.definition.unpriced")),
    Term("coverage", message("coverage.column.coverage"), message("term.definition.coverage")),
)
"""In the order in which reports show them."""
