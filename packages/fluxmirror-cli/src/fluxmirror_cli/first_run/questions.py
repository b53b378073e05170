"""Questions at a terminal: each shows its default, and explains a wrong answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import click
from fluxmirror_core.config.languages import NATIVE
from fluxmirror_core.config.schema import KEYS, parse_value
from fluxmirror_core.config.settings import FULL, INPUT, NONE
from fluxmirror_core.errors import ConfigError, FluxMirrorError, UsageError

from fluxmirror_cli.first_run.defaults import LANGUAGE, PAYLOADS, RETENTION, TIMEZONE
from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.choice import named_agents, read_answer
from fluxmirror_cli.registration.screens import wrapped
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_T = TypeVar("_T")

EVERY: Final = "all"
NOBODY: Final = "none"
_FOR_EVER: Final = frozenset({"none", "never", "ever", "forever", "for ever"})
_KEPT: Final = {
    NONE: "only that a tool ran: which, when, and how it ended",
    INPUT: "also what went into it: commands, paths, prompts; secrets are masked",
    FULL: "also what came out of it; takes by far the most room",
}


class Question(NamedTuple):
    """One question about a key."""

    key: str
    explanation: str
    """Lines that are shown above it."""
    words: str


_ZONE: Final = Question(
    TIMEZONE, "", "Time zone that days are counted in: a city, or a name as Asia/Seoul"
)
_ADVANCED: Final = (
    Question(
        PAYLOADS,
        "".join(f"  {name:<7}{what}\n" for name, what in _KEPT.items()),
        "What is kept of a call: none, input or full",
    ),
    Question(RETENTION, "", "Days that what was recorded is kept: a number, or `for ever`"),
)


def questions(*, advanced: bool) -> tuple[Question, ...]:
    """Give the questions, in their order."""
    languages = ", ".join(_offered(name, own) for name, own in NATIVE.items())
    asked = (Question(LANGUAGE, "", f"Language of reports: {languages}"), _ZONE)
    return (*asked, *_ADVANCED) if advanced else asked


def understand(key: str, text: str) -> object:
    """Read what somebody typed for a key; None for `for ever`.

    Raises:
        UsageError: it means nothing.
    """
    if key == RETENTION and text.strip().casefold() in _FOR_EVER:
        return None
    try:
        value: object = parse_value(KEYS[key], text)
    except ConfigError as error:
        reason = str(error).removeprefix(f"{key}: ")
        raise UsageError(reason, hint=_hint(key, text, str(error.hint))) from error
    return value


def _offered(name: str, own: str) -> str:
    """Write a language's name, and its own name for itself where the terminal has the letters."""
    if name == own.casefold():
        return name
    try:
        own.encode(getattr(sys.stderr, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return name
    return f"{name} ({own})"


def _hint(key: str, text: str, otherwise: str) -> str:
    """Guess what was meant, where there are only so many words."""
    if key == RETENTION:
        return "or say `for ever`"
    if key == PAYLOADS:
        return did_you_mean(text, _KEPT, otherwise="")
    return did_you_mean(text, NATIVE, otherwise=otherwise) if key == LANGUAGE else otherwise


def understand_agents(text: str) -> tuple[str, ...]:
    """Read which agents somebody means: names with commas between them, `all`, or `none`.

    Raises:
        UsageError: a word means no agent.
    """
    word = text.strip().casefold()
    if word == EVERY:
        return tuple(agent.id for agent in AGENT_HOMES)
    if word == NOBODY:
        return ()
    words = [part.strip() for part in text.split(",")]
    return tuple(agent.id for agent in named_agents(tuple(filter(None, words))))


def shown_value(value: object) -> str:
    """Write a value as somebody could type it."""
    return "for ever" if value is None else str(value)


def shown_agents(agents: Collection[str]) -> str:
    """Write a choice of agents as somebody could type it."""
    if len(agents) == len(AGENT_HOMES):
        return EVERY
    return ", ".join(agents) or NOBODY


def ask(words: str, shown: str, where: str, read: Callable[[str], _T], default: _T) -> _T:
    """Ask until the answer means something; a bare return takes the default.

    Args:
        words: the question.
        shown: the default, as it is shown.
        where: what tells the default.
        read: understands an answer, or raises a FluxMirrorError.
        default: the default itself.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    click.echo(wrapped(words), err=True)
    while True:
        typed = read_answer(f"  [{shown}, {where}]")
        if not typed.strip():
            return default
        try:
            return read(typed)
        except FluxMirrorError as error:
            hint = f"; {error.hint}" if error.hint else ""
            click.echo(wrapped(f"{error}{hint}", *2 * ["  "]), err=True)
