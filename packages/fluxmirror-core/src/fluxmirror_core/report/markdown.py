"""What was recorded, so that Markdown shows it and does not obey it.

Code is the one form in which Markdown obeys nothing at all: no emphasis, no link, no HTML, no
mention of a person. In a terminal its backquotes disturb less than a backslash before every sign,
and so they stand only around what Markdown would obey: `__init__.py`, but `src/app.py` plainly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_OBEYED: Final = re.compile(
    r"""
      [`@] | \*.*\*                     # code, mentions and addresses, emphasis
    | (?<![^\W_])_ | _(?![^\W_])        # emphasis; not within a word
    | ~.*~ | \$.*\$ | \[[^\]]*\]       # struck out, formulas, links
    | <[A-Za-z/!?] | &[#\w]+;           # HTML
    | \\[!-/:-@\[-`{}~]                 # escapes; those of pipes are seen to by `in_table`
    | (?i:https?:|ftp:|www\.)           # links that nobody wrote as such
    | (?<!\w)\#\d | :[a-z_+-][\w+-]*:   # issues, emoji
    | ^\s*(?:[-+*>=|]|\#{1,6}(?:\s|$)|\d{1,9}[.)](?:\s|$)) | ^\s{4}   # what begins a block
    """,
    re.VERBOSE,
)
_OBEYED_AMONG: Final = re.compile(rf"{_OBEYED.pattern} | [*~$<\[\]] | \\$", re.VERBOSE)
"""Beside other texts also one half of a pair: the other half may stand in another of them."""
_BEGINS_BLOCK: Final = r"""(?x)
      [>|] | [-+*](?:\s|$) | 0*1[.)]\s | \#{1,6}(?:\s|$)   # quotes, lists, headings
    | [-=_*:][-=_*:|\s]*$                     # rules, and what makes of a line before a heading
    | `{3} | ~{3} | \$\$ | <[A-Za-z/!?] | \[[^\]]*\]:   # code, formulas, HTML, notes
    """
"""As text, like the next two: few reports need it, and to compile it takes half a millisecond."""
_TICKS: Final = "`+"
_PIPE: Final = r"(\\*)\|"


def shown(text: str) -> str:
    """Write a line so that Markdown shows it as it is: as code where it would obey something."""
    return code(text) if _OBEYED.search(text) else text


def shown_among(text: str) -> str:
    """Write a part of a line as `shown` writes a whole one, whatever the other parts hold."""
    return code(text) if _OBEYED_AMONG.search(text) else text


def code(text: str) -> str:
    """Write a line as code, between more backquotes than it has in a row."""
    if "`" not in text:
        return f"`{text}`" if text else ""
    ticks = "`" * (max(map(len, re.findall(_TICKS, text))) + 1)
    return f"{ticks} {text} {ticks}"


def is_one_paragraph(lines: Sequence[str]) -> bool:
    """Tell whether lines of one text are one paragraph: Markdown would have code obey, too.

    A list within a paragraph begins with 1: other numbers stay what they are.
    """
    if any(re.match(_BEGINS_BLOCK, line) for line in lines):
        return False
    # A backslash at the end of a line is a line break.
    return not any(line.endswith("\\") for line in lines[:-1])


def in_table(text: str) -> str:
    """Write what stands in a cell: a pipe does not end it.

    A backslash before the pipe would take the escape for itself, so it is escaped as well.
    """
    return re.sub(_PIPE, r"\1\1\\|", text) if "|" in text else text
