"""The installed command: `hook` goes to hook.py, a prompt to status/line.py, all else to app.py.

FluxMirror's hook fails open, and that is decided here and nowhere else: whatever goes wrong on its
road, an agent sees exit code 0 and silence, and the kind of failure goes to a log that `fluxmirror
doctor` shows. A shell prompt sees the same, and nothing is logged: it asks again in a moment.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # nothing on the hook's road imports `typing`
if TYPE_CHECKING:
    from typing import NoReturn

_INTERRUPTED = 130
"""`ExitCode.INTERRUPTED`, which is not loaded for `--help`."""


def main() -> int:
    """Run the command line of this process; returns its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["hook"] and arguments[1:] != ["--help"]:
        run_hook(arguments[1:])
    if arguments[:1] == ["status"] and "--prompt" in arguments and "--help" not in arguments:
        run_status_line(arguments[1:])
    try:
        return _run_explained(arguments)
    except KeyboardInterrupt as stop:
        # Whatever it was that was interrupted: this needs nothing that is not loaded. A command
        # that stops half-way says in the interrupt what it did.
        sys.stderr.write(f"fluxmirror: {'; '.join(['stopped', *map(str, stop.args)])}\n")
        return _INTERRUPTED


def _run_explained(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except Exception as error:  # noqa: BLE001 - `failures` knows each kind, and what to do with the rest
        from fluxmirror_cli.failures import explain

        return explain(error)


def _run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["--help"]):
        from fluxmirror_cli.command_table import help_text, version_text
        from fluxmirror_cli.output import emit

        emit(version_text() if arguments == ["--version"] else help_text())
        return 0
    from fluxmirror_cli.app import run

    return run()


def run_hook(arguments: list[str]) -> NoReturn:
    """Record one payload and leave with exit code 0, come what may."""
    try:
        from fluxmirror_cli.hook import run

        run(arguments)
    except BaseException as error:  # noqa: BLE001 - the agent must not see any failure
        _log(error)
    finally:
        os._exit(0)  # the interpreter's own teardown is time an agent waits


def run_status_line(arguments: list[str]) -> NoReturn:
    """Print the line of a prompt, or nothing, and leave with exit code 0, come what may."""
    try:
        from fluxmirror_cli.status.line import run

        run(arguments)
    except BaseException:  # noqa: BLE001, S110 - a prompt must not show any failure
        pass
    finally:
        os._exit(0)  # as above


def _log(error: BaseException) -> None:
    """Note kind and place of a failure, nothing of its message: that may quote the payload."""
    try:
        from fluxmirror_core import journal
        from fluxmirror_core.paths import here

        journal.note(here().logs, "hook", _describe(error))
    except BaseException:  # noqa: BLE001, S110 - a failing log is no reason to fail either
        pass


def _describe(error: BaseException) -> str:
    """Give kind and place: `OSError 28 in spool.py:71`."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    file = os.path.basename(frame.tb_frame.f_code.co_filename) if frame else "nowhere"
    line = frame.tb_lineno if frame else 0
    number = f" {error.errno}" if isinstance(error, OSError) else ""
    return f"{type(error).__name__}{number} in {file}:{line}"
