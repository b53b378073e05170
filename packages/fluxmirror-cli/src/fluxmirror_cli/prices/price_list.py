"""The price lists there are: one downloaded on request, and the one that came with genai-prices."""

from __future__ import annotations

import contextlib
import json
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places
    from genai_prices.data_snapshot import DataSnapshot

    from fluxmirror_cli.prices.naming import Listing
    from fluxmirror_cli.prices.offer import Offers

_FILE: Final = os.path.join("prices", "genai-prices.json")
_PACKAGE: Final = "genai_prices"
_PACKAGED: Final = "data.py"


class Downloaded(NamedTuple):
    """What `fluxmirror prices update` keeps."""

    fetched: str
    """ISO date, UTC."""
    providers: list[Any]
    """The list as it was published."""


class PriceLists:
    """All lists, opened when the first model is looked up: that takes a quarter of a second."""

    def __init__(self, places: Places) -> None:
        self._path = downloaded_path(places)
        self._opened: list[tuple[DataSnapshot, str]] | None = None

    def edition(self) -> str:
        """Give a text that differs when the lists do; opens none of them."""
        spec = find_spec(_PACKAGE)
        folder = os.path.dirname(spec.origin) if spec and spec.origin else ""
        return f"{_stamp(os.path.join(folder, _PACKAGED))} {_stamp(self._path)}"

    def find(self, listing: Listing) -> Offers:
        """Give what a model costs by the first list it is in; nothing when it is in none."""
        from fluxmirror_cli.prices.listed import find_offers

        if self._opened is None:
            self._opened = list(_open(self._path))
        for snapshot, source in self._opened:
            if offers := find_offers(snapshot, listing, source):
                return offers
        return ()


def downloaded_path(places: Places) -> str:
    """Say where the downloaded list is kept."""
    return os.path.join(places.data, _FILE)


def parse_providers(raw: list[Any]) -> DataSnapshot:
    """Read a price list as it is published.

    Raises:
        ValueError: it is something else.
    """
    from genai_prices.data_snapshot import DataSnapshot

    # What `UpdatePrices.fetch` does with what it fetched; there is no public name for it.
    from genai_prices.types import _providers_from_raw

    try:
        return DataSnapshot(_providers_from_raw(raw), from_auto_update=True)
    except (TypeError, AssertionError, StopIteration, RecursionError) as error:
        raise ValueError("this is no price list") from error  # it says so in many ways


def load_downloaded(path: str) -> Downloaded | None:
    """Read what was kept; None when nothing was, or it cannot be read."""
    try:
        with open(path, "rb") as file:
            kept = json.load(file)
        return Downloaded(str(kept["fetched"]), list(kept["providers"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _open(path: str) -> Iterator[tuple[DataSnapshot, str]]:
    from genai_prices import __version__
    from genai_prices.data_snapshot import get_snapshot

    downloaded = load_downloaded(path)
    if downloaded is not None:
        # It was read when it was fetched; the package that read it may be another by now.
        with contextlib.suppress(ValueError):
            yield parse_providers(downloaded.providers), f"genai-prices {downloaded.fetched}"
    yield get_snapshot(), f"genai-prices {__version__}"


def _stamp(path: str) -> str:
    """Give a file's size and time, which no other version of it has; `-` when it is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_size}-{found.st_mtime_ns}"
