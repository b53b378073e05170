"""Codex asked to trust our hooks, when a person agreed to it, and no hook that is not ours."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.registration.agent_home import CODEX
from fluxmirror_cli.registration.codex_state import TRUSTED, content_digest
from fluxmirror_cli.registration.codex_trust import CodexHook, CodexServer
from fluxmirror_cli.registration.hook_entries import find_entries
from fluxmirror_cli.registration.installation import (
    ALREADY,
    FAILED,
    UNTRUSTED,
    UPDATED,
    Outcome,
)
from fluxmirror_cli.registration.journal import check_files, journaled
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.packages import PLUGIN, differs
from fluxmirror_cli.registration.plugin_commands import PLUGIN_ID
from fluxmirror_cli.registration.registration_record import TrustRecord, save_record
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.situation import Situation

_ANYWHERE: Final = os.path.abspath("/anywhere")
"""Stands for a directory in commands that are compared; nothing in it has to be quoted."""


def settle_trust(
    situation: Situation,
    agent: FoundAgent,
    outcome: Outcome,
    agree: Callable[[list[CodexHook]], bool],
) -> Outcome:
    """See to it that Codex runs what was registered.

    Args:
        situation: this machine.
        agent: Codex.
        outcome: what came of registering.
        agree: asked once, with the hooks that Codex does not trust as they are.

    Returns:
        The outcome, or another when Codex will not run the hooks.
    """
    trust = situation.standing(agent.home).trust
    seen = trust == TRUSTED and situation.done(agent.id).trust is not None
    if not outcome.is_fine or not trust or seen:
        return outcome
    try:
        check_files(situation, agent.home)
        with (
            journaled(situation, agent.home),
            CodexServer(agent.program, situation.env) as server,
        ):
            return _settle(situation, agent, outcome, server, agree)
    except RegistrationError as error:
        hint = str(error.hint) or "trust them in Codex itself, by /hooks"
        return Outcome(agent.id, FAILED, f"{outcome.sentence}, but {error}", hint)


def _settle(
    situation: Situation,
    agent: FoundAgent,
    outcome: Outcome,
    server: CodexServer,
    agree: Callable[[list[CodexHook]], bool],
) -> Outcome:
    def is_one_of_ours(hook: CodexHook) -> bool:
        return hook.key.startswith(f"{PLUGIN_ID}:") or is_ours(hook.command, situation.packages)

    hooks = server.list_hooks(is_one_of_ours)
    check_hooks(situation, agent, hooks)
    waiting = [hook for hook in hooks if not hook.is_trusted]
    if waiting and not agree(waiting):
        return Outcome(
            agent.id,
            UNTRUSTED,
            f"{outcome.sentence}; its hooks do not run yet, as Codex does not trust them",
            "run `fluxmirror install codex-cli --trust`, or trust them in Codex by /hooks;"
            " `fluxmirror doctor` tells as long as they do not run",
        )
    if waiting:
        server.trust(waiting)
        hooks = server.list_hooks(is_one_of_ours)
    refused = [hook for hook in hooks if not hook.is_trusted]
    if refused or not hooks:
        said = f"Codex calls {len(refused)} of our {len(hooks)} hooks untrusted still"
        return Outcome(agent.id, FAILED, f"{outcome.sentence}, but {said}", "open /hooks in it")
    _note(situation, agent, hooks)
    off = [hook for hook in hooks if not hook.enabled]
    if off:
        said = f"{len(off)} of our {len(hooks)} hooks are switched off in Codex"
        hint = "switch them on in Codex, by /hooks"
        return Outcome(agent.id, FAILED, f"{outcome.sentence}, but {said}", hint)
    if not waiting:
        return outcome._replace(sentence=f"{outcome.sentence}, and trusted by Codex")
    state = UPDATED if outcome.state == ALREADY else outcome.state
    sentence = f"{outcome.sentence}; Codex trusts its hooks from now on"
    return outcome._replace(state=state, sentence=sentence)


def check_hooks(situation: Situation, agent: FoundAgent, hooks: list[CodexHook]) -> None:
    """Make sure that what Codex would run is what we registered.

    A plugin of our name may hold anything: its files are compared, then each command.

    Raises:
        RegistrationError: it is something else, so nobody should trust it unseen.
    """
    plugin = situation.standing(agent.home).plugin
    package = os.path.join(situation.bundle, PLUGIN)
    root = plugin.directory if plugin else os.path.join(situation.packages, PLUGIN)
    hint = "look into them; `fluxmirror uninstall codex-cli` takes them out"
    if differs(package, root):
        raise RegistrationError(f"the files in {root} are not those of our package", hint=hint)
    expected = {
        (_event(event), str(hook["command"]))
        for event, hook in settings_hooks(CODEX, situation.bundle, situation.packages).items()
    }
    if plugin:
        expected |= _plugin_commands(situation, plugin.directory)
    strange = [hook for hook in hooks if (_event(hook.event), hook.command) not in expected]
    if strange:
        said = f"Codex would run {len(strange)} hooks in our name that are not ours"
        raise RegistrationError(said, hint=hint)


def _plugin_commands(situation: Situation, directory: str) -> set[tuple[str, str]]:
    """Give event and command of our plugin's hooks: Codex writes its directory into them."""
    hooks = settings_hooks(CODEX, situation.bundle, _ANYWHERE)
    package = os.path.join(_ANYWHERE, PLUGIN)
    return {
        (_event(event), str(hook["command"]).replace(package, root))
        for event, hook in hooks.items()
        for root in (directory, os.path.realpath(directory))
    }


def _event(name: str) -> str:
    """Write an event as hooks files do; Codex's answers begin it with a small letter."""
    return name[:1].upper() + name[1:]


def _note(situation: Situation, agent: FoundAgent, hooks: list[CodexHook]) -> None:
    """Write down what was seen to be trusted: the next look at it starts no Codex."""
    plugin = situation.standing(agent.home).plugin
    file = read_settings(agent.home.settings_path(situation.env))
    entries = {
        entry.event: entry.command
        for entry in (find_entries(file.text) if file.text.strip() else ())
        if is_ours(entry.command, situation.packages)
    }
    content = content_digest(plugin.directory if plugin else None, entries)
    trust = TrustRecord(tuple(sorted(hook.key for hook in hooks)), content)
    situation.record[agent.id] = situation.done(agent.id)._replace(trust=trust)
    save_record(situation.data, situation.record)
