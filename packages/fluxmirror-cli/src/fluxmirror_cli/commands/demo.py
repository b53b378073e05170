"""`fluxmirror demo`: a made-up fortnight in a throw-away database, to look around in."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import OutputError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.paths import home, places
from fluxmirror_core.period import local_date
from fluxmirror_core.redact import Redactor
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import PayloadReader
from fluxmirror_store.database import connect_to_write, store_errors
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.demo.history import MadeUpRepositories, build_history, last_workday
from fluxmirror_cli.demo.usage import build_sessions, with_responses, write_usage
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.prices.book import open_book
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.reader import Capture

_KEY_BYTES: Final = 32


@click.command("demo", cls=Command, examples=("fluxmirror demo", "fluxmirror demo --json"))
@json_option
def command(*, as_json: bool) -> None:
    """Make a throw-away database of a made-up fortnight, to look around in."""
    zone = chosen_zone()
    now_ms = time.time_ns() // 1_000_000
    captures = build_history(now_ms, zone, home(os.environ))
    workday = last_workday(local_date(now_ms, zone))
    with _directory() as directory:
        path = os.path.join(directory, "events.db")
        # The user's own prices are left out: nothing of the user's has a part in a demo.
        book = open_book(places({"FLUXMIRROR_HOME": directory}, sys.platform))
        builders = _builders(home(os.environ))
        events = _understood(captures, builders)
        sessions = build_sessions(events)
        with closing(connect_to_write(path)) as db, store_errors(path), writing(db):
            new = write_events(db, list(with_responses(events, sessions)))
            responses = write_usage(db, sessions, builders.everywhere, book, directory)
        facts = {
            "database": path,
            "events": len(new),
            "responses": responses,
            "workday": workday.isoformat(),
        }
        show(
            Result(lambda: facts, lambda: _invitation(path, len(new), responses)),
            as_json=as_json,
        )


@contextmanager
def _directory() -> Iterator[str]:
    """Make a directory of its own; nothing stays of a demo that nobody was told of."""
    try:
        directory = tempfile.mkdtemp(prefix="fluxmirror-demo-")
    except OSError as error:
        raise OutputError(
            message("demo.no_directory", reason=error.strerror or error),
            hint=message("demo.tmpdir"),
        ) from error
    try:
        yield directory
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _builders(directory: str) -> Builders:
    machine = Machine(MadeUpRepositories(directory), platform.node(), "demo")
    return Builders(Redactor(os.urandom(_KEY_BYTES)), machine)


def _understood(captures: list[Capture], builders: Builders) -> list[AgentEvent]:
    """Read made-up payloads with what reads the real ones."""
    reader = PayloadReader(builders)
    return [event for capture in captures for event in reader.read(capture).events]


def _invitation(path: str, events: int, responses: int) -> str:
    database = f'"{path}"' if os.name == "nt" else shlex.quote(path)
    made = message(
        "demo.made",
        events=counted("unit.events", events),
        responses=counted("unit.responses", responses),
    )
    return (
        f"{say(made)}\n"
        f"  {path}\n"
        f"{say(message('demo.untouched'))}\n"
        "\n"
        f"{say(message('demo.look'))}\n"
        f"  fluxmirror today --db {database}\n"
        f"  fluxmirror week --db {database} --open\n"
        f"  fluxmirror compare week last-week --db {database}\n"
        f"  fluxmirror cost --db {database}\n"
    )
