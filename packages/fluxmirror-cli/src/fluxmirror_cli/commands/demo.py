"""`fluxmirror demo`: a made-up fortnight in a throw-away database, to look around in."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import tempfile
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import OutputError
from fluxmirror_core.paths import home
from fluxmirror_core.period import choose_zone, local_date
from fluxmirror_core.redact import Redactor
from fluxmirror_core.wire.builder import EventBuilder
from fluxmirror_core.wire.reader import PayloadReader
from fluxmirror_store.database import connect_to_write, store_errors
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

from fluxmirror_cli.demo.history import MadeUpRepositories, build_history, last_workday
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.reader import Capture

_KEY_BYTES: Final = 32


@click.command("demo", cls=Command)
def command() -> None:
    """Make a throw-away database of a made-up fortnight, to look around in."""
    zone = choose_zone(None, os.environ)
    now_ms = time.time_ns() // 1_000_000
    captures = build_history(now_ms, zone, home(os.environ))
    workday = last_workday(local_date(now_ms, zone))
    with _directory() as directory:
        path = os.path.join(directory, "events.db")
        with closing(connect_to_write(path)) as db, store_errors(path), writing(db):
            new = write_events(db, _understood(captures, home(os.environ)))
        emit(_invitation(path, len(new), workday))


@contextmanager
def _directory() -> Iterator[str]:
    """Make a directory of its own; nothing stays of a demo that nobody was told of."""
    try:
        directory = tempfile.mkdtemp(prefix="fluxmirror-demo-")
    except OSError as error:
        raise OutputError(
            f"no directory for the demo can be made: {error.strerror or error}",
            hint="TMPDIR names where temporary files go",
        ) from error
    try:
        yield directory
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _understood(captures: list[Capture], directory: str) -> list[AgentEvent]:
    """Read made-up payloads with what reads the real ones."""
    redactor = Redactor(os.urandom(_KEY_BYTES))
    reader = PayloadReader(
        EventBuilder(redactor, MadeUpRepositories(directory), platform.node(), "demo")
    )
    return [event for capture in captures for event in reader.read(capture).events]


def _invitation(path: str, events: int, workday: date) -> str:
    database = f'"{path}"' if os.name == "nt" else shlex.quote(path)
    return (
        f"Two made-up weeks of four agents, {events:,} events, are in\n"
        f"  {path}\n"
        "Nothing of your own was touched; delete that directory whenever you like.\n"
        "\n"
        "Look at them:\n"
        f"  fluxmirror today --db {database}\n"
        f"  fluxmirror today --db {database} --date {workday}\n"
    )
