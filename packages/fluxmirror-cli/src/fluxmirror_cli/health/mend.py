"""What doctor can mend: rights, directories, leftovers, the program's path, the spool, indexes.

Nothing that was recorded is ever deleted. Each repair is found before any is made, so that it can
be told without being done.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.inputs import user_path
from fluxmirror_core.config.load import last_good_path, remembered_directory
from fluxmirror_core.config.trust import trust_path
from fluxmirror_core.errors import FluxMirrorError, StoreError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home
from fluxmirror_core.private import make_directory
from fluxmirror_store import lock, spool_reader
from fluxmirror_store.database import connect_to_read, is_outdated, newest_version
from fluxmirror_store.drain import drain
from fluxmirror_store.indexes import make_missing_indexes, missing_indexes
from fluxmirror_store.migrations import schema_version
from fluxmirror_store.spool_waiting import files_in

from fluxmirror_cli.config_file import LOCK as CONFIG_LOCK
from fluxmirror_cli.configured import settings_to_capture
from fluxmirror_cli.drained import WAIT_S
from fluxmirror_cli.health.clauses import named
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.files import OTHERS, is_wide, our_places
from fluxmirror_cli.prices.price_list import downloaded_path
from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.packages import packages_directory
from fluxmirror_cli.registration.program_record import (
    find_own_program,
    read_program,
    record_path,
    write_program,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

DONE: Final = "done"
FAILED: Final = "failed"
PLANNED: Final = "planned"
LEFT: Final = "left"
OLD_S: Final = 3_600
"""A temporary file that is older was left by a process that was killed."""
_RANDOM: Final = "[a-z0-9_]{8}"
"""What `tempfile` puts into a name."""
_REPLACING: Final = r"\d+\.new"
"""What `replace_file` puts behind a name: a process, and that it is new."""
_LOCKS: Final = ("drain.lock", "import.lock", "archive.lock")
_INSTALL_LOCK: Final = ".fluxmirror.lock"


class Repair(NamedTuple):
    """Something that can be mended."""

    component: str
    """The row of doctor's table that it is about."""
    action: Sayable
    """What is done, in a few words that follow `mended:` and `would:`."""
    mend: Callable[[], object]


class Mended(NamedTuple):
    """What came of a repair."""

    component: str
    action: Sayable
    status: str
    """`done`, `failed`, `planned` where nothing was to be done yet, or `left` as it may stay."""
    reason: Sayable = ""
    """Why it failed."""


def find_repairs(places: Places) -> Iterator[Repair]:
    """Look for what can be mended, in the order in which it has to be; nothing is changed."""
    is_registered = _is_registered()
    if is_registered or os.path.isdir(places.data):
        yield from _directories(places)
    if sys.platform != "win32":
        yield from (_private(path) for path in our_places(places) if is_wide(path))
    yield from (_deleted(path) for path in sorted(_leftovers(places)))
    yield from _left_locks(places)
    if is_registered:
        yield from _program(places)
    yield from _spool(places)
    yield from _indexes(places)


def carry_out(repair: Repair) -> Mended:
    """Mend one thing."""
    try:
        repair.mend()
    except FluxMirrorError as error:
        return Mended(repair.component, repair.action, FAILED, error.sentence)
    except OSError as error:
        return Mended(repair.component, repair.action, FAILED, error.strerror or str(error))
    return Mended(repair.component, repair.action, DONE)


def planned(repair: Repair) -> Mended:
    """Only tell of a repair."""
    return Mended(repair.component, repair.action, PLANNED)


def harmless_locks(places: Places) -> Iterator[Mended]:
    """Tell of lock files that are there and held by nobody: who needs one takes it."""
    paths = {name: os.path.join(places.spool, name) for name in _LOCKS}
    free = [name for name, path in paths.items() if os.path.exists(path) and _is_free(path)]
    if free:
        action = message("mend.harmless", locks=named(free))
        yield Mended("spool", action, LEFT)


def _is_registered() -> bool:
    try:
        situation = survey(os.environ, sys.platform)
        return any(situation.standing(agent).registered != "no" for agent in AGENT_HOMES)
    except RegistrationError:
        return False


def _directories(places: Places) -> Iterator[Repair]:
    wanted = (places.data, os.path.join(places.spool, "new"), places.logs)
    for path in wanted:
        if not os.path.isdir(path):
            action = message("mend.make_directory", path=path)
            yield Repair("permissions", action, partial(make_directory, path))


def _private(path: str) -> Repair:
    return Repair("permissions", message("mend.close", path=path), partial(_close, path))


def _close(path: str) -> None:
    os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) & ~OTHERS)


def _leftovers(places: Places) -> Iterator[str]:
    """Find temporary files of ours whose process is long gone; nobody else names files so."""
    downloaded = downloaded_path(places)
    unfinished = re.compile(rf"\.new-{_RANDOM}")
    yield from _old(places.spool, re.compile(r"redaction\.key\.\d+"))
    yield from _old_beside(downloaded, _RANDOM)
    for path in (user_path(places), trust_path(places), last_good_path(places)):
        yield from _old_beside(path, _REPLACING)
    yield from _old(remembered_directory(places), re.compile(rf"[0-9a-f]+\.json\.{_REPLACING}"))
    yield from _old(places.data, unfinished)
    for folder, _, _ in os.walk(packages_directory(places.data)):
        yield from _old(folder, unfinished)


def _old_beside(path: str, ending: str) -> Iterator[str]:
    """Find what was to become a file: it has the file's name, and an ending behind it."""
    name = re.escape(os.path.basename(path))
    yield from _old(os.path.dirname(path), re.compile(rf"{name}\.{ending}"))


def _old(directory: str, name: re.Pattern[str]) -> Iterator[str]:
    try:
        found = list(files_in(directory))
    except OSError:
        return
    for file in found:
        if name.fullmatch(file.name) and time.time() - file.mtime_ns / 1e9 > OLD_S:
            yield os.path.join(directory, file.name)


def _deleted(path: str) -> Repair:
    action = message("mend.delete_unfinished", path=path)
    return Repair("permissions", action, partial(os.unlink, path))


def _left_locks(places: Places) -> Iterator[Repair]:
    """Find locks that whoever holds them takes away, unless it was killed."""
    directories = sorted({places.config, places.data})  # one on Windows
    paths = [("config", os.path.join(one, CONFIG_LOCK)) for one in directories]
    for component, path in (("agents", os.path.join(home(os.environ), _INSTALL_LOCK)), *paths):
        if os.path.exists(path) and _is_free(path):
            action = message("mend.delete_lock", path=path)
            yield Repair(component, action, partial(_unlock, path))


def _unlock(path: str) -> None:
    with lock.held(path) as ours:
        if ours:
            os.unlink(path)


def _is_free(path: str) -> bool:
    try:
        with lock.held(path) as ours:
            return ours
    except OSError:
        return False


def _program(places: Places) -> Iterator[Repair]:
    """Have the hooks find this program, where they would find none."""
    recorded, own = read_program(places.data), find_own_program()
    if own is not None and (recorded is None or not os.access(recorded, os.X_OK)):
        action = message("mend.write_program", program=own, path=record_path(places.data))
        yield Repair("program path", action, partial(write_program, places.data, own))


def _spool(places: Places) -> Iterator[Repair]:
    try:
        status = spool_reader.status(places.spool)
    except OSError:
        return  # the spool's own row says why
    if status.waiting or status.full:
        yield Repair("spool", counted("mend.drain", status.waiting), partial(_drain, places))
    elif is_outdated(places.database):
        action = message("mend.upgrade", path=places.database)
        yield Repair("database", action, partial(_drain, places))


def _indexes(places: Places) -> Iterator[Repair]:
    lacking = _lacking(places.database)
    if lacking:
        action = message("mend.make_indexes", indexes=named(lacking))
        yield Repair("database", action, partial(make_missing_indexes, places.database))


def _lacking(path: str) -> dict[str, str]:
    """Name the indexes that a database lacks, where it is of our schema and can be read."""
    try:
        with closing(connect_to_read(path)) as db:
            return missing_indexes(db) if schema_version(db) == newest_version() else {}
    except UNREADABLE:
        return {}  # its own row says why


def _drain(places: Places) -> None:
    """Drain; files that are torn and young stay, as their writer may be at work.

    Raises:
        StoreError: it cannot be done, or another process is at it.
        ConfigError: nobody can tell what is to be kept.
    """
    if drain(places, settings_to_capture(), wait_s=WAIT_S).busy:
        raise StoreError(message("draining.busy"))
