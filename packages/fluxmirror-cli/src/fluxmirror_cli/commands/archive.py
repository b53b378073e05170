"""`fluxmirror archive`: compressed copies of the agents' session files, kept on this machine."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.names import archive_directory
from fluxmirror_store.archiving.restoring import restore_copies
from fluxmirror_store.archiving.run import archive_session_files, files_to_archive
from fluxmirror_store.archiving.upkeep import prune_copies, verify_copies
from fluxmirror_store.importing.session_files import find_session_files

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here
from fluxmirror_cli.health_row import size
from fluxmirror_cli.options import Command, Group, json_option, not_empty
from fluxmirror_cli.output import emit
from fluxmirror_cli.progress import ImportProgress
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_store.archiving.restoring import Restoration
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.archiving.run import Archived
    from fluxmirror_store.archiving.upkeep import Verified
    from fluxmirror_store.importing.session_files import SessionFile

_HEAD: Final = ("agent", "size", "stored", "copied", "verified", "session file")
_NUMBERS: Final = (1, 2)
"""Columns that are written to the right."""
_DAY_MS: Final = 86_400_000


@click.group("archive", cls=Group, invoke_without_command=True, no_args_is_help=False)
@click.option("--agent", metavar="NAME", callback=not_empty, help="Copy one agent's files only.")
@click.option("--dry-run", is_flag=True, help="Say what would be copied, and copy nothing.")
@click.pass_context
def command(context: click.Context, *, agent: str | None, dry_run: bool) -> None:
    """Keep compressed copies of the agents' session files.

    With them go their companions: small files without which an agent does not show a session again.
    Copies hold what the sessions held, secrets included. They stay on this machine, where only
    you can read them, also when an agent deletes its own files. Nothing is copied but by a call
    of this command; what has not changed since the last call is not copied again.
    """
    if context.invoked_subcommand is not None:
        if agent is not None or dry_run:
            raise UsageError(
                f"--agent and --dry-run do not belong before `{context.invoked_subcommand}`",
                hint=f"`fluxmirror archive {context.invoked_subcommand} --help` shows its options",
            )
        return
    found = find_session_files(os.environ, agent_named(agent) if agent else None)
    if dry_run:
        emit(_waiting_text(files_to_archive(here(), found)))
        return
    progress = ImportProgress()
    try:
        archived = archive_session_files(here(), found, os.environ, progress)
    finally:
        progress.clear()
    emit("".join(f"{line}\n" for line in _archived_lines(archived)))
    context.exit(ExitCode.WARNING if archived.problems else ExitCode.OK)


@command.command("list", cls=Command)
@click.option("--agent", metavar="NAME", callback=not_empty, help="List one agent's files only.")
@json_option
def list_copies(*, agent: str | None, as_json: bool) -> None:
    """List the copies, by agent and session file."""
    wanted = agent_named(agent) if agent else None
    copies = [copy for copy in known_copies(here()) if wanted in {None, copy.agent}]
    copies.sort(key=lambda copy: (copy.agent, copy.source, copy.id))
    if as_json:
        told = {"version": 1, "directory": archive_directory(here())}
        emit(json.dumps({**told, "copies": list(map(_facts, copies))}, indent=2) + "\n")
    else:
        emit(_list_text(copies, wanted))


@command.command("verify", cls=Command)
@click.pass_context
def verify(context: click.Context) -> None:
    """Read every copy from end to end; exit 1 when one is damaged."""
    progress = ImportProgress()
    try:
        verified = verify_copies(here(), progress)
    finally:
        progress.clear()
    emit("".join(f"{one_line(line)}\n" for line in _verified_lines(verified)))
    context.exit(ExitCode.WARNING if verified.damaged else ExitCode.OK)


@command.command("restore", cls=Command)
@click.argument("wanted", metavar="[PATH|SESSION]", required=False, callback=not_empty)
@click.option("--all", "everything", is_flag=True, help="Restore all that is archived.")
@click.option("--agent", metavar="NAME", callback=not_empty, help="Restore one agent's files only.")
@click.option(
    "--to",
    "directory",
    metavar="DIR",
    required=True,
    callback=not_empty,
    help="Where to; laid out as below the agent's own directory.",
)
@click.pass_context
def restore(
    context: click.Context,
    *,
    wanted: str | None,
    everything: bool,
    agent: str | None,
    directory: str,
) -> None:
    """Write session files as they were; no file is ever written over.

    PATH is a session file's, as it was, or a copy's, as `archive list --json` tells it, or that of
    a folder such files lay in; SESSION is a session's id. Files of several agents go into a folder
    for each; exit 1 when some could not be restored.
    """
    if wanted is not None and everything:
        hint = "leave out the one or the other"
        raise UsageError(f"--all and {wanted!r} do not go together", hint=hint)
    if wanted is None and not everything and agent is None:
        hint = "name a path or a session, or add --agent NAME or --all"
        raise UsageError("it is not said what to restore", hint=hint)
    progress = ImportProgress()
    agent_id = agent_named(agent) if agent else None
    try:
        restoration = restore_copies(here(), wanted, directory, agent_id, progress)
    finally:
        progress.clear()
    emit("".join(f"{one_line(line)}\n" for line in _restored_lines(restoration, directory)))
    context.exit(ExitCode.WARNING if restoration.left else ExitCode.OK)


@command.command("prune", cls=Command)
@click.option(
    "--older-than",
    "days",
    metavar="DAYS",
    type=click.IntRange(min=1),
    required=True,
    help="How long the session file must have been gone.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
def prune(*, days: int, dry_run: bool) -> None:
    """Delete copies of session files that have been gone for some days.

    What the database knows of them stays.
    """
    before_ms = time.time_ns() // 1_000_000 - days * _DAY_MS
    copies = prune_copies(here(), before_ms, dry_run=dry_run)
    freed = size(sum(copy.stored_size for copy in copies))
    told = f"would be deleted, which frees {freed}" if dry_run else f"deleted, {freed} freed"
    emit(f"{_copies(len(copies))} {told}\n")


def _copies(number: int) -> str:
    return f"{number:,} copy" if number == 1 else f"{number:,} copies"


def _archived_lines(archived: Archived) -> Iterator[str]:
    copied = _things((archived.files, "session file"), (archived.companions, "companion"))
    if copied:
        sizes = f"{size(archived.bytes)}, {size(archived.stored_bytes)} compressed"
        yield f"{copied} copied ({sizes})"
    else:
        yield "nothing new to copy"
    if archived.unchanged:
        yield f"{counted(archived.unchanged, 'session file')} unchanged since the last copy"
    for (agent, problem), times in sorted(archived.problems.items()):
        yield one_line(f"  {times:>7,}  {BY_ID[agent].name}: {problem.kind}: {problem.name}")


def _things(*numbers: tuple[int, str]) -> str:
    """Write the numbers of some things; those of which there are none are left out."""
    return " and ".join(counted(number, thing) for number, thing in numbers if number)


def _waiting_text(waiting: Sequence[SessionFile]) -> str:
    if not waiting:
        return "nothing new to copy\n"
    held = size(sum(file.size for file in waiting))
    lines = [f"{one_line(file.path)}  ({size(file.size)})\n" for file in waiting]
    return "".join([*lines, f"{counted(len(waiting), 'file')} to copy, {held}\n"])


def _verified_lines(verified: Verified) -> Iterator[str]:
    for copy, reason in verified.damaged:
        yield f"damaged: {copy.path}: {reason}"
    for path in verified.unknown:
        yield f"not known to the database: {path}"
    if verified.damaged:
        yield f"{_copies(len(verified.damaged))} damaged, {verified.whole:,} whole"
        yield "`fluxmirror archive` makes those anew whose session file is still there"
    else:
        yield f"{_copies(verified.whole)}, all whole"


def _restored_lines(restoration: Restoration, directory: str) -> Iterator[str]:
    for file in restoration.files:
        yield f"{file.path}  ({size(file.copy.size)})"
    for error in restoration.left:
        yield f"not restored: {error}"
    held = size(sum(file.copy.size for file in restoration.files))
    files = counted(len(restoration.files), "file")
    left = f", {len(restoration.left):,} not" if restoration.left else ""
    yield f"{files} restored into {os.path.abspath(directory)}, {held}{left}"


def _facts(copy: Copy) -> dict[str, Any]:
    return {
        "agent": copy.agent,
        "source": copy.source,
        "gone": not os.path.lexists(copy.source),
        "path": copy.path,
        "bytes": copy.size,
        "stored_bytes": copy.stored_size,
        "sha256": copy.sha256.hex(),
        "archived_ms": copy.archived_ms,
        "verified_ms": copy.verified_ms,
    }


def _list_text(copies: Sequence[Copy], agent: str | None) -> str:
    if not copies:
        return f"nothing of {BY_ID[agent].name} is archived\n" if agent else "nothing is archived\n"
    zone = chosen_zone()
    lines = _aligned([_HEAD, *(_cells(copy, zone) for copy in copies)])
    stored = size(sum(copy.stored_size for copy in copies))
    last = f"{_copies(len(copies))}, {stored}, in {one_line(archive_directory(here()))}"
    return "\n".join([*lines, last, ""])


def _cells(copy: Copy, zone: ZoneInfo) -> tuple[str, ...]:
    verified = "damaged" if copy.verified_ms is None else _day(copy.verified_ms, zone)
    gone = "" if os.path.lexists(copy.source) else " (gone)"
    held, stored = size(copy.size), size(copy.stored_size)
    copied = _day(copy.archived_ms, zone)
    return (copy.agent, held, stored, copied, verified, one_line(copy.source) + gone)


def _day(ts_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ts_ms / 1000, zone).date().isoformat()


def _aligned(table: Iterable[Sequence[str]]) -> list[str]:
    rows = list(table)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell:>{width}}" if place in _NUMBERS else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
