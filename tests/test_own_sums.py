"""What agents say of themselves agrees with what is imported; where it does not, why."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.database import connect_to_read

from tests.made_truth import find, import_all, places_at

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = Path(__file__).with_name("transcripts")
CLAUDE_SUMS = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_tokens",
    "cacheCreationEphemeral5mInputTokens": "cache_write_5m_tokens",
    "cacheCreationEphemeral1hInputTokens": "cache_write_1h_tokens",
    "thinkingTokens": "reasoning_tokens",
}
"""Claude Code's names of counts → ours."""


@pytest.fixture
def imported(tmp_path: Path) -> Callable[[str, str], Callable[[str], list[tuple[Any, ...]]]]:
    """Import a recorded run of an agent; gives what answers queries."""

    def give(agent: str, run: str) -> Callable[[str], list[tuple[Any, ...]]]:
        shutil.copytree(RECORDED / agent / run, tmp_path / "agent")
        places = places_at(tmp_path / "flux")
        import_all(places, find(tmp_path / "agent"))

        def ask(query: str) -> list[tuple[Any, ...]]:
            with closing(connect_to_read(places.database)) as db:
                return db.execute(query).fetchall()

        return ask

    return give


@pytest.mark.parametrize(("run", "unlisted"), [("tools", 0), ("subagent", 0), ("compact", 1)])
def test_claudes_closing_sums_agree(
    run: str,
    unlisted: int,
    imported: Callable[[str, str], Callable[[str], list[tuple[Any, ...]]]],
) -> None:
    """Tokens and dollars; but no row tells of the response that a compaction asked for."""
    ask = imported("claude", run)
    (file,) = (RECORDED / "claude" / run).glob(".claude/projects/*/*.jsonl")
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    told = [row["modelUsage"] for row in rows if row["type"] == "cost-state"][-1]
    ((responses,),) = ask("SELECT count(*) FROM response")
    for model, sums in told.items():
        for theirs, ours in CLAUDE_SUMS.items():
            ((found,),) = ask(f"SELECT sum({ours}) FROM response WHERE model = '{model}'")
            assert sums[theirs] * responses == found * (responses + unlisted), ours
        ((pico,),) = ask(f"SELECT sum(cost_pico) FROM response WHERE model = '{model}'")
        cost = Decimal(pico) / 10**12 * (responses + unlisted) / responses
        assert abs(cost - Decimal(str(sums["costUSD"]))) < Decimal("1e-9")


@pytest.mark.parametrize("run", ["tools", "subagent"])
def test_qwens_count_of_calls_agrees(
    run: str, imported: Callable[[str, str], Callable[[str], list[tuple[Any, ...]]]]
) -> None:
    """Per tool, with how they ended; a subagent's calls are among its session's."""
    ask = imported("qwen", run)
    lines = (RECORDED / "qwen" / run / "usage_record.jsonl").read_text(encoding="utf-8")
    told = json.loads(lines.splitlines()[-1])["tools"]["byName"]
    found = ask("""
        SELECT tool, count(*), sum(outcome = 'ok'), sum(outcome IN ('failed', 'rejected'))
        FROM event WHERE kind = 'tool_call' GROUP BY tool
    """)
    wanted = {(tool, one["count"], one["success"], one["fail"]) for tool, one in told.items()}
    assert set(found) == wanted


@pytest.mark.parametrize("run", ["tools", "subagent", "compact"])
def test_qwens_tokens_agree(
    run: str, imported: Callable[[str, str], Callable[[str], list[tuple[Any, ...]]]]
) -> None:
    """Per model; a session that was resumed has a line for each time, of all it used so far."""
    ask = imported("qwen", run)
    lines = (RECORDED / "qwen" / run / "usage_record.jsonl").read_text(encoding="utf-8")
    told = json.loads(lines.splitlines()[-1])["models"]["fake-model"]
    ((responses, read, written, cached, thoughts),) = ask("""
        SELECT count(*), sum(input_tokens + cache_read_tokens), sum(output_tokens),
            sum(cache_read_tokens), sum(reasoning_tokens) FROM response
    """)
    names = ("requests", "inputTokens", "outputTokens", "cachedTokens", "thoughtsTokens")
    assert [told[name] for name in names] == [responses, read, written, cached, thoughts]
