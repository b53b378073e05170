"""Recorded and made session files give the counts that a person reads off them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.transcripts.part import Part, whole_lines
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_core.transcripts.usage import claude, codex, copilot, gemini, qwen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from fluxmirror_core.transcripts.response import Response

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "transcripts"
READERS: dict[str, tuple[ModuleType, str]] = {
    "claude": (claude, ".claude/projects/**/*.jsonl"),
    "codex": (codex, ".codex/sessions/**/rollout-*.jsonl"),
    "gemini": (gemini, ".gemini/tmp/*/chats/**/*.jsonl"),
    "qwen": (qwen, ".qwen/projects/*/chats/*.jsonl"),
    "copilot": (copilot, ".copilot/session-state/*/events.jsonl"),
}
ANTHROPIC = Tokens(input=1200, output=40, cache_read=300, cache_write_5m=100)
OPENAI = Tokens(input=900, output=40, cache_read=300, reasoning=7)
GOOGLE = Tokens(input=900, output=47, cache_read=300, reasoning=7)
# Read off by a person: responses, how many of them a subagent's, and what each used.
BY_HAND = [
    ("claude", "tools", 8, 0, ANTHROPIC),
    ("claude", "subagent", 5, 2, ANTHROPIC),
    # A ninth made the summary: only the closing cost-state row knows of it.
    ("claude", "compact", 8, 0, ANTHROPIC),
    ("codex", "tools", 8, 0, OPENAI),
    ("codex", "subagent", 5, 2, OPENAI),
    # Fifteen rows: the scripted model gave its seven compactions one and the same id.
    ("codex", "compact", 9, 0, OPENAI),
    ("gemini", "tools", 8, 0, GOOGLE),
    ("gemini", "subagent", 5, 2, GOOGLE),
    ("qwen", "tools", 8, 0, OPENAI),
    ("qwen", "subagent", 5, 2, OPENAI),
    ("qwen", "compact", 9, 0, OPENAI),
    ("copilot", "tools", 8, 0, OPENAI),
    ("copilot", "subagent", 5, 2, OPENAI),
    # The third made the summary.
    ("copilot", "compact", 3, 0, OPENAI),
]


def read(agent: str, home: Path) -> Iterator[tuple[Path, Response]]:
    """Read every response of an agent in a home, file by file."""
    reader, pattern = READERS[agent]
    for file in sorted(home.glob(pattern)):
        data = file.read_bytes()
        for response in reader.responses(Part(data[: whole_lines(data)], str(file))):
            yield file, response


def distinct(told: Iterable[tuple[Path, Response]]) -> dict[object, Response]:
    """Put the records of one response together: the largest of each count, the first record."""
    known: dict[object, Response] = {}
    for file, response in told:
        key = response.key or (file, response.offset)
        other = known.get(key, response)
        first = min(other, response, key=lambda one: one.ts_ms or 0)
        known[key] = first._replace(tokens=largest(other.tokens, response.tokens))
    return known


def largest(one: Tokens, other: Tokens) -> Tokens:
    """Take the larger of each count."""
    return Tokens(*map(max, one, other))


@pytest.mark.parametrize(("agent", "run", "count", "helpers", "tokens"), BY_HAND)
def test_recorded_run_is_read_as_by_a_person(
    agent: str, run: str, count: int, helpers: int, tokens: Tokens
) -> None:
    """Each response once, with what it used, in one session."""
    found = distinct(read(agent, RECORDED / agent / run)).values()
    assert len(found) == count
    assert {response.tokens for response in found} == {tokens}
    assert sum(response.subagent is not None for response in found) == helpers
    assert len({response.session for response in found}) == 1
    assert all(response.model and response.ts_ms for response in found)


@pytest.mark.parametrize("run", ["tools", "subagent"])
def test_copilots_own_sums_agree(run: str) -> None:
    """It tells them when it leaves; what a compaction used is not in them."""
    (file,) = (RECORDED / "copilot" / run).glob(READERS["copilot"][1])
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    (told,) = (row["data"]["modelMetrics"] for row in rows if row["type"] == "session.shutdown")
    usage = told["fake-model"]["usage"]
    found = [one.tokens for one in distinct(read("copilot", RECORDED / "copilot" / run)).values()]
    assert usage["inputTokens"] == sum(one.input + one.cache_read for one in found)
    assert usage["outputTokens"] == sum(one.output for one in found)
    assert usage["reasoningTokens"] == sum(one.reasoning for one in found)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home full of transcripts, with every hard case, and the truth about them."""
    home = tmp_path_factory.mktemp("made") / "home"
    script = str(ROOT / "scripts" / "make_transcripts.py")
    subprocess.run([sys.executable, script, str(home), "--megabytes", "6", "--no-cost"], check=True)
    return home


@pytest.mark.parametrize("agent", READERS)
def test_made_transcripts_give_the_truth(agent: str, made: Path) -> None:
    """To the token, by model and by session: copies, forks, split blocks, torn lines and all."""
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    found = distinct(read(agent, made)).values()
    (told,) = (row for row in truth["by_agent"] if row["agent"] == agent)
    assert summed(found) == wanted(told)
    for row in truth["by_agent_model"]:
        if row["agent"] == agent:
            assert summed(one for one in found if one.model == row["model"]) == wanted(row)
    assert Counter(one.session for one in found) == {
        row["session"]: row["responses"] for row in truth["by_session"] if row["agent"] == agent
    }


@pytest.mark.parametrize("agent", READERS)
def test_a_file_that_grows_is_read_once(agent: str, made: Path) -> None:
    """In two parts, at any line's end, with what was remembered kept as JSON between."""
    reader, pattern = READERS[agent]
    file = max(made.glob(pattern), key=lambda file: file.stat().st_size)
    data = file.read_bytes()
    data = data[: whole_lines(data)]
    whole = list(reader.responses(Part(data, str(file))))
    assert whole
    for cut in (len(data) // 7, len(data) // 2, len(data) - 100):
        memory: dict[str, Any] = {}
        end = data.rfind(b"\n", 0, cut) + 1
        parts = list(reader.responses(Part(data[:end], str(file), memory=memory)))
        kept = json.loads(json.dumps(memory))
        parts += reader.responses(Part(data[end:], str(file), end, kept))
        assert parts == whole


def summed(responses: Iterable[Response]) -> list[int]:
    """Add up: responses, then each count."""
    found = list(responses)
    return [len(found), *map(sum, zip(*(one.tokens[:6] for one in found), strict=True))]


def wanted(row: dict[str, Any]) -> list[int]:
    """Give the same of a row of the truth."""
    names = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
    return [row["responses"], *(row[f"{name}_tokens"] for name in names)]
