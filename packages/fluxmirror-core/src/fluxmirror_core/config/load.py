"""The configuration, here and now: read, resolved, and remembered until one of its files changes.

Understanding it takes a tenth of a second, reading what was understood less than one in a thousand.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.atomic import replace_file
from fluxmirror_core.config.inputs import read_inputs
from fluxmirror_core.config.resolution import Problem, Resolution, Value
from fluxmirror_core.messages import Message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.config.inputs import Inputs
    from fluxmirror_core.paths import Places

_MODULES: Final = os.path.dirname(__file__)
_KEPT: Final = 16
"""So many resolutions are remembered: one per project that commands are run in."""


def load(env: Mapping[str, str], places: Places, directory: str | None) -> Resolution:
    """Give the configuration.

    Args:
        env: the environment.
        places: where things lie.
        directory: the directory whose project file counts; None to leave those alone.
    """
    inputs = read_inputs(env, places, directory)
    if not inputs.are_any:
        return Resolution({}, [], [])
    last_good = _read(last_good_path(places))
    path = os.path.join(remembered_directory(places), f"{_digest(inputs, last_good)}.json")
    understood = _recall(path) or _understand(inputs, last_good)
    if understood.is_new:
        _remember(path, understood)
    _keep_good(understood.good, places, last_good)
    return understood.resolution


def last_good_path(places: Places) -> str:
    """Say where it is written down what the user's file last said of keys that fail closed."""
    return os.path.join(places.data, "last-good.json")


def remembered_directory(places: Places) -> str:
    """Say where resolutions are remembered."""
    return os.path.join(places.cache, "config")


class _Understood(NamedTuple):
    """What is remembered."""

    resolution: Resolution
    good: dict[str, object] | None
    """What the user's file says of the keys that fail closed; None when that cannot be told."""
    is_new: bool


def _understand(inputs: Inputs, last_good: bytes | None) -> _Understood:
    from fluxmirror_core.config.resolve import private_values, resolve

    good = None if inputs.user is None else private_values(inputs.user)
    return _Understood(resolve(inputs, _parse(last_good)), good, is_new=True)


def _keep_good(good: dict[str, object] | None, places: Places, last_good: bytes | None) -> None:
    """Write down what a file that can be understood says of the keys that fail closed."""
    data = None if good is None else json.dumps(good, sort_keys=True).encode("utf-8")
    if data is not None and data != last_good:
        _write(last_good_path(places), data)


def _digest(inputs: Inputs, last_good: bytes | None) -> str:
    """Tell one state of everything from another, this program's own modules included."""
    from hashlib import blake2b  # where nothing is configured, nothing is to be told apart

    own = [entry.stat() for entry in sorted(os.scandir(_MODULES), key=lambda entry: entry.name)]
    states = [(one.st_mtime_ns, one.st_size) for one in own]
    told = repr((states, inputs, last_good))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _recall(path: str) -> _Understood | None:
    data = _read(path)
    if data is None:
        return None
    try:
        (values, problems, unknown), good = json.loads(data)
        resolution = Resolution(
            {key: [Value(*layer) for layer in layers] for key, layers in values.items()},
            [Problem(*map(_recalled, problem)) for problem in problems],
            unknown,
        )
    except (ValueError, TypeError, AttributeError):
        return None
    return _Understood(resolution, good, is_new=False)


def _recalled(told: object) -> Any:  # noqa: ANN401 - as it was before JSON made lists of tuples
    if not isinstance(told, list):
        return told
    message_id, values, number = told
    return Message(message_id, tuple((name, _recalled(value)) for name, value in values), number)


def _remember(path: str, understood: _Understood) -> None:
    _write(path, json.dumps((understood.resolution, understood.good)).encode("utf-8"))
    directory = os.path.dirname(path)
    try:
        kept = [os.path.join(directory, name) for name in os.listdir(directory)]
        kept.sort(key=os.path.getmtime, reverse=True)
        for old in kept[_KEPT:]:
            os.unlink(old)
    except OSError:
        return


def _parse(data: bytes | None) -> dict[str, object] | None:
    try:
        told = json.loads(data) if data else None
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _write(path: str, data: bytes) -> None:
    """Write what saves time or helps later; where it cannot be written, there is nothing to say."""
    try:
        make_directory(os.path.dirname(path))
        replace_file(path, data)
    except OSError:
        return
