"""Problem: what was odd in a session file. A small module: reports word what reading it counted."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.named_tuple import NamedTuple

BAD_LINE: Final = "bad line"
"""No JSON object: torn by a full disk, or edited by hand."""
UNKNOWN_RECORD: Final = "unknown record"
"""A kind of record this program does not know: the agent's format has moved on."""
NO_CALL: Final = "result without call"
"""The end of a tool call whose beginning the file does not hold."""
NO_TIME: Final = "record without time"
REWRITTEN: Final = "rewritten file"
"""What was read of it is not there any more: it is read anew."""
LONG_LINE: Final = "line too long"
TORN_END: Final = "torn last line"
"""Still being written, or what a kill has left; it is read when it is whole."""
FAILED: Final = "the program failed"
"""The name is the error's; the rest of the file is read when it has changed."""
SLOW_PATTERN: Final = "slow pattern"
"""A value was masked whole, because a pattern of the user's took too long with it."""


class Problem(NamedTuple):
    """What was odd about a line."""

    kind: str
    name: str = ""
    """Which kind of record, for one."""
    version: str = ""
    """The agent's, where its records tell it."""
