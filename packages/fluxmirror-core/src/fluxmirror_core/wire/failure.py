"""What the texts of tools and agents say about how a call ended."""

from __future__ import annotations

import re
from typing import Final

from fluxmirror_core.event import Outcome

_OPENING: Final = re.compile(r"Exit code (\d{1,10})\b")
_CODE: Final = re.compile(r"(-?\d{1,10})\s*$")
_FOOTER: Final = re.compile(r"[A-Z][\w ]{0,40}: |<|\s*$")
"""What may follow the exit code's line: more facts about the command, or closing marks."""
_SHELL_ID_EXIT_CODE: Final = re.compile(r"<shellId: \S+ completed with exit code (-?\d{1,10})>\s*$")
_REJECTED: Final = ("<tool_use_error>", "InputValidationError", "No such tool available")
_DENIED: Final = (
    "Permission to use ",
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action",
    "permission has been denied",
    "haven't granted it yet",
    "but that permission was declined",
)
_LOOK: Final = 400
"""How much of a text's beginning is asked for a rejection: output that quotes one is longer."""


def exit_code(output: str) -> int | None:
    """Read the exit code out of what Claude, Qwen or Gemini say of a shell command.

    Claude's text opens with it, the others' ends with it; a line in between is the command's own.
    """
    if "Exit " not in output:
        return None
    if opening := _OPENING.match(output):
        return int(opening[1])
    _, _, rest = f"\n{output}".rpartition("\nExit Code: ")
    told, *after = rest.split("\n")
    code = _CODE.match(told)
    return int(code[1]) if code and all(map(_FOOTER.match, after)) else None


def shell_id_exit_code(output: str) -> int | None:
    """Read the exit code out of the line that Copilot ends a shell command's text with."""
    found = _SHELL_ID_EXIT_CODE.search(output[-200:])
    return int(found[1]) if found else None


def told_outcome(output: str) -> Outcome:
    """Say how a call ended that only the text given to the model tells of.

    An ordinary text is no proof of success: Claude words a refusal as it pleases.
    """
    start = output[:_LOOK]
    if any(mark in start for mark in _DENIED):
        return Outcome.DENIED
    if any(mark in start for mark in _REJECTED):
        return Outcome.REJECTED
    code = exit_code(start) if start.startswith("Exit code ") else None
    return Outcome.FAILED if code else Outcome.UNKNOWN


def by_exit_code(code: int | None) -> Outcome:
    """Say how a shell command ended whose agent leaves out the code of a success."""
    return Outcome.FAILED if code else Outcome.OK
