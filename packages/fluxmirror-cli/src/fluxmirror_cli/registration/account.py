"""Account: what was done so far, for whoever stops `install` or `uninstall` half-way."""

from __future__ import annotations

import contextlib
from functools import reduce
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.installation import INSTALLED, REMOVED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.installation import Outcome

_CHANGED: Final = {
    INSTALLED: "registration.so_far.installed",
    REMOVED: "registration.so_far.removed",
    UPDATED: "registration.so_far.updated",
}


class Account:
    """The outcomes until now, and the agent that is being worked on."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self._noted: list[Sayable] = []
        self._working = ""

    @property
    def is_any_new(self) -> bool:
        """Whether an agent has our hooks now and had not, or had older ones."""
        return any(outcome.state in {INSTALLED, UPDATED} for outcome in self.outcomes)

    def begin(self, agent: str) -> None:
        """Note that something is being done to this agent from now on."""
        self._working = agent

    def add(self, outcome: Outcome) -> None:
        """Note what came of an agent."""
        self.outcomes.append(outcome)
        self._working = ""

    def note(self, sentence: Sayable) -> None:
        """Note what else was done."""
        self._noted.append(sentence)

    @contextlib.contextmanager
    def told_when_stopped(self) -> Iterator[None]:
        """Have an interrupt say how far it got.

        Raises:
            KeyboardInterrupt: it was stopped; its argument is a message.
        """
        try:
            yield
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._so_far()) from None

    def _so_far(self) -> Sayable:
        done = self._noted + [
            message(_CHANGED[outcome.state], agent=name_of(outcome.agent))
            for outcome in self.outcomes
            if outcome.state in _CHANGED
        ]
        told = message("registration.so_far.done", what=reduce(_and, done)) if done else None
        if not self._working:
            return told or message("registration.so_far.nothing")
        half = message("registration.so_far.half", agent=name_of(self._working))
        return message("registration.so_far.half_and", half=half, done=told) if told else half


def _and(first: Sayable, second: Sayable) -> Sayable:
    return message("registration.so_far.both", first=first, second=second)
