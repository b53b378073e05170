"""EventBuilder: what was observed of one event → the row that is stored, without its secrets."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from fluxmirror_core import bounds
from fluxmirror_core.config.settings import FULL, NONE, Settings
from fluxmirror_core.detail import extract_detail
from fluxmirror_core.event import ASKED, BEFORE, SCHEMA_VERSION, AgentEvent, Kind
from fluxmirror_core.self_noise import is_self_noise
from fluxmirror_core.tools import NamedTool, name_tool
from fluxmirror_core.touched import may_be_asked_for, touched_path
from fluxmirror_core.wire.beginning import beginning
from fluxmirror_core.wire.identity import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmirror_core.config.project_rules import Rules
    from fluxmirror_core.redact import Redactor
    from fluxmirror_core.touched import Repositories
    from fluxmirror_core.wire.identity import Identity
    from fluxmirror_core.wire.observation import Observation

_TOOL_KINDS: Final = (Kind.TOOL_CALL, Kind.PERMISSION_REQUEST, Kind.PERMISSION_DENIED)
_BEGINNINGS: Final = (BEFORE, ASKED)
_REMEMBERED_CHARS: Final = 8192
_SCRUBBED_CHARS: Final = 8192
"""How much of an error is looked at; what is kept of it is far shorter."""
_MARGIN_CHARS: Final = 8192
"""So much more of an output is looked at than is kept: where it was cut may be half a secret."""
_REMEMBERED_PLACES: Final = 20_000
_KEEP_ALL: Final = Settings()
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Origin(NamedTuple):
    """Where an observation comes from."""

    agent: str
    evidence: str
    source: str
    """`hook` or `transcript`."""
    ts_ms: int
    project: str | None = None
    """The agent's project directory, where it told one."""
    response_key: str | None = None


class DirectoryRules(Protocol):
    """Knows what the projects' own files say of the capture in their directories."""

    @property
    def rules_of(self) -> Callable[[str], Rules]:
        """Directory, absolute → what holds there."""


class _Input(NamedTuple):
    """What went into a call, without its secrets: as a value, as JSON, and how long it was."""

    value: object
    written: str | None
    size_bytes: int | None
    suspect: bool
    """Whether it may have held secrets."""


class EventBuilder:
    """Builds events on one machine, scrubbing every string it passes on.

    Args:
        redactor: takes the secrets out.
        repositories: finds the root of the repository that a path lies in.
        host: the machine's name.
        user: the user's.
        settings: what is kept of an event.
        rules: what the projects' files say; None where there are none.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a machine is, and what its user wants
        self,
        redactor: Redactor,
        repositories: Repositories,
        host: str | None,
        user: str | None,
        settings: Settings = _KEEP_ALL,
        rules: DirectoryRules | None = None,
    ) -> None:
        self._redactor = redactor
        self._looked_at = lru_cache(maxsize=256)(redactor.may_hold_secret)
        self._scrubbed = lru_cache(maxsize=4096)(redactor.text)
        self._repositories = repositories
        self._host = host
        self._user = user
        self._settings = settings
        self._rules = rules
        self._builders: dict[tuple[str, ...], EventBuilder] = {}
        self._within: dict[tuple[str, tuple[str | None, ...]], EventBuilder | None] = {}

    def within(self, agent: str, *directories: str | None) -> EventBuilder | None:
        """Give what builds the events of an agent in some directories.

        Args:
            agent: whose events they are.
            directories: where it works, as it says itself: every one of them has its say.

        Returns:
            None where nothing of it is recorded.
        """
        place = agent, directories
        if place not in self._within:
            if len(self._within) >= _REMEMBERED_PLACES:
                self._within.clear()
            self._within[place] = self._look_up(agent, directories)
        return self._within[place]

    def _look_up(self, agent: str, directories: tuple[str | None, ...]) -> EventBuilder | None:
        if not self._settings.is_recorded(agent):
            return None
        patterns: tuple[str, ...] = ()
        for directory in directories:
            if self._rules is not None and directory and may_be_asked_for(directory):
                rules = self._rules.rules_of(directory)
                if not rules.is_recorded:
                    return None
                patterns += rules.patterns
        return self._with_patterns(patterns) if patterns else self

    def _with_patterns(self, patterns: tuple[str, ...]) -> EventBuilder:
        if patterns not in self._builders:
            redactor = self._redactor.with_patterns(patterns)
            self._builders[patterns] = EventBuilder(
                redactor, self._repositories, self._host, self._user, self._settings
            )
        return self._builders[patterns]

    def take_slow_values(self) -> int:
        """Say how many values were masked whole since the last time, for a pattern's slowness."""
        count, self._redactor.slow_values = self._redactor.slow_values, 0
        return count + sum(builder.take_slow_values() for builder in self._builders.values())

    def build(
        self, seen: Observation, origin: Origin, identity: Identity, env: Mapping[str, str]
    ) -> AgentEvent:
        """Build the row of an observed event.

        Args:
            seen: the event.
            origin: who saw it, and when.
            identity: what makes a second telling of it change nothing.
            env: the facts that a hook wrote down; empty for a session file.
        """
        if seen.kind is Kind.TOOL_CALL and seen.tool is None:
            seen = seen._replace(kind=Kind.SIGNAL, phase=0)
        tool = name_tool(origin.agent, seen.tool, seen.mcp) if seen.tool else None
        is_call = seen.kind is Kind.TOOL_CALL
        given = self._input(seen)
        detail = self._detail(seen, tool, given)
        project = origin.project
        server, mcp_tool = (tool.mcp_server, tool.mcp_tool) if tool else seen.mcp or (None, None)
        path = touched_path(tool, given.value, project or seen.cwd) if tool and is_call else None
        output = _output_bytes(seen.output)
        return AgentEvent(
            uid=identity.uid,
            twin_uid=identity.twin_uid,
            kind=str(seen.kind),
            ts_ms=origin.ts_ms,
            ended_ms=origin.ts_ms if is_call and seen.phase not in _BEGINNINGS else None,
            agent=origin.agent,
            evidence=origin.evidence,
            session=self.name(seen.session),
            subagent=self.name(seen.subagent),
            subagent_type=self.name(seen.subagent_type),
            turn=self.name(seen.turn),
            call_id=self.name(seen.call_id),
            hook_event=self.name(seen.hook_event) or "",
            model=self.name(seen.model),
            tool=self.name(seen.tool),
            tool_canonical=self.name(tool.canonical) if tool else None,
            tool_class=tool.tool_class if tool else None,
            mcp_server=self.name(server),
            mcp_tool=self.name(mcp_tool),
            detail=bounds.cut(detail, bounds.DETAIL_BYTES),
            cwd=self.name(seen.cwd, bounds.PATH_BYTES),
            project=self.name(project, bounds.PATH_BYTES),
            repo=self.name(
                self.repository_of(os.path.dirname(path) if path else project or seen.cwd),
                bounds.PATH_BYTES,
            ),
            path=self.name(path, bounds.PATH_BYTES),
            outcome=str(seen.outcome) if is_call and seen.outcome else None,
            error=self._error(seen.error),
            exit_code=seen.exit_code,
            duration_ms=seen.duration_ms,
            duration_source=None if seen.duration_ms is None else "agent",
            input_bytes=given.size_bytes,
            output_bytes=None if output is None else len(output),
            host=self._host,
            user=self._user,
            sources=origin.source,
            self_noise=int(is_self_noise(env, self._settings, tool, seen.cwd, detail)),
            phases=seen.phase,
            pair_key=_pair_key(seen),
            schema_version=SCHEMA_VERSION,
            response_key=self.name(origin.response_key),
            input_json=None if self._settings.capture_payloads == NONE else given.written,
            output_sha256=None if output is None else sha256(output).digest(),
            output_text=self._output_text(seen.output),
        )

    def _input(self, seen: Observation) -> _Input:
        value = seen.tool_input if seen.prompt is None else seen.prompt
        if value is None:
            return _Input(None, None, None, suspect=False)
        written = _to_json(value)
        size_bytes = len(written) if written.isascii() else len(written.encode("utf-8", "replace"))
        suspect = self.may_hold_secret(written)
        if suspect:
            value = self._redactor.value(value)
            written = _to_json(value)
        return _Input(value, bounds.storable(written), size_bytes, suspect)

    def _output_text(self, output: object) -> str | None:
        """Give the beginning of what a tool gave back, where that is kept.

        What is looked at is bounded; its end, where it was cut, is left out with whatever half of a
        secret may stand there.
        """
        if output is None or self._settings.capture_payloads != FULL:
            return None
        most_bytes = self._settings.capture_output_bytes
        value, is_cut = beginning(output, most_bytes + _MARGIN_CHARS)
        value = self._redactor.value(value)
        text = value if isinstance(value, str) else _to_json(value)
        return bounds.cut(bounds.storable(text[:-_MARGIN_CHARS] if is_cut else text), most_bytes)

    def scrubbed(self, value: object) -> object:
        """Take the secrets out of a value as JSON has it; its numbers stay what they are."""
        return self._redactor.value(value, numbers=False)

    def may_hold_secret(self, written: str) -> bool:
        """Tell whether a text is worth a closer look; each short one is looked at once."""
        # Both hooks of a call bring the same input.
        short = len(written) <= _REMEMBERED_CHARS
        return (self._looked_at if short else self._redactor.may_hold_secret)(written)

    def _detail(self, seen: Observation, tool: NamedTool | None, given: _Input) -> str:
        if tool is None or seen.kind not in _TOOL_KINDS or seen.detail:
            return self._redactor.text(seen.detail)
        detail = extract_detail(tool, given.value)
        # Scrubbed once more: what was apart in the input may stand together in the detail.
        return self._redactor.text(detail) if given.suspect else detail

    def name(self, name: str | None, limit: int = bounds.NAME_BYTES) -> str | None:
        """Scrub and bound what the agent named: an id, a tool, a directory."""
        if name is None:
            return None
        short = len(name) <= limit
        return bounds.cut((self._scrubbed if short else self._redactor.text)(name), limit)

    def _error(self, error: str | None) -> str | None:
        if error is None:
            return None
        return bounds.cut(self._redactor.text(error[:_SCRUBBED_CHARS]), bounds.DETAIL_BYTES)

    def repository_of(self, directory: str | None) -> str | None:
        """Give the root of the repository that holds a directory."""
        return self._repositories.root_of(directory) if directory else None


def _to_json(value: object) -> str:
    try:
        written: str = _ENCODER.encode(value)
    except ValueError:
        written = _ENCODER.encode(_finite(value))
    return written


def _finite(value: object) -> object:
    """Make null of what JSON has no number for, as every agent's own encoder does."""
    if isinstance(value, dict):
        return {name: _finite(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _output_bytes(output: object) -> bytes | None:
    if output is None:
        return None
    text = output if isinstance(output, str) else _to_json(output)
    return text.encode("utf-8", "replace")


def _pair_key(seen: Observation) -> bytes | None:
    """Give what pairs the two halves of a call whose agent has no call ids."""
    if not seen.phase or seen.call_id or not seen.tool:
        return None
    return digest("pair", seen.session or "", seen.tool, _to_json(seen.tool_input))
