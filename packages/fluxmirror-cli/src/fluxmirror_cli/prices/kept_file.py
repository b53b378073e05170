"""A file of ours that is replaced as a whole: whoever reads it meets the old one or the new one."""

from __future__ import annotations

import os
import tempfile

from fluxmirror_core.private import make_directory


def replace_text(path: str, text: str) -> None:
    """Put a text in the place of what a file held; the file and its directory are made.

    Raises:
        OSError: it could not be written, and is as it was.
    """
    folder = os.path.dirname(path)
    make_directory(folder)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f"{os.path.basename(path)}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
