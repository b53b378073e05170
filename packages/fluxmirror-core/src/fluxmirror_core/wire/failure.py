"""What the texts of tools and agents say about how a call ended."""

from __future__ import annotations

import re
from typing import Final

from fluxmirror_core.event import Outcome

_EXIT_CODE: Final = re.compile(
    r"^(?:Exit code (\d{1,10})\b|Exit Code: (-?\d{1,10})\s*$)", re.MULTILINE
)
_SHELL_ID_EXIT_CODE: Final = re.compile(r"<shellId: \S+ completed with exit code (-?\d{1,10})>\s*$")
_REJECTED: Final = ("<tool_use_error>", "InputValidationError", "No such tool available")
_DENIED: Final = (
    "Permission to use ",
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action",
    "permission has been denied",
    "haven't granted it yet",
)
_LOOK: Final = 400
"""How much of a text's beginning is asked for a rejection: output that quotes one is longer."""


def exit_code(output: str) -> int | None:
    """Read the exit code out of what Claude, Qwen or Gemini say of a shell command."""
    if "Exit " not in output:
        return None
    found = _EXIT_CODE.search(output)
    return int(found[1] or found[2]) if found else None


def shell_id_exit_code(output: str) -> int | None:
    """Read the exit code out of the line that Copilot ends a shell command's text with."""
    found = _SHELL_ID_EXIT_CODE.search(output[-200:])
    return int(found[1]) if found else None


def told_outcome(output: str) -> Outcome:
    """Say how a call ended that only the text given to the model tells of."""
    start = output[:_LOOK]
    if any(mark in start for mark in _DENIED):
        return Outcome.DENIED
    if any(mark in start for mark in _REJECTED):
        return Outcome.REJECTED
    code = exit_code(start) if start.startswith("Exit code ") else None
    return Outcome.FAILED if code else Outcome.OK


def by_exit_code(code: int | None) -> Outcome:
    """Say how a shell command ended whose agent leaves out the code of a success."""
    return Outcome.FAILED if code else Outcome.OK
