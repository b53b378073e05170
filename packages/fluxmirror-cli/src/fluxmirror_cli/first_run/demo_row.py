"""The set-up's own row: something to look at before an agent did anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_store.set_up import remove_set_up_row, write_set_up_row

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

REMOVE: Final = "fluxmirror init --remove-demo"
_NOTE: Final = f"FluxMirror is set up; `{REMOVE}` takes this row out"


def add_demo_row(places: Places) -> bool:
    """Write the row, unless it is there; tells whether it was written.

    Raises:
        StoreError: the database cannot be written.
    """
    return write_set_up_row(places, _NOTE, _directory())


def describe_demo_row(*, written: bool) -> str:
    """Say where the row is, and how it goes."""
    state = "is" if written else "was already"
    return (
        f"a row of the set-up's own {state} in the database: `fluxmirror today` shows it as long"
        f" as there is no other, and `{REMOVE}` takes it out"
    )


def describe_removal(rows: int) -> str:
    """Say what became of the row."""
    if not rows:
        return "the set-up's row is not in the database"
    return "the set-up's row is taken out; `fluxmirror init --demo-row` writes it again"


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
