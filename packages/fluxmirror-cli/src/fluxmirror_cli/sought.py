"""What a name on the command line of `cost explain` is of: any key of the tables of `cost`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.explanation import Named
from fluxmirror_core.analysis.usage import MAIN, UNKNOWN
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_store.response_queries import (
    Sought,
    calls_ending,
    is_recorded,
    names_beginning,
    names_of,
    owners_of,
    what_is_named,
)

from fluxmirror_cli.agent_words import known_agent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from fluxmirror_store.usage_queries import UsageWindow

_SHORTEST_BEGINNING: Final = 6
"""Characters of an id: fewer would find one by chance."""
_CUT: Final = "…"
"""Ends what a table cut, and a person copied."""
_NAMED: Final = 3
"""So many of several are told in a sentence."""
_ENOUGH: Final = 100
_IDS: Final = (Named.SESSION, Named.SUBAGENT, Named.RESPONSE)
_IN_A_SESSION: Final = (Named.SUBAGENT, Named.CALL)
"""Some agents count these from one in each session."""
_OF_AN_AGENT: Final = (Named.SESSION, Named.RESPONSE)


def find_sought(
    db: sqlite3.Connection, wanted: UsageWindow, asked: str, kind: Named | None = None
) -> Sought:
    """Say what a person asks about.

    Args:
        db: a database.
        wanted: among which responses.
        asked: a key as `cost` shows it, an id or how it begins, a path, a folder's name.
        kind: what it is a key of; None to find out.

    Raises:
        NoDataError: no response is recorded under it.
        UsageError: several things are called so; the hint tells how to say which.
    """
    found = list(dict.fromkeys(_exactly(db, wanted, asked, kind)))
    if not found:
        found = list(dict.fromkeys(_nearly(db, wanted, asked, kind)))
    if not found:
        hint = "`fluxmirror cost --by session` tells sessions; --by agent, model, project others"
        raise NoDataError(f"no response is recorded under {asked!r}", hint=hint)
    if len(found) > 1:
        raise _ambiguous(asked, found)
    _refuse_several_owners(db, wanted, asked, found[0])
    return found[0]


def _exactly(
    db: sqlite3.Connection, wanted: UsageWindow, asked: str, kind: Named | None
) -> Iterator[Sought]:
    for name in _readings(asked):
        if kind is None:
            yield from (Sought(named, name) for named in what_is_named(db, wanted, name))
        elif is_recorded(db, wanted, Sought(kind, name)):
            yield Sought(kind, name)


def _readings(asked: str) -> Iterator[str | None]:
    """Give what may be meant: the word itself, an agent's id, what nothing told, tools in order."""
    yield asked
    if (agent := known_agent(asked)) is not None:
        yield agent
    if asked.casefold() == UNKNOWN:
        yield None
    if "+" in asked:
        yield " + ".join(sorted(tool.strip() for tool in asked.split("+")))


def _nearly(
    db: sqlite3.Connection, wanted: UsageWindow, asked: str, kind: Named | None
) -> Iterator[Sought]:
    """Find what is called much like it, of one kind or of any."""
    for named in Named if kind is None else (kind,):
        yield from (Sought(named, name) for name in _near_names(db, wanted, named, asked))


def _near_names(
    db: sqlite3.Connection, wanted: UsageWindow, named: Named, asked: str
) -> Iterable[str]:
    if named in _IDS:
        begin = asked.removesuffix(_CUT)
        is_long = len(begin) >= _SHORTEST_BEGINNING
        return names_beginning(db, wanted, named, begin, _ENOUGH) if is_long else ()
    if named in {Named.AGENT, Named.MODEL}:
        folded = asked.casefold()
        return [name for name in names_of(db, wanted, named) if name.casefold() == folded]
    if named is Named.PROJECT:
        return _near_projects(names_of(db, wanted, named), asked)
    if named is Named.FILE:
        path = _absolute(asked)
        return [path] if is_recorded(db, wanted, Sought(named, path)) else ()
    if named is Named.CALL:
        ids = calls_ending(db, f"/{asked}", _ENOUGH)
        return [name for name in ids if is_recorded(db, wanted, Sought(named, name))]
    return ()


def _near_projects(projects: Iterable[str], asked: str) -> list[str]:
    """Find projects by a path that is written in another way, else by their last folders."""
    paths = {asked.rstrip("/\\"), _absolute(asked)}
    written = [project for project in projects if project.rstrip("/\\") in paths]
    end = "/" + asked.replace("\\", "/").strip("/")
    return written or [
        project for project in projects if project.replace("\\", "/").rstrip("/").endswith(end)
    ]


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _ambiguous(asked: str, found: list[Sought]) -> UsageError:
    kinds = list(dict.fromkeys(one.named for one in found))
    if len(kinds) > 1:
        options = " or ".join(f"`--by {kind}`" for kind in kinds)
        told = " and ".join(f"a {kind}" if kind != "agent" else f"an {kind}" for kind in kinds)
        return UsageError(f"{asked!r} is {told}", hint=f"{options} says which")
    names = _some([one.name or UNKNOWN for one in found])
    return UsageError(
        f"{asked!r} may be any of {len(found)} {kinds[0]}s: {names}", hint="write more of it"
    )


def _refuse_several_owners(
    db: sqlite3.Connection, wanted: UsageWindow, asked: str, sought: Sought
) -> None:
    """Keep apart what the rows of `cost` keep apart: what is called alike but is not the same."""
    if sought.named in _IN_A_SESSION and sought.name != MAIN:
        told = [owner.session or UNKNOWN for owner in owners_of(db, wanted, sought)]
        whose, option = "sessions", "--session ID"
    elif sought.named in _OF_AN_AGENT:
        told = sorted({owner.agent for owner in owners_of(db, wanted, sought)})
        whose, option = "agents", "--agent NAME"
    else:
        return
    if len(told) > 1:
        what = f"{sought.named} {asked!r} is of {len(told)} {whose}: {_some(told)}"
        raise UsageError(what, hint=f"`{option}` says which")


def _some(names: list[str]) -> str:
    left = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {left} more" if left > 0 else "")
