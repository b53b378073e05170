"""Rows as an agent writes them: a mapping with named gaps, and the text that fills them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPTIONAL = re.compile(r'"=(\w+)":null,')
_RAW = re.compile(r'"=(\w+)"')


def row_template(shape: Mapping[str, object]) -> str:
    """Make a %-template of one row, in the compact JSON that agents write.

    In the shape a value `"%(name)s"` is a gap for escaped text, `"=name"` one for JSON, and a key
    `"=name": None` one for members that may be missing, each with a comma behind it.
    """
    text = json.dumps(shape, separators=(",", ":"), ensure_ascii=False)
    return _RAW.sub(r"%(\1)s", _OPTIONAL.sub(r"%(\1)s", text))


def compact(value: object) -> str:
    """Give the JSON of a small value as agents write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def iso(at_ms: int) -> str:
    """Give a time as agents write it: UTC, with milliseconds."""
    day, rest = divmod(at_ms, 86_400_000)
    seconds, ms = divmod(rest, 1_000)
    minutes, second = divmod(seconds, 60)
    return f"{day_of(day)}T{minutes // 60:02}:{minutes % 60:02}:{second:02}.{ms:03}Z"


@lru_cache(maxsize=1_000)
def day_of(day: int) -> str:
    """Give the date of a day, counted from 1970, as `YYYY-MM-DD`."""
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")
