"""What copies are called: as their originals below the agent's directory, safe everywhere."""

from __future__ import annotations

import os
import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

ENDING: Final = ".gz"
_ELSEWHERE: Final = "elsewhere"
"""Folder for files that do not lie below their agent's directory."""
_UNSAFE: Final = re.compile(r"[^\w.+=@, -]")
"""What some file system refuses; `~` is among it, as it marks a later copy's number."""
_NUMBER: Final = re.compile(r"~\d+$")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE | re.ASCII)
_LONGEST: Final = 200
"""Bytes of a name; what is added to it fits into the 255 that file systems allow."""
_DIGEST_DIGITS: Final = 16


def archive_directory(places: Places) -> str:
    """Say where the copies are."""
    return os.path.join(places.data, "archive")


def mirrored(agent: str, path: str, root: str) -> str:
    """Name the copy of a session file.

    Args:
        agent: its agent's id.
        path: the file, as the database writes it.
        root: the agent's directory.

    Returns:
        A path below the archive's directory, with `/` between its names on every system.
    """
    below = f"{root.rstrip(os.sep)}{os.sep}"
    if root and path.startswith(below):
        names = path.removeprefix(below).split(os.sep)
    else:
        names = [_ELSEWHERE, os.path.basename(path)]
    return "/".join([agent, *map(_safe, names)]) + ENDING


def numbered(path: str, number: int) -> str:
    """Name a file's further copy, beside one that stays."""
    return f"{path.removesuffix(ENDING)}~{number}{ENDING}"


def original(path: str) -> str:
    """Give the name that a copy's content had: below the agent's directory, parts by `/`."""
    _, _, below = path.partition("/")
    return _NUMBER.sub("", below.removesuffix(ENDING))


def alike(path: str) -> str:
    """Give what two names have in common that are one to some file system."""
    return unicodedata.normalize("NFKC", path).casefold()


def on_disk(directory: str, path: str) -> str:
    """Give the place of what is called `path` below a directory."""
    return os.path.join(directory, *path.split("/"))


def _safe(name: str) -> str:
    """Write a name so that every file system takes it; the same for the same name."""
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).rstrip(". ")
    if not safe or _RESERVED.match(safe):
        safe = f"_{safe}"
    if len(os.fsencode(safe)) <= _LONGEST:
        return safe
    digest = sha256(os.fsencode(name)).hexdigest()[:_DIGEST_DIGITS]
    room = _LONGEST - _DIGEST_DIGITS - 1
    return f"{safe.encode()[:room].decode('utf-8', 'ignore')}-{digest}"
