"""Files of our own that agents read: each is whole at every moment, and private."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.private import make_directory

from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable


def write_owned(path: str, content: bytes, *, executable: bool = False) -> bool:
    """Give a file this content; what holds it already is not written.

    Returns:
        Whether anything changed.

    Raises:
        RegistrationError: it cannot be written.
    """
    if read_owned(path) == content:
        return False
    try:
        make_directory(os.path.dirname(path))
        descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=os.path.dirname(path))
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o700 if executable else 0o600)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise RegistrationError(
            message("files.unwritable", path=path, reason=error.strerror or error),
            hint=room_hint(error),
        ) from error
    return True


def room_hint(error: OSError) -> Sayable:
    """Say what helps where there is no room; empty where that is not what is wrong."""
    is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return message("registration.make_room") if is_full else ""


def read_owned(path: str) -> bytes | None:
    """Give a file's content, or None when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def digest(content: bytes | None) -> str:
    """Give a mark by which a content is known again; empty for a file that is not there."""
    return "" if content is None else hashlib.sha256(content).hexdigest()
