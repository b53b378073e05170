"""Things: what of ours lies on a machine beside what is registered in agents."""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.config.inputs import older_path, user_path
from fluxmirror_core.config.load import last_good_path, remembered_directory
from fluxmirror_core.config.trust import trust_path
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_store.archiving.names import archive_directory
from fluxmirror_store.database import files_of, is_own

from fluxmirror_cli.config_file import LOCK
from fluxmirror_cli.health.row import size
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.prices.price_list import downloaded_path
from fluxmirror_cli.registration.leftovers import set_aside_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

_CACHES: Final = ("prices.json", "prices.json.*", "status", "status-*", "status.*")
"""By pattern: the directory may be below one that a person uses as well (`FLUXMIRROR_HOME`)."""
_CACHED_TREES: Final = ("opencode-*",)
_LOGS: Final = (journal.NAME, f"{journal.NAME}.1", "error-*.log")

_YOURS: Final = message("leaving.what.recorded")
_NOT_OURS: Final = message("leaving.what.not_ours")
_LINK: Final = message("leaving.what.link")
_OTHER: Final = message("leaving.what.other_database")
_OLDER: Final = message("leaving.what.older_settings")
_SET_ASIDE: Final = message("leaving.what.set_aside")


class Thing(NamedTuple):
    """Something of ours that stays unless somebody wants all to go."""

    path: str
    what: Sayable
    """Why it stays."""
    files: tuple[str, ...] = ()
    """The files that go when it goes."""
    trees: tuple[str, ...] = ()
    """The directories that go then, with all that is in them."""

    @property
    def is_deletable(self) -> bool:
        """Tell whether it goes with a purge at all."""
        return bool(self.files or self.trees)


def recorded_things(places: Places, mirror: str | None) -> list[Thing]:
    """List what was recorded, and what somebody made of it: as far as it is there.

    Args:
        places: where things lie.
        mirror: the directory for a copy of every event.
    """
    archive = archive_directory(places)
    copies = message("leaving.what.copies", size=size(_stored_bytes(archive)))
    config, old = user_path(places), older_path(places)
    price_list = downloaded_path(places)
    logs = _matching(places.logs, _LOGS)
    things = [
        _database(places.database),
        Thing(places.spool, _YOURS, trees=(places.spool,)),
        *_other_databases(places),
        Thing(archive, copies, trees=(archive,)),
        Thing(set_aside_directory(places.data), _SET_ASIDE),
        Thing(config, message("leaving.what.settings"), (config,)),
        Thing(old, _OLDER, (old,)),
        Thing(f"{old}.old", _OLDER, (f"{old}.old",)),
        Thing(trust_path(places), message("leaving.what.trust"), (trust_path(places),)),
        Thing(overlay_path(places), message("leaving.what.prices"), (overlay_path(places),)),
        Thing(price_list, message("leaving.what.price_list"), (price_list,)),
        Thing(places.logs, message("leaving.what.logs"), logs),
    ]
    if mirror is not None:
        things.append(Thing(mirror, message("leaving.what.mirror")))
    return [thing for thing in things if os.path.lexists(thing.path)]


def cached_files(places: Places) -> tuple[str, ...]:
    """List the files that only save time."""
    remembered = _matching(remembered_directory(places), ("*.json", "*.new"))
    return (*remembered, *_matching(places.cache, _CACHES))


def cached_trees(places: Places) -> tuple[str, ...]:
    """List the directories that only save time, with all that is in them."""
    return _matching(places.cache, _CACHED_TREES)


def unfinished_files(places: Places) -> tuple[str, ...]:
    """List what processes of ours that were killed left where they wrote."""
    config = os.path.basename(user_path(places))
    trusted = os.path.basename(trust_path(places))
    return (
        *_matching(places.config, (LOCK, f"{config}.*.new")),
        *_matching(places.data, (LOCK, f"{trusted}.*.new", ".new-????????")),
    )


def understood_files(places: Places) -> tuple[str, ...]:
    """List what is made anew of a configuration file as soon as a command reads it."""
    return _matching(places.data, (f"{os.path.basename(last_good_path(places))}*",))


def own_directories(places: Places) -> tuple[str, ...]:
    """List the directories that are ours and go as soon as they are empty."""
    return (
        remembered_directory(places),
        places.cache,
        places.config,
        places.logs,
        os.path.dirname(downloaded_path(places)),
    )


def _other_databases(places: Places) -> list[Thing]:
    """Name the usual database where another is in use: nobody has said a word about deleting it."""
    usual = os.path.join(places.data, "events.db")
    return [] if usual == places.database else [Thing(usual, _OTHER)]


def _database(path: str) -> Thing:
    """Tell of the database: `storage.path` may name any file, and any directory."""
    if os.path.islink(path):
        return Thing(path, _LINK)
    return Thing(path, _YOURS, files_of(path)) if is_own(path) else Thing(path, _NOT_OURS)


def _matching(directory: str, patterns: Iterable[str]) -> tuple[str, ...]:
    base = glob.escape(directory)
    return tuple(
        path for pattern in patterns for path in sorted(glob.glob(os.path.join(base, pattern)))
    )


def _stored_bytes(directory: str) -> int:
    """Add up what the files below a directory take; those that vanish meanwhile are left out."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total
