"""Rows of the database as they leave it: as JSON Lines or as CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.rows.as_csv import CsvWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_cli.rows.writer import Row

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_plainly: Final = json.JSONEncoder(separators=(",", ":")).encode


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
