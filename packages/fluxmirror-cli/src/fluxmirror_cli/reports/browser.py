"""A page shown in a person's browser, by the program that a desktop has for that."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

_PATIENCE_S: Final = 3
"""A launcher that has not failed by then is the browser itself, which stays."""


def show_page(path: str) -> bool:
    """Show a file in the browser; tells whether one could be started.

    Whatever the launcher says is not shown: it may try a dozen browsers, and complain of each.
    """
    if sys.platform == "win32":
        try:
            os.startfile(path)  # noqa: S606 - a page that we have just written
        except OSError:
            return False
        return True
    return _start("open" if sys.platform == "darwin" else "xdg-open", os.path.abspath(path))


def _start(launcher: str, path: str) -> bool:
    try:
        started = subprocess.Popen(
            [launcher, path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return started.wait(_PATIENCE_S) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
