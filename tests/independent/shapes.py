"""What belongs into the JSON of a report: each member, each figure, each column, and no others.

Written from docs/reference/reports.md. What stands there is worked out by `recompute`, but for what
`NOT_WORKED_OUT` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.independent.recompute import tables

if TYPE_CHECKING:
    from tests.independent.recompute import Part

    Row = dict[str, Any]

VERSION = 2
ABOUT = {
    "version", "report", "from", "to", "timezone", "start_ms", "end_ms", "agent", "project",
    "before",
}  # fmt: skip
"""What every report tells of what it is about."""
NOT_WORKED_OUT = {"coverage", "narrative", "highlights", "insights", "nothing", "no_cost"}
"""Sentences, some of which `sentences` compares, and who saw the calls."""
NOT_ALWAYS = {"highlights", "insights"}
"""Sentences of which there may be none."""
COUNTED = {
    "calls", "failed", "failure_rate", "stopped", "unknown", "sessions", "active_days",
    "active_minutes", "reads", "writes", "shells", "mcp_calls", "projects", "directories",
    "files_written", "files_only_read", "new_files", "edited_files",
}  # fmt: skip
"""What `totals` has."""
HEAD = {
    "calls", "sessions", "files_written", "new_files", "failure_rate", "active_minutes", "cost",
}  # fmt: skip
PATTERNS = {
    "focus_blocks", "focus_minutes", "longest_focus", "switches", "switch_rate", "overlap_share",
    "bursts", "rework_loops",
}  # fmt: skip
FIGURES = {
    "day": HEAD | PATTERNS,
    "days": HEAD | PATTERNS,
    "agents": HEAD,
    "compare": (COUNTED - {"unknown"})
    | {"focus_minutes", "switch_rate", "overlap_share", "bursts", "rework_loops", "cost"},
}
"""The figures of each report."""
OF_PERIODS = {
    "narrative", "agents", "projects", "cost", "files_written", "files_only_read", "programs",
    "tools", "mcp_servers", "directories", "rework_files", "insights",
}  # fmt: skip
SECTIONS = {
    "day": OF_PERIODS | {"hours", "commands"},
    "days": OF_PERIODS | {"days", "heat_map", "highlights"},
    "agents": {"agents", "cost", "insights"},
    "compare": {"insights"},
}
"""The sections of each report of a time with calls, beside the figures."""
AGENT_COLUMNS = {
    "agent", "calls", "share", "sessions", "active_minutes", "failed", "failure_rate", "unknown",
    "top_tool",
}  # fmt: skip
BESIDE_COLUMNS = (AGENT_COLUMNS - {"failed", "unknown"}) | {
    "active_days", "writes", "reads", "shells", "cost",
}  # fmt: skip
"""The columns of agents where these are what the report is of."""


def kind_of(command: str, part: Part, before: Part | None) -> str:
    """Tell which report is to be made."""
    compared = [part, before] if command == "compare" else [part]
    if not any(one and (one.calls or one.responses) for one in compared):
        return "nothing"
    if command in {"agents", "compare"}:
        return command
    return "day" if part.asked.first == part.asked.last else "days"


def members_of(kind: str, command: str, part: Part) -> set[str]:
    """Tell all members that a report is to have, but for those of `NOT_ALWAYS`."""
    members = set(ABOUT)
    if kind != "compare":
        members.add("totals")
    if command not in {"agents", "compare"} and part.asked.project is None:
        members.add("coverage")
    if kind == "nothing":
        return members | {"nothing"}
    if not part.calls and kind != "compare":
        return members | {"cost"}
    return members | {"figures"} | _sections(kind, part)


def tables_of(kind: str, part: Part) -> dict[str, list[Row]]:
    """Make the tables with the columns that they have in a report of a kind."""
    made = tables(part)
    columns = BESIDE_COLUMNS if kind == "agents" else AGENT_COLUMNS
    of_agents = [{name: row[name] for name in columns} for row in made["agents"]]
    return {**made, "agents": of_agents}


def _sections(kind: str, part: Part) -> set[str]:
    """Tell the sections of a time with calls: tables without any row are left out."""
    made = tables(part)
    if not part.figures["projects"]:
        made["projects"] = []
    sections = {key for key in SECTIONS[kind] if made.get(key) or key in NOT_WORKED_OUT}
    if "cost" in SECTIONS[kind] and not made["cost"]:
        sections.add("no_cost")
    return sections - NOT_ALWAYS
