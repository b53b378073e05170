"""The one place where errors are shown: an error → a sentence on stderr and an exit code."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback

import click
from fluxmirror_core.errors import ExitCode, FluxMirrorError, PipeClosedError
from fluxmirror_core.messages import message
from fluxmirror_core.paths import here
from fluxmirror_core.private import make_directory

from fluxmirror_cli.click_words import meant, worded
from fluxmirror_cli.output import complain


def explain(error: Exception) -> int:
    """Tell a person what went wrong; gives the exit code."""
    if isinstance(error, PipeClosedError):
        return error.exit_code  # nobody is listening, and nobody has to
    if isinstance(error, FluxMirrorError):
        complain(error.sentence, error.hint)
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _show_usage(error)
    if isinstance(error, click.ClickException):
        _explain_usage(error)
        return ExitCode.USAGE
    _report(error)
    return ExitCode.INTERNAL


def _show_usage(error: click.exceptions.NoArgsIsHelpError) -> int:
    """Show which commands there are to somebody who named none, as `fluxmirror` alone does."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # there is nobody to tell
            sys.stderr.write(f"{error.format_message()}\n")
    return ExitCode.USAGE


def _explain_usage(error: click.ClickException) -> None:
    """Say in our own style what click says in three lines."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "fluxmirror"
    complain(worded(error), meant(error) or f"{path} --help")


def _report(error: Exception) -> None:
    """Write an unexpected error down in full and say where."""
    logs = here().logs
    path = os.path.join(logs, f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log")
    kind = type(error).__name__
    try:
        make_directory(logs)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        complain(message("usage_error.unexpected_because", kind=kind, reason=str(error)))
    else:
        complain(
            message("usage_error.unexpected", kind=kind), message("usage_error.report", path=path)
        )
