"""`fluxmirror config trust`: whose project files may set more than what tightens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import click
from fluxmirror_core.config.inputs import find_project_file, read_file
from fluxmirror_core.config.trust import distrust, is_trusted, trust, trust_path, trusted_files
from fluxmirror_core.errors import ConfigError, UsageError
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import alone
from fluxmirror_cli.configured import current_directory, here
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.registration.choice import agrees, is_answered

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
        _tell_trust(file, "revoked" if was_trusted else "was not trusted", as_json=as_json)
        return
    if is_trusted(here(), file.path, file.data or b""):
        _tell_trust(file, "is trusted already", as_json=as_json)
        return
    _ask_for_trust(file, yes=yes)
    with alone(trust_path(here())):
        _written(lambda: trust(here(), file.path, file.data or b""))
    _tell_trust(file, "is trusted as it is now", as_json=as_json)


def _project_file(directory: str) -> FileText:
    found = find_project_file(os.path.abspath(directory))
    file = read_file(found) if found else None
    if file is None:
        raise ConfigError(
            f"there is no project file for {directory}",
            hint="it is called .fluxmirror.toml, there or up to the repository's root",
        )
    if file.data is None:
        raise ConfigError(f"{file.path} cannot be read: {file.fault}")
    return file


def _ask_for_trust(file: FileText, *, yes: bool) -> None:
    """Show the file, and ask."""
    if yes:
        return
    if not is_answered():
        raise UsageError("nobody is there to be asked", hint="read the file, then add --yes")
    text = (file.data or b"").decode("utf-8", "replace")
    click.echo(f"{one_line(file.path)}:\n{_one_line_each(text)}", nl=False, err=True)
    if not agrees("Let all of it count?"):
        raise KeyboardInterrupt("nothing is trusted")


def _tell_trust(file: FileText, word: str, *, as_json: bool) -> None:
    trusted = is_trusted(here(), file.path, file.data or b"")
    facts = {"file": file.path, "trusted": trusted}
    text = one_line(f"{file.path}: {word}")
    show(Result(lambda: facts, lambda: f"{text}\n"), as_json=as_json)


def _list_trusted(*, as_json: bool) -> None:
    files = sorted(trusted_files(here()))
    rows = [
        (one, is_trusted(here(), one, (found.data if (found := read_file(one)) else b"") or b""))
        for one in files
    ]
    facts = {"files": [{"file": one, "trusted": still} for one, still in rows]}
    lines = [one_line(one) + ("" if still else "  (changed since)") for one, still in rows]
    text = "".join(f"{line}\n" for line in lines or ["no project file is trusted"])
    show(Result(lambda: facts, lambda: text), as_json=as_json)


def _written(write: Callable[[], _T]) -> _T:
    try:
        return write()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(f"{trust_path(here())} cannot be written: {reason}") from error


def _one_line_each(text: str) -> str:
    """Make every line of a text harmless for a terminal."""
    return "".join(f"{one_line(line)}\n" for line in text.splitlines())
