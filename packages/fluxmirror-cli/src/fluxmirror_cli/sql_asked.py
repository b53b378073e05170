"""What somebody wants to be run: SQL from the command line or standard input, and its values."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_store.statements import is_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME: Final = re.compile(r"[^\W\d]\w*")
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_LARGEST: Final = 2**63 - 1


def read_sql(argument: str | None) -> str | None:
    """Give the SQL of an argument; without one, or for `-`, that of standard input.

    Returns:
        None when there is none, and a person sits where it would come from.

    Raises:
        UsageError: standard input is no UTF-8.
    """
    if argument not in {None, "-"}:
        return argument
    if sys.stdin is None or (argument is None and sys.stdin.isatty()):
        return None
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = message("statement.input_no_utf8")
        raise UsageError(sentence, hint=message("statement.save_sql")) from error


def read_values(
    given: Iterable[str], statements: Sequence[str]
) -> dict[str, str | int | float | None]:
    """Read `NAME=VALUE`, the values of parameters.

    Raises:
        UsageError: one is not of this form, comes twice, or is in none of the statements.
    """
    values: dict[str, str | int | float | None] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not _NAME.fullmatch(name):
            sentence = message("statement.no_value", word=repr(word))
            raise UsageError(sentence, hint="--param NAME=VALUE")
        if name in values:
            sentence = message("statement.two_values", name=name)
            raise UsageError(sentence, hint=message("usage_error.leave_one_out"))
        if not is_named(statements, name):
            hint = message("statement.write_name", name=name)
            raise UsageError(message("statement.no_parameter", name=name), hint=hint)
        values[name] = parse_value(value)
    return values


def parse_value(text: str) -> str | int | float | None:
    """Read a value: a number where that loses nothing, `null`, text in quotes; else the text.

    A number that would be written in another way, as `007`, `1.10` or `1e5`, stays text: it is
    most often a name or a version.
    """
    if text == "null":
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _unquoted(text)
    if _INTEGER.fullmatch(text) and str(int(text)) == text and abs(int(text)) <= _LARGEST:
        return int(text)
    if _DECIMAL.fullmatch(text) and str(float(text)) == text:
        return float(text)
    return text


def _unquoted(text: str) -> str:
    import json

    try:
        return str(json.loads(text))
    except ValueError:
        return text  # quotes of its own
