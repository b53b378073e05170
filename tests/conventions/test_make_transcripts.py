"""The made-up transcripts: a reader that knows nothing of their making finds what their truth says.

The `read_*` here are readers of their own, as plain as can be; they take nothing from the script.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_transcripts.py"
TOKENS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
)

Truth = dict[str, Any]
"""One of the two files that the script writes beside the transcripts."""


class Found(NamedTuple):
    """One telling of a response, as a reader finds it; the tokens in the order of `TOKENS`."""

    agent: str
    key: str
    at: str
    path: str
    session: str
    model: str
    tokens: tuple[int, ...]


def make(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of all agents."""
    directory = tmp_path_factory.mktemp("transcripts") / "home"
    made = make(directory, "--megabytes", "2", "--no-cost")
    assert made.returncode == 0, made.stderr
    return directory


@pytest.fixture(scope="module")
def truth(home: Path) -> Truth:
    """What the script says is in the set."""
    return load(home, "truth.json")


@pytest.fixture(scope="module")
def found(home: Path) -> list[Found]:
    """What a plain reader finds in the set, each response once."""
    return whole([*read_claude(home), *read_codex(home), *read_gemini(home), *read_others(home)])


def load(home: Path, name: str) -> Truth:
    """Read one of the script's own files."""
    content: Truth = json.loads((home / name).read_text(encoding="utf-8"))
    return content


def rows(home: Path, pattern: str) -> Iterator[tuple[str, int, Any]]:
    """Give each row that can be read: its file below the home, its number, and itself."""
    for file in sorted(home.glob(pattern)):
        path = file.relative_to(home).as_posix()
        for number, line in enumerate(file.read_bytes().split(b"\n")):
            try:
                yield path, number, json.loads(line)
            except ValueError:
                continue


def read_claude(home: Path) -> Iterator[Found]:
    """Read `assistant` rows, whatever file below the projects they are in."""
    for path, number, row in rows(home, ".claude/projects/**/*.jsonl"):
        message = row.get("message", {})
        if row["type"] != "assistant" or message["model"] == "<synthetic>":
            continue
        used = message["usage"]
        tiers = used.get("cache_creation", {})
        hour = tiers.get("ephemeral_1h_input_tokens", 0)
        tokens = (
            used["input_tokens"],
            used["output_tokens"],
            used["cache_read_input_tokens"],
            used["cache_creation_input_tokens"] - hour,
            hour,
            used.get("output_tokens_details", {}).get("thinking_tokens", 0),
        )
        key = message.get("id", f"{path} {number}")
        at, session = row["timestamp"], row["sessionId"]
        yield Found("claude", key, at, path, session, message["model"], tokens)


def read_codex(home: Path) -> Iterator[Found]:
    """Read `token_usage_record` rows; the model is what the turn's context says."""
    model = ""
    for path, _, row in rows(home, ".codex/sessions/*/*/*/*.jsonl"):
        its = row["payload"]
        if row["type"] == "turn_context":
            model = its["model"]
        if row["type"] != "token_usage_record":
            continue
        used = its["usage"]
        cached = used["cached_input_tokens"]
        sent, said = used["input_tokens"] - cached, used["output_tokens"]
        tokens = (sent, said, cached, 0, 0, used["reasoning_output_tokens"])
        key, at, session = its["response_id"], row["timestamp"], its["session_id"]
        yield Found("codex", key, at, path, session, model, tokens)


def read_gemini(home: Path) -> Iterator[Found]:
    """Read `gemini` rows; a subagent's file lies in a folder named as its parent's session."""
    session = ""
    for path, number, row in rows(home, ".gemini/tmp/*/chats/**/*.jsonl"):
        if number == 0:
            parent = path.split("/")[-2]
            session = row["sessionId"] if parent == "chats" else parent
        if row.get("type") != "gemini":
            continue
        used = row["tokens"]
        sent, said = used["input"] - used["cached"], used["output"] + used["thoughts"]
        tokens = (sent, said, used["cached"], 0, 0, used["thoughts"])
        yield Found("gemini", row["id"], row["timestamp"], path, session, row["model"], tokens)


def read_others(home: Path) -> Iterator[Found]:
    """Read Qwen's telemetry, Copilot's usage records and OpenCode's messages."""
    for path, _, row in rows(home, ".qwen/projects/*/chats/*.jsonl"):
        its = row.get("systemPayload", {}).get("uiEvent", {})
        if its.get("event.name") == "qwen-code.api_response":
            cached = its["cached_content_token_count"]
            sent, said = its["input_token_count"] - cached, its["output_token_count"]
            tokens = (sent, said, cached, 0, 0, its["thoughts_token_count"])
            key, at, session = its["response_id"], row["timestamp"], row["sessionId"]
            yield Found("qwen", key, at, path, session, its["model"], tokens)
    for path, _, row in rows(home, ".copilot/session-state/*/events.jsonl"):
        if row["type"] == "session.usage_record":
            its = row["data"]["usage"]
            cached = its["cacheReadTokens"]
            sent, said = its["inputTokens"] - cached, its["outputTokens"]
            tokens = (sent, said, cached, 0, 0, its["reasoningTokens"])
            key, session = its["apiCallId"], path.split("/")[-2]
            yield Found("copilot", key, row["timestamp"], path, session, its["model"], tokens)
    path = ".local/share/opencode/opencode.db"
    query = (
        "SELECT m.id, strftime('%Y-%m-%dT%H:%M:%fZ', m.time_created / 1000.0, 'unixepoch'),"
        " coalesce(s.parent_id, s.id), m.data FROM message m JOIN session s ON s.id = m.session_id"
    )
    with closing(sqlite3.connect(f"{(home / path).as_uri()}?immutable=1", uri=True)) as db:
        for key, at, session, data in db.execute(query):
            its = json.loads(data)
            if its["role"] == "assistant":
                used, cache = its["tokens"], its["tokens"]["cache"]
                said = used["output"] + used["reasoning"]
                tokens = (used["input"], said, cache["read"], cache["write"], 0, used["reasoning"])
                yield Found("opencode", key, at, path, session, its["modelID"], tokens)


def whole(tellings: list[Found]) -> list[Found]:
    """Take the tellings of each response together: the most of each count, the first time."""
    by_key: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for telling in tellings:
        by_key[telling.agent, telling.key].append(telling)
    return [
        min(its, key=lambda one: (one.at, one.path))._replace(
            tokens=tuple(map(max, zip(*(one.tokens for one in its), strict=True)))
        )
        for its in by_key.values()
    ]


def added(responses: list[Found], *keys: str) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Add responses up by attributes, how many there were first."""
    sums: dict[tuple[str, ...], tuple[int, ...]] = {}
    for one in responses:
        at = tuple(one.at[:10] if key == "day" else getattr(one, key) for key in keys)
        before = sums.get(at, (0,) * (1 + len(TOKENS)))
        sums[at] = tuple(a + b for a, b in zip(before, (1, *one.tokens), strict=True))
    return sums


def told(sums: list[dict[str, Any]], *keys: str) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Give sums of the truth in the same form."""
    return {
        tuple(row[key] for key in keys): tuple(row[name] for name in ("responses", *TOKENS))
        for row in sums
    }


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("by_agent", ("agent",)),
        ("by_day", ("day",)),
        ("by_agent_model", ("agent", "model")),
        ("by_agent_model_day", ("agent", "model", "day")),
        ("by_session", ("agent", "session")),
    ],
)
def test_a_plain_reader_finds_the_truth(
    truth: Truth, found: list[Found], name: str, keys: tuple[str, ...]
) -> None:
    """The files hold what the plan meant to write, to the token, in every sum."""
    assert added(found, *keys) == told(truth[name], *keys)


def test_the_sums_of_the_truth_agree(truth: Truth) -> None:
    """Days, in either zone, agents, models and sessions are the same responses."""
    total = tuple(truth["total"][name] for name in ("responses", *TOKENS))
    in_zone = truth["by_day_in_zone"]["days"]
    for sums in (truth["by_agent"], truth["by_day"], truth["by_session"], in_zone):
        assert tuple(sum(row[name] for row in sums) for name in ("responses", *TOKENS)) == total


def test_every_hard_case_is_in_the_smallest_set(truth: Truth) -> None:
    """A test on a small set meets what a bench on a large one does."""
    assert [case for case, times in truth["cases"].items() if times == 0] == []


def test_the_same_seed_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    """A number that was once compared can be compared again."""
    make(tmp_path / "again", "--megabytes", "2", "--no-cost")
    make(tmp_path / "other", "--megabytes", "2", "--no-cost", "--seed", "2")
    assert digests(tmp_path / "again") == digests(home)
    assert not digests(tmp_path / "other").items() & digests(home).items()


def digests(directory: Path) -> dict[str, str]:
    """Give a digest of each file."""
    return {
        file.relative_to(directory).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in directory.rglob("*")
        if file.is_file()
    }


def test_the_size_is_about_what_was_asked_for(tmp_path: Path) -> None:
    """Twenty megabytes are twenty, whatever the hard cases take."""
    make(tmp_path / "home", "--megabytes", "20", "--no-cost")
    size = sum(file.stat().st_size for file in (tmp_path / "home").glob(".*/**/*"))
    assert 20_000_000 <= size < 24_000_000


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini", "qwen", "copilot", "opencode"])
def test_calls_are_those_in_the_rows(home: Path, agent: str) -> None:
    """Each call is named once, with the outcome that the rows tell."""
    asked, ended = CALL_READERS[agent](home)
    sessions = load(home, "calls.json")[agent]
    calls = [(session, call) for session, its in sessions.items() for call in its]
    # Qwen's ids are the same in every session; elsewhere an id in two sessions is a fork's.
    keys = [(session if agent == "qwen" else "", call["id"]) for session, call in calls]
    assert len(set(keys)) == len(keys)
    assert {key: call["tool"] for key, (_, call) in zip(keys, calls, strict=True)} == asked
    assert {key: call["outcome"] for key, (_, call) in zip(keys, calls, strict=True)} == {
        key: ended.get(key, "unknown") for key in asked
    }


Calls = tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]
"""The tool of each call, and how it ended; by session, where that is told apart, and id."""


def claude_calls(home: Path) -> Calls:
    """Read `tool_use` and `tool_result` blocks."""
    asked, ended = {}, {}
    for _, _, row in rows(home, ".claude/projects/**/*.jsonl"):
        content = row.get("message", {}).get("content")
        for block in content if isinstance(content, list) else []:
            if block["type"] == "tool_use":
                asked["", block["id"]] = block["name"]
            elif block["type"] == "tool_result":
                ended["", block["tool_use_id"]] = outcome(failed=block.get("is_error", False))
    return asked, ended


def codex_calls(home: Path) -> Calls:
    """Read calls from the history, and how they ended from the completed items."""
    asked, ended = {}, {}
    for _, _, row in rows(home, ".codex/sessions/*/*/*/*.jsonl"):
        its = row["payload"]
        if its.get("type") in {"function_call", "custom_tool_call"}:
            space = its.get("namespace", "")
            server = f"{space}__" if space.startswith("mcp__") else ""
            asked["", its["call_id"]] = server + its["name"]
        elif its.get("type") == "item_completed" and "status" in its["item"]:
            ended["", its["item"]["id"]] = outcome(failed=its["item"]["status"] != "completed")
    return asked, ended


def gemini_calls(home: Path) -> Calls:
    """Read `toolCalls`; a shell's exit code is in the text of its result."""
    asked, ended = {}, {}
    for _, _, row in rows(home, ".gemini/tmp/*/chats/**/*.jsonl"):
        for call in row.get("toolCalls", []):
            failed = call["status"] != "success" or "\nExit Code: " in json.dumps(
                call["result"], ensure_ascii=False
            ).replace("\\n", "\n")
            asked["", call["id"]] = call["name"]
            ended["", call["id"]] = outcome(failed=failed)
    return asked, ended


def qwen_calls(home: Path) -> Calls:
    """Read calls from a session's and its subagents' files, their ends from its telemetry."""
    asked, ended = {}, {}
    for _, _, row in rows(home, ".qwen/projects/*/*/**/*.jsonl"):
        session = row["sessionId"]
        for part in row.get("message", {}).get("parts", []):
            if "functionCall" in part:
                asked[session, part["functionCall"]["id"]] = part["functionCall"]["name"]
        event = row.get("systemPayload", {}).get("uiEvent", {})
        if event.get("event.name") == "qwen-code.tool_call":
            ended[session, event["call_id"]] = outcome(failed=not event["success"])
    return asked, ended


def copilot_calls(home: Path) -> Calls:
    """Read the start and the completion of executions; a shell succeeds with any exit code."""
    asked, ended = {}, {}
    for _, _, row in rows(home, ".copilot/session-state/*/events.jsonl"):
        its = row["data"]
        if row["type"] == "tool.execution_start":
            asked["", its["toolCallId"]] = its["toolName"]
        elif row["type"] == "tool.execution_complete":
            code = its.get("shellExecution", {}).get("exitCode", 0)
            ended["", its["toolCallId"]] = outcome(failed=code != 0 or not its["success"])
    return asked, ended


def opencode_calls(home: Path) -> Calls:
    """Read parts of the type `tool`; a shell is completed with any exit code."""
    asked, ended = {}, {}
    database = home / ".local" / "share" / "opencode" / "opencode.db"
    with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as db:
        for (data,) in db.execute("SELECT data FROM part"):
            its = json.loads(data)
            if its["type"] == "tool":
                state, key = its["state"], ("", its["callID"])
                asked[key] = its["tool"]
                if state["status"] != "running":
                    code = state.get("metadata", {}).get("exit", 0)
                    ended[key] = outcome(failed=code != 0 or state["status"] == "error")
    return asked, ended


def outcome(*, failed: bool) -> str:
    """Say how an ended call ended, in the truth's words."""
    return "failed" if failed else "ok"


CALL_READERS = {
    "claude": claude_calls,
    "codex": codex_calls,
    "gemini": gemini_calls,
    "qwen": qwen_calls,
    "copilot": copilot_calls,
    "opencode": opencode_calls,
}


def test_a_call_belongs_to_the_session_of_its_response(home: Path, truth: Truth) -> None:
    """No session has calls that has no responses."""
    calls = load(home, "calls.json")
    sessions = {(row["agent"], row["session"]) for row in truth["by_session"]}
    assert {(agent, session) for agent, its in calls.items() for session in its} <= sessions


def test_the_agents_own_sums_agree(home: Path, found: list[Found]) -> None:
    """Qwen's and Copilot's closing rows and OpenCode's columns say what their responses say."""
    by_session = added(found, "agent", "session")
    for _, _, row in rows(home, ".qwen/usage_record.jsonl"):
        count, sent, said, cached, _, _, _ = by_session["qwen", row["sessionId"]]
        models = row["models"].values()
        assert sum(model["requests"] for model in models) == count
        assert sum(model["inputTokens"] for model in models) == sent + cached
        assert sum(model["outputTokens"] for model in models) == said
    for path, _, row in rows(home, ".copilot/session-state/*/events.jsonl"):
        if row["type"] == "session.shutdown":
            count, sent, said, cached, _, _, _ = by_session["copilot", path.split("/")[-2]]
            models = [model["usage"] for model in row["data"]["modelMetrics"].values()]
            assert sum(model["inputTokens"] for model in models) == sent + cached
            assert sum(model["outputTokens"] for model in models) == said
    opencode = sum(sums[1] for (agent, _), sums in by_session.items() if agent == "opencode")
    database = home / ".local" / "share" / "opencode" / "opencode.db"
    with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as db:
        assert db.execute("SELECT sum(tokens_input) FROM session").fetchone() == (opencode,)


def test_agents_can_be_left_out(tmp_path: Path) -> None:
    """Only what was asked for is written."""
    make(tmp_path / "home", "--megabytes", "1", "--no-cost", "--agents", "gemini,opencode")
    assert sorted(os.listdir(tmp_path / "home")) == [
        ".gemini",
        ".local",
        "calls.json",
        "truth.json",
    ]


def test_a_directory_in_use_is_left_alone(tmp_path: Path) -> None:
    """Nobody's real home is filled by a slip of the hand."""
    (tmp_path / "kept").write_text("mine", encoding="utf-8")
    refused = make(tmp_path, "--megabytes", "1", "--no-cost")
    assert (refused.returncode, refused.stderr) == (2, "make_transcripts: DIR is not empty\n")
    assert os.listdir(tmp_path) == ["kept"]


def test_costs_are_those_of_the_price_list(tmp_path: Path) -> None:
    """Each response is priced at its own time and size, and what has no price is not nothing."""
    genai_prices = pytest.importorskip("genai_prices")
    make(tmp_path / "home", "--megabytes", "1", "--agents", "gemini")
    truth = load(tmp_path / "home", "truth.json")
    costs: dict[str, Decimal] = defaultdict(Decimal)
    for one in whole(list(read_gemini(tmp_path / "home"))):
        sent, said, cached, *_ = one.tokens
        used = genai_prices.Usage(
            input_tokens=sent + cached, cache_read_tokens=cached, output_tokens=said
        )
        if "nova" not in one.model:
            costs[one.model] += genai_prices.calc_price(
                used,
                one.model,
                provider_id="google",
                genai_request_timestamp=datetime.fromisoformat(one.at),
            ).total_price
    by_model = {row["model"]: row for row in truth["by_agent_model"]}
    assert {model: Decimal(by_model[model]["cost"]) for model in costs} == costs
    unpriced = by_model["gemini-nova-preview"]
    assert (unpriced["cost"], unpriced["unpriced_responses"]) == (None, unpriced["responses"])
    assert Decimal(truth["total"]["cost"]) == sum(costs.values())
