"""The table of metrics: every figure that a report shows has a row, a name and a definition.

What a definition means to the last detail is in `docs/reference/metrics.md`.
"""

from __future__ import annotations

from typing import Final

from fluxmirror_core.messages import Message, message
from fluxmirror_core.named_tuple import NamedTuple


class Metric(NamedTuple):
    """One figure of a report, or one table of them."""

    key: str
    """As a person asks for it."""
    name: Message
    definition: Message
    """Two or three sentences."""
    unit: Message


_CALLS: Final = message("metric.unit.calls")
_SHARE: Final = message("metric.unit.share")
_SESSIONS: Final = message("metric.unit.sessions")
_DAYS: Final = message("metric.unit.days")
_MINUTES: Final = message("metric.unit.minutes")
_FILES: Final = message("metric.unit.files")
_ROWS: Final = message("metric.unit.rows")
_RATIO: Final = message("metric.unit.ratio")
_PROJECT: Final = message("metric.unit.project")
_HOUR: Final = message("metric.unit.hour")
_DAY: Final = message("metric.unit.day")
_WORD: Final = message("metric.unit.word")
_FILE: Final = message("metric.unit.file")
_BLOCKS: Final = message("metric.unit.blocks")
_BURSTS: Final = message("metric.unit.bursts")
_LOOPS: Final = message("metric.unit.loops")
_SWITCHES: Final = message("metric.unit.switches")
_PER_HOUR: Final = message("metric.unit.per_hour")
_MONEY: Final = message("metric.unit.money")
_TOKENS: Final = message("metric.unit.tokens")
_PERCENT: Final = message("metric.unit.percent")

METRICS: Final = (
    Metric(
        "calls",
        message("metric.name.calls"),
        message("metric.definition.calls"),
        _CALLS,
    ),
    Metric(
        "failed",
        message("metric.name.failed"),
        message("metric.definition.failed"),
        _CALLS,
    ),
    Metric(
        "failure_rate",
        message("metric.name.failure_rate"),
        message("metric.definition.failure_rate"),
        _SHARE,
    ),
    Metric(
        "stopped",
        message("metric.name.stopped"),
        message("metric.definition.stopped"),
        _CALLS,
    ),
    Metric(
        "unknown",
        message("metric.name.unknown"),
        message("metric.definition.unknown"),
        _CALLS,
    ),
    Metric(
        "sessions",
        message("metric.name.sessions"),
        message("metric.definition.sessions"),
        _SESSIONS,
    ),
    Metric(
        "active_days",
        message("metric.name.active_days"),
        message("metric.definition.active_days"),
        _DAYS,
    ),
    Metric(
        "active_minutes",
        message("metric.name.active_minutes"),
        message("metric.definition.active_minutes"),
        _MINUTES,
    ),
    Metric(
        "agents",
        message("metric.name.agents"),
        message("metric.definition.agents"),
        _ROWS,
    ),
    Metric(
        "files_written",
        message("metric.name.files_written"),
        message("metric.definition.files_written"),
        _FILES,
    ),
    Metric(
        "files_only_read",
        message("metric.name.files_only_read"),
        message("metric.definition.files_only_read"),
        _FILES,
    ),
    Metric(
        "new_files",
        message("metric.name.new_files"),
        message("metric.definition.new_files"),
        _FILES,
    ),
    Metric(
        "edited_files",
        message("metric.name.edited_files"),
        message("metric.definition.edited_files"),
        _FILES,
    ),
    Metric(
        "new_edit_ratio",
        message("metric.name.new_edit_ratio"),
        message("metric.definition.new_edit_ratio"),
        _RATIO,
    ),
    Metric(
        "reads",
        message("metric.name.reads"),
        message("metric.definition.reads"),
        _CALLS,
    ),
    Metric(
        "writes",
        message("metric.name.writes"),
        message("metric.definition.writes"),
        _CALLS,
    ),
    Metric(
        "shells",
        message("metric.name.shells"),
        message("metric.definition.shells"),
        _CALLS,
    ),
    Metric(
        "mcp_calls",
        message("metric.name.mcp_calls"),
        message("metric.definition.mcp_calls"),
        _CALLS,
    ),
    Metric(
        "tools",
        message("metric.name.tools"),
        message("metric.definition.tools"),
        _ROWS,
    ),
    Metric(
        "servers",
        message("metric.name.servers"),
        message("metric.definition.servers"),
        _ROWS,
    ),
    Metric(
        "programs",
        message("metric.name.programs"),
        message("metric.definition.programs"),
        _ROWS,
    ),
    Metric(
        "directories",
        message("metric.name.directories"),
        message("metric.definition.directories"),
        _ROWS,
    ),
    Metric(
        "languages",
        message("metric.name.languages"),
        message("metric.definition.languages"),
        _ROWS,
    ),
    Metric(
        "projects",
        message("metric.name.projects"),
        message("metric.definition.projects"),
        _ROWS,
    ),
    Metric(
        "primary_project",
        message("metric.name.primary_project"),
        message("metric.definition.primary_project"),
        _PROJECT,
    ),
    Metric(
        "hours",
        message("metric.name.hours"),
        message("metric.definition.hours"),
        _ROWS,
    ),
    Metric(
        "heat_map",
        message("metric.name.heat_map"),
        message("metric.definition.heat_map"),
        _ROWS,
    ),
    Metric(
        "busiest_hour",
        message("metric.name.busiest_hour"),
        message("metric.definition.busiest_hour"),
        _HOUR,
    ),
    Metric(
        "busiest_day",
        message("metric.name.busiest_day"),
        message("metric.definition.busiest_day"),
        _DAY,
    ),
    Metric(
        "day_theme",
        message("metric.name.day_theme"),
        message("metric.definition.day_theme"),
        _WORD,
    ),
    Metric(
        "day_shape",
        message("metric.name.day_shape"),
        message("metric.definition.day_shape"),
        _WORD,
    ),
    Metric(
        "week_theme",
        message("metric.name.week_theme"),
        message("metric.definition.week_theme"),
        _WORD,
    ),
    Metric(
        "main_thread",
        message("metric.name.main_thread"),
        message("metric.definition.main_thread"),
        _FILE,
    ),
    Metric(
        "focus_blocks",
        message("metric.name.focus_blocks"),
        message("metric.definition.focus_blocks"),
        _BLOCKS,
    ),
    Metric(
        "focus_minutes",
        message("metric.name.focus_minutes"),
        message("metric.definition.focus_minutes"),
        _MINUTES,
    ),
    Metric(
        "longest_focus",
        message("metric.name.longest_focus"),
        message("metric.definition.longest_focus"),
        _MINUTES,
    ),
    Metric(
        "bursts",
        message("metric.name.bursts"),
        message("metric.definition.bursts"),
        _BURSTS,
    ),
    Metric(
        "rework_loops",
        message("metric.name.rework_loops"),
        message("metric.definition.rework_loops"),
        _LOOPS,
    ),
    Metric(
        "switches",
        message("metric.name.switches"),
        message("metric.definition.switches"),
        _SWITCHES,
    ),
    Metric(
        "switch_rate",
        message("metric.name.switch_rate"),
        message("metric.definition.switch_rate"),
        _PER_HOUR,
    ),
    Metric(
        "overlap_minutes",
        message("metric.name.overlap_minutes"),
        message("metric.definition.overlap_minutes"),
        _MINUTES,
    ),
    Metric(
        "overlap_share",
        message("metric.name.overlap_share"),
        message("metric.definition.overlap_share"),
        _SHARE,
    ),
    Metric(
        "cost",
        message("metric.name.cost"),
        message("metric.definition.cost"),
        _MONEY,
    ),
    Metric(
        "tokens",
        message("metric.name.tokens"),
        message("metric.definition.tokens"),
        _TOKENS,
    ),
    Metric(
        "change",
        message("metric.name.change"),
        message("metric.definition.change"),
        _PERCENT,
    ),
)
"""In the order in which reports show them."""

BY_KEY: Final = {metric.key: metric for metric in METRICS}
