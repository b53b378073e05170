"""`fluxmirror prune`: delete what was recorded long ago."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.phrases import all_of, listed
from fluxmirror_store.database import connect_to_read, store_errors
from fluxmirror_store.drain import drain
from fluxmirror_store.pruning import Pruned, count_before, count_timeless, prune, take_older_again

from fluxmirror_cli.configured import chosen_zone, here, settings, settings_to_capture
from fluxmirror_cli.health.row import size
from fluxmirror_cli.kept_since import asked_for, days_ago
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import Result, complain, show
from fluxmirror_cli.progress import upgrade_progress
from fluxmirror_cli.registration.choice import confirms, is_answered
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_store.pruning import Rows

    from fluxmirror_cli.kept_since import KeptSince

_WAIT_S: Final = 10.0
_KINDS: Final = ("unit.events", "unit.responses", "pruning.messages")
"""What the rows are, in the order of `Rows`."""
_EXAMPLES: Final = (
    "fluxmirror prune --older-than 90d --dry-run",
    "fluxmirror prune --older-than 2026-01-01 --yes",
)


@click.command("prune", cls=Command, examples=_EXAMPLES)
@click.option(
    "--older-than",
    "asked",
    metavar="90d|YYYY-MM-DD",
    callback=not_empty,
    help="Keep so many days before today, or this day and later; else `storage.retention_days`.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option(
    "--lift",
    is_flag=True,
    help="Delete nothing; let `import --full` bring back what session files still tell.",
)
@json_option
def command(*, asked: str | None, dry_run: bool, yes: bool, lift: bool, as_json: bool) -> None:
    """Delete what was recorded before a day: events, responses, MCP messages.

    What waits in the spool is drained before, and no import brings back what was deleted. Session
    files and their copies in the archive are left alone. With `storage.retention_days` set this is
    done by itself, once a day.
    """
    if lift:
        if asked is not None or dry_run:
            raise UsageError(message("pruning.refused.lift"), hint=message("pruning.hint.lift"))
        _lift(as_json=as_json)
        return
    since = _since(asked)
    _take_in()
    rows, timeless = _look(since)
    pruned = Pruned(rows)
    if any(rows) and not dry_run:
        if not _is_agreed(rows, since, yes=yes):
            complain(message("pruning.nothing_deleted"))
            return
        pruned = prune(here(), since.ms, wait_s=_WAIT_S)
        if pruned.busy:
            raise _busy()
    result = Result(
        lambda: _facts(since, pruned, timeless, dry_run=dry_run),
        lambda: _text(since, pruned, timeless, dry_run=dry_run),
    )
    show(result, as_json=as_json)


def _lift(*, as_json: bool) -> None:
    if not take_older_again(here(), wait_s=_WAIT_S):
        raise _busy()
    told = message("pruning.lifted")
    show(Result(lambda: {"lifted": True}, lambda: f"{say(told)}\n"), as_json=as_json)


def _busy() -> StoreError:
    return StoreError(message("pruning.refused.busy"), hint=message("pruning.hint.busy"))


def _since(asked: str | None) -> KeptSince:
    if asked is not None:
        return asked_for(asked, chosen_zone())
    days = settings().storage_retention_days
    if days is None:
        raise UsageError(message("pruning.refused.no_limit"), hint=message("pruning.hint.limit"))
    return days_ago(days, chosen_zone())


def _take_in() -> None:
    """Drain what waits: it would come in afterwards, however old it is."""
    places = here()
    if not os.path.exists(places.database):
        return  # looking makes none
    if drain(places, settings_to_capture(), wait_s=_WAIT_S, progress=upgrade_progress()).busy:
        raise _busy()


def _look(since: KeptSince) -> tuple[Rows, int]:
    """Count what would be deleted, and what stays as nobody knows its age."""
    path = here().database
    with closing(connect_to_read(path)) as db, store_errors(path):
        return count_before(db, since.ms), count_timeless(db)


def _is_agreed(rows: Rows, since: KeptSince, *, yes: bool) -> bool:
    """Ask, unless that was answered before.

    Raises:
        UsageError: nobody is there to be asked.
        KeyboardInterrupt: somebody would rather stop.
    """
    if yes:
        return True
    if not is_answered():
        raise UsageError(message("pruning.refused.unasked"), hint=message("pruning.hint.agree"))
    question = message("pruning.question", rows=_counted_rows(rows), day=since.day)
    return confirms(question, otherwise=message("pruning.nothing_deleted"))


def _text(since: KeptSince, pruned: Pruned, timeless: int, *, dry_run: bool) -> str:
    lines = [_outcome(since, pruned, dry_run=dry_run)]
    if pruned.trouble:
        lines.append(message("pruning.space_kept", trouble=pruned.trouble))
    if timeless:
        lines.append(counted("pruning.timeless", timeless))
    return "".join(f"{say(line)}\n" for line in lines)


def _outcome(since: KeptSince, pruned: Pruned, *, dry_run: bool) -> Message:
    if not any(pruned.rows):
        return message("pruning.nothing_before", day=since.day)
    rows = _counted_rows(pruned.rows)
    if dry_run:
        return message("pruning.would", rows=rows, day=since.day)
    freed = size(pruned.freed_bytes)
    return message("pruning.freed", rows=rows, day=since.day, size=freed)


def _counted_rows(rows: Rows) -> Sayable:
    """Name the rows of each kind of which there are some: of one kind at least."""
    numbers = zip(_KINDS, rows, strict=True)
    *others, last = [counted(message_id, number) for message_id, number in numbers if number]
    return all_of([listed(others), last]) if others else last


def _facts(since: KeptSince, pruned: Pruned, timeless: int, *, dry_run: bool) -> dict[str, object]:
    return {
        "first_day_kept": since.day.isoformat(),
        "before_ms": since.ms,
        "dry_run": dry_run,
        **pruned.rows._asdict(),
        "kept_without_time": timeless,
        "freed_bytes": pruned.freed_bytes,
        "trouble": pruned.trouble,
    }
