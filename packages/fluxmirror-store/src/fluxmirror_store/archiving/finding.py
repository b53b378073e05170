"""Which copies a person means: by a path, a session or how its id begins, or a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.phrases import some_of

from fluxmirror_store.archiving import names
from fluxmirror_store.archiving.companions import companion_path
from fluxmirror_store.archiving.rows import load_copies, sessions_beginning, sources_of_session
from fluxmirror_store.archiving.run import last_copies
from fluxmirror_store.importing.sources import stored_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_store.archiving.archive import Archive
    from fluxmirror_store.archiving.rows import Copy

_SHORTEST_BEGINNING: Final = 6
"""Characters of an id: fewer would find one by chance."""
_NAMED: Final = 3
"""So many of several sessions are told in a sentence."""


class Found(NamedTuple):
    """The copies that are meant."""

    copies: list[Copy]
    sharing: frozenset[int] = frozenset()
    """Ids of those that are not called after the session, but tell of its responses, too."""


def find_copies(archive: Archive, wanted: str | None, agent: str | None) -> Found:
    """Find copies: one by its own path, else those in use of each source, with their companions.

    Args:
        archive: open for work.
        wanted: a path of a session file, of a copy or of a folder, or a session's id or how it
            begins; None for all.
        agent: id of the agent whose files are meant; None for all.

    Raises:
        UsageError: several sessions begin so.
    """
    copies = [copy for copy in load_copies(archive.db) if agent in {None, copy.agent}]
    last = last_copies(copies)
    if wanted is None:
        return Found(list(last.values()))
    if by_path := _by_path(archive, copies, last, wanted):
        return _with_companions(last, Found(by_path))
    found = _by_session(archive, last, wanted)
    if not found.copies:
        found = Found(_by_folder(archive, last, wanted))
    if not found.copies and (session := _beginning(archive, last, wanted)):
        found = _by_session(archive, last, session)
    return _with_companions(last, found)


def _with_companions(last: dict[str, Copy], found: Found) -> Found:
    companions = (last.get(companion_path(copy.agent, copy.source)) for copy in found.copies)
    return found._replace(copies=list(dict.fromkeys([*found.copies, *filter(None, companions)])))


def _by_path(
    archive: Archive, copies: list[Copy], last: dict[str, Copy], wanted: str
) -> list[Copy]:
    path = os.path.abspath(wanted)
    if named := [copy for copy in copies if wanted == copy.path or path == _place(archive, copy)]:
        return named
    return [last[source] for source in {wanted, stored_path(path)} if source in last]


def _by_session(archive: Archive, last: dict[str, Copy], wanted: str) -> Found:
    """Find what is called after a session, and what tells of its responses under another name."""
    told = sources_of_session(archive.db, wanted)
    named = [copy for copy in last.values() if _is_named(copy, wanted)]
    telling = [copy for copy in last.values() if copy.source_id in told and copy not in named]
    # Where nothing is called after it, as agents do that cut ids short, there is nothing to share.
    return Found([*named, *telling], frozenset(copy.id for copy in telling if named))


def _by_folder(archive: Archive, last: dict[str, Copy], wanted: str) -> list[Copy]:
    """Find what lay in an agent's folder, or whose copies lie in one of the archive."""
    path = os.path.abspath(wanted).rstrip(os.sep)
    source, place, below = (f"{stored_path(path)}{os.sep}", f"{path}{os.sep}", f"{wanted}/")
    return [
        copy
        for copy in last.values()
        if copy.source.startswith(source)
        or _place(archive, copy).startswith(place)
        or copy.path.startswith(below.replace("//", "/"))
    ]


def _beginning(archive: Archive, last: dict[str, Copy], begin: str) -> str | None:
    """Give the one session whose id begins so, as the database or a file's name tells it.

    Raises:
        UsageError: there are several.
    """
    if len(begin) < _SHORTEST_BEGINNING:
        return None
    told = sessions_beginning(archive.db, begin)
    named = {name for copy in last.values() for name in _ids(copy, begin)}
    # Some agents call a file by the first characters of an id alone.
    cut = {name for name in named if any(session.startswith(name) for session in told)}
    found = sorted(told | named - cut)
    if len(found) > 1:
        several = message(
            "copies.several_sessions",
            name=repr(begin),
            count=len(found),
            names=some_of(found, _NAMED),
        )
        raise UsageError(several, hint=message("usage_error.write_more"))
    return found[0] if found else None


def _ids(copy: Copy, begin: str) -> Iterator[str]:
    """Give what of a file's name may be an id that begins so: all of it, or behind a hyphen."""
    name = names.original(copy.path).rpartition("/")[2].partition(".")[0]
    if name.startswith(begin):
        yield name
    elif (place := name.find(f"-{begin}")) >= 0:
        yield name[place + 1 :]


def _is_named(copy: Copy, session: str) -> bool:
    """Tell whether a file, or a folder it lies in below its agent's, has a session's id as name."""
    parts = (part.partition(".")[0] for part in names.original(copy.path).split("/"))
    return any(part == session or part.endswith(f"-{session}") for part in parts)


def _place(archive: Archive, copy: Copy) -> str:
    return os.path.abspath(archive.place(copy.path))
