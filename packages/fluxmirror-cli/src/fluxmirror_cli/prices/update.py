"""Fetch the newest published price list: only when a person asks for it by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.errors import ExitCode, FluxMirrorError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.prices.kept_file import replace_text
from fluxmirror_cli.prices.price_list import downloaded_path, parse_providers

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes; the list of today has 2 MB."""
_PATIENCE_S: Final = 20.0
"""For each step of the download, in seconds."""
_NEEDED: Final = ("anthropic", "openai", "google")
"""A list without their prices is none."""
_AS_BEFORE: Final = message("price_list.update.as_before")


class UpdateError(FluxMirrorError):
    """The newest price list could not be had; the one before is still there."""

    exit_code = ExitCode.WARNING


class Updated(NamedTuple):
    """What an update brought."""

    source: str
    """How prices of the new list call it."""
    models: int
    """How many models have a price in it."""


def update_prices(places: Places, today: str, url: str | None = None) -> Updated:
    """Fetch the newest price list, and keep it when it is one.

    Args:
        places: where to keep it.
        today: ISO date, UTC.
        url: where to fetch it; where genai-prices is published, when left out.

    Raises:
        UpdateError: it could not be fetched or kept, or is no price list.
    """
    providers = _parse(_fetch(url or _published()))
    models = _count_models(providers)
    _keep(downloaded_path(places), {"fetched": today, "providers": providers})
    return Updated(f"genai-prices {today}", models)


def _published() -> str:
    from genai_prices.update_prices import DEFAULT_UPDATE_URL

    return DEFAULT_UPDATE_URL


def _fetch(url: str) -> bytes:
    import httpx2

    received = bytearray()
    try:
        with httpx2.stream("GET", url, timeout=_PATIENCE_S, follow_redirects=True) as response:
            response.raise_for_status()
            for part in response.iter_bytes():
                received += part
                if len(received) > _LARGEST:
                    too_large = message("price_list.update.too_large", url=url)
                    raise UpdateError(too_large, hint=_AS_BEFORE)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        unfetched = message("price_list.update.unfetched", url=url, reason=reason)
        hint = message("price_list.update.check_network")
        raise UpdateError(unfetched, hint=hint) from error
    return bytes(received)


def _parse(raw: bytes) -> list[Any]:
    try:
        providers = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _no_list() from error
    if not isinstance(providers, list):
        raise _no_list()
    return providers


def _count_models(providers: list[Any]) -> int:
    """Count the models with a price, which is also the proof that the list can be used."""
    from fluxmirror_cli.prices.listed import build_offers

    try:
        snapshot = parse_providers(providers)
        priced = {
            provider.id: sum(
                bool(build_offers(model, provider.id, "")) for model in provider.models
            )
            for provider in snapshot.providers
        }
    except (ValueError, ArithmeticError) as error:
        raise _no_list() from error
    if not all(priced.get(provider) for provider in _NEEDED):
        raise _no_list()
    return sum(priced.values())


def _no_list() -> UpdateError:
    hint = message("price_list.update.newer")
    return UpdateError(message("price_list.update.no_list"), hint=hint)


def _keep(path: str, kept: dict[str, Any]) -> None:
    """Put the list in the place of the one before: at once, or not at all."""
    try:
        replace_text(path, json.dumps(kept, separators=(",", ":")))
    except OSError as error:
        reason = error.strerror or str(error)
        unwritten = message("files.unwritten", path=path, reason=reason)
        raise UpdateError(unwritten, hint=_AS_BEFORE) from error
