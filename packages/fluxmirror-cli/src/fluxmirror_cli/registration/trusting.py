"""Codex asked to trust our hooks, when a person agreed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_cli.registration.codex_state import TRUSTED, content_digest
from fluxmirror_cli.registration.codex_trust import CodexHook, CodexServer
from fluxmirror_cli.registration.hook_entries import find_entries
from fluxmirror_cli.registration.installation import FAILED, UNTRUSTED, Outcome, note_traces
from fluxmirror_cli.registration.our_commands import is_ours
from fluxmirror_cli.registration.plugin_commands import PLUGIN_ID
from fluxmirror_cli.registration.registration_record import TrustRecord, save_record
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings
from fluxmirror_cli.registration.traces import take_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.situation import Situation


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
    before = take_snapshot(agent.home, situation.env)
    try:
        with CodexServer(agent.program, situation.env) as server:
            return _settle(situation, agent, outcome, server, agree)
    except RegistrationError as error:
        hint = "trust them in Codex itself, by /hooks"
        return Outcome(agent.id, FAILED, f"{outcome.sentence}, but {error}", hint)
    finally:
        note_traces(situation, agent, before)


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
    waiting = [hook for hook in hooks if not hook.runs]
    if waiting and not agree(waiting):
        return Outcome(
            agent.id,
            UNTRUSTED,
            f"{outcome.sentence}, but Codex runs no hook that is not trusted",
            "run `fluxmirror install codex-cli --trust`, or trust them in Codex by /hooks",
        )
    if waiting:
        server.trust(waiting)
        hooks = server.list_hooks(is_one_of_ours)
    refused = [hook for hook in hooks if not hook.runs]
    if refused or not hooks:
        said = f"Codex calls {len(refused)} of our {len(hooks)} hooks untrusted still"
        return Outcome(agent.id, UNTRUSTED, f"{outcome.sentence}, but {said}", "open /hooks in it")
    _note(situation, agent, hooks)
    return outcome._replace(sentence=f"{outcome.sentence}, and trusted by Codex")


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
