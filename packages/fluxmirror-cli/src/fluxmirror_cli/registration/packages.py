"""The agents' packages: inside the wheel, and copied to a place that stays when we are upgraded.

Claude Code and Copilot run a plugin where it lies, so it must not lie in an environment that
`pipx upgrade` replaces while they run.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Final

import fluxmirror_cli
from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLUGIN: Final = os.path.join("plugins", "fluxmirror")
EXTENSION: Final = "gemini-extension"
OPENCODE_PACKAGE: Final = os.path.join("plugins", "opencode")
RECORD: Final = "registrations.json"
"""The one file beside the packages that is none of them; `registration_record` writes it."""


def bundle_directory() -> str:
    """Give the directory of the packages inside this installation.

    Raises:
        RegistrationError: this installation has none.
    """
    directory = os.path.join(os.path.dirname(os.path.abspath(fluxmirror_cli.__file__)), "bundle")
    if not os.path.isdir(os.path.join(directory, PLUGIN)):
        raise RegistrationError(
            "this installation holds no packages for the agents",
            hint="install it again; in a checkout run scripts/build_manifests.py",
        )
    return directory


def packages_directory(data: str) -> str:
    """Give where the packages are copied to: a marketplace directory of its own."""
    return os.path.join(data, "agents")


def copy_packages(bundle: str, directory: str) -> bool:
    """Make `directory` hold what `bundle` holds, file by file, each at once.

    Its path stays, as agents remember it, and whatever runs in it meantime finds whole files.

    Returns:
        Whether anything changed.

    Raises:
        RegistrationError: it cannot be written.
    """
    changed = False
    wanted = set(list_files(bundle))
    for name in sorted(wanted):
        content = read_owned(os.path.join(bundle, name))
        if content is None:
            raise RegistrationError(f"{os.path.join(bundle, name)} cannot be read")
        executable = name.endswith(".sh")
        changed |= write_owned(os.path.join(directory, name), content, executable=executable)
    for name in sorted(set(list_files(directory)) - wanted - {RECORD}):
        changed = True
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(directory, name))
    return changed


def differs(bundle: str, directory: str) -> bool:
    """Tell whether `copy_packages` would change anything."""
    wanted = set(list_files(bundle))
    return wanted != set(list_files(directory)) - {RECORD} or not _alike(bundle, directory, wanted)


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


def _alike(first: str, second: str, names: Iterable[str]) -> bool:
    return all(
        read_owned(os.path.join(first, name)) == read_owned(os.path.join(second, name))
        for name in names
    )
