"""One registration at a time, from the first look at the agents to the last word of the record."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.paths import home
from fluxmirror_store import lock

from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOCK: Final = ".fluxmirror.lock"
"""In the user's home, where the agents keep their things: several data directories share them."""
_WAIT_S: Final = 120.0
"""How long another `fluxmirror install` may take, in seconds; six agents take twenty."""


@contextlib.contextmanager
def one_at_a_time(env: Mapping[str, str], wait_s: float = _WAIT_S) -> Iterator[None]:
    """Keep every other `fluxmirror install` and `uninstall` out for the block.

    Args:
        env: the environment, which tells the home.
        wait_s: how long to wait for the other, in seconds.

    Raises:
        RegistrationError: another is still at it, or the home cannot be written.
    """
    path = os.path.join(home(env), _LOCK)
    with contextlib.ExitStack() as stack:
        try:
            ours = stack.enter_context(lock.held(path, wait_s))
        except OSError as error:
            raise RegistrationError(
                message("files.unwritable", path=path, reason=error.strerror)
            ) from error
        if not ours:
            raise RegistrationError(
                message("registration.at_work"), hint=message("registration.wait")
            )
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows removes no file that is open
                os.unlink(path)
