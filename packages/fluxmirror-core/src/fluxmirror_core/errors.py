"""The few kinds of error a person can act on, and the exit code of each."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable


class ExitCode(IntEnum):
    """What the program's exit status means; one meaning each, but for doctor's worst.

    Doctor tells by 0, 1 and 2 how bad it is, so 2 has two names.
    """

    OK = 0
    WARNING = 1
    USAGE = 2
    DOCTOR_ERROR = 2
    NO_DATA = 3
    STORE = 4
    CONFIG = 5
    OUTPUT = 6
    INTERNAL = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """As a shell calls a program that SIGPIPE ended."""


class FluxMirrorError(Exception):
    """Something a person can act on: one clear sentence, and a hint how; `str` is English."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, sentence: Sayable, *, hint: Sayable = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
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


class ConfigError(FluxMirrorError):
    """The configuration says what cannot be, or cannot be read or written."""

    exit_code = ExitCode.CONFIG


class OutputError(FluxMirrorError):
    """What was asked for could not be written where it should go."""

    exit_code = ExitCode.OUTPUT


class PipeClosedError(FluxMirrorError):
    """Whoever read the output has seen enough: nothing to say, and nobody to say it to."""

    exit_code = ExitCode.PIPE_CLOSED
