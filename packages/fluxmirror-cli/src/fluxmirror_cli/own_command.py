"""Our own commands as processes of their own: how they are started, and where they may run.

Prompts wait for it: imports nothing that a bare interpreter has not loaded already.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

_PROGRAM = "from fluxmirror_cli.entry import main; raise SystemExit(main())"


def own_command(*arguments: str) -> list[str]:
    """Give the command line that starts a command of ours."""
    return [sys.executable, "-P", "-c", _PROGRAM, *arguments]


def may_leave(places: Places) -> bool:
    """Tell whether a process that works behind somebody may leave the directory it was started in.

    It should, as what it does is about all projects: the settings of none have a say. Where a
    variable names a place relative to this directory it cannot.
    """
    return sys.platform != "win32" and all(map(os.path.isabs, places.as_dict().values()))
