"""The prose of a report as Markdown: lines of our words and of recorded ones, broken at words.

Within what was recorded, and within code, only spaces break a line: half a path is another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report import markdown
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.cells import head, tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.voice import Span, Voice

_CUTS: Final[dict[str, Callable[[str, int], str]]] = {"name": head, "path": tail}
"""How a word of what was recorded is cut, by its role."""
_LEAST: Final = 12
"""So many columns of a terminal are left of a word that is cut."""


class _Line(NamedTuple):
    """A line of Markdown."""

    text: str
    kept: tuple[range, ...]
    """Where in it only spaces break."""


def spoken_line(what: Sayable, voice: Voice) -> str:
    """Write a line of prose; what was recorded in it has no power."""
    return _line(voice.spans(what), None).text


def flowing(
    what: Sayable, voice: Voice, room: int | None, first: str = "", following: str = ""
) -> str:
    """Write prose as `spoken_line` does, broken at words, so that it stays the same Markdown.

    Where a piece of it would begin a list or a heading, it is broken earlier, or not at all.
    A word of a recorded name or path that has no room in a line is cut, as in a table.

    Args:
        what: to say.
        voice: how to say it.
        room: columns of the terminal; None for a line of any length.
        first: what it begins with.
        following: what every other piece begins with.
    """
    spans = voice.spans(what)
    if room is None:
        return first + _line(spans, None).text
    from fluxmirror_core.report.wrapping import wrap

    line = _fitting(spans, room - max(width(first), width(following)))
    for columns in range(room, room // 2, -1):
        pieces = wrap(line.text, columns, first, following, line.kept)
        begin = (first, *[following] * (len(pieces) - 1))
        bare = [piece[len(own) :] for piece, own in zip(pieces, begin, strict=True)]
        if len(pieces) == 1 or markdown.is_one_paragraph(bare):
            return "\n".join(pieces)
    return first + line.text


def _fitting(spans: Sequence[Span], room: int) -> _Line:
    """Cut recorded words until each fits with what it is written together with, such as a comma.

    Where that is not enough, as something else is too long, they are cut no more than they must.
    """
    from fluxmirror_core.report.wrapping import widest_part

    limit = max(room, _LEAST)
    line = whole = _line(spans, limit)
    over = widest_part(*line) - room
    while over > 0 and limit > _LEAST:
        limit = max(limit - over, _LEAST)
        line = _line(spans, limit)
        over = widest_part(*line) - room
    return whole if over > 0 else line


def _line(spans: Sequence[Span], limit: int | None) -> _Line:
    """Write a line of Markdown; no word of a name or a path in it takes more columns."""
    text, kept = "", []
    for span in spans:
        written = _markdown(span, limit, is_alone=len(spans) == 1)
        if span[0] != "prose":
            kept.append(range(len(text), len(text) + len(written)))
        text += written
    return _Line(text, tuple(kept))


def _markdown(span: Span, limit: int | None, *, is_alone: bool) -> str:
    role, text = span
    if role == "prose":
        return one_line(text)
    if role == "code":
        return markdown.code(one_line(text))
    markup = markdown.shown if is_alone else markdown.shown_among
    written = markup(one_line(text))
    if limit is None or role not in _CUTS or _longest_word(written) <= limit:
        return written
    cut, words = _CUTS[role], text.split(" ")
    # Cut before it meets markup, so that no half of that is left.
    shorter = (
        markup(one_line(" ".join(cut(word, columns) for word in words)))
        for columns in range(limit, 0, -1)
    )
    return next(one for one in shorter if _longest_word(one) <= limit)


def _longest_word(text: str) -> int:
    return max(map(width, text.split()), default=0)
