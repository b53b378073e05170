"""git, run so that nothing of a repository can run anything, or keep anybody waiting."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES: Final = 256 << 10
"""So much of what git says is read; what says more is ended."""
_PORTION_BYTES: Final = 64 << 10
_ENDING_S: Final = 0.5
"""So long a process that was killed is waited for; one in a dead file system stays."""
_DROPPED: Final = ("GIT_", "SSH_ASKPASS", "LC_", "LANGUAGE")
"""How variables begin that lead git elsewhere, or that have it speak another language."""
_ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "none",  # stronger than any `protocol.*` of a repository
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
_HARMLESS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.askPass=",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.alternateRefsCommand=false",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "protocol.allow=never",
)
"""What stands in the configuration, the repository's own included, and could run a program."""


_NOT_STARTED: Final = 127
"""As a shell says it."""


class Told(NamedTuple):
    """What came of a git command."""

    code: int | None
    """Its exit code; None where the time was over."""
    output: str
    """The first `MOST_BYTES` of it, a sign in place of what is no UTF-8."""
    is_cut: bool = False
    """Whether it may have said more than that."""


class Git:
    """Runs git.

    Args:
        program: its absolute path.
        env: the environment of this process.
    """

    def __init__(self, program: str, env: Mapping[str, str]) -> None:
        kept = {name: value for name, value in env.items() if not name.startswith(_DROPPED)}
        self._env = kept | _ENVIRONMENT
        settings = (word for setting in _HARMLESS for word in ("-c", setting))
        self._command = (program, "--no-pager", *settings)

    def ask(
        self, root: str, arguments: Sequence[str], end_s: float, *, with_errors: bool = False
    ) -> Told:
        """Run a git command in a directory, with all its processes gone when the time is over.

        Args:
            root: absolute; this process never touches it itself, as its disk may not answer.
            arguments: the command and its arguments.
            end_s: when the time is over, as `time.monotonic` counts.
            with_errors: whether what it complains of is read with the rest.
        """
        if time.monotonic() >= end_s:
            return Told(None, "")
        reading, writing = os.pipe()
        try:
            process = subprocess.Popen(
                (*self._command, "-C", root, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.STDOUT if with_errors else subprocess.DEVNULL,
                env=self._env,
                start_new_session=True,
            )
        except (OSError, ValueError):
            os.close(reading)
            return Told(_NOT_STARTED, "")
        finally:
            os.close(writing)
        return _listen(process, _Listener(reading), end_s)


def find_git(env: Mapping[str, str]) -> str | None:
    """Find git on PATH; never in the current directory, which anybody may have filled."""
    name = "git.exe" if sys.platform == "win32" else "git"
    for directory in env.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(directory, name)
        if os.path.isabs(directory) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


class _Listener(threading.Thread):
    """Reads what a process says; left behind when the process cannot be ended."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self.data = bytearray()

    @property
    def is_full(self) -> bool:
        """Tell whether it has heard enough."""
        return len(self.data) >= MOST_BYTES

    def run(self) -> None:
        """Read up to the end, or to the most that is read."""
        with open(self._descriptor, "rb", buffering=0) as stream:
            while not self.is_full and (portion := stream.read(_PORTION_BYTES)):
                self.data += portion


def _listen(process: subprocess.Popen[bytes], listener: _Listener, end_s: float) -> Told:
    listener.start()
    code: int | None = None
    try:
        listener.join(max(end_s - time.monotonic(), 0))
        if listener.is_full:
            code = 0
        elif not listener.is_alive():
            code = process.wait(max(end_s - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.returncode is None:
            _end(process)
            listener.join(_ENDING_S)
    output = bytes(listener.data[:MOST_BYTES]).decode("utf-8", "replace")
    return Told(code, output, listener.is_full)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started in its group, as far as it can be ended."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING_S)
