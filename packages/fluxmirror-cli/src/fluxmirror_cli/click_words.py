"""What click says of a command line, in our words: an error → a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core import phrases
from fluxmirror_core.messages import Message, message

from fluxmirror_cli.nearness import nearest

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

_MISSING: Final = {
    "argument": "usage_error.missing.argument",
    "option": "usage_error.missing.option",
}
_SAID: Final = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (r"(?P<value>.+) is not a valid integer", "usage_error.no_integer"),
        (r"(?P<value>.+) is not a valid integer range", "usage_error.no_integer_range"),
        (r"(?P<value>.+) is not in the range (?P<range>.+)", "usage_error.out_of_range"),
        (r"(?P<value>.+) is not one of (?P<choices>.+)", "usage_error.not_among"),
        (r"option (?P<name>.+) requires an argument", "usage_error.needs_value"),
        (r"option (?P<name>.+) does not take a value", "usage_error.takes_no_value"),
        (r"got unexpected extra argument \((?P<arguments>.*)\)", "usage_error.one_too_many"),
        (r"got unexpected extra arguments \((?P<arguments>.*)\)", "usage_error.too_many"),
        (r"missing command", "usage_error.missing.command"),
    )
)
"""What click says without a kind of error of its own, by what it fills in."""


def worded(error: click.ClickException) -> Sayable:
    """Say what is wrong with a command line; as click says it where that is not known here."""
    said: Sayable | None = None
    if isinstance(error, click.NoSuchOption):
        said = message("usage_error.no_option", name=repr(error.option_name))
    elif isinstance(error, click.exceptions.NoSuchCommand):
        said = message("usage_error.no_subcommand", name=repr(error.command_name))
    elif isinstance(error, click.MissingParameter):
        said = _missing(error)
    elif isinstance(error, click.BadParameter):
        said = _bad_value(error)
    return said or _reworded(error.format_message())


def meant(error: click.ClickException) -> Message | None:
    """Guess what was meant by an option or a command that is none; None where none is near."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return None
    if isinstance(error, click.NoSuchOption):
        elsewhere = _said_elsewhere(error.option_name, context)
        if elsewhere is not None:
            return elsewhere
        near = nearest(error.option_name, _options(context))
    elif isinstance(error, click.NoSuchCommand) and isinstance(context.command, click.Group):
        near = nearest(error.command_name, context.command.list_commands(context))
    else:
        return None
    return phrases.did_you_mean([f"`{near}`"]) if near else None


def _said_elsewhere(option: str, context: click.Context) -> Message | None:
    """Say where an option belongs that commands have, or what does the same; None of others."""
    from fluxmirror_cli.option_rows import DAYS, LANGUAGE
    from fluxmirror_cli.reports.wish import REPORT_OPTIONS

    if context.parent is None and any(option in row.names for row in (*DAYS, *REPORT_OPTIONS)):
        return message("usage_error.behind_command", option=option)
    return message("usage_error.set_language") if option in LANGUAGE.names else None


def _options(context: click.Context) -> list[str]:
    parameters = context.command.get_params(context)
    return [name for one in parameters for name in (*one.opts, *one.secondary_opts)]


def _missing(error: click.MissingParameter) -> Message | None:
    kind = error.param_type or (error.param.param_type_name if error.param else None)
    name = _name(error)
    # Behind the name click may tell what there is to choose from.
    if name is None or kind not in _MISSING or not error.format_message().endswith(f"{name}."):
        return None
    return message(_MISSING[kind], name=name)


def _bad_value(error: click.BadParameter) -> Message | None:
    name = _name(error)
    if name is None:
        return None
    return message("usage_error.bad_value", name=name, reason=_reworded(error.message))


def _name(error: click.BadParameter) -> str | None:
    """Give how click calls the parameter; None where it does not know which it is."""
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint(error.ctx)
    return hint if hint is None or isinstance(hint, str) else " / ".join(map(repr, hint))


def _reworded(text: str) -> Sayable:
    said = text.rstrip(".")
    said = said[:1].lower() + said[1:]
    for pattern, name in _SAID:
        if found := pattern.fullmatch(said):
            return message(name, **found.groupdict())
    return said
