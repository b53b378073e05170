"""What is set aside, or cannot be read, has a reason that every language knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.messages import Message
from fluxmirror_core.stored_reasons import said_reason
from fluxmirror_store import aside, batch, spool
from fluxmirror_store.drain import drain
from fluxmirror_store.opencode_database import UnreadableSourceError, opencode_rows

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_core.paths import Places

PAYLOADS = (b"", b"{", b"[]", b'{"a":' * 100_000)


@pytest.mark.parametrize("payload", PAYLOADS, ids=("empty", "broken", "list", "nested"))
def test_a_payload_is_set_aside_for_a_reason_of_ours(places: Places, payload: bytes) -> None:
    """The text in the spool is the one that a message is found by."""
    spool.put(places.spool, payload, ("claude", "Stop"), {})
    drain(places, Settings())
    (reason,) = aside.count_reasons(places.spool)
    assert isinstance(said_reason(reason), Message)


def test_a_failure_of_the_program_is_one() -> None:
    """Whatever the error is called."""
    assert isinstance(said_reason(batch.failure_of(ValueError())), Message)


def test_a_database_that_is_not_there_is_one(tmp_path: Path) -> None:
    """Session files may be a database."""
    with pytest.raises(UnreadableSourceError) as caught, opencode_rows(str(tmp_path / "no.db")):
        pass
    assert isinstance(said_reason(str(caught.value)), Message)
