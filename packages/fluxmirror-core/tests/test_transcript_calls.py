"""Session files of Claude, Qwen and Gemini tell the same calls as a person reads off them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls import claude, gemini, qwen
from fluxmirror_core.transcripts.part import Part, whole_lines
from fluxmirror_core.transcripts.problem import NO_CALL, UNKNOWN_RECORD, Problem
from fluxmirror_core.wire import claude as claude_hooks
from fluxmirror_core.wire import gemini as gemini_hooks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from fluxmirror_core.transcripts.told_call import ToldCall
    from fluxmirror_core.wire.observation import Observation

    Key = tuple[str | None, str | None]

ROOT: Final = Path(__file__).parents[3]
RECORDED: Final = ROOT / "tests" / "transcripts"
PAYLOADS: Final = ROOT / "tests" / "payloads"
READERS: Final[dict[str, tuple[ModuleType, str]]] = {
    "claude": (claude, ".claude/projects/**/*.jsonl"),
    "qwen": (qwen, ".qwen/projects/**/*.jsonl"),
    "gemini": (gemini, ".gemini/tmp/*/chats/**/*.jsonl"),
}
OK, FAILED, REJECTED = Outcome.OK, Outcome.FAILED, Outcome.REJECTED
PROJECT: Final = "/tmp/demo/project"  # noqa: S108 - where the recordings were made
FILE: Final = f"{PROJECT}/a.txt"
HELPER: Final = "echo from-helper"

# Read off the files by a person: the run's calls in order; tool, the best of its input, outcome,
# exit code, and the subagent it was made by.
BY_HAND: Final = [
    (
        "claude",
        "tools",
        [
            ("Bash", "echo hi; echo oops >&2", OK, None, None),
            ("Write", FILE, OK, None, None),
            ("Read", FILE, OK, None, None),
            ("Edit", FILE, OK, None, None),
            ("Bash", "find . -name '*.txt'", OK, None, None),
            ("Bash", "grep -rn -e 'three' .", OK, None, None),
            ("mcp__everything__echo", "hello mcp", OK, None, None),
            ("Bash", "echo bad >&2; exit 3", FAILED, 3, None),
        ],
    ),
    (
        "claude",
        "subagent",
        [
            ("Agent", "sub task", OK, None, None),
            ("Bash", HELPER, OK, None, "a63ca6a54cc5c1a29"),
            ("Bash", "sleep 2; echo waited", OK, None, None),
        ],
    ),
    (
        "claude",
        "compact",
        [
            ("Bash", "echo hi; echo oops >&2", OK, None, None),
            ("Write", FILE, OK, None, None),
            ("Read", FILE, OK, None, None),
            ("Edit", FILE, OK, None, None),
            ("Bash", "find . -name '*.txt'", OK, None, None),
            ("Bash", "grep -rn -e 'three' .", OK, None, None),
            ("mcp__everything__echo", "hello mcp", OK, None, None),
            ("Bash", "echo bad >&2; exit 3", FAILED, 3, None),
        ],
    ),
    (
        "qwen",
        "tools",
        [
            ("run_shell_command", "echo hi; echo oops >&2", OK, 0, None),
            ("write_file", FILE, OK, None, None),
            ("read_file", FILE, OK, None, None),
            ("edit", FILE, OK, None, None),
            ("glob", "*.txt", OK, None, None),
            ("grep_search", "three", OK, None, None),
            ("mcp__everything__echo", "hello mcp", OK, None, None),
            ("run_shell_command", "echo bad >&2; exit 3", FAILED, 3, None),
        ],
    ),
    (
        "qwen",
        "subagent",
        [
            ("agent", "sub task", OK, None, None),
            ("run_shell_command", HELPER, OK, 0, "general-purpose-call_0_00_9ad1b81fac85"),
            # It wants no command that begins with sleeping.
            ("run_shell_command", "sleep 2; echo waited", REJECTED, None, None),
        ],
    ),
    (
        "qwen",
        "compact",
        [
            ("run_shell_command", "echo hi; echo oops >&2", OK, 0, None),
            ("write_file", FILE, OK, None, None),
            ("read_file", FILE, OK, None, None),
            ("edit", FILE, OK, None, None),
            ("glob", "*.txt", OK, None, None),
            ("grep_search", "three", OK, None, None),
            ("mcp__everything__echo", "hello mcp", OK, None, None),
            ("run_shell_command", "echo bad >&2; exit 3", FAILED, 3, None),
        ],
    ),
    (
        "gemini",
        "tools",
        [
            ("run_shell_command", "echo hi; echo oops >&2", OK, None, None),
            ("write_file", FILE, OK, None, None),
            ("read_file", FILE, OK, None, None),
            ("replace", FILE, OK, None, None),
            ("glob", "*.txt", OK, None, None),
            ("grep_search", "three", OK, None, None),
            ("mcp_everything_echo", "hello mcp", OK, None, None),
            ("run_shell_command", "echo bad >&2; exit 3", FAILED, 3, None),
        ],
    ),
    (
        "gemini",
        "subagent",
        [
            ("invoke_agent", "SUBMARK run one command", OK, None, None),
            ("run_shell_command", HELPER, OK, None, "ff14840f-df92-47d4-9902-2753caf6fe85"),
            ("complete_task", "Helper done.", OK, None, "ff14840f-df92-47d4-9902-2753caf6fe85"),
            ("run_shell_command", "sleep 2; echo waited", OK, None, None),
        ],
    ),
]
# How many of the recorded payloads tell of a call of these runs.
HOOKS_TOLD: Final = {"claude": 17, "qwen": 21, "gemini": 18}


def read(agent: str, home: Path) -> Iterator[ToldCall]:
    """Read every call of an agent in a home, file by file."""
    reader, pattern = READERS[agent]
    for file in sorted(home.glob(pattern)):
        data = file.read_bytes()
        yield from reader.calls(Part(data[: whole_lines(data)], str(file)))


def joined(told: Iterator[ToldCall]) -> dict[Key, list[ToldCall]]:
    """Put the tellings of one call together, the earliest first."""
    found: dict[Key, list[ToldCall]] = {}
    for call in sorted(told, key=lambda call: call.ts_ms or 0):
        found.setdefault((call.seen.session, call.seen.call_id), []).append(call)
    return found


def known(tellings: list[ToldCall], name: str) -> object:
    """Give the one value of a call's field that is known; None when none is."""
    values = [getattr(call.seen, name) for call in tellings]
    certain = [value for value in values if value not in (None, Outcome.UNKNOWN)]
    assert all(value == certain[0] for value in certain), (name, values)
    return certain[0] if certain else values[0]


@pytest.mark.parametrize(("agent", "run", "wanted"), BY_HAND)
def test_recorded_run_is_read_as_by_a_person(
    agent: str, run: str, wanted: list[tuple[str, str, Outcome, int | None, str | None]]
) -> None:
    """Every call once, in the order of their beginning, with how it ended."""
    found = joined(read(agent, RECORDED / agent / run))
    for (tool, essence, *ending), its in zip(wanted, found.values(), strict=True):
        assert known(its, "tool") == tool
        assert json.dumps(essence)[1:-1] in json.dumps(known(its, "tool_input"))
        assert [known(its, name) for name in ("outcome", "exit_code", "subagent")] == ending
    assert len({session for session, _ in found}) == 1


@pytest.mark.parametrize(("agent", "run"), [(agent, run) for agent, run, _ in BY_HAND])
def test_recorded_call_has_its_response_and_both_ends(agent: str, run: str) -> None:
    """The response is what a call's cost is found by; of subagents Qwen's telemetry tells it."""
    for tellings in joined(read(agent, RECORDED / agent / run)).values():
        assert len({call.response for call in tellings} - {None}) == 1
        phases = [call.seen.phase for call in tellings]
        assert phases[0] & ASKED
        assert phases[-1] & ANSWERED
        assert known(tellings, "cwd") == PROJECT
        assert all(call.ts_ms and call.seen.kind is Kind.TOOL_CALL for call in tellings)
        assert (known(tellings, "error") is None) == (known(tellings, "outcome") is OK)


@pytest.mark.parametrize("agent", READERS)
def test_recorded_files_are_known_to_the_last_record(agent: str) -> None:
    """A kind of record that is counted as unknown says that an agent's format has moved on."""
    reader, pattern = READERS[agent]
    for file in RECORDED.glob(f"{agent}/*/{pattern}"):
        part = Part(file.read_bytes(), str(file))
        for _ in reader.calls(part):
            pass
        assert not part.problems, file


def hooks_told(agent: str) -> Iterator[Observation]:
    """Read what the recorded payloads tell of calls."""
    spec = BY_ID[{"claude": "claude-code", "qwen": "qwen-code", "gemini": "gemini-cli"}[agent]]
    observe = gemini_hooks.observe if agent == "gemini" else claude_hooks.observe
    for file in sorted((PAYLOADS / agent).glob("*Tool*.json")):
        message = json.loads(file.read_bytes())
        for seen in observe(message, spec, message["hook_event_name"]):
            if seen.kind is Kind.TOOL_CALL:
                yield seen


@pytest.mark.parametrize("agent", READERS)
def test_a_call_is_told_in_the_terms_of_the_hooks(agent: str) -> None:
    """Both tellings become one row: by the id, or where hooks have none by what went in."""
    told = [one for run in ("tools", "subagent") for one in read(agent, RECORDED / agent / run)]
    sessions = {call.seen.session for call in told}
    found = joined(iter(told))
    matched = 0
    for hook in hooks_told(agent):
        if hook.session not in sessions:
            continue
        matched += 1
        (tellings,) = (its for its in found.values() if is_same(hook, its))
        assert known(tellings, "tool") == hook.tool
        assert known(tellings, "tool_input") == hook.tool_input
        assert known(tellings, "mcp") == hook.mcp
        assert known(tellings, "cwd") == hook.cwd
        assert hook.outcome in (Outcome.UNKNOWN, known(tellings, "outcome"))
        assert hook.error in (None, known(tellings, "error"))
        assert hook.exit_code in (None, known(tellings, "exit_code"))
        assert hook.subagent in (None, known(tellings, "subagent"))
        assert known(tellings, "turn") in (None, hook.turn)
    assert matched == HOOKS_TOLD[agent]


def is_same(hook: Observation, tellings: list[ToldCall]) -> bool:
    """Say whether a hook tells of the same call, by what the store joins them."""
    seen = tellings[0].seen
    if hook.call_id:
        return (hook.session, hook.call_id) == (seen.session, seen.call_id)
    asked = known(tellings, "tool_input")
    return (hook.session, hook.tool, hook.tool_input) == (seen.session, seen.tool, asked)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home full of transcripts, with every hard case, and the truth about them."""
    home = tmp_path_factory.mktemp("made") / "home"
    script = str(ROOT / "scripts" / "make_transcripts.py")
    size = ("--megabytes", "6", "--no-cost", "--agents", ",".join(READERS))
    subprocess.run([sys.executable, script, str(home), *size], check=True)
    return home


@pytest.mark.parametrize("agent", READERS)
def test_made_transcripts_give_the_truth(agent: str, made: Path) -> None:
    """Names, ids and ends, by session: copies, forks, split blocks, torn lines and all."""
    truth = json.loads((made / "calls.json").read_text(encoding="utf-8"))[agent]
    found: dict[str | None, set[tuple[str, ...]]] = {}
    for (session, call_id), tellings in joined(read(agent, made)).items():
        assert len({call.response for call in tellings} - {None}) <= 1
        ending = (str(call_id), str(known(tellings, "tool")), str(known(tellings, "outcome")))
        found.setdefault(session, set()).add(ending)
    assert found == {
        session: {(call["id"], call["tool"], call["outcome"]) for call in its}
        for session, its in truth.items()
    }


@pytest.mark.parametrize("agent", READERS)
def test_only_what_is_odd_in_a_made_file_is_counted(agent: str, made: Path) -> None:
    """One kind of record that nobody knows, and no result whose call is missing."""
    reader, pattern = READERS[agent]
    problems: Counter[Problem] = Counter()
    for file in made.glob(pattern):
        data = file.read_bytes()
        part = Part(data[: whole_lines(data)], str(file))
        for _ in reader.calls(part):
            pass
        problems += part.problems
    (problem,) = problems
    assert problem.kind == UNKNOWN_RECORD
    assert problem.name.replace("-", "_") == "usage_forecast"
    assert bool(problem.version) == (agent != "gemini")


@pytest.mark.parametrize("agent", READERS)
def test_a_file_that_grows_is_read_once(agent: str, made: Path) -> None:
    """In two parts, at any line's end, with what was remembered kept as JSON between."""
    reader, pattern = READERS[agent]
    file = max(made.glob(pattern), key=lambda file: file.stat().st_size)
    data = file.read_bytes()
    data = data[: whole_lines(data)]
    whole = list(reader.calls(Part(data, str(file))))
    assert whole
    ends = [at for at, byte in enumerate(data) if byte == ord("\n")]
    for end in (ends[0] + 1, *(at + 1 for at in ends[:: max(len(ends) // 40, 1)])):
        first = Part(data[:end], str(file))
        told = list(reader.calls(first))
        second = Part(data[end:], str(file), end, json.loads(json.dumps(first.memory)))
        assert told + list(reader.calls(second)) == whole
        assert Problem(NO_CALL) not in second.problems


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("type", "id", "name", "x")), inner, max_size=3)
    ),
    max_leaves=6,
)
ROWS: Final = {
    agent: [
        json.loads(line)
        for file in sorted(RECORDED.glob(f"{agent}/subagent/{pattern}"))
        for line in file.read_bytes().splitlines()
        if len(line) < 5_000
    ]
    for agent, (_, pattern) in READERS.items()
}
CHANGES: Final = st.lists(st.tuples(st.integers(0, 1 << 16), JSON), max_size=4)


def changed(row: dict[str, Any], changes: list[tuple[int, Any]]) -> dict[str, Any]:
    """Put other values anywhere into a row."""
    row = deepcopy(row)
    for number, value in changes:
        places = list(every_place(row))
        container, key = places[number % len(places)]
        container[key] = value
    return row


def every_place(value: object) -> Iterator[tuple[Any, Any]]:
    """Give every member of a JSON value, however deep, as its container and its key."""
    members: Any = enumerate(value) if isinstance(value, list) else ()
    for key, member in value.items() if isinstance(value, dict) else members:
        yield value, key
        yield from every_place(member)


@pytest.mark.parametrize("agent", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_json_is_too_odd(agent: str, data: st.DataObject) -> None:
    """Any member may be missing or of another type: what is told has the types it should."""
    real = st.builds(changed, st.sampled_from(ROWS[agent]), CHANGES)
    odd = st.dictionaries(st.sampled_from(("type", "message", "$set")), JSON, max_size=3)
    rows = data.draw(st.lists(real | odd, min_size=1, max_size=12))
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    part = Part(lines, "chats/session/helper.jsonl")
    for call in READERS[agent][0].calls(part):
        assert call.response is None or isinstance(call.response, str)
        assert_types(call.seen)
    assert json.loads(json.dumps(part.memory)) == part.memory


def assert_types(seen: Observation) -> None:
    """Check what the type checker cannot, as JSON comes in."""
    texts = (seen.session, seen.cwd, seen.turn, seen.model, seen.subagent, seen.subagent_type)
    assert all(value is None or isinstance(value, str) for value in (*texts, seen.call_id))
    assert isinstance(seen.tool, str)
    assert isinstance(seen.outcome, Outcome)
    assert seen.phase in (ASKED, ANSWERED, ASKED | ANSWERED)
    assert seen.error is None or isinstance(seen.error, str)
    assert all(type(value) in (int, type(None)) for value in (seen.exit_code, seen.duration_ms))
