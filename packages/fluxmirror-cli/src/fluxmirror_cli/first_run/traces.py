"""Traces: what `init` wrote of our own things, kept until `uninstall` takes it back."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.journal import (
    is_unchanged,
    join,
    keep,
    missing_directories,
    put_back,
)
from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.registration_record import Kept
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.paths import Places

_FILE: Final = "first-run.json"
_VERSION: Final = 1


class Traces(NamedTuple):
    """What was not there, or was otherwise, before the first `init`."""

    files: tuple[Kept, ...] = ()
    made: tuple[str, ...] = ()
    """Directories."""

    @property
    def ours(self) -> list[Kept]:
        """The files that still are exactly what `init` wrote."""
        return [kept for kept in self.files if is_unchanged(kept)]


def traces_path(places: Places) -> str:
    """Say where the traces are written down."""
    return os.path.join(places.data, _FILE)


def load_traces(places: Places) -> Traces:
    """Read the traces; none when there are none, or nobody can read them.

    What nobody can read names nothing as ours, so all of it stays.
    """
    try:
        told = json.loads(read_owned(traces_path(places)) or b"")
        if told["version"] != _VERSION:
            return Traces()
        files = tuple(Kept._make(kept) for kept in told["files"])
        return Traces(files, tuple(map(str, told["made"])))
    except (ValueError, KeyError, TypeError):
        return Traces()


def own_directories_missing(places: Places) -> tuple[str, ...]:
    """List the directories that our own things will need and that are not there yet."""
    needed = (places.data, os.path.dirname(places.database), places.config, places.cache)
    return tuple({one for place in needed for one in missing_directories(f"{place}{os.sep}any")})


def note_directories(places: Places, missing: Iterable[str]) -> None:
    """Write down which directories were not there, before anything is written into them.

    Where they all were, there is nothing to write.

    Raises:
        RegistrationError: it cannot be written.
    """
    known = load_traces(places)
    made = tuple(sorted({*known.made, *missing}))
    if made != known.made:
        _save(places, known._replace(made=made))


@contextmanager
def traced(places: Places, path: str) -> Iterator[None]:
    """Write down what a file was before the block, and what it is after it.

    Raises:
        RegistrationError: the file cannot be read, or the traces not written.
    """
    before = keep(path)
    yield
    known = load_traces(places)
    _save(places, known._replace(files=tuple(join(known.files, [before]))))


def undo_traces(places: Places) -> list[str]:
    """Give the files back that still are what `init` wrote, and forget all of it.

    Directories stay until everything else is gone: `Traces.made` names them.

    Returns:
        The files that were given back.

    Raises:
        RegistrationError: one could not be given back, and nothing is forgotten.
    """
    given_back = []
    for kept in load_traces(places).ours:
        put_back(kept)
        given_back.append(kept.path)
    path = traces_path(places)
    try:
        if os.path.lexists(path):
            os.unlink(path)
    except OSError as error:
        stays = message("init.trace_stays", path=path, reason=error.strerror)
        raise RegistrationError(stays) from error
    return given_back


def _save(places: Places, traces: Traces) -> None:
    told = {"version": _VERSION, "files": traces.files, "made": traces.made}
    write_owned(traces_path(places), f"{json.dumps(told, indent=1)}\n".encode())
