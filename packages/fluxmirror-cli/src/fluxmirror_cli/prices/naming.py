"""A model's name as agents log it → whose price list it is in, and under which name."""

from __future__ import annotations

import re
from typing import Final

from fluxmirror_core.named_tuple import NamedTuple

_MAKERS: Final = (
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"gpt-|chatgpt-|codex-|o[0-9]"), "openai"),
    (re.compile(r"gemini-|gemma-"), "google"),
    (re.compile(r"deepseek-"), "deepseek"),
    (re.compile(r"grok-"), "x-ai"),
    (re.compile(r"(mistral|magistral|ministral|devstral|codestral)-"), "mistral"),
    (re.compile(r"kimi-|moonshot-"), "moonshotai"),
    (re.compile(r"glm-"), "zai"),
    (re.compile(r"minimax-"), "minimax"),
)
"""How the names of a maker's models begin → the maker's list."""

_OWN_MAKERS: Final = {"claude-code": "anthropic", "codex-cli": "openai", "gemini-cli": "google"}
"""Agents that ask their own maker's models, however these are called."""

_LISTS: Final = {
    "anthropic": "anthropic",
    "openai": "openai",
    "google": "google",
    "gemini": "google",
    "models": "google",
    "publishers/anthropic/models": "anthropic",
    "publishers/google/models": "google",
    "vertex_ai": None,
    "deepseek": "deepseek",
    "x-ai": "x-ai",
    "xai": "x-ai",
    "mistral": "mistral",
    "mistralai": "mistral",
    "moonshotai": "moonshotai",
    "zai": "zai",
    "z-ai": "zai",
    "minimax": "minimax",
    "bedrock": "aws",
    "amazon-bedrock": "aws",
}
"""What stands before a slash → the list; None where the name itself tells the maker.

Any other prefix is somebody who sells at prices of his own, or a model of the user's own machine:
the maker's price would be a guess.
"""

_LONGEST: Final = 100
"""Characters; a longer name is no model's."""
_ROUTER: Final = "openrouter/"
_BEDROCK: Final = re.compile(
    r"([a-z]{2,6}(-[a-z]+)?\.)?(amazon|anthropic|meta|moonshotai|openai|qwen|zai)\."
)
"""Amazon's names: the region's prefix, which has prices of its own, and the maker."""
_BEDROCK_ARN: Final = re.compile(r"arn:aws[a-z-]*:bedrock:.*/")
_CONTEXT: Final = re.compile(r"\[[0-9]+[km]\]$")
"""Claude Code's word for a longer context window; what it costs is in the tiers."""
_VERTEX_DEFAULT: Final = "@default"
_VERTEX_DATE: Final = re.compile(r"@([0-9]{8})$")
"""Google's date of one of Anthropic's models; Anthropic writes it after a dash."""
_THINKING: Final = "-thinking"
"""Some write how a Claude was asked behind its name; what it thinks costs as output."""


class Listing(NamedTuple):
    """Where to look a model up."""

    provider: str
    """As genai-prices calls it."""
    name: str
    """In lower case, without what is no part of it."""


def read_name(agent: str, model: str) -> Listing | None:
    """Say in whose list to look for a model; None when no list can be the right one.

    Args:
        agent: id of the agent that used it.
        model: as the agent logged it.
    """
    listing = _listing(agent, _CONTEXT.sub("", model.strip().lower()))
    return listing if listing and 0 < len(listing.name) <= _LONGEST else None


def _listing(agent: str, name: str) -> Listing | None:
    if _BEDROCK_ARN.match(name):
        return Listing("aws", name.rpartition("/")[2])
    if name.startswith(_ROUTER):
        return Listing("openrouter", name.removeprefix(_ROUTER))
    prefix, slash, name = name.rpartition("/")
    if slash and prefix not in _LISTS:
        return None
    provider = _LISTS.get(prefix) or _maker(name) or _OWN_MAKERS.get(agent)
    if provider is None:
        return None
    return Listing(provider, _plain_claude(name) if provider == "anthropic" else name)


def _maker(name: str) -> str | None:
    if _BEDROCK.match(name):
        return "aws"
    return next((maker for begin, maker in _MAKERS if begin.match(name)), None)


def _plain_claude(name: str) -> str:
    """Write the name of one of Anthropic's models as Anthropic does."""
    name = name.removesuffix(_THINKING).removesuffix(_VERTEX_DEFAULT)
    return _VERTEX_DATE.sub(r"-\1", name)
