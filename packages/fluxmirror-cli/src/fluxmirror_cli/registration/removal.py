"""Our package taken out of an agent, and everything we caused there with it."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_cli.registration.agent_home import CODEX, GEMINI, OPENCODE
from fluxmirror_cli.registration.agent_program import AWAY, run_agent
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.codex_state import config_path, forget_trust, trusted_keys
from fluxmirror_cli.registration.hook_entries import EntriesError, means_nothing, take_entries
from fluxmirror_cli.registration.installation import (
    ABSENT,
    FAILED,
    REMOVED,
    Outcome,
    keep_wording,
)
from fluxmirror_cli.registration.opencode_files import opencode_removals
from fluxmirror_cli.registration.our_commands import is_ours
from fluxmirror_cli.registration.plugin_commands import (
    PLUGIN_ID,
    has_succeeded,
    uninstall_commands,
)
from fluxmirror_cli.registration.registration_record import DATA, save_record
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings
from fluxmirror_cli.registration.tidying import tidy_settings, without_projects
from fluxmirror_cli.registration.traces import (
    compare,
    is_unchanged,
    remove_directories,
    remove_made_by_runs,
    take_snapshot,
    undo_traces,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.situation import Situation
    from fluxmirror_cli.registration.traces import Trace

_SETTINGS: Final = "settings.json"


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
            f"our hooks are in its settings, but {standing.trouble}", hint="mend that file first"
        )
    commands = uninstall_commands(agent.id) if standing.plugin else []
    changes = [_without_entries(situation, agent)] if standing.entries else []
    return Removal(agent, program, commands, changes)


def carry_out_removal(situation: Situation, removal: Removal) -> Outcome:
    """Take out what was planned, and put back what is still as we left it.

    Raises:
        RegistrationError: a file could not be written.
    """
    agent = removal.home
    traces = situation.done(agent.id).traces
    if not removal.is_any and not traces:
        return Outcome(agent.id, ABSENT, "not registered")
    if removal.commands and removal.program is None:
        return Outcome(
            agent.id,
            FAILED,
            "its program is not here, and only that can take the plugin out",
            f"install {agent.program} again, or remove the plugin in {agent.root(situation.env)}",
        )
    ours = [trace for trace in traces if is_unchanged(trace)]
    before = take_snapshot(agent, situation.env)
    failed = _run(situation, removal)
    keep_wording(agent, before, lambda text: tidy_settings(text, _settings_before(traces)))
    # Planned anew: the agent's command may have written the very file.
    for change in plan_removal(situation, agent, removal.program).changes:
        make_change(change)
    _undo(situation, agent, ours, compare(before, take_snapshot(agent, situation.env)))
    standing = situation.standing(agent)
    if standing.registered != "no":
        return Outcome(agent.id, FAILED, failed or "it is still registered there")
    situation.record.pop(agent.id, None)
    save_record(situation.data, situation.record)
    return Outcome(agent.id, REMOVED, "taken out")


def remove_everything(situation: Situation) -> list[str]:
    """Remove what served all agents, when no agent is left; the recorded data stays.

    Returns:
        The paths that were removed.
    """
    removed = []
    if os.path.isdir(situation.packages):
        shutil.rmtree(situation.packages, ignore_errors=True)
        removed.append(situation.packages)
    program = os.path.join(situation.data, "program")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(program)
        removed.append(program)
    remove_directories(situation.done(DATA).traces)  # unless what was recorded is in them
    return removed


def _run(situation: Situation, removal: Removal) -> str:
    """Run the agent's commands; gives what the last that failed said, or nothing."""
    failed = ""
    for command in removal.commands:
        answer = run_agent([removal.program or "", *command], situation.env)
        if not has_succeeded(answer, removing=True):
            words = " ".join([removal.home.program, *command])
            failed = f"`{words}` failed: {answer.last_line}"
    return failed


def _undo(situation: Situation, agent: AgentHome, ours: list[Trace], caused: list[Trace]) -> None:
    """Restore what nobody else touched since; of the rest take out what is ours alone.

    Args:
        situation: this machine.
        agent: which agent.
        ours: what installing changed, as far as it was still so when we began.
        caused: what removing has changed: new files in it are by-products as well.
    """
    known = {trace.path for trace in situation.done(agent.id).traces}
    new = [trace for trace in caused if trace.before is None and trace.path not in known]
    since = situation.done(agent.id).since
    undo_traces(agent, situation.env, [*ours, *new], since=since)
    restored = {trace.path for trace in ours}
    for trace in situation.done(agent.id).traces:
        if trace.path not in restored:
            _tidy(trace)
    if agent.id == CODEX:
        _forget_trust(situation, agent)
    if agent.id == GEMINI:
        _forget_projects(os.path.join(agent.root(situation.env), "projects.json"))
    remove_made_by_runs(agent, situation.env)
    remove_directories(situation.done(agent.id).traces)


def _settings_before(traces: Iterable[Trace]) -> str:
    """Give the settings as they were before our installation; nothing when there were none."""
    found = [trace for trace in traces if os.path.basename(trace.path) == _SETTINGS]
    return _text_before(found[0]) if found else ""


def _text_before(trace: Trace) -> str:
    return base64.b64decode(trace.before or b"").decode("utf-8-sig", "replace")


def _tidy(trace: Trace) -> None:
    """Take our names out of settings that somebody else has changed since."""
    if os.path.basename(trace.path) != _SETTINGS or not os.path.exists(trace.path):
        return
    file = read_settings(trace.path)
    text = tidy_settings(file.text, _text_before(trace))
    gone = trace.before is None and means_nothing(text)
    make_change(Change(file, None if gone else text))


def _forget_trust(situation: Situation, agent: AgentHome) -> None:
    root = agent.root(situation.env)
    trust = situation.done(agent.id).trust
    keys = {key for key in trusted_keys(root) if key.startswith(f"{PLUGIN_ID}:")}
    keys |= set(trust.keys if trust else ())
    file = read_settings(config_path(root))
    if file.raw is not None and keys:
        make_change(Change(file, forget_trust(file.text, keys)))


def _forget_projects(path: str) -> None:
    file = read_settings(path)
    if file.raw is not None:
        make_change(Change(file, without_projects(file.text, AWAY)))


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
        raise RegistrationError(f"{file.path} is left alone: {error}") from error
    gone = known is not None and known.was_missing and means_nothing(text)
    return Change(file, None if gone else text)
