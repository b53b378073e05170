"""The installed command: `hook` goes to hook.py, a prompt to status/line.py, all else to app.py.

Plain command lines of reports are read by reports/quick_reader.py, which app.py takes long to load.

FluxMirror's hook fails open, and that is decided here and nowhere else: whatever goes wrong on its
road, an agent sees exit code 0 and silence, and the kind of failure goes to a log that `fluxmirror
doctor` shows. A shell prompt sees the same, and nothing is logged: it asks again in a moment.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # nothing on the hook's road imports `typing`
if TYPE_CHECKING:
    from typing import Any, NoReturn

_INTERRUPTED = 130
"""`ExitCode.INTERRUPTED`, which is not loaded for `--help`."""
_YOUNG = 100_000
"""How many objects there may be more before Python looks for garbage in circles, rather than 700.

A report makes none, and looking for it all the same took a tenth of its time.
"""


def start() -> NoReturn:
    """Run the command line of this process, and leave with its exit code.

    After a report nothing is left to be done but to take the interpreter apart, which takes as long
    as a third of its start.
    """
    code = main()
    if code == 0 and "fluxmirror_cli.reports.delivery" in sys.modules:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):
            sys.exit(code)  # the interpreter says what is wrong with them
        os._exit(code)
    sys.exit(code)


def main() -> int:
    """Run the command line of this process; returns its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["hook"] and arguments[1:] != ["--help"]:
        run_hook(arguments[1:])
    if arguments[:1] == ["status"] and "--prompt" in arguments and "--help" not in arguments:
        run_status_line(arguments[1:])
    import gc  # here: neither a hook nor a prompt has to wait for it

    gc.set_threshold(_YOUNG)
    try:
        return _run_explained(arguments)
    except KeyboardInterrupt as stop:
        _say_stopped(stop.args)
        return _INTERRUPTED
    finally:
        gc.freeze()  # nor has the last collection, before the interpreter ends, anything to find


def _say_stopped(told: tuple[Any, ...]) -> None:
    """Say that somebody stopped us, and what a command that was half-way says in the interrupt.

    In the language of this run, where a command got as far as to have one: before that nothing is
    loaded that is not there already.
    """
    if "fluxmirror_cli.speech" not in sys.modules:
        sys.stderr.write(f"fluxmirror: {'; '.join(['stopped', *map(str, told)])}\n")
        return
    from fluxmirror_core.messages import message

    from fluxmirror_cli.output import complain

    if told:
        complain(message("usage_error.stopped_after", told=told[0]))
    else:
        complain(message("usage_error.stopped"))


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
    _hear_language(arguments)
    if _is_report(arguments):
        from fluxmirror_cli.reports.quick_reader import report_quickly

        if report_quickly(arguments):
            return 0
    from fluxmirror_cli.app import run

    return run()


def _hear_language(arguments: list[str]) -> None:
    from fluxmirror_cli.asked_language import asked_language

    if asked := asked_language(arguments):
        from fluxmirror_cli.speech import prefer

        prefer(asked)


def _is_report(arguments: list[str]) -> bool:
    from fluxmirror_cli.command_table import COMPLETION, REPORTS

    return bool(arguments) and arguments[0] in REPORTS and COMPLETION not in os.environ


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
