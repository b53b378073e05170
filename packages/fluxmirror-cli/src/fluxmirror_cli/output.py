"""A result → standard output, whatever its encoding can say."""

from __future__ import annotations

import io
import sys


def emit(text: str) -> None:
    """Print `text` as it is; a character that the output cannot encode becomes a `?`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout.write(text)
    sys.stdout.flush()  # a reader that is gone shows here, where the error is handled
