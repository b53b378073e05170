"""Our own commands, started behind whoever looks, and left to themselves.

Most reports have nothing to start: `subprocess` is loaded for those that do.
"""

from __future__ import annotations

import sys

from fluxmirror_core.paths import here

from fluxmirror_cli.own_command import may_leave, own_command


def start(*arguments: str) -> None:
    """Start a command of ours and leave it; that it cannot be started is no reason to fail."""
    try:
        launch(*arguments)
    except OSError:
        return


def launch(*arguments: str) -> None:
    """Start a command of ours and leave it.

    Raises:
        OSError: it cannot be started.
    """
    import subprocess

    subprocess.Popen(
        own_command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=_flags(),
        start_new_session=sys.platform != "win32",
        cwd="/" if may_leave(here()) else None,
    )


def _flags() -> int:
    if sys.platform == "win32":
        import subprocess

        return subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
