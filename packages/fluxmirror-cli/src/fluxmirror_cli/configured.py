"""The configuration as commands ask for it: settings, places, zone, catalogue."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fluxmirror_core.config.inputs import older_path, user_path
from fluxmirror_core.config.languages import find_language
from fluxmirror_core.config.load import load
from fluxmirror_core.config.resolution import Problem
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.messages import message
from fluxmirror_core.paths import Places, places
from fluxmirror_core.zones import find_zone, unread_tz

from fluxmirror_cli.output import complain
from fluxmirror_cli.speech import own_catalog, prefer, report_catalog

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_core.config.resolution import Resolution
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.messages import Catalog

_told: set[Problem] = set()
"""Problems that this process has complained of."""
_tried: set[str] = set()
"""Files of older installations that this process has tried to take over."""


def resolution() -> Resolution:
    """Give what every layer of the configuration says, the project's file of this directory too."""
    _take_over()
    return load(os.environ, _own_places(), current_directory())


def own_resolution() -> Resolution:
    """Give what every layer says but the project's file: what holds in whatever directory."""
    _take_over()
    return load(os.environ, _own_places(), None)


def settings() -> Settings:
    """Give the value of every key, here and now; what is wrong is said once, on stderr."""
    return _settings(resolution())


def own_settings() -> Settings:
    """Give what holds in whatever directory; what is wrong is said once, on stderr."""
    return _settings(own_resolution())


def settings_to_capture() -> Settings:
    """Give what holds for everything that is recorded, in whatever directory it happened.

    Raises:
        ConfigError: nobody can tell what its owner wants kept: what waits has to wait.
    """
    found = own_resolution()
    if found.unknown:
        _told.update(found.problems[:1])
        raise _unknown(found, "config_problem.unrecorded", "config_problem.unrecorded_because")
    return found.settings(os.environ)


def patterns_to_show() -> tuple[str, ...]:
    """Give the user's patterns, to mask what is shown with.

    Raises:
        ConfigError: nobody can tell which they are.
    """
    found = resolution()
    if "redaction.patterns" in found.unknown:
        raise _unknown(found, "config_problem.unshown", "config_problem.unshown_because")
    return found.settings(os.environ).redaction_patterns


def here() -> Places:
    """Say where everything lies: as the environment says, with the database of `storage.path`."""
    own = _own_places()
    if os.environ.get("FLUXMIRROR_DB"):
        return own
    path = own_resolution().settings(os.environ).storage_path
    return own if path is None else own.with_database(path)


def current_directory() -> str | None:
    """Give the directory that a command is run in; None when it was deleted meanwhile."""
    try:
        return os.getcwd()
    except OSError:
        return None


def chosen_zone(asked: str | None = None) -> ZoneInfo:
    """Give the zone to count days in.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: a zone that was asked for by name does not exist.
    """
    if asked:
        return find_zone(asked)
    found = resolution()
    if problem := zone_problem(found):
        _tell(problem)
    return find_zone(_settings(found).timezone)


def zone_problem(found: Resolution) -> Problem | None:
    """Say that days are counted in another zone than `TZ` means; None where that can be read."""
    tz = unread_tz(os.environ)
    if tz is None or "timezone" in found.values:
        return None
    zone = found.settings(os.environ).timezone
    sentence = message("zone.not_tz", text=repr(tz), zone=zone)
    return Problem("TZ", sentence, message("zone.set_one"))


def own_zone() -> ZoneInfo:
    """Give the zone that days are counted in, whatever the project of this directory says."""
    return find_zone(own_settings().timezone)


def chosen_catalog(asked: str | None = None) -> Catalog:
    """Give the texts of the language to report in: English where the output cannot write it.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: there is no such language.
    """
    _heed(asked)
    return own_catalog()


def chosen_report_catalog(asked: str | None = None) -> Catalog:
    """Give the texts of the language of a report: as it was chosen, where it goes into a file.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: there is no such language.
    """
    _heed(asked)
    return report_catalog()


def _heed(asked: str | None) -> None:
    if asked:
        find_language(asked)
        prefer(asked)


def _settings(found: Resolution) -> Settings:
    for problem in found.problems:
        _tell(problem)
    return found.settings(os.environ)


def _tell(problem: Problem) -> None:
    if problem not in _told:
        _told.add(problem)
        complain(problem.sentence, problem.hint)


def _unknown(found: Resolution, sentence: str, because: str) -> ConfigError:
    """Say what cannot be done; by the id of its sentence, and of the one that has a reason."""
    if not found.problems:
        return ConfigError(message(sentence), hint=message("config_problem.meanwhile"))
    first = found.problems[0]
    hint = message("config_problem.mend", where=first.where)
    return ConfigError(message(because, reason=first.sentence), hint=hint)


def _own_places() -> Places:
    return places(os.environ, sys.platform)


def _take_over() -> None:
    """Make a `config.toml` of the file of an older installation; what is wrong is said once."""
    own = _own_places()
    old = older_path(own)
    if old in _tried or not os.path.exists(old) or os.path.lexists(user_path(own)):
        return
    _tried.add(old)  # before: to say what is wrong, the language that is configured is looked up
    from fluxmirror_cli.config_file import take_over

    take_over(own, old)
