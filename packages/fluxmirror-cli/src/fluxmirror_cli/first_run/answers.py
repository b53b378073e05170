"""Answers: what somebody wants of the first run, asked or given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.config.schema import KEYS
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.first_run.defaults import AGENT_KEYS, LANGUAGE
from fluxmirror_cli.first_run.questions import (
    ask,
    questions,
    shown_agents,
    shown_value,
    understand,
    understand_agents,
)
from fluxmirror_cli.health.row import size
from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.choice import Asker, agrees
from fluxmirror_cli.registration.screens import steps_of_plan, wrapped
from fluxmirror_cli.registration.typed_ahead import forget_typed_ahead
from fluxmirror_cli.speech import prefer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_store.importing.session_files import SessionFile

    from fluxmirror_cli.first_run.defaults import Default
    from fluxmirror_cli.first_run.questions import Question
    from fluxmirror_cli.first_run.wishes import Wishes
    from fluxmirror_cli.registration.work import Work


class Choices(NamedTuple):
    """What is to hold for every key."""

    values: dict[str, object]
    changes: dict[str, object]
    """Those that the configuration file does not say yet and has to; None takes a key out."""

    @property
    def recorded(self) -> tuple[str, ...]:
        """The agents that are recorded at all."""
        return tuple(agent for agent, key in AGENT_KEYS.items() if self.values[key])


def speak_as_wished(values: Mapping[str, object]) -> None:
    """Go on in the language that was chosen, where one was."""
    if LANGUAGE in values:
        prefer(str(values[LANGUAGE]))


def choose_values(wishes: Wishes, defaults: Mapping[str, Default]) -> Choices:
    """Ask for what was not given.

    Only what differs from the default that was shown, or was given, is written down: a zone that
    this machine tells goes on following it.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    asked: dict[str, object] = {}
    if wishes.manner.asks:
        for question in questions(advanced=wishes.advanced):
            if question.key not in wishes.values:
                asked[question.key] = _ask_value(question, defaults[question.key])
                speak_as_wished(asked)
        if wishes.advanced and not set(AGENT_KEYS.values()) & wishes.values.keys():
            asked |= _ask_recorded(defaults)
    changes = {key: value for key, value in asked.items() if value != defaults[key].value}
    given = {key: value for key, value in wishes.values.items() if _is_news(value, defaults, key)}
    values = {key: default.value for key, default in defaults.items()} | asked | wishes.values
    return Choices(values, changes | given)


def choose_agents_to_register(wishes: Wishes, work: Work) -> frozenset[str]:
    """Ask for each agent that something is to be done to, unless it is clear.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    planned = [step.agent for plan in work.plans if (step := steps_of_plan(plan)).is_any]
    if wishes.agents is not None or not wishes.manner.asks:
        return frozenset(planned)
    if planned:
        click.echo(f"\n{work.outline()}", err=True)
        forget_typed_ahead()  # the agents were asked for their versions
    asker = Asker(asks=True)
    return frozenset(
        one for one in planned if asker.wants(message("install.ask.record", agent=name_of(one)))
    )


def chooses_import(wishes: Wishes, waiting: list[SessionFile]) -> bool:
    """Ask whether the session files that are here are to be read, unless it is clear.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    if wishes.imports is not None:
        return wishes.imports
    if not (waiting and wishes.manner.asks):
        return bool(waiting) and wishes.manner.takes_defaults
    forget_typed_ahead()  # there may be thousands of them to look at
    stored = size(sum(file.size for file in waiting))
    return agrees(counted("init.question.import", len(waiting), size=stored))


def _is_news(value: object, defaults: Mapping[str, Default], key: str) -> bool:
    """Tell whether a given value has to be written: a switch only where it is to be turned.

    What a variable says holds today: what was chosen is to hold without it.
    """
    users = defaults[key].users
    if users is None and key in AGENT_KEYS.values():
        return value != KEYS[key].default
    return value != users


def _ask_value(question: Question, default: Default) -> object:
    explained = [wrapped(what, f"  {name:<7}", " " * 9) for name, what in question.explained]
    click.echo("\n".join(["", *explained]), err=True)

    def read(text: str) -> object:
        return understand(question.key, text)

    return ask(question.words, shown_value(default.value), default.shown_where, read, default.value)


def _ask_recorded(defaults: Mapping[str, Default]) -> dict[str, object]:
    """Ask which agents are recorded at all."""
    recorded = tuple(agent for agent, key in AGENT_KEYS.items() if defaults[key].value)
    where = next(
        (told.shown_where for key in AGENT_KEYS.values() if not (told := defaults[key]).value),
        message("init.default"),
    )
    click.echo(f"\n  {', '.join(AGENT_KEYS)}", err=True)
    words = message("init.question.recorded")
    wanted = ask(words, shown_agents(recorded), where, understand_agents, recorded)
    return {key: agent in wanted for agent, key in AGENT_KEYS.items()}
