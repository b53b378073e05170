"""Projects: the roots of repositories that calls were made in, and the remote of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_store.portions import portions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.builders import Builders

_AGAIN_MS: Final = 86_400_000
"""So long what is known of a repository holds: many get a remote only once there is work in it."""
_OLDER_AT_ONCE: Final = 200
_FRESH: Final = "SELECT root FROM project WHERE looked_ms > ? AND root IN"
_NOTE: Final = """
INSERT INTO project (root, remote, looked_ms) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE
SET remote = coalesce(excluded.remote, remote), looked_ms = excluded.looked_ms
"""
# From one root of the index to the next: each has many rows.
_NEVER_LOOKED_FOR: Final = """
WITH RECURSIVE found (root) AS (
    SELECT min(root) FROM activity_hour WHERE root > ''
    UNION ALL
    SELECT (SELECT min(root) FROM activity_hour WHERE root > found.root)
    FROM found WHERE found.root IS NOT NULL
)
SELECT root, (
    SELECT agent FROM activity_hour WHERE root = found.root ORDER BY hour DESC LIMIT 1
)
FROM found WHERE root IS NOT NULL AND root NOT IN (SELECT root FROM project)
ORDER BY (SELECT max(hour) FROM activity_hour WHERE root = found.root) DESC, root LIMIT ?
"""
_FORGET: Final = """
DELETE FROM project WHERE root NOT IN (SELECT root FROM usage_hour)
AND NOT EXISTS (SELECT 1 FROM activity_hour WHERE root = project.root)
AND NOT EXISTS (SELECT 1 FROM stale_hour)
"""
_KNOWN: Final = "SELECT root, remote FROM project"


def look_for_remotes(
    db: sqlite3.Connection, events: Iterable[AgentEvent], builders: Builders, now_ms: int
) -> dict[str, str | None]:
    """Read the remotes of the events' repositories that were not looked for in the last day.

    Args:
        db: what is known already.
        events: of which the repositories are.
        builders: know what of a place is to be masked: a remote with that in it is none.
        now_ms: the time, in UTC milliseconds.

    Returns:
        Root → `host/owner/name`, or None.
    """
    agents = {event.repo: event.agent for event in events if event.repo}
    for some, marks in portions(agents):
        for (root,) in db.execute(f"{_FRESH} ({marks})", (now_ms - _AGAIN_MS, *some)).fetchall():
            del agents[root]
    return {root: _unmasked_remote(root, agent, builders) for root, agent in agents.items()}


def look_for_older_remotes(db: sqlite3.Connection, builders: Builders) -> dict[str, str | None]:
    """Read the remotes of projects that were recorded before anybody looked for remotes.

    The newest of them, some at a time. Of a directory that is no repository it is noted too, so
    that nobody looks again.

    Args:
        db: what is known already.
        builders: as `look_for_remotes` has them.

    Returns:
        Root → `host/owner/name`, or None.
    """
    found = db.execute(_NEVER_LOOKED_FOR, (_OLDER_AT_ONCE,)).fetchall()
    return {root: _unmasked_remote(root, agent, builders) for root, agent in found}


def note_remotes(db: sqlite3.Connection, remotes: Mapping[str, str | None], now_ms: int) -> None:
    """Keep what was found, inside the caller's transaction; a remote that is gone stays known."""
    db.executemany(_NOTE, ((root, remote, now_ms) for root, remote in remotes.items()))


def forget_projects(db: sqlite3.Connection) -> None:
    """Forget projects of which nothing is left in any hour, inside the caller's transaction.

    While an hour is not added up, nobody knows whose calls it has: all stay.
    """
    db.execute(_FORGET)


def known_remotes(db: sqlite3.Connection) -> dict[str, str | None]:
    """Give `host/owner/name` of every repository by its root; None where it has no remote."""
    return dict(db.execute(_KNOWN).fetchall())


def _unmasked_remote(root: str, agent: str, builders: Builders) -> str | None:
    from fluxmirror_core.remotes import read_remote  # what reads rows needs none of it

    builder = builders.within(agent, root)
    remote = None if builder is None else read_remote(root)
    if builder is None or remote is None:
        return None
    return remote if builder.scrubber.text(remote) == remote else None
