"""`fluxmirror drain`: bring what waits in the spool into the database."""

from __future__ import annotations

import contextlib
import os
import sys

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_store.drain import Drained, drain
from fluxmirror_store.summing import bring_up_to_date

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.daily_pruning import retain_when_due
from fluxmirror_cli.drained import WAIT_S
from fluxmirror_cli.imported import import_when_due
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.progress import upgrade_progress
from fluxmirror_cli.quiet_drain import drain_quietly
from fluxmirror_cli.speech import own_catalog, say
from fluxmirror_cli.status.line import refresh_if_looked_at


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
        raise UsageError(message("draining.both"), hint=message("usage_error.leave_one_out"))
    if quiet:
        _leave_session()
        settings = drain_quietly()
        if settings is not None:
            import_when_due(here(), settings)
            # The next report then has nothing to add up.
            bring_up_to_date(here())
            retain_when_due(here(), settings)
        with contextlib.suppress(OSError):
            refresh_if_looked_at(here())
    else:
        settings = settings_to_capture()
        drained = drain(here(), settings, wait_s=WAIT_S, progress=upgrade_progress(), again=again)
        show(Result(drained._asdict, lambda: f"{_sentence(drained)}\n"), as_json=as_json)


def _leave_session() -> None:
    """Leave the session of the agent whose hook started us: it may end all of it at once."""
    if sys.platform != "win32":
        with contextlib.suppress(PermissionError):  # started as a leader of its own already
            os.setsid()


def _sentence(drained: Drained) -> str:
    if drained.busy:
        return say(message("draining.busy"))
    events = counted("draining.events", drained.events)
    if drained.events + drained.off < drained.files:
        events = message("draining.hooks", events=events)
    parts = [counted("draining.payloads", drained.files), events]
    if drained.off:
        parts.append(message("draining.off", count=f"{drained.off:,}"))
    if drained.torn:
        parts.append(message("draining.torn", count=f"{drained.torn:,}"))
    if drained.bad:
        parts.append(message("draining.bad", count=f"{drained.bad:,}"))
    return own_catalog().text("join.clauses").join(map(say, parts))
