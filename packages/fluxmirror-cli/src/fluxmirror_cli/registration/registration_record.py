"""What we did to each agent, kept beside the packages until it is undone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.packages import RECORD, packages_directory
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

DATA: Final = "data"
"""The entry of our own data directory, beside those of the agents."""
_VERSION: Final = 2


class Kept(NamedTuple):
    """One file that an agent's command writes, as it was before."""

    path: str
    before: str | None
    """Its bytes, in Base64; None when there was no such file."""
    mode: int | None
    """Its permissions; None when there was no such file."""
    link: str | None
    """What the link at `path` said; None when there was none."""
    after: str = ""
    """Digest of what our commands left; empty as long as they run, or when they left no file."""


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

    journal: tuple[Kept, ...] = ()
    """What our commands changed, as it was before the first of them."""
    pending: tuple[Kept, ...] = ()
    """What is being changed at this moment; anything here at a start was left by one that died."""
    made: tuple[str, ...] = ()
    """Directories that were not there before."""
    written: tuple[tuple[str, str], ...] = ()
    """Files that we ourselves wrote: path, and digest."""
    settings: SettingsRecord | None = None
    trust: TrustRecord | None = None


def load_record(data: str) -> dict[str, AgentRecord]:
    """Read the record: agent id → what was done; empty when nothing was.

    Raises:
        RegistrationError: there is one, and it cannot be read or is newer than this program: to
            go on without it would end what it keeps.
    """
    path = _path(data)
    raw = read_owned(path)
    if raw is None and not os.path.lexists(path):
        return {}
    try:
        told = json.loads(raw or b"")
        version = told["version"]
        if version == _VERSION:
            return {agent: _agent_record(fields) for agent, fields in told["agents"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, message("registration.record_damaged")) from error
    raise _unreadable(path, message("registration.record_newer", version=version, known=_VERSION))


def save_record(data: str, record: dict[str, AgentRecord]) -> None:
    """Write the record; agents that nothing was done to are left out.

    Raises:
        RegistrationError: it cannot be written.
    """
    agents = {agent: done._asdict() for agent, done in record.items() if done != AgentRecord()}
    text = json.dumps({"version": _VERSION, "agents": agents}, indent=1, ensure_ascii=True)
    write_owned(_path(data), f"{text}\n".encode())


def _path(data: str) -> str:
    return os.path.join(packages_directory(data), RECORD)


def _unreadable(path: str, reason: Message) -> RegistrationError:
    return RegistrationError(
        message("registration.record_unreadable", path=path, reason=reason),
        hint=message("registration.record_move_away"),
    )


def _agent_record(fields: Any) -> AgentRecord:  # noqa: ANN401 - the caller catches what it is not
    settings = fields["settings"]
    trust = fields["trust"]
    return AgentRecord(
        journal=tuple(Kept._make(kept) for kept in fields["journal"]),
        pending=tuple(Kept._make(kept) for kept in fields["pending"]),
        made=tuple(map(str, fields["made"])),
        written=tuple((str(path), str(digest)) for path, digest in fields["written"]),
        settings=SettingsRecord._make(map(_frozen, settings)) if settings else None,
        trust=TrustRecord._make(map(_frozen, trust)) if trust else None,
    )


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
