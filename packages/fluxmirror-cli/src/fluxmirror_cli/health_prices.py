"""What doctor says of the prices: which lists there are, and what the user's own file holds."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError

from fluxmirror_cli.health_row import OK, WARN, Row
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.prices.overlay_reader import load_overlay
from fluxmirror_cli.prices.price_list import downloaded_path, load_downloaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_COMPONENT: Final = "prices"
_LISTS: Final = "genai-prices"


def examine_prices(places: Places) -> Iterator[Row]:
    """Look which prices hold; no list is opened for its prices, and nothing fetched."""
    path = downloaded_path(places)
    downloaded = load_downloaded(path)
    if downloaded is None and os.path.exists(path):
        facts = f"{path} is no price list: {_packaged()} is used"
        yield Row(_COMPONENT, WARN, facts, "run `fluxmirror prices update`, or delete it")
    source = _packaged() if downloaded is None else f"{_LISTS} of {downloaded.fetched}, downloaded"
    try:
        own = _own(places)
    except UsageError as error:
        yield Row(_COMPONENT, WARN, str(error), error.hint)
        return
    yield Row(_COMPONENT, OK, f"{source}; {own}")


def _packaged() -> str:
    """Name the list that came with this program."""
    try:
        return f"{_LISTS} {version(_LISTS)}"
    except PackageNotFoundError:
        return _LISTS


def _own(places: Places) -> str:
    """Say what the user's own file holds.

    Raises:
        UsageError: it cannot be understood.
    """
    path = overlay_path(places)
    if not os.path.exists(path):
        return f"no prices of your own, which go into {path}"
    overlay = load_overlay(places)
    entries = len(overlay.prices) + len(overlay.aliases)
    return f"{entries:,} {'entry' if entries == 1 else 'entries'} of your own in {path}"
