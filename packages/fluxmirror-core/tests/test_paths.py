"""Where everything lies: one table, which the shims are held to as well."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fluxmirror_core.paths import Places, here, home, places

TABLE = Path(__file__).parents[3] / "tests" / "places.toml"
ROWS: list[dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))["row"]
PLACES = ("data", "database", "spool", "config", "cache", "logs")


def native(text: str, platform: str) -> str:
    """A table's path as the platform writes it, below a base of the platform's own."""
    if platform == "win32":
        return text.replace("{base}", "C:\\Users\\me").replace("/", "\\")
    return text.replace("{base}", "/base")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_places_follow_the_table(row: dict[str, Any]) -> None:
    """Every row of the table of locations, on every platform."""
    platform = row["platform"]
    env = {key: native(value, platform) for key, value in row["env"].items()}
    expected = {place: native(row[place], platform) for place in PLACES}
    assert places(env, platform).as_dict() == expected


def test_other_unixes_are_treated_like_linux() -> None:
    """A platform without a row of its own follows XDG."""
    env = {"HOME": "/h"}
    assert places(env, "freebsd14") == places(env, "linux")


def test_home_falls_back_to_tmp() -> None:
    """Without any home there is still a place to write to."""
    assert home({}) == "/tmp"  # noqa: S108 - the last resort
    assert home({"HOME": "", "USERPROFILE": "/u"}) == "/u"


def test_a_trailing_separator_changes_nothing() -> None:
    """`/flux/` and `/flux` are the same home."""
    assert places({"FLUXMIRROR_HOME": "/flux/"}, "linux").spool == "/flux/spool"


def test_here_asks_this_process(flux_home: Path) -> None:
    """The environment of the process decides."""
    assert here().data == str(flux_home)


def test_places_compare_by_value_and_show_themselves() -> None:
    """Two answers to one question are equal, and readable in a failing test."""
    first = places({"HOME": "/h"}, "linux")
    assert first == places({"HOME": "/h"}, "linux")
    assert first != places({"HOME": "/other"}, "linux")
    assert "spool='/h/.local/share/fluxmirror/spool'" in repr(first)
    assert isinstance(first, Places)


def test_importing_paths_loads_nothing_more() -> None:
    """A fresh interpreter has everything that paths.py imports."""
    probe = (
        "import sys; old = set(sys.modules); import fluxmirror_core.paths; "
        "print(*sorted(set(sys.modules) - old))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=os.environ
    )
    assert answer.stdout.split() == ["__future__", "fluxmirror_core", "fluxmirror_core.paths"]
