"""`fluxmirror cost explain`: a cost, down to each response and its place in a file."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.analysis.explanation import Explanation, Named, Subject, build_arithmetic
from fluxmirror_core.analysis.usage import TIMES, UNKNOWN, By, build_total
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.period import day_period
from fluxmirror_core.pricing import amount
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.explanation import build_explanation_report
from fluxmirror_store.response_queries import responses_of

from fluxmirror_cli.asked import asked_agent, asked_window, is_date_like, parse_days
from fluxmirror_cli.asked_period import Limits, PeriodWish, asked_limits, today_in
from fluxmirror_cli.configured import chosen_catalog, chosen_zone
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import (
    Command,
    database_option,
    json_option,
    language_option,
    not_empty,
    period_options,
)
from fluxmirror_cli.output import emit, terminal_room
from fluxmirror_cli.results.usage_facts import (
    Facts,
    compact_json,
    iso_time,
    row_facts,
    token_facts,
)
from fluxmirror_cli.results.usage_text import nothing_text
from fluxmirror_cli.sought import find_sought
from fluxmirror_cli.voice import own_voice

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.explanation import Arithmetic, ToldResponse
    from fluxmirror_core.report.voice import Voice
    from fluxmirror_store.response_queries import Sought
    from fluxmirror_store.usage_queries import UsageWindow

    from fluxmirror_cli.asked import Days

_SHOWN: Final = 50
_MILLION: Final = 10**6
_DAY: Final = timedelta(days=1)
_WRITTEN: Final = {By.DAY: "YYYY-MM-DD", By.WEEK: "YYYY-Www", By.MONTH: "YYYY-MM"}
_NONE: Final = {
    By.DAY: "explaining.no_day",
    By.WEEK: "period.no_week",
    By.MONTH: "period.no_month",
}
"""What is no day, no week, no month."""
_KINDS: Final = tuple(dict.fromkeys((*map(str, By), *map(str, Named))))


def _not_empty(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty argument: an argument has no name that a person would know."""
    if value is not None and not value.strip():
        raise UsageError(message("explaining.empty"), hint=message("explaining.give_one"))
    return value


@click.command(
    "explain",
    cls=Command,
    examples=(
        "fluxmirror cost explain",
        "fluxmirror cost explain 2026-03-02 --agent claude-code",
        "fluxmirror cost explain claude-opus-4-5 --last 7d --json",
    ),
)
@click.argument("asked", metavar="[ID|DATE]", required=False, callback=_not_empty)
@click.option(
    "--by",
    "kind",
    type=click.Choice(_KINDS),
    metavar="KIND",
    help="What ID is a key of, where it may be several things: a grouping of `cost --by`,"
    " response, call or file.",
)
@period_options
@click.option(
    "--agent",
    metavar="NAME",
    callback=not_empty,
    help="Explain one agent's responses only, such as claude-code.",
)
@click.option(
    "--session",
    metavar="SESSION",
    callback=not_empty,
    help="Explain one session's responses only.",
)
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
@language_option
@database_option
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    asked: str | None,
    kind: str | None,
    wish: PeriodWish,
    agent: str | None,
    session: str | None,
    limit: int,
    zone_name: str | None,
    language: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show where a cost comes from, response by response.

    Each with its counts, its price and its place in a session file. ID is any key that `cost`
    shows: a session, a subagent, an agent, a model, a project or its folder's name, a set of
    tools, `main`, `none`, `unknown`; or a response, a call, a session file. Six characters of an
    id do, where no other begins so. DATE is a day, a week (2026-W47), a month (2026-11), today or
    yesterday. Without either it is today. JSON has all responses, whatever the limit.
    """
    zone = chosen_zone(zone_name)
    limits = asked_limits(wish, zone)
    asked = _said(wish) if asked is None else asked
    days = _asked_days(asked, kind, zone)
    with drained_database(database) as db:
        window = asked_window(limits, zone, asked_agent(db, agent) if agent else None)
        window = _of_session(db, window, session) if session else window
        if days is not None:
            of, sought = Subject(days.by, _dated(asked, zone)), None
            window = _within(window, days, zone)
        else:
            sought = find_sought(db, window, asked or "", Named(kind) if kind else None)
            of = _subject(sought)
        found = responses_of(db, window, sought, None if as_json else limit)
        explanation = Explanation(build_total(found.sums), tuple(found.newest))
        gone = _gone(found.newest)
        if as_json:
            emit(_json(explanation, of, gone))
        elif found.newest:
            emit(_text(explanation, of, own_voice(language, zone), gone))
        else:
            asked_days = limits if days is None else Limits(days.first, days.last)
            emit(nothing_text(db, zone, chosen_catalog(language), database, asked_days))


def _said(wish: PeriodWish) -> str | None:
    """Give the day, month or week that an option says; None where none says when.

    Raises:
        UsageError: the options limit what nobody named.
    """
    said = wish.day or wish.month or wish.week
    if said is None and wish != PeriodWish():
        raise UsageError(message("explaining.limits_nothing"), hint=message("explaining.name_one"))
    return said


def _asked_days(asked: str | None, kind: str | None, zone: ZoneInfo) -> Days | None:
    """Read days; None for what is no date.

    Raises:
        UsageError: a date is meant, but there is none like that.
    """
    by = By(kind) if kind in TIMES else None
    if kind is not None and by is None:
        return None
    days = parse_days(_dated(asked, zone))
    if days is None and asked is not None and (by or is_date_like(asked)):
        raise UsageError(
            message("period.no_date", text=repr(asked)),
            hint=message("explaining.write_as", form=_WRITTEN[by])
            if by
            else message("explaining.write_as_any"),
        )
    if days is not None and by is not None and by != days.by:
        raise UsageError(
            message(_NONE[by], text=repr(asked)),
            hint=message("explaining.other_by", by=days.by),
        )
    return days


def _dated(asked: str | None, zone: ZoneInfo) -> str:
    """Write today and yesterday as dates."""
    today = today_in(zone)
    words = {"today": today, "yesterday": today - _DAY}
    word = "today" if asked is None else asked.casefold()
    return words[word].isoformat() if word in words else str(asked)


def _within(window: UsageWindow, days: Days, zone: ZoneInfo) -> UsageWindow:
    start_ms, end_ms = day_period(days.first, zone).start_ms, day_period(days.last, zone).end_ms
    return window._replace(
        start_ms=max(start_ms, window.start_ms), end_ms=min(end_ms, window.end_ms)
    )


def _of_session(db: sqlite3.Connection, window: UsageWindow, session: str) -> UsageWindow:
    name = find_sought(db, window, session, Named.SESSION).name
    if name is None:
        raise UsageError(
            message("explaining.no_session", text=repr(session)),
            hint=message("explaining.leave_session_out"),
        )
    return window._replace(session=name)


def _subject(sought: Sought) -> Subject:
    return Subject(sought.named, UNKNOWN if sought.name is None else sought.name)


def _gone(responses: Sequence[ToldResponse]) -> set[str]:
    return {path for path in {one.path for one in responses} if not os.path.exists(path)}


def _text(explanation: Explanation, of: Subject, voice: Voice, gone: Collection[str]) -> str:
    report = build_explanation_report(
        explanation, voice.catalog, of=of, zone=voice.zone.key, gone=gone
    )
    return render_text(report, voice, terminal_room())


def _json(explanation: Explanation, of: Subject, gone: Collection[str]) -> str:
    """Write a response on a line: there may be a hundred thousand of them."""
    responses = ",\n".join(compact_json(_facts(one, gone)) for one in explanation.responses)
    of_text, total = compact_json(of._asdict()), compact_json(row_facts(explanation.total))
    return (
        f'{{"version": 1,\n"of": {of_text},\n"responses": [\n{responses}\n],\n"total": {total}}}\n'
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
