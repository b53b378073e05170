"""How far something long is, on stderr."""

from __future__ import annotations

import sys
import time
from typing import Final

from fluxmirror_core.messages import message

from fluxmirror_cli.speech import say

_QUIET_S: Final = 2.0
_QUIET_ON_TERMINAL_S: Final = 0.4
_WIDTH: Final = 24
_MB: Final = 1_000_000


class LineProgress:
    """Shows progress in one line, once it is clear that all takes more than two seconds.

    Args:
        text: id of what it says; with `done` and `total`.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Write one line over the last one."""
        if time.monotonic() - self._started < _QUIET_S or sys.stderr is None:
            return
        said = say(message(self._text, done=f"{done:,}", total=f"{total:,}"))
        sys.stderr.write(f"\r{said}" + ("\n" if done == total else ""))
        sys.stderr.flush()


def upgrade_progress() -> LineProgress:
    """Show how far the upgrade of a database is."""
    return LineProgress("reading.upgrading")


def summing_progress() -> LineProgress | None:
    """Show a person how many hours are added up; nobody else needs to know."""
    is_seen = sys.stderr is not None and sys.stderr.isatty()
    return LineProgress("reading.summing") if is_seen else None


class ImportProgress:
    """Shows a bar while session files are read; on a terminal alone, and gone afterwards."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        """Write the bar over the last one."""
        if sys.stderr is None or not sys.stderr.isatty() or not total:
            return
        if time.monotonic() - self._started < _QUIET_ON_TERMINAL_S:
            return
        filled = min(_WIDTH * done // total, _WIDTH)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        sizes = {"done": f"{done / _MB:,.0f}", "total": f"{total / _MB:,.0f}"}
        sys.stderr.write("\r" + say(message("reading.progress", bar=bar, **sizes)))
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._shown = False
