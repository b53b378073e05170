"""How fast the agents' session files are read, in how much memory, and if the sums are exact.

    python scripts/bench_transcripts.py [--rounds N] [--skip-gigabyte] [--no-ccusage]

Makes a home of 200 MB of session files, and one of five times as much. What is timed runs in turn
with its floors, in an order shuffled each time; the figures are medians, and each program's start
is in them. A limit is the design's, for a machine where `python -I -c pass` takes 14 ms; behind it
stands what that comes to here. Fails on nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import beside_ccusage
from appended_response import Appender
from processes import Program, adopt_orphans, peak_of, time_run

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTES: Final = 200
_TIMES_AS_MUCH: Final = 5
_HERE: Final = os.path.dirname(os.path.abspath(__file__))
_MB: Final = 1_000_000
_DESIGN_S: Final = 0.014
"""What the first floor takes on the machine that the limits are for."""
_MEMORY_LIMIT: Final = 150 * _MB
_USAGE: Final = """
import os
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.paths import here
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.waiting import Wanted
from fluxmirror_core.config.settings import Settings
from fluxmirror_store.importing.session_files import find_session_files
found = find_session_files(os.environ)
import_session_files(here(), Settings(), found, open_book(here()), Wanted(passes=("usage",)))
"""
_CAT: Final = 'find "$HOME" -mindepth 2 -type f -exec cat {} +'
"""The session files, without what tells the truth about them."""


class Case(NamedTuple):
    """One thing to time."""

    name: str
    prepare: Callable[[], Program]
    """Makes anew what it runs on; not timed."""
    limit_s: float = 0.0
    """The design's; 0 where it names none."""


class MadeSet(NamedTuple):
    """A made home, and what can be run on it."""

    directory: str
    """Everything of this run is below it."""
    home: str

    def run(self, data: str, *argv: str) -> Program:
        """Give a program with our data in `data`, installed as usual: its byte code is there."""
        env = {
            "HOME": self.home,
            "FLUXMIRROR_HOME": data,
            "PATH": os.environ["PATH"],
            "PYTHONPYCACHEPREFIX": os.path.join(self.directory, "bytecode"),
            "TZ": "UTC",
        }
        return Program(list(argv), env)

    def command(self, data: str, *words: str) -> Program:
        """Give a call of the command."""
        program = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
        return self.run(data, program, *words)

    def new(self) -> str:
        """Give an empty directory for data."""
        return tempfile.mkdtemp(prefix="data-", dir=self.directory)

    def first_command(self, *words: str) -> Program:
        """Give a call of the command where nothing was imported."""
        return self.command(self.new(), *words)

    def first_usage(self) -> Program:
        """Give an import of usage alone where nothing was imported."""
        return self.run(self.new(), sys.executable, "-c", _USAGE)

    def floors(self) -> list[Case]:
        """Give what nobody can do without: the start of Python, and the reading of every byte."""
        start = self.run("", sys.executable, "-I", "-c", "pass")
        cat = self.run("", shutil.which("sh") or "sh", "-c", _CAT)
        return [
            Case("python -I -c pass", lambda: start),
            Case("cat of every file", lambda: cat),
        ]


def main() -> None:
    """Measure and print."""
    asked = _parser().parse_args()
    limits = asked.megabytes == MEGABYTES
    adopt_orphans()
    print(_machine())
    with tempfile.TemporaryDirectory(prefix="fluxmirror-bench-") as directory:
        made = _make(directory, asked.megabytes)
        ccusage = None if asked.no_ccusage else beside_ccusage.find(made.home)
        data = _import_all(made)
        _show(f"{asked.megabytes} MB", _measure(_cases(made, data, ccusage), asked.rounds), limits)
        _compare(made, data, ccusage)
        if not asked.skip_gigabyte:
            megabytes = asked.megabytes * _TIMES_AS_MUCH
            large = _make(directory, megabytes)
            cases = _large_cases(large, _import_all(large))
            _show(f"{megabytes} MB", _measure(cases, asked.rounds), limits)
            _show_memory(large)
    if ccusage is None and not asked.no_ccusage:
        print(f"\nccusage is not there: {beside_ccusage.FOLDER} says where it is installed")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help="smaller, for a trial")
    parser.add_argument("--skip-gigabyte", action="store_true")
    parser.add_argument("--no-ccusage", action="store_true")
    return parser


def _machine() -> str:
    python = f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {python}"


def _make(directory: str, megabytes: int) -> MadeSet:
    home = os.path.join(directory, f"home-{megabytes}")
    _run_script("make_transcripts.py", home, "--megabytes", str(megabytes))
    return MadeSet(directory, home)


def _import_all(made: MadeSet) -> str:
    """Import everything; gives where it is."""
    data = made.new()
    time_run(made.command(data, "import", "--quiet"))
    return data


def _cases(made: MadeSet, data: str, ccusage: beside_ccusage.Ccusage | None) -> list[Case]:
    changing = _copy_of(made)
    changing_data = _import_all(changing)
    append = Appender(changing.home).append

    def changed(*words: str) -> Program:
        append()
        return changing.command(changing_data, *words)

    cases = [
        *made.floors(),
        Case("usage, first", made.first_usage, 1.0),
        Case("cost, first", partial(made.first_command, "cost"), 1.0),
        Case("cost, unchanged", partial(made.command, data, "cost"), 0.3),
        Case("cost, one file changed", partial(changed, "cost"), 0.35),
        Case("import, first", partial(made.first_command, "import", "--quiet")),
        Case("import, unchanged", partial(made.command, data, "import", "--quiet"), 0.3),
        Case("import, one file changed", partial(changed, "import", "--quiet"), 0.35),
    ]
    if ccusage:
        cases.append(Case("ccusage daily", lambda: ccusage.program))
    return cases


def _copy_of(made: MadeSet) -> MadeSet:
    home = f"{made.home}-changing"
    shutil.copytree(made.home, home)
    return made._replace(home=home)


def _large_cases(made: MadeSet, data: str) -> list[Case]:
    return [
        *made.floors(),
        Case("usage, first", made.first_usage, 5.0),
        Case("import, unchanged", partial(made.command, data, "import", "--quiet"), 0.4),
        Case("cost, unchanged", partial(made.command, data, "cost"), 0.25),
    ]


def _measure(cases: list[Case], rounds: int) -> dict[Case, list[float]]:
    """Give the seconds of every run; one round more is made first, to fill every cache."""
    taken: dict[Case, list[float]] = {case: [] for case in cases}
    for _ in range(rounds + 1):
        for case in random.sample(cases, len(cases)):
            taken[case].append(time_run(case.prepare()))
    return {case: seconds[1:] for case, seconds in taken.items()}


def _show(title: str, taken: dict[Case, list[float]], limits: bool) -> None:  # noqa: FBT001
    (_, start), (_, cat), *_ = taken.items()
    slower = statistics.median(start) / _DESIGN_S
    print(f"\n{title} of session files\n  {'':<26}{'median':>10}{'x pass':>9}{'x cat':>9}")
    for case, seconds in taken.items():
        ratios = f"{_ratio(seconds, start):>9.1f}{_ratio(seconds, cat):>9.1f}"
        here = case.limit_s * slower
        limit = f"   limit {case.limit_s:.2f} s, here {here:.2f} s"
        told = limit if limits and case.limit_s else ""
        print(f"  {case.name:<26}{statistics.median(seconds) * 1000:>7.0f} ms{ratios}{told}")


def _ratio(seconds: list[float], floor: list[float]) -> float:
    return statistics.median(ours / least for ours, least in zip(seconds, floor, strict=True))


def _show_memory(made: MadeSet) -> None:
    print(f"  {'memory':<26}{'largest':>10}{'together':>12}")
    for name, program in (
        ("usage, first", made.first_usage()),
        ("import, first", made.first_command("import", "--quiet")),
    ):
        peak = peak_of(program)
        together = f"{peak.together / _MB:>9.0f} MB" if peak.together else f"{'unknown':>12}"
        limit = f"   limit {_MEMORY_LIMIT // _MB} MB"
        print(f"  {name:<26}{peak.largest / _MB:>7.0f} MB{together}{limit}")


def _compare(made: MadeSet, data: str, ccusage: beside_ccusage.Ccusage | None) -> None:
    print("\nthe truth, and what is stored", flush=True)
    _run_script("compare_with_truth.py", made.home, data)
    if ccusage:
        cost = made.command(data, "cost", "--by", "agent", "--json")
        beside_ccusage.show(made.home, cost, ccusage)


def _run_script(name: str, *arguments: str) -> None:
    subprocess.run([sys.executable, os.path.join(_HERE, name), *arguments], check=True)


if __name__ == "__main__":
    main()
