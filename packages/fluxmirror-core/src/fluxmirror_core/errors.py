"""The few kinds of error a person can act on, and the exit code of each."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the program's exit status means; one meaning each."""

    OK = 0
    WARNING = 1
    USAGE = 2
    NO_DATA = 3
    STORE = 4
    CONFIG = 5
    INTERNAL = 70
    INTERRUPTED = 130


class FluxMirrorError(Exception):
    """Something a person can act on: one clear sentence, and a hint how."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(FluxMirrorError):
    """The command line asks for something that does not exist."""

    exit_code = ExitCode.USAGE


class NoDataError(FluxMirrorError):
    """There is no database, or nothing in it, where something has to be."""

    exit_code = ExitCode.NO_DATA


class StoreError(FluxMirrorError):
    """The database is not ours, newer than this program, locked, or damaged."""

    exit_code = ExitCode.STORE
