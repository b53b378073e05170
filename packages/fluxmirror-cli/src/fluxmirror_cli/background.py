"""Our own commands, started behind whoever looks, and left to themselves."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

_PROGRAM: Final = "from fluxmirror_cli.entry import main; raise SystemExit(main())"


def start(*arguments: str) -> None:
    """Start a command of ours and leave it; that it cannot be started is no reason to fail."""
    try:
        subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=_flags(),
            start_new_session=sys.platform != "win32",
            cwd="/" if sys.platform != "win32" else None,
        )
    except OSError:
        return


def _flags() -> int:
    if sys.platform == "win32":
        return subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
