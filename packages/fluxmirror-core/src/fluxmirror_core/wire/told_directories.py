"""Directories that a payload names which nobody can parse: evidence of where it was captured."""

from __future__ import annotations

import json
import re
from typing import Final

from fluxmirror_core.bounds import PATH_BYTES

_NAMED: Final = re.compile(
    rb'"(?:cwd|directory)"\s{0,8}:\s{0,8}("(?:[^"\\]|\\.){1,%d}")' % (2 * PATH_BYTES)
)
_MOST: Final = 16


def told_directories(payload: bytes) -> tuple[str, ...]:
    """Find what a payload in pieces calls its working directory; each once, in its order."""
    found: dict[str, None] = {}
    for match in _NAMED.finditer(payload):
        try:
            found[json.loads(match[1].decode("utf-8", "replace"), strict=False)] = None
        except ValueError:
            continue
        if len(found) >= _MOST:
            break
    return tuple(found)
