"""Why the system failed at a file, in a language: Python has its reasons in English alone."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

_REASONS: Final = {
    errno.ENOENT: "system_reason.nothing_there",
    errno.EACCES: "system_reason.denied",
    errno.EPERM: "system_reason.not_permitted",
    errno.ENOTDIR: "system_reason.no_directory",
    errno.EISDIR: "system_reason.directory",
    errno.EEXIST: "system_reason.taken",
    errno.ENOSPC: "system_reason.full",
    errno.EDQUOT: "system_reason.quota",
    errno.EFBIG: "system_reason.large",
    errno.EROFS: "system_reason.read_only",
    errno.ENAMETOOLONG: "system_reason.long_name",
    errno.ELOOP: "system_reason.links",
    errno.EIO: "system_reason.broken",
    errno.EBUSY: "system_reason.busy",
    errno.EMFILE: "system_reason.open_files",
    errno.EBADF: "system_reason.closed",
}
"""Error number → the id of its text; all that a person is likely to meet."""


def system_reason(error: OSError) -> Sayable:
    """Give why the system failed; what is rare stays as the system words it."""
    name = _REASONS.get(error.errno) if error.errno is not None else None
    if name is not None:
        return message(name)
    return error.strerror or str(error) or type(error).__name__
