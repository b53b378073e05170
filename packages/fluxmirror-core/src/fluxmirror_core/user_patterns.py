"""User patterns: regular expressions of what a user wants masked, run within a limit of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST: Final = 10_000
"""Of a pattern, in characters."""
_LIMIT_S: Final = 0.05
"""How long a pattern may take with a short text, in seconds of the processor's time."""
_LEAST_S: Final = 0.005
"""The same for one that was too slow often: it gets half the time after each failure."""
_CHARS_PER_S: Final = 5_000_000
"""How much of a long text a harmless pattern gets through, with room to spare."""


class SlowPatternError(Exception):
    """A pattern takes longer with a text than its limit; where it matches, nobody knows."""


class UserPatterns:
    """Finds what a user's patterns match; loads `regex`, so it is made where there are any."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._limits = {_library().compile(pattern): _LIMIT_S for pattern in patterns}

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Give the start and the end of everything that is to be masked, empty matches left out.

        Of a pattern with groups it is what the groups took; the whole match where none took part.

        Raises:
            SlowPatternError: a pattern takes too long with this text.
        """
        for pattern, limit_s in self._limits.items():
            try:
                for match in pattern.finditer(text, timeout=limit_s + len(text) / _CHARS_PER_S):
                    yield from _masked_parts(match)
            except TimeoutError:
                self._limits[pattern] = max(limit_s / 2, _LEAST_S)
                raise SlowPatternError from None


def pattern_fault(text: str) -> str:
    """Say in one clause why a pattern cannot be used; empty when it can."""
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST:,} characters"
    regex = _library()
    try:
        compiled = regex.compile(text)
        matches_nothing = compiled.search("", timeout=_LIMIT_S) is not None
    except regex.error as error:
        return _clause(error.msg, error.pos)
    except ValueError:
        return "its flags contradict each other"
    except (RecursionError, MemoryError, OverflowError, TimeoutError):
        return "it is more than can be run"
    return "it matches the empty text" if matches_nothing else ""


def _library() -> Any:  # noqa: ANN401 - it says nothing of its types
    """Load `regex`, half a tenth of a second that nobody without a pattern waits for."""
    import regex  # type: ignore[import-untyped]

    return regex


def _masked_parts(match: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - as above
    groups = range(1, len(match.groups()) + 1)
    taken = [span for group in groups for span in match.spans(group)] or [match.span()]
    return [(start, end) for start, end in taken if start < end]


def _clause(message: str, position: int | None) -> str:
    worded = _WORDED.get(message, message)
    return worded if position is None else f"{worded} at position {position}"


_WORDED: Final = {
    "missing )": "unbalanced parenthesis",
    "unbalanced parenthesis": "unbalanced parenthesis",
    "bad escape (end of pattern)": "nothing follows the backslash",
    "nothing to repeat": "there is nothing to repeat",
    "multiple repeat": "there is nothing to repeat",
}
"""The library's words for what people get wrong most, in ours."""
