"""What doctor says of the prices: which lists there are, and what the user's own file holds."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError

from fluxmirror_cli.health.row import OK, WARN, Row
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.prices.overlay_reader import load_overlay
from fluxmirror_cli.prices.price_list import downloaded_path, load_downloaded
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_COMPONENT: Final = "prices"
_LISTS: Final = "genai-prices"
_INSTALLED: Final = re.compile(r"genai_prices-(.+)\.dist-info")


def examine_prices(places: Places) -> Iterator[Row]:
    """Look which prices hold; no list is opened for its prices, and nothing fetched."""
    path = downloaded_path(places)
    downloaded = load_downloaded(path)
    source = _packaged() if downloaded is None else f"{_LISTS} of {downloaded.fetched}, downloaded"
    facts: dict[str, object] = {
        "source": source,
        "downloaded": str(downloaded.fetched) if downloaded else None,
        "own_path": overlay_path(places),
        "own_entries": None,
    }
    try:
        own = _own_entries(places)
    except UsageError as error:
        yield Row(_COMPONENT, WARN, str(error), str(error.hint), facts)
        return
    facts["own_entries"] = own
    if downloaded is None and os.path.exists(path):
        told = f"{path} is no price list: {source} is used"
        yield Row(_COMPONENT, WARN, told, "run `fluxmirror prices update`, or delete it", facts)
    else:
        yield Row(_COMPONENT, OK, f"{source}; {_told(own, overlay_path(places))}", facts=facts)


def _packaged() -> str:
    """Name the list that came with this program, by the folder that its installer left.

    `importlib.metadata` would tell as well, and take longer than all else that doctor does.
    """
    package = find_spec("genai_prices")
    folder = os.path.dirname(os.path.dirname(package.origin or "")) if package else ""
    for name in os.listdir(folder) if folder else ():
        if found := _INSTALLED.fullmatch(name):
            return f"{_LISTS} {found[1]}"
    return _LISTS


def _own_entries(places: Places) -> int:
    """Count the entries of the user's own file.

    Raises:
        UsageError: it cannot be understood.
    """
    if not os.path.exists(overlay_path(places)):
        return 0
    overlay = load_overlay(places)
    return len(overlay.prices) + len(overlay.aliases)


def _told(own: int, path: str) -> str:
    """Say how many prices are the user's own."""
    if not own:
        return "none of your own"
    return f"{counted(own, 'entry', 'entries')} of your own in {path}"
