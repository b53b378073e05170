"""Defaults: what each question offers, and what tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.resolution import Source, layers_of
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.configured import resolution
from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.screens import from_home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.config.resolution import Value
    from fluxmirror_core.messages import Message, Sayable

_NOBODY: Final = message("zone.by_nobody")
"""What `inferred_zone` says where the system has no zone."""
LANGUAGE: Final = "language"
TIMEZONE: Final = "timezone"
PAYLOADS: Final = "capture.payloads"
RETENTION: Final = "storage.retention_days"
AGENT_KEYS: Final = {agent.id: f"agents.{agent.id}.enabled" for agent in AGENT_HOMES}
"""Whether an agent is recorded at all: agent → key."""
ASKED_KEYS: Final = (LANGUAGE, TIMEZONE, PAYLOADS, RETENTION, *AGENT_KEYS.values())


class Default(NamedTuple):
    """What holds for a key as things are."""

    value: object
    where: Sayable
    """What tells it: a variable, a file with a line, the system; empty when nothing does."""
    users: object
    """What the user's own file says; None when it says nothing."""

    @property
    def shown_where(self) -> Message:
        """What tells it, in words that stand behind the value."""
        return message("init.from", where=self.where) if self.where else message("init.default")


def find_defaults(env: Mapping[str, str]) -> dict[str, Default]:
    """Say what holds for every key that is asked for."""
    found = resolution()
    return {key: _default(layers_of(key, found, env), env) for key in ASKED_KEYS}


def _default(layers: list[Value], env: Mapping[str, str]) -> Default:
    own = [layer.value for layer in layers if layer.source == Source.USER]
    first = layers[0]
    return Default(first.value, _place(first.where, env), own[0] if own else None)


def _place(where: Sayable, env: Mapping[str, str]) -> Sayable:
    if where == _NOBODY:
        return ""
    return from_home(where, env) if isinstance(where, str) else where
