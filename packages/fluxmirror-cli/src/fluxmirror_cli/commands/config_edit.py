"""`fluxmirror config edit`: the configuration file in an editor, written only when it is right."""

from __future__ import annotations

from typing import Final

import click
from fluxmirror_core.config.inputs import FileText
from fluxmirror_core.config.resolve import problems_of
from fluxmirror_core.errors import ConfigError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import change_text, read_text, user_file
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.registration.choice import agrees, is_answered
from fluxmirror_cli.results.problem_text import problem_lines
from fluxmirror_cli.speech import say

_FAILED: Final = ": Editing failed"
"""What click says behind an editor's name, and maybe why behind it."""


@click.command("edit", cls=Command, examples=("fluxmirror config edit",))
def command() -> None:
    """Open your own configuration file in $VISUAL or $EDITOR.

    What you saved is looked at before it takes the place of what was there.
    """
    if not is_answered():
        raise UsageError(
            message("config_command.no_terminal"), hint=message("config_command.needs_none")
        )
    before = read_text(user_file())
    typed = _edited(before, user_file())
    if typed is None:
        emit(f"{say(message('phrase.nothing_changed'))}\n")
        return

    def put(now: str, path: str) -> str:
        if now != before:
            raise ConfigError(
                message("config_command.changed_meanwhile", path=path),
                hint=message("config_command.edit_again"),
            )
        return typed

    change_text(put)
    emit(f"{one_line(say(message('config_command.written', path=user_file())))}\n")


def _edited(text: str, path: str) -> str | None:
    """Have a person edit a text until it is right; None when they change nothing."""
    while True:
        typed = _open_editor(text)
        if typed is None or typed == text:
            return None
        problems = problems_of(FileText(path, typed.encode("utf-8")))
        if not problems:
            return typed
        click.echo(problem_lines(problems), nl=False, err=True)
        if not agrees(message("config_command.go_on")):
            raise KeyboardInterrupt(say(message("config_command.as_it_was")))
        text = typed


def _open_editor(text: str) -> str | None:
    try:
        return click.edit(text, extension=".toml", require_save=True)
    except click.ClickException as error:
        raise _failure(error) from error


def _failure(error: click.ClickException) -> ConfigError:
    """Say that the editor failed, and why where that is known."""
    editor, _, why = error.format_message().partition(_FAILED)
    reason = why.removeprefix(": ")
    sentence = (
        message("config_command.failed_because", editor=editor, reason=reason)
        if reason
        else message("config_command.failed", editor=editor)
    )
    return ConfigError(sentence, hint=message("config_command.other_editor"))
