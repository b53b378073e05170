"""Questions at a terminal: each shows its default, and explains a wrong answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, TypeVar

import click
from fluxmirror_core.config.languages import NATIVE
from fluxmirror_core.config.schema import KEYS, parse_value
from fluxmirror_core.config.settings import FULL, INPUT, NONE
from fluxmirror_core.errors import ConfigError, FluxMirrorError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.phrases import listed

from fluxmirror_cli.first_run.defaults import LANGUAGE, PAYLOADS, RETENTION, TIMEZONE
from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.choice import named_agents, read_answer
from fluxmirror_cli.registration.screens import wrapped
from fluxmirror_cli.speech import say
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fluxmirror_core.messages import Message, Sayable

_T = TypeVar("_T")

EVERY: Final = "all"
NOBODY: Final = "none"
_FOR_EVER: Final = message("init.for_ever")
_FOR_EVER_WORDS: Final = frozenset(
    {"none", "never", "ever", "forever", "for ever"}
    | {"무기한", "영구", "無期限", "無制限", "永久", "永远", "无限期"}
)
"""What is understood as that, in whatever language the question was asked."""
_KEPT: Final = {
    NONE: message("init.kept.none"),
    INPUT: message("init.kept.input"),
    FULL: message("init.kept.full"),
}


class Question(NamedTuple):
    """One question about a key."""

    key: str
    words: Message
    explained: tuple[tuple[str, Message], ...] = ()
    """Answers and what each means, shown above it."""


_ZONE: Final = Question(TIMEZONE, message("init.question.zone"))
_ADVANCED: Final = (
    Question(PAYLOADS, message("init.question.payloads"), tuple(_KEPT.items())),
    Question(RETENTION, message("init.question.retention", for_ever=_FOR_EVER)),
)


def questions(*, advanced: bool) -> tuple[Question, ...]:
    """Give the questions, in their order."""
    languages = listed([_offered(name, own) for name, own in NATIVE.items()])
    asked = (Question(LANGUAGE, message("init.question.language", languages=languages)), _ZONE)
    return (*asked, *_ADVANCED) if advanced else asked


def understand(key: str, text: str) -> object:
    """Read what somebody typed for a key; None for `for ever`.

    Raises:
        UsageError: it means nothing.
    """
    if key == RETENTION and text.strip().casefold() in _FOR_EVER_WORDS:
        return None
    try:
        value: object = parse_value(KEYS[key], text)
    except ConfigError as error:
        # What was typed for one question need not be told which key it is for.
        cause = error.__cause__ if isinstance(error.__cause__, FluxMirrorError) else error
        raise UsageError(cause.sentence, hint=_hint(key, text, error.hint)) from error
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


def _hint(key: str, text: str, otherwise: Sayable) -> Sayable:
    """Guess what was meant, where there are only so many words."""
    if key == RETENTION:
        return message("init.hint.for_ever", for_ever=_FOR_EVER)
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
    return say(_FOR_EVER) if value is None else str(value)


def shown_agents(agents: Collection[str]) -> str:
    """Write a choice of agents as somebody could type it."""
    if len(agents) == len(AGENT_HOMES):
        return EVERY
    return ", ".join(agents) or NOBODY


def ask(words: Sayable, shown: str, where: Sayable, read: Callable[[str], _T], default: _T) -> _T:
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
        typed = read_answer(say(message("init.answer", shown=shown, where=where)))
        if not typed.strip():
            return default
        try:
            return read(typed)
        except FluxMirrorError as error:
            wrong = message("init.wrong", sentence=error.sentence, hint=error.hint)
            click.echo(wrapped(wrong if error.hint else error.sentence, *2 * ["  "]), err=True)
