"""What the database knows of the copies: the only SQL of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.archiving import names
from fluxmirror_store.archiving.companions import companion_path, is_companion
from fluxmirror_store.archiving.copies import Content

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from fluxmirror_store.archiving.copies import Written
    from fluxmirror_store.importing.session_files import SessionFile

_SELECT: Final = """
SELECT c.id, c.source_id, s.agent, s.path, s.gone_ms, c.path, c.size, c.sha256, c.stored_size,
    c.source_size, c.source_mtime_ns, c.archived_ms, c.verified_ms
FROM archive_copy AS c JOIN source AS s ON s.id = c.source_id ORDER BY c.id
"""
_SAVE: Final = """
INSERT INTO archive_copy (source_id, path, size, sha256, stored_size, source_size,
    source_mtime_ns, archived_ms, verified_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET size = excluded.size, sha256 = excluded.sha256,
    stored_size = excluded.stored_size, source_size = excluded.source_size,
    source_mtime_ns = excluded.source_mtime_ns, archived_ms = excluded.archived_ms,
    verified_ms = excluded.verified_ms
"""
_TOLD_OF: Final = """
SELECT DISTINCT d.source_id FROM record AS d JOIN response AS r ON r.id = d.response_id
WHERE r.session = ?
"""
_BEGINNING: Final = """
SELECT DISTINCT session FROM response WHERE substr(session, 1, length(:begin)) = :begin
"""


class Copy(NamedTuple):
    """One copy, as it was noted."""

    id: int
    source_id: int
    agent: str
    source: str
    """The path of the session file, or of its companion, as the database writes it."""
    gone_ms: int | None
    """When the session file was first missed."""
    path: str
    """Below the archive's directory, parts by `/`."""
    size: int
    """Of what it holds, in bytes."""
    sha256: bytes
    stored_size: int
    source_size: int
    """What tells whether the session file has changed since it was copied."""
    source_mtime_ns: int
    archived_ms: int
    verified_ms: int | None
    """None when it was damaged."""

    @property
    def content(self) -> Content:
        """Say what it holds."""
        return Content(self.size, self.sha256)


def load_copies(db: sqlite3.Connection) -> list[Copy]:
    """Read what is noted of every copy, a source's last one last."""
    return [_of_companion(Copy(*row)) for row in db.execute(_SELECT)]


def _of_companion(copy: Copy) -> Copy:
    """Have a companion's copy name it: it is noted as of its session file, whose fate it shares."""
    if not is_companion(copy.agent, names.original(copy.path)):
        return copy
    return copy._replace(source=companion_path(copy.agent, copy.source))


def save_copy(  # noqa: PLR0913, PLR0917 - what is known of one copy
    db: sqlite3.Connection,
    source_id: int,
    path: str,
    written: Written,
    file: SessionFile,
    now_ms: int,
) -> None:
    """Note a copy, inside the caller's transaction; what was noted of `path` gives way.

    The source is the file's, or that of the session file whose companion it is.
    """
    content = (*written.content, written.stored_size)
    state = (file.size, file.mtime_ns)
    db.execute(_SAVE, (source_id, path, *content, *state, now_ms, now_ms))


def renew_copy(db: sqlite3.Connection, copy_id: int, file: SessionFile) -> None:
    """Note that a copy holds what its file does now, inside the caller's transaction."""
    db.execute(
        "UPDATE archive_copy SET source_size = ?, source_mtime_ns = ? WHERE id = ?",
        (file.size, file.mtime_ns, copy_id),
    )


def note_verified(db: sqlite3.Connection, copy_ids: Iterable[int], verified_ms: int | None) -> None:
    """Note when copies were read whole, or that they were not; inside the caller's transaction."""
    db.executemany(
        "UPDATE archive_copy SET verified_ms = ? WHERE id = ?",
        ((verified_ms, copy_id) for copy_id in copy_ids),
    )


def forget_copy(db: sqlite3.Connection, copy_id: int) -> None:
    """Take a copy out of what is known."""
    db.execute("DELETE FROM archive_copy WHERE id = ?", (copy_id,))


def sources_of_session(db: sqlite3.Connection, session: str) -> set[int]:
    """Give the ids of the sources that told of a session's responses."""
    return {source_id for (source_id,) in db.execute(_TOLD_OF, (session,))}


def sessions_beginning(db: sqlite3.Connection, begin: str) -> set[str]:
    """Give the sessions with responses whose ids begin so."""
    return {session for (session,) in db.execute(_BEGINNING, {"begin": begin})}
