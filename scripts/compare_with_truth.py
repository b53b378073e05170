"""Say whether a database holds what a made set of transcripts tells, to the token and the cent.

    python scripts/compare_with_truth.py HOME DIRECTORY

HOME is what make_transcripts.py wrote, DIRECTORY the `FLUXMIRROR_HOME` that it was imported into.
Prints a line for each way to add up, and the first differences below it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tests.made_truth import (
    KEYS,
    places_at,
    stored,
    stored_calls,
    told_calls,
    truth_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN: Final = 5


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", metavar="HOME", type=Path)
    parser.add_argument("directory", metavar="DIRECTORY", type=Path)
    asked = parser.parse_args()
    places = places_at(asked.directory)
    for name in KEYS:
        _show(name.replace("_", " "), truth_of(asked.home, name), stored(places, name))
    _show("calls by session", told_calls(asked.home), stored_calls(places))


def _show(name: str, truth: Mapping[Any, Any], ours: Mapping[Any, Any]) -> None:
    wrong = [key for key in truth.keys() | ours.keys() if truth.get(key) != ours.get(key)]
    verdict = f"{len(wrong)} differ" if wrong else "exact"
    print(f"  {name:<24} {len(truth):>7,} sums   {verdict}")
    for key in sorted(wrong, key=repr)[:_SHOWN]:
        print(f"    {key}\n      truth {truth.get(key)}\n      ours  {ours.get(key)}")


if __name__ == "__main__":
    main()
