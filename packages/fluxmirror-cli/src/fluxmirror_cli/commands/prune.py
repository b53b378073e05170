"""`fluxmirror prune`: delete what was recorded long ago."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_store.database import connect_to_read, store_errors
from fluxmirror_store.drain import drain
from fluxmirror_store.pruning import Pruned, count_before, count_timeless, prune, take_older_again

from fluxmirror_cli.configured import chosen_zone, here, settings, settings_to_capture
from fluxmirror_cli.health.row import size
from fluxmirror_cli.kept_since import asked_for, days_ago
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import Result, complain, show
from fluxmirror_cli.progress import UpgradeProgress
from fluxmirror_cli.registration.choice import confirms, is_answered
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from fluxmirror_store.pruning import Rows

    from fluxmirror_cli.kept_since import KeptSince

_WAIT_S: Final = 10.0
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
            hint = "leave out --older-than and --dry-run, or --lift"
            raise UsageError("--lift deletes nothing", hint=hint)
        _lift(as_json=as_json)
        return
    since = _since(asked)
    _take_in()
    rows, timeless = _look(since)
    pruned = Pruned(rows)
    if any(rows) and not dry_run:
        if not _is_agreed(rows, since, yes=yes):
            complain("nothing was deleted")
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
    told = "what is older is taken again: `fluxmirror import --full` reads what is still there\n"
    show(Result(lambda: {"lifted": True}, lambda: told), as_json=as_json)


def _busy() -> StoreError:
    hint = "nothing was deleted; try again in a moment"
    return StoreError("another process is draining the spool or reading session files", hint=hint)


def _since(asked: str | None) -> KeptSince:
    if asked is not None:
        return asked_for(asked, chosen_zone())
    days = settings().storage_retention_days
    if days is None:
        hint = "say --older-than 90d, or `fluxmirror config set storage.retention_days 90`"
        raise UsageError("it is not said how much to keep", hint=hint)
    return days_ago(days, chosen_zone())


def _take_in() -> None:
    """Drain what waits: it would come in afterwards, however old it is."""
    places = here()
    if not os.path.exists(places.database):
        return  # looking makes none
    if drain(places, settings_to_capture(), wait_s=_WAIT_S, progress=UpgradeProgress()).busy:
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
        hint = "add --yes to agree; --dry-run says what would be deleted"
        raise UsageError("nobody is there to be asked, so nothing was deleted", hint=hint)
    return confirms(f"Delete {_sentence(rows, since)}?", otherwise="nothing was deleted")


def _text(since: KeptSince, pruned: Pruned, timeless: int, *, dry_run: bool) -> str:
    if not any(pruned.rows):
        lines = [f"nothing was recorded before {since.day}"]
    elif dry_run:
        lines = [f"{_sentence(pruned.rows, since)} would be deleted"]
    else:
        freed = f"{size(pruned.freed_bytes)} given back"
        lines = [f"{_sentence(pruned.rows, since)} deleted, {freed}"]
    if pruned.trouble:
        lines.append(f"their space could not be given back ({pruned.trouble}); it is used again")
    if timeless:
        lines.append(f"{counted(timeless, 'event')} without a readable time kept")
    return "\n".join([*lines, ""])


def _sentence(rows: Rows, since: KeptSince) -> str:
    things = ("event", "response", "MCP message")
    numbers = [counted(number, thing) for number, thing in zip(rows, things, strict=True) if number]
    *others, last = numbers
    told = f"{', '.join(others)} and {last}" if others else last
    return f"{told} from before {since.day}"


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
