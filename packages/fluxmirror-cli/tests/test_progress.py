"""Progress of an upgrade: told when it takes long."""

from __future__ import annotations

import pytest
from fluxmirror_cli.progress import upgrade_progress

SHOWN = "\rupgrading the database: "


@pytest.mark.parametrize(
    ("seconds_a_batch", "shown"),
    [
        (0.4, ""),
        (0.9, f"{SHOWN}3,000 of 4,000 rows{SHOWN}4,000 of 4,000 rows\n"),
    ],
    ids=["quick", "slow"],
)
def test_progress_is_shown_after_two_seconds(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    seconds_a_batch: float,
    shown: str,
) -> None:
    """On stderr, one line over the last one; a quick upgrade says nothing."""
    clock = iter(number * seconds_a_batch for number in range(10))
    monkeypatch.setattr("fluxmirror_cli.progress.time.monotonic", lambda: next(clock))
    progress = upgrade_progress()
    for done in (1000, 2000, 3000, 4000):
        progress(done, 4000)
    assert capsys.readouterr() == ("", shown)
