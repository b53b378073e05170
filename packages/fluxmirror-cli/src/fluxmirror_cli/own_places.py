"""Our own places refused as the name of a file that a person asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.errors import OutputError
from fluxmirror_core.messages import message
from fluxmirror_store.database import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places


def refuse_own_place(path: str, places: Places, database: str | None) -> None:
    """Refuse to write over what is recorded, or among it.

    Args:
        path: what somebody would have written.
        places: where our things lie.
        database: another database that is read, or None.

    Raises:
        OutputError: the path is one of these places, lies in one, or leads to one.
    """
    own = [*places.as_dict().values(), *files_of(places.database)]
    own += files_of(database) if database is not None else ()
    for above in _with_all_above(path):
        if any(_is_same(above, one) for one in own):
            raise OutputError(
                message("leaving.own_place", path=path), hint=message("leaving.elsewhere")
            )


def _with_all_above(path: str) -> Iterator[str]:
    """Give a path as the system sees it, and every directory above it."""
    path = os.path.realpath(path)
    while True:
        yield path
        above = os.path.dirname(path)
        if above == path:
            return
        path = above


def _is_same(path: str, own: str) -> bool:
    """Tell whether both are one, under whatever names."""
    try:
        return os.path.samefile(path, own)
    except OSError:  # one of them is not there
        return path == os.path.realpath(own)
