"""What is shown is masked with the key of the installation, and showing makes none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.redact import Redactor
from fluxmirror_store.masking import redactor_to_show

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

SECRET = "AKIAIOSFODNN7EXAMPLE"


def test_the_tags_are_those_of_the_installation(places: Places) -> None:
    """A secret that was masked when it was captured has the same tag when it is met again."""
    Path(places.spool).mkdir(parents=True)
    (Path(places.spool) / "redaction.key").write_bytes(b"k" * 32)
    assert redactor_to_show(places.spool, ()).text(SECRET) == Redactor(b"k" * 32).text(SECRET)


@pytest.mark.parametrize("half", [None, b"", b"short"])
def test_without_a_key_of_its_own_it_masks_all_the_same(places: Places, half: bytes | None) -> None:
    """With one that nobody can guess, and that is not kept."""
    spool = Path(places.spool)
    if half is not None:
        spool.mkdir(parents=True)
        (spool / "redaction.key").write_bytes(half)
    before = sorted(spool.rglob("*"))
    redactor = redactor_to_show(places.spool, ())
    assert redactor.text(SECRET) == redactor.text(SECRET) != SECRET
    assert sorted(spool.rglob("*")) == before


def test_a_users_own_patterns_are_masked_too(places: Places) -> None:
    """One policy for all that is printed."""
    assert "acme-123" not in redactor_to_show(places.spool, (r"acme-\d+",)).text("id acme-123")
