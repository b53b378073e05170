"""`fluxmirror import`: read what the agents' session files tell."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.period import day_period, parse_date
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.importing.session_files import find_session_files, of_recorded
from fluxmirror_store.importing.sources import known_problems
from fluxmirror_store.importing.waiting import Wanted, pending

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here, settings_to_capture
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.results.import_text import imported_text, waiting_text
from fluxmirror_cli.session_files import import_facts, read_session_files

if TYPE_CHECKING:
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found, SessionFile

    from fluxmirror_cli.results.import_text import Problems


@click.command(
    "import",
    cls=Command,
    examples=(
        "fluxmirror import",
        "fluxmirror import --agent claude-code --since 2026-11-01",
        "fluxmirror import --dry-run",
    ),
)
@click.option("--agent", metavar="NAME", callback=not_empty, help="Read one agent's files only.")
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    callback=not_empty,
    help="Read only files that changed on this day or later.",
)
@click.option("--full", is_flag=True, help="Read every file from its beginning once more.")
@click.option("--dry-run", is_flag=True, help="Say what would be read, and read nothing.")
@click.option("--verbose", is_flag=True, help="List what is odd in the files, counted.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    agent: str | None,
    since: str | None,
    full: bool,
    dry_run: bool,
    verbose: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Read what is new in the agents' own session files: usage, models, calls no hook saw.

    Every report does this by itself. Nothing is written into the agents' directories.
    """
    if quiet and (verbose or as_json or dry_run):
        raise UsageError(message("importing.refused.quiet"), hint=message("importing.hint.quiet"))
    found = _found(agent_named(agent) if agent else None)
    wanted = Wanted(since_ms=_start_of(since), full=full)
    if dry_run:
        waiting = pending(here(), found, wanted)
        planned = Result(lambda: _waiting_facts(waiting), lambda: waiting_text(waiting))
        show(planned, as_json=as_json)
        return
    imported = read_session_files(found, wanted)
    if not quiet:
        result = Result(
            lambda: _facts(imported),
            lambda: imported_text(imported, found, _known(imported) if verbose else None),
        )
        show(result, as_json=as_json)


def _found(agent: str | None) -> Found:
    """Look for the files of an agent, or of all that are recorded."""
    wanted = settings_to_capture()
    if agent is not None and not wanted.is_recorded(agent):
        key = f"agents.{agent}.enabled" if wanted.capture_enabled else "capture.enabled"
        raise UsageError(
            message("importing.refused.not_recorded", agent=BY_ID[agent].name),
            hint=message("importing.hint.explain", key=key),
        )
    return of_recorded(find_session_files(os.environ, agent), wanted)


def _start_of(day: str | None) -> int | None:
    if day is None:
        return None
    date = parse_date(day)
    if date is None:
        no_date = message("period.no_date", text=repr(day))
        raise UsageError(no_date, hint=message("period.write_day"))
    return day_period(date, chosen_zone()).start_ms


def _known(imported: Imported) -> Problems:
    """Count what is odd in all files that were ever read, and what could not be read now."""
    if not os.path.exists(here().database):
        return imported.problems
    with closing(connect_to_read(here().database)) as db:
        return imported.problems | known_problems(db)


def _facts(imported: Imported) -> dict[str, Any]:
    return {
        **import_facts(imported),
        "problems": [
            {"agent": agent, **problem._asdict(), "times": times}
            for (agent, problem), times in sorted(_known(imported).items())
        ],
    }


def _waiting_facts(waiting: list[SessionFile]) -> dict[str, Any]:
    return {"files": [_file_facts(file) for file in waiting]}


def _file_facts(file: SessionFile) -> dict[str, Any]:
    return {"agent": file.agent, "path": file.path, "bytes": file.size}
