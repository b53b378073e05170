"""`fluxmirror config edit`: the configuration file in an editor, written only when it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.config.inputs import FileText
from fluxmirror_core.config.resolve import problems_of
from fluxmirror_core.errors import ConfigError, UsageError
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import change_text, read_text, user_file
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.registration.choice import agrees, is_answered

if TYPE_CHECKING:
    from fluxmirror_core.config.resolution import Problem


@click.command("edit", cls=Command, examples=("fluxmirror config edit",))
def command() -> None:
    """Open your own configuration file in $VISUAL or $EDITOR.

    What you saved is looked at before it takes the place of what was there.
    """
    if not is_answered():
        raise UsageError(
            "there is no terminal for an editor", hint="`fluxmirror config set` needs none"
        )
    before = read_text(user_file())
    typed = _edited(before, user_file())
    if typed is None:
        emit("nothing was changed\n")
        return

    def put(now: str, path: str) -> str:
        if now != before:
            raise ConfigError(f"{path} was changed meanwhile", hint="edit it once more")
        return typed

    change_text(put)
    emit(f"{one_line(user_file())}: written\n")


def _edited(text: str, path: str) -> str | None:
    """Have a person edit a text until it is right; None when they change nothing."""
    while True:
        typed = _open_editor(text)
        if typed is None or typed == text:
            return None
        problems = problems_of(FileText(path, typed.encode("utf-8")))
        if not problems:
            return typed
        click.echo("".join(map(_line, problems)), nl=False, err=True)
        if not agrees("Go on editing?"):
            raise KeyboardInterrupt("the file is as it was")
        text = typed


def _open_editor(text: str) -> str | None:
    try:
        return click.edit(text, extension=".toml", require_save=True)
    except click.ClickException as error:
        raise ConfigError(error.format_message(), hint="EDITOR names the editor to use") from error


def _line(problem: Problem) -> str:
    hint = f"  hint: {one_line(problem.hint)}\n" if problem.hint else ""
    return f"{one_line(problem.sentence)}\n{hint}"
