"""`coverage` asks for the days that were meant, and says plainly when there is nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.coverage import command
from fluxmirror_core.errors import NoDataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("flux_home")


def run(*arguments: str) -> str:
    """Run the command; gives what it prints."""
    return CliRunner().invoke(command, ["--tz", "UTC", *arguments], catch_exceptions=False).stdout


def days(*arguments: str) -> tuple[str, str]:
    """Give the first and the last day that are asked for."""
    told: dict[str, Any] = json.loads(run("--json", *arguments))
    return told["first"], told["last"]


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        (("--date", "2026-03-02"), "2026-03-02", "2026-03-02"),
        (("--until", "2026-03-07"), "2026-03-01", "2026-03-07"),
        (("--since", "2026-03-02", "--until", "2026-03-05"), "2026-03-02", "2026-03-05"),
    ],
)
def test_days_are_those_asked_for(arguments: tuple[str, ...], first: str, last: str) -> None:
    """A week ends where nothing else says where it begins."""
    assert days(*arguments) == (first, last)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--date", "2026-03-02", "--since", "2026-03-01"),
        ("--since", "2026-03-02", "--until", "2026-03-01"),
        ("--date", "yesterdy"),
        ("--agent", "nobody"),
        ("--tz", "Nowhere/Else"),
        ("--agent", ""),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...]) -> None:
    """With a hint rather than an empty report."""
    with pytest.raises(UsageError) as refused:
        run(*arguments)
    assert refused.value.hint


def test_nothing_recorded_is_said(flux_home: Path) -> None:
    """And no file is made by looking."""
    told = "No tool call was recorded in this time (2026-03-02, UTC).\n"
    assert run("--date", "2026-03-02") == told
    assert not flux_home.exists()


def test_nothing_recorded_has_no_percentage() -> None:
    """Nothing of nothing is not everything."""
    told = json.loads(run("--json", "--date", "2026-03-02"))
    assert told["total"]["coverage_percent"] is None
    assert (told["agents"], told["findings"], told["explained"]) == ([], [], [])


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Another database is read as it stands."""
    with pytest.raises(NoDataError):
        run("--db", str(tmp_path / "none.db"))
