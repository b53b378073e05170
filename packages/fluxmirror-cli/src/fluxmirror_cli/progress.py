"""How far the upgrade of an older database is, on stderr."""

from __future__ import annotations

import sys
import time
from typing import Final

_QUIET_SECONDS: Final = 2.0


class UpgradeProgress:
    """Shows progress once it is clear that the upgrade takes more than two seconds."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Write one line over the last one."""
        if time.monotonic() - self._started < _QUIET_SECONDS:
            return
        end = "\n" if done == total else ""
        sys.stderr.write(f"\rupgrading the database: {done:,} of {total:,} rows{end}")
        sys.stderr.flush()
