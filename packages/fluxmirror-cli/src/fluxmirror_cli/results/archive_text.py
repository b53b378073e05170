"""What `fluxmirror archive` tells people: what was done with copies → text."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.stored_reasons import said_reason
from fluxmirror_store.importing.session_files import UNREADABLE

from fluxmirror_cli.health.row import size
from fluxmirror_cli.speech import say
from fluxmirror_cli.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.transcripts.problem import Problem
    from fluxmirror_store.archiving.restoring import Restoration, Restored
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.archiving.run import Archived
    from fluxmirror_store.archiving.upkeep import Verified
    from fluxmirror_store.importing.session_files import SessionFile

_HEAD: Final = (
    message("archive_text.column.agent"),
    message("archive_text.column.size"),
    message("archive_text.column.stored"),
    message("archive_text.column.copied"),
    message("archive_text.column.verified"),
    message("archive_text.column.file"),
)
_NUMBERS: Final = (1, 2)
"""Columns that are written to the right."""


def archived_text(archived: Archived) -> str:
    """Say what was copied."""
    return _text(_archived_lines(archived))


def waiting_text(waiting: Sequence[SessionFile]) -> str:
    """Say what would be copied."""
    if not waiting:
        return _text([message("archive_text.nothing_new")])
    held = size(sum(file.size for file in waiting))
    lines = [f"{file.path}  ({size(file.size)})" for file in waiting]
    return _text([*lines, counted("archive_text.to_copy", len(waiting), size=held)])


def copies_text(copies: Sequence[Copy], agent: str | None, directory: str, zone: ZoneInfo) -> str:
    """List the copies: all of them, or those of one agent."""
    if not copies:
        return _text([_no_copies(agent)])
    rows = [tuple(map(say, _HEAD)), *(_cells(copy, zone) for copy in copies)]
    lines = aligned(rows, right=_NUMBERS).splitlines()
    stored = size(sum(copy.stored_size for copy in copies))
    kept = counted("archive_text.kept", len(copies), size=stored, directory=directory)
    return _text([*lines, kept])


def verified_text(verified: Verified) -> str:
    """Say what is whole, and what is not."""
    return _text(_verified_lines(verified))


def restored_text(restoration: Restoration, directory: str) -> str:
    """Say what was written, and what could not be."""
    return _text(_restored_lines(restoration, directory))


def pruned_text(copies: Sequence[Copy], *, dry_run: bool) -> str:
    """Say what was deleted, or would be."""
    freed = size(sum(copy.stored_size for copy in copies))
    what = "archive_text.to_delete" if dry_run else "archive_text.deleted"
    return _text([counted(what, len(copies), size=freed)])


def _archived_lines(archived: Archived) -> Iterator[Sayable]:
    if archived.files or archived.companions:
        yield message(
            "archive_text.copied",
            what=_files(archived.files, archived.companions),
            size=size(archived.bytes),
            stored=size(archived.stored_bytes),
        )
    else:
        yield message("archive_text.nothing_new")
    if archived.unchanged:
        yield counted("archive_text.unchanged", archived.unchanged)
    for (agent, problem), times in sorted(archived.problems.items()):
        yield f"  {times:>7,}  {say(_problem(agent, problem))}"


def _verified_lines(verified: Verified) -> Iterator[Sayable]:
    for copy, reason in verified.damaged:
        yield message("archive_text.damaged", path=copy.path, reason=reason)
    for path in verified.unknown:
        yield message("archive_text.not_known", path=path)
    if verified.damaged:
        whole = f"{verified.whole:,}"
        yield counted("archive_text.some_damaged", len(verified.damaged), whole=whole)
        yield message("archive_text.made_anew")
    else:
        yield counted("archive_text.all_whole", verified.whole)


def _restored_lines(restoration: Restoration, directory: str) -> Iterator[Sayable]:
    for file in restoration.files:
        yield _restored(file)
    for error in restoration.left:
        yield message("archive_text.not_restored", reason=error.sentence)
    files, left = len(restoration.files), len(restoration.left)
    held = size(sum(file.copy.size for file in restoration.files))
    path = os.path.abspath(directory)
    if left:
        yield counted(
            "archive_text.restored_in_part", files, path=path, size=held, left=f"{left:,}"
        )
    else:
        yield counted("archive_text.restored", files, path=path, size=held)


def _text(lines: Iterable[Sayable]) -> str:
    return "".join(f"{one_line(say(line))}\n" for line in lines)


def _no_copies(agent: str | None) -> Message:
    if agent is None:
        return message("copies.none")
    return message("archive_text.nothing_of_agent", agent=BY_ID[agent].name)


def _files(files: int, companions: int) -> Message:
    """Count what was copied; at least one of the two."""
    told = counted("archive_text.files", files), counted("archive_text.companions", companions)
    if files and companions:
        return message("archive_text.both", files=told[0], companions=told[1])
    return told[0] if files else told[1]


def _problem(agent: str, problem: Problem) -> Message:
    unreadable = message("importing.problem.unreadable")
    kind = unreadable if problem.kind == UNREADABLE else problem.kind
    what = message("importing.problem.named", problem=kind, name=said_reason(problem.name))
    return message("importing.problem.named", problem=BY_ID[agent].name, name=what)


def _restored(file: Restored) -> Sayable:
    held = size(file.copy.size)
    if file.is_shared:
        return message("archive_text.shared", path=file.path, size=held)
    return f"{file.path}  ({held})"


def _cells(copy: Copy, zone: ZoneInfo) -> tuple[str, ...]:
    damaged = message("archive_text.is_damaged")
    verified = say(damaged) if copy.verified_ms is None else _day(copy.verified_ms, zone)
    source = copy.source
    if not os.path.lexists(source):
        source = say(message("archive_text.gone", path=source))
    held, stored = size(copy.size), size(copy.stored_size)
    return (copy.agent, held, stored, _day(copy.archived_ms, zone), verified, source)


def _day(ts_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ts_ms / 1000, zone).date().isoformat()
