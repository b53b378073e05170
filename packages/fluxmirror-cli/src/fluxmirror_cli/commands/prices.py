"""`fluxmirror prices`: what models cost, and where the prices come from."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.period import day_period, parse_date
from fluxmirror_core.pricing import OWN, Rates, amount
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here
from fluxmirror_cli.options import Command, Group, database_option, json_option, not_empty
from fluxmirror_cli.output import Result, complain, emit, show
from fluxmirror_cli.prices.book import open_book
from fluxmirror_cli.prices.entry import example_entry
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.speech import say
from fluxmirror_cli.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.pricing import Price

    from fluxmirror_cli.prices.book import PriceBook

    Recorded = tuple[str, str | None, int, int]
    """Agent, model, number of responses, time of the last in UTC milliseconds."""

_MILLION: Final = 10**6
_CURRENCY: Final = "USD"
"""All list prices, and the user's own, are in dollars."""
_KINDS: Final = Rates._fields
_COLUMNS: Final = {
    "input": message("price_list.column.input"),
    "output": message("price_list.column.output"),
    "cache_read": message("price_list.column.cache_read"),
    "cache_write_5m": message("price_list.column.cache_write_5m"),
    "cache_write_1h": message("price_list.column.cache_write_1h"),
}
_HEAD: Final = (
    message("price_list.column.agent"),
    message("price_list.column.model"),
    message("price_list.column.responses"),
    *(_COLUMNS[kind] for kind in _KINDS),
    message("price_list.column.source"),
)


@click.group(
    "prices",
    cls=Group,
    invoke_without_command=True,
    no_args_is_help=False,
    examples=("fluxmirror prices", "fluxmirror prices show claude-opus-5-5"),
)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """What models cost, and where the prices come from."""
    if context.invoked_subcommand is None:
        context.invoke(show_prices, model=None, agent=None, database=None, as_json=as_json)
    elif as_json:
        before = message("price_list.complaint.json_before", command=context.invoked_subcommand)
        hint = f"`fluxmirror prices {context.invoked_subcommand} --json`"
        raise UsageError(before, hint=hint)


@command.command(
    "show",
    cls=Command,
    examples=(
        "fluxmirror prices show claude-opus-5-5 --agent claude-code",
        "fluxmirror prices show --json",
    ),
)
@click.argument("model", required=False, callback=not_empty)
@click.option(
    "--agent",
    metavar="NAME",
    callback=not_empty,
    help="The agent that uses the model, such as claude-code.",
)
@database_option
@json_option
def show_prices(
    *, model: str | None, agent: str | None, database: str | None, as_json: bool
) -> None:
    """Show what a model costs today, or all models that were used."""
    book = open_book(here())
    _warn_of_aliases(book)
    if model is None:
        rows = _used(book, *_recorded(database, agent))
        show(Result(lambda: {"models": rows}, lambda: _used_text(rows)), as_json=as_json)
        return
    agent_id = agent_named(agent) if agent else None
    price = book.find(agent_id or "", model, time.time_ns() // _MILLION)
    if price is None:
        if not as_json:
            emit(example_entry(book.priced_as(agent_id or "", model), agent_id))
        raise _no_price(model)
    show(Result(lambda: {"price": _told(price)}, lambda: _price_text(price)), as_json=as_json)


@command.command("update", cls=Command, examples=("fluxmirror prices update",))
@json_option
def update(*, as_json: bool) -> None:
    """Fetch the newest published price list from the internet."""
    from fluxmirror_cli.prices.update import update_prices

    updated = update_prices(here(), datetime.now(UTC).date().isoformat())
    models = counted("price_list.models", updated.models, source=updated.source)
    told = (models, message("price_list.kept"))
    text = "".join(f"{say(line)}\n" for line in told)
    show(Result(updated._asdict, lambda: text), as_json=as_json)


@command.command(
    "reprice",
    cls=Command,
    examples=("fluxmirror prices reprice", "fluxmirror prices reprice --since 2026-01-01"),
)
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    callback=not_empty,
    help="Leave responses from before this day as they are.",
)
@json_option
def reprice(*, since: str | None, as_json: bool) -> None:
    """Price again what was recorded, by the prices of now."""
    from fluxmirror_store.database import connect_to_write
    from fluxmirror_store.pricing import reprice as reprice_responses

    since_ms = None if since is None else _day_start(since)
    book, path = open_book(here()), here().database
    _warn_of_aliases(book)
    if not os.path.exists(path):
        nothing = message("database_file.nothing_recorded")
        raise NoDataError(nothing, hint="fluxmirror import")
    with contextlib.closing(connect_to_write(path)) as db:
        repriced = reprice_responses(db, book, since_ms)
    told = message(
        "price_list.repriced",
        responses=counted("price_list.responses", repriced.responses),
        changed=f"{repriced.changed:,}",
        unpriced=f"{repriced.unpriced:,}",
    )
    show(Result(repriced._asdict, lambda: f"{say(told)}\n"), as_json=as_json)


def _recorded(database: str | None, agent: str | None) -> tuple[list[Recorded], str | None]:
    """Give the models that were used, and the id of the agent that was asked for."""
    from fluxmirror_store.usage_queries import recorded_models

    from fluxmirror_cli.asked import asked_agent
    from fluxmirror_cli.drained import drained_database
    from fluxmirror_cli.imported import USAGE

    with drained_database(database, USAGE) as db:
        return list(recorded_models(db)), asked_agent(db, agent) if agent else None


def _warn_of_aliases(book: PriceBook) -> None:
    """Say which aliases lead nowhere: what they are for would be unknown without a word."""
    for model, name in book.dead_aliases():
        dead = message(
            "price_list.complaint.dead_alias",
            path=overlay_path(here()),
            model=repr(one_line(model)),
            name=repr(one_line(name)),
        )
        complain(dead, message("price_list.hint.name_model"))


def _no_price(model: str) -> NoDataError:
    path = overlay_path(here())
    return NoDataError(
        message("price_list.complaint.unpriced", model=repr(one_line(model))),
        hint=message("price_list.hint.put_entry", path=path),
    )


def _used(book: PriceBook, recorded: Iterable[Recorded], agent: str | None) -> list[dict[str, Any]]:
    """Give the models that were used, the most used first, those without a price last."""
    rows = [
        {
            "agent": by,
            "model": model,
            "responses": responses,
            "last_ms": last_ms,
            "price": _told_or_none(book.find(by, model, last_ms)),
        }
        for by, model, responses, last_ms in recorded
        if agent in {None, by}
    ]
    return sorted(rows, key=lambda row: row["price"] is None)


def _told_or_none(price: Price | None) -> dict[str, Any] | None:
    return None if price is None else _told(price)


def _told(price: Price) -> dict[str, Any]:
    """Give a price as people write it: per million tokens."""
    return {
        "provider": price.provider,
        "model": price.model,
        "currency": price.currency,
        "source": price.source,
        "since": price.since,
        "per_million_tokens": _per_million(price.rates),
        "tiers": [
            {"above_input_tokens": tier.above, "per_million_tokens": _per_million(tier.rates)}
            for tier in price.tiers
        ],
        "per_request": amount(price.request),
    }


def _per_million(rates: Rates) -> dict[str, str]:
    return {kind: amount(rate * _MILLION) for kind, rate in zip(_KINDS, rates, strict=True)}


def _price_text(price: Price) -> str:
    whose = message("price_list.own") if price.provider == OWN else price.provider
    since = [message("phrase.since", date=price.since)] if price.since else []
    first = " · ".join(map(say, [price.model, whose, price.source, *since]))
    per_million = message("price_list.per_million", currency=price.currency)
    head = [say(word) for word in (per_million, *(_COLUMNS[kind] for kind in _KINDS))]
    prompts = message("price_list.other_prompts" if price.tiers else "price_list.any_prompt")
    tiers = [(prompts, price.rates)]
    tiers += [
        (message("price_list.prompts_above", count=f"{tier.above:,}"), tier.rates)
        for tier in price.tiers
    ]
    table = [head, *([say(words), *_per_million(rates).values()] for words, rates in tiers)]
    lines = [one_line(first), "", *aligned(table, right=range(1, len(head))).splitlines()]
    if price.request:
        lines.append(say(message("price_list.request", amount=amount(price.request))))
    return "\n".join([*lines, ""])


def _used_text(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return f"{say(message('price_list.unused'))}\n"
    head = tuple(map(say, _HEAD))
    table = aligned([head, *map(_cells, rows)], right=range(2, len(head)))
    per_million = message("price_list.per_million", currency=_CURRENCY)
    lines = [say(per_million), "", *table.splitlines()]
    if any(row["price"] is None for row in rows):
        lines += ["", say(message("price_list.show_entry"))]
    return "\n".join([*lines, ""])


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    told = row["price"]
    words = (row["agent"], one_line(row["model"] or "-"), f"{row['responses']:,}")
    if told is None:
        return (*words, *("-" for _ in _KINDS), say(message("cost.unknown")))
    return (*words, *told["per_million_tokens"].values(), told["source"])


def _day_start(since: str) -> int:
    day = parse_date(since)
    if day is None:
        no_date = message("period.no_date", text=repr(since))
        raise UsageError(no_date, hint=message("period.write_day"))
    return day_period(day, chosen_zone()).start_ms
