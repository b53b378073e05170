"""Files that make shells complete, put where the shells look and taken out byte for byte.

What was put where is kept in a record in our data directory, until it is undone.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import OutputError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.configured import here
from fluxmirror_cli.registration.journal import missing_directories, remove_directories
from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    check_writable,
    read_settings,
    remove_settings,
    write_settings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.completion.places import Piece

WRITTEN: Final = "written"
UNCHANGED: Final = "unchanged"
_RECORD: Final = "completion.json"
_VERSION: Final = 1


class _Done(NamedTuple):
    """What was put into one file."""

    shell: str
    path: str
    text: str
    """Exactly what was added."""
    was_missing: bool
    """Whether there was no such file."""


class _Record(NamedTuple):
    """Everything that was put anywhere."""

    files: tuple[_Done, ...] = ()
    made: tuple[str, ...] = ()
    """Directories that were not there before, for any of the files, or for the record."""


class Left(NamedTuple):
    """A file that was not touched, and why."""

    path: str
    reason: Sayable


def installed() -> list[str]:
    """Give the files that hold something of ours.

    Raises:
        OutputError: the record of them cannot be read.
    """
    return [one.path for one in _load().files]


def installed_among_others() -> list[str]:
    """Give those of them that hold something of somebody else's as well.

    Raises:
        OutputError: the record of them cannot be read.
    """
    return [one.path for one in _load().files if not (one.was_missing and _is_all(one))]


def remove_completion() -> list[str]:
    """Take out of all shells what was put there; gives the files that were changed or removed.

    What is still `installed` afterwards was changed by somebody since, and stays.

    Raises:
        OutputError: the record cannot be read or written.
    """
    return remove_of(None)[0]


def put(shell: str, wanted: Iterable[Piece], *, dry_run: bool) -> list[tuple[str, str]]:
    """Put pieces where they belong, in place of what was put there before.

    Returns:
        Each file with `WRITTEN` or `UNCHANGED`; with `dry_run` what would become of it.

    Raises:
        RegistrationError: a file is not ours, or cannot be written.
        OutputError: the record cannot be read or written.
    """
    return [(piece.path, _put_piece(shell, piece, dry_run=dry_run)) for piece in wanted]


def remove_of(shell: str | None, *, dry_run: bool = False) -> tuple[list[str], list[Left]]:
    """Take out what was put there for a shell, or for all.

    Returns:
        The files that were given back, or would be with `dry_run`, and those that were left.

    Raises:
        OutputError: the record cannot be read or written.
    """
    record = _load()
    changed: list[str] = []
    left: list[Left] = []
    for done in reversed(record.files):
        if shell is not None and done.shell != shell:
            continue
        try:
            _give_back(done, dry_run=dry_run)
        except RegistrationError as error:
            left.append(Left(done.path, error.sentence))
            continue
        changed.append(done.path)
        if not dry_run:
            record = _without(record, done)
            _save(record)
    return changed, left


def _put_piece(shell: str, piece: Piece, *, dry_run: bool) -> str:
    record = _load()
    before = next((one for one in record.files if one.path == piece.path), None)
    settings = read_settings(piece.path)
    if settings.raw is not None and piece.text in settings.text and (before or piece.is_whole):
        return UNCHANGED
    if piece.is_whole and before is None and settings.raw is not None:
        raise RegistrationError(
            message("completing.not_ours", path=piece.path),
            hint=message("completing.move_away"),
        )
    check_writable(settings)
    if dry_run:
        return WRITTEN
    if before is not None:
        _give_back(before)
        record = _without(record, before)
        _save(record)
        settings = read_settings(piece.path)
    gap = "" if not settings.text or settings.text.endswith("\n") else "\n"
    done = _Done(
        shell,
        piece.path,
        gap + piece.text,
        was_missing=settings.raw is None,
    )
    # Kept first: what is not there any more can be given back, what nobody knows of cannot.
    made = {*record.made, *missing_directories(piece.path), *missing_directories(_record_path())}
    record = _Record((*record.files, done), tuple(sorted(made)))
    _save(record)
    try:
        write_settings(settings, settings.text + done.text)
    except RegistrationError:
        _save(_without(record, done))
        raise
    return WRITTEN


def _give_back(done: _Done, *, dry_run: bool = False) -> None:
    """Give a file the bytes it had, or take it away when there was none.

    Raises:
        RegistrationError: somebody changed what was put there, or the file cannot be written.
    """
    settings = read_settings(done.path)
    if settings.raw is not None:
        if settings.text.count(done.text) != 1:
            raise RegistrationError(message("completing.changed_since", path=done.path))
        rest = _without_text(settings.text, done.text)
        check_writable(settings)
        if dry_run:
            return
        if done.was_missing and not rest:
            remove_settings(settings)
        else:
            write_settings(settings, rest)


def _without_text(text: str, added: str) -> str:
    """Take out what was added; what somebody wrote behind it since begins a line of its own."""
    before, _, behind = text.partition(added)
    joint = "\n" if before and behind and added.startswith("\n") else ""
    return before + joint + behind


def _is_all(done: _Done) -> bool:
    """Tell whether a file holds nothing but what was put there."""
    return read_owned(done.path) == done.text.encode()


def _without(record: _Record, done: _Done) -> _Record:
    return record._replace(files=tuple(one for one in record.files if one != done))


def _record_path() -> str:
    return os.path.join(here().data, _RECORD)


def _load() -> _Record:
    path = _record_path()
    raw = read_owned(path)
    if raw is None and not os.path.lexists(path):
        return _Record()
    try:
        told = json.loads(raw or b"")
        if told["version"] == _VERSION:
            files = tuple(_Done(*one) for one in told["files"])
            return _Record(files, tuple(told["made"]))
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path) from error
    raise _unreadable(path)


def _unreadable(path: str) -> OutputError:
    return OutputError(
        message("completing.unreadable", path=path), hint=message("completing.look_yourself")
    )


def _save(record: _Record) -> None:
    """Write the record down, and take away directories that nothing needs any more."""
    path = _record_path()
    if record.files:
        told = {"version": _VERSION, "files": record.files, "made": record.made}
        write_owned(path, f"{json.dumps(told, indent=1)}\n".encode())
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    remove_directories(record.made)
