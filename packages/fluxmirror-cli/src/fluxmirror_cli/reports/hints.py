"""What somebody may have meant whose report click cannot read: a time, an option of another one."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core import phrases
from fluxmirror_core.days import (
    LAST_MONTH,
    LAST_WEEK,
    MONTH,
    TODAY,
    WEEK,
    YESTERDAY,
    parse_length,
    parse_month,
    parse_week,
)
from fluxmirror_core.messages import Message, message
from fluxmirror_core.period import parse_date

from fluxmirror_cli.agent_words import everyone, known_agent
from fluxmirror_cli.asked_period import today_in
from fluxmirror_cli.click_words import meant, worded
from fluxmirror_cli.command_table import COMMANDS, REPORTS
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.option_rows import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from fluxmirror_cli.reports.command import ReportCommand

_OF_TIMES: Final = (TODAY, YESTERDAY, WEEK, MONTH)
"""Commands that are called as what they report."""
_TOO_MANY: Final = ("usage_error.one_too_many", "usage_error.too_many")


def hint(report: ReportCommand, error: click.UsageError) -> Message | None:
    """Guess what was meant by a command line that click refuses; None when nobody can tell."""
    if isinstance(error, click.NoSuchOption):
        return _other_option(report, error.option_name) or meant(error)
    if isinstance(error, click.NoSuchCommand):
        return _other_command(report, error.command_name) or meant(error)
    if isinstance(error, click.MissingParameter):
        return everyone()
    said = worded(error)
    if report.names_days or not isinstance(said, Message) or said.message_id not in _TOO_MANY:
        return None
    words = str(dict(said.values)["arguments"]).casefold().split()
    return _meant_time(report, "-".join(words))


def _other_option(report: ReportCommand, name: str) -> Message | None:
    if report.names_days and any(name in row.names for row in DAYS):
        return message("delivery.name_periods")
    having = [f"`fluxmirror {command}`" for command in _commands_with(name)]
    return message("delivery.have_option", commands=phrases.all_of(having)) if having else None


def _other_command(report: ReportCommand, word: str) -> Message | None:
    """Guess what a word behind a report is that has commands below it: an agent, or a time."""
    if known_agent(word) is not None:
        return phrases.did_you_mean([f"`fluxmirror agent {word}`"])
    return _meant_time(report, word.casefold())


def _meant_time(report: ReportCommand, word: str) -> Message | None:
    time = _time(report, word, today_in(chosen_zone()))
    return phrases.did_you_mean([time]) if time else None


def _commands_with(option: str) -> Iterator[str]:
    """Name the reports that have an option."""
    for name, module, _ in COMMANDS:
        if name in REPORTS:
            other: ReportCommand = importlib.import_module(module).REPORT
            if any(option in (*row.names, row.opposite) for row in other.options()):
                yield name


def _time(report: ReportCommand, word: str, today: date) -> str | None:
    """Give the option that means what a word means, or the command."""
    if report.name in _OF_TIMES and word in _OF_TIMES:
        return f"`fluxmirror {word}`"
    ways = {
        TODAY: "--date today",
        YESTERDAY: "--date yesterday",
        WEEK: "--last 7d",
        LAST_WEEK: f"--week {today - timedelta(weeks=1):%G-W%V}",
        MONTH: f"--month {today:%Y-%m}",
        LAST_MONTH: f"--month {today.replace(day=1) - timedelta(1):%Y-%m}",
    }
    return ways.get(word) or _written_time(word)


def _written_time(word: str) -> str | None:
    if parse_date(word):
        return f"--date {word}"
    if parse_week(word):
        return f"--week {word.upper()}"
    if parse_month(word):
        return f"--month {word}"
    return f"--last {word}" if parse_length(word) else None
