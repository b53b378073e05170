"""The documentation says what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from fluxmirror_cli.command_table import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/*.md")])


def test_reference_pages_are_what_the_program_says() -> None:
    """`scripts/build_reference.py --check` finds nothing to write."""
    script = str(ROOT / "scripts" / "build_reference.py")
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_readme_lists_every_command() -> None:
    """The table of commands in the README has a row for each, and no other."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `fluxmirror ([a-z-]+)", readme, re.MULTILINE)
    assert sorted(rows) == sorted(name for name, _, _ in COMMANDS)


def test_reference_of_the_spool_has_the_shims_variables() -> None:
    """The page of the spool format names exactly the variables that are written down."""
    from fluxmirror_store.spool import EVIDENCE

    page = (ROOT / "docs" / "reference" / "spool.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith("- `KEY=VALUE`"))
    assert tuple(re.findall(r"`([A-Z_]{4,})`", line)) == EVIDENCE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there."""
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
