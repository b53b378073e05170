"""`fluxmirror agents list`: which agents are here, and how we are registered with them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.options import Command, Group, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, name_of
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.situation import survey

if TYPE_CHECKING:
    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.standing import Standing

_HEAD: Final = ("agent", "version", "registered", "package", "program")
_CUT: Final = "…"
_LEAST: Final = 8
"""Columns below which a cut path says nothing any more."""


@click.group(
    "agents",
    cls=Group,
    invoke_without_command=True,
    no_args_is_help=False,
    examples=("fluxmirror agents", "fluxmirror agents list --json"),
)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Look at the agents on this machine."""
    if context.invoked_subcommand is None:
        context.invoke(list_agents, as_json=as_json)
    elif as_json:
        sub = context.invoked_subcommand
        raise UsageError(f"--json stands before `{sub}`", hint=f"`fluxmirror agents {sub} --json`")


@command.command(
    "list", cls=Command, examples=("fluxmirror agents list", "fluxmirror agents list --json")
)
@json_option
def list_agents(*, as_json: bool) -> None:
    """List the agents, and how each is registered."""
    situation = survey(os.environ, sys.platform)
    found = {agent.id: agent for agent in find_agents(os.environ)}
    rows = [
        _facts(agent.id, found.get(agent.id), situation.standing(agent)) for agent in AGENT_HOMES
    ]
    facts = {"fluxmirror": VERSION, "agents": rows}
    show(Result(lambda: facts, lambda: _as_text(rows)), as_json=as_json)


def _facts(agent: str, found: FoundAgent | None, standing: Standing) -> dict[str, object]:
    return {
        "agent": agent,
        "name": name_of(agent),
        "program": found.program if found else None,
        "version": found.version if found else None,
        "registered": standing.registered,
        "package_version": standing.version or None,
        "current": standing.current if standing.registered != "no" else None,
        "trust": standing.trust or None,
        "trouble": standing.trouble or None,
    }


def _as_text(rows: list[dict[str, object]]) -> str:
    table = [_HEAD, *map(_cells, rows)]
    if sys.stdout is not None and sys.stdout.isatty():
        table = _narrowed(table, shutil.get_terminal_size().columns)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    lines += [f"{row['name']}: {one_line(str(row['trouble']))}" for row in rows if row["trouble"]]
    return "\n".join([*lines, ""])


def _narrowed(table: list[tuple[str, ...]], columns: int) -> list[tuple[str, ...]]:
    """Cut the paths, which come last, at their beginnings, or leave them out."""
    taken = sum(max(map(len, column)) + 2 for column in list(zip(*table, strict=True))[:-1])
    room = columns - taken
    if room < _LEAST:
        return [row[:-1] for row in table]
    return [(*row, path if len(path) <= room else _CUT + path[1 - room :]) for *row, path in table]


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    package = str(row["package_version"] or "-")
    if row["current"] is False and row["package_version"]:
        package += " (outdated)"
    program = str(row["program"] or "not found")
    version = str(row["version"] or "-")
    return tuple(
        map(one_line, (str(row["name"]), version, str(row["registered"]), package, program))
    )
