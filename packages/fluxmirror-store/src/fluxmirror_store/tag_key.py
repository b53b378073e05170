"""The installation's key of the tags that stand for secrets, as a file of the spool."""

from __future__ import annotations

import os
from typing import Final

KEY_BYTES: Final = 32


def key_path(spool: str) -> str:
    """Give where the key of a spool's installation lies."""
    return os.path.join(spool, "redaction.key")


def read_key(spool: str) -> bytes | None:
    """Read the key; None when there is none, or what a kill left of one.

    Raises:
        OSError: it is there and cannot be read.
    """
    try:
        with open(key_path(spool), "rb") as file:
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    return key if len(key) == KEY_BYTES else None
