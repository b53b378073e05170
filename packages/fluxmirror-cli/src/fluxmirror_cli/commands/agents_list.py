"""`fluxmirror agents list`: which agents are here, and how we are registered with them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import one_line, padded, width
from fluxmirror_core.report.cells import tail

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, name_of
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.screens import fitted
from fluxmirror_cli.registration.situation import survey
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.standing import Standing

_HEAD: Final = (
    "listing.head.agent",
    "listing.head.version",
    "listing.head.registered",
    "listing.head.package",
    "listing.head.program",
)
_REGISTERED: Final = {
    "plugin": "listing.registered.plugin",
    "settings": "listing.registered.settings",
    "both": "listing.registered.both",
    "broken": "listing.registered.broken",
    "untrusted": "listing.registered.untrusted",
    "modified": "listing.registered.modified",
    "disabled": "listing.registered.disabled",
    "no": "listing.registered.no",
}
"""As `Standing.registered` says it → how a person reads it."""
_LEAST: Final = 8
"""Columns below which a cut path says nothing any more."""


@click.command(
    "list", cls=Command, examples=("fluxmirror agents list", "fluxmirror agents list --json")
)
@json_option
def command(*, as_json: bool) -> None:
    """List the agents, and how each is registered."""
    situation = survey(os.environ, sys.platform)
    found = {agent.id: agent for agent in find_agents(os.environ)}
    rows = [_Row(agent.id, found.get(agent.id), situation.standing(agent)) for agent in AGENT_HOMES]

    def facts() -> dict[str, object]:
        return {"fluxmirror": VERSION, "agents": [_facts(row) for row in rows]}

    show(Result(facts, lambda: _as_text(rows)), as_json=as_json)


class _Row(NamedTuple):
    """One agent: as it is here, and how it is registered."""

    agent: str
    found: FoundAgent | None
    standing: Standing


def _facts(row: _Row) -> dict[str, object]:
    standing = row.standing
    return {
        "agent": row.agent,
        "name": name_of(row.agent),
        "program": row.found.program if row.found else None,
        "version": row.found.version if row.found else None,
        "registered": standing.registered,
        "package_version": standing.version or None,
        "current": standing.current if standing.registered != "no" else None,
        "trust": standing.trust or None,
        "trouble": str(standing.trouble) or None,
    }


def _as_text(rows: list[_Row]) -> str:
    table = [tuple(say(message(head)) for head in _HEAD), *map(_cells, rows)]
    if sys.stdout is not None and sys.stdout.isatty():
        table = _narrowed(table, shutil.get_terminal_size().columns)
    widths = _widths(table)
    lines = ["  ".join(map(padded, row, widths)).rstrip() + "\n" for row in table]
    return "".join([*lines, *(_trouble(row) for row in rows if row.standing.trouble)])


def _trouble(row: _Row) -> str:
    reason = row.standing.trouble
    return fitted(message("listing.trouble", agent=name_of(row.agent), reason=reason))


def _narrowed(table: list[tuple[str, ...]], columns: int) -> list[tuple[str, ...]]:
    """Cut the paths, which come last, at their beginnings, or leave them out."""
    room = columns - sum(taken + 2 for taken in _widths(table)[:-1])
    if room < _LEAST:
        return [row[:-1] for row in table]
    return [(*row, tail(path, room)) for *row, path in table]


def _widths(table: list[tuple[str, ...]]) -> list[int]:
    return [max(map(width, column)) for column in zip(*table, strict=True)]


def _cells(row: _Row) -> tuple[str, ...]:
    standing = row.standing
    cells = (
        name_of(row.agent),
        (row.found.version if row.found else "") or "-",
        message(_REGISTERED[standing.registered]),
        _package(standing),
        row.found.program if row.found else message("listing.not_found"),
    )
    return tuple(one_line(say(cell)) for cell in cells)


def _package(standing: Standing) -> Sayable:
    if not standing.version:
        return "-"
    if standing.registered != "no" and not standing.current:
        return message("listing.outdated", version=standing.version)
    return standing.version
