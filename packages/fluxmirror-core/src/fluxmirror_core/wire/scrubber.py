"""Scrubber: takes the secrets out of what is passed on, and remembers what comes again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core import bounds

if TYPE_CHECKING:
    from fluxmirror_core.redact import Redactor

_REMEMBERED_CHARS: Final = 8192


class Scrubber:
    """Scrubs with one redactor; names, and the inputs of calls, come several times each."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._looked_at = lru_cache(maxsize=256)(redactor.may_hold_secret)
        self._scrubbed = lru_cache(maxsize=4096)(redactor.text)
        self.text = redactor.text
        """Take the secrets out of a text."""

    def value(self, value: object, *, numbers: bool = True) -> object:
        """Take the secrets out of a value as JSON has it.

        Args:
            value: the value.
            numbers: whether a number that a pattern matches becomes text.
        """
        return self._redactor.value(value, numbers=numbers)

    def may_hold_secret(self, written: str) -> bool:
        """Tell whether a text is worth a closer look; each short one is looked at once."""
        # Both hooks of a call bring the same input.
        short = len(written) <= _REMEMBERED_CHARS
        return (self._looked_at if short else self._redactor.may_hold_secret)(written)

    def name(self, name: str | None, limit: int = bounds.NAME_BYTES) -> str | None:
        """Scrub and bound what the agent named: an id, a tool, a directory."""
        if name is None:
            return None
        short = len(name) <= limit
        return bounds.cut((self._scrubbed if short else self._redactor.text)(name), limit)

    def take_slow_values(self) -> int:
        """Say how many values were masked whole since the last time, for a pattern's slowness."""
        count, self._redactor.slow_values = self._redactor.slow_values, 0
        return count
