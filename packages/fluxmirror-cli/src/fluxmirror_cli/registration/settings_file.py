"""A settings file of somebody else's, read and written so that nothing of it is lost.

When in doubt it is refused: a file that is not changed is a smaller loss than one that is damaged.
"""

from __future__ import annotations

import codecs
import os
import stat
import tempfile
from typing import TYPE_CHECKING

from fluxmirror_core.errors import ExitCode, FluxMirrorError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable


class RegistrationError(FluxMirrorError):
    """An agent's registration could not be changed; it is as it was, or the message says how."""

    exit_code = ExitCode.WARNING


class SettingsFile(NamedTuple):
    """What a file held when it was read."""

    path: str
    target: str
    """The file itself, where `path` is a link, as dotfile managers make them."""
    raw: bytes | None
    """None when there is no file."""

    @property
    def text(self) -> str:
        """Its text without the byte order mark; line ends are as they are."""
        return (self.raw or b"").removeprefix(codecs.BOM_UTF8).decode("utf-8")


def read_settings(path: str) -> SettingsFile:
    """Read a settings file that may not be there.

    Raises:
        RegistrationError: it is there, and is not a plain UTF-8 file that can be read.
    """
    settings = read_file(path)
    try:
        settings.text  # noqa: B018 - decodes it
    except UnicodeDecodeError as error:
        raise _refused(path, message("settings_file.why.no_utf8")) from error
    return settings


def read_file(path: str) -> SettingsFile:
    """Read a file of any content that may not be there.

    Raises:
        RegistrationError: it is there, and is no plain file that can be read.
    """
    target = os.path.realpath(path)
    try:
        if os.path.islink(path) and not os.path.exists(path):
            raise _refused(path, message("settings_file.why.dangling"))
        if os.path.lexists(target) and not stat.S_ISREG(os.stat(target).st_mode):
            raise _refused(path, message("settings_file.why.no_file"))
        with open(target, "rb") as file:
            return SettingsFile(path, target, file.read())
    except FileNotFoundError:
        return SettingsFile(path, target, None)
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error


def check_writable(settings: SettingsFile) -> None:
    """Refuse what cannot be replaced by a file alike.

    Raises:
        RegistrationError: it is read-only, or has more names than one, or is not ours.
    """
    try:
        found = os.stat(settings.target)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refused(settings.path, error.strerror or str(error)) from error
    # The mode, not `os.access`: to root everything is writable, and it is read-only all the same.
    if not found.st_mode & stat.S_IWUSR or not os.access(settings.target, os.W_OK):
        raise _refused(settings.path, message("settings_file.why.read_only"))
    if not os.stat(os.path.dirname(settings.target)).st_mode & stat.S_IWUSR:
        raise _refused(settings.path, message("settings_file.why.in_read_only"))
    if found.st_nlink > 1:
        raise _refused(settings.path, message("settings_file.why.several_names"))
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise _refused(settings.path, message("settings_file.why.of_another"))


def write_settings(settings: SettingsFile, text: str) -> None:
    """Put a new text in the place of the one that was read: at once, or not at all.

    Byte order mark, mode and the link that leads to it stay.

    Raises:
        RegistrationError: it has changed since it was read, or cannot be written.
    """
    bom = codecs.BOM_UTF8 if (settings.raw or b"").startswith(codecs.BOM_UTF8) else b""
    replace_bytes(settings, bom + text.encode("utf-8"))


def replace_bytes(settings: SettingsFile, raw: bytes) -> None:
    """Put new bytes in the place of those that were read, as `write_settings` does.

    Raises:
        RegistrationError: it has changed since it was read, or cannot be written.
    """
    check_writable(settings)
    try:
        make_directory(os.path.dirname(settings.target))
        temporary = _write_beside(settings, raw)
        try:
            _check_unchanged(settings)
            os.replace(temporary, settings.target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise _refused(settings.path, error.strerror or str(error)) from error


def remove_settings(settings: SettingsFile) -> None:
    """Take a file away, if it is what was read.

    Raises:
        RegistrationError: it has changed since it was read, or cannot be removed.
    """
    check_writable(settings)
    _check_unchanged(settings)
    try:
        os.unlink(settings.target)
    except OSError as error:
        raise _refused(settings.path, error.strerror or str(error)) from error


def relink(path: str, leads_to: str) -> None:
    """Make a file the link again that it was, its content going where the link leads.

    Qwen Code writes its settings beside and renames them: a dotfile manager's link is lost so.

    Args:
        path: where the link was; nothing is done where it still is, or nothing is.
        leads_to: what was written in it.

    Raises:
        RegistrationError: it could not be done.
    """
    if os.path.islink(path) or not os.path.isfile(path):
        return
    content = read_file(path).raw or b""
    replace_bytes(read_file(os.path.join(os.path.dirname(path), leads_to)), content)
    temporary = f"{path}.{os.getpid()}.link"
    try:
        os.symlink(leads_to, temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error


def _write_beside(settings: SettingsFile, raw: bytes) -> str:
    directory, name = os.path.split(settings.target)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
    try:
        with open(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        if settings.raw is not None:
            os.chmod(temporary, stat.S_IMODE(os.stat(settings.target).st_mode))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _check_unchanged(settings: SettingsFile) -> None:
    if read_file(settings.path) != settings:
        raise _refused(settings.path, message("settings_file.why.changed"))


def _refused(path: str, reason: Sayable) -> RegistrationError:
    return RegistrationError(message("settings_file.left_alone", path=path, reason=reason))
