"""PayloadReader: any bytes at all give events that can be stored, or are refused with a reason."""

from __future__ import annotations

import json
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from fluxmirror_core import bounds
from fluxmirror_core.agents import BY_ID, BY_KIND
from fluxmirror_core.event import AFTER, BEFORE, AgentEvent, Kind, Outcome
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import Capture, PayloadReader, Reading, UnreadablePayloadError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PAYLOADS: Final = Path(__file__).parents[3] / "tests" / "payloads"
READER: Final = PayloadReader(Builders(Redactor(b"key"), Machine(Repositories(), "host", "user")))
NOW_MS: Final = 1_795_232_000_000
TEXTS: Final[dict[str, int]] = {
    "kind": 20,
    "agent": 20,
    "evidence": bounds.NAME_BYTES,
    "session": bounds.NAME_BYTES,
    "subagent": bounds.NAME_BYTES,
    "subagent_type": bounds.NAME_BYTES,
    "turn": bounds.NAME_BYTES,
    "call_id": bounds.NAME_BYTES,
    "response_key": bounds.NAME_BYTES,
    "hook_event": bounds.NAME_BYTES,
    "model": bounds.NAME_BYTES,
    "tool": bounds.NAME_BYTES,
    "tool_canonical": bounds.NAME_BYTES,
    "tool_class": 10,
    "mcp_server": bounds.NAME_BYTES,
    "mcp_tool": bounds.NAME_BYTES,
    "detail": bounds.DETAIL_BYTES,
    "cwd": bounds.PATH_BYTES,
    "project": bounds.PATH_BYTES,
    "repo": bounds.PATH_BYTES,
    "path": bounds.PATH_BYTES,
    "outcome": 20,
    "error": bounds.DETAIL_BYTES,
    "duration_source": 10,
    "host": bounds.NAME_BYTES,
    "user": bounds.NAME_BYTES,
    "sources": 20,
    "input_json": 1 << 40,
    "output_text": 1 << 16,
}
"""Columns of the type TEXT, and the most bytes each may take."""
INTEGERS: Final = {"ts_ms", "ended_ms", "exit_code", "duration_ms", "input_bytes", "output_bytes",
                   "self_noise", "phases", "schema_version"}  # fmt: skip
BLOBS: Final = {"uid": 16, "twin_uid": 16, "pair_key": 16, "output_sha256": 32}
NEVER_NULL: Final = {"uid", "kind", "ts_ms", "agent", "evidence", "hook_event", "detail",
                     "sources", "self_noise", "phases", "schema_version"}  # fmt: skip
ODD: Final[tuple[object, ...]] = (
    *(None, True, 0, -1, 0.5, 1e300, 10**30, "", "x", "\ud800", "\x00", "x" * 5_000),
    *([], {}, [[{}]], [None, 5, "x"], {"a": {"b": [1]}}),
)
CALL: Final[dict[str, object]] = {
    "hook_event_name": "PostToolUse",
    "prompt_id": "p",
    "session_id": "s",
    "cwd": "/w/sub",
    "tool_name": "Bash",
    "tool_use_id": "c",
    "tool_input": {"command": "ls"},
    "tool_response": {"stdout": "out"},
}


def recorded() -> dict[str, Any]:
    """Give every recorded payload, decoded, by `folder/file.json`."""
    files = sorted(PAYLOADS.glob("*/[!_]*.json"))
    return {f"{f.parent.name}/{f.name}": json.loads(f.read_bytes()) for f in files}


RECORDED: Final = recorded()
EVIDENCE: Final = (
    "CLAUDE_PROJECT_DIR",
    "GEMINI_PROJECT_DIR",
    "QWEN_PROJECT_DIR",
    "COPILOT_PROJECT_DIR",
)


def read(
    payload: object,
    words: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
    name: str = "spooled",
) -> Reading:
    """Read bytes, or a value as an agent would write it."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return READER.read(Capture(name, words, env or {}, raw, NOW_MS))


def assert_storable(event: AgentEvent) -> None:
    """Assert that every column takes its value, and that the enumerated ones hold their words."""
    assert set(TEXTS) | INTEGERS | set(BLOBS) == set(AgentEvent._fields)
    for name, value in zip(AgentEvent._fields, event, strict=True):
        if value is None:
            assert name not in NEVER_NULL
        elif name in TEXTS:
            assert isinstance(value, str)
            assert len(value.encode("utf-8")) <= TEXTS[name], name
        elif name in INTEGERS:
            assert type(value) is int
            assert -(1 << 63) <= value < 1 << 63, name
        else:
            assert type(value) is bytes
            assert len(value) == BLOBS[name], name
    assert event.kind in list(Kind)
    assert event.agent in BY_ID
    assert event.outcome is None or event.outcome in list(Outcome)
    assert (event.duration_ms is None) == (event.duration_source is None)
    assert (event.kind == Kind.TOOL_CALL) == bool(event.phases) == (event.outcome is not None)
    assert event.kind != Kind.TOOL_CALL or event.tool
    if event.input_json is not None:
        json.loads(event.input_json, parse_constant=pytest.fail)


def assert_reads(payload: object, words: tuple[str, ...] = ()) -> None:
    """Assert that a payload gives storable events, the same each time, or is refused."""
    try:
        reading = read(payload, words)
    except UnreadablePayloadError:
        return
    assert reading.events
    assert reading.agent in BY_ID
    assert reading.unknown_event is None or len(reading.unknown_event.encode()) <= 400
    assert len({event.uid for event in reading.events}) == len(reading.events) or any(
        event.call_id for event in reading.events
    )
    for event in reading.events:
        assert_storable(event)
    assert read(payload, words) == reading


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Name every member and item of a JSON value, however deep."""
    items = dict(enumerate(value)) if isinstance(value, list) else value
    for key, member in items.items() if isinstance(items, dict) else ():
        yield (*path, key)
        yield from places(member, (*path, key))


def replaced(payload: object, path: tuple[str | int, ...], value: object) -> object:
    """Copy a payload with one of its members being another value."""
    copy: Any = deepcopy(payload)
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
ANY_JSON = st.recursive(
    st.sampled_from(ODD) | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
WORDS = st.sampled_from([*sorted(BY_KIND), "claude", "setup", "", "\ud800"])


@st.composite
def mutated(draw: st.DrawFn) -> object:
    """Give a recorded payload of which up to three members are something else, or gone."""
    payload = RECORDED[draw(st.sampled_from(sorted(RECORDED)))]
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        path = draw(st.sampled_from(list(places(payload)) or [("new",)]))
        payload = replaced(payload, path, draw(ANY_JSON))
    for gone in draw(st.lists(st.sampled_from(sorted(payload)), max_size=2)):
        payload = {key: value for key, value in payload.items() if key != gone}
    return payload


@given(mutated(), WORDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_payload_gives_storable_events(payload: object, word: str) -> None:
    """Whatever an agent's next version sends: events that can be stored, or a refusal."""
    assert_reads(payload, (word,))


@pytest.mark.slow
@given(mutated(), WORDS)
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_mutated_payloads_give_storable_events(payload: object, word: str) -> None:
    """The same with many more examples."""
    assert_reads(payload, (word,))


@pytest.mark.parametrize("name", RECORDED)
def test_every_member_may_be_of_any_type(name: str) -> None:
    """Each member of a recorded payload in turn is a number, a list, null, nothing."""
    payload = RECORDED[name]
    for at, key in enumerate(payload):
        assert_reads({other: value for other, value in payload.items() if other != key})
        # Over all the recordings each member meets each odd value.
        for odd in ODD[(at + len(name)) % 3 :: 3]:
            assert_reads(payload | {key: odd})


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_payload_fits_the_columns(name: str) -> None:
    """As it was recorded, cut to the table's types and bounds."""
    for event in read(RECORDED[name]).events:
        assert_storable(event)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "the payload is empty"),
        (b" \r\n\t", "the payload is empty"),
        (b"\xef\xbb\xbf", "the payload is empty"),
        (b"\x00\x00", "the payload is empty"),
        (b"{", "the payload is no JSON"),
        (b"{} {}", "the payload is no JSON"),
        (b"hello", "the payload is no JSON"),
        (b"\xff\xfe{\x00}\x00", "the payload is no JSON"),
        (b"\x00{}", "the payload is no JSON"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "the payload is no JSON"),
        (b"[]", "the payload is no JSON object"),
        (b"null", "the payload is no JSON object"),
        (b'"text"', "the payload is no JSON object"),
        (b"NaN", "the payload is no JSON object"),
        (b"[" * 100_000, "the payload is nested beyond reason"),
        (b'{"a":' * 100_000, "the payload is nested beyond reason"),
    ],
)
def test_payload_that_cannot_be_understood_is_refused(payload: bytes, reason: str) -> None:
    """The reason names no byte of the payload."""
    with pytest.raises(UnreadablePayloadError, match=f"^{reason}$"):
        read(payload)


@pytest.mark.parametrize("depth", [50, 150, 300, 450, 600, 900])
@pytest.mark.parametrize("member", ["tool_input", "tool_response", "kind", "prompt_id", "status"])
def test_nesting_is_read_or_refused_at_any_depth(depth: int, member: str) -> None:
    """What decodes may still be too deep to look for secrets in: then it is refused as well."""
    secret = "pass" + "word"
    inner = f'{{"{secret}":"' + "x" * 20 + '"}'
    nested = "[" * depth + inner + "]" * depth
    text = json.dumps(CALL | {"event": {}, member: "HERE"}).replace('"HERE"', nested)
    try:
        events = read(text.encode()).events
    except UnreadablePayloadError as error:
        assert str(error) == "the payload is nested beyond reason"  # noqa: PT017 - either is right
    else:
        assert len(events) == 1


def test_bytes_that_are_no_text_are_replaced_and_told() -> None:
    """The event is kept; the loss is counted."""
    raw = json.dumps(CALL).encode().replace(b"ls", b"ls \xff\xfe \xed\xa0\x80")
    reading = read(raw)
    assert reading.undecodable
    assert reading.events[0].detail.startswith("ls \ufffd")
    assert not read(CALL).undecodable


def test_byte_order_mark_is_skipped() -> None:
    """Some shells put one before what they write."""
    assert read(b"\xef\xbb\xbf" + json.dumps(CALL).encode()).events[0].detail == "ls"


def test_lone_surrogates_and_nul_are_stored() -> None:
    """JSON can spell both; UTF-8 takes only the second."""
    odd = "a\ud800b\x00c"
    members: dict[str, object] = {key: odd for key in CALL if key.endswith(("_id", "_name"))}
    call = CALL | members | {"cwd": odd, "hook_event_name": "PostToolUse"}
    (event,) = read(call | {"tool_input": {"command": odd}}).events
    assert_storable(event)
    assert (event.session, event.cwd, event.tool) == ("a?b\x00c",) * 3
    assert event.input_json == '{"command":"a?b\\u0000c"}'


def test_megabytes_are_bounded_everywhere_but_in_the_input() -> None:
    """A row stays a row, whatever an agent puts into it."""
    big = "漢" * 350_000
    members = dict.fromkeys(("session_id", "tool_use_id", "prompt_id", "model", "agent_id"), big)
    call = CALL | members | {"cwd": f"/{big}", "tool_input": {"command": big}, "error": big}
    (event,) = read(call | {"hook_event_name": "PostToolUseFailure"}).events
    assert_storable(event)
    assert (event.detail, event.error) == ("漢" * 66, "漢" * 66)
    assert event.input_bytes == len(big.encode()) + len('{"command":""}')


def test_unknown_event_of_any_length_is_counted_by_a_bounded_name() -> None:
    """The name becomes a row of the tally."""
    reading = read(CALL | {"hook_event_name": "New\ud800" + "x" * 1_000_000})
    assert reading.unknown_event is not None
    assert reading.unknown_event.startswith("New?xxx")
    assert len(reading.unknown_event) == bounds.NAME_BYTES
    assert reading.unknown_event == reading.events[0].hook_event


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_json_has_no_number_for_becomes_null(number: str) -> None:
    """Python reads it, and would write what no other reader of JSON takes."""
    raw = json.dumps(CALL | {"tool_input": {"command": "ls", "n": 0.5}})
    (event,) = read(raw.replace("0.5", number).encode()).events
    assert event.input_json == '{"command":"ls","n":null}'


def test_huge_integers_are_kept_in_the_input_and_nowhere_else() -> None:
    """A column takes 64 bits."""
    huge = 10**4_000
    call = CALL | {"tool_input": {"command": "ls", "n": huge}, "duration_ms": huge, "timestamp": 1}
    (event,) = read(call).events
    assert_storable(event)
    assert event.duration_ms is None
    assert event.input_json == f'{{"command":"ls","n":{huge}}}'


def test_last_of_several_members_with_one_name_counts() -> None:
    """As in every agent's own reader."""
    raw = json.dumps(CALL).replace('"session_id": "s"', '"session_id": "a", "session_id": "b"')
    assert read(raw.encode()).events[0].session == "b"


@pytest.mark.parametrize("name", [None, "", [], {}, True])
@pytest.mark.parametrize("event", ["PreToolUse", "PostToolUse", "PostToolUseFailure"])
def test_call_without_a_tool_is_kept_as_a_signal(event: str, name: object) -> None:
    """It tells that something happened; it is never counted as work."""
    (told,) = read(CALL | {"hook_event_name": event, "tool_name": name}).events
    assert (told.kind, told.hook_event, told.session) == ("signal", event, "s")
    assert (told.phases, told.outcome, told.pair_key, told.tool) == (0, None, None, None)


def test_missing_session_and_directory_stay_missing() -> None:
    """NULL, never a word that all of them would share."""
    (event,) = read({"hook_event_name": "Stop", "prompt_id": "p"}).events
    assert (event.session, event.cwd, event.project, event.repo) == (None,) * 4


def test_detail_is_cut_to_200_bytes() -> None:
    """500 letters give 200 bytes; 100 characters of three bytes give 198."""
    for command, expected in (("x" * 500, "x" * 200), ("漢" * 100, "漢" * 66)):
        (event,) = read(CALL | {"tool_input": {"command": command, "description": "d"}}).events
        assert event.detail == expected


def test_project_is_the_agents_own_variable() -> None:
    """`cwd` follows `cd`; an agent inside another one sees the other's variable too."""
    env = {"CLAUDE_PROJECT_DIR": "/w", "QWEN_PROJECT_DIR": "/other"}
    call = CALL | {"tool_name": "Read", "tool_input": {"file_path": "a.py"}}
    (event,) = read(call, env=env).events
    assert (event.project, event.cwd, event.path) == ("/w", "/w/sub", "/w/a.py")
    (event,) = read(call | {"turn_id": "t"}, env=env).events
    assert (event.agent, event.project, event.path) == ("codex-cli", None, "/w/sub/a.py")


def test_empty_variable_counts_as_unset() -> None:
    """As everywhere in this program."""
    (event,) = read(CALL, env={"CLAUDE_PROJECT_DIR": ""}).events
    assert event.project is None


def test_repository_is_that_of_the_file_else_of_the_project(tmp_path: Path) -> None:
    """A file in another repository than the project's belongs to its own."""
    mine, other = tmp_path / "mine", tmp_path / "other"
    for repo in (mine, other):
        (repo / ".git").mkdir(parents=True)
    env = {"CLAUDE_PROJECT_DIR": str(mine)}
    call = CALL | {"tool_name": "Read"}
    (event,) = read(call | {"tool_input": {"file_path": str(other / "src/a.py")}}, env=env).events
    assert event.repo == str(other)
    (event,) = read(CALL, env=env).events
    assert event.repo == str(mine)


def test_secrets_reach_no_column() -> None:
    """In the input, the detail, the error and the prompt; the output is only a hash."""
    secret = "sk-" + "ant-api03-" + "aB3dE5fG7h" * 4
    call = CALL | {"tool_input": {"command": f"curl -H 'x-api-key: {secret}'"}, "error": secret}
    for payload in (
        call,
        call | {"hook_event_name": "PostToolUseFailure"},
        call | {"hook_event_name": "PermissionDenied", "reason": secret},
        {"hook_event_name": "UserPromptSubmit", "prompt": f"use {secret}", "prompt_id": "p"},
        {"hook_event_name": "StopFailure", "error": secret, "prompt_id": "p"},
    ):
        assert secret not in repr(read(payload).events)


@pytest.mark.parametrize("name", RECORDED)
def test_secret_in_any_member_reaches_no_column(name: str) -> None:
    """Whatever an agent puts it into: an id, a tool's name, a directory, the event's own name."""
    secret = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5" + "rS7tU9vW1xY3zA5b"
    for path in places(RECORDED[name]):
        reading = read(replaced(RECORDED[name], path, f"/x/{secret}"), ("claude", "PreToolUse"))
        assert secret not in repr(reading), path


@pytest.mark.parametrize("variable", EVIDENCE)
def test_secret_in_the_environment_reaches_no_column(variable: str) -> None:
    """A project's directory may be named after one."""
    secret = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5" + "rS7tU9vW1xY3zA5b"
    assert secret not in repr(read(CALL, ("claude",), {variable: f"/x/{secret}"}))


def test_outcome_is_not_guessed_where_nothing_tells_the_event() -> None:
    """The older programs' one hook brought no event name; a call may have ended any way."""
    bare = {"tool_name": "Bash", "session_id": "s", "tool_input": {"command": "ls"}}
    (event,) = read(bare, ("claude",)).events
    assert (event.kind, event.outcome) == ("tool_call", "unknown")
    (event,) = read(bare | {"tool_response": {"stdout": ""}}, ("claude",)).events
    assert event.outcome == "ok"
    (event,) = read(bare, ("claude", "PostToolUse")).events
    assert event.outcome == "ok"


def test_payload_without_tool_and_event_is_a_signal_that_is_counted() -> None:
    """Kept, and told of as drift."""
    reading = read({"foo": 1})
    assert [event.kind for event in reading.events] == ["signal"]
    assert reading.unknown_event == ""


def test_secret_that_a_cut_goes_through_is_masked_whole() -> None:
    """Scrubbed first, cut afterwards."""
    secret = "sk-" + "ant-api03-" + "aB3dE5fG7h" * 4
    (event,) = read(CALL | {"tool_input": {"command": "x" * 180 + f" {secret}"}}).events
    assert secret[:12] not in event.detail


def test_output_is_measured_and_hashed_and_not_kept() -> None:
    """Its bytes as UTF-8: of a text itself, of anything else its JSON."""
    (event,) = read(CALL | {"tool_response": "漢"}).events
    assert event.output_bytes == 3
    assert event.output_sha256 == sha256("漢".encode()).digest()
    (event,) = read(CALL | {"tool_response": {"stdout": "漢"}}).events
    assert event.output_bytes == len('{"stdout":"漢"}'.encode())
    (event,) = read(CALL | {"tool_response": None}).events
    assert (event.output_bytes, event.output_sha256) == (None, None)


def test_both_halves_of_a_call_with_an_id_are_one_event() -> None:
    """Whatever their spool files are called."""
    before = read(CALL | {"hook_event_name": "PreToolUse"}, name="a").events[0]
    after = read(CALL, name="b").events[0]
    assert before.uid == after.uid
    assert (before.phases, after.phases) == (BEFORE, AFTER)
    assert (before.ended_ms, after.ended_ms) == (None, NOW_MS)
    assert before.pair_key is after.pair_key is None
    assert read(CALL | {"session_id": "other"}).events[0].uid != after.uid


@pytest.mark.parametrize(
    ("word", "halves"),
    [
        ("gemini", ("BeforeTool", "AfterTool")),
        ("copilot", ("PreToolUse", "PostToolUse")),
    ],
)
def test_both_halves_of_a_call_without_an_id_have_one_key(
    word: str, halves: tuple[str, str]
) -> None:
    """By session, tool and input: any other of these is another call."""
    call: dict[str, object] = {"session_id": "s", "tool_name": "x", "tool_input": {"a": 1}}
    before, after = (read(call | {"hook_event_name": half}, (word,)).events[0] for half in halves)
    assert before.pair_key == after.pair_key is not None
    assert before.uid != after.uid
    for other in ({"session_id": "t"}, {"tool_name": "y"}, {"tool_input": {"a": 2}}):
        changed = read(call | other | {"hook_event_name": halves[0]}, (word,)).events[0]
        assert changed.pair_key != before.pair_key


def test_same_payload_told_twice_is_one_event() -> None:
    """A double registration, or a file that was read and not yet removed."""
    timed = {"hook_event_name": "AfterAgent", "timestamp": "2026-11-21T03:40:07Z"}
    assert read(timed, name="a").events[0].uid == read(timed, name="b").events[0].uid
    plain = {"hook_event_name": "Stop", "session_id": "s", "prompt_id": "p"}
    first, second = (read(plain, name=name).events[0] for name in ("a", "b"))
    assert first.uid != second.uid
    assert first.twin_uid == second.twin_uid is not None


@pytest.mark.parametrize("word", [*sorted(BY_KIND), "claude", "setup", "claude-desktop", ""])
def test_torn_payload_is_an_event_of_its_agent(word: str) -> None:
    """What arrived is measured; nothing of it is shown."""
    env = {"QWEN_PROJECT_DIR": "/w"}
    event = READER.torn(Capture("n", (word, "PreToolUse"), env, b'{"tool_na', NOW_MS))
    assert_storable(event)
    assert (event.kind, event.detail) == ("torn", "9 bytes")
    assert event.agent == (BY_KIND[word].id if word in BY_KIND else "qwen-code")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
@settings(max_examples=50, deadline=None)
def test_header_of_any_content_does_no_harm(word: str, value: str, name: str) -> None:
    """Words, variables and names come from a file that anybody may have written."""
    env = dict.fromkeys(
        ("CLAUDE_PROJECT_DIR", "FLUXMIRROR_SELF_REPO", "QWEN_PROJECT_DIR"), value * 100
    ) | {"FLUXMIRROR_SKIP_SELF": "1"}
    noisy = {"cwd": value, "tool_name": "Bash", "tool_input": {"command": "sqlite3 events.db"}}
    for capture in (
        Capture(name, (word, value * 100), env, json.dumps(noisy).encode(), NOW_MS),
        Capture(name, (), env, json.dumps(CALL | noisy).encode(), NOW_MS),
    ):
        for event in (*READER.read(capture).events, READER.torn(capture)):
            assert_storable(event)


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Junk on a hook's standard input."""
    try:
        reading = read(raw)
    except UnreadablePayloadError as error:
        assert str(error).startswith("the payload is ")  # noqa: PT017 - either is right
    else:
        assert reading.events
