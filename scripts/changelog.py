"""The parts of CHANGELOG.md: what is not released yet, and what each version brought."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

    from versions import Version

UNRELEASED: Final = "## Unreleased"

_UNRELEASED_LINE: Final = re.compile(rf"^{UNRELEASED}[ \t]*(?=\r?$)", re.MULTILINE)


def build_released(text: str, version: Version, date: dt.date) -> str | None:
    """Give the text with the unreleased part under this version's heading.

    Returns:
        None if nothing is written under `## Unreleased`, or it is not there.
    """
    if not _section(text, UNRELEASED):
        return None
    return _UNRELEASED_LINE.sub(f"## {version.semver} ({date.isoformat()})", text, count=1)


def parse_notes(text: str, version: Version) -> str | None:
    """Give what a version brought, without its heading, or None if it is not told."""
    return _section(text, f"## {version.semver} (") or None


def _section(text: str, start: str) -> str:
    """Give what is under the first heading that starts so, up to the next of its rank."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(start):
            break
    found = []
    for line in lines:
        if line.startswith("## "):
            break
        found.append(line)
    return "\n".join(found).strip()
