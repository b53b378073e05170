"""Our package taken out of an agent, and everything we caused there with it."""

from __future__ import annotations

import os
from functools import reduce
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.agent_home import CODEX, OPENCODE
from fluxmirror_cli.registration.agent_program import run_agent
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.codex_state import config_path, forget_trust, trusted_keys
from fluxmirror_cli.registration.hook_entries import EntriesError, means_nothing, take_entries
from fluxmirror_cli.registration.installation import ABSENT, FAILED, REMOVED, Outcome
from fluxmirror_cli.registration.journal import (
    bytes_before,
    check_files,
    is_unchanged,
    journaled,
    remove_directories,
    settle,
    text_before,
    undo,
)
from fluxmirror_cli.registration.opencode_files import (
    OPENCODE_FOLDER,
    opencode_kept,
    opencode_removals,
)
from fluxmirror_cli.registration.our_commands import is_ours
from fluxmirror_cli.registration.packages import remove_packages
from fluxmirror_cli.registration.plugin_commands import (
    PLUGIN_ID,
    describe_failure,
    has_succeeded,
    uninstall_commands,
)
from fluxmirror_cli.registration.program_record import is_record, record_path
from fluxmirror_cli.registration.registration_record import DATA, AgentRecord, save_record
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings
from fluxmirror_cli.registration.tidying import remove_copies, tidy_settings

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.registration_record import Kept
    from fluxmirror_cli.registration.situation import Situation


class Removal(NamedTuple):
    """What will be taken out of one agent."""

    home: AgentHome
    program: str | None
    """None when the agent itself is gone: then its files are all there is to edit."""
    commands: list[list[str]]
    changes: list[Change]

    @property
    def is_any(self) -> bool:
        """Whether there is anything to take out."""
        return bool(self.commands or self.changes)


def plan_removal(situation: Situation, agent: AgentHome, program: str | None) -> Removal:
    """Say what it takes to have nothing of ours in an agent.

    Raises:
        RegistrationError: its settings cannot be edited.
    """
    standing = situation.standing(agent)
    if agent.id == OPENCODE:
        return Removal(agent, program, [], opencode_removals(situation, agent))
    if standing.trouble and situation.done(agent.id).settings:
        raise RegistrationError(
            message("uninstall.unreadable", reason=standing.trouble),
            hint=message("uninstall.mend_first"),
        )
    commands = uninstall_commands(agent.id) if standing.plugin else []
    changes = [_without_entries(situation, agent)] if standing.entries else []
    return Removal(agent, program, commands, changes)


def carry_out_removal(situation: Situation, removal: Removal) -> Outcome:
    """Take out what was planned, and put back what is still as we left it.

    Raises:
        RegistrationError: a file may not be written, and nothing was done; or could not be.
    """
    agent = removal.home
    done = situation.done(agent.id)
    if not removal.is_any and done == AgentRecord():
        return Outcome(agent.id, ABSENT, message("uninstall.absent"))
    if removal.commands and removal.program is None:
        return Outcome(
            agent.id,
            FAILED,
            message("uninstall.no_program"),
            message(
                "uninstall.no_program_hint",
                program=agent.program,
                path=agent.root(situation.env),
            ),
        )
    if agent.id == OPENCODE:
        return _remove_files(situation, removal)
    if removal.commands:
        check_files(situation, agent)
    failed, troubles = _take_out(situation, removal)
    if situation.standing(agent).registered != "no":
        return Outcome(agent.id, FAILED, failed or message("uninstall.still_registered"))
    if troubles:
        told = message("uninstall.out_but", reason=reduce(_and, troubles))
        return Outcome(agent.id, FAILED, told, message("uninstall.once_more"))
    _forget(situation, agent)
    return Outcome(agent.id, REMOVED, message("uninstall.out"))


def _and(first: Sayable, second: Sayable) -> Sayable:
    return message("uninstall.both", first=first, second=second)


def remove_everything(situation: Situation) -> list[str]:
    """Remove what served all agents, when no agent is left; the recorded data stays.

    Returns:
        The paths that were removed: none where we never wrote anything.

    Raises:
        RegistrationError: something could not be removed.
    """
    made = situation.done(DATA).made
    if not remove_packages(situation.packages):
        return []
    removed = [] if os.path.isdir(situation.packages) else [situation.packages]
    program = record_path(situation.data)
    if is_record(program):
        try:
            os.unlink(program)
        except OSError as error:
            reason = error.strerror or str(error)
            raise RegistrationError(
                message("registration.cannot_remove", path=program, reason=reason)
            ) from error
        removed.append(program)
    situation.record.pop(DATA, None)
    remove_directories(made)  # unless what was recorded is in them
    return removed


def _take_out(situation: Situation, removal: Removal) -> tuple[Sayable, list[Sayable]]:
    """Run the commands and put back what they leave.

    Returns:
        What the last command that failed said, or nothing; and what could not be put back.
    """
    agent = removal.home
    settle(situation, agent)  # what an installation that died has left
    journal = situation.done(agent.id).journal
    settings = agent.settings_path(situation.env)
    without_us = [kept for kept in journal if not _registers(situation, kept)]
    ours = {kept.path for kept in without_us if is_unchanged(kept)}
    before = text_before(without_us, settings)
    with journaled(situation, agent, lambda text: tidy_settings(text, before)):
        failed = _run(situation, removal)
        # Planned anew: the agent's command may have written the very file.
        for change in plan_removal(situation, agent, removal.program).changes:
            make_change(change)
        _tidy_settings(settings, before, journal)
        if agent.id == CODEX:
            _forget_trust(situation, agent)
    known = {kept.path for kept in journal}
    done = situation.done(agent.id)
    journal = tuple(kept for kept in done.journal if kept.path in known)
    situation.record[agent.id] = done._replace(journal=journal)
    save_record(situation.data, situation.record)
    remove_copies(situation, agent)
    return failed, undo(situation, agent, ours)


def _registers(situation: Situation, kept: Kept) -> bool:
    """Tell whether a file registered us before: an older plugin of ours, put in by hand."""
    before = bytes_before(kept).decode("utf-8", "replace")
    return PLUGIN_ID in before or situation.packages in before


def _remove_files(situation: Situation, removal: Removal) -> Outcome:
    """Remove our files from OpenCode's directory; what a person changed in them stays."""
    agent = removal.home
    for change in removal.changes:
        make_change(change)
    ours = os.path.join(agent.root(situation.env), OPENCODE_FOLDER)
    remove_directories([*situation.done(agent.id).made, ours])
    kept = opencode_kept(situation, agent)
    if situation.standing(agent).registered != "no":
        return Outcome(
            agent.id,
            FAILED,
            message("uninstall.not_as_written", paths=", ".join(kept)),
            message("uninstall.remove_yourself"),
        )
    _forget(situation, agent)
    told = message("uninstall.out")
    if kept:
        told = message("uninstall.out_but_changed", paths=", ".join(kept))
    return Outcome(agent.id, REMOVED, told)


def _forget(situation: Situation, agent: AgentHome) -> None:
    if situation.record.pop(agent.id, None) is not None:
        save_record(situation.data, situation.record)


def _run(situation: Situation, removal: Removal) -> Sayable:
    """Run the agent's commands; gives what the last that failed said, or nothing."""
    failed: Sayable = ""
    for command in removal.commands:
        answer = run_agent([removal.program or "", *command], situation.env)
        if not has_succeeded(answer, removing=True):
            failed = describe_failure(removal.home, command, answer)
    return failed


def _tidy_settings(path: str, before: str, journal: tuple[Kept, ...]) -> None:
    """Take our names out of settings; a file that is nothing without them, and was not, goes."""
    file = read_settings(path)
    if file.raw is None:
        return
    text = tidy_settings(file.text, before)
    was_missing = any(kept.path == path and kept.before is None for kept in journal)
    make_change(Change(file, None if was_missing and means_nothing(text) else text))


def _forget_trust(situation: Situation, agent: AgentHome) -> None:
    root = agent.root(situation.env)
    trust = situation.done(agent.id).trust
    keys = {key for key in trusted_keys(root) if key.startswith(f"{PLUGIN_ID}:")}
    keys |= set(trust.keys if trust else ())
    file = read_settings(config_path(root))
    if file.raw is not None and keys:
        make_change(Change(file, forget_trust(file.text, keys)))


def _without_entries(situation: Situation, agent: AgentHome) -> Change:
    file = read_settings(agent.settings_path(situation.env))
    known = situation.done(agent.id).settings
    try:
        text = take_entries(
            file.text,
            lambda command: is_ours(command, situation.packages),
            made=known.made if known else None,
        )
    except EntriesError as error:
        raise RegistrationError(
            message("settings_file.left_alone", path=file.path, reason=error.sentence)
        ) from error
    gone = known is not None and known.was_missing and means_nothing(text)
    return Change(file, None if gone else text)
