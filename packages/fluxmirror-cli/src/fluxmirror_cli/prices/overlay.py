"""The user's own prices, in `prices.toml` of the configuration directory; they win.

[[price]]
model = "qwen3-coder*"      # * and ? stand for what they do in a shell
agent = "qwen-code"         # of this agent alone; optional
since = 2026-05-01          # from this day on, UTC; optional
input = "0.30"              # dollars per million tokens
output = "1.50"
cache_read = "0.03"         # as input, when left out
cache_write_5m = "0.375"    # as input, when left out
cache_write_1h = "0.60"     # as cache_write_5m, when left out

[[price]]
model = "gpt-oss*"
free = true

[[alias]]
model = "company-sonnet"    # is priced as
as = "claude-sonnet-4-5"
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.prices.offer import Offer, Offers

FILE: Final = "prices.toml"


class Pattern(NamedTuple):
    """Which models of which agent."""

    model: str
    """As in a shell, in lower case."""
    agent: str | None
    """Id of the agent; None for all."""

    def fits(self, agent: str, model: str) -> bool:
        """Tell whether a model of an agent is meant."""
        return self.agent in {None, agent} and fnmatchcase(model.lower(), self.model)


class Overlay(NamedTuple):
    """The user's own prices and names."""

    prices: tuple[tuple[Pattern, Offer], ...] = ()
    """The later a price holds from, the later it comes."""
    aliases: tuple[tuple[Pattern, str], ...] = ()

    def offers(self, agent: str, model: str) -> Offers:
        """Give the user's own prices of a model."""
        return tuple(offer for pattern, offer in self.prices if pattern.fits(agent, model))

    def other_name(self, agent: str, model: str) -> str:
        """Give the name a model is priced as, which is most often its own."""
        fitting = (name for pattern, name in self.aliases if pattern.fits(agent, model))
        return next(fitting, model)


def overlay_path(places: Places) -> str:
    """Say where the user's own prices are."""
    return os.path.join(places.config, FILE)
