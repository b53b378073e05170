"""The click group of all commands but `hook`, and the one place where errors are shown."""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, FluxMirrorError
from fluxmirror_core.paths import here
from fluxmirror_core.private import make_directory

from fluxmirror_cli.command_table import COMMANDS, VERSION, help_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODULES: Mapping[str, str] = {name: module for name, module, _ in COMMANDS}
_SIGPIPE_EXIT = 141


class CommandTable(click.Group):
    """A group whose commands are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the table's order."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load the command called `cmd_name`."""
        module = _MODULES.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Give the help that `entry` prints without loading click."""
        return help_text().rstrip("\n")


@click.group(cls=CommandTable, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(VERSION, prog_name="fluxmirror", message="%(prog)s %(version)s")
def group() -> None:
    """Call the command that the first argument names."""


def main() -> int:
    """Run the command line of this process; returns its exit code."""
    try:
        result = group.main(prog_name="fluxmirror", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped", ExitCode.INTERRUPTED)
    except FluxMirrorError as error:
        return _say(_with_hint(error), error.exit_code)
    except BrokenPipeError:
        _close_stdout()
        return _SIGPIPE_EXIT
    except Exception as error:  # noqa: BLE001 - the last rung: a sentence, and the rest in a file
        return _say(_report(error), ExitCode.INTERNAL)
    return result if isinstance(result, int) else ExitCode.OK


def _say(message: str, code: ExitCode) -> int:
    sys.stderr.write(f"fluxmirror: {message}\n")
    return code


def _with_hint(error: FluxMirrorError) -> str:
    return f"{error}\n  hint: {error.hint}" if error.hint else str(error)


def _report(error: Exception) -> str:
    """Write an unexpected error down in full and say where."""
    logs = here().logs
    path = os.path.join(logs, f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log")
    try:
        make_directory(logs)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"an unexpected error: {type(error).__name__}: {error}"
    return (
        f"an unexpected error: {type(error).__name__}\n"
        f"  hint: the whole of it is in {path}; please report it"
    )


def _close_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of our output is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
