"""Reasons that were kept as English, said in the language of whoever reads them."""

from __future__ import annotations

import pytest
from fluxmirror_core.messages import Message, load_catalog, read_texts
from fluxmirror_core.stored_reasons import said_reason

REASONS = [
    text.format(error="ValueError", table="message", names="data, id")
    for name, text in read_texts("en").items()
    if name.startswith("spool_reason.")
]


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_of_ours_is_a_message_again(reason: str) -> None:
    """What was set aside years ago is told in today's language, and no other words in English."""
    said = said_reason(reason)
    assert isinstance(said, Message)
    assert str(said) == reason
    assert load_catalog("ja").say(said) != reason


def test_what_the_system_said_stays() -> None:
    """It was worded in the language of the system."""
    assert said_reason("Permission denied") == "Permission denied"
