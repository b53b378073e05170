"""`fluxmirror import`: read what the agents' session files tell."""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import day_period, parse_date
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.sources import known_problems
from fluxmirror_store.importing.waiting import Wanted, pending

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here
from fluxmirror_cli.imported import usable_book
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import complain, emit
from fluxmirror_cli.progress import ImportProgress
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Problem
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found, SessionFile

    Problems = Counter[tuple[str, Problem]]

_WAIT_S = 60.0
_MB = 1_000_000


@click.command("import", cls=Command)
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
    found = find_session_files(os.environ, agent_named(agent) if agent else None)
    wanted = Wanted(since_ms=_start_of(since), full=full)
    if dry_run:
        waiting = pending(here(), found, wanted)
        emit(_as_json(_waiting_facts(waiting)) if as_json else _waiting_text(waiting))
        return
    imported = _import(found, wanted)
    if not quiet:
        emit(_as_json(_facts(imported)) if as_json else _text(imported, found, verbose=verbose))


def _import(found: Found, wanted: Wanted) -> Imported:
    """Import; where another process does, say so and wait for it."""
    progress = ImportProgress()
    book = usable_book(here())
    try:
        imported = import_session_files(here(), found, book, wanted, progress)
        if imported.busy:
            complain("another process is reading the session files; waiting for it")
            wanted = wanted._replace(wait_s=_WAIT_S)
            imported = import_session_files(here(), found, book, wanted, progress)
        return imported
    finally:
        progress.clear()


def _start_of(day: str | None) -> int | None:
    if day is None:
        return None
    date = parse_date(day)
    if date is None:
        raise UsageError(f"{day!r} is no date", hint="write it as YYYY-MM-DD")
    return day_period(date, chosen_zone()).start_ms


def _text(imported: Imported, found: Found, *, verbose: bool) -> str:
    lines = [_sentence(imported, found)]
    odd = sum(imported.problems.values())
    if verbose:
        lines += _problems(_known(imported))
    elif odd:
        lines.append(f"{counted(odd, 'odd thing')} in them; --verbose lists them")
    return "\n".join([*lines, ""])


def _sentence(imported: Imported, found: Found) -> str:
    if imported.busy:
        return "another process is reading the session files"
    if not found.files:
        return "there are no session files of any agent here"
    if not imported.files:
        return f"nothing new in {counted(len(found.files), 'session file')}"
    return (
        f"{counted(imported.files, 'session file')} read ({imported.bytes / _MB:,.1f} MB):"
        f" {counted(imported.responses, 'new response')},"
        f" {counted(imported.calls, 'call')} that no hook had told of"
    )


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
        "version": 1,
        "files": imported.files,
        "bytes": imported.bytes,
        "new_responses": imported.responses,
        "new_calls": imported.calls,
        "busy": imported.busy,
        "problems": [
            {"agent": agent, **problem._asdict(), "times": times}
            for (agent, problem), times in sorted(_known(imported).items())
        ],
    }


def _waiting_facts(waiting: list[SessionFile]) -> dict[str, Any]:
    return {"version": 1, "files": [_file_facts(file) for file in waiting]}


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
        told = f"{counted(times, 'file'):>12}  {sizes[agent] / _MB:>9,.1f} MB"
        lines.append(f"{BY_ID[agent].name:<{width}}  {told}\n")
    return "".join(lines)


def _as_json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, indent=2) + "\n"
