"""What `fluxmirror archive` tells people: what was done with copies → text."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.health.row import size
from fluxmirror_cli.table import aligned
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


def archived_text(archived: Archived) -> str:
    """Say what was copied."""
    return _text(_archived_lines(archived))


def waiting_text(waiting: Sequence[SessionFile]) -> str:
    """Say what would be copied."""
    if not waiting:
        return "nothing new to copy\n"
    held = size(sum(file.size for file in waiting))
    lines = [f"{file.path}  ({size(file.size)})" for file in waiting]
    return _text([*lines, f"{counted(len(waiting), 'file')} to copy, {held}"])


def copies_text(copies: Sequence[Copy], agent: str | None, directory: str, zone: ZoneInfo) -> str:
    """List the copies: all of them, or those of one agent."""
    if not copies:
        return f"nothing of {BY_ID[agent].name} is archived\n" if agent else "nothing is archived\n"
    rows = [_HEAD, *(_cells(copy, zone) for copy in copies)]
    lines = aligned(rows, right=_NUMBERS).splitlines()
    stored = size(sum(copy.stored_size for copy in copies))
    return _text([*lines, f"{_copies(len(copies))}, {stored}, in {directory}"])


def verified_text(verified: Verified) -> str:
    """Say what is whole, and what is not."""
    return _text(_verified_lines(verified))


def restored_text(restoration: Restoration, directory: str) -> str:
    """Say what was written, and what could not be."""
    return _text(_restored_lines(restoration, directory))


def pruned_text(copies: Sequence[Copy], *, dry_run: bool) -> str:
    """Say what was deleted, or would be."""
    freed = size(sum(copy.stored_size for copy in copies))
    told = f"would be deleted, which frees {freed}" if dry_run else f"deleted, {freed} freed"
    return f"{_copies(len(copies))} {told}\n"


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
        yield f"  {times:>7,}  {BY_ID[agent].name}: {problem.kind}: {problem.name}"


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
        why = "; tells of responses of this session, too" if file.is_shared else ""
        yield f"{file.path}  ({size(file.copy.size)}{why})"
    for error in restoration.left:
        yield f"not restored: {error}"
    held = size(sum(file.copy.size for file in restoration.files))
    files = counted(len(restoration.files), "file")
    left = f", {len(restoration.left):,} not" if restoration.left else ""
    yield f"{files} restored into {os.path.abspath(directory)}, {held}{left}"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in lines)


def _copies(number: int) -> str:
    return counted(number, "copy", "copies")


def _things(*numbers: tuple[int, str]) -> str:
    """Write the numbers of some things; those of which there are none are left out."""
    return " and ".join(counted(number, thing) for number, thing in numbers if number)


def _cells(copy: Copy, zone: ZoneInfo) -> tuple[str, ...]:
    verified = "damaged" if copy.verified_ms is None else _day(copy.verified_ms, zone)
    gone = "" if os.path.lexists(copy.source) else " (gone)"
    held, stored = size(copy.size), size(copy.stored_size)
    copied = _day(copy.archived_ms, zone)
    return (copy.agent, held, stored, copied, verified, copy.source + gone)


def _day(ts_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ts_ms / 1000, zone).date().isoformat()
