"""The prose of a report as Markdown: lines of our words and of recorded ones, broken at words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.report import markdown
from fluxmirror_core.report.as_text import one_line

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.voice import Voice


def spoken_line(what: Sayable, voice: Voice) -> str:
    """Write a line of prose; what was recorded in it has no power."""
    spans = [(role, one_line(text)) for role, text in voice.spans(what)]
    recorded = markdown.shown if len(spans) == 1 else markdown.shown_among
    markup = {"code": markdown.code, "recorded": recorded}
    return "".join(text if role == "prose" else markup[role](text) for role, text in spans)


def flowing(line: str, room: int | None, first: str = "", following: str = "") -> str:
    """Break a line of Markdown at words, so that it stays the same Markdown.

    Where a piece of it would begin a list or a heading, it is broken earlier, or not at all.

    Args:
        line: as `spoken_line` writes it.
        room: columns of the terminal; None for a line of any length.
        first: what it begins with.
        following: what every other piece begins with.
    """
    if room is None:
        return first + line
    from fluxmirror_core.report.wrapping import wrap

    for columns in range(room, room // 2, -1):
        pieces = wrap(line, columns, first, following)
        begin = (first, *[following] * (len(pieces) - 1))
        bare = [piece[len(own) :] for piece, own in zip(pieces, begin, strict=True)]
        if len(pieces) == 1 or markdown.is_one_paragraph(bare):
            return "\n".join(pieces)
    return first + line
