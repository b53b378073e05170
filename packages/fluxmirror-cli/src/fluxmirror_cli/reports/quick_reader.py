"""A report's plain command line, read without click: that saves a fifth of what a report takes.

Click, and what it brings along (`inspect`, `ast`, `uuid`, `gettext` ...), takes as long to load as
two bare interpreters. Only what is right in every way is read here: `--name VALUE`, `--name=VALUE`,
flags, words. Whatever is unusual - help, an option or a choice that does not exist, a value that is
missing, empty, the second one of an option, or looks like an option, both names of a flag, a word
too many - is left to click, which has the words for it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from fluxmirror_cli.command_table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_cli.option_rows import OptionRow
    from fluxmirror_cli.reports.command import ReportCommand


def report_quickly(words: Sequence[str]) -> bool:
    """Run the report that a command line asks for.

    Args:
        words: the name of one of `command_table.REPORTS`, and what follows.

    Returns:
        Whether it was run; when not, nothing has happened, and click is to read the words.

    Raises:
        Exception: as the command raised it.
    """
    module = next(module for name, module, _ in COMMANDS if name == words[0])
    report: ReportCommand = importlib.import_module(module).REPORT
    values = read_words(report, words[1:])
    if values is None:
        return False
    report.answer(values)
    return True


def read_words(report: ReportCommand, words: Sequence[str]) -> dict[str, Any] | None:
    """Read a command line.

    Returns:
        What click would give the command, by field; None where that is for click to say.
    """
    options = report.options()
    by_name = {name: row for row in options for name in (*row.names, row.opposite) if name}
    values: dict[str, Any] = {row.field: row.unsaid() for row in options}
    plain: list[str] = []
    given: set[str] = set()
    waiting = iter(words)
    for word in waiting:
        if word and not word.startswith("-"):
            plain.append(word)
            continue
        name, equals, text = word.partition("=")
        row = by_name.get(name)
        if row is None or row.field in given:
            return None
        if row.takes_value():
            values[row.field] = _value(row, text if equals else next(waiting, ""))
        else:
            values[row.field] = None if equals else name != row.opposite
        if values[row.field] is None:
            return None
        if row.takes_value() or row.opposite:
            given.add(row.field)
    named = _named(report, plain)
    return None if named is None else values | named


def _value(row: OptionRow, text: str) -> str | None:
    """Give what a value means; None where something is odd about it."""
    if not text.strip() or (text.startswith("-") and text != "-"):
        return None
    if row.choices:
        return text if text in row.choices else None
    return row.parse(text) if row.parse else text


def _named(report: ReportCommand, plain: list[str]) -> dict[str, str | None] | None:
    """Give the words without options by their fields; None where there are too many or too few."""
    if len(plain) > len(report.words):
        return None
    missing = report.words[len(plain) :]
    if any(word.is_needed for word in missing):
        return None
    said = {word.field: text for word, text in zip(report.words, plain, strict=False)}
    return {**said, **{word.field: word.default for word in missing}}
