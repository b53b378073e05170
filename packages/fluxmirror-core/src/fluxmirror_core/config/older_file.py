"""The `config.json` of older installations → the text of a `config.toml`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.editing import with_values
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.config.schema import KEYS, check_value, parse_value
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.flat import flat
from fluxmirror_core.messages import ENGLISH, load_catalog, message

if TYPE_CHECKING:
    from fluxmirror_core.config.schema import Key

_HINT: Final = message("config_problem.mend_older")
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
        sentence = message("config_problem.no_json", path=path, reason=str(error))
        raise ConfigError(sentence, hint=_HINT) from error
    if not isinstance(told, dict):
        raise ConfigError(message("config_problem.no_object", path=path), hint=_HINT)
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
        """Give the comment that the new file begins with, in the language that it sets."""
        told = str(self.values.get("language"))
        catalog = load_catalog(LANGUAGES.get(told, ENGLISH))
        parts = [_comment(catalog.text("older_file.head"))]
        if self._left:
            parts += [_comment(catalog.text("older_file.left")), *self._left]
        if self._asleep:
            parts += [_comment(catalog.text("older_file.asleep")), *self._asleep]
        return "".join(parts)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


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
