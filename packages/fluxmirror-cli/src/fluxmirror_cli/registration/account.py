"""Account: what was done so far, for whoever stops `install` or `uninstall` half-way."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.installation import INSTALLED, REMOVED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.installation import Outcome

_CHANGED: Final = frozenset({INSTALLED, REMOVED, UPDATED})


class Account:
    """The outcomes until now, and the agent that is being worked on."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self._noted: list[str] = []
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

    def note(self, sentence: str) -> None:
        """Note what else was done."""
        self._noted.append(sentence)

    @contextlib.contextmanager
    def told_when_stopped(self) -> Iterator[None]:
        """Have an interrupt say how far it got.

        Raises:
            KeyboardInterrupt: it was stopped; its argument is a sentence.
        """
        try:
            yield
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._so_far()) from None

    def _so_far(self) -> str:
        done = self._noted + [
            f"{name_of(outcome.agent)} {outcome.state}"
            for outcome in self.outcomes
            if outcome.state in _CHANGED
        ]
        told = f"done so far: {', '.join(done)}" if done else "nothing was done before that"
        if not self._working:
            return told
        half = f"{name_of(self._working)} may be half done: do the same again to complete it"
        return f"{half}; {told}" if done else half
