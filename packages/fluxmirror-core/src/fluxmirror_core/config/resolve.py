"""Inputs → Resolution: every layer read by the schema, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.config.inputs import DATABASE_VARIABLE, PREFIX
from fluxmirror_core.config.resolution import Problem, Resolution, Source, Value
from fluxmirror_core.config.schema import (
    KEYS,
    TIGHTEN,
    TRUSTED,
    check_value,
    nearest_key,
    parse_value,
)
from fluxmirror_core.config.toml_text import Fault, Told, read_toml
from fluxmirror_core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_core.config.inputs import FileText, Inputs
    from fluxmirror_core.config.schema import Key

_RIGHTS: Final = "see what is there, who owns it and what rights it has"
_MEND: Final = "mend that line; what else the file says still counts"
_TRUST: Final = "`fluxmirror config trust` lets it count, once you have read it"
_NEAR: Final = 0.8
"""How much a variable must be like one of ours to be taken for a slip of the keyboard."""


class _Layer:
    """What one layer says, as far as it can be understood."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        """Keys that fail closed and of which this layer cannot tell what it says."""

    def complain(self, where: str, error: ConfigError) -> None:
        self.problems.append(Problem(where, str(error), error.hint))


def resolve(inputs: Inputs, last_good: Mapping[str, object] | None) -> Resolution:
    """Say what every layer says.

    Args:
        inputs: the layers as they lie there.
        last_good: what the user's file last said of the keys that fail closed; None when it
            never could be understood.
    """
    environment = _environment(inputs)
    user = _user(inputs.user) if inputs.user else _Layer()
    project = _project(inputs) if inputs.project else _Layer()
    unknown = _fail_closed(user, environment, last_good)
    values = {key: layers for key in KEYS if (layers := _layers(key, environment, project, user))}
    problems = [*environment.problems, *project.problems, *user.problems]
    return Resolution(values, problems, sorted(unknown))


def private_values(file: FileText) -> dict[str, object] | None:
    """Give what a user's file says of the keys that fail closed; None when it cannot be told."""
    layer = _user(file)
    if layer.broken:
        return None
    told = layer.values.items()
    return {key: value.value for key, value in told if KEYS[key].is_private}


def problems_of(file: FileText) -> list[Problem]:
    """Give what cannot be understood of a user's file."""
    return _user(file).problems


def _environment(inputs: Inputs) -> _Layer:
    layer = _Layer()
    for key in KEYS.values():
        names = (DATABASE_VARIABLE,) if key.name == "storage.path" else ()
        for variable in (*names, key.variable):
            if variable in inputs.env and key.name not in layer.values:
                _read_variable(layer, key, variable, inputs.env[variable])
    layer.problems += _strangers(inputs.strangers)
    return layer


def _read_variable(layer: _Layer, key: Key, variable: str, text: str) -> None:
    if variable == DATABASE_VARIABLE:  # as `paths` takes it, relative or not
        layer.values[key.name] = Value(text, Source.ENVIRONMENT, variable)
        return
    try:
        value = parse_value(key, text)
    except ConfigError as error:
        layer.complain(variable, error)
        if key.is_private:
            layer.broken.add(key.name)
    else:
        layer.values[key.name] = Value(_as_json(value), Source.ENVIRONMENT, variable)


def _strangers(names: list[str]) -> Iterator[Problem]:
    """Name variables that are most likely slips: others are none of our business."""
    from difflib import get_close_matches

    ours = [key.variable for key in KEYS.values()]
    for name in names:
        near = get_close_matches(name, ours, n=1, cutoff=_NEAR)
        # All begin alike, so it is what follows that has to be like one.
        rest = [one.removeprefix(PREFIX) for one in near]
        if near and get_close_matches(name.removeprefix(PREFIX), rest, n=1, cutoff=_NEAR):
            hint = f"did you mean {near[0]}?"
            yield Problem(name, f"there is no variable called {name}", hint)


def _user(file: FileText) -> _Layer:
    layer = _Layer()
    told = _told(layer, file)
    for name, value in told.values.items():
        _read_value(layer, file, told, name, value)
    if told.faults:  # a line that cannot be read may be one of any of these
        named = layer.values.keys()
        layer.broken |= {key.name for key in KEYS.values() if key.is_private} - named
    return layer


def _told(layer: _Layer, file: FileText) -> Told:
    """Read a file, and note what of it is no TOML."""
    if file.data is None:
        unread = Problem(file.path, f"{file.path} cannot be read: {file.fault}", _RIGHTS)
        layer.problems.append(unread)
        return Told({}, {}, [Fault(0, file.fault)])
    told = read_toml(file.data)
    for fault in told.faults:
        where = f"{file.path}:{fault.line}"
        layer.problems.append(Problem(where, f"{where} is no TOML: {fault.reason}", _MEND))
    return told


def _read_value(layer: _Layer, file: FileText, told: Told, name: str, value: object) -> None:
    where = f"{file.path}:{told.lines[name]}" if name in told.lines else file.path
    key = KEYS.get(name)
    if key is None:
        unknown = f"{where}: there is no key called {name!r}"
        layer.problems.append(Problem(where, unknown, nearest_key(name)))
        # Nobody knows whether the slip was meant to switch something off.
        layer.broken |= _meant(name)
        return
    try:
        checked = check_value(key, value)
    except ConfigError as error:
        layer.problems.append(Problem(where, f"{where}: {error}", error.hint))
        if key.is_private:
            layer.broken.add(name)
    else:
        layer.values[name] = Value(_as_json(checked), Source.USER, where)


def _meant(name: str) -> set[str]:
    """Give the keys that fail closed and that a misspelt name may have been meant to be."""
    from difflib import get_close_matches

    private = [key.name for key in KEYS.values() if key.is_private]
    return set(get_close_matches(name.casefold(), private, n=1, cutoff=_NEAR))


def _project(inputs: Inputs) -> _Layer:
    """Read the project's file: what only tightens counts, all else needs trust."""
    file = inputs.project
    layer = _Layer()
    if file is None:
        return layer
    told = _told(layer, file)
    for name, value in told.values.items():
        _read_value(layer, file, told, name, value)
    for name, found in list(layer.values.items()):
        problem = _objection(KEYS[name], found, is_trusted=inputs.is_project_trusted)
        if problem:
            del layer.values[name]
            layer.problems.append(problem)
        else:
            layer.values[name] = found._replace(source=Source.PROJECT)
    layer.broken.clear()  # `project_rules` says what a broken one means for its directory
    return layer


def _objection(key: Key, found: Value, *, is_trusted: bool) -> Problem | None:
    """Say why a project file's value does not count; None when it does."""
    told = f"{found.where}: {key.name}"
    if key.in_project == TIGHTEN:
        if found.value is True:
            hint = "a project's file may only switch it off"
            return Problem(found.where, f"{told} does not count in a project's file", hint)
        return None
    if key.in_project == TRUSTED:
        if is_trusted:
            return None
        return Problem(found.where, f"{told} does not count: the file is not trusted", _TRUST)
    hint = f"`fluxmirror config set {key.name} …` sets it for all your projects"
    return Problem(found.where, f"{told} does not count in a project's file", hint)


def _fail_closed(
    user: _Layer, environment: _Layer, last_good: Mapping[str, object] | None
) -> set[str]:
    """Put what the user's file last said in the place of what cannot be told now.

    Returns:
        The keys of which nothing is known.
    """
    unknown = set(environment.broken)
    for name in user.broken - environment.values.keys():
        if last_good is None:
            unknown.add(name)
        elif name in last_good:
            user.values[name] = Value(last_good[name], Source.LAST_GOOD, "")
    return unknown


def _layers(key: str, environment: _Layer, project: _Layer, user: _Layer) -> list[Value]:
    """Give what the layers say of a key, the strongest first."""
    layers = [layer.values[key] for layer in (environment, project, user) if key in layer.values]
    if key == "redaction.patterns" and key in project.values:
        return [_joined(layers), *layers]
    if KEYS[key].in_project == TIGHTEN and key in project.values:
        tight = project.values[key]
        return [tight, *(layer for layer in layers if layer is not tight)]
    return layers


def _joined(layers: list[Value]) -> Value:
    """Add a project's patterns to those of the layer that would have won without it."""
    own = [layer for layer in layers if layer.source != Source.PROJECT][:1]
    added = [layer for layer in layers if layer.source == Source.PROJECT]
    both = [*own, *added]
    patterns: list[Any] = [one for layer in both for one in _items(layer.value)]
    where = ", ".join(layer.where for layer in both)
    return Value(list(dict.fromkeys(patterns)), Source.PROJECT, where)


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
