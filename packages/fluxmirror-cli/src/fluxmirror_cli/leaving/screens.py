"""What `uninstall` shows of everything that is ours beside the agents' registrations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_store.recorded import count_recorded

from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.screens import from_home, wrapped
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from fluxmirror_cli.leaving.everything import Everything

_STILL_RUNNING: Final = "an agent that is still running may write until it is closed"


def describe_everything(ours: Everything, *, purging: bool) -> str:
    """Say what would be removed, beside what is registered in agents."""
    edited = frozenset(ours.edited)
    gone = _would_go(ours, purging=purging)
    words = {path: "take our lines out of" if path in edited else "remove" for path in gone}
    return "".join(f"{verb} {path}\n" for path, verb in words.items())


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
    words = {path: "took our lines out of" if path in edited else "removed" for path in paths}
    return "".join(f"{verb} {path}\n" for path, verb in words.items())


def describe_kept(ours: Everything, *, purging: bool = False) -> str:
    """Name all that is ours and stays, each on a line with what it is.

    Args:
        ours: what is there.
        purging: whether what a purge deletes will be gone.
    """
    kept = [thing for thing in ours.kept() if not (purging and thing.is_deletable)]
    return "".join(f"kept {thing.path}: {thing.what}\n" for thing in kept)


def describe_needed(ours: Everything, agents: Sequence[str]) -> str:
    """Say what stays because agents are still recorded."""
    edited = frozenset(ours.edited)
    return "".join(
        f"kept {'our lines in ' if path in edited else ''}{path}: {_still_there(agents)}\n"
        for path in _needed(ours)
    )


def needed_facts(ours: Everything, agents: Sequence[str]) -> list[dict[str, object]]:
    """Tell what stays because agents are still recorded."""
    why = _still_there(agents)
    return [{"path": path, "what": why} for path in _needed(ours)]


def kept_facts(ours: Everything) -> list[dict[str, object]]:
    """Tell what stays, and why."""
    return [{"path": thing.path, "what": thing.what} for thing in ours.kept()]


def recorded_facts(ours: Everything) -> dict[str, object]:
    """Tell how much the database holds, and how much waits to go into it."""
    recorded = count_recorded(ours.places.database)
    return {**recorded._asdict(), "waiting": _waiting(ours.places.spool)}


def describe_toll(ours: Everything) -> str:
    """Say how much a purge costs, in a sentence."""
    recorded = count_recorded(ours.places.database)
    if not recorded.is_known:
        told = f"what is in {from_home(ours.places.database, ours.situation.env)}"
    else:
        told = f"{counted(recorded.events, 'event')}, {counted(recorded.responses, 'response')}"
    waiting = _waiting(ours.places.spool)
    if waiting:
        told += f" and {counted(waiting, 'event')} that wait"
    return wrapped(f"This deletes {told} for good; {_STILL_RUNNING}.")


def _would_go(ours: Everything, *, purging: bool) -> list[str]:
    deleted = [thing.path for thing in ours.deletable()] if purging else []
    return list(dict.fromkeys([*ours.packages, *ours.undone, *deleted, *ours.caches]))


def _needed(ours: Everything) -> list[str]:
    """List what goes with the last agent, but for what only saves time."""
    return list(dict.fromkeys([*ours.packages, *ours.undone]))


def _still_there(agents: Sequence[str]) -> str:
    names = ", ".join(map(name_of, agents))
    return f"our hooks are still in {names}"


def _waiting(spool: str) -> int:
    try:
        return len(os.listdir(os.path.join(spool, "new")))
    except OSError:
        return 0
