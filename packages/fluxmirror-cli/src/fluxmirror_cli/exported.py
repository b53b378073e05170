"""Rows of the database as they leave it: masked, as JSON Lines or as CSV."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.rows.as_csv import CsvWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_core.redact import Redactor

    from fluxmirror_cli.rows.writer import Row

_JSON_COLUMNS: Final = ("raw_json",)
_REMEMBERED_CHARS: Final = 256
"""A shorter text is often there again: it is looked at once."""
_ESCAPES: Final = ("\\u", "\\/")
"""By these JSON may spell a secret in a way that no rule knows."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_plainly: Final = json.JSONEncoder(separators=(",", ":")).encode


class Mask:
    """Takes secrets out of rows: those of older databases were never looked at.

    Args:
        redactor: knows what is a secret.
        columns: names of the values of a row.
    """

    def __init__(self, redactor: Redactor, columns: Sequence[str]) -> None:
        self.rows = 0
        """How many were masked."""
        self._redactor = redactor
        self._short = lru_cache(maxsize=8192)(redactor.text)
        self._ways = [self._json if name in _JSON_COLUMNS else self._text for name in columns]

    def masked(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give rows without their secrets, and count them."""
        for row in rows:
            self.rows += 1
            yield [
                way(value) if isinstance(value, str) else value
                for way, value in zip(self._ways, row, strict=True)
            ]

    def _text(self, text: str) -> str:
        short = len(text) <= _REMEMBERED_CHARS
        return self._short(text) if short else self._redactor.text(text)

    def _json(self, text: str) -> str:
        """Mask within JSON, so that it stays JSON."""
        is_spelt = any(escape in text for escape in _ESCAPES)
        if not (is_spelt or self._redactor.may_hold_secret(text)):
            return text
        try:
            value = json.loads(text)
            masked = self._redactor.value(value)
            return text if masked is value else _encode(masked)
        except (ValueError, RecursionError):  # cut, or never JSON
            return self._redactor.text(text)


def json_lines(columns: Sequence[str], rows: Iterable[Row], *, ascii_only: bool) -> Iterator[str]:
    """Write a JSON object for each row, a line each, without power over a terminal.

    Args:
        columns: names of the values of a row.
        rows: the rows.
        ascii_only: whether every other letter is escaped; what is not visible always is.
    """
    encode = _encode_plainly if ascii_only else _encode
    for row in rows:
        record = dict(zip(columns, row, strict=True))
        line = encode(record)
        yield f"{line if line.isprintable() else _encode_plainly(record)}\n"


def csv_lines(columns: Sequence[str], rows: Iterable[Row], *, on_terminal: bool) -> Iterator[str]:
    """Write a line of names, and a record for each row."""
    return CsvWriter(header=True, on_terminal=on_terminal).result(columns, rows)
