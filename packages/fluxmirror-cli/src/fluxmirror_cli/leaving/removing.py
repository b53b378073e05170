"""Files of our own taken away: while nobody writes them, and nothing that is not ours."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_store import lock
from fluxmirror_store.importing.waiting import LOCK as IMPORTING
from fluxmirror_store.lock import DRAIN as DRAINING

from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.paths import Places

    from fluxmirror_cli.leaving.things import Thing

_WAIT_S: Final = 30.0
"""How long a drain or an import that is at work may take to end."""


def purge(places: Places, things: Iterable[Thing]) -> list[str]:
    """Delete what was recorded, for good, while no drain and no import is at work.

    Returns:
        What was deleted.

    Raises:
        RegistrationError: somebody writes the database all the time, or a file cannot be deleted.
    """
    with ExitStack() as stack:
        if os.path.isdir(places.spool):
            for name in (DRAINING, IMPORTING):
                path = os.path.join(places.spool, name)
                if not stack.enter_context(lock.held(path, _WAIT_S)):
                    raise RegistrationError(
                        message("leaving.written", path=places.database),
                        hint=message("registration.wait"),
                    )
        return [thing.path for thing in things if _remove_thing(thing)]


def remove_files(paths: Iterable[str]) -> list[str]:
    """Remove files; gives those that were there. What is a directory is not what was meant.

    Raises:
        RegistrationError: one cannot be removed.
    """
    files = [path for path in paths if os.path.lexists(path) and not _is_directory(path)]
    for path in files:
        with _told(path):
            os.unlink(path)
    return files


def remove_trees(paths: Iterable[str]) -> list[str]:
    """Remove directories with all that is in them; gives those that were there.

    Raises:
        RegistrationError: one cannot be removed.
    """
    trees = [path for path in paths if os.path.lexists(path)]
    for path in trees:
        with _told(path):
            # A link alone: what it leads to may be somebody else's.
            shutil.rmtree(path) if _is_directory(path) else os.unlink(path)
    return trees


def _remove_thing(thing: Thing) -> bool:
    return bool(remove_files(thing.files) + remove_trees(thing.trees))


def _is_directory(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or path
        reason = error.strerror or str(error)
        raise RegistrationError(
            message("registration.cannot_remove", path=where, reason=reason)
        ) from error
