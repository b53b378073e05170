"""An import that is killed at any moment loses nothing and doubles nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

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

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there"),
]

KILLS = 12
IMPORT = """
import sys
from pathlib import Path
from fluxmirror_store.importing import reading
from tests.made_truth import find, import_all, places_at
reading.GROUP_BYTES = 1 << 18
reading.STORED_BYTES = dict.fromkeys(reading.STORED_BYTES, 1 << 18)
print("ready", flush=True)
import_all(places_at(Path(sys.argv[2])), find(Path(sys.argv[1])))
"""
"""Many small transactions, so that a kill falls between, into and behind them."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of 20 MB with every hard case."""
    home = tmp_path_factory.mktemp("killed") / "home"
    make_set(home, 20)
    return home


@pytest.mark.parametrize("seed", range(3))
def test_kills_change_nothing(seed: int, made: Path, tmp_path: Path) -> None:
    """To the token, the cent and the call."""
    moment = random.Random(seed)  # noqa: S311 - any moment will do
    ended = 0
    for _ in range(KILLS):
        with _import(made, tmp_path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moment.uniform(0, 0.6))
            os.killpg(process.pid, signal.SIGKILL)
            ended += process.wait() == 0
    places = places_at(tmp_path)
    import_all(places, find(made))
    for name in KEYS:
        assert stored(places, name) == truth_of(made, name)
    assert stored_calls(places) == told_calls(made)
    assert ended < KILLS, "no kill met an import at work"


def _import(made: Path, directory: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(made), str(directory)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
