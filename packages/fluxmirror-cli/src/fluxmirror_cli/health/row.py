"""Row: one line of doctor's table, and how it words sizes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import ExitCode
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fluxmirror_core.messages import Sayable

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
_NO_FACTS: Final[Mapping[str, object]] = MappingProxyType({})
MEND: Final = message("doctor.run", command="fluxmirror doctor --fix")
UPGRADE: Final = message("doctor.upgrade")


class Row(NamedTuple):
    """One line of doctor's table."""

    component: str
    """What it is about: a name that stays, for programs to look for."""
    status: str
    """`ok`, `off`, `warn` or `error`."""
    detail: Sayable
    remedy: Sayable = ""
    """What to do; empty when there is nothing."""
    facts: Mapping[str, object] = _NO_FACTS
    """What the detail is made of, as plain JSON values: sizes in bytes, times in milliseconds."""

    @property
    def severity(self) -> int:
        """The exit code for this row alone: 0 fine, 1 a warning, 2 an error."""
        return int(_EXITS[self.status])


def exit_code(rows: Iterable[Row]) -> int:
    """Give the exit code for the worst row: 0 fine, 1 a warning, 2 an error."""
    return max((row.severity for row in rows), default=int(ExitCode.OK))


def size(size_bytes: float) -> str:
    """Write a size as people read it."""
    for unit in ("B", "KiB", "MiB"):
        if size_bytes < 1024:  # noqa: PLR2004 - the unit's own number
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} GiB"
