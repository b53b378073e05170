"""Where everything of FluxMirror lies: the only module that knows.

`wrappers/shim.sh` and `wrappers/shim.mjs` say the same in their own languages; one test walks one
table over all of them. The hook imports this module, so it imports nothing but `os` and `sys`.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

APP = "fluxmirror"
_WINDOWS = ("win32", "cygwin")


class Places:
    """The six places, absolute unless the variable that named one was relative.

    A plain class with slots: a `NamedTuple` would bring `typing` onto the hook's road.
    """

    __slots__ = ("cache", "config", "data", "database", "logs", "spool")

    def __init__(  # noqa: PLR0913 - one argument per place, named at every call
        self, *, data: str, database: str, spool: str, config: str, cache: str, logs: str
    ) -> None:
        self.data: Final = data
        self.database: Final = database
        self.spool: Final = spool
        self.config: Final = config
        self.cache: Final = cache
        self.logs: Final = logs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Places) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Places({', '.join(f'{k}={v!r}' for k, v in self.as_dict().items())})"

    def as_dict(self) -> dict[str, str]:
        """Name of the place → path."""
        return {name: getattr(self, name) for name in self.__slots__}

    def with_database(self, path: str) -> Places:
        """Give the same places with another database; what waits for it stays where it is."""
        return Places(**{**self.as_dict(), "database": path})


def here() -> Places:
    """The places of this process: its environment, its platform."""
    return places(os.environ, sys.platform)


def places(env: Mapping[str, str], platform: str) -> Places:
    """Say where everything lies.

    Args:
        env: the environment; an empty value counts as unset.
        platform: as `sys.platform` names it: `darwin`, `win32`, `linux`, …

    `FLUXMIRROR_HOME` moves everything, `FLUXMIRROR_DB` the database with its spool beside it.
    """
    sep = "\\" if platform in _WINDOWS else "/"
    own = env.get("FLUXMIRROR_HOME") or ""
    if own:
        data, config, cache = own, _join(sep, own, "config"), _join(sep, own, "cache")
    else:
        data, config, cache = _system_places(env, platform)
    database = env.get("FLUXMIRROR_DB") or ""
    return Places(
        data=data,
        database=database or _join(sep, data, "events.db"),
        spool=f"{database}.spool" if database else _join(sep, data, "spool"),
        config=config,
        cache=cache,
        logs=_join(sep, data, "logs"),
    )


def home(env: Mapping[str, str]) -> str:
    """The user's home: `HOME`, else `USERPROFILE`, else `/tmp`."""
    return env.get("HOME") or env.get("USERPROFILE") or "/tmp"  # noqa: S108 - the last resort


def _system_places(env: Mapping[str, str], platform: str) -> tuple[str, str, str]:
    """Data, config and cache directory as the operating system wants them."""
    base = home(env)
    if platform == "darwin":
        data = _join("/", base, "Library", "Application Support", APP)
        return data, _join("/", base, ".fluxmirror"), _join("/", base, ".fluxmirror", "cache")
    if platform in _WINDOWS:
        roaming = env.get("APPDATA") or _join("\\", base, "AppData", "Roaming")
        local = env.get("LOCALAPPDATA") or _join("\\", base, "AppData", "Local")
        data = _join("\\", roaming, APP)
        return data, data, _join("\\", local, APP, "cache")
    return (
        _join("/", _xdg(env, "XDG_DATA_HOME", base, ".local/share"), APP),
        _join("/", _xdg(env, "XDG_CONFIG_HOME", base, ".config"), APP),
        _join("/", _xdg(env, "XDG_CACHE_HOME", base, ".cache"), APP),
    )


def _xdg(env: Mapping[str, str], variable: str, base: str, default: str) -> str:
    """An XDG directory; a relative one "should be ignored", says the XDG specification."""
    value = env.get(variable) or ""
    return value if value.startswith("/") else _join("/", base, default)


def _join(sep: str, base: str, *parts: str) -> str:
    return sep.join((base.rstrip("/" if sep == "/" else "\\/"), *parts))
