"""Write a made-up history: a database of many tool calls of six agents, for benches and looks.

    python scripts/make_history.py DIR [--calls N] [--days N] [--seed S] [--until YYYY-MM-DD]

DIR becomes what `FLUXMIRROR_HOME` names: `FLUXMIRROR_HOME=DIR fluxmirror today` reads it. The same
arguments give the same rows. Days are UTC's, and the last is a whole one: what is later than now
is there already. About every tenth call has its payload, as `history/sizes.py` says how large;
the session files that responses come from are named, and are nowhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, date, datetime
from typing import Final

from history.plan import build_plan
from history.writing import write_history

CALLS: Final = 1_000_000
DAYS: Final = 30
_MB: Final = 1_000_000


def main() -> int:
    """Write the database; returns the exit code."""
    asked = _parser().parse_args()
    if os.path.isdir(asked.directory) and os.listdir(asked.directory):
        print("make_history: DIR is not empty", file=sys.stderr)
        return 2
    started = time.perf_counter()
    written = write_history(
        asked.directory, build_plan(asked.calls, asked.days, asked.until, asked.seed)
    )
    print(
        f"{written.calls:,} calls in {written.sessions:,} sessions, {written.events:,} events,"
        f" {written.responses:,} responses, {written.size / _MB:,.0f} MB,"
        f" {time.perf_counter() - started:.0f} s"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", metavar="DIR", help="a new or empty directory")
    parser.add_argument(
        "--calls", type=_positive, default=CALLS, metavar="N", help="default: 1000000"
    )
    parser.add_argument("--days", type=_positive, default=DAYS, metavar="N", help="default: 30")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default: 1")
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="the last day; default: today, UTC",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
