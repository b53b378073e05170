"""Codex's trust, asked for and set through its own `codex app-server` (JSON-RPC, line by line)."""

from __future__ import annotations

import json
import queue
import subprocess
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Self

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.registration.agent_program import AWAY, end_group, quiet_environment
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

_LIMIT_S: Final = 30.0
"""How long all of one conversation may take, in seconds; the one tried takes 0.3."""
_BYE_S: Final = 3.0


class CodexHook(NamedTuple):
    """One hook as Codex sees it."""

    key: str
    event: str
    command: str
    digest: str
    trust: str
    """`trusted`, `untrusted` or `modified`; `managed` by an administrator is trusted too."""
    enabled: bool
    """Whether it is not switched off, as one can in Codex's own /hooks."""

    @property
    def is_trusted(self) -> bool:
        """Whether Codex would run it, if it is switched on."""
        return self.trust in {"trusted", "managed"}


class CodexServer:
    """A `codex app-server`, for a few questions; ended when the block is left.

    Raises:
        RegistrationError: it does not answer, or answers with an error.
    """

    def __init__(self, program: str, env: Mapping[str, str]) -> None:
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._deadline = time.monotonic() + _LIMIT_S
        self._number = 0
        # An empty directory: a project's own hooks are not ours to look at.
        self._directory = tempfile.TemporaryDirectory(prefix=AWAY)
        try:
            self._process = subprocess.Popen(
                [program, "app-server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._directory.name,
                env=quiet_environment(env),
                start_new_session=True,
            )
        except OSError as error:
            self._directory.cleanup()
            raise RegistrationError(
                message("trust.not_started", program=program, reason=error.strerror)
            ) from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        client = {"name": "fluxmirror", "title": "FluxMirror", "version": VERSION}
        try:
            self.ask("initialize", {"clientInfo": client})
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def list_hooks(self, is_ours: Callable[[CodexHook], bool]) -> list[CodexHook]:
        """List the hooks of ours that Codex knows."""
        found = self.ask("hooks/list", {"cwds": [self._directory.name]})
        try:
            hooks = list(_hooks(found))
        except (KeyError, TypeError) as error:
            raise RegistrationError(message("trust.unknown_list")) from error
        return [hook for hook in hooks if is_ours(hook)]

    def trust(self, hooks: list[CodexHook]) -> None:
        """Have Codex trust these hooks as they are now."""
        states = {hook.key: {"trusted_hash": hook.digest} for hook in hooks}
        edit = {"keyPath": "hooks.state", "value": states, "mergeStrategy": "upsert"}
        self.ask("config/batchWrite", {"edits": [edit], "reloadUserConfig": True})

    def ask(self, method: str, parameters: dict[str, object]) -> object:
        """Ask one question and wait for its answer, bounded by the time for all of them."""
        self._number += 1
        question = {"id": self._number, "method": method, "params": parameters}
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(json.dumps(question).encode() + b"\n")
                self._process.stdin.flush()
        except OSError as error:
            raise RegistrationError(message("trust.ended")) from error
        while True:
            answer = self._next()
            if answer.get("id") != self._number:
                continue  # a notification
            if "result" not in answer:
                raise RegistrationError(
                    message("trust.refused", method=method, reason=_reason(answer))
                )
            return answer["result"]

    def _next(self) -> dict[str, object]:
        try:
            line = self._answers.get(timeout=max(self._deadline - time.monotonic(), 0))
        except queue.Empty:
            raise RegistrationError(message("trust.no_answer", seconds=f"{_LIMIT_S:.0f}")) from None
        if not line:
            raise RegistrationError(message("trust.ended"))
        try:
            answer = json.loads(line)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    def _read(self) -> None:
        stdout = self._process.stdout
        for line in stdout or ():
            self._answers.put(line)
        self._answers.put(b"")

    def _end(self) -> None:
        """Let it leave by itself when its input ends, as it is used to; else end it."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
                self._process.wait(_BYE_S)
            except (OSError, subprocess.TimeoutExpired):
                pass
        end_group(self._process)
        self._reader.join(_BYE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._directory.cleanup()


def _hooks(answer: Any) -> Iterator[CodexHook]:  # noqa: ANN401 - the caller catches what it is not
    for listed in answer["data"]:
        for hook in listed["hooks"]:
            yield CodexHook(
                key=hook["key"],
                event=hook["eventName"],
                command=hook["command"] or "",
                digest=hook["currentHash"],
                trust=hook["trustStatus"],
                enabled=hook.get("enabled") is not False,
            )


def _reason(answer: Mapping[str, object]) -> str:
    error = answer.get("error")
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
