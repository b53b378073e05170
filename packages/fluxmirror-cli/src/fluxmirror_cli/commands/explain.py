"""`fluxmirror explain`: what a figure or any other word of a report means."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.analysis.metrics import METRICS, Metric
from fluxmirror_core.analysis.terms import TERMS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import load_catalog, message
from fluxmirror_core.phrases import did_you_mean
from fluxmirror_core.report.glossary import find_entry, folded, words_of
from fluxmirror_core.report.wrapping import wrap

from fluxmirror_cli.configured import chosen_catalog
from fluxmirror_cli.options import Command, json_option, language_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.table import aligned

if TYPE_CHECKING:
    from fluxmirror_core.messages import Catalog
    from fluxmirror_core.report.glossary import Entry

_GUESSES: Final = 3
_ALIKE: Final = 0.7
"""The part of two words that is the same, where one may be meant by the other."""


@click.command(
    "explain",
    cls=Command,
    examples=(
        "fluxmirror explain",
        "fluxmirror explain failure_rate",
        "fluxmirror explain rework loops --json",
    ),
)
@click.argument("words", metavar="[METRIC]", nargs=-1)
@language_option
@json_option
def command(*, words: tuple[str, ...], language: str | None, as_json: bool) -> None:
    """Say what a figure of a report means, and how it is worked out.

    METRIC may be any word that stands on a report. Without it all metrics are listed.
    """
    catalog = chosen_catalog(language)
    if not words:
        facts = {
            "metrics": [_facts(metric) for metric in METRICS],
            "terms": [_facts(term) for term in TERMS],
        }
        show(Result(lambda: facts, lambda: _list(catalog)), as_json=as_json)
        return
    entry = _find(" ".join(words), catalog)
    kind = "metric" if isinstance(entry, Metric) else "term"
    facts_of_one = {kind: _facts(entry)}
    show(Result(lambda: facts_of_one, lambda: _text(entry, catalog)), as_json=as_json)


def _find(asked: str, catalog: Catalog) -> Entry:
    """Give what is meant.

    Raises:
        UsageError: no report has such a word; the hint tells which may have been meant.
    """
    found = find_entry(asked, catalog)
    if found is None:
        near = _near(asked, catalog)
        hint = did_you_mean(near) if near else message("metric.command.list")
        raise UsageError(message("metric.command.unknown", name=repr(asked)), hint=hint)
    return found


def _near(asked: str, catalog: Catalog) -> list[str]:
    """Give the keys of words that look much like what was asked for."""
    from difflib import get_close_matches

    words = {**words_of(load_catalog()), **words_of(catalog)}
    near = get_close_matches(folded(asked), words, n=_GUESSES, cutoff=_ALIKE)
    return list(dict.fromkeys(words[one] for one in near))


def _facts(entry: Entry) -> dict[str, str]:
    facts = {"key": entry.key, "name": str(entry.name)}
    if isinstance(entry, Metric):
        facts["unit"] = str(entry.unit)
    return {**facts, "definition": str(entry.definition)}


def _list(catalog: Catalog) -> str:
    head = (
        message("metric.command.column.metric"),
        message("metric.command.column.name"),
        message("metric.command.column.unit"),
    )
    rows = [[metric.key, catalog.say(metric.name), catalog.say(metric.unit)] for metric in METRICS]
    terms = [[term.key, catalog.say(term.name)] for term in TERMS]
    more = wrap(catalog.say(message("metric.command.more")), _columns())
    parts = (
        aligned([[catalog.say(one) for one in head], *rows]),
        f"{catalog.say(message('metric.command.terms'))}\n{aligned(terms)}",
        "".join(f"{line}\n" for line in more),
    )
    return "\n".join(parts)


def _text(entry: Entry, catalog: Catalog) -> str:
    lines = [
        f"{catalog.say(entry.name)} ({entry.key})",
        "",
        *wrap(catalog.say(entry.definition), _columns()),
    ]
    if isinstance(entry, Metric):
        lines += ["", catalog.say(message("metric.command.unit", unit=entry.unit))]
    return "".join(f"{line}\n" for line in lines)


def _columns() -> int:
    return shutil.get_terminal_size().columns
