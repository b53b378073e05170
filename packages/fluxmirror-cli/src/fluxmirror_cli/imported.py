"""Session files before a report: what is new in them is read first, within bounds."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_store.importing.session_files import find_session_files

from fluxmirror_cli import background
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import ImportProgress
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.run import Imported, Wanted
    from fluxmirror_store.importing.session_files import Found

SWITCH: Final = "FLUXMIRROR_SESSION_FILES"
"""`off` leaves the agents' session files alone, but for a call of `fluxmirror import`."""
EVERYTHING: Final = ("usage", "calls")
USAGE: Final = ("usage",)
"""What a report is about: calls are read behind one that shows none."""
_BUDGET_S: Final = {EVERYTHING: 2.0, USAGE: 15.0}
"""How long a report waits; the rest is read behind it, the oldest files last.

A gigabyte of usage takes some five seconds, and a sum of half of it is none; calls take longer, and
those of the last days are there at once.
"""
_MARK: Final = "imported"
"""A file of the spool; its time is when the last import behind the hooks began."""
_DAY_S: Final = 86_400
_LITTLE: Final = 4_000_000
"""So many bytes are read at once, also for a report that does not need them."""


def import_news(places: Places, needed: tuple[str, ...]) -> None:
    """Read what is new in the agents' session files; trouble with that is a warning at most."""
    if os.environ.get(SWITCH, "").casefold() == "off":
        return
    found = find_session_files(os.environ)
    if not found.files:
        return
    try:
        _import(places, found, needed)
    except (StoreError, UsageError) as error:
        complain(f"the session files were not read: {error}", error.hint)


def import_when_due(places: Places) -> None:
    """Import once a day behind the hooks, whoever looks or not: agents delete their old files.

    Nobody listens, so an error goes into the journal alone.
    """
    if os.environ.get(SWITCH, "").casefold() == "off":
        return
    try:
        if not _is_due(places):
            return
        from fluxmirror_store.importing.run import Wanted, import_session_files

        from fluxmirror_cli.prices.book import open_book

        found = find_session_files(os.environ)
        import_session_files(places, found, open_book(places), Wanted())
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


def _import(places: Places, found: Found, needed: tuple[str, ...]) -> None:
    from fluxmirror_store.importing.run import Wanted, news

    waiting = news(places, found, Wanted())
    behind = [what for what in waiting if what not in needed and waiting[what] > _LITTLE]
    wanted = Wanted(
        passes=tuple(what for what in waiting if what not in behind),
        budget_s=_BUDGET_S[needed],
    )
    imported = _import_now(places, found, wanted) if wanted.passes else None
    if imported is not None and imported.busy:
        complain("session files are still being read in the background: figures will grow")
    elif imported is not None and imported.left:
        files = counted(imported.left, "older session file")
        complain(f"{files} still being read in the background: older figures will grow")
        background.start("import", "--quiet")
    elif behind:
        background.start("import", "--quiet")


def _import_now(places: Places, found: Found, wanted: Wanted) -> Imported:
    from fluxmirror_store.importing.run import import_session_files

    from fluxmirror_cli.prices.book import open_book

    progress = ImportProgress()
    try:
        return import_session_files(places, found, open_book(places), wanted, progress)
    finally:
        progress.clear()
