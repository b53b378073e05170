"""Who told of which calls: counted by the hour; only those that may lack something are read."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.session_names import ONE_FOR_ALL, likely_paths
from fluxmirror_core.analysis.told_calls import (
    FILES,
    HOOKS,
    AgentSigns,
    Gap,
    OddCall,
    ReadFile,
    ToldCalls,
)
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BEFORE, Kind, Outcome

from fluxmirror_store.importing.passes import CALLS, USAGE
from fluxmirror_store.phase_counts import phase_counts
from fluxmirror_store.queries import snapshot
from fluxmirror_store.session_signs import file_signs, hook_signs, is_about_files

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

    from fluxmirror_core.analysis.told_calls import PhaseCount

    from fluxmirror_store.importing.session_files import SessionFile
    from fluxmirror_store.queries import Window

    Look = Callable[[str, str], SessionFile | None]

_ALL: Final = BEFORE | AFTER | ASKED | ANSWERED
_NS_PER_MS: Final = 1_000_000

_COUNTED: Final = f"""
kind = '{Kind.TOOL_CALL}' AND self_noise = 0 AND ts_ms >= :start_ms AND ts_ms < :end_ms
"""
# In the words of the index `event_odd`: in others, SQLite walks over all calls. The index has to be
# named, as it is wider than the one of all calls, and a few of its rows less seem no reason.
_LACKING: Final = f"phases > 0 AND phases & {_ALL} <> {_ALL}"
_IS_EARLY: Final = f"phases & {HOOKS} = 0 AND ts_ms < :hooked_ms"
EARLY: Final = f"""
SELECT count(*) FROM event INDEXED BY event_odd
WHERE agent = :agent AND {_COUNTED} AND {_LACKING} AND {_IS_EARLY}
"""
_FIRST_HEARD: Final = "SELECT first_ms FROM heard WHERE agent = ?"
ODD: Final = f"""
SELECT agent, ts_ms, max(coalesce(ended_ms, ts_ms), ts_ms), session, subagent, call_id, tool,
    coalesce(detail, ''), cwd, outcome, exit_code, phases
FROM event INDEXED BY event_odd
WHERE agent = :agent AND {_COUNTED} AND {_LACKING}
AND NOT ({_IS_EARLY})
AND CASE
    WHEN phases & {FILES} = 0 THEN :has_files
    WHEN phases & {HOOKS} = 0 THEN 1
    WHEN phases & {BEFORE | AFTER} = {AFTER} THEN 1
    WHEN phases & {AFTER} THEN phases & {ASKED | ANSWERED} = {ASKED}
    ELSE phases & {ANSWERED} AND outcome IN ('{Outcome.OK}', '{Outcome.FAILED}')
END
ORDER BY ts_ms, id
"""
_HAS_FILES: Final = "SELECT EXISTS (SELECT 1 FROM source WHERE agent = ?)"
# As one text: thousands of rows take three times as long. No path has a NUL in it.
_PATHS: Final = "SELECT coalesce(group_concat(path, char(0)), '') FROM source"
_PATHS_OF: Final = "SELECT path FROM source WHERE agent = ?"
_FILES: Final = f"""
SELECT s.agent, s.path, c.size, c.mtime_ns, u.size, u.mtime_ns
FROM json_each(?) AS asked CROSS JOIN source AS s ON s.path = asked.value
LEFT JOIN reading AS c ON c.source_id = s.id AND c.what = '{CALLS}'
LEFT JOIN reading AS u ON u.source_id = s.id AND u.what = '{USAGE}'
"""
_IS_TOLD: Final = f"""
SELECT EXISTS (
    SELECT 1 FROM event
    WHERE agent = :agent AND ts_ms BETWEEN :first_ms AND :last_ms AND kind = '{Kind.TOOL_CALL}'
    AND phases & :phases AND (:failed IS NULL OR (outcome IS '{Outcome.FAILED}') = :failed)
    {{of_session}})
"""
_TOLD_AT_ALL: Final = _IS_TOLD.format(of_session="")
TOLD_IN_SESSION: Final = _IS_TOLD.format(of_session="AND session = :session")
STATEMENTS: Final = (EARLY, ODD, _TOLD_AT_ALL, TOLD_IN_SESSION)


def told_calls(db: sqlite3.Connection, wanted: Window, look: Look) -> ToldCalls:
    """Ask who told of the calls of a window, of one state of the database.

    Args:
        db: open for reading, outside of a transaction.
        wanted: which calls.
        look: gives a session file as it lies there now, by its agent and its path as it is stored;
            None where nobody would read on in it. Asked only of files that matter.
    """
    with snapshot(db):
        counts = phase_counts(db, wanted)
        by_agent = {agent: list(own) for agent, own in groupby(counts, lambda one: one.agent)}
        agents = {agent: _signs(db, wanted, own) for agent, own in by_agent.items()}
        odd = [
            call
            for agent, own in by_agent.items()
            for call in _odd_calls(db, wanted, own, agents[agent])
        ]
        of_files = [call for call in odd if is_about_files(call)]
        files = _read_files(db, of_files, look) if of_files else []
        hooked, filed = hook_signs(db, odd, agents), file_signs(db, odd)
        return ToldCalls(counts, agents, odd, hooked, filed, files)


def is_told(db: sqlite3.Connection, gap: Gap) -> bool:
    """Tell whether in a stretch of time anybody told of a call what others lack."""
    question = _TOLD_AT_ALL if gap.session is None else TOLD_IN_SESSION
    return bool(db.execute(question, gap._asdict()).fetchone()[0])


def _signs(db: sqlite3.Connection, wanted: Window, counts: Sequence[PhaseCount]) -> AgentSigns:
    """Look since when an agent's hooks are heard, and what was before.

    Args:
        db: open for reading.
        wanted: which calls.
        counts: those of the agent.
    """
    agent = counts[0].agent
    has_files = bool(db.execute(_HAS_FILES, (agent,)).fetchone()[0])
    hooked_ms = _first_heard(db, agent)
    if hooked_ms is None or hooked_ms >= wanted.end_ms:
        alone = (count.calls for count in counts if count.phases and not count.phases & HOOKS)
        return AgentSigns(hooked_ms, sum(alone), has_files)
    early = 0
    if hooked_ms >= wanted.start_ms:
        early = db.execute(EARLY, _values(wanted, agent, hooked_ms)).fetchone()[0]
    return AgentSigns(hooked_ms, early, has_files)


def _first_heard(db: sqlite3.Connection, agent: str) -> int | None:
    found = db.execute(_FIRST_HEARD, (agent,)).fetchone()
    return found[0] if found else None


def _odd_calls(
    db: sqlite3.Connection, wanted: Window, counts: Sequence[PhaseCount], signs: AgentSigns
) -> list[OddCall]:
    """Read calls that may lack something, where the counts say that there are any."""
    odd = sum(count.calls for count in counts if count.phases and count.phases & _ALL != _ALL)
    if odd == signs.early:
        return []
    values = {**_values(wanted, counts[0].agent, signs.hooked_ms), "has_files": signs.has_files}
    return [OddCall(*row) for row in db.execute(ODD, values)]


def _values(wanted: Window, agent: str, hooked_ms: int | None) -> dict[str, object]:
    never = wanted.end_ms
    return {
        **wanted._asdict(),
        "agent": agent,
        "hooked_ms": never if hooked_ms is None else hooked_ms,
    }


def _read_files(db: sqlite3.Connection, calls: Iterable[OddCall], look: Look) -> list[ReadFile]:
    """Give the session files that calls may be in, and how far these are read."""
    known = db.execute(_PATHS).fetchone()[0].split("\0")
    paths = set(likely_paths(known, calls))
    if any(call.agent == ONE_FOR_ALL for call in calls):
        paths.update(path for (path,) in db.execute(_PATHS_OF, (ONE_FOR_ALL,)))
    asked = json.dumps(sorted(paths))
    return [_read_file(look, *row) for row in db.execute(_FILES, (asked,))]


def _read_file(look: Look, agent: str, path: str, *read: int | None) -> ReadFile:
    """Say how far a file is read.

    Args:
        look: as `told_calls` has it.
        agent: whose file it is.
        path: as it is stored.
        read: size and time it had when its calls were read, and when its usage was; None for never.
    """
    mtime_ns = read[1]
    if not mtime_ns:  # one of which there is more is noted without a time
        return ReadFile(agent, path, read_ms=None, is_whole=False)
    file = look(agent, path)
    is_whole = file is None or read == (file.size, file.mtime_ns) * 2
    return ReadFile(agent, path, mtime_ns // _NS_PER_MS, is_whole)
