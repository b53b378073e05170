"""What coverage is worked out from: who told of which calls, sessions and session files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BATCH, BEFORE
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOOKS: Final = BEFORE | AFTER | BATCH
FILES: Final = ASKED | ANSWERED


class PhaseCount(NamedTuple):
    """How many calls of an agent were told by the same parties."""

    agent: str
    phases: int
    """0 for rows of older programs, which did not write it down."""
    calls: int


class OddCall(NamedTuple):
    """A call of which something may be missing."""

    agent: str
    ts_ms: int
    ended_ms: int
    """When the last was heard of it."""
    session: str | None
    subagent: str | None
    call_id: str | None
    tool: str | None
    detail: str
    cwd: str | None
    outcome: str | None
    exit_code: int | None
    phases: int


class HookSigns(NamedTuple):
    """What is known of a session with a call that no hook told of."""

    is_hooked: bool
    """Whether any hook told of the session."""
    is_early: bool
    """Whether none did, and it began before any hook of its agent was heard."""


class FileSigns(NamedTuple):
    """What is known of a session with a call whose end, or all of it, no session file holds."""

    filed_ms: int | None
    """The last that its session file tells, or anything behind its odd calls; None for nothing."""
    last_ms: int
    """The last that anyone tells of it, or anything behind its odd calls."""


class ReadFile(NamedTuple):
    """A session file, and how far it is read."""

    agent: str
    path: str
    read_ms: int | None
    """When what was read of it was last changed; None when its calls were never read."""
    is_whole: bool
    """Whether it is read to its end."""


class AgentSigns(NamedTuple):
    """What is known of an agent beside the calls of the period."""

    hooked_ms: int | None
    """Since when its hooks are heard, or a moment before the period; None for never."""
    early: int
    """Calls of the period that only session files told of, before that."""
    has_files: bool
    """Whether the database knows any session file of it."""


class ToldCalls(NamedTuple):
    """Everything of a period."""

    counts: Sequence[PhaseCount]
    agents: Mapping[str, AgentSigns]
    odd: Sequence[OddCall]
    """By agent and time; without those that `AgentSigns` explains altogether."""
    hooked: Mapping[tuple[str, str], HookSigns]
    """By agent and session: those that a call without a hook is in."""
    filed: Mapping[tuple[str, str], FileSigns]
    """By agent and session: those that a call is in of which a session file lacks something."""
    files: Sequence[ReadFile]
    """Those among which an odd call's are, if it has any."""


class Gap(NamedTuple):
    """A stretch of time in which somebody may have told of a call."""

    agent: str
    session: str | None
    """Of this session only; None for all."""
    first_ms: int
    last_ms: int
    """The last millisecond that belongs to it."""
    phases: int
    """Any of these bits counts as told."""
    failed: bool | None
    """Only calls that failed, or only those that did not; None for all."""
