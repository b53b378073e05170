"""A page of the documentation that a script writes: written anew, or only compared."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def settle(page: Path, text: str, *, check: bool) -> int:
    """Have a page say `text`; with `check` print what differs instead. Gives the exit code."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    if old == text:
        return 0
    if check:
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), page.name, "program")
        print(*lines, sep="\n")
        return 1
    page.write_text(text, encoding="utf-8", newline="\n")
    return 0
