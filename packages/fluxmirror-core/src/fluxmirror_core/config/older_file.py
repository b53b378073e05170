"""The `config.json` of older installations → the text of a `config.toml`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.editing import with_values
from fluxmirror_core.config.schema import KEYS, check_value, parse_value
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.flat import flat

if TYPE_CHECKING:
    from fluxmirror_core.config.schema import Key

_HEAD: Final = "# Taken over from config.json, which is kept as config.json.old.\n"
_HINT: Final = "mend it, or move it away: `fluxmirror init` makes a new one"
_LEFT: Final = "# Not taken over, as it has no effect any more or cannot be understood:\n"
_ASLEEP: Final = """\
# These did nothing in older versions. In this one they have what is older deleted, so they are
# not taken over by themselves:
"""
_DELETING: Final = frozenset(("storage.retention_days",))


def converted(data: bytes, path: str) -> str:
    """Give the text of the new file.

    Args:
        data: the old file's bytes.
        path: the old file's, for the error.

    Raises:
        ConfigError: it is no JSON object.
    """
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no JSON: {error}", hint=_HINT) from error
    if not isinstance(told, dict):
        raise ConfigError(f"{path} is no JSON object", hint=_HINT)
    taken = _Taken()
    for name, value in flat(told):
        if value is not None:
            taken.take(name, value)
    return with_values(taken.head(), taken.values, path)


class _Taken:
    """Sorts what an old file says into what is taken over, and what is only noted."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._left: list[str] = []
        self._asleep: list[str] = []

    def take(self, name: str, value: object) -> None:
        """Take one value; one that decides what is kept as it stands, if need be.

        What of these cannot be understood has to be mended in the new file, where it is named.
        """
        key = KEYS.get(name)
        checked = None if key is None else _checked(key, value)
        if key is None or (checked is None and not key.is_private):
            self._left.append(_line(name, value))
        elif name in _DELETING:
            self._asleep.append(_line(name, value if checked is None else checked))
        elif checked is None:
            self.values[name] = value
        elif checked != key.default:
            self.values[name] = checked

    def head(self) -> str:
        """Give the comment that the new file begins with."""
        left = [_LEFT, *self._left] if self._left else []
        asleep = [_ASLEEP, *self._asleep] if self._asleep else []
        return "".join([_HEAD, *left, *asleep])


def _line(name: str, value: object) -> str:
    shown = name if name.replace(".", "").replace("-", "").isidentifier() else json.dumps(name)
    return f"#   {shown} = {json.dumps(value)}\n"


def _checked(key: Key, value: object) -> object | None:
    """Give a value as it is meant: older programs wrote numbers and switches as strings."""
    try:
        checked: object = (
            parse_value(key, value) if isinstance(value, str) else check_value(key, value)
        )
    except ConfigError:
        return None
    return checked
