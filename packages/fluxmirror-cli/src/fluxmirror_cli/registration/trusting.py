"""Codex asked to trust our hooks, when a person agreed to it, and no hook that is not ours."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

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

    from fluxmirror_core.messages import Sayable

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
        hint = error.hint or message("trust.trust_in_codex")
        return _failed(outcome, error.sentence, hint)


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
            message("trust.not_yet", outcome=outcome.sentence),
            message("trust.how"),
        )
    if waiting:
        server.trust(waiting)
        hooks = server.list_hooks(is_one_of_ours)
    refused = [hook for hook in hooks if not hook.is_trusted]
    if refused or not hooks:
        said = message("trust.still_untrusted", number=len(refused), all=len(hooks))
        return _failed(outcome, said, message("trust.open"))
    _note(situation, agent, hooks)
    off = [hook for hook in hooks if not hook.enabled]
    if off:
        said = message("trust.switched_off", number=len(off), all=len(hooks))
        return _failed(outcome, said, message("trust.switch_on"))
    if not waiting:
        return outcome._replace(sentence=message("trust.trusted", outcome=outcome.sentence))
    state = UPDATED if outcome.state == ALREADY else outcome.state
    sentence = message("trust.from_now_on", outcome=outcome.sentence)
    return outcome._replace(state=state, sentence=sentence)


def _failed(outcome: Outcome, reason: Sayable, hint: Sayable) -> Outcome:
    """Say that it is registered, but will not be run."""
    sentence = message("trust.but", outcome=outcome.sentence, reason=reason)
    return Outcome(outcome.agent, FAILED, sentence, hint)


def check_hooks(situation: Situation, agent: FoundAgent, hooks: list[CodexHook]) -> None:
    """Make sure that what Codex would run is what we registered.

    A plugin of our name may hold anything: its files are compared, then each command.

    Raises:
        RegistrationError: it is something else, so nobody should trust it unseen.
    """
    plugin = situation.standing(agent.home).plugin
    package = os.path.join(situation.bundle, PLUGIN)
    root = plugin.directory if plugin else os.path.join(situation.packages, PLUGIN)
    hint = message("trust.look")
    if differs(package, root):
        raise RegistrationError(message("trust.other_files", path=root), hint=hint)
    expected = {
        (_event(event), str(hook["command"]))
        for event, hook in settings_hooks(CODEX, situation.bundle, situation.packages).items()
    }
    if plugin:
        expected |= _plugin_commands(situation, plugin.directory)
    strange = [hook for hook in hooks if (_event(hook.event), hook.command) not in expected]
    if strange:
        raise RegistrationError(message("trust.strange", number=len(strange)), hint=hint)


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
