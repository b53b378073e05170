"""`fluxmirror config trust`: whose project files may set more than what tightens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import click
from fluxmirror_core.config.inputs import find_project_file, read_file
from fluxmirror_core.config.trust import distrust, is_trusted, trust, trust_path, trusted_files
from fluxmirror_core.errors import ConfigError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import alone
from fluxmirror_cli.configured import current_directory, here
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.registration.choice import agrees, is_answered
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.config.inputs import FileText

_T = TypeVar("_T")


@click.command(
    "trust",
    cls=Command,
    examples=("fluxmirror config trust", "fluxmirror config trust --list"),
)
@click.argument("directory", required=False, metavar="[DIR]")
@click.option("--revoke", is_flag=True, help="Take the trust back.")
@click.option("--list", "listed", is_flag=True, help="List the files that are trusted.")
@click.option("--yes", "-y", is_flag=True, help="Trust it unasked.")
@json_option
def command(*, directory: str | None, revoke: bool, listed: bool, yes: bool, as_json: bool) -> None:
    """Let a project's file set what needs trust.

    It is the file of this directory, or of DIR: its language and time zone count then.

    What only tightens counts without it: no recording, more masking. Any change of the file takes
    the trust back.
    """
    if listed:
        _list_trusted(as_json=as_json)
        return
    file = _project_file(directory or current_directory() or os.curdir)
    if revoke:
        with alone(trust_path(here())):
            was_trusted = _written(lambda: distrust(here(), file.path))
        told = "config_command.trust.revoked" if was_trusted else "config_command.trust.was_none"
        _tell_trust(file, told, as_json=as_json)
        return
    if is_trusted(here(), file.path, file.data or b""):
        _tell_trust(file, "config_command.trust.already", as_json=as_json)
        return
    _ask_for_trust(file, yes=yes)
    with alone(trust_path(here())):
        _written(lambda: trust(here(), file.path, file.data or b""))
    _tell_trust(file, "config_command.trust.now", as_json=as_json)


def _project_file(directory: str) -> FileText:
    found = find_project_file(os.path.abspath(directory))
    file = read_file(found) if found else None
    if file is None:
        raise ConfigError(
            message("config_command.no_project_file", directory=directory),
            hint=message("config_command.where_project_file"),
        )
    if file.data is None:
        raise ConfigError(message("files.unreadable", path=file.path, reason=file.fault))
    return file


def _ask_for_trust(file: FileText, *, yes: bool) -> None:
    """Show the file, and ask."""
    if yes:
        return
    if not is_answered():
        raise UsageError(
            message("config_command.nobody_there"), hint=message("config_command.read_then_agree")
        )
    text = (file.data or b"").decode("utf-8", "replace")
    click.echo(f"{one_line(file.path)}:\n{_one_line_each(text)}", nl=False, err=True)
    if not agrees(message("config_command.let_count")):
        raise KeyboardInterrupt(say(message("config_command.nothing_trusted")))


def _tell_trust(file: FileText, told: str, *, as_json: bool) -> None:
    """Say what became of the trust in a file.

    Args:
        file: the project's.
        told: the id of a text that has a place for its path.
        as_json: whether a program reads it.
    """
    trusted = is_trusted(here(), file.path, file.data or b"")
    facts = {"file": file.path, "trusted": trusted}
    text = message(told, path=file.path)
    show(Result(lambda: facts, lambda: f"{one_line(say(text))}\n"), as_json=as_json)


def _list_trusted(*, as_json: bool) -> None:
    files = sorted(trusted_files(here()))
    rows = [
        (one, is_trusted(here(), one, (found.data if (found := read_file(one)) else b"") or b""))
        for one in files
    ]
    facts = {"files": [{"file": one, "trusted": still} for one, still in rows]}
    lines = [
        one if still else message("config_command.trust.changed", path=one) for one, still in rows
    ]
    told = lines or [message("config_command.trust.none")]
    show(
        Result(lambda: facts, lambda: "".join(f"{one_line(say(line))}\n" for line in told)),
        as_json=as_json,
    )


def _written(write: Callable[[], _T]) -> _T:
    try:
        return write()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            message("files.unwritable", path=trust_path(here()), reason=reason)
        ) from error


def _one_line_each(text: str) -> str:
    """Make every line of a text harmless for a terminal."""
    return "".join(f"{one_line(line)}\n" for line in text.splitlines())
