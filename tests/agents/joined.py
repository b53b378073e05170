"""What FluxMirror has of a run once the agent's session files are read too."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import places
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from pathlib import Path

    from fluxmirror_core.transcripts.problem import Problem

    from tests.agents.client import Client

_CALLS = """
SELECT tool, detail, outcome, exit_code, sources, response_key FROM event
WHERE kind = 'tool_call' AND session IN (SELECT value FROM json_each(?)) ORDER BY ts_ms, id
"""


class Joined(NamedTuple):
    """The calls of some sessions, by who told of them."""

    both: list[dict[str, Any]]
    hook_only: list[dict[str, Any]]
    file_only: list[dict[str, Any]]
    responses: int
    problems: Counter[tuple[str, Problem]]


def join(client: Client, flux_home: Path, sessions: Iterable[str]) -> Joined:
    """Import an agent's session files into what its hooks left; gives what became of the calls."""
    where = places({"FLUXMIRROR_HOME": str(flux_home)}, "linux")
    found = find_session_files(client.environment(), client.agent)
    imported = import_session_files(where, Settings(), found, open_book(where), Wanted())
    wanted = json.dumps(list(sessions))
    with closing(sqlite3.connect(where.database)) as db:
        db.row_factory = sqlite3.Row
        calls = [dict(row) for row in db.execute(_CALLS, (wanted,))]
        (responses,) = db.execute(
            "SELECT count(*) FROM response WHERE session IN (SELECT value FROM json_each(?))",
            (wanted,),
        ).fetchone()
    by_sources: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        by_sources.setdefault(call.pop("sources"), []).append(call)
    return Joined(
        by_sources.get("hook,transcript", []),
        by_sources.get("hook", []),
        by_sources.get("transcript", []),
        responses,
        imported.problems,
    )
