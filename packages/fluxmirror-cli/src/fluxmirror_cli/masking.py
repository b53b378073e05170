"""What is printed of the database, without its secrets: those of older programs are still there."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_store.masking import redactor_to_show

from fluxmirror_cli.configured import here, patterns_to_show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.redact import Redactor

    from fluxmirror_cli.rows.writer import Row

_REMEMBERED_CHARS: Final = 256
"""A shorter text is often there again: it is looked at once."""
_JSON_STARTS: Final = ("{", "[", '"')
_ESCAPES: Final = ("\\u", "\\/")
"""By these JSON may spell a secret in a way that no rule knows."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def redactor_here() -> Redactor:
    """Make the redactor of what is printed here.

    Raises:
        ConfigError: nobody can tell what its owner wants masked.
    """
    return redactor_to_show(here().spool, patterns_to_show())


class Mask:
    """Takes secrets out of rows.

    Args:
        redactor: knows what is a secret.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.rows = 0
        """How many were masked."""
        self._redactor = redactor
        self._short = lru_cache(maxsize=8192)(self._looked_at)

    def masked(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give rows without their secrets, and count them."""
        for row in rows:
            self.rows += 1
            yield [self.text(value) if isinstance(value, str) else value for value in row]

    def text(self, text: str) -> str:
        """Mask a text; within JSON, so that it stays JSON."""
        return self._short(text) if len(text) <= _REMEMBERED_CHARS else self._looked_at(text)

    def _looked_at(self, text: str) -> str:
        is_json = text.lstrip().startswith(_JSON_STARTS)
        return self._json(text) if is_json else self._redactor.text(text)

    def _json(self, text: str) -> str:
        is_spelt = any(escape in text for escape in _ESCAPES)
        if not (is_spelt or self._redactor.may_hold_secret(text)):
            return text
        try:
            value = json.loads(text)
            masked = self._redactor.value(value)
            return text if masked is value else _encode(masked)
        except (ValueError, RecursionError):  # cut, or never JSON
            return self._redactor.text(text)
