"""How long reports and doctor take on a million tool calls, and how much memory.

    python scripts/bench_reports.py [--rounds N] [--calls N] [--directory DIR]

DIR keeps the database that `make_history.py` writes, for the next time; it takes minutes and
more than a gigabyte. What is timed runs in turn with its floor, in an order shuffled each time; the
figures are medians, and each program's start is in them. A limit is the design's, for a machine
where `python -I -c pass` takes 14 ms; behind it stands what that comes to here. Fails on nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from processes import Program, adopt_orphans, peak_of, time_run

CALLS, DAYS, SEED = 1_000_000, 30, 1
_HERE: Final = Path(__file__).resolve().parent
_MADE_BY: Final = (_HERE / "make_history.py", *sorted((_HERE / "history").glob("*.py")))
_ARGUMENTS: Final = "arguments.json"
_HOMES: Final = (".claude", ".codex", ".gemini", ".qwen", ".copilot", ".local/share/opencode")
"""What shows doctor that there are agents."""
_DESIGN_S: Final = 0.014
"""What the floor takes on the machine that the limits are for."""
_MEMORY_LIMIT: Final = 120_000_000
_MB: Final = 1_000_000
_SATURDAY: Final = 5
_WHATEVER_IT_FINDS: Final = '"$0" "$@" || test $? -le 2'
"""For `sh`: doctor's exit code says what it found, and is no failure of it."""


class Case(NamedTuple):
    """One thing to time."""

    name: str
    program: Program
    limit_s: float = 0.0
    """The design's; 0 where it names none."""


class Bench(NamedTuple):
    """A database, and where everything of this run is."""

    directory: str
    home: str
    """What `FLUXMIRROR_HOME` names."""

    def run(self, *argv: str) -> Program:
        """Give a program, installed as usual: its byte code is there."""
        env = {
            "HOME": os.path.join(self.directory, "home"),
            "FLUXMIRROR_HOME": self.home,
            "PATH": os.environ["PATH"],
            "PYTHONPYCACHEPREFIX": os.path.join(self.directory, "bytecode"),
            "TZ": "UTC",
        }
        return Program(list(argv), env)

    def command(self, *words: str) -> Program:
        """Give a call of the command."""
        return self.run(os.path.join(os.path.dirname(sys.executable), "fluxmirror"), *words)


def main() -> None:
    """Measure and print."""
    asked = _parser().parse_args()
    adopt_orphans()
    print(_machine())
    with tempfile.TemporaryDirectory(prefix="fluxmirror-bench-") as directory:
        for home in _HOMES:
            os.makedirs(os.path.join(directory, "home", home))
        kept = Path(asked.directory or directory) / "fluxmirror-bench-history"
        until = _history(kept, asked.calls)
        bench = Bench(directory, str(kept))
        cases = _cases(bench, until)
        _show(asked.calls, _measure(cases, asked.rounds), limits=asked.calls == CALLS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=CALLS, help="fewer, for a trial")
    kept = os.environ.get("FLUXMIRROR_BENCH_HISTORY", "")
    parser.add_argument("--directory", default=kept, help="where the database is kept")
    return parser


def _machine() -> str:
    python = f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {python}"


def _history(kept: Path, calls: int) -> date:
    """Make the database, unless it is there from the last time; gives its last day."""
    wanted = {"calls": calls, "days": DAYS, "seed": SEED, "made_by": _digest()}
    told = kept / _ARGUMENTS
    if told.is_file():
        made = json.loads(told.read_text(encoding="utf-8"))
        if wanted.items() <= made.items():
            return date.fromisoformat(made["until"])
    shutil.rmtree(kept, ignore_errors=True)
    until = datetime.now(UTC).date()
    arguments = (f"--calls={calls}", f"--days={DAYS}", f"--seed={SEED}", f"--until={until}")
    script = [sys.executable, str(_HERE / "make_history.py"), str(kept), *arguments]
    subprocess.run(script, check=True)
    told.write_text(json.dumps({**wanted, "until": until.isoformat()}), encoding="utf-8")
    return until


def _digest() -> str:
    """Give what changes whenever another history would be made."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in _MADE_BY)).hexdigest()


def _cases(bench: Bench, until: date) -> list[Case]:
    """Give the floor, doctor, and the reports of a day on which people work."""
    day = until
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    before = day - timedelta(days=1)
    doctor = bench.command("doctor")
    reports = [
        Case("today", bench.command("today", f"--date={day}"), 0.15),
        Case("week", bench.command("week", f"--date={day}"), 0.4),
        Case("agents", bench.command("agents", f"--to={day}"), 0.3),
        Case("compare", bench.command("compare", str(day), str(before)), 0.25),
        Case("agent claude-code", bench.command("agent", "claude-code", f"--date={day}"), 0.2),
        Case("month", bench.command("month", f"--date={day}")),
        Case("week, as HTML", bench.command("week", f"--date={day}", "--format=html", "--out=-")),
    ]
    return [
        Case("python -I -c pass", bench.run(sys.executable, "-I", "-c", "pass")),
        *reports,
        Case("doctor", bench.run(_sh(), "-c", _WHATEVER_IT_FINDS, *doctor.argv), 0.25),
    ]


def _sh() -> str:
    return shutil.which("sh") or "sh"


def _measure(cases: list[Case], rounds: int) -> dict[str, tuple[Case, list[float]]]:
    """Give the seconds of every run; one round more is made first, to fill every cache."""
    taken: dict[str, tuple[Case, list[float]]] = {case.name: (case, []) for case in cases}
    for _ in range(rounds + 1):
        for case in random.sample(cases, len(cases)):
            taken[case.name][1].append(time_run(case.program))
    return {name: (case, seconds[1:]) for name, (case, seconds) in taken.items()}


def _show(calls: int, taken: dict[str, tuple[Case, list[float]]], *, limits: bool) -> None:
    (_, floor), *_ = taken.values()
    here = statistics.median(floor)
    print(f"\n{calls:,} tool calls in {DAYS} days")
    print(f"  {'':<20}{'median':>9}{'x pass':>9}{'memory':>9}")
    for case, seconds in taken.values():
        times = statistics.median(ours / least for ours, least in zip(seconds, floor, strict=True))
        memory = peak_of(case.program).largest / _MB
        row = f"{statistics.median(seconds) * 1000:>6.0f} ms{times:>9.1f}{memory:>6.0f} MB"
        allowed = case.limit_s / _DESIGN_S
        limit = f"   limit {case.limit_s:.2f} s, x {allowed:.1f}, here {allowed * here:.2f} s"
        print(f"  {case.name:<20}{row}{limit if limits and case.limit_s else ''}")
    if limits:
        print(f"  {'':<38}limit {_MEMORY_LIMIT // _MB:>2} MB")


if __name__ == "__main__":
    main()
