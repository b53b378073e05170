"""Deeds and other events of a session → rows as hooks and its file together leave them."""

from __future__ import annotations

import json
import posixpath
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.bounds import DETAIL_BYTES, cut
from fluxmirror_core.detail import extract_detail
from fluxmirror_core.event import (
    AFTER,
    ANSWERED,
    ASKED,
    BEFORE,
    HOOK,
    SCHEMA_VERSION,
    TRANSCRIPT,
    AgentEvent,
    Kind,
    Outcome,
)
from fluxmirror_core.tools import ToolClass, name_tool
from fluxmirror_core.touched import touched_path
from fluxmirror_core.wire.identity import digest
from fluxmirror_store.queries import SETUP_AGENT
from fluxmirror_store.set_up import SESSION, TOOL

from history.sizes import SIZES, drawn
from history.voices import CODEX, Tool, Voice
from history.work import FAILED

if TYPE_CHECKING:
    from fluxmirror_core.tools import NamedTool

    from history.draw import Draw
    from history.plan import PlannedSession
    from history.work import Deed

_HOST, _USER = "workstation", "dev"
_ALL: Final = BEFORE | AFTER | ASKED | ANSWERED
_NEVER_RAN: Final = BEFORE | ASKED | ANSWERED
_BOTH: Final = f"{HOOK},{TRANSCRIPT}"
_KEPT: Final = 0.1
"""So many calls have their payload."""
_LOST_BY_HOOK, _LOST_BY_FILE = 0.002, 0.002
"""So many calls only the other one told of."""
_FILES: Final = ("read", "edit", "write")
_SHELLS: Final = ("shell", "test")
_ERRORS: Final = (
    "Exit code {code}\nFAILED tests of {thing}: {deed} gave {number} and not {code}",
    "Exit code {code}\nerror: no {thing} in {other}",
    "{thing} not found",
)


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_PLAIN: Final = AgentEvent(
    uid=b"",
    twin_uid=None,
    kind=str(Kind.SIGNAL),
    ts_ms=0,
    ended_ms=None,
    agent="",
    evidence="default",
    session=None,
    subagent=None,
    subagent_type=None,
    turn=None,
    call_id=None,
    hook_event="",
    model=None,
    tool=None,
    tool_canonical=None,
    tool_class=None,
    mcp_server=None,
    mcp_tool=None,
    detail="",
    cwd=None,
    project=None,
    repo=None,
    path=None,
    outcome=None,
    error=None,
    exit_code=None,
    duration_ms=None,
    duration_source=None,
    input_bytes=None,
    output_bytes=None,
    host=_HOST,
    user=_USER,
    sources=HOOK,
    self_noise=0,
    phases=0,
    pair_key=None,
    schema_version=SCHEMA_VERSION,
    response_key=None,
    input_json=None,
    output_sha256=None,
    output_text=None,
)


class Told(NamedTuple):
    """Who asked for a call."""

    subagent: str | None
    turn: str | None
    response_key: str


class Rows:
    """Makes the rows of one session."""

    def __init__(self, draw: Draw, planned: PlannedSession, model: str) -> None:
        self._draw = draw
        self._planned = planned
        self._voice = planned.voice
        self._model = model if planned.voice.tells_model else None
        root = planned.project.root
        self._project = root if planned.voice.tells_project else None
        self._cwd = f"{root}/src" if draw.chance(0.08) else root
        self._hook_events = _names_of(planned.voice)

    def tells(self, kind: Kind) -> bool:
        """Tell whether the agent has a hook for a kind of event."""
        return kind in self._hook_events

    def call(self, deed: Deed, told: Told, ts_ms: int, duration_ms: int) -> AgentEvent:
        """Make the row of a call.

        Args:
            deed: what is done.
            told: who asked for it.
            ts_ms: when it began.
            duration_ms: how long it took, if it ran.
        """
        draw, voice = self._draw, self._voice
        tool, named = _tool_of(voice, deed)
        value = self._input(tool, deed)
        ran = deed.end not in (Outcome.DENIED, Outcome.REJECTED, Outcome.INTERRUPTED)
        has_failed = deed.end == FAILED
        phases, sources = self._witnesses(deed, ran=ran)
        call_id = f"{voice.call_id}{draw.hex(22)}"
        size = SIZES[deed.kind]
        bulk = drawn(draw, size.bulk)
        kept = _encoded(value | {tool.bulk: draw.text(bulk)}) if draw.chance(_KEPT) else None
        path = touched_path(named, value, self._project or self._cwd)
        return AgentEvent(
            uid=digest("call", self._planned.session, call_id),
            twin_uid=None,
            kind=str(Kind.TOOL_CALL),
            ts_ms=ts_ms,
            ended_ms=ts_ms + duration_ms if ran else None,
            agent=voice.agent,
            evidence=voice.evidence,
            session=self._planned.session,
            subagent=told.subagent,
            subagent_type="Explore" if told.subagent else None,
            turn=told.turn,
            call_id=call_id,
            hook_event=voice.failed if has_failed else voice.after,
            model=self._model,
            tool=tool.name,
            tool_canonical=named.canonical,
            tool_class=named.tool_class,
            mcp_server=named.mcp_server,
            mcp_tool=named.mcp_tool,
            detail=cut(extract_detail(named, value), DETAIL_BYTES),
            cwd=self._cwd,
            project=self._project,
            repo=self._planned.project.root,
            path=path,
            outcome=deed.end,
            error=self._error() if has_failed else None,
            exit_code=self._exit_code(deed),
            duration_ms=duration_ms if ran else None,
            duration_source=_duration_source(voice, phases) if ran else None,
            input_bytes=len(kept) if kept else len(_encoded(value)) + bulk,
            output_bytes=drawn(draw, size.output) if ran else None,
            host=_HOST,
            user=_USER,
            sources=sources,
            self_noise=0,
            phases=phases,
            pair_key=None,
            schema_version=SCHEMA_VERSION,
            response_key=told.response_key if phases & ASKED else None,
            input_json=kept,
            output_sha256=sha256(call_id.encode()).digest() if kept and ran else None,
            output_text=None,
        )

    def other(  # noqa: PLR0913 - what an event is
        self,
        kind: Kind,
        ts_ms: int,
        detail: str = "",
        *,
        turn: str | None = None,
        subagent: str | None = None,
        input_bytes: int | None = None,
    ) -> AgentEvent:
        """Make the row of an event that is no call."""
        payload = self._draw.hex(32)
        return _PLAIN._replace(
            uid=digest("spool", payload),
            twin_uid=digest("payload", payload),
            kind=str(kind),
            ts_ms=ts_ms,
            agent=self._voice.agent,
            evidence=self._voice.evidence,
            session=self._planned.session,
            subagent=subagent,
            subagent_type="Explore" if subagent else None,
            turn=turn,
            hook_event=self._hook_events.get(kind, ""),
            model=self._model,
            detail=cut(detail, DETAIL_BYTES),
            cwd=self._cwd,
            project=self._project,
            repo=self._planned.project.root,
            input_bytes=input_bytes,
        )

    def asked_for(self, call: AgentEvent, ts_ms: int) -> AgentEvent:
        """Make the row of a permission that a call needs."""
        request = self.other(Kind.PERMISSION_REQUEST, ts_ms, turn=call.turn, subagent=call.subagent)
        return request._replace(
            call_id=call.call_id,
            tool=call.tool,
            tool_canonical=call.tool_canonical,
            tool_class=call.tool_class,
            detail=call.detail,
        )

    def torn(self, ts_ms: int) -> AgentEvent:
        """Make the row of a payload of which only a part arrived."""
        event = self.other(Kind.TORN, ts_ms, f"{self._draw.between(20, 60_000)} bytes")
        return event._replace(twin_uid=None, session=None, hook_event=self._voice.after)

    def _input(self, tool: Tool, deed: Deed) -> dict[str, object]:
        given = deed.given
        if deed.kind in _FILES:
            path = f"{self._planned.project.root}/{given}"
            given = posixpath.relpath(path, self._cwd) if self._voice is CODEX else path
        if tool.member == "todos":
            return {"todos": [{"content": self._draw.worded("{deed} {thing}")}] * int(given)}
        return {tool.member: tool.given.format(given)}

    def _witnesses(self, deed: Deed, *, ran: bool) -> tuple[int, str]:
        """Say which hooks and records tell of a call, and who they are of."""
        if deed.end == Outcome.INTERRUPTED:
            return BEFORE | ASKED, _BOTH
        if not ran:
            return _NEVER_RAN, _BOTH
        chance = self._draw.random.random()
        if chance < _LOST_BY_HOOK:
            return ASKED | ANSWERED, TRANSCRIPT
        if chance < _LOST_BY_HOOK + _LOST_BY_FILE:
            return BEFORE | AFTER, HOOK
        return _ALL, _BOTH

    def _error(self) -> str:
        error = self._draw.pick(_ERRORS).replace("{code}", "1")
        return cut(self._draw.worded(error), DETAIL_BYTES)

    def _exit_code(self, deed: Deed) -> int | None:
        if deed.kind not in _SHELLS:
            return None
        if deed.end == FAILED:
            return self._draw.pick((1, 1, 1, 2, 127))
        return 0 if self._voice is CODEX and deed.end == Outcome.OK else None


def set_up_row(ts_ms: int) -> AgentEvent:
    """Make the row that the set-up leaves."""
    return _PLAIN._replace(
        uid=digest("set-up", SESSION),
        kind=str(Kind.TOOL_CALL),
        ts_ms=ts_ms,
        ended_ms=ts_ms,
        agent=SETUP_AGENT,
        session=SESSION,
        tool=TOOL,
        tool_canonical=TOOL,
        tool_class=str(ToolClass.META),
        detail="FluxMirror is set up",
        outcome=str(Outcome.OK),
        phases=AFTER,
    )


def _names_of(voice: Voice) -> dict[Kind, str]:
    """Map each kind of event to the hook event that tells of it."""
    return {kind: name for name, kind in reversed(BY_ID[voice.agent].hook_events.items())}


def _tool_of(voice: Voice, deed: Deed) -> tuple[Tool, NamedTool]:
    if deed.mcp is None:
        tool = voice.tools["shell" if deed.kind == "test" else deed.kind]
        return tool, name_tool(voice.agent, tool.name)
    tool = Tool(voice.mcp.format(*deed.mcp), "query", bulk="options")
    return tool, name_tool(voice.agent, tool.name, deed.mcp if voice.names_mcp else None)


def _duration_source(voice: Voice, phases: int) -> str:
    if not phases & AFTER:
        return "transcript"
    return "agent" if voice.failed == "PostToolUseFailure" else "hooks"


def _encoded(value: dict[str, object]) -> str:
    return _ENCODER.encode(value)
