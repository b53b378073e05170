"""`fluxmirror drain`: bring what waits in the spool into the database."""

from __future__ import annotations

import contextlib
import os
import sys

import click
from fluxmirror_core.paths import here
from fluxmirror_store import spool_reader
from fluxmirror_store.drain import Drained, drain

_WAIT_S = 5.0


@click.command("drain")
@click.option("--quiet", is_flag=True, help="For hooks: print nothing, leave the agent's session.")
@click.option("--again", is_flag=True, help="Try once more what was set aside as bad.")
def command(*, quiet: bool, again: bool) -> None:
    """Bring what waits in the spool into the database."""
    places = here()
    if quiet:
        _leave_session()
    if again:
        spool_reader.bring_back(places.spool)
    drained = drain(places, wait_s=0.0 if quiet else _WAIT_S)
    if not quiet:
        click.echo(_sentence(drained))


def _leave_session() -> None:
    """Leave the session of the agent whose hook started us: it may end all of it at once."""
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # started as a leader of its own already
            os.setsid()


def _sentence(drained: Drained) -> str:
    if drained.busy:
        return "another process is draining"
    parts = [f"{drained.files:,} files drained", f"{drained.events:,} new events"]
    if drained.torn:
        parts.append(f"{drained.torn:,} torn")
    if drained.bad:
        parts.append(f"{drained.bad:,} set aside (`fluxmirror doctor` says why)")
    return " · ".join(parts)
