"""Session files before a report: what is new in them is read first, within bounds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_store.importing.session_files import find_session_files

from fluxmirror_cli import background
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import ImportProgress
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found

SWITCH: Final = "FLUXMIRROR_SESSION_FILES"
"""`off` leaves the agents' session files alone, but for a call of `fluxmirror import`."""
BUDGET_S: Final = 2.0
"""How long a report waits for its import; the rest is read behind it, the oldest files last."""


def import_news(places: Places) -> None:
    """Read what is new in the agents' session files; trouble with that is a warning at most."""
    if os.environ.get(SWITCH, "").casefold() == "off":
        return
    found = find_session_files(os.environ)
    if not found.files:
        return
    try:
        imported = _import(places, found)
    except (StoreError, UsageError) as error:
        complain(f"the session files were not read: {error}", error.hint)
        return
    if imported is None:
        return
    if imported.left:
        background.start("import", "--quiet")
        files = counted(imported.left, "older session file")
        complain(f"{files} still being read in the background: older figures will grow")
    elif imported.busy:
        complain("session files are still being read in the background: figures will grow")


def _import(places: Places, found: Found) -> Imported | None:
    from fluxmirror_store.importing.run import Wanted, has_news, import_session_files

    wanted = Wanted(budget_s=BUDGET_S)
    if not has_news(places, found, wanted):
        return None
    from fluxmirror_cli.prices.book import open_book

    progress = ImportProgress()
    try:
        return import_session_files(places, found, open_book(places), wanted, progress)
    finally:
        progress.clear()
