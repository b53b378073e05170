"""Write a made-up home full of agents' session files, and the truth about it.

    python scripts/make_transcripts.py DIR [--megabytes N] [--seed S] [--agents claude,codex]

DIR becomes a home as Claude Code, Codex CLI, Gemini CLI, Qwen Code, GitHub Copilot CLI and OpenCode
leave it, in the shapes that these agents write. Beside them `truth.json` says what is to be
found in it and `calls.json` names every tool call; `transcripts/truth.py` defines both. The same
seed gives the same bytes. The hard cases are there in every set, also in the smallest, which for
their sake is some megabytes larger than asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from transcripts import claude, codex, copilot, gemini, opencode, qwen
from transcripts.draw import Draw
from transcripts.home import Home
from transcripts.truth import build_calls, build_responses, build_truth

if TYPE_CHECKING:
    from collections.abc import Callable

SHARES: Final = {
    claude.AGENT: (claude.write, 52),
    codex.AGENT: (codex.write, 32),
    gemini.AGENT: (gemini.write, 5),
    qwen.AGENT: (qwen.write, 4),
    copilot.AGENT: (copilot.write, 4),
    opencode.AGENT: (opencode.write, 3),
}
"""Who writes an agent's files, and how much of the whole is that agent's, as in life."""

_MB: Final = 1_000_000


def main() -> int:
    """Write the set; returns the exit code."""
    asked = _parser().parse_args()
    agents = asked.agents.split(",")
    unknown = set(agents).difference(SHARES)
    if unknown or (os.path.isdir(asked.directory) and os.listdir(asked.directory)):
        wrong = f"no such agent: {', '.join(sorted(unknown))}" if unknown else "DIR is not empty"
        print(f"make_transcripts: {wrong}", file=sys.stderr)
        return 2
    try:
        price = None if asked.no_cost else _price()
    except ImportError:
        print("make_transcripts: genai-prices is not installed; see --no-cost", file=sys.stderr)
        return 1
    home = fill(asked.directory, agents, asked.megabytes * _MB, asked.seed)
    responses = build_responses(home.plan, price)
    set_of = {"seed": asked.seed, "agents": agents, "files": home.files, "bytes": home.bytes}
    _save(home.root, "truth.json", set_of | build_truth(home.plan, responses))
    _save(home.root, "calls.json", build_calls(responses))
    print(f"{home.files} files, {home.bytes / _MB:.1f} MB, {len(responses)} responses")
    return 0


def fill(directory: str, agents: list[str], size: int, seed: int) -> Home:
    """Write the agents' files, about `size` bytes of them."""
    home = Home(directory)
    whole = sum(SHARES[agent][1] for agent in agents)
    for agent in agents:
        write, share = SHARES[agent]
        write(home, Draw(seed, agent), size * share // whole)
    return home


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", metavar="DIR", help="a new or empty directory")
    parser.add_argument("--megabytes", type=int, default=20, metavar="N", help="default: 20")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default: 1")
    parser.add_argument("--agents", default=",".join(SHARES), metavar="A,B", help="default: all")
    parser.add_argument("--no-cost", action="store_true", help="leave money out of the truth")
    return parser


def _price() -> Callable[..., Any]:
    """Give what prices a response.

    Raises:
        ImportError: genai-prices is not installed.
    """
    import genai_prices  # noqa: F401 - only to know before all the writing
    from transcripts.prices import price_usage

    return price_usage


def _save(directory: str, name: str, value: object) -> None:
    with open(os.path.join(directory, name), "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
