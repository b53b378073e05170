"""`fluxmirror import`: read what the agents' session files tell."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import day_period, parse_date
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.importing.session_files import find_session_files, of_recorded
from fluxmirror_store.importing.sources import known_problems
from fluxmirror_store.importing.waiting import Wanted, pending

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here, settings_to_capture
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.session_files import (
    MB,
    describe_import,
    import_facts,
    read_session_files,
)
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.problem import Problem
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found, SessionFile

    Problems = Counter[tuple[str, Problem]]


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
        raise UsageError("--quiet prints nothing", hint="leave it out")
    found = _found(agent_named(agent) if agent else None)
    wanted = Wanted(since_ms=_start_of(since), full=full)
    if dry_run:
        waiting = pending(here(), found, wanted)
        planned = Result(lambda: _waiting_facts(waiting), lambda: _waiting_text(waiting))
        show(planned, as_json=as_json)
        return
    imported = read_session_files(found, wanted)
    if not quiet:
        facts, text = partial(_facts, imported), partial(_text, imported, found, verbose=verbose)
        show(Result(facts, text), as_json=as_json)


def _found(agent: str | None) -> Found:
    """Look for the files of an agent, or of all that are recorded."""
    wanted = settings_to_capture()
    if agent is not None and not wanted.is_recorded(agent):
        key = f"agents.{agent}.enabled" if wanted.capture_enabled else "capture.enabled"
        raise UsageError(
            f"{BY_ID[agent].name} is not recorded",
            hint=f"`fluxmirror config explain {key}` says why",
        )
    return of_recorded(find_session_files(os.environ, agent), wanted)


def _start_of(day: str | None) -> int | None:
    if day is None:
        return None
    date = parse_date(day)
    if date is None:
        raise UsageError(f"{day!r} is no date", hint="write it as YYYY-MM-DD")
    return day_period(date, chosen_zone()).start_ms


def _text(imported: Imported, found: Found, *, verbose: bool) -> str:
    lines = [describe_import(imported, found)]
    odd = sum(imported.problems.values())
    if verbose:
        lines += _problems(_known(imported))
    elif odd:
        lines.append(f"{counted(odd, 'odd thing')} in them; --verbose lists them")
    return "\n".join([*lines, ""])


def _known(imported: Imported) -> Problems:
    """Count what is odd in all files that were ever read, and what could not be read now."""
    if not os.path.exists(here().database):
        return imported.problems
    with closing(connect_to_read(here().database)) as db:
        return imported.problems | known_problems(db)


def _problems(problems: Problems) -> Iterator[str]:
    for (agent, problem), times in sorted(problems.items()):
        name = BY_ID[agent].name if agent in BY_ID else agent
        told = " ".join(filter(None, (name, problem.version)))
        what = f"{problem.kind}: {problem.name}" if problem.name else problem.kind
        yield one_line(f"  {times:>7,}  {told}: {what}")


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


def _waiting_text(waiting: list[SessionFile]) -> str:
    if not waiting:
        return "nothing new\n"
    files = Counter(file.agent for file in waiting)
    sizes: Counter[str] = Counter()
    for file in waiting:
        sizes[file.agent] += file.size
    width = max(len(BY_ID[agent].name) for agent in files)
    lines = []
    for agent, times in files.most_common():
        told = f"{counted(times, 'file'):>12}  {sizes[agent] / MB:>9,.1f} MB"
        lines.append(f"{BY_ID[agent].name:<{width}}  {told}\n")
    return "".join(lines)
