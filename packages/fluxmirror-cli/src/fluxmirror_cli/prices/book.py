"""PriceBook: what a model costs at a time, from the user's own prices and the price lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import AGENTS

from fluxmirror_cli.prices.memory import Memory
from fluxmirror_cli.prices.naming import read_name
from fluxmirror_cli.prices.offer import choose
from fluxmirror_cli.prices.overlay_reader import load_overlay
from fluxmirror_cli.prices.price_list import PriceLists

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places
    from fluxmirror_core.pricing import Price

    from fluxmirror_cli.prices.naming import Listing
    from fluxmirror_cli.prices.offer import Offers
    from fluxmirror_cli.prices.overlay import Overlay

_AGENTS: Final = tuple(spec.id for spec in AGENTS)


class PriceBook:
    """Finds prices; each model is looked up once."""

    def __init__(self, places: Places, overlay: Overlay) -> None:
        self._overlay = overlay
        self._lists = PriceLists(places)
        self._memory = Memory(places, self._lists.edition())
        self._known: dict[tuple[str, str], Offers] = {}

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:
        """Give the price of a model.

        Args:
            agent: id of the agent that used it, such as `claude-code`.
            model: as the agent logged it; None when it did not.
            ts_ms: when, in UTC milliseconds.

        Returns:
            The price of that time; None when it is unknown, which is not the same as free.
        """
        if not model:
            return None
        offers = self._known.get((agent, model))
        if offers is None:
            name = self.priced_as(agent, model)
            offers = self._known[agent, model] = self._look_up(agent, model, name)
        return choose(offers, ts_ms)

    def dead_aliases(self) -> list[tuple[str, str]]:
        """Give the aliases of what has no price itself: the model's pattern, and what it is as."""
        return [
            (pattern.model, name)
            for pattern, name in self._overlay.aliases
            if not any(
                self._look_up(agent, pattern.model, name)
                for agent in ((pattern.agent,) if pattern.agent else _AGENTS)
            )
        ]

    def priced_as(self, agent: str, model: str) -> str:
        """Give the name that a model is priced as, which is most often its own."""
        return self._overlay.other_name(agent, model)

    def _look_up(self, agent: str, model: str, name: str) -> Offers:
        """Give what is offered under a model's other name: the user's own prices last: they win."""
        own = self._overlay.offers(agent, model)
        if name != model:
            own = self._overlay.offers(agent, name) + own
        if any(offer.since_ms is None for offer in own):
            return own  # at any time there is one: no list is asked
        listing = read_name(agent, name)
        return own if listing is None else self._listed(listing) + own

    def _listed(self, listing: Listing) -> Offers:
        offers = self._memory.recall(listing)
        if offers is None:
            offers = self._lists.find(listing)
            self._memory.keep(listing, offers)
        return offers


def open_book(places: Places) -> PriceBook:
    """Open the prices that hold on this machine.

    Raises:
        UsageError: the user's own prices cannot be understood.
    """
    return PriceBook(places, load_overlay(places))
