"""What a made set of transcripts has to give, compared with what a database holds of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import places as places_of
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found

SCRIPT = Path(__file__).parents[1] / "scripts" / "make_transcripts.py"
AGENTS = {
    "claude": "claude-code",
    "codex": "codex-cli",
    "gemini": "gemini-cli",
    "qwen": "qwen-code",
    "copilot": "copilot-cli",
    "opencode": "opencode",
}
"""As the set calls them → as we do."""
COUNTS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
_SUMS = ", ".join(f"sum({name}_tokens)" for name in COUNTS)
KEYS = {
    "by_agent": ("agent",),
    "by_agent_model": ("agent", "model"),
    "by_agent_model_day": ("agent", "model", "date(ts_ms / 1000, 'unixepoch')"),
    "by_session": ("agent", "session"),
}
"""The truth's lists → the columns they are added up by."""
_CALLS = "SELECT agent, session, call_id, outcome FROM event WHERE kind = 'tool_call'"

Calls = dict[tuple[str, str], list[tuple[str, str]]]
Sums = dict[tuple[Any, ...], tuple[Any, ...]]


def make_set(home: Path, megabytes: int, *arguments: str) -> None:
    """Fill a home with the agents' session files."""
    command = [sys.executable, str(SCRIPT), str(home), "--megabytes", str(megabytes), *arguments]
    subprocess.run(command, check=True, capture_output=True)


def places_at(directory: Path) -> Places:
    """Give the places of a FluxMirror that keeps everything in one directory."""
    return places_of({"FLUXMIRROR_HOME": str(directory)}, sys.platform)


def find(home: Path) -> Found:
    """Find the session files of a home."""
    return find_session_files({"HOME": str(home)})


def import_all(places: Places, found: Found, wanted: Wanted | None = None) -> Imported:
    """Import session files, priced."""
    return import_session_files(places, Settings(), found, open_book(places), wanted or Wanted())


def truth_of(home: Path, name: str) -> Sums:
    """Give a list of the truth: keys → responses, counts, unpriced responses, cost."""
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    keys = [key.partition("(")[0] for key in KEYS[name]]
    sums = {}
    for row in truth[name]:
        key = tuple(row["day" if key == "date" else key] for key in keys)
        cost = None if row["cost"] is None else Decimal(row["cost"])
        counts = (row[f"{count}_tokens"] for count in COUNTS)
        of = (AGENTS[key[0]], *key[1:])
        sums[of] = (row["responses"], *counts, row["unpriced_responses"], cost)
    return sums


def stored(places: Places, name: str) -> Sums:
    """Give the same of a database."""
    keys = ", ".join(KEYS[name])
    query = f"""
        SELECT {keys}, count(*), {_SUMS}, sum(cost_pico IS NULL), sum(cost_pico)
        FROM response GROUP BY {keys}
    """
    with closing(connect_to_read(places.database)) as db:
        rows = db.execute(query).fetchall()
    width = len(KEYS[name])
    return {row[:width]: (*row[width:-1], _decimal(row[-1])) for row in rows}


def told_calls(home: Path) -> Calls:
    """Give the calls that the set names: agent and session → id and outcome, sorted."""
    told = json.loads((home / "calls.json").read_text(encoding="utf-8"))
    return {
        (AGENTS[agent], session): sorted((call["id"], call["outcome"]) for call in calls)
        for agent, sessions in told.items()
        for session, calls in sessions.items()
    }


def stored_calls(places: Places) -> Calls:
    """Give the same of a database."""
    calls = defaultdict(list)
    with closing(connect_to_read(places.database)) as db:
        for agent, session, call_id, outcome in db.execute(_CALLS):
            # OpenCode's ids are only unique in a subagent: we put that before them.
            calls[agent, session].append((call_id.rpartition("/")[2], outcome))
    return {key: sorted(its) for key, its in calls.items()}


def _decimal(pico: int | None) -> Decimal | None:
    return None if pico is None else Decimal(pico) / 10**12
