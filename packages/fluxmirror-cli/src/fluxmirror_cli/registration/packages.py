"""The agents' packages: inside the wheel, and copied to a place that stays when we are upgraded.

Claude Code and Copilot run a plugin where it lies, so it must not lie in an environment that
`pipx upgrade` replaces while they run. The place may be a directory that a person uses as well
(`FLUXMIRROR_HOME`): only files that our own list names are ever replaced or removed there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

import fluxmirror_cli
from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

PLUGIN: Final = os.path.join("plugins", "fluxmirror")
EXTENSION: Final = "gemini-extension"
OPENCODE_PACKAGE: Final = os.path.join("plugins", "opencode")
RECORD: Final = "registrations.json"
"""Beside the packages, and none of them; `registration_record` writes it."""
LIST: Final = "packages.json"
"""Beside them as well: which files we put there."""


def bundle_directory() -> str:
    """Give the directory of the packages inside this installation.

    Raises:
        RegistrationError: this installation has none.
    """
    directory = os.path.join(os.path.dirname(os.path.abspath(fluxmirror_cli.__file__)), "bundle")
    if not os.path.isdir(os.path.join(directory, PLUGIN)):
        raise RegistrationError(
            message("registration.no_packages"), hint=message("registration.install_again")
        )
    return directory


def packages_directory(data: str) -> str:
    """Give where the packages are copied to: a marketplace directory of its own."""
    return os.path.join(data, "agents")


def listed_files(directory: str) -> set[str] | None:
    """Give the files that we put into a directory, relative to it; None when it is not ours."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        told = json.loads(read_owned(os.path.join(directory, LIST)) or b"")["fluxmirror packages"]
        return {name for name in map(os.path.normpath, told) if _is_below(name)}
    return None


def check_place(bundle: str, directory: str) -> None:
    """Refuse a directory where copying would cost somebody a file.

    Raises:
        RegistrationError: it holds what we did not put there.
    """
    listed = listed_files(directory)
    if listed is None and os.path.isdir(directory) and set(os.listdir(directory)) - {RECORD}:
        raise _taken(directory)
    if listed is None and os.path.lexists(directory) and not os.path.isdir(directory):
        raise _taken(directory)
    for name in set(list_files(bundle)) - (listed or set()):
        path = os.path.join(directory, name)
        if os.path.lexists(path) and not _alike(bundle, directory, [name]):
            raise _taken(path)


def copy_packages(bundle: str, directory: str) -> bool:
    """Make `directory` hold what `bundle` holds, file by file, each at once.

    Its path stays, as agents remember it, and whatever runs in it meantime finds whole files.

    Returns:
        Whether anything changed.

    Raises:
        RegistrationError: it cannot be written, or holds what we did not put there.
    """
    check_place(bundle, directory)
    wanted = set(list_files(bundle))
    old = listed_files(directory)
    try:
        # First the list: what a copy that is cut short leaves is known to be ours.
        changed = _write_list(directory, wanted | (old or set()))
        for name in sorted(wanted):
            changed |= _copy_file(bundle, directory, name)
    except RegistrationError:
        if old is None:  # half of the packages helps nobody
            _remove(directory, [*wanted, LIST])
        raise
    _remove(directory, (old or set()) - wanted)
    return _write_list(directory, wanted) or changed


def remove_packages(directory: str) -> bool:
    """Remove what we put there, our list and record included; everything else stays.

    Returns:
        Whether there was anything of ours.

    Raises:
        RegistrationError: a file could not be removed.
    """
    listed = listed_files(directory)
    if listed is None and not os.path.isfile(os.path.join(directory, RECORD)):
        return False
    _remove(directory, listed or ())
    _remove(directory, [RECORD, LIST])
    return True


def is_copied(bundle: str, directory: str) -> bool:
    """Tell whether `copy_packages` would change nothing."""
    wanted = set(list_files(bundle))
    return wanted == listed_files(directory) and _alike(bundle, directory, wanted)


def differs(package: str, copy: str) -> bool:
    """Tell whether a copy has another file than the package, or one more, or one less."""
    wanted = set(list_files(package))
    return wanted != set(list_files(copy)) or not _alike(package, copy, wanted)


def is_current(package: str, copy: str) -> bool:
    """Tell whether an agent's copy of a package does what the package does.

    What lies in its folders is compared: agents write manifests anew when they copy a package.
    """
    compared = [n for n in list_files(package) if os.sep in n and not n.startswith(".")]
    return _alike(package, copy, compared)


def list_files(directory: str) -> Iterator[str]:
    """Yield the files below a directory, relative to it."""
    for root, folders, names in os.walk(directory):
        folders.sort()
        for name in names:
            yield os.path.relpath(os.path.join(root, name), directory)


def package_version(directory: str) -> str:
    """Give the version that a package's manifest tells; empty when it tells none."""
    for manifest in (
        os.path.join(".claude-plugin", "plugin.json"),
        "gemini-extension.json",
        "qwen-extension.json",
    ):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            raw = read_owned(os.path.join(directory, manifest))
            return str(json.loads(raw or b"")["version"])
    return ""


def version_numbers(version: str) -> tuple[int, ...]:
    """Give the numbers of a version, to be compared as numbers: 0.10.0 comes after 0.9.0."""
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _copy_file(bundle: str, directory: str, name: str) -> bool:
    content = read_owned(os.path.join(bundle, name))
    if content is None:
        raise RegistrationError(
            message("registration.cannot_read", path=os.path.join(bundle, name))
        )
    path, executable = os.path.join(directory, name), name.endswith(".sh")
    return write_owned(path, content, executable=executable)


def _write_list(directory: str, names: Collection[str]) -> bool:
    text = json.dumps({"fluxmirror packages": sorted(names)}, indent=1)
    return write_owned(os.path.join(directory, LIST), f"{text}\n".encode())


def _remove(directory: str, names: Iterable[str]) -> None:
    folders = {directory}
    for name in names:
        path = os.path.join(directory, name)
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise RegistrationError(
                message("registration.cannot_remove", path=path, reason=reason)
            ) from error
        while (path := os.path.dirname(path)) != directory:
            folders.add(path)
    for folder in sorted(folders, reverse=True):
        with contextlib.suppress(OSError):  # somebody's things are in it
            os.rmdir(folder)


def _is_below(name: str) -> bool:
    return not os.path.isabs(name) and name.split(os.sep, maxsplit=1)[0] != os.pardir


def _taken(path: str) -> RegistrationError:
    return RegistrationError(
        message("registration.not_ours", path=path), hint=message("registration.move_away")
    )


def _alike(first: str, second: str, names: Iterable[str]) -> bool:
    return all(
        read_owned(os.path.join(first, name)) == read_owned(os.path.join(second, name))
        for name in names
    )
