"""How a report's file is called that nobody named: by the command, the period, and whose it is."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST: Final = 40
"""Characters of an agent's or a project's name: a file's name has room for 255 bytes."""


def build_file_name(command: str, facts: Mapping[str, object]) -> str:
    """Give a report's file name without its ending, which any file system takes.

    Args:
        command: name of the command.
        facts: of the report, as JSON has them: `from`, `to`, `agent`, `project`, and `before` where
            two periods are compared.
    """
    days = _days(facts)
    before = facts.get("before")
    if command == "compare" and isinstance(before, dict):
        days = f"{days}-against-{_days(before)}"
    whose = (_plain(facts[one]) for one in ("agent", "project") if facts.get(one))
    return "-".join(("fluxmirror", command, days, *filter(None, whose)))


def _days(facts: Mapping[str, object]) -> str:
    first, last = facts["from"], facts["to"]
    return str(first) if first == last else f"{first}--{last}"


def _plain(name: object) -> str:
    """Keep letters, digits and dots of a name, as far as this system can write them."""
    encoding = sys.getfilesystemencoding()
    writable = str(name).encode(encoding, "ignore").decode(encoding)
    return re.sub(r"[^\w.]+", "-", writable)[:_LONGEST].strip("-.")
