"""What was typed before a question was there to be read is no answer to it."""

from __future__ import annotations

import sys


def forget_typed_ahead() -> None:
    """Forget what was typed so far: for a question that comes after seconds of work.

    Somebody who presses Return while nothing seems to happen has agreed to nothing.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        return
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
