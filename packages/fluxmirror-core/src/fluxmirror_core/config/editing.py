"""The text of a configuration file with a key set or taken out; comments and order stay."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from fluxmirror_core.config.toml_text import read_toml
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tomlkit import TOMLDocument
    from tomlkit.items import Item

    from fluxmirror_core.config.toml_text import Fault

_BY_HAND: Final = message("config_problem.by_hand")


def with_values(text: str, values: Mapping[str, object], path: str) -> str:
    """Give a file's text with these values in it.

    Args:
        text: what is in the file now; empty when there is none.
        values: canonical values by key.
        path: the file's, for the error.

    Raises:
        ConfigError: the text is no TOML, or has something else where a key's table has to be.
    """
    document = _parse(text, path)
    with _refusing(path):
        for key, value in values.items():
            _set(document, key, value, path)
        written = tomlkit.dumps(document)
    told = read_toml(written.encode("utf-8"))
    wanted = {key: list(one) if isinstance(one, tuple) else one for key, one in values.items()}
    if told.faults or any(told.values.get(key) != value for key, value in wanted.items()):
        raise _refusal(path)
    return written


def without_key(text: str, key: str, path: str) -> str | None:
    """Give a file's text without a key; None when it is not in it.

    A table that holds nothing any more goes along.

    Raises:
        ConfigError: the text is no TOML.
    """
    document = _parse(text, path)
    if key not in read_toml(text.encode("utf-8")).values:
        return None
    with _refusing(path):
        _remove(document, key.split("."))
        written = tomlkit.dumps(document)
    told = read_toml(written.encode("utf-8"))
    if told.faults or key in told.values:
        raise _refusal(path)
    return written


@contextmanager
def _refusing(path: str) -> Iterator[None]:
    """Refuse what tomlkit fails on: it has a few layouts that it reads and cannot change."""
    try:
        yield
    except (TOMLKitError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise _refusal(path) from error


def _refusal(path: str) -> ConfigError:
    return ConfigError(message("config_problem.breaking", path=path), hint=_BY_HAND)


def _parse(text: str, path: str) -> TOMLDocument:
    faults = read_toml(text.encode("utf-8")).faults
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, RecursionError, ValueError) as error:
        if faults:
            raise _no_toml(path, faults[0]) from error
        sentence = message("config_problem.no_toml", where=path, reason=str(error))
        raise ConfigError(sentence, hint=_BY_HAND) from error
    if faults:
        raise _no_toml(path, faults[0])
    return document


def _no_toml(path: str, fault: Fault) -> ConfigError:
    where = f"{path}:{fault.line}"
    sentence = message("config_problem.no_toml", where=where, reason=fault.reason)
    return ConfigError(sentence, hint=_BY_HAND)


def _set(document: TOMLDocument, key: str, value: object, path: str) -> None:
    *tables, name = key.split(".")
    table = document
    for part in tables:
        if part not in table:
            # A table that only holds tables needs no header of its own.
            table.add(part, tomlkit.table(is_super_table=part != tables[-1]))
        table = table[part]
        if not isinstance(table, dict):
            sentence = message("config_problem.no_table", path=path, part=repr(part))
            raise ConfigError(sentence, hint=_BY_HAND)
    table[name] = _item(value)


def _item(value: object) -> Item:
    if not isinstance(value, list | tuple):
        return tomlkit.item(value)
    array = tomlkit.array()
    array.extend(value)
    return array.multiline(len(value) > 1)


def _remove(table: object, parts: list[str]) -> None:
    if not isinstance(table, dict):
        return
    first, *rest = parts
    if rest:
        _remove(table[first], rest)
        if len(table[first]):
            return
    del table[first]
