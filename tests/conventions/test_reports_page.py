"""The page of reports names every member that their JSON has."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/reference/reports.md").read_text("utf-8")
COMMANDS: Final = (
    ("today",),
    ("week",),
    ("agent", "claude-code", "--last", "14d"),
    ("agents",),
    ("compare", "week", "last-week"),
)
HOURS: Final = re.compile(r"[0-2][0-9]")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A made-up fortnight."""
    home = tmp_path_factory.mktemp("demo")
    told = run(home, "demo", "--json")
    return str(json.loads(told)["database"])


def run(home: Path, *words: str) -> str:
    """Run a command in a home of its own."""
    env = {"HOME": str(home), "FLUXMIRROR_HOME": str(home / "flux"), "TMPDIR": str(home)}
    code = "from fluxmirror_cli.entry import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def members(section: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON has
    """Name the members of a section's rows."""
    for row in section if isinstance(section, list) else ():
        if isinstance(row, dict):
            yield from (name for name in row if not HOURS.fullmatch(name))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_the_page_names_every_section_and_member(
    command: tuple[str, ...], database: str, tmp_path: Path
) -> None:
    """A script is written from the page, not from a print-out."""
    told = json.loads(run(tmp_path, *command, "--json", "--db", database))
    for name, section in told.items():
        assert f"`{name}`" in PAGE, name
        assert not [one for one in members(section) if f"`{one}`" not in PAGE], name
