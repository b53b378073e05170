"""Our package put into one agent: planned first, so that it can be shown, then carried out."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_cli.registration.agent_home import OPENCODE, name_of
from fluxmirror_cli.registration.agent_program import run_agent
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.hook_entries import EMPTY, EntriesError, add_entries
from fluxmirror_cli.registration.opencode_files import opencode_changes
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.plugin_commands import (
    has_succeeded,
    install_commands,
    uninstall_commands,
)
from fluxmirror_cli.registration.registration_record import SettingsRecord, save_record
from fluxmirror_cli.registration.restating import restate
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    check_writable,
    read_settings,
    relink,
    write_settings,
)
from fluxmirror_cli.registration.traces import (
    compare,
    merge,
    take_snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.agent_program import Answer, FoundAgent
    from fluxmirror_cli.registration.situation import Situation
    from fluxmirror_cli.registration.standing import Plugin, Standing
    from fluxmirror_cli.registration.traces import Snapshot

INSTALLED: Final = "installed"
UPDATED: Final = "updated"
ALREADY: Final = "already"
FAILED: Final = "failed"
UNTRUSTED: Final = "untrusted"
REMOVED: Final = "removed"
ABSENT: Final = "absent"


class Outcome(NamedTuple):
    """What came of one agent."""

    agent: str
    state: str
    sentence: str
    hint: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing is left to do."""
        return self.state not in {FAILED, UNTRUSTED}


class Plan(NamedTuple):
    """What will be done to one agent."""

    agent: FoundAgent
    state: str
    """What the outcome will be if nothing fails."""
    sentence: str
    commands: list[list[str]]
    """Arguments for the agent's program, in order."""
    changes: list[Change]
    made: tuple[str, ...] = ()
    """As `hook_entries.Added.made`."""
    hint: str = ""


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
    _check_version(agent)
    standing = situation.standing(agent.home)
    if agent.id == OPENCODE:
        return _plan_files(situation, agent, standing)
    if standing.plugin is not None:
        return _plan_plugin_again(situation, agent, standing, standing.plugin)
    if into_settings or standing.entries:
        return plan_entries(situation, agent)
    commands = install_commands(agent.id, situation.packages)
    return Plan(agent, INSTALLED, "registered as a plugin", commands, [])


def _plan_files(situation: Situation, agent: FoundAgent, standing: Standing) -> Plan:
    changes = opencode_changes(situation, agent.home)
    if not changes:
        return Plan(agent, ALREADY, "its plugin directory has our module already", [], [])
    state = UPDATED if standing.plugin else INSTALLED
    return Plan(agent, state, "our module is in its plugin directory", [], changes)


def _plan_plugin_again(
    situation: Situation, agent: FoundAgent, standing: Standing, plugin: Plugin
) -> Plan:
    """Say what it takes to have a plugin that is there be this version's."""
    if not plugin.enabled:
        return Plan(
            agent,
            FAILED,
            "its plugin is switched off there",
            [],
            [],
            hint=f"switch it on in {name_of(agent.id)} itself",
        )
    if standing.current:
        return Plan(agent, ALREADY, "registered as a plugin already", [], [])
    if plugin.directory.startswith(situation.packages + os.sep):
        return Plan(agent, UPDATED, "its plugin, which runs from our copy, is new", [], [])
    again = [*uninstall_commands(agent.id), *install_commands(agent.id, situation.packages)]
    return Plan(agent, UPDATED, "its plugin was an older one", again, [])


def plan_entries(situation: Situation, agent: FoundAgent) -> Plan:
    """Say what it takes to have our hooks in an agent's settings file.

    Raises:
        RegistrationError: the file cannot be edited.
    """
    file = read_settings(agent.home.settings_path(situation.env))
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
        raise RegistrationError(f"{file.path} is left alone: {error}") from error
    change = Change(file, added.text)
    if change.is_one:
        check_writable(file)
        sentence = f"registered in {file.path}"
        return Plan(agent, INSTALLED, sentence, [], [change], added.made)
    return Plan(agent, ALREADY, f"registered in {file.path} already", [], [])


def carry_out(situation: Situation, plan: Plan) -> Outcome:
    """Do what was planned, and write down how to undo it.

    A command of the agent that fails is taken back, and its settings file used instead.

    Raises:
        RegistrationError: a file could not be written.
    """
    agent = plan.agent
    before = take_snapshot(agent.home, situation.env)
    outcome = Outcome(agent.id, plan.state, plan.sentence, plan.hint)
    try:
        failed = _run(situation, plan)
        keep_wording(agent.home, before)
        if failed is None and plan.commands and situation.standing(agent.home).plugin is None:
            failed = "its own command said nothing was wrong, and registered nothing"
        if failed is not None:
            outcome = _fall_back(situation, agent, failed)
        else:
            for change in plan.changes:
                make_change(change)
            _note_entries(situation, plan)
    finally:
        note_traces(situation, agent, before)
    return outcome


def keep_wording(
    agent: AgentHome, before: Snapshot, meant: Callable[[str], str] = lambda written: written
) -> None:
    """Give a settings file that an agent wrote anew its comments and its order back.

    Args:
        agent: whose settings they are.
        before: what was there before the agent's command.
        meant: what the agent wrote → what it should have written.

    Raises:
        RegistrationError: the file could not be written.
    """
    for path, leads_to in before.links.items():
        relink(path, leads_to)
    for path, raw in before.files.items():
        file = read_settings(path) if os.path.basename(path) == agent.settings else None
        if file is None or file.raw in {None, raw}:
            continue
        text = restate(raw.decode("utf-8-sig", "replace"), meant(file.text))
        if text is not None and text != file.text:
            write_settings(file, text)


def note_traces(situation: Situation, agent: FoundAgent, before: Snapshot) -> None:
    """Write down what was changed in an agent's directory since `before`."""
    new = compare(before, take_snapshot(agent.home, situation.env))
    done = situation.done(agent.id)
    traces = tuple(merge(done.traces, new))
    since = done.since or before.taken
    situation.record[agent.id] = done._replace(traces=traces, since=since)
    save_record(situation.data, situation.record)


def _run(situation: Situation, plan: Plan) -> str | None:
    """Run the agent's commands; gives what the first that failed said, or None."""
    removing = uninstall_commands(plan.agent.id)
    for command in plan.commands:
        answer = run_agent([plan.agent.program, *command], situation.env)
        if not has_succeeded(answer, removing=command in removing):
            return _failure(plan.agent, command, answer)
    return None


def _failure(agent: FoundAgent, command: list[str], answer: Answer) -> str:
    words = " ".join([agent.home.program, *command])
    return f"`{words}` failed: {answer.last_line}"


def _fall_back(situation: Situation, agent: FoundAgent, failed: str) -> Outcome:
    """Take back what half succeeded, and put the hooks into the settings file."""
    for command in uninstall_commands(agent.id):
        run_agent([agent.program, *command], situation.env)
    hint = f"FluxMirror was tried with {name_of(agent.id)} {agent.home.tried}"
    hint += f"; this is {agent.version}" if agent.version else ""
    try:
        plan = plan_entries(situation, agent)
        for change in plan.changes:
            make_change(change)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, f"{failed}; and {error}", hint)
    _note_entries(situation, plan)
    return Outcome(agent.id, plan.state, f"{plan.sentence}, as {failed}", hint)


def _note_entries(situation: Situation, plan: Plan) -> None:
    entries = [change for change in plan.changes if plan.agent.id != OPENCODE]
    if not entries:
        return
    done = situation.done(plan.agent.id)
    file = entries[0].file
    missing = done.settings.was_missing if done.settings else file.raw is None
    noted = SettingsRecord(file.path, plan.made, missing)
    situation.record[plan.agent.id] = done._replace(settings=noted)


def _check_version(agent: FoundAgent) -> None:
    needed = agent.home.needed
    if needed and agent.version and _numbers(agent.version) < _numbers(needed):
        raise RegistrationError(
            f"{name_of(agent.id)} {agent.version} is too old: hooks of plugins need {needed}",
            hint="update it, then run `fluxmirror install` again",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
