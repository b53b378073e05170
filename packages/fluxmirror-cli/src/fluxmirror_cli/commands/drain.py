"""`fluxmirror drain`: bring what waits in the spool into the database."""

from __future__ import annotations

import contextlib
import os
import sys

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_store.drain import Drained, drain

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.daily_pruning import retain_when_due
from fluxmirror_cli.drained import WAIT_S
from fluxmirror_cli.imported import import_when_due
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.progress import UpgradeProgress
from fluxmirror_cli.quiet_drain import drain_quietly
from fluxmirror_cli.status.line import refresh_if_looked_at
from fluxmirror_cli.wording import counted


@click.command(
    "drain",
    cls=Command,
    examples=("fluxmirror drain", "fluxmirror drain --again", "fluxmirror drain --json"),
)
@click.option("--quiet", is_flag=True, help="For hooks: print nothing, leave the agent's session.")
@click.option("--again", is_flag=True, help="Try once more what was set aside as bad.")
@json_option
def command(*, quiet: bool, again: bool, as_json: bool) -> None:
    """Bring what waits in the spool into the database."""
    if quiet and again:
        raise UsageError("--quiet is for hooks, --again for people", hint="leave one of them out")
    if quiet:
        _leave_session()
        settings = drain_quietly()
        if settings is not None:
            import_when_due(here(), settings)
            retain_when_due(here(), settings)
        with contextlib.suppress(OSError):
            refresh_if_looked_at(here())
    else:
        settings = settings_to_capture()
        drained = drain(here(), settings, wait_s=WAIT_S, progress=UpgradeProgress(), again=again)
        show(Result(drained._asdict, lambda: f"{_sentence(drained)}\n"), as_json=as_json)


def _leave_session() -> None:
    """Leave the session of the agent whose hook started us: it may end all of it at once."""
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # started as a leader of its own already
            os.setsid()


def _sentence(drained: Drained) -> str:
    if drained.busy:
        return "another process is draining"
    parts = [f"{counted(drained.files, 'payload')} drained", counted(drained.events, "new event")]
    if drained.events + drained.off < drained.files:
        parts[1] += " (the hooks of one call make one event)"
    if drained.off:
        parts.append(f"{drained.off:,} not recorded, as the configuration says")
    if drained.torn:
        parts.append(f"{drained.torn:,} torn")
    if drained.bad:
        parts.append(f"{drained.bad:,} set aside (`fluxmirror doctor` says why)")
    return ", ".join(parts)
