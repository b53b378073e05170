"""What we did to each agent, kept beside the packages until it is undone."""

from __future__ import annotations

import json
import os
from typing import Any, Final, NamedTuple

from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.packages import RECORD, packages_directory
from fluxmirror_cli.registration.traces import Trace

DATA: Final = "data"
"""The entry of our own data directory, beside those of the agents."""
_VERSION: Final = 1


class SettingsRecord(NamedTuple):
    """What the entries in a settings file brought with them."""

    path: str
    made: tuple[str, ...]
    """As `hook_entries.Added.made`."""
    was_missing: bool
    """Whether there was no such file."""


class TrustRecord(NamedTuple):
    """What Codex was seen to trust."""

    keys: tuple[str, ...]
    """Names of the hooks in `[hooks.state]`."""
    content: str
    """Digest of the files that were trusted."""


class AgentRecord(NamedTuple):
    """What we did to one agent."""

    traces: tuple[Trace, ...] = ()
    settings: SettingsRecord | None = None
    trust: TrustRecord | None = None
    since: float = 0.0
    """When we first did something to it, in seconds since the epoch."""


def load_record(data: str) -> dict[str, AgentRecord]:
    """Read the record: agent id → what was done; empty when there is none that can be read."""
    raw = read_owned(_path(data))
    try:
        told = json.loads(raw or b"{}")["agents"]
        return {agent: _agent_record(fields) for agent, fields in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def save_record(data: str, record: dict[str, AgentRecord]) -> None:
    """Write the record; agents that nothing was done to are left out.

    Raises:
        RegistrationError: it cannot be written.
    """
    agents = {
        agent: {
            "traces": [list(trace) for trace in done.traces],
            "settings": list(done.settings) if done.settings else None,
            "trust": list(done.trust) if done.trust else None,
            "since": done.since,
        }
        for agent, done in record.items()
        if done != AgentRecord()
    }
    text = json.dumps({"version": _VERSION, "agents": agents}, indent=1, ensure_ascii=True)
    write_owned(_path(data), f"{text}\n".encode())


def _path(data: str) -> str:
    return os.path.join(packages_directory(data), RECORD)


def _agent_record(fields: Any) -> AgentRecord:  # noqa: ANN401 - the caller catches what it is not
    settings = fields["settings"]
    trust = fields["trust"]
    return AgentRecord(
        traces=tuple(Trace._make(trace) for trace in fields["traces"]),
        settings=SettingsRecord._make(map(_frozen, settings)) if settings else None,
        trust=TrustRecord._make(map(_frozen, trust)) if trust else None,
        since=float(fields["since"]),
    )


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
