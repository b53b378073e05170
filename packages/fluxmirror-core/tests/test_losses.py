"""What is missing of a call is a loss only when nothing explains it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from fluxmirror_core.analysis import losses
from fluxmirror_core.analysis.losses import Judge, Moment
from fluxmirror_core.analysis.session_names import SessionFiles
from fluxmirror_core.analysis.told_calls import (
    AgentSigns,
    FileSigns,
    HookSigns,
    OddCall,
    PhaseCount,
    ReadFile,
    ToldCalls,
)
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BATCH, BEFORE

MINUTE = 60_000
NOW = 1_000 * MINUTE
OLD = NOW - 100 * MINUTE
WHOLE = ReadFile("claude-code", "/p/s.jsonl", NOW, is_whole=True)
TOLD = ASKED | ANSWERED
LATER = Moment(NOW, NOW - MINUTE, NOW - MINUTE, "/home/me")


class Signs(NamedTuple):
    """All that is known of a session."""

    is_hooked: bool
    is_early: bool
    filed_ms: int | None
    last_ms: int


SIGNS = Signs(is_hooked=True, is_early=False, filed_ms=NOW, last_ms=NOW)


def call(phases: int) -> OddCall:
    """Make a call of long ago."""
    return OddCall(
        "claude-code", OLD, OLD, "s", None, "c", "Bash", "make", "/p", "ok", None, phases
    )


def judge(
    *files: ReadFile,
    signs: Signs | None = SIGNS,
    hooked_ms: int | None = 0,
    agent: str = "claude-code",
    with_batches: bool = True,
    moment: Moment = LATER,
) -> Judge:
    """Make one who knows a session, its files, and since when hooks are heard."""
    hooked = {} if signs is None else {(agent, "s"): HookSigns(signs.is_hooked, signs.is_early)}
    filed = {} if signs is None else {(agent, "s"): FileSigns(signs.filed_ms, signs.last_ms)}
    counts = [PhaseCount(agent, BATCH, 1)] if with_batches else []
    agents = {agent: AgentSigns(hooked_ms, 0, has_files=True)}
    told = ToldCalls(counts, agents, (), hooked, filed, files)
    return Judge(told, SessionFiles(files), moment)


def found(one: Judge, told: OddCall) -> list[tuple[str, tuple[str, ...]]]:
    """Give what is lost of a call."""
    return [(loss.kind, loss.events) for loss in one.losses(told)]


def test_a_call_no_hook_told_of_is_lost() -> None:
    """Its session file tells that it ran."""
    assert found(judge(), call(TOLD)) == [("no_hook", ("PreToolUse", "PostToolUse"))]
    assert judge().reason(call(TOLD)) is None


@pytest.mark.parametrize(
    ("reason", "changes", "knows"),
    [
        (losses.NEVER_HOOKED, {}, {"hooked_ms": None}),
        (losses.HOOKED_LATER, {}, {"hooked_ms": OLD + 1}),
        (losses.HOOKED_LATER, {}, {"signs": SIGNS._replace(is_hooked=False, is_early=True)}),
        (losses.ELSEWHERE, {"cwd": "/Users/you/p"}, {"signs": SIGNS._replace(is_hooked=False)}),
        (losses.ELSEWHERE, {"cwd": r"D:\Users\you\p"}, {"signs": None}),
        (losses.HOOKLESS_TOOL, {"agent": "codex-cli", "tool": "web_search"}, {}),
        (losses.NOT_RUN, {"agent": "codex-cli", "outcome": "rejected"}, {}),
        (losses.NOT_RUN, {"agent": "gemini-cli", "outcome": "denied"}, {}),
        (losses.NOT_RUN, {"outcome": "interrupted"}, {}),
        (losses.NOT_RUN, {"phases": ASKED}, {}),
        (losses.NOT_RUN, {"outcome": "rejected"}, {"with_batches": False}),
        (losses.NOT_RUN, {"agent": "qwen-code", "outcome": "denied"}, {"with_batches": False}),
        (losses.YOUNG, {"ended_ms": NOW - MINUTE + 1}, {}),
    ],
)
def test_no_hook_is_needed(reason: str, changes: dict[str, Any], knows: dict[str, Any]) -> None:
    """Each for a fact of its own."""
    told = call(TOLD)._replace(**changes)
    one = judge(agent=told.agent, **knows)
    assert one.reason(told) == reason
    assert found(one, told) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "rejected"},  # a batch tells of what Claude Code refuses
        {"cwd": "/home/me/p"},
        {"cwd": "/home/you/p"},  # hooks of this machine told of the session
        {"ended_ms": NOW + 1},  # a clock that jumped
    ],
)
def test_these_explain_no_missing_hook(changes: dict[str, Any]) -> None:
    """What sounds like a reason need not be one."""
    assert found(judge(), call(TOLD)._replace(**changes)) != []


def test_a_call_that_its_session_file_lacks_is_lost() -> None:
    """The file is read, and went on behind the call."""
    assert found(judge(WHOLE), call(BEFORE | AFTER)) == [("no_record", ())]


@pytest.mark.parametrize(
    ("reason", "changes", "files", "signs"),
    [
        (losses.NO_FILE, {}, (), None),
        (losses.NO_FILE, {}, (), SIGNS._replace(filed_ms=None)),
        (losses.NO_FILE, {"subagent": "helper"}, (WHOLE,), SIGNS),
        (losses.UNREAD, {}, (WHOLE._replace(is_whole=False),), SIGNS),
        (losses.YOUNG, {"ended_ms": NOW}, (WHOLE,), SIGNS),
        (losses.LAST_SIGN, {}, (WHOLE,), SIGNS._replace(last_ms=OLD)),
    ],
)
def test_no_record_is_needed(
    reason: str,
    changes: dict[str, Any],
    files: tuple[ReadFile, ...],
    signs: Signs | None,
) -> None:
    """Each for a fact of its own."""
    told = call(BEFORE | AFTER)._replace(**changes)
    one = judge(*files, signs=signs)
    assert one.reason(told) == reason
    assert found(one, told) == []


@pytest.mark.parametrize(
    ("files", "signs"), [((), None), ((WHOLE._replace(is_whole=False),), SIGNS)]
)
def test_another_database_is_read_into_by_nobody(
    files: tuple[ReadFile, ...], signs: Signs | None
) -> None:
    """So of session files nothing is expected there, whatever it knows of them."""
    one = judge(*files, signs=signs, moment=LATER._replace(is_usual=False))
    assert one.reason(call(BEFORE | AFTER)) == losses.OTHER_DATABASE


@pytest.mark.parametrize(
    ("phases", "changes", "events"),
    [
        (AFTER | TOLD, {}, ("PreToolUse",)),
        (BEFORE | TOLD, {}, ("PostToolUse",)),
        (BEFORE | BATCH | TOLD, {"outcome": "failed"}, ("PostToolUseFailure",)),
        (BATCH | TOLD, {}, ("PreToolUse", "PostToolUse")),
    ],
)
def test_a_call_that_ran_has_both_its_hooks(
    phases: int, changes: dict[str, Any], events: tuple[str, ...]
) -> None:
    """The session file is the witness that it ran."""
    assert found(judge(WHOLE), call(phases)._replace(**changes)) == [("half_hooks", events)]


@pytest.mark.parametrize(
    ("phases", "changes", "hooked_ms"),
    [
        (BEFORE | TOLD, {"outcome": "denied"}, 0),
        (BEFORE | TOLD, {"outcome": "unknown"}, 0),
        (BATCH | TOLD, {"outcome": "rejected"}, 0),
        (BEFORE | ASKED, {}, 0),
        (BEFORE | TOLD, {"agent": "codex-cli", "outcome": "failed"}, 0),
        (AFTER | TOLD, {}, OLD),  # the first that was ever heard
        (BEFORE | TOLD, {"ended_ms": NOW}, 0),
    ],
)
def test_a_hook_may_be_missing(phases: int, changes: dict[str, Any], hooked_ms: int) -> None:
    """What did not run, or only just began, has no second one."""
    told = call(phases)._replace(**changes)
    assert found(judge(WHOLE, agent=told.agent, hooked_ms=hooked_ms), told) == []


def test_an_end_that_the_session_file_lacks_is_lost() -> None:
    """The hooks told it, and the file went on without it."""
    told = call(BEFORE | AFTER | ASKED)
    assert found(judge(WHOLE), told) == [("no_end", ())]
    assert found(judge(WHOLE, signs=SIGNS._replace(filed_ms=OLD)), told) == []
    assert found(judge(WHOLE._replace(is_whole=False)), told) == []
