"""Inputs → Resolution: every layer read by the schema, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.config.inputs import DATABASE_VARIABLE, PREFIX
from fluxmirror_core.config.resolution import Problem, Resolution, Source, Value
from fluxmirror_core.config.schema import (
    KEYS,
    TIGHTEN,
    TRUSTED,
    UNSET,
    WAIT,
    check_value,
    meant_keys,
    nearest_key,
    parse_value,
)
from fluxmirror_core.config.toml_text import Fault, Told, read_toml
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.messages import message
from fluxmirror_core.phrases import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_core.config.inputs import FileText, Inputs
    from fluxmirror_core.config.schema import Key

_RIGHTS: Final = message("config_problem.rights")
_MEND: Final = message("config_problem.mend_line")
_TRUST: Final = message("config_problem.trust")
_NEAR: Final = 0.8
"""How much a variable must be like one of ours to be taken for a slip of the keyboard."""


class _Layer:
    """What one layer says, as far as it can be understood."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        """Keys of which the layer says, or seems to say, what cannot be understood."""
        self.is_cut: bool = False
        """Whether it may have said more than can be read, of any key."""
        self.good_items: dict[str, list[object]] = {}
        """Of a list with a bad item, the others."""

    def complain(self, where: str, error: ConfigError) -> None:
        """Note what a variable or a line says that cannot be."""
        sentence = message("config_problem.at", where=where, reason=error.sentence)
        self.problems.append(Problem(where, sentence, error.hint))


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
    unknown = _close(user, environment, last_good)
    values = {key: layers for key in KEYS if (layers := _layers(key, environment, project, user))}
    problems = [*environment.problems, *project.problems, *user.problems]
    return Resolution(values, problems, sorted(unknown))


def private_values(file: FileText) -> dict[str, object] | None:
    """Give what a file says of the keys that fail closed; None when it cannot be told."""
    layer = _user(file)
    if layer.is_cut or any(KEYS[key].is_private for key in layer.broken):
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
    for name in inputs.strangers:
        _read_stranger(layer, name)
    return layer


def _read_variable(layer: _Layer, key: Key, variable: str, text: str) -> None:
    if variable == DATABASE_VARIABLE:  # as `paths` takes it, relative or not
        layer.values[key.name] = Value(text, Source.ENVIRONMENT, variable)
        return
    try:
        value = parse_value(key, text)
    except ConfigError as error:
        layer.complain(variable, error)
        layer.broken.add(key.name)
    else:
        layer.values[key.name] = Value(_as_json(value), Source.ENVIRONMENT, variable)


def _read_stranger(layer: _Layer, name: str) -> None:
    """Note a variable that is most likely a slip; others are none of our business."""
    from difflib import get_close_matches

    # All begin alike, so it is what follows that has to be like one.
    ours = {key.variable.removeprefix(PREFIX): key for key in KEYS.values()}
    near = get_close_matches(name.removeprefix(PREFIX), ours, n=1, cutoff=_NEAR)
    if near:
        key = ours[near[0]]
        said = message("config_problem.no_variable", name=name)
        layer.problems.append(Problem(name, said, did_you_mean([key.variable])))
        layer.broken.add(key.name)


def _user(file: FileText) -> _Layer:
    """Read a file as if it were the user's own."""
    layer = _Layer()
    told = _told(layer, file)
    layer.is_cut = bool(told.faults)
    for name, value in told.values.items():
        _read_value(layer, file, told, name, value)
    for name in told.unsure:
        found = layer.values.pop(name, None)
        if found is not None and isinstance(found.value, list):
            layer.good_items[name] = list(found.value)
        layer.broken |= {name} if name in KEYS else set(meant_keys(name))
    return layer


def _told(layer: _Layer, file: FileText) -> Told:
    """Read a file, and note what of it is no TOML."""
    if file.data is None:
        unread = message("files.unreadable", path=file.path, reason=file.fault)
        layer.problems.append(Problem(file.path, unread, _RIGHTS))
        return Told({}, {}, [Fault(0, file.fault)], frozenset())
    told = read_toml(file.data)
    for fault in told.faults:
        where = f"{file.path}:{fault.line}"
        sentence = message("config_problem.no_toml", where=where, reason=fault.reason)
        layer.problems.append(Problem(where, sentence, _MEND))
    return told


def _read_value(layer: _Layer, file: FileText, told: Told, name: str, value: object) -> None:
    where = f"{file.path}:{told.lines[name]}" if name in told.lines else file.path
    key = KEYS.get(name)
    if key is None:
        unknown = message("config_problem.no_key_at", where=where, name=repr(name))
        layer.problems.append(Problem(where, unknown, nearest_key(name)))
        # Nobody knows whether the slip was meant to switch something off.
        layer.broken |= {key for key in meant_keys(name) if key not in told.values}
        return
    try:
        checked = check_value(key, value)
    except ConfigError as error:
        layer.complain(where, error)
        layer.broken.add(name)
        if key.is_list and isinstance(value, list):
            layer.good_items[name] = list(_good_items(key, value))
    else:
        layer.values[name] = Value(_as_json(checked), Source.USER, where)


def _good_items(key: Key, items: list[object]) -> Iterator[object]:
    for item in items:
        try:
            yield from check_value(key, [item])
        except ConfigError:
            continue


def _project(inputs: Inputs) -> _Layer:
    """Read the project's file: what only tightens counts, all else needs trust."""
    if inputs.project is None:
        return _Layer()
    layer = _user(inputs.project)
    for name, found in list(layer.values.items()):
        problem = _objection(KEYS[name], found, is_trusted=inputs.is_project_trusted)
        if problem:
            del layer.values[name]
            layer.problems.append(problem)
        else:
            layer.values[name] = found._replace(source=Source.PROJECT)
    return layer


def _objection(key: Key, found: Value, *, is_trusted: bool) -> Problem | None:
    """Say why a project file's value does not count; None when it does."""
    where = str(found.where)
    uncounted = message("config_problem.uncounted", where=where, key=key.name)
    if key.in_project == TIGHTEN:
        if found.value is True:
            return Problem(where, uncounted, message("config_problem.only_off"))
        return None
    if key.in_project == TRUSTED:
        if is_trusted:
            return None
        untrusted = message("config_problem.untrusted", where=where, key=key.name)
        return Problem(where, untrusted, _TRUST)
    return Problem(where, uncounted, message("config_problem.set_for_all", key=key.name))


def _close(user: _Layer, environment: _Layer, last_good: Mapping[str, object] | None) -> set[str]:
    """Put into the place of what cannot be told what lets the least out.

    Returns:
        The keys of which nothing is known.
    """
    unknown = {key for key in environment.broken if KEYS[key].closing == WAIT}
    for key in KEYS.values():
        is_broken = key.name in user.broken
        is_suspect = is_broken or (user.is_cut and key.name not in user.values)
        if not (key.is_private and is_suspect) or key.name in environment.values:
            continue
        if key.closing == UNSET:
            user.values.pop(key.name, None)
        elif last_good is not None and key.name in last_good:
            items = [*_items(last_good[key.name]), *user.good_items.get(key.name, ())]
            held = list(dict.fromkeys(items)) if key.is_list else last_good[key.name]
            user.values[key.name] = Value(held, Source.LAST_GOOD, "")
        elif is_broken or last_good is None:
            unknown.add(key.name)
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
    where = ", ".join(str(layer.where) for layer in both)
    return Value(list(dict.fromkeys(patterns)), Source.PROJECT, where)


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
