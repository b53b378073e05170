"""What a name on the command line of `cost explain` is of: any key of the tables of `cost`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.explanation import Named
from fluxmirror_core.analysis.usage import MAIN, UNKNOWN
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.phrases import all_of, any_of, some_of
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
_OF_SEVERAL: Final = {
    Named.SUBAGENT: "sought.subagent_of_sessions",
    Named.CALL: "sought.call_of_sessions",
    Named.SESSION: "sought.session_of_agents",
    Named.RESPONSE: "sought.response_of_agents",
}
_ONE: Final = {
    Named.SESSION: "sought.a.session",
    Named.SUBAGENT: "sought.a.subagent",
    Named.RESPONSE: "sought.a.response",
    Named.CALL: "sought.a.call",
    Named.AGENT: "sought.a.agent",
    Named.MODEL: "sought.a.model",
    Named.PROJECT: "sought.a.project",
    Named.FILE: "sought.a.file",
    Named.TOOL: "sought.a.tool",
}
_MANY: Final = {
    Named.SESSION: "sought.many.session",
    Named.SUBAGENT: "sought.many.subagent",
    Named.RESPONSE: "sought.many.response",
    Named.CALL: "sought.many.call",
    Named.AGENT: "sought.many.agent",
    Named.MODEL: "sought.many.model",
    Named.PROJECT: "sought.many.project",
    Named.FILE: "sought.many.file",
    Named.TOOL: "sought.many.tool",
}


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
        sentence = message("sought.nothing", name=repr(asked))
        raise NoDataError(sentence, hint=message("sought.tell_names"))
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
        told = all_of([message(_ONE[kind]) for kind in kinds])
        options = any_of([f"`--by {kind}`" for kind in kinds])
        return UsageError(
            message("sought.several_kinds", name=repr(asked), kinds=told),
            hint=message("sought.say_which", options=options),
        )
    several = message(
        "sought.several",
        name=repr(asked),
        count=len(found),
        kinds=message(_MANY[kinds[0]]),
        names=some_of([one.name or UNKNOWN for one in found], _NAMED),
    )
    return UsageError(several, hint=message("usage_error.write_more"))


def _refuse_several_owners(
    db: sqlite3.Connection, wanted: UsageWindow, asked: str, sought: Sought
) -> None:
    """Keep apart what the rows of `cost` keep apart: what is called alike but is not the same."""
    if sought.named in _IN_A_SESSION and sought.name != MAIN:
        told = [owner.session or UNKNOWN for owner in owners_of(db, wanted, sought)]
        hint = message("sought.which_session")
    elif sought.named in _OF_AN_AGENT:
        told = sorted({owner.agent for owner in owners_of(db, wanted, sought)})
        hint = message("sought.which_agent")
    else:
        return
    if len(told) > 1:
        what = message(
            _OF_SEVERAL[sought.named],
            name=repr(asked),
            count=len(told),
            names=some_of(told, _NAMED),
        )
        raise UsageError(what, hint=hint)
