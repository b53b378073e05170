"""`fluxmirror about` says what there is: nothing that is not, and nothing less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from fluxmirror_cli.command_table import COMMANDS
from fluxmirror_cli.commands.about import slash_commands
from fluxmirror_cli.commands.slash import program_calls
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")


def run(*arguments: str, **env: str) -> str:
    """Run `fluxmirror about` as it is installed; gives what it prints."""
    done = subprocess.run(
        [PROGRAM, "about", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, **env},
    )
    assert done.stderr == ""
    return done.stdout


def test_every_command_is_named() -> None:
    """All of the table, none left out."""
    text = run()
    for name, _, about in COMMANDS:
        assert f"  fluxmirror {name} " in text
        assert about in text


def test_slash_commands_are_those_that_can_be_run() -> None:
    """Each with the words of the packages, and none whose command does not exist yet."""
    known = {name for name, _, _ in COMMANDS}
    found = dict(slash_commands())
    assert found["doctor"] == "Is everything recorded that should be?"
    for name, about in found.items():
        assert about
        assert {call[0] for call in program_calls(name, "")} <= known
    assert "/fluxmirror:NAME" in run()


def test_places_are_where_things_really_lie(flux_home: Path, tmp_path: Path) -> None:
    """The variables that move them included, and whether anything is there."""
    mirror = str(tmp_path / "mirror")
    told = json.loads(run("--json", FLUXMIRROR_MIRROR=mirror))
    places = told["places"]
    assert places["database"]["path"] == here().database
    assert places["database"]["exists"] is False
    assert places["logs"]["path"] == here().logs
    assert places["mirror"]["path"] == mirror
    assert places["config"]["path"] == os.path.join(here().config, "config.toml")
    assert "mirror" not in json.loads(run("--json"))["places"]


def test_json_names_the_same_commands() -> None:
    """For programs, with the version of its shape."""
    told = json.loads(run("--json"))
    assert told["version"] == 1
    assert [one["name"] for one in told["commands"]] == [name for name, _, _ in COMMANDS]
    assert run("--json", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0").startswith("{")


def test_every_line_but_a_path_fits_a_terminal() -> None:
    """Eighty columns."""
    lines = [line for line in run().splitlines() if not line.startswith("    /")]
    assert [line for line in lines if len(line) > 80] == []
