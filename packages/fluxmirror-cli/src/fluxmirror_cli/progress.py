"""How far something long is, on stderr."""

from __future__ import annotations

import sys
import time
from typing import Final

_QUIET_S: Final = 2.0
_QUIET_ON_TERMINAL_S: Final = 0.4
_WIDTH: Final = 24
_MB: Final = 1_000_000


class UpgradeProgress:
    """Shows progress once it is clear that the upgrade takes more than two seconds."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Write one line over the last one."""
        if time.monotonic() - self._started < _QUIET_S:
            return
        end = "\n" if done == total else ""
        sys.stderr.write(f"\rupgrading the database: {done:,} of {total:,} rows{end}")
        sys.stderr.flush()


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
        sizes = f"{done / _MB:,.0f} of {total / _MB:,.0f} MB"
        sys.stderr.write(f"\rreading session files {bar} {sizes}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._shown = False
