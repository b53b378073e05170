"""The configuration, here and now: read, resolved, and remembered until one of its files changes.

Understanding it takes a tenth of a second, reading what was understood less than one in a thousand.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from fluxmirror_core.atomic import replace_file
from fluxmirror_core.config.inputs import read_inputs
from fluxmirror_core.config.resolution import Problem, Resolution, Value
from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.config.inputs import FileText, Inputs
    from fluxmirror_core.paths import Places

_SCHEMA: Final = os.path.join(os.path.dirname(__file__), "schema.py")
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
    remembered = _recall(path)
    if remembered is not None:
        return remembered
    resolution = _resolve(inputs, places, last_good)
    _remember(path, resolution)
    return resolution


def last_good_path(places: Places) -> str:
    """Say where it is written down what the user's file last said of keys that fail closed."""
    return os.path.join(places.data, "last-good.json")


def remembered_directory(places: Places) -> str:
    """Say where resolutions are remembered."""
    return os.path.join(places.cache, "config")


def _resolve(inputs: Inputs, places: Places, last_good: bytes | None) -> Resolution:
    from fluxmirror_core.config.resolve import resolve

    resolution = resolve(inputs, _parse(last_good))
    if inputs.user is not None:
        _keep_good(inputs.user, places)
    return resolution


def _keep_good(file: FileText, places: Places) -> None:
    """Write down what a file that can be understood says of the keys that fail closed."""
    from fluxmirror_core.config.resolve import private_values

    good = private_values(file)
    if good is None:
        return
    data = json.dumps(good, sort_keys=True).encode("utf-8")
    if data != _read(last_good_path(places)):
        _write(last_good_path(places), data)


def _digest(inputs: Inputs, last_good: bytes | None) -> str:
    """Tell one state of everything from another, this program's own schema included."""
    own = os.stat(_SCHEMA)
    told = repr((own.st_mtime_ns, own.st_size, inputs, last_good))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _recall(path: str) -> Resolution | None:
    data = _read(path)
    if data is None:
        return None
    try:
        values, problems, unknown = json.loads(data)
        return Resolution(
            {key: [Value(*layer) for layer in layers] for key, layers in values.items()},
            [Problem(*problem) for problem in problems],
            unknown,
        )
    except (ValueError, TypeError, AttributeError):
        return None


def _remember(path: str, resolution: Resolution) -> None:
    _write(path, json.dumps(resolution).encode("utf-8"))
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
