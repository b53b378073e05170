"""What `uninstall` shows of everything that is ours beside the agents' registrations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.messages import counted, message
from fluxmirror_store.recorded import count_recorded

from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.screens import fitted, from_home
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fluxmirror_core.messages import Message

    from fluxmirror_cli.leaving.everything import Everything


def describe_everything(ours: Everything, *, purging: bool) -> str:
    """Say what would be removed, beside what is registered in agents."""
    edited = frozenset(ours.edited)
    gone = _would_go(ours, purging=purging)
    words = {path: "leaving.take" if path in edited else "files.remove" for path in gone}
    return "".join(f"{say(message(one, path=path))}\n" for path, one in words.items())


def everything_facts(ours: Everything, *, purging: bool) -> dict[str, object]:
    """Tell what would be removed, and what would stay."""
    gone = _would_go(ours, purging=purging)
    kept = [one for one in kept_facts(ours) if not purging or one["path"] not in gone]
    return {
        "remove": [path for path in gone if path not in ours.edited],
        "take_out_of": [path for path in gone if path in ours.edited],
        "keep": kept,
        "recorded": recorded_facts(ours),
    }


def describe_removed(paths: list[str], edited: Collection[str]) -> str:
    """Say what was removed, and what only lost our lines."""
    words = {path: "leaving.taken" if path in edited else "leaving.removed" for path in paths}
    return "".join(f"{say(message(one, path=path))}\n" for path, one in words.items())


def describe_kept(ours: Everything, *, purging: bool = False) -> str:
    """Name all that is ours and stays, each on a line with what it is.

    Args:
        ours: what is there.
        purging: whether what a purge deletes will be gone.
    """
    kept = [thing for thing in ours.kept() if not (purging and thing.is_deletable)]
    words = (message("leaving.kept", path=thing.path, what=thing.what) for thing in kept)
    return "".join(map(fitted, words))


def describe_needed(ours: Everything, agents: Sequence[str]) -> str:
    """Say what stays because agents are still recorded."""
    edited = frozenset(ours.edited)
    words = {
        path: "leaving.kept_lines" if path in edited else "leaving.kept" for path in _needed(ours)
    }
    why = _still_there(agents)
    return "".join(fitted(message(one, path=path, what=why)) for path, one in words.items())


def needed_facts(ours: Everything, agents: Sequence[str]) -> list[dict[str, object]]:
    """Tell what stays because agents are still recorded."""
    why = str(_still_there(agents))
    return [{"path": path, "what": why} for path in _needed(ours)]


def kept_facts(ours: Everything) -> list[dict[str, object]]:
    """Tell what stays, and why."""
    return [{"path": thing.path, "what": str(thing.what)} for thing in ours.kept()]


def recorded_facts(ours: Everything) -> dict[str, object]:
    """Tell how much the database holds, and how much waits to go into it."""
    recorded = count_recorded(ours.places.database)
    return {**recorded._asdict(), "waiting": _waiting(ours.places.spool)}


def describe_toll(ours: Everything) -> Message:
    """Say how much a purge costs, in a sentence."""
    recorded = count_recorded(ours.places.database)
    number = _waiting(ours.places.spool)
    waiting = counted("leaving.waiting", number)
    if not recorded.is_known:
        path = from_home(ours.places.database, ours.situation.env)
        if not number:
            return message("leaving.toll.file", path=path)
        return message("leaving.toll.file_and_waiting", path=path, waiting=waiting)
    events = counted("unit.events", recorded.events)
    responses = counted("unit.responses", recorded.responses)
    if not number:
        return message("leaving.toll.known", events=events, responses=responses)
    return message(
        "leaving.toll.known_and_waiting", events=events, responses=responses, waiting=waiting
    )


def _would_go(ours: Everything, *, purging: bool) -> list[str]:
    deleted = [thing.path for thing in ours.deletable()] if purging else []
    return list(dict.fromkeys([*ours.packages, *ours.undone, *deleted, *ours.caches]))


def _needed(ours: Everything) -> list[str]:
    """List what goes with the last agent, but for what only saves time."""
    return list(dict.fromkeys([*ours.packages, *ours.undone]))


def _still_there(agents: Sequence[str]) -> Message:
    return message("leaving.what.needed", agents=", ".join(map(name_of, agents)))


def _waiting(spool: str) -> int:
    try:
        return len(os.listdir(os.path.join(spool, "new")))
    except OSError:
        return 0
