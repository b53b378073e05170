"""Row: one line of doctor's table, and how it words sizes and times."""

from __future__ import annotations

from typing import Final, NamedTuple

from fluxmirror_core.errors import ExitCode

OK: Final = "ok"
OFF: Final = "off"
"""Not in use, as its owner may want it: no fault."""
WARN: Final = "warn"
ERROR: Final = "error"
_EXITS: Final = {
    OK: ExitCode.OK,
    OFF: ExitCode.OK,
    WARN: ExitCode.WARNING,
    ERROR: ExitCode.DOCTOR_ERROR,
}


class Row(NamedTuple):
    """One line of doctor's table."""

    component: str
    status: str
    detail: str
    remedy: str = ""


def exit_code(rows: list[Row]) -> int:
    """Give the exit code for the worst row: 0 fine, 1 a warning, 2 an error."""
    return max((_EXITS[row.status] for row in rows), default=ExitCode.OK)


def size(size_bytes: float) -> str:
    """Write a size as people read it."""
    for unit in ("B", "KiB", "MiB"):
        if size_bytes < 1024:  # noqa: PLR2004 - the unit's own number
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} GiB"


def duration(seconds: float) -> str:
    """Write how long something lasts, in the largest unit of which there are two."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
