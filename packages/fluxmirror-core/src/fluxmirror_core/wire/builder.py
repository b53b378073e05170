"""EventBuilder: what was observed of one event → the row that is stored, without its secrets."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Final

from fluxmirror_core import bounds
from fluxmirror_core.config.settings import FULL, NONE
from fluxmirror_core.detail import extract_detail, program_or_paths
from fluxmirror_core.event import ASKED, BEFORE, SCHEMA_VERSION, AgentEvent, Kind
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.self_noise import is_self_noise
from fluxmirror_core.tools import name_tool
from fluxmirror_core.touched import touched_path
from fluxmirror_core.wire.beginning import beginning
from fluxmirror_core.wire.identity import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.tools import NamedTool
    from fluxmirror_core.touched import Repositories
    from fluxmirror_core.wire.identity import Identity
    from fluxmirror_core.wire.observation import Observation
    from fluxmirror_core.wire.scrubber import Scrubber

_TOOL_KINDS: Final = (Kind.TOOL_CALL, Kind.PERMISSION_REQUEST, Kind.PERMISSION_DENIED)
_WORDLESS: Final = (
    Kind.SESSION_START,
    Kind.SESSION_END,
    Kind.SUBAGENT_START,
    Kind.SUBAGENT_END,
    Kind.COMPACTION_START,
    Kind.COMPACTION_END,
    Kind.TORN,
)
"""What is shown of these is a word of the agent's program, and nobody's text."""
_BEGINNINGS: Final = (BEFORE, ASKED)
_SCRUBBED_CHARS: Final = 8192
"""How much of an error is looked at; what is kept of it is far shorter."""
_MARGIN_CHARS: Final = 8192
"""So much more of an output is looked at than is kept: where it was cut may be half a secret."""
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


class Machine(NamedTuple):
    """Where events are built."""

    repositories: Repositories
    """Finds the root of the repository that a path lies in."""
    host: str | None
    """The machine's name."""
    user: str | None
    """The user's."""


class _Input(NamedTuple):
    """What went into a call, without its secrets: as a value, as JSON, and how long it was."""

    value: object
    written: str | None
    size_bytes: int | None
    suspect: bool
    """Whether it may have held secrets."""


class _Place(NamedTuple):
    """Where an event happened."""

    cwd: str | None
    project: str | None
    repo: str | None
    path: str | None


class EventBuilder:
    """Builds events of one machine, scrubbing every string it passes on.

    Args:
        scrubber: takes the secrets out.
        machine: whose events they are.
        settings: what is kept of an event.
    """

    def __init__(self, scrubber: Scrubber, machine: Machine, settings: Settings) -> None:
        self.scrubber = scrubber
        self._machine = machine
        self._settings = settings

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
        name = self.scrubber.name
        tool = name_tool(origin.agent, seen.tool, seen.mcp) if seen.tool else None
        server, mcp_tool = (tool.mcp_server, tool.mcp_tool) if tool else seen.mcp or (None, None)
        is_call = seen.kind is Kind.TOOL_CALL
        given = self._input(seen)
        place = self._place(seen, origin.project, tool if is_call else None, given.value)
        detail = self._detail(seen, tool, given)
        output = _output_bytes(seen.output)
        return AgentEvent(
            uid=identity.uid,
            twin_uid=identity.twin_uid,
            kind=str(seen.kind),
            ts_ms=origin.ts_ms,
            ended_ms=origin.ts_ms if is_call and seen.phase not in _BEGINNINGS else None,
            agent=origin.agent,
            evidence=origin.evidence,
            session=name(seen.session),
            subagent=name(seen.subagent),
            subagent_type=name(seen.subagent_type),
            turn=name(seen.turn),
            call_id=name(seen.call_id),
            hook_event=name(seen.hook_event) or "",
            model=name(seen.model),
            tool=name(seen.tool),
            tool_canonical=name(tool.canonical) if tool else None,
            tool_class=tool.tool_class if tool else None,
            mcp_server=name(server),
            mcp_tool=name(mcp_tool),
            detail=bounds.cut(self._kept(detail, seen, tool, given), bounds.DETAIL_BYTES),
            cwd=place.cwd,
            project=place.project,
            repo=place.repo,
            path=place.path,
            outcome=str(seen.outcome) if is_call and seen.outcome else None,
            error=self._error(seen.error),
            exit_code=seen.exit_code,
            duration_ms=seen.duration_ms,
            duration_source=None if seen.duration_ms is None else "agent",
            input_bytes=given.size_bytes,
            output_bytes=None if output is None else len(output),
            host=self._machine.host,
            user=self._machine.user,
            sources=origin.source,
            self_noise=int(is_self_noise(env, self._settings, tool, seen.cwd, detail)),
            phases=seen.phase,
            pair_key=_pair_key(seen),
            schema_version=SCHEMA_VERSION,
            response_key=name(origin.response_key),
            input_json=None if self._settings.capture_payloads == NONE else given.written,
            output_sha256=None if output is None else sha256(output).digest(),
            output_text=self._output_text(seen.output),
        )

    def repository_of(self, directory: str | None) -> str | None:
        """Give the root of the repository that holds a directory."""
        return self._machine.repositories.root_of(directory) if directory else None

    def _place(
        self, seen: Observation, project: str | None, called: NamedTool | None, given: object
    ) -> _Place:
        name, base = self.scrubber.name, project or seen.cwd
        path = touched_path(called, given, base) if called else None
        repository = self.repository_of(os.path.dirname(path) if path else base)
        return _Place(
            name(seen.cwd, bounds.PATH_BYTES),
            name(project, bounds.PATH_BYTES),
            name(repository, bounds.PATH_BYTES),
            name(path, bounds.PATH_BYTES),
        )

    def _input(self, seen: Observation) -> _Input:
        value = seen.tool_input if seen.prompt is None else seen.prompt
        if value is None:
            return _Input(None, None, None, suspect=False)
        written = _to_json(value)
        size_bytes = len(written) if written.isascii() else len(written.encode("utf-8", "replace"))
        suspect = self.scrubber.may_hold_secret(written)
        if suspect:
            value = self.scrubber.value(value)
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
        value = self.scrubber.value(value)
        text = value if isinstance(value, str) else _to_json(value)
        return bounds.cut(bounds.storable(text[:-_MARGIN_CHARS] if is_cut else text), most_bytes)

    def _detail(self, seen: Observation, tool: NamedTool | None, given: _Input) -> str:
        if tool is None or seen.kind not in _TOOL_KINDS or seen.detail:
            return self.scrubber.text(seen.detail)
        detail = extract_detail(tool, given.value)
        # Scrubbed once more: what was apart in the input may stand together in the detail.
        return self.scrubber.text(detail) if given.suspect else detail

    def _kept(self, detail: str, seen: Observation, tool: NamedTool | None, given: _Input) -> str:
        """Give what is kept of a detail: without payloads no words of anybody's."""
        if self._settings.capture_payloads != NONE or seen.kind in _WORDLESS:
            return detail
        if tool is None or seen.kind not in _TOOL_KINDS:
            return ""
        if seen.detail:  # a reason, beside what was asked for
            detail = self._detail(seen._replace(detail=""), tool, given)
        return program_or_paths(tool, detail)

    def _error(self, error: str | None) -> str | None:
        if error is None:
            return None
        return bounds.cut(self.scrubber.text(error[:_SCRUBBED_CHARS]), bounds.DETAIL_BYTES)


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
