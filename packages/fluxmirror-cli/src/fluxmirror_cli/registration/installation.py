"""Our package put into one agent: planned first, so that it can be shown, then carried out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.agent_home import OPENCODE, name_of
from fluxmirror_cli.registration.agent_program import run_agent
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.dialect import check_read
from fluxmirror_cli.registration.hook_entries import EMPTY, EntriesError, add_entries
from fluxmirror_cli.registration.journal import (
    check_files,
    journaled,
    missing_directories,
    settle,
    text_before,
)
from fluxmirror_cli.registration.opencode_files import opencode_changes, written_by
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.packages import PLUGIN, package_version, version_numbers
from fluxmirror_cli.registration.plugin_commands import (
    describe_failure,
    has_succeeded,
    install_commands,
    uninstall_commands,
)
from fluxmirror_cli.registration.registration_record import SettingsRecord, save_record
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    check_writable,
    read_settings,
)
from fluxmirror_cli.registration.tidying import remove_copies, tidy_settings

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.situation import Situation
    from fluxmirror_cli.registration.standing import Plugin, Standing

INSTALLED: Final = "installed"
UPDATED: Final = "updated"
ALREADY: Final = "already"
FAILED: Final = "failed"
UNTRUSTED: Final = "untrusted"
"""Registered, and the trust it needs is left to its owner, as the owner wanted."""
REMOVED: Final = "removed"
ABSENT: Final = "absent"


class Outcome(NamedTuple):
    """What came of one agent."""

    agent: str
    state: str
    sentence: Sayable
    hint: Sayable = ""

    @property
    def is_fine(self) -> bool:
        """Whether it is as somebody wanted it."""
        return self.state != FAILED


class Plan(NamedTuple):
    """What will be done to one agent."""

    agent: FoundAgent
    state: str
    """What the outcome will be if nothing fails."""
    sentence: Sayable
    commands: list[list[str]]
    """Arguments for the agent's program, in order."""
    changes: list[Change]
    made: tuple[str, ...] = ()
    """As `hook_entries.Added.made`."""
    hint: Sayable = ""


def plan_installation(
    situation: Situation, agent: FoundAgent, *, into_settings: bool = False
) -> Plan:
    """Say what it takes to have our package in an agent.

    Args:
        situation: this machine.
        agent: which agent.
        into_settings: use its settings file, even where its own commands could do it.

    Raises:
        RegistrationError: the agent is too old, or its settings cannot be edited.
    """
    _check_platform(situation, agent)
    _check_version(agent)
    standing = situation.standing(agent.home)
    if agent.id == OPENCODE:
        return _plan_files(situation, agent, standing)
    if standing.plugin is not None:
        return _plan_plugin_again(situation, agent, standing, standing.plugin)
    if into_settings or standing.entries:
        return plan_entries(situation, agent)
    check_files(situation, agent.home)
    commands = install_commands(agent.id, situation.packages)
    return Plan(agent, INSTALLED, message("install.as_plugin"), commands, [])


def _plan_files(situation: Situation, agent: FoundAgent, standing: Standing) -> Plan:
    changes = opencode_changes(situation, agent.home)
    if not changes:
        return Plan(agent, ALREADY, message("install.module_already"), [], [])
    state = UPDATED if standing.plugin else INSTALLED
    return Plan(agent, state, message("install.module"), [], changes)


def _plan_plugin_again(
    situation: Situation, agent: FoundAgent, standing: Standing, plugin: Plugin
) -> Plan:
    """Say what it takes to have a plugin that is there be this version's."""
    if not plugin.enabled:
        return Plan(
            agent,
            FAILED,
            message("install.switched_off"),
            [],
            [],
            hint=message("install.switch_on", agent=name_of(agent.id)),
        )
    if standing.current:
        return Plan(agent, ALREADY, message("install.as_plugin_already"), [], [])
    ours = package_version(os.path.join(situation.bundle, PLUGIN))
    if version_numbers(standing.version) > version_numbers(ours):
        return Plan(
            agent,
            ALREADY,
            message("install.newer_plugin", version=standing.version, own=ours),
            [],
            [],
            hint=message("install.update_ourselves"),
        )
    if plugin.directory.startswith(situation.packages + os.sep):
        return Plan(agent, UPDATED, message("install.plugin_in_place"), [], [])
    check_files(situation, agent.home)
    again = [*uninstall_commands(agent.id), *install_commands(agent.id, situation.packages)]
    return Plan(agent, UPDATED, message("install.older_plugin"), again, [])


def plan_entries(situation: Situation, agent: FoundAgent) -> Plan:
    """Say what it takes to have our hooks in an agent's settings file.

    Raises:
        RegistrationError: the file cannot be edited.
    """
    file = read_settings(agent.home.settings_path(situation.env))
    check_read(agent.id, file)
    hooks = settings_hooks(agent.id, situation.bundle, situation.packages)
    known = situation.done(agent.id).settings
    text = file.text if file.text.strip() else EMPTY
    try:
        added = add_entries(
            text,
            hooks,
            lambda command: is_ours(command, situation.packages),
            known.made if known else None,
        )
    except EntriesError as error:
        raise RegistrationError(
            message("settings_file.left_alone", path=file.path, reason=error.sentence)
        ) from error
    change = Change(file, added.text)
    if change.is_one:
        check_writable(file)
        sentence = message("install.in_settings", path=file.path)
        return Plan(agent, INSTALLED, sentence, [], [change], added.made)
    return Plan(agent, ALREADY, message("install.in_settings_already", path=file.path), [], [])


def carry_out(situation: Situation, plan: Plan) -> Outcome:
    """Do what was planned; how to undo it is written down before.

    A command of the agent that fails is taken back, and its settings file used instead.

    Raises:
        RegistrationError: a file could not be written.
    """
    agent = plan.agent
    if agent.id == OPENCODE:
        _write_files(situation, plan)
    elif plan.commands or plan.changes:
        failed = _register(situation, plan)
        if failed is not None:
            return _fall_back(situation, agent, failed)
    else:
        settle(situation, agent.home)  # what an installation that died has left
    return Outcome(agent.id, plan.state, plan.sentence, plan.hint)


def _register(situation: Situation, plan: Plan) -> Sayable | None:
    """Run the commands and make the changes; gives why that failed, or None."""
    agent = plan.agent
    with journaled(situation, agent.home):
        failed = _run(situation, plan)
        if failed is None and plan.commands and situation.standing(agent.home).plugin is None:
            failed = message("install.nothing_registered")
        if failed is None:
            _enter(situation, plan)
    return failed


def _enter(situation: Situation, plan: Plan) -> None:
    """Make the changes in a settings file, and note what the entries brought with them."""
    for change in plan.changes:
        done = situation.done(plan.agent.id)
        missing = done.settings.was_missing if done.settings else change.file.raw is None
        noted = SettingsRecord(change.file.path, plan.made, missing)
        situation.record[plan.agent.id] = done._replace(settings=noted)
        save_record(situation.data, situation.record)
        make_change(change)


def _write_files(situation: Situation, plan: Plan) -> None:
    """Write our files, each known to be ours before it is there."""
    done = situation.done(plan.agent.id)
    written = {**dict(done.written), **written_by(plan.changes)}
    missing = {
        directory for change in plan.changes for directory in missing_directories(change.file.path)
    }
    made = tuple(sorted({*done.made, *missing}))
    if plan.changes:
        situation.record[plan.agent.id] = done._replace(
            written=tuple(sorted(written.items())), made=made
        )
        save_record(situation.data, situation.record)
    for change in plan.changes:
        make_change(change)


def _run(situation: Situation, plan: Plan) -> Sayable | None:
    """Run the agent's commands; gives what the first that failed said, or None."""
    removing = uninstall_commands(plan.agent.id)
    for command in plan.commands:
        answer = run_agent([plan.agent.program, *command], situation.env)
        if not has_succeeded(answer, removing=command in removing):
            return describe_failure(plan.agent.home, command, answer)
    return None


def _fall_back(situation: Situation, agent: FoundAgent, failed: Sayable) -> Outcome:
    """Take back what half succeeded, and put the hooks into the settings file."""
    before = text_before(situation.done(agent.id).journal, agent.home.settings_path(situation.env))
    hint = _tried(agent)
    try:
        with journaled(situation, agent.home, lambda text: tidy_settings(text, before)):
            for command in uninstall_commands(agent.id):
                run_agent([agent.program, *command], situation.env)
        remove_copies(situation, agent.home)
        plan = plan_entries(situation, agent)
        with journaled(situation, agent.home):
            _enter(situation, plan)
    except RegistrationError as error:
        sentence = message("install.failed_twice", first=failed, second=error.sentence)
        return Outcome(agent.id, FAILED, sentence, hint)
    sentence = message("install.instead", outcome=plan.sentence, reason=failed)
    return Outcome(agent.id, plan.state, sentence, hint)


def _tried(agent: FoundAgent) -> Sayable:
    """Say which version this was tried with, where it is another."""
    name, tried = name_of(agent.id), agent.home.tried
    if agent.version == tried:
        return ""
    if not agent.version:
        return message("install.tried", agent=name, tried=tried)
    return message("install.tried_another", agent=name, tried=tried, version=agent.version)


def _check_platform(situation: Situation, agent: FoundAgent) -> None:
    """Refuse where the registered command could not run: some agents block every tool then."""
    if situation.platform == "win32" and agent.id != OPENCODE:
        raise RegistrationError(
            message("install.no_shell", agent=name_of(agent.id)), hint=message("install.wsl")
        )


def _check_version(agent: FoundAgent) -> None:
    needed = agent.home.needed
    if needed and agent.version and version_numbers(agent.version) < version_numbers(needed):
        raise RegistrationError(
            message(
                "install.too_old", agent=name_of(agent.id), version=agent.version, needed=needed
            ),
            hint=message("install.update_agent"),
        )
