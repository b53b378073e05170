"""Session files before a report: what is new in them is read first, within bounds."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.phrases import listed
from fluxmirror_store.importing.session_files import (
    UNREADABLE,
    find_session_files,
    of_recorded,
)

from fluxmirror_cli import background
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import ImportProgress

if TYPE_CHECKING:
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.response_rows import PriceBook
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found

EVERYTHING: Final = ("usage", "calls")
USAGE: Final = ("usage",)
"""What a report is about: calls are read behind one that shows none."""
_BUDGET_S: Final = {EVERYTHING: 2.0, USAGE: 15.0}
"""How long a report waits; the rest is read behind it, the oldest files last.

A gigabyte of usage takes some five seconds, and a sum of half of it is none; calls take longer, and
those of the last days are there at once.
"""
_LITTLE: Final = 4_000_000
"""So many bytes are read at once, also for a report that does not need them."""
_MARK: Final = "imported"
"""A file of the spool; its time is when the last import behind the hooks began."""
_DAY_S: Final = 86_400
_PAUSE_S: Final = 0.1


def import_news(places: Places, settings: Settings, needed: tuple[str, ...]) -> bool:
    """Read what is new in the agents' session files; what of them cannot be read is a warning.

    A user who wants none read has them read by `fluxmirror import` alone.

    Returns:
        Whether all that a report needs of them is in the database.

    Raises:
        StoreError: the database cannot be read or written.
    """
    if not settings.session_files:
        return True
    found = of_recorded(find_session_files(os.environ), settings)
    if not (found.files or found.problems):
        return True
    return _import(places, settings, found, needed)


def import_when_due(places: Places, settings: Settings) -> None:
    """Import once a day behind the hooks, whoever looks or not: agents delete their old files.

    Nobody listens, so an error goes into the journal alone.
    """
    if not settings.session_files:
        return
    try:
        if not _is_due(places):
            return
        from fluxmirror_store.importing.run import import_session_files
        from fluxmirror_store.importing.waiting import Wanted

        found = find_session_files(os.environ)
        import_session_files(places, settings, found, usable_book(places), Wanted())
    except Exception as error:  # noqa: BLE001 - the hook's agent must not notice anything
        journal.note(places.logs, "import", type(error).__name__)


def _is_due(places: Places) -> bool:
    """Tell whether a day is over since the last time, and begin the next one."""
    mark = os.path.join(places.spool, _MARK)
    try:
        due = time.time() - os.stat(mark).st_mtime > _DAY_S
        if due:
            os.utime(mark)
    except FileNotFoundError:
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))
        return False
    return due


def _import(places: Places, settings: Settings, found: Found, needed: tuple[str, ...]) -> bool:
    from fluxmirror_store.importing.waiting import Wanted, is_running, news

    waiting = news(places, found, Wanted())
    behind = [what for what in waiting if what not in needed and waiting[what] > _LITTLE]
    now = tuple(what for what in waiting if what not in behind)
    imported = _import_in_time(places, settings, found, now, _BUDGET_S[needed]) if now else None
    left = 0 if imported is None else imported.left
    if (left or behind) and not is_running(places):
        background.start("import", "--quiet")
    if imported is not None and imported.busy:
        complain(message("reading.behind"))
        return False
    if left:
        complain(counted("reading.older_behind", left))
    return not _is_anything_closed(found, imported) and not left


def _import_in_time(
    places: Places, settings: Settings, found: Found, passes: tuple[str, ...], budget_s: float
) -> Imported:
    """Import, or wait until another importer has read what is needed here."""
    from fluxmirror_store.importing.run import import_session_files
    from fluxmirror_store.importing.waiting import Wanted, news

    deadline = time.monotonic() + budget_s
    wanted = Wanted(passes=passes, budget_s=budget_s)
    book = usable_book(places)
    progress = ImportProgress()
    try:
        while True:
            imported = import_session_files(places, settings, found, book, wanted, progress)
            if not imported.busy or time.monotonic() >= deadline:
                return imported
            if not news(places, found, wanted):
                return imported._replace(busy=False)
            time.sleep(_PAUSE_S)
    finally:
        progress.clear()


def usable_book(places: Places) -> PriceBook:
    """Open the prices; when the user's own are wrong, say so, and know none.

    What has no price then gets one from the next import that knows it.
    """
    from fluxmirror_cli.prices.book import open_book

    try:
        return open_book(places)
    except UsageError as error:
        complain(message("reading.no_costs", reason=error.sentence), error.hint)
        return _NoPrices()


class _NoPrices:
    """Knows no price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> None:
        """Give none."""


def _is_anything_closed(found: Found, imported: Imported | None) -> bool:
    """Tell, and say, whether there are files or folders that cannot be read."""
    problems = found.problems if imported is None else imported.problems
    closed = {one: times for one, times in problems.items() if one[1].kind == UNREADABLE}
    if closed:
        agents = listed(sorted({BY_ID[agent].name for agent, _ in closed}))
        sentence = counted("reading.closed", sum(closed.values()), agents=agents)
        complain(sentence, message("reading.doctor"))
    return bool(closed)
