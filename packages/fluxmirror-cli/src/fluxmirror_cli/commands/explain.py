"""`fluxmirror explain`: what a figure of a report means, and how it is worked out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click
from fluxmirror_core.analysis.metrics import BY_KEY, METRICS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.report.wrapping import wrap

from fluxmirror_cli.configured import chosen_catalog
from fluxmirror_cli.options import Command, json_option, language_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.table import aligned
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from fluxmirror_core.analysis.metrics import Metric
    from fluxmirror_core.messages import Catalog


@click.command(
    "explain",
    cls=Command,
    examples=(
        "fluxmirror explain",
        "fluxmirror explain failure_rate",
        "fluxmirror explain 'rework loops' --json",
    ),
)
@click.argument("asked", metavar="[METRIC]", required=False)
@language_option
@json_option
def command(*, asked: str | None, language: str | None, as_json: bool) -> None:
    """Say what a figure of a report means, and how it is worked out.

    Without METRIC it lists all of them.
    """
    catalog = chosen_catalog(language)
    if asked is None:
        facts = {"metrics": [_facts(metric) for metric in METRICS]}
        show(Result(lambda: facts, lambda: _list(catalog)), as_json=as_json)
        return
    metric = _find(asked, catalog)
    facts_of_one = {"metric": _facts(metric)}
    show(Result(lambda: facts_of_one, lambda: _text(metric, catalog)), as_json=as_json)


def _find(asked: str, catalog: Catalog) -> Metric:
    """Give the metric that is meant: by its key, or by its name in the language or in English.

    Raises:
        UsageError: there is none; the hint tells what may have been meant.
    """
    known = {_folded(catalog.say(metric.name)): metric for metric in METRICS}
    known |= {_folded(str(metric.name)): metric for metric in METRICS}
    known |= BY_KEY
    found = known.get(_folded(asked))
    if found is None:
        hint = did_you_mean(_folded(asked), BY_KEY, otherwise=message("metric.command.list"))
        raise UsageError(message("metric.command.unknown", name=repr(asked)), hint=hint)
    return found


def _folded(text: str) -> str:
    return "_".join(text.casefold().replace("-", " ").split())


def _facts(metric: Metric) -> dict[str, str]:
    return {
        "key": metric.key,
        "name": str(metric.name),
        "unit": str(metric.unit),
        "definition": str(metric.definition),
    }


def _list(catalog: Catalog) -> str:
    head = (
        message("metric.command.column.metric"),
        message("metric.command.column.name"),
        message("metric.command.column.unit"),
    )
    rows = [[metric.key, catalog.say(metric.name), catalog.say(metric.unit)] for metric in METRICS]
    more = catalog.say(message("metric.command.more"))
    return f"{aligned([[catalog.say(one) for one in head], *rows])}\n{more}\n"


def _text(metric: Metric, catalog: Catalog) -> str:
    columns = shutil.get_terminal_size().columns
    unit = message("metric.command.unit", unit=metric.unit)
    lines = (
        f"{catalog.say(metric.name)} ({metric.key})",
        "",
        *wrap(catalog.say(metric.definition), columns),
        "",
        catalog.say(unit),
    )
    return "".join(f"{line}\n" for line in lines)
