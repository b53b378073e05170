"""`fluxmirror verify`: whether what was recorded is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.analysis.isolation import build_isolation
from fluxmirror_core.errors import ExitCode, NoDataError, StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.period import day_period
from fluxmirror_store.isolation_queries import database_layer, mirror_layer

from fluxmirror_cli.asked_period import asked_date, today_in
from fluxmirror_cli.configured import chosen_zone, settings
from fluxmirror_cli.drained import drained_database, is_usual_database
from fluxmirror_cli.options import (
    Command,
    Group,
    database_option,
    date_option,
    json_option,
    zone_option,
)
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.results.isolation_text import isolation_facts, isolation_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.isolation import Layer
    from fluxmirror_core.period import Period


@click.group("verify", cls=Group, examples=("fluxmirror verify isolation",))
def command() -> None:
    """Check that what was recorded is sound."""


@command.command(
    "isolation",
    cls=Command,
    examples=(
        "fluxmirror verify isolation",
        "fluxmirror verify isolation --date yesterday --json",
    ),
)
@date_option
@zone_option
@database_option
@json_option
@click.pass_context
def isolation(
    context: click.Context,
    *,
    day: str | None,
    zone_name: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Check that no session is recorded under two agents.

    Of one local day, today unless another is asked for: in the database, and in the mirror where
    one is kept. Exits with 0 when it is clean, with 1 when a session leaks, with 3 when there was
    nothing to check.
    """
    zone = chosen_zone(zone_name)
    today = today_in(zone)
    period = day_period(asked_date(day, today) if day else today, zone)
    found = build_isolation(period, _layers(period, database))
    if found.rows or as_json:
        result = Result(lambda: isolation_facts(found), lambda: isolation_text(found))
        show(result, as_json=as_json)
    if not found.rows:
        raise NoDataError(
            message("verify.nothing", date=period.first, zone=period.zone),
            hint=message("verify.another_day"),
        )
    if found.leaks:
        context.exit(ExitCode.WARNING)


def _layers(period: Period, database: str | None) -> Iterator[Layer]:
    with drained_database(database) as db:
        yield database_layer(db, period)
    mirror = settings().mirror
    # Beside another database there is no mirror of it.
    if mirror and is_usual_database(database):
        try:
            yield mirror_layer(mirror, period)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                message("verify.no_mirror", path=error.filename, reason=reason),
                hint=message("verify.check_rights"),
            ) from error
