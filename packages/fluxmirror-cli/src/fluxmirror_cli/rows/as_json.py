"""Rows as one JSON document, a row a line."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_cli.rows.writer import Cell, Row

VERSION: Final = 1
"""Of the shape of the document."""
_HEAD: Final = f'{{\n  "version": {VERSION},\n  "results": ['
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


class JsonWriter:
    """Writes `{"version", "results": [{"columns", "rows"}, …], "changed"}`.

    A blob is `{"hex": "00ff"}`, a number beyond all bounds the text `"Infinity"`.
    """

    def __init__(self) -> None:
        self._is_first = True

    def result(self, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
        """Give one object, behind the document's head or the object before it."""
        yield _HEAD if self._is_first else ","
        self._is_first = False
        yield f'\n    {{\n      "columns": {_json(columns)},\n      "rows": ['
        between = ""
        for row in rows:
            yield f"{between}\n        {_json([_value(cell) for cell in row])}"
            between = ","
        yield "\n      ]\n    }" if between else "]\n    }"

    def end(self, changed: int | None) -> str:
        """Give the rest of the document."""
        results = f"{_HEAD}]" if self._is_first else "\n  ]"
        last = "" if changed is None else f',\n  "changed": {changed}'
        return f"{results}{last}\n}}\n"


def _value(cell: Cell) -> object:
    if isinstance(cell, bytes):
        return {"hex": cell.hex()}
    if isinstance(cell, float) and math.isinf(cell):
        return "Infinity" if cell > 0 else "-Infinity"
    return cell


def _json(value: object) -> str:
    """Write JSON without power over a terminal: what is not visible is escaped."""
    text = _encode(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
