"""`fluxmirror cost explain`: a cost, down to each response and its place in a file."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.analysis.explanation import Explanation, Named, Subject, build_arithmetic
from fluxmirror_core.analysis.usage import TIMES, build_total
from fluxmirror_core.errors import NoDataError
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.period import choose_zone, day_period, local_date
from fluxmirror_core.pricing import amount
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.explanation import build_explanation_report
from fluxmirror_store.response_queries import (
    FoundResponses,
    responses_in,
    responses_of,
    what_is_named,
)

from fluxmirror_cli.agent_words import known_agent
from fluxmirror_cli.asked import parse_days
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import Command, database_option, json_option, not_empty
from fluxmirror_cli.output import emit
from fluxmirror_cli.usage_facts import (
    Facts,
    compact_json,
    iso_time,
    row_facts,
    token_facts,
)
from fluxmirror_cli.usage_text import nothing_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.explanation import Arithmetic, ToldResponse

_SHOWN: Final = 50
_MILLION: Final = 10**6


@click.command("explain", cls=Command)
@click.argument("asked", metavar="[ID|DATE]", required=False, callback=not_empty)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=_SHOWN,
    show_default=True,
    metavar="N",
    help="Show so many responses, the newest.",
)
@click.option(
    "--tz",
    "zone_name",
    metavar="ZONE",
    callback=not_empty,
    help="Tell times in this IANA time zone.",
)
@database_option
@json_option
def command(
    *, asked: str | None, limit: int, zone_name: str | None, database: str | None, as_json: bool
) -> None:
    """Show where a cost comes from, response by response.

    Each with its counts, its price and its place in a session file. ID is a session, a subagent,
    a response, a call, an agent, a model, a project's directory or a session file; DATE is a day,
    a week (2026-W47) or a month (2026-11). Without either it is today. JSON has all responses,
    whatever the limit.
    """
    zone = choose_zone(zone_name, os.environ)
    with drained_database(database) as db:
        of = _subject(db, asked, zone)
        found = _found(db, of, zone, None if as_json else limit)
        explanation = Explanation(build_total(found.sums), tuple(found.newest))
        gone = _gone(found.newest)
        if as_json:
            emit(_json(explanation, of, gone))
        elif found.newest:
            emit(_text(explanation, of, zone, gone))
        else:
            emit(nothing_text(db, zone))


def _found(
    db: sqlite3.Connection, of: Subject, zone: ZoneInfo, limit: int | None
) -> FoundResponses:
    days = parse_days(of.name) if of.kind in TIMES else None
    if days is None:
        return responses_of(db, Named(of.kind), of.name, limit)
    first, last = day_period(days.first, zone), day_period(days.last, zone)
    return responses_in(db, first._replace(end_ms=last.end_ms, last=last.last), limit)


def _subject(db: sqlite3.Connection, asked: str | None, zone: ZoneInfo) -> Subject:
    """Tell what a person asks about.

    Raises:
        NoDataError: nothing of that name was recorded.
    """
    if asked is None:
        asked = local_date(time.time_ns() // _MILLION, zone).isoformat()
    days = parse_days(asked)
    if days is not None:
        return Subject(days.by, asked)
    agent = known_agent(asked)
    for name in (asked, agent) if agent else (asked,):
        named = what_is_named(db, name)
        if named is not None:
            return Subject(named, name)
    hint = "`fluxmirror cost --by session --json` tells sessions; --by agent, model, project others"
    raise NoDataError(f"no response is recorded under {asked!r}", hint=hint)


def _gone(responses: Sequence[ToldResponse]) -> set[str]:
    return {path for path in {one.path for one in responses} if not os.path.exists(path)}


def _text(explanation: Explanation, of: Subject, zone: ZoneInfo, gone: Collection[str]) -> str:
    report = build_explanation_report(explanation, load_catalog(), of=of, zone=zone.key, gone=gone)
    return render_text(report)


def _json(explanation: Explanation, of: Subject, gone: Collection[str]) -> str:
    """Write a response on a line: there may be a hundred thousand of them."""
    responses = ",\n".join(compact_json(_facts(one, gone)) for one in explanation.responses)
    of_text, total = compact_json(of._asdict()), compact_json(row_facts(explanation.total))
    return (
        f'{{"of": {of_text},\n"responses": [\n{responses}\n],\n"total": {total},\n"version": 1}}\n'
    )


def _facts(response: ToldResponse, gone: Collection[str]) -> Facts:
    arithmetic = build_arithmetic(response)
    return {
        "time": iso_time(response.ts_ms),
        "agent": response.agent,
        "session": response.session,
        "subagent": response.subagent,
        "model": response.model,
        "project": response.project,
        "response": response.key,
        **token_facts(response.tokens),
        "cost": None if response.pico is None else amount(response.pico),
        "currency": arithmetic and arithmetic.price.currency,
        "price": arithmetic and _price_facts(arithmetic),
        "file": response.path,
        "offset": response.offset,
        "gone": response.path in gone,
        "raw": json.loads(response.raw_json),
    }


def _price_facts(arithmetic: Arithmetic) -> Facts:
    price = arithmetic.price
    rates = arithmetic.rates._asdict().items()
    return {
        "provider": price.provider,
        "model": price.model,
        "source": price.source,
        "since": price.since,
        "above_input_tokens": arithmetic.above,
        "per_million_tokens": {kind: amount(rate * _MILLION) for kind, rate in rates},
        "per_request": amount(price.request),
    }
