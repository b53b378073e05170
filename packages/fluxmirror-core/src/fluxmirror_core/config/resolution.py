"""Resolution: the value of every key by layer, which of them won, and what could not be understood.

As plain as JSON, because it is remembered as such.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from fluxmirror_core.config.languages import inferred_language
from fluxmirror_core.config.settings import Settings, field_of
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.zones import inferred_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Sayable


class Source(StrEnum):
    """Where a value comes from, the strongest first; a command's own option is above them all."""

    ENVIRONMENT = "environment"
    PROJECT = "project file"
    USER = "user file"
    LAST_GOOD = "last good user file"
    """What the user file said when it could last be understood, for keys that fail closed."""
    UNKNOWN = "not understood"
    """Nobody can tell what its owner wants; what it decides about has to wait."""
    INFERRED = "inferred"
    DEFAULT = "default"


class Value(NamedTuple):
    """What one layer says of a key."""

    value: object
    source: str
    where: Sayable
    """A variable, a file with a line, or words for what else tells it."""


class Problem(NamedTuple):
    """Something that could not be understood, or is not allowed."""

    where: str
    sentence: Sayable
    hint: Sayable


class Resolution(NamedTuple):
    """What all layers say, but for what can be inferred and the defaults."""

    values: dict[str, list[Value]]
    """By key, the strongest layer first; a key that no layer names is not in it."""
    problems: list[Problem]
    unknown: list[str]
    """Keys that fail closed, and of which nothing tells what their owner wants."""

    def settings(self, env: Mapping[str, str]) -> Settings:
        """Give the value of every key."""
        told = {
            field_of(key): _plain(layers[0].value) for key, layers in self.values.items() if layers
        }
        if "language" not in told and (language := inferred_language(env)):
            told["language"] = language[0]
        if "timezone" not in told:
            told["timezone"] = inferred_zone(env)[0].key
        return Settings(**told)  # type: ignore[arg-type]  # the schema has checked each


def layers_of(key: str, resolution: Resolution, env: Mapping[str, str]) -> list[Value]:
    """Give what every layer says of a key, the strongest first; the last is the default."""
    layers = list(resolution.values.get(key, ()))
    if key in resolution.unknown:
        layers.insert(0, Value(None, Source.UNKNOWN, message("config_problem.waits")))
    if key == "language" and (language := inferred_language(env)):
        layers.append(Value(language[0], Source.INFERRED, language[1]))
    if key == "timezone":
        zone, told_by = inferred_zone(env)
        layers.append(Value(zone.key, Source.INFERRED, told_by))
    default = getattr(Settings(), field_of(key))
    return [*layers, Value(default, Source.DEFAULT, "")]


def _plain(value: object) -> object:
    """Make a tuple of a list, as `Settings` has it and JSON has not."""
    return tuple(value) if isinstance(value, list) else value
