"""SetUp: one first run, from what was wished for to what was done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted, pending

from fluxmirror_cli.config_file import remove_key, user_file, write_values
from fluxmirror_cli.configured import here, settings
from fluxmirror_cli.first_run.answers import (
    Choices,
    choose_agents_to_register,
    choose_values,
    chooses_import,
    speak_as_wished,
)
from fluxmirror_cli.first_run.defaults import find_defaults
from fluxmirror_cli.first_run.demo_row import add_demo_row
from fluxmirror_cli.first_run.traces import note_directories, traced, traces_path
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.choice import agrees, choose_agents
from fluxmirror_cli.registration.program_record import record_path
from fluxmirror_cli.registration.screens import describe_hooks, wrapped
from fluxmirror_cli.registration.typed_ahead import forget_typed_ahead
from fluxmirror_cli.registration.work import Work
from fluxmirror_cli.session_files import read_session_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found, SessionFile

    from fluxmirror_cli.first_run.defaults import Default
    from fluxmirror_cli.first_run.wishes import Wishes
    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.codex_trust import CodexHook
    from fluxmirror_cli.registration.installation import Outcome
    from fluxmirror_cli.registration.situation import Situation

_WELCOME: Final = (
    message("init.welcome.records"),
    message("init.welcome.keys"),
    message("init.welcome.unchanged"),
)


class Planned(NamedTuple):
    """Everything that is to be done."""

    defaults: dict[str, Default]
    choices: Choices
    work: Work
    agents: frozenset[str]
    """Those of the work's agents that are to be changed."""
    found: Found
    waiting: list[SessionFile]
    imports: bool
    demo_row: bool

    @property
    def is_any(self) -> bool:
        """Whether anything of our own is to be written."""
        return bool(
            self.choices.changes or self.agents or (self.imports and self.waiting) or self.demo_row
        )


class Done(NamedTuple):
    """What came of it."""

    written: tuple[Sayable, ...] = ()
    """What the configuration file says now, each as `key = value`, or says no longer."""
    outcomes: tuple[Outcome, ...] = ()
    imported: Imported | None = None
    demo_row: bool | None = None
    """Whether the set-up's row was written just now; None when nobody wanted it."""


class SetUp:
    """One first run.

    Args:
        situation: this machine.
        wishes: what the command line says.
        missing: our own directories that were not there when this process began.
    """

    def __init__(self, situation: Situation, wishes: Wishes, missing: tuple[str, ...]) -> None:
        self._situation: Final = situation
        self._wishes: Final = wishes
        self._missing: Final = missing

    def plan(self, *, demo_row: bool) -> Planned:
        """Ask what has to be asked; nothing is done yet.

        Raises:
            KeyboardInterrupt: somebody would rather stop.
            RegistrationError: an agent that is meant is not here.
        """
        speak_as_wished(self._wishes.values)
        settings()  # says what is wrong with the configuration before anything is asked
        if self._wishes.manner.asks:
            click.echo("".join(f"{wrapped(line)}\n" for line in _WELCOME), nl=False, err=True)
        defaults = find_defaults(os.environ)
        choices = choose_values(self._wishes, defaults)
        work = Work(self._situation, self._meant(choices), into_settings=self._wishes.into_settings)
        agents = choose_agents_to_register(self._wishes, work)
        found = find_session_files(os.environ)
        waiting = pending(here(), found, Wanted()) if self._may_import() else []
        imports = chooses_import(self._wishes, waiting)
        return Planned(defaults, choices, work, agents, found, waiting, imports, demo_row)

    def carry_out(self, planned: Planned) -> Iterator[Done]:
        """Do it, and tell after each step what is done so far.

        Raises:
            ConfigError: the configuration file could not be written; nothing else was done.
            RegistrationError: our own directory could not be written.
            StoreError: the database could not be written.
        """
        done = Done()
        if planned.is_any:
            note_directories(here(), self._missing)
        if planned.choices.changes:
            done = done._replace(written=_write(here(), planned.choices.changes))
            planned.work.account.note(message("init.done.written", path=user_file()))
            yield done
        work = planned.work
        for outcome in work.carry_out(planned.agents.__contains__, self._agrees_to_trust):
            done = done._replace(outcomes=(*done.outcomes, outcome))
            yield done
        if planned.imports:
            imported = read_session_files(planned.found, Wanted())
            done = done._replace(imported=imported)
            work.account.note(message("init.done.imported"))
            yield done
        if planned.demo_row:
            yield done._replace(demo_row=add_demo_row(here()))

    def files(self, planned: Planned) -> list[str]:
        """Name every file and directory of our own that would be written."""
        places, foundation = here(), planned.work.foundation
        paths = [user_file()] if planned.choices.changes else []
        paths += [traces_path(places)] if planned.is_any else []
        if planned.agents:
            program = record_path(places.data) if foundation.program else ""
            paths += filter(None, [foundation.packages, program])
        if planned.demo_row or (planned.imports and planned.waiting):
            paths += [places.database, places.spool]
        return paths

    def _meant(self, choices: Choices) -> list[FoundAgent]:
        """Give the agents that somebody named, or may be asked about."""
        given, manner = self._wishes.agents, self._wishes.manner
        if not (given.ids if given else manner.asks or manner.takes_defaults):
            return []
        found = find_agents(os.environ)
        if given and not given.everyone:
            return choose_agents(given.ids, found)
        return [agent for agent in found if agent.id in choices.recorded]

    def _may_import(self) -> bool:
        """Tell whether the session files come into question."""
        asked, manner = self._wishes.imports, self._wishes.manner
        if asked is not None:
            return asked
        return (manner.asks or manner.takes_defaults) and settings().session_files

    def _agrees_to_trust(self, hooks: list[CodexHook]) -> bool:
        """Show what Codex would trust, and ask for it, where somebody can answer."""
        if self._wishes.trust is False:
            return False
        click.echo(describe_hooks(hooks), nl=False, err=True)
        if self._wishes.trust or not self._wishes.manner.asks:
            return True
        forget_typed_ahead()
        return agrees(message("trust.ask_you"))


def _write(places: Places, changes: dict[str, object]) -> tuple[Sayable, ...]:
    """Write the configuration; gives its new lines, and what was taken out."""
    values = {key: value for key, value in changes.items() if value is not None}
    gone = [key for key, value in changes.items() if value is None]
    with traced(places, user_file()):
        lines: list[Sayable] = [*write_values(values)] if values else []
        lines += [message("init.taken_out", key=key) for key in gone if remove_key(key)]
    return tuple(lines)
