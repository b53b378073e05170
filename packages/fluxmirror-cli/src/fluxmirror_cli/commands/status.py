"""`fluxmirror status`: today in a few figures; `entry` answers `--prompt` without coming here."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click
from fluxmirror_core.analysis.usage import billed
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.cells import agent_name, short_count
from fluxmirror_core.report.nothing import nothing_recorded

from fluxmirror_cli.configured import chosen_catalog, chosen_zone, here, own_zone
from fluxmirror_cli.drained import is_usual_database, opened_database
from fluxmirror_cli.options import Command, database_option, json_option, zone_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.results.usage_facts import iso_time, row_facts
from fluxmirror_cli.status import line as status_line
from fluxmirror_cli.status.facts import cost_text, keep_cache, read_status, refresh_quietly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Catalog, Message, Sayable

    from fluxmirror_cli.status.facts import Status

_OF_NO_KEY: Final = ("key", "first", "last")
"""What rows of usage have beside their numbers."""
_AGES: Final = {
    "s": "status.age.seconds",
    "m": "status.age.minutes",
    "h": "status.age.hours",
    "d": "status.age.days",
}
"""By the letter that a prompt writes for the unit."""


@click.command(
    "status",
    cls=Command,
    examples=(
        "fluxmirror status",
        "fluxmirror status --json",
        "fluxmirror status --prompt",
        'fluxmirror status --prompt --format "{calls} calls, {cost}"',
    ),
)
@zone_option
@database_option
@json_option
@click.option(
    "--prompt",
    is_flag=True,
    help="One line for a shell prompt or a status line, at once, from a cache; nothing at all"
    " where there is nothing to show.",
)
@click.option(
    "--format",
    "wanted",
    metavar="TEXT",
    help="What --prompt prints, with {calls}, {tokens}, {cost} and {age} (of the last event).",
)
@click.option("--refresh-cache", is_flag=True, hidden=True)
def command(  # noqa: PLR0913 - an argument for each option
    *,
    zone_name: str | None,
    database: str | None,
    as_json: bool,
    prompt: bool,  # noqa: ARG001 - `entry` has answered it
    wanted: str | None,
    refresh_cache: bool,
) -> None:
    """Today in a few figures: calls, tokens, cost, and when something last happened."""
    if refresh_cache:
        refresh_quietly()
        return
    if wanted is not None:
        hint = message("status.hint.prompt")
        raise UsageError(message("status.refused.format"), hint=hint)
    zone = chosen_zone(zone_name)
    now_ms = time.time_ns() // 1_000_000
    is_usual = is_usual_database(database)
    with opened_database(database) as (db, is_complete):
        marks = status_line.change_marks(here().database, here().spool)
        status = read_status(db, zone, now_ms)
    if is_usual and zone == own_zone():  # no project's, and none that was asked for
        keep_cache(status, marks)
    show(
        Result(
            lambda: status_facts(status, now_ms, is_complete=is_complete),
            lambda: status_text(status, zone, now_ms),
        ),
        as_json=as_json,
    )


def status_facts(status: Status, now_ms: int, *, is_complete: bool) -> dict[str, Any]:
    """Give what `--json` tells."""
    usage = {
        name: value for name, value in row_facts(status.usage).items() if name not in _OF_NO_KEY
    }
    last = status.last
    return {
        "date": status.day.first.isoformat(),
        "timezone": status.day.zone,
        "calls": status.calls,
        "sessions": status.sessions,
        "failed": status.failed,
        **usage,
        "last_event": iso_time(last.ts_ms) if last else None,
        "last_event_agent": last.agent if last else None,
        "last_event_age_s": max(now_ms - last.ts_ms, 0) // 1000 if last else None,
        "complete": is_complete,
    }


def status_text(status: Status, zone: ZoneInfo, now_ms: int) -> str:
    """Write the figures for a person, or what to do where nothing was recorded yet."""
    catalog = chosen_catalog()
    say = catalog.say
    if status.last is None and not status.usage.responses:
        return f"{say(nothing_recorded(status.kept_since))}\n"
    rows = [
        (say(title), one_line(say(text))) for title, text in _rows(status, zone, now_ms, catalog)
    ]
    widest = max(width(title) for title, _ in rows)
    lines = [f"  {title}{' ' * (widest - width(title))}  {text}\n" for title, text in rows]
    title = say(message("status.title", date=status.day.first, zone=status.day.zone))
    return f"{title}\n\n{''.join(lines)}"


def _rows(
    status: Status, zone: ZoneInfo, now_ms: int, catalog: Catalog
) -> Iterator[tuple[Message, Sayable]]:
    yield message("status.calls"), _calls(status)
    tokens = short_count(billed(status.usage.tokens))
    responses = counted("status.tokens_in", status.usage.responses, tokens=tokens)
    yield message("status.tokens"), responses
    yield message("status.cost"), cost_text(status.usage, catalog)
    if status.last is not None:
        when = datetime.fromtimestamp(status.last.ts_ms // 1000, zone)
        last = message(
            "status.last_was",
            ago=_age((now_ms - status.last.ts_ms) / 1000),
            agent=agent_name(status.last.agent),
            time=f"{when:%Y-%m-%d %H:%M}",
        )
        yield message("status.last"), last


def _calls(status: Status) -> Message:
    calls, failed = f"{status.calls:,}", f"{status.failed:,}"
    if status.failed:
        return counted("status.failed_calls_in", status.sessions, calls=calls, failed=failed)
    return counted("status.calls_in", status.sessions, calls=calls)


def _age(age_s: float) -> Message:
    age = status_line.age_text(age_s)
    return message(_AGES[age[-1]], count=age[:-1])
