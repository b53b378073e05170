"""The key of the tags is whole, or there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import StoreError
from fluxmirror_store.machine import _redaction_key
from fluxmirror_store.tag_key import KEY_BYTES, key_path, read_key

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"k" * KEY_BYTES, b"k" * KEY_BYTES),
        (b"", None),
        (b"short", None),
        (b"k" * (KEY_BYTES + 1), None),
    ],
)
def test_a_key_is_whole_or_none(places: Places, written: bytes, read: bytes | None) -> None:
    """With half of one anybody could tell a secret by its tag."""
    assert read_key(places.spool) is None
    Path(places.spool).mkdir(parents=True)
    Path(key_path(places.spool)).write_bytes(written)
    assert read_key(places.spool) == read


def test_where_no_key_can_be_made_nothing_goes_on(places: Places) -> None:
    """Rather than for ever."""
    Path(places.spool).mkdir(parents=True)
    Path(key_path(places.spool)).symlink_to("nowhere/at/all")
    with pytest.raises(StoreError, match="no key can be made"):
        _redaction_key(places.spool)
