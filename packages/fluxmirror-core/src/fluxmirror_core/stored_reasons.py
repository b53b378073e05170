"""Reasons that are kept as English text: in the spool, and in the database; as messages again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

_WHOLE: Final = tuple(
    message(name)
    for name in (
        "spool_reason.nested",
        "spool_reason.empty",
        "spool_reason.no_json",
        "spool_reason.no_object",
        "spool_reason.torn",
        "spool_reason.unknown",
        "spool_reason.changed",
        "spool_reason.no_database",
        "spool_reason.too_fast",
    )
)
_FAILED: Final = re.compile(r"the program failed on it: (\w+)")
_COLUMNS: Final = re.compile(r"table (\w+) is without (.+)")


def said_reason(text: str) -> Sayable:
    """Give the message of a reason as it was kept; the text itself when it is none of ours.

    What the system or SQLite said stays as they word it.
    """
    if found := _FAILED.fullmatch(text):
        return message("spool_reason.failed", error=found[1])
    if found := _COLUMNS.fullmatch(text):
        return message("spool_reason.columns", table=found[1], names=found[2])
    return next((one for one in _WHOLE if str(one) == text), text)
