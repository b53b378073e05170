"""What `uninstall` shows of everything that is ours beside the agents' registrations."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_store.recorded import count_recorded

from fluxmirror_cli.registration.screens import from_home, wrapped
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from fluxmirror_cli.leaving.everything import Everything

_STILL_RUNNING: Final = "an agent that is still running may write until it is closed"


def describe_everything(ours: Everything, *, purging: bool) -> str:
    """Say what would be removed, beside what is registered in agents."""
    return "".join(f"remove {path}\n" for path in _would_go(ours, purging=purging))


def everything_facts(ours: Everything, *, purging: bool) -> dict[str, object]:
    """Tell what would be removed, and what would stay."""
    gone = _would_go(ours, purging=purging)
    kept = [one for one in kept_facts(ours) if not purging or one["path"] not in gone]
    return {"remove": gone, "keep": kept, "recorded": recorded_facts(ours)}


def describe_removed(paths: list[str]) -> str:
    """Say what was removed."""
    return "".join(f"removed {path}\n" for path in paths)


def describe_kept(ours: Everything, *, purging: bool = False) -> str:
    """Name all that is ours and stays, each on a line with what it is.

    Args:
        ours: what is there.
        purging: whether what a purge deletes will be gone.
    """
    kept = [thing for thing in ours.kept() if not (purging and thing.parts)]
    return "".join(f"kept {thing.path}: {thing.what}\n" for thing in kept)


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


def _waiting(spool: str) -> int:
    try:
        return len(os.listdir(os.path.join(spool, "new")))
    except OSError:
        return 0
