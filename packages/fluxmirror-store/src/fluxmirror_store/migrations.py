"""Migrations: named steps, in order; how many are done is the schema version of a file.

A step is never edited once it was released. A step is one transaction, but for the one that moves
rows: it commits batch by batch, and whoever is killed in it goes on where it was.

Whoever opens a database asks here for its version: what moves the rows of older programs is loaded
where there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from fluxmirror_store import schema
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

APPLICATION_ID: Final = 0x464C5558
"""`FLUX`: how `file` and we know our databases."""

_OLDER: Final = {
    "schema_meta": {"version", "applied_at"},
    "agent_events": {"id", "ts", "agent"},
    "events": {"id", "ts_ms", "direction", "method", "message_json", "server_name"},
    "ai_cache": {"key", "response", "created_at", "cost_usd", "model", "provider"},
}
"""The older programs' tables, by the columns that each had from the beginning."""


class Progress(Protocol):
    """Told how far a long migration is."""

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` rows are moved."""


def upgrade(db: sqlite3.Connection, progress: Progress | None = None) -> None:
    """Bring the database to the newest schema, from every shape it ever had.

    Raises:
        sqlite3.Error: it could not; what was committed stays, and the next call goes on there.
    """
    for number, step in enumerate(STEPS, 1):
        if schema_version(db) < number:
            step(db, progress or _silent)
            _finish(db, number)


def is_ours(db: sqlite3.Connection) -> bool:
    """Tell whether a file is ours by its mark, empty, or one that an older program made."""
    # Read first: another process may be making the tables now.
    version = schema_version(db)
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    if mark != 0:
        return bool(mark == APPLICATION_ID)
    names = tables(db)
    if not names:
        return version == 0
    older = names & _OLDER.keys()
    return bool(older) and all(_OLDER[name] <= _columns(db, name) for name in older)


def is_blank(db: sqlite3.Connection) -> bool:
    """Tell whether nothing was ever written into a file: no table is in it, and no version."""
    return schema_version(db) == 0 and not tables(db)


def tables(db: sqlite3.Connection) -> set[str]:
    """Name the tables of a database."""
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def m001_baseline(db: sqlite3.Connection, _: Progress) -> None:
    """Make whatever an older program left complete: the columns it added bit by bit."""
    from fluxmirror_store import legacy

    with writing(db):
        db.execute(
            "CREATE TABLE IF NOT EXISTS schema_meta"
            " (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)"
        )
        if "agent_events" in tables(db):
            legacy.complete(db)


def m002_event(db: sqlite3.Connection, _: Progress) -> None:
    """Make the narrow tables and the views; set the older programs' tables aside."""
    # Views of the user's own keep the name they ask for: it will be a view's.
    db.execute("PRAGMA legacy_alter_table = ON")
    with writing(db):
        if schema_version(db) >= 2:  # noqa: PLR2004 - another process was faster
            return
        present = tables(db)
        if "agent_events" in present:
            db.execute("ALTER TABLE agent_events RENAME TO legacy_agent_events")
        if "events" in present:
            db.execute("ALTER TABLE events RENAME TO mcp_message")
        else:
            db.execute(schema.MCP_MESSAGE_TABLE)
        for statement in (schema.EVENT_TABLE, schema.PAYLOAD_TABLE, schema.TALLY_TABLE):
            db.execute(statement)
        for statement in (*schema.INDEXES, schema.EVENTS_VIEW, schema.AGENT_TIMELINE_VIEW):
            db.execute(statement)
        # Numbers go on where the older program's stopped, deleted rows included.
        db.execute(
            "INSERT INTO sqlite_sequence (name, seq)"
            " SELECT 'event', seq FROM sqlite_sequence WHERE name = 'legacy_agent_events'"
        )
        moving = "agent_events" in present
        db.execute(schema.AGENT_EVENTS_VIEW_WHILE_MOVING if moving else schema.AGENT_EVENTS_VIEW)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _record(db, 2)


def m003_move_legacy_rows(db: sqlite3.Connection, progress: Progress) -> None:
    """Move the older programs' rows, with what they lacked filled in."""
    from fluxmirror_store import legacy

    total, done = legacy.count(db), 0
    while moved := legacy.move_batch(db):
        done += moved
        progress(done, max(total, done))
    with writing(db):
        if legacy.is_waiting(db):
            db.execute("DROP VIEW agent_events")
            db.execute("DROP TABLE legacy_agent_events")
            db.execute(schema.AGENT_EVENTS_VIEW)


def m004_batches_and_versions(db: sqlite3.Connection, _: Progress) -> None:
    """Have a call that a batch told of wait on; count by the agent's version too."""
    with writing(db):
        if schema_version(db) >= 4:  # noqa: PLR2004 - another process was faster
            return
        db.execute("ALTER TABLE tally RENAME TO tally_without_version")
        db.execute(schema.TALLY_TABLE_BY_VERSION)
        db.execute(
            "INSERT INTO tally SELECT kind, agent, name, '', count, last_ms"
            " FROM tally_without_version"
        )
        db.execute("DROP TABLE tally_without_version")
        db.execute("DROP INDEX event_open")
        db.execute(schema.OPEN_INDEX)
        _record(db, 4)


def m005_transcripts(db: sqlite3.Connection, _: Progress) -> None:
    """Make room for what session files tell: responses, their prices, and whose the calls are."""
    with writing(db):
        if schema_version(db) >= 5:  # noqa: PLR2004 - another process was faster
            return
        db.execute("ALTER TABLE event ADD COLUMN response_key TEXT")
        for statement in (
            schema.SOURCE_TABLE,
            schema.READING_TABLE,
            schema.PRICE_TABLE,
            schema.RESPONSE_TABLE,
            schema.RECORD_TABLE,
            schema.HEARD_TABLE,
            schema.HEARD_SO_FAR,
            *schema.TRANSCRIPT_INDEXES,
            "DROP VIEW agent_events",
            "DROP VIEW agent_timeline",
            schema.AGENT_EVENTS_VIEW_WITH_RESPONSES,
            schema.AGENT_TIMELINE_VIEW_WITH_RESPONSES,
            schema.AGENT_RESPONSES_VIEW,
        ):
            db.execute(statement)
        _record(db, 5)


def m006_archive(db: sqlite3.Connection, _: Progress) -> None:
    """Make room for what is known of the copies of session files."""
    with writing(db):
        if schema_version(db) >= 6:  # noqa: PLR2004 - another process was faster
            return
        db.execute(schema.ARCHIVE_COPY_TABLE)
        db.execute(schema.ARCHIVE_INDEX)
        _record(db, 6)


def m007_outputs(db: sqlite3.Connection, _: Progress) -> None:
    """Make room for what tools gave back, for whoever wants that kept."""
    with writing(db):
        if schema_version(db) >= 7:  # noqa: PLR2004 - another process was faster
            return
        db.execute("ALTER TABLE payload ADD COLUMN output_text TEXT")
        _record(db, 7)


def m008_retention(db: sqlite3.Connection, _: Progress) -> None:
    """Make room for what hooks took, and for how far back things are kept."""
    with writing(db):
        if schema_version(db) >= 8:  # noqa: PLR2004 - another process was faster
            return
        db.execute(schema.HOOK_TIME_TABLE)
        db.execute(schema.PRUNED_TABLE)
        _record(db, 8)


def m009_hours(db: sqlite3.Connection, _: Progress) -> None:
    """Make room for hours that are added up, and note each that something changes in."""
    with writing(db):
        if schema_version(db) >= 9:  # noqa: PLR2004 - another process was faster
            return
        for statement in (
            schema.ACTIVITY_HOUR_TABLE,
            schema.USAGE_HOUR_TABLE,
            schema.FILE_SIGHTING_TABLE,
            schema.STALE_HOUR_TABLE,
            schema.PROJECT_TABLE,
            *schema.STALE_TRIGGERS,
            *schema.HOUR_INDEXES,
            *schema.ALL_HOURS_STALE,
        ):
            db.execute(statement)
        _record(db, 9)


def m010_quick_reading(db: sqlite3.Connection, _: Progress) -> None:
    """Have reports read less: what is small first, and indexes with what most rows are asked."""
    with writing(db):
        if schema_version(db) >= 10:  # noqa: PLR2004 - another process was faster
            return
        for statement in schema.QUICK_READING:
            db.execute(statement)
        _record(db, 10)


STEPS: Final[tuple[Callable[[sqlite3.Connection, Progress], None], ...]] = (
    m001_baseline,
    m002_event,
    m003_move_legacy_rows,
    m004_batches_and_versions,
    m005_transcripts,
    m006_archive,
    m007_outputs,
    m008_retention,
    m009_hours,
    m010_quick_reading,
)


def _silent(done: int, total: int) -> None:
    """Tell nobody: a drain that a hook started must not be heard."""


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}


def schema_version(db: sqlite3.Connection) -> int:
    """Give the schema version of an open database; 0 for one no program versioned."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _finish(db: sqlite3.Connection, number: int) -> None:
    with writing(db):
        if schema_version(db) < number:  # or another process was faster
            _record(db, number)


def _record(db: sqlite3.Connection, number: int) -> None:
    db.execute(
        "INSERT OR IGNORE INTO schema_meta (version, applied_at)"
        " VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
        (number,),
    )
    db.execute(f"PRAGMA user_version = {number}")
