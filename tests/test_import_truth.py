"""An import gives the truth of a made set: to the token, to the cent, whatever the order."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.transcripts.problem import BAD_LINE, NO_CALL
from fluxmirror_store.importing.passes import USAGE
from fluxmirror_store.importing.session_files import Found
from fluxmirror_store.importing.waiting import Wanted

from tests.made_truth import (
    KEYS,
    find,
    import_all,
    make_set,
    places_at,
    stored,
    stored_calls,
    told_calls,
    truth_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_core.paths import Places

MEGABYTES = 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of 20 MB with every hard case, and the truth about it."""
    home = tmp_path_factory.mktemp("made") / "home"
    make_set(home, MEGABYTES)
    return home


@pytest.fixture(scope="module")
def imported(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A database that everything was imported into at once."""
    places = places_at(tmp_path_factory.mktemp("whole"))
    import_all(places, find(made))
    return places


@pytest.mark.parametrize("name", KEYS)
def test_sums_are_the_truth(name: str, made: Path, imported: Places) -> None:
    """By agent, model, day and session."""
    assert stored(imported, name) == truth_of(made, name)


def test_calls_are_those_of_the_set(made: Path, imported: Places) -> None:
    """Each once, in its session, with how it ended; copies and forks add none."""
    assert stored_calls(imported) == told_calls(made)


def test_nothing_is_odd_that_was_not_made_odd(made: Path, tmp_path: Path) -> None:
    """Every problem is one of the set's cases, and is counted."""
    cases = json.loads((made / "truth.json").read_text(encoding="utf-8"))["cases"]
    problems = Counter(
        {problem.kind: 0 for _, problem in import_all(places_at(tmp_path), find(made)).problems}
    )
    assert NO_CALL not in problems
    assert cases
    assert BAD_LINE not in problems


def test_second_import_finds_nothing(made: Path, imported: Places) -> None:
    """An unchanged file is not even opened."""
    again = import_all(imported, find(made))
    assert (again.files, again.responses, again.calls) == (0, 0, 0)


def test_full_import_changes_nothing(made: Path, tmp_path: Path) -> None:
    """Reading everything once more tells nothing new."""
    places = places_at(tmp_path)
    import_all(places, find(made))
    again = import_all(places, find(made), Wanted(full=True))
    assert again.files == len(find(made).files)
    assert (again.responses, again.calls) == (0, 0)
    assert stored(places, "by_session") == truth_of(made, "by_session")
    assert stored_calls(places) == told_calls(made)


@pytest.mark.parametrize("seed", range(3))
def test_order_of_files_changes_nothing(seed: int, made: Path, tmp_path: Path) -> None:
    """Forks before their origins, copies first, in several imports, and calls between them."""
    found = find(made)
    files = list(found.files)
    random.Random(seed).shuffle(files)  # noqa: S311 - any order will do
    # The newest first, says the importer: so each file is an import of its own here and there.
    places = places_at(tmp_path)
    for start in range(0, len(files), 17):
        part = Found(files[start : start + 17], Counter(), [])
        passes = (USAGE,) if start % 2 else Wanted().passes
        import_all(places, part, Wanted(passes=passes))
    import_all(places, found)
    assert stored(places, "by_agent_model_day") == truth_of(made, "by_agent_model_day")
    assert stored(places, "by_session") == truth_of(made, "by_session")
    assert stored_calls(places) == told_calls(made)


def test_importing_leaves_the_agents_files_alone(made: Path, imported: Places) -> None:
    """Not a byte, not a name, not a time."""
    before = _listing(made)
    import_all(imported, find(made), Wanted(full=True))
    assert _listing(made) == before


def _listing(home: Path) -> dict[str, tuple[int, int]]:
    listing = {}
    for folder, _, names in os.walk(home):
        for name in names:
            path = os.path.join(folder, name)
            status = os.stat(path)
            listing[path] = (status.st_size, status.st_mtime_ns)
    return listing
