"""What doctor says of our files and directories: who can read them, and the room they have."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import counted, message
from fluxmirror_core.phrases import all_of
from fluxmirror_store.database import files_of, is_own

from fluxmirror_cli.health.row import ERROR, MEND, OK, WARN, Row, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Message
    from fluxmirror_core.paths import Places

OTHERS: Final = 0o077
"""The rights of everybody but the owner."""
LEAST_FREE_BYTES: Final = 100_000_000
"""With less room than this on its disk a database is soon not written any more."""


def examine_files(places: Places) -> Iterator[Row]:
    """Look at rights and room."""
    yield from _permissions(places)
    yield from _room(places)


def our_places(places: Places) -> list[str]:
    """Name what is ours: others' rights end at these directories, and at these files.

    A directory that holds other people's things as well, as `FLUXMIRROR_DB` may name one, is not,
    nor is a file that `storage.path` names and we did not make.
    """
    database = files_of(places.database) if is_own(places.database) else ()
    return [places.data, places.config, places.cache, places.spool, places.logs, *database]


def is_wide(path: str) -> bool:
    """Tell whether others have rights to something that is there."""
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & OTHERS)
    except OSError:
        return False


def _permissions(places: Places) -> Iterator[Row]:
    if sys.platform == "win32":
        return
    wide = [path for path in our_places(places) if is_wide(path)]
    facts = {"open_to_others": wide, "spool_writable": _is_writable(places.spool)}
    if not facts["spool_writable"]:
        told = message("doctor.machine.no_writing", path=places.spool)
        yield Row("permissions", ERROR, told, message("doctor.machine.see_whose"), facts)
    elif wide:
        yield Row("permissions", WARN, _open_to_others(wide), MEND, facts)
    elif os.path.exists(places.database) or os.path.exists(places.spool):
        yield Row("permissions", OK, message("doctor.machine.private"), facts=facts)


def _open_to_others(wide: list[str]) -> Message:
    shown = shown_of(len(wide), 1)
    if shown < len(wide):
        return counted("doctor.machine.open_paths", len(wide) - shown, path=wide[0])
    return message("doctor.machine.open", path=all_of(wide))


def _is_writable(path: str) -> bool:
    """Tell whether `path` can be written, or made where it is missing."""
    there = _nearest(path)
    return os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)


def _nearest(path: str) -> str:
    """Give `path`, or the nearest folder above it that there is; empty when there is none."""
    while not os.path.exists(path):
        parent = os.path.dirname(path)
        if parent == path:
            return ""
        path = parent
    return path


def _room(places: Places) -> Iterator[Row]:
    """Warn before the disk is full; for the database alone, as all else is beside it."""
    folder = _nearest(os.path.dirname(os.path.abspath(places.database)))
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    facts = {"path": folder, "free_bytes": free}
    if free < LEAST_FREE_BYTES:
        told = message("doctor.machine.little_room", free=size(free), path=places.database)
        yield Row("free space", WARN, told, message("doctor.machine.make_room"), facts)
    else:
        yield Row("free space", OK, size(free), facts=facts)
