"""AgentEvent: one row of what an agent did, as everything behind the spool speaks of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from fluxmirror_core.named_tuple import NamedTuple

SCHEMA_VERSION: Final = 2
"""The meaning of a row's columns; rows written by the older programs say 1."""

BEFORE: Final = 1
AFTER: Final = 2
BATCH: Final = 4
ASKED: Final = 8
ANSWERED: Final = 16
"""What a row has been told by; bits of `AgentEvent.phases`.

The first three are a tool call's hook events, the other two a session file's records of its
beginning and of its end.
"""

HOOK: Final = "hook"
TRANSCRIPT: Final = "transcript"
MCP: Final = "mcp"
"""Who saw an event; `AgentEvent.sources` joins them."""


class Kind(StrEnum):
    """What an event is. A `SIGNAL` is kept like the others and never counted as work."""

    TOOL_CALL = "tool_call"
    PROMPT = "prompt"
    SESSION_START = "session_start"
    SESSION_END = "session_end"
    TURN_END = "turn_end"
    TURN_FAILED = "turn_failed"
    SUBAGENT_START = "subagent_start"
    SUBAGENT_END = "subagent_end"
    PERMISSION_REQUEST = "permission_request"
    PERMISSION_DENIED = "permission_denied"
    COMPACTION_START = "compaction_start"
    COMPACTION_END = "compaction_end"
    NOTIFICATION = "notification"
    SIGNAL = "signal"
    TORN = "torn"


class Outcome(StrEnum):
    """How a tool call ended. `UNKNOWN` when no evidence says so: nothing is guessed."""

    OK = "ok"
    FAILED = "failed"
    DENIED = "denied"
    REJECTED = "rejected"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


class AgentEvent(NamedTuple):
    """One event, ready to be stored: strings are scrubbed of secrets, lengths are bounded.

    The fields up to `response_key` are the columns of table `event`; those behind it are
    kept in table `payload`, so that reports never page through them.
    """

    uid: bytes
    """16 bytes that are the same for every telling of the same event."""
    twin_uid: bytes | None
    """The same for two registrations' telling of an event that has no identity of its own."""
    kind: str
    ts_ms: int
    """When the event began, as captured; UTC milliseconds."""
    ended_ms: int | None
    """When its after-hook was captured; tool calls only."""
    agent: str
    evidence: str
    """What told the agent: `payload:…`, `registration:…`, `environment:…` or `default`."""
    session: str | None
    subagent: str | None
    subagent_type: str | None
    turn: str | None
    call_id: str | None
    hook_event: str
    model: str | None
    tool: str | None
    """The tool as the agent called it."""
    tool_canonical: str | None
    tool_class: str | None
    mcp_server: str | None
    mcp_tool: str | None
    detail: str
    cwd: str | None
    project: str | None
    """The agent's project directory, where it told one."""
    repo: str | None
    """Root of the repository that holds `path`, or else the project directory."""
    path: str | None
    """Absolute path of the (first) file the tool touched."""
    outcome: str | None
    error: str | None
    exit_code: int | None
    duration_ms: int | None
    duration_source: str | None
    """`agent`: the agent's own figure; `hooks`: the time between the call's two hooks."""
    input_bytes: int | None
    output_bytes: int | None
    host: str | None
    user: str | None
    sources: str
    """Who saw the event, in the order above, joined by commas."""
    self_noise: int
    """1 when the agent was asking FluxMirror about itself and the user wants that hidden."""
    phases: int
    pair_key: bytes | None
    """Session, tool and input of a call without an id that still waits for its other half."""
    schema_version: int
    response_key: str | None
    """Key of the model's response that asked for the call."""
    input_json: str | None
    """What went in, as JSON: the tool's input, or the prompt."""
    """None as well where payloads are not kept."""
    output_sha256: bytes | None
    """Of what came out, as it was."""
    output_text: str | None
    """What came out, the beginning of a long one; None unless that is kept."""
