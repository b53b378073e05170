"""What doctor says of the prices: which lists there are, and what the user's own file holds."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import counted, message

from fluxmirror_cli.health.row import OK, WARN, Row
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.prices.overlay_reader import load_overlay
from fluxmirror_cli.prices.price_list import downloaded_path, load_downloaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.prices.price_list import Downloaded

_COMPONENT: Final = "prices"
_LISTS: Final = "genai-prices"
_INSTALLED: Final = re.compile(r"genai_prices-(.+)\.dist-info")


def examine_prices(places: Places) -> Iterator[Row]:
    """Look which prices hold; no list is opened for its prices, and nothing fetched."""
    path = downloaded_path(places)
    downloaded = load_downloaded(path)
    source = _source(downloaded)
    facts: dict[str, object] = {
        "source": str(source),
        "downloaded": str(downloaded.fetched) if downloaded else None,
        "own_path": overlay_path(places),
        "own_entries": None,
    }
    try:
        own = _own_entries(places)
    except UsageError as error:
        yield Row(_COMPONENT, WARN, error.sentence, error.hint, facts)
        return
    facts["own_entries"] = own
    if downloaded is None and os.path.exists(path):
        told = message("doctor.prices.no_list", path=path, source=source)
        yield Row(_COMPONENT, WARN, told, message("doctor.prices.update"), facts)
    else:
        told = message("doctor.prices.told", source=source, own=_told(own, overlay_path(places)))
        yield Row(_COMPONENT, OK, told, facts=facts)


def _source(downloaded: Downloaded | None) -> Sayable:
    if downloaded is None:
        return _packaged()
    return message("doctor.prices.downloaded", name=_LISTS, date=downloaded.fetched)


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


def _told(own: int, path: str) -> Sayable:
    """Say how many prices are the user's own."""
    return counted("doctor.prices.own", own, path=path) if own else message("doctor.prices.none")
