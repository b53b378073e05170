"""Evidence: what several of doctor's rows are about, each looked at once; nothing is changed."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_store.database import connect_to_read, is_outdated
from fluxmirror_store.importing.session_files import Found, find_session_files, of_recorded
from fluxmirror_store.importing.sources import stored_path
from fluxmirror_store.importing.waiting import Wanted, pending

from fluxmirror_cli.covered import hooks_told_ms
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, BY_ID
from fluxmirror_cli.registration.situation import Situation, survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.session_files import SessionFile

    from fluxmirror_cli.registration.standing import Standing

UNREADABLE: Final = (FluxMirrorError, OSError, sqlite3.Error)
"""What a database throws that cannot be read; its own row says why."""


class Evidence:
    """This machine, as doctor finds it."""

    def __init__(self, places: Places, chosen: Settings) -> None:
        self.places = places
        self.settings = chosen
        self.now_ms = time.time_ns() // 1_000_000

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """Open the database; None where there is none, or one of an older shape.

        Raises:
            StoreError: it cannot be read.
        """
        if not self._is_readable:
            yield None
            return
        with closing(connect_to_read(self.places.database)) as db:
            yield db

    @cached_property
    def _is_readable(self) -> bool:
        path = self.places.database
        return os.path.exists(path) and not is_outdated(path)

    @cached_property
    def found(self) -> Found:
        """The session files of the agents that are recorded."""
        if not self.settings.session_files:
            return Found([], Counter(), [])
        return of_recorded(find_session_files(os.environ), self.settings)

    @cached_property
    def files(self) -> dict[str, SessionFile]:
        """Those, by their paths as they are stored."""
        return {stored_path(file.path): file for file in self.found.files}

    @cached_property
    def unread(self) -> list[SessionFile]:
        """Those that hold what was not read yet, the newest first.

        Raises:
            StoreError: the database cannot be read.
        """
        return pending(self.places, self.found, Wanted())

    @cached_property
    def situation(self) -> Situation:
        """What was installed.

        Raises:
            RegistrationError: it cannot be told.
        """
        return survey(os.environ, sys.platform)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How each agent is registered, by its id.

        Raises:
            RegistrationError: it cannot be told.
        """
        return {agent.id: self.situation.standing(agent) for agent in AGENT_HOMES}

    def registered_ms(self, agent: str) -> int | None:
        """Give when our hooks were last changed in an agent; None when it is not to run any.

        Raises:
            RegistrationError: it cannot be told.
        """
        standing = self.standings.get(agent)
        if standing is None or standing.registered in {"no", "disabled"}:
            return None
        if not self.settings.is_recorded(agent):
            return None
        own = [standing.plugin.directory] if standing.plugin else []
        if standing.entries:
            own.append(BY_ID[agent].settings_path(os.environ))
        return max(map(_changed_ms, own), default=0)

    @cached_property
    def hooks_ms(self) -> int:
        """Up to when everything that hooks told is in the database, in UTC milliseconds."""
        return hooks_told_ms(self.places)


def _changed_ms(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns // 1_000_000
    except OSError:
        return 0
