"""User patterns: regular expressions of what a user wants masked, run within a limit of time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Sayable

LONGEST: Final = 10_000
"""Of a pattern, in characters."""
_VALUE_S: Final = 0.05
"""How long all patterns together may take with one value, in seconds of the processor's time."""
_MOST_SPANS: Final = 5_000
"""So many places of one value are masked one by one; each takes time as well."""
_ACCOUNT_S: Final = 1.0
"""What is there for many slow values at most; what they take is paid from it."""
_GRANTED_S: Final = 0.0002
_PATTERN_S: Final = 0.000_005
_CHARS_PER_S: Final = 20_000_000
"""What each value pays in: some for itself, for each pattern and for its length. Harmless patterns
take less."""


class SlowPatternError(Exception):
    """The patterns take longer with a value than they may; where they match, nobody knows."""


class UserPatterns:
    """Finds what a user's patterns match; loads `regex`, so it is made where there are any."""

    def __init__(self, patterns: Iterable[str]) -> None:
        library = _library()
        self._patterns = [library.compile(pattern) for pattern in patterns]
        self._granted_s = _GRANTED_S + _PATTERN_S * len(self._patterns)
        self._account_s = _ACCOUNT_S

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Give the start and the end of everything that is to be masked, empty matches left out.

        Of a pattern with groups it is what the groups took; the whole match where none took part.

        Raises:
            SlowPatternError: the patterns take too long with this text, or match all over it.
        """
        granted_s = self._granted_s + len(text) / _CHARS_PER_S
        self._account_s = min(self._account_s + granted_s, _ACCOUNT_S)
        started_s = time.process_time()
        try:
            return self._found(text, started_s + min(self._account_s, _VALUE_S))
        finally:
            self._account_s = max(self._account_s - (time.process_time() - started_s), 0.0)

    def _found(self, text: str, end_s: float) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for pattern in self._patterns:
            left_s = end_s - time.process_time()
            if left_s <= 0:
                raise SlowPatternError
            try:
                for match in pattern.finditer(text, timeout=left_s):
                    spans += _masked_parts(match)
                    if len(spans) > _MOST_SPANS:
                        raise SlowPatternError
            except TimeoutError:
                raise SlowPatternError from None
        return spans


def pattern_fault(text: str) -> Sayable:
    """Say in one clause why a pattern cannot be used; empty when it can."""
    if len(text) > LONGEST:
        return message("bad_pattern.long", characters=f"{LONGEST:,}")
    regex = _library()
    try:
        compiled = regex.compile(text)
        matches_nothing = compiled.search("", timeout=_VALUE_S) is not None
    except regex.error as error:
        return _clause(error.msg, error.pos)
    except ValueError:
        return message("bad_pattern.flags")
    except (RecursionError, MemoryError, OverflowError, TimeoutError):
        return message("bad_pattern.heavy")
    return message("bad_pattern.empty") if matches_nothing else ""


def _library() -> Any:  # noqa: ANN401 - it says nothing of its types
    """Load `regex`, half a tenth of a second that nobody without a pattern waits for."""
    import regex  # type: ignore[import-untyped]

    return regex


def _masked_parts(match: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - as above
    groups = range(1, len(match.groups()) + 1)
    taken = [span for group in groups for span in match.spans(group)] or [match.span()]
    return [(start, end) for start, end in taken if start < end]


def _clause(said: str, position: int | None) -> Sayable:
    reason = _WORDED.get(said, said)
    if position is None:
        return reason
    return message("bad_pattern.at", reason=reason, position=position)


_WORDED: Final[dict[str, Sayable]] = {
    "missing )": message("bad_pattern.parenthesis"),
    "unbalanced parenthesis": message("bad_pattern.parenthesis"),
    "bad escape (end of pattern)": message("bad_pattern.backslash"),
    "nothing to repeat": message("bad_pattern.repeat"),
    "multiple repeat": message("bad_pattern.repeat"),
}
"""The library's words for what people get wrong most, in ours."""
