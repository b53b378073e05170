"""What was deleted is not called never recorded."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands import cost, prune, status, today
from fluxmirror_cli.reports.click_command import click_command
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import spool, spool_reader
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    import click

pytestmark = pytest.mark.usefixtures("flux_home")
DAY_S = 86_400


def record_long_ago() -> None:
    """Record one call, of 400 days ago."""
    places = here()
    payload = {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash"}
    name = spool.put(places.spool, json.dumps(payload).encode(), ("claude", "PreToolUse"), {})
    at_ns = time.time_ns() - 400 * DAY_S * 1_000_000_000
    os.utime(spool_reader.new_path(places.spool, name), ns=(at_ns, at_ns))
    drain(places, Settings())


def said(command: click.Command, *arguments: str) -> str:
    """Run a command; gives the last line that it prints."""
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return done.stdout.splitlines()[-1]


def test_nobody_is_told_to_register_after_everything_was_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That was done long ago; what is kept begins later."""
    monkeypatch.setenv("FLUXMIRROR_TIMEZONE", "UTC")
    record_long_ago()
    assert "1 event" in said(prune.command, "--older-than", "30d", "--yes")
    first = (datetime.now(UTC) - timedelta(days=30)).date()
    nothing = f"Nothing from before {first} is kept, and nothing was recorded since."
    assert said(click_command(today.REPORT)) == said(status.command) == nothing
    assert said(cost.command).startswith(f"No response of a model from before {first} is kept")


def test_nothing_deleted_and_nothing_recorded_is_nothing_yet() -> None:
    """Then there is something to set up."""
    assert said(click_command(today.REPORT)).startswith(
        "Nothing was recorded yet: `fluxmirror install`"
    )
