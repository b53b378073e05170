"""Builders: what builds the events of a place, as its user and its projects want them kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from fluxmirror_core.config.settings import Settings
from fluxmirror_core.touched import may_be_asked_for
from fluxmirror_core.wire.builder import EventBuilder
from fluxmirror_core.wire.scrubber import Scrubber

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.config.project_rules import Rules
    from fluxmirror_core.redact import Redactor
    from fluxmirror_core.wire.builder import Machine

_REMEMBERED_PLACES: Final = 20_000
_KEEP_ALL: Final = Settings()


class DirectoryRules(Protocol):
    """Knows what the projects' own files say of the capture in their directories."""

    @property
    def rules_of(self) -> Callable[[str], Rules]:
        """Directory, absolute → what holds there."""


class Builders:
    """Gives a builder for each place; those with the same patterns share one.

    Args:
        redactor: takes out the secrets of every place.
        machine: whose events they are.
        settings: what is kept of an event.
        rules: what the projects' files say; None where there are none.
    """

    def __init__(
        self,
        redactor: Redactor,
        machine: Machine,
        settings: Settings = _KEEP_ALL,
        rules: DirectoryRules | None = None,
    ) -> None:
        self._redactor = redactor
        self._machine = machine
        self._settings = settings
        self._rules = rules
        self.everywhere = EventBuilder(Scrubber(redactor), machine, settings)
        """For what belongs to no place."""
        self._of_patterns: dict[tuple[str, ...], EventBuilder] = {(): self.everywhere}
        self._within: dict[tuple[str, tuple[str | None, ...]], EventBuilder | None] = {}

    def within(self, agent: str, *directories: str | None) -> EventBuilder | None:
        """Give what builds the events of an agent in some directories.

        Args:
            agent: whose events they are.
            directories: where it works, as it says itself: every one of them has its say.

        Returns:
            None where nothing of it is recorded.
        """
        place = agent, directories
        if place not in self._within:
            if len(self._within) >= _REMEMBERED_PLACES:
                self._within.clear()
            self._within[place] = self._look_up(agent, directories)
        return self._within[place]

    def take_slow_values(self) -> int:
        """Say how many values were masked whole since the last time, for a pattern's slowness."""
        return sum(one.scrubber.take_slow_values() for one in self._of_patterns.values())

    def _look_up(self, agent: str, directories: tuple[str | None, ...]) -> EventBuilder | None:
        if not self._settings.is_recorded(agent):
            return None
        patterns: tuple[str, ...] = ()
        for directory in dict.fromkeys(directories):
            if self._rules is not None and directory and may_be_asked_for(directory):
                rules = self._rules.rules_of(directory)
                if not rules.is_recorded:
                    return None
                patterns += rules.patterns
        return self._with_patterns(tuple(dict.fromkeys(patterns)))

    def _with_patterns(self, patterns: tuple[str, ...]) -> EventBuilder:
        if patterns not in self._of_patterns:
            scrubber = Scrubber(self._redactor.with_patterns(patterns))
            self._of_patterns[patterns] = EventBuilder(scrubber, self._machine, self._settings)
        return self._of_patterns[patterns]
