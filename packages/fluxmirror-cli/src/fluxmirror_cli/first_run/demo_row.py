"""The set-up's own row: something to look at before an agent did anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_store.set_up import remove_set_up_row, write_set_up_row

from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message
    from fluxmirror_core.paths import Places


def add_demo_row(places: Places) -> bool:
    """Write the row, unless it is there; tells whether it was written.

    Raises:
        StoreError: the database cannot be written.
    """
    return write_set_up_row(places, say(message("init.row.note")), _directory())


def describe_demo_row(*, written: bool) -> Message:
    """Say where the row is, and how it goes."""
    return message("init.row.written") if written else message("init.row.there")


def describe_removal(rows: int) -> Message:
    """Say what became of the row."""
    return message("init.row.removed") if rows else message("init.row.missing")


def remove_demo_row(places: Places) -> int:
    """Take the row out; gives how many there were.

    Raises:
        StoreError: the database cannot be written.
    """
    return remove_set_up_row(places.database)


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was deleted under us
        return None
