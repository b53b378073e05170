"""What the price lists answered, kept in a file: opening them again would take a quarter second.

It belongs to one edition of the lists and of this program; of any other it is worth nothing. Losing
it costs time and nothing else, so whatever is wrong with it is no error.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.prices.kept_file import replace_text
from fluxmirror_cli.prices.offer import from_plain, to_plain

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.prices.naming import Listing
    from fluxmirror_cli.prices.offer import Offers

_FILE: Final = "prices.json"
_MOST: Final = 500
"""Models beyond this are not kept: nobody uses so many, a damaged transcript may name more."""


class Memory:
    """The answers to all models asked for before."""

    def __init__(self, places: Places, edition: str) -> None:
        self._path = os.path.join(places.cache, _FILE)
        self._edition = f"{VERSION} {edition}"
        self._rows = self._load()

    def recall(self, listing: Listing) -> Offers | None:
        """Give what a model costs; None when it was not asked for before."""
        rows = self._rows.get(_key(listing))
        try:
            return None if rows is None else from_plain(rows)
        except (TypeError, ValueError):
            return None

    def keep(self, listing: Listing, offers: Offers) -> None:
        """Keep an answer, also that a model is in no list."""
        if len(self._rows) < _MOST:
            self._rows[_key(listing)] = to_plain(offers)
            text = json.dumps({"edition": self._edition, "models": self._rows})
            with contextlib.suppress(OSError):
                replace_text(self._path, text)

    def _load(self) -> dict[str, Any]:
        try:
            with open(self._path, "rb") as file:
                kept = json.load(file)
            return dict(kept["models"]) if kept["edition"] == self._edition else {}
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return {}


def _key(listing: Listing) -> str:
    return f"{listing.provider}/{listing.name}"
