"""What all agents' registrations stand on: the copied packages, and the path of this program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.journal import note_own_directories
from fluxmirror_cli.registration.packages import (
    PLUGIN,
    copy_packages,
    is_copied,
    package_version,
    version_numbers,
)
from fluxmirror_cli.registration.program_record import (
    find_own_program,
    read_program,
    record_path,
    write_program,
)
from fluxmirror_cli.registration.registration_record import save_record

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

    from fluxmirror_cli.registration.situation import Situation


class Foundation(NamedTuple):
    """What will be written into our own data directory."""

    packages: str
    """Where the packages go; empty when they are there."""
    program: str
    """The path that will be recorded; empty when it is, or when there is none to record."""
    is_passing: bool
    """Whether this program is one that will be gone, as `uvx` makes it: nothing to record."""


def plan_foundation(situation: Situation) -> Foundation:
    """Say what has to be written before any agent is told of it.

    Packages of a newer FluxMirror stay, and so does the newer program.
    """
    program = find_own_program()
    recorded = read_program(situation.data)
    usable = recorded is not None and os.access(recorded, os.X_OK)
    newer = _are_newer(situation)
    copied = newer or is_copied(situation.bundle, situation.packages)
    told = program is None or program == recorded or (newer and usable)
    return Foundation(
        packages="" if copied else situation.packages,
        program="" if told or program is None else program,
        is_passing=program is None and not usable,
    )


def lay_foundation(situation: Situation, foundation: Foundation) -> None:
    """Write it.

    Raises:
        RegistrationError: it cannot be written, or would cost somebody a file.
    """
    note_own_directories(situation)
    if foundation.packages:
        copy_packages(situation.bundle, situation.packages)
    save_record(situation.data, situation.record)
    if foundation.program:
        write_program(situation.data, foundation.program)


def _are_newer(situation: Situation) -> bool:
    there, ours = (
        version_numbers(package_version(os.path.join(where, PLUGIN)))
        for where in (situation.packages, situation.bundle)
    )
    return there > ours


def describe_foundation(situation: Situation, foundation: Foundation) -> list[Message]:
    """Say in sentences what would be written."""
    lines = []
    if foundation.packages:
        lines.append(message("install.copy_packages", path=foundation.packages))
    if foundation.program:
        path = record_path(situation.data)
        lines.append(message("install.write_program", program=foundation.program, path=path))
    return lines
