"""`fluxmirror drain`: bring what waits in the spool into the database."""

from __future__ import annotations

import contextlib
import os
import sys

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_store.drain import Drained, drain, run_quietly

from fluxmirror_cli.configured import here
from fluxmirror_cli.drained import WAIT_S
from fluxmirror_cli.imported import import_when_due
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.progress import UpgradeProgress
from fluxmirror_cli.wording import counted


@click.command("drain", cls=Command)
@click.option("--quiet", is_flag=True, help="For hooks: print nothing, leave the agent's session.")
@click.option("--again", is_flag=True, help="Try once more what was set aside as bad.")
def command(*, quiet: bool, again: bool) -> None:
    """Bring what waits in the spool into the database."""
    if quiet and again:
        raise UsageError("--quiet is for hooks, --again for people", hint="leave one of them out")
    if quiet:
        _leave_session()
        run_quietly(here())
        import_when_due(here())
    else:
        drained = drain(here(), wait_s=WAIT_S, progress=UpgradeProgress(), again=again)
        emit(f"{_sentence(drained)}\n")


def _leave_session() -> None:
    """Leave the session of the agent whose hook started us: it may end all of it at once."""
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # started as a leader of its own already
            os.setsid()


def _sentence(drained: Drained) -> str:
    if drained.busy:
        return "another process is draining"
    parts = [f"{counted(drained.files, 'payload')} drained", counted(drained.events, "new event")]
    if drained.events < drained.files:
        parts[1] += " (the hooks of one call make one event)"
    if drained.torn:
        parts.append(f"{drained.torn:,} torn")
    if drained.bad:
        parts.append(f"{drained.bad:,} set aside (`fluxmirror doctor` says why)")
    return ", ".join(parts)
