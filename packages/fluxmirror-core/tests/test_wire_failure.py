"""What texts say about how a call ended."""

from __future__ import annotations

import pytest
from fluxmirror_core.event import Outcome
from fluxmirror_core.wire import failure

GEMINI = "<untrusted_context>\nOutput: {}{}\nProcess Group PGID: 9\n</untrusted_context>"
QWEN = "Command: c\nDirectory: (root)\nOutput: {}\nError: (none)\nExit Code: {}\nSignal: (none)"
CODES = [
    ("Exit code 3\nbad", 3),
    ("Exit code 127", 127),
    (GEMINI.format("bad", "\nExit Code: 3"), 3),
    (GEMINI.format("bad", "\nExit Code: -1"), -1),
    (GEMINI.format("bad", "\nExit Code: 3").replace("\n", "\r\n").replace("\r\n<", "\n<"), 3),
    (QWEN.format("bad", 3), 3),
    (QWEN.format("hi", 0), 0),
    (QWEN.format("(empty)", 0) + "\nProcess Group PGID: 20271", 0),
    (GEMINI.format("hi", ""), None),
    ("", None),
    ("out", None),
    ("Exit code: 0\nWall time: 0 seconds", None),
    ("Exit code", None),
    ("Exit code 99999999999", None),
    ("Exit Code: many", None),
]
QUOTED = [
    "log\nExit code 3\nmore",
    "see Exit Code: 3",
    GEMINI.format("step one\nExit Code: 7\nthen it went on", ""),
    GEMINI.format("Exit Code: 7", ""),
    "Exit Code: 7\nall is well",
]
SHELL_IDS = [
    ("hi\n<shellId: 0 completed with exit code 0>", 0),
    ("bad\n<shellId: 12 completed with exit code 3>\n", 3),
    ("<shellId: abc completed with exit code -1>", -1),
    ("<shellId: 0 completed with exit code 3>\nand more", None),
    ("no id", None),
    ("", None),
]
TOLD = [
    ("hi\noops", Outcome.UNKNOWN),
    ("", Outcome.UNKNOWN),
    ("Exit code 3\nbad", Outcome.FAILED),
    ("Exit code 0\nfine", Outcome.UNKNOWN),
    ("Permission to use Bash has been denied.", Outcome.DENIED),
    ("The user doesn't want to proceed with this tool use. It was rejected.", Outcome.DENIED),
    ("Claude requested permissions to use x, but you haven't granted it yet.", Outcome.DENIED),
    ("<tool_use_error>Error: No such tool available: x</tool_use_error>", Outcome.REJECTED),
    ("InputValidationError: Edit failed", Outcome.REJECTED),
    ("x" * 500 + "<tool_use_error>", Outcome.UNKNOWN),
]


@pytest.mark.parametrize(("text", "code"), CODES)
def test_exit_code_is_read_where_an_agent_writes_it(text: str, code: int | None) -> None:
    """Claude's text opens with it; Gemini's and Qwen's have it among the last lines."""
    assert failure.exit_code(text) == code


@pytest.mark.parametrize("text", QUOTED)
def test_exit_code_a_command_prints_is_not_its_own(text: str) -> None:
    """A test runner's log quotes the codes of others: that is no failure."""
    assert failure.exit_code(text) is None


def test_agents_own_line_wins_over_a_quoted_one() -> None:
    """The last of several lines is the agent's."""
    assert failure.exit_code(QWEN.format("Exit Code: 7\nExit Code: 8", 0)) == 0


@pytest.mark.parametrize(("text", "code"), SHELL_IDS)
def test_copilot_ends_a_shell_text_with_its_code(text: str, code: int | None) -> None:
    """Only as the last line: output that quotes one goes on after it."""
    assert failure.shell_id_exit_code(text) == code


@pytest.mark.parametrize(("text", "outcome"), TOLD)
def test_text_given_to_the_model_tells_denied_from_rejected(text: str, outcome: Outcome) -> None:
    """Only the beginning counts: a long output may quote anything."""
    assert failure.told_outcome(text) is outcome


def test_missing_code_of_a_finished_command_is_success() -> None:
    """Gemini, Copilot and OpenCode leave the zero out."""
    outcomes = [failure.by_exit_code(code) for code in (None, 0, 1, -9)]
    assert outcomes == [Outcome.OK, Outcome.OK, Outcome.FAILED, Outcome.FAILED]


@pytest.mark.parametrize("line", ["Exit Code: 1\n", "Exit Code: 1", "Exit code 1 ", "\n", "A: <\n"])
def test_hostile_text_costs_what_its_length_is(line: str) -> None:
    """A megabyte of anything is looked through once."""
    text = line * (1_000_000 // len(line)) + "x"
    assert failure.exit_code("Exit " + text) in (None, 1)
