"""The user's configuration file: keys set and taken out, by one process at a time."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from fluxmirror_core.atomic import replace_file
from fluxmirror_core.config.inputs import user_path
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.messages import message
from fluxmirror_core.paths import places
from fluxmirror_core.private import make_directory
from fluxmirror_store import lock

from fluxmirror_cli.output import complain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.paths import Places

LOCK: Final = "config.lock"
"""Beside the file; taken away by who held it."""
_WAIT_S: Final = 10.0
_KEPT: Final = ".old"
_RIGHTS: Final = message("config_problem.rights_of_file")


def user_file() -> str:
    """Say where the user's file is, or would be."""
    return user_path(_places())


def write_values(values: Mapping[str, object]) -> list[str]:
    """Set keys in the user's file; comments and order stay.

    Args:
        values: canonical values by key, as `schema.parse_value` gives them.

    Returns:
        What was written, each as `key = value`.

    Raises:
        ConfigError: the file is broken, or cannot be written; it is as it was.
    """
    from fluxmirror_core.config.editing import with_values

    change_text(lambda text, path: with_values(text, values, path))
    return [f"{key} = {shown_value(value)}" for key, value in values.items()]


def remove_key(key: str) -> bool:
    """Take a key out of the user's file; tells whether it was in it.

    Raises:
        ConfigError: the file is broken, or cannot be written; it is as it was.
    """
    from fluxmirror_core.config.editing import without_key

    if not os.path.lexists(user_file()):
        return False
    was_there = True

    def without(text: str, path: str) -> str:
        nonlocal was_there
        written = without_key(text, key, path)
        was_there = written is not None
        return text if written is None else written

    change_text(without)
    return was_there


def change_text(change: Callable[[str, str], str]) -> None:
    """Change the user's file: `change(text, path)` gives its new text.

    Raises:
        ConfigError: it cannot be read or written, or `change` refuses; it is as it was.
    """
    path = user_file()
    with alone(path):
        text = read_text(path)
        written = change(text, path)
        if written != text or not os.path.exists(path):
            write_text(path, written)


def read_text(path: str) -> str:
    """Read a configuration file; empty when there is none.

    Raises:
        ConfigError: it is there and cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        sentence = message("config_problem.no_utf8", path=path)
        raise ConfigError(sentence, hint=message("files.save_as_utf8")) from error
    except OSError as error:
        sentence = message("files.unreadable", path=path, reason=error.strerror)
        raise ConfigError(sentence, hint=_RIGHTS) from error


def write_text(path: str, text: str) -> None:
    """Write a configuration file whole, through a symbolic link to where it leads.

    Raises:
        ConfigError: it cannot be written; it is as it was.
    """
    target = os.path.realpath(path)
    try:
        mode = stat.S_IMODE(os.stat(target).st_mode) if os.path.exists(target) else 0o600
        replace_file(target, text.encode("utf-8"), mode)
    except OSError as error:
        sentence = message("files.unwritable", path=path, reason=error.strerror)
        raise ConfigError(sentence, hint=_RIGHTS) from error


def shown_value(value: object) -> str:
    """Write a value as a person reads it: as TOML has it, but a text bare."""
    import json

    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def take_over(own: Places, old: str) -> None:
    """Make a `config.toml` of the `config.json` of an older installation; that one is kept.

    Args:
        own: where things lie.
        old: the older file.

    Where it cannot be done it is said, and tried again the next time.
    """
    from fluxmirror_core.config.older_file import converted

    new = user_path(own)
    try:
        with alone(new):
            if os.path.lexists(new) or not os.path.exists(old):
                return  # another process was faster
            write_text(new, converted(read_text(old).encode("utf-8"), old))
            os.replace(old, f"{old}{_KEPT}")
    except ConfigError as error:
        complain(error.sentence, error.hint)
    except OSError as error:
        complain(message("config_problem.not_set_aside", old=old, reason=error.strerror), _RIGHTS)
    else:
        complain(
            message("config_problem.taken_over", old=old, new=new),
            message("config_problem.kept_as", path=f"{old}{_KEPT}"),
        )


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Keep other processes from changing a file for the block.

    Raises:
        ConfigError: its directory cannot be written, or another is at it for too long.
    """
    directory = os.path.dirname(path)
    lock_path = os.path.join(directory, LOCK)
    with ExitStack() as stack:
        try:
            make_directory(directory)
            ours = stack.enter_context(lock.held(lock_path, _WAIT_S))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            sentence = message("files.unwritable", path=directory, reason=reason)
            raise ConfigError(sentence, hint=_RIGHTS) from error
        if not ours:
            sentence = message("config_problem.changing", path=path)
            raise ConfigError(sentence, hint=message("config_problem.try_again"))
        try:
            yield
        finally:
            with suppress(OSError):  # Windows removes no file that is open
                os.unlink(lock_path)


def _places() -> Places:
    return places(os.environ, sys.platform)
