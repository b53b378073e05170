"""Everything of ours beside the agents' registrations: planned, shown, and taken out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.completion.files import (
    installed,
    installed_among_others,
    remove_completion,
)
from fluxmirror_cli.first_run.traces import load_traces, note_directories, undo_traces
from fluxmirror_cli.leaving.removing import purge, remove_files, remove_trees
from fluxmirror_cli.leaving.things import (
    cached_files,
    cached_trees,
    own_directories,
    recorded_things,
    understood_files,
    unfinished_files,
)
from fluxmirror_cli.registration.journal import remove_directories
from fluxmirror_cli.registration.packages import listed_files
from fluxmirror_cli.registration.registration_record import DATA
from fluxmirror_cli.registration.removal import remove_everything

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.leaving.things import Thing
    from fluxmirror_cli.registration.situation import Situation


class Everything(NamedTuple):
    """What is ours here, as it was before anything was done."""

    situation: Situation
    places: Places
    mirror: str | None
    """The directory for a copy of every event."""

    @property
    def undone(self) -> list[str]:
        """The files that `init` and `completion install` wrote, and that are given back."""
        return [kept.path for kept in load_traces(self.places).ours] + installed()

    @property
    def edited(self) -> list[str]:
        """Those of them that were there before, or got more since: they only lose our lines."""
        ours = load_traces(self.places).ours
        return [kept.path for kept in ours if kept.before is not None] + installed_among_others()

    @property
    def caches(self) -> list[str]:
        """Directories of what only saves time."""
        cached = (*cached_files(self.places), *cached_trees(self.places))
        return [self.places.cache] if cached else []

    @property
    def packages(self) -> list[str]:
        """The copied packages, where there are any of ours."""
        is_ours = listed_files(self.situation.packages) is not None
        return [self.situation.packages] if is_ours else []

    def kept(self) -> list[Thing]:
        """List what stays, or would be deleted by a purge."""
        ours = {kept.path for kept in load_traces(self.places).ours}
        found = recorded_things(self.places, self.mirror)
        return [thing for thing in found if thing.path not in ours]

    def deletable(self) -> list[Thing]:
        """List what a purge deletes."""
        found = recorded_things(self.places, self.mirror)
        return [thing for thing in found if thing.is_deletable]


def take_out_everything(ours: Everything, *, purging: bool) -> list[str]:
    """Take out everything of ours, and with `purging` what was recorded as well.

    Returns:
        What was removed or given back.

    Raises:
        RegistrationError: something could not be removed; what was recorded is still there unless
            it is that which failed.
        OutputError: it cannot be read what was put into shells.
    """
    places = ours.places
    made = {*load_traces(places).made, *ours.situation.done(DATA).made}
    removed = remove_everything(ours.situation)
    removed += remove_completion()
    removed += undo_traces(places)
    if purging:
        removed += purge(places, ours.deletable())
    caches = ours.caches
    remove_trees(cached_trees(places))
    remove_files((*cached_files(places), *understood_files(places), *unfinished_files(places)))
    # A directory that FLUXMIRROR_HOME names may have been its owner's before.
    own = () if ours.situation.env.get("FLUXMIRROR_HOME") else (places.data,)
    remove_directories({*made, *own_directories(places), *own})
    if not purging and os.path.isdir(places.data):  # what a purge will need to know
        note_directories(places, [path for path in made if os.path.isdir(path)])
    return removed + caches
