"""Session files read because somebody asked for it: with a bar, and as long as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import counted, message
from fluxmirror_store.importing.run import import_session_files

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.imported import usable_book
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import ImportProgress

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found
    from fluxmirror_store.importing.waiting import Wanted

_WAIT_S: Final = 60.0
MB: Final = 1_000_000


def read_session_files(found: Found, wanted: Wanted) -> Imported:
    """Import; where another process does, say so and wait for it.

    Raises:
        ConfigError: nobody can tell what is to be kept.
        StoreError: the database cannot be written.
    """
    places, settings = here(), settings_to_capture()
    progress = ImportProgress()
    book = usable_book(places)
    try:
        imported = import_session_files(places, settings, found, book, wanted, progress)
        if imported.busy:
            complain(message("reading.waiting"))
            wanted = wanted._replace(wait_s=_WAIT_S)
            imported = import_session_files(places, settings, found, book, wanted, progress)
        return imported
    finally:
        progress.clear()


def describe_import(imported: Imported, found: Found) -> Message:
    """Say in a sentence what was read."""
    if imported.busy:
        return message("reading.busy")
    if not found.files:
        return message("reading.no_files")
    if not imported.files:
        return counted("reading.nothing_new", len(found.files))
    return counted(
        "reading.done",
        imported.files,
        size=f"{imported.bytes / MB:,.1f}",
        responses=counted("reading.responses", imported.responses),
        calls=counted("reading.calls", imported.calls),
    )


def import_facts(imported: Imported) -> dict[str, Any]:
    """Tell how much was read, and how much of it is new."""
    return {
        "files": imported.files,
        "bytes": imported.bytes,
        "new_responses": imported.responses,
        "new_calls": imported.calls,
        "busy": imported.busy,
    }
