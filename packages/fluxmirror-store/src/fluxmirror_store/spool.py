"""Put a payload into the spool: the writing half, all that a hook or a proxy may reach.

Format 1, one file per event in `<spool>/new`:

    fluxmirror-spool/1 TAB name TAB words {TAB KEY=VALUE} LF
    payload bytes, untouched
    LF fluxmirror-spool/1 TAB name LF

Complete when its last line repeats its first, so no rename is needed and a torn file is known as
torn. `wrappers/shim.*` write the same. Nothing is imported here but `os`: the hook comes this way.
"""

from __future__ import annotations

import os

from fluxmirror_core.private import make_directory

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAGIC = b"fluxmirror-spool/1"
"""First word of the first and of the last line."""

EVIDENCE = (
    "CLAUDE_PROJECT_DIR",
    "GEMINI_PROJECT_DIR",
    "QWEN_PROJECT_DIR",
    "COPILOT_PROJECT_DIR",
    "QWEN_CODE_NO_RELAUNCH",
    "AI_AGENT",
    "QWEN_CODE_STARTUP_VERSION",
    "COPILOT_CLI_BINARY_VERSION",
    "FLUXMIRROR_SKIP_SELF",
    "FLUXMIRROR_SELF_REPO",
)
"""The only variables that are ever written down, in this order: the rest may hold API keys."""

LONGEST = 4096
"""Bytes a word or `KEY=VALUE` may have; a longer one is left out."""

MAX_BYTES = 1 << 30
MAX_FILES = 200_000
"""The spool is full beyond either; `wrappers/shim.sh` and `shim.mjs` have the same figures."""

_BLOCK = 4096
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def put(spool: str, payload: bytes, words: Sequence[str], env: Mapping[str, str]) -> str:
    """Write one event into the spool; directories are made when they are missing.

    Args:
        spool: the spool directory.
        payload: the bytes as they came.
        words: the registration's words: kind, hook event name.
        env: the environment; only the variables of `EVIDENCE` are taken.

    Returns:
        The event's name, or an empty string when the spool is full and the event was refused.

    Raises:
        OSError: it could not be written; what was written stays and will count as torn.
    """
    if os.path.exists(os.path.join(spool, "full")):
        refuse(spool)
        return ""
    name, descriptor = _create(os.path.join(spool, "new"), os.urandom(16).hex())
    with open(descriptor, "wb") as file:
        file.write(_header(name, words, env))
        file.write(payload)
        file.write(b"\n%b\t%b\n" % (MAGIC, name.encode()))
    return name


def refuse(spool: str) -> None:
    """Count one event that was not taken: the size of `refused` is the count."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    descriptor = os.open(os.path.join(spool, "refused"), flags, 0o600)
    try:
        os.write(descriptor, b".")
    finally:
        os.close(descriptor)


def update_full(spool: str) -> bool:
    """Measure the spool, then set or remove its `full` marker.

    Returns:
        Whether it is full now.

    Raises:
        OSError: the marker could not be written or removed.
    """
    marker = os.path.join(spool, "full")
    full = _is_over(spool)
    if full:
        os.close(os.open(marker, os.O_WRONLY | os.O_CREAT, 0o600))
    elif os.path.exists(marker):
        os.unlink(marker)
    return full


def _create(directory: str, stem: str) -> tuple[str, int]:
    """Create a file nobody else has, `stem` or `stem.1`, `stem.2` …; its name and descriptor."""
    name, suffix = stem, 0
    while True:
        try:
            return name, os.open(os.path.join(directory, name), _NEW_FILE, 0o600)
        except FileExistsError:
            suffix += 1
            name = f"{stem}.{suffix}"
        except FileNotFoundError:
            make_directory(directory)


def _header(name: str, words: Sequence[str], env: Mapping[str, str]) -> bytes:
    facts = [f"{key}={env[key]}" for key in EVIDENCE if key in env]
    told = [" ".join(filter(_fits, words)), *filter(_fits, facts)]
    return b"\t".join((MAGIC, name.encode(), *map(os.fsencode, told))) + b"\n"


def _fits(told: str) -> bool:
    """Whether a header can hold it: a shell cannot escape control characters, so it leaves out."""
    control = any(character < " " or character == "\x7f" for character in told)
    return not control and len(os.fsencode(told)) <= LONGEST


def _is_over(spool: str) -> bool:
    files = used = 0
    for size in _sizes(os.path.join(spool, "new")):
        files += 1
        used += -(-size // _BLOCK) * _BLOCK
    return files > MAX_FILES or used > MAX_BYTES


def _sizes(directory: str) -> Iterator[int]:
    try:
        entries = os.scandir(directory)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            try:
                yield entry.stat(follow_symlinks=False).st_size
            except FileNotFoundError:  # drained meanwhile
                continue
