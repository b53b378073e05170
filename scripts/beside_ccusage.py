"""Our sums of a made set beside those of ccusage and the truth, agent by agent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from processes import Program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER: Final = "FLUXMIRROR_BENCH_CCUSAGE"
"""The variable that tells where the pinned ccusage is installed."""
_READ_BY_HAND: Final = "20.0.24"
"""The version that `_REASONS` are about."""
_REASONS: Final = {
    "claude": (
        "it skips rows with a space behind their colons",
        "it counts every row of a response that has no request id",
        "its price list has no claude-opus-5-5",
        "above 200K tokens it charges the higher price for the rest alone, ours for all of them",
    ),
    "codex": ("it skips the files whose rows have a space behind their colons",),
    "gemini": ("it leaves thoughts out of the output, and counts copies of a file again",),
    "qwen": (
        "it counts what was read from the cache as input too",
        "it reads the rows of a session's own answers, and none of a subagent or a compaction",
    ),
    "copilot": (
        "it leaves out sessions without a closing row: those running, and those that crashed",
        "it charges the higher price when a session's sum is above 200K, not when a response is",
    ),
    "opencode": (
        "it leaves reasoning out of the output, but not out of the cost",
        "its price of deepseek-v4-flash is another",
    ),
}
"""Why it differs, by agent; of tokens it was proven: with the same mistakes, the same sums."""
_OURS: Final = {
    "claude": "claude-code",
    "codex": "codex-cli",
    "gemini": "gemini-cli",
    "qwen": "qwen-code",
    "copilot": "copilot-cli",
    "opencode": "opencode",
}
"""As the set and ccusage call the agents → as we do."""
_HEAD: Final = ("responses", "input", "output", "cache written", "cache read", "cost")


class Sums(NamedTuple):
    """What one agent used."""

    responses: int | None
    """None where it is not told."""
    input: int
    output: int
    cache_written: int
    cache_read: int
    cost: Decimal


class Ccusage(NamedTuple):
    """The pinned ccusage, where it runs."""

    program: Program
    """Its report of a home, as JSON."""
    version: str


def find(home: str) -> Ccusage | None:
    """Give ccusage's report of a home; None where it does not start."""
    folder, node = os.environ.get(FOLDER), shutil.which("node")
    if not folder or node is None:
        return None
    argv = [node, os.path.join(folder, "node_modules", "ccusage", "src", "cli.js")]
    env = {"HOME": home, "PATH": os.environ["PATH"], "TZ": "UTC"}
    # npm installs it also where its binary for this machine is missing.
    done = subprocess.run([*argv, "--version"], env=env, capture_output=True, check=False)
    if done.returncode:
        return None
    report = Program([*argv, "daily", "--by-agent", "--json", "--offline"], env)
    return Ccusage(report, done.stdout.decode().split()[-1])


def show(home: str, cost: Program, ccusage: Ccusage) -> None:
    """Print the table.

    Args:
        home: a made set.
        cost: `fluxmirror cost --by agent --json`, where all of it was imported.
        ccusage: with its report of the same set.
    """
    with open(os.path.join(home, "truth.json"), encoding="utf-8") as file:
        truth = {row["agent"]: _sums(row) for row in json.load(file)["by_agent"]}
    ours = {row["key"]: _sums(row) for row in _json_of(cost)["rows"]}
    theirs = _theirs(_json_of(ccusage.program)["daily"])
    print(f"\nbeside ccusage {ccusage.version}, which has a price list of its own")
    print(f"  {'':<18}", *(f"{name:>15}" for name in _HEAD), sep="")
    for agent, truly in truth.items():
        _row(f"{agent}: truth", truly)
        _row("  ours", ours.get(_OURS[agent]))
        _row("  ccusage", theirs.get(agent))
        for reason in _REASONS[agent] if ccusage.version == _READ_BY_HAND else ():
            print(f"    {reason}")


def _sums(row: Mapping[str, Any]) -> Sums:
    """Read a row of the truth, or of ours: they have the same names."""
    written = row["cache_write_5m_tokens"] + row["cache_write_1h_tokens"]
    tokens = (row["input_tokens"], row["output_tokens"], written, row["cache_read_tokens"])
    return Sums(row["responses"], *tokens, Decimal(row["cost"] or 0))


def _theirs(days: Iterable[Mapping[str, Any]]) -> dict[str, Sums]:
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for day in days:
        for row in day["agents"]:
            rows[row["agent"]].append(row)
    return {
        agent: Sums(
            None,
            _sum(its, "inputTokens"),
            _sum(its, "outputTokens"),
            _sum(its, "cacheCreationTokens"),
            _sum(its, "cacheReadTokens"),
            sum((Decimal(row["totalCost"]) for row in its), Decimal()),
        )
        for agent, its in rows.items()
    }


def _sum(rows: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


def _json_of(program: Program) -> Any:  # noqa: ANN401 - as the program has it
    done = subprocess.run(program.argv, env=program.env, capture_output=True, check=True)
    return json.loads(done.stdout)


def _row(name: str, sums: Sums | None) -> None:
    if sums is None:
        print(f"  {name:<18}{'nothing':>15}")
        return
    responses = "" if sums.responses is None else f"{sums.responses:,}"
    tokens = "".join(f"{count:>15,}" for count in sums[1:5])
    print(f"  {name:<18}{responses:>15}{tokens}{sums.cost:>15,.2f}")
