"""The drain behind a hook: nobody listens, so what is wrong goes into the journal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core import journal
from fluxmirror_core.errors import ConfigError
from fluxmirror_store.drain import run_quietly

from fluxmirror_cli.configured import here, settings_to_capture

if TYPE_CHECKING:
    from fluxmirror_core.config.settings import Settings


def drain_quietly() -> Settings | None:
    """Drain, and give the settings it was done with.

    Returns:
        None where nobody can tell what is to be kept: then everything waits.
    """
    places = here()
    try:
        settings = settings_to_capture()
    except ConfigError:
        journal.note(places.logs, "config", "everything waits until the configuration is mended")
        return None
    run_quietly(places, settings)
    return settings
