"""Batch: a bounded number of spool files, understood and not yet written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.wire.reader import Capture, UnreadablePayloadError

from fluxmirror_store import spool_reader, tally
from fluxmirror_store.hook_times import HookTimeTally

if TYPE_CHECKING:
    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.reader import PayloadReader

YOUNG_NS: Final = 60_000_000_000
"""An incomplete file younger than this is still being written."""
_NS_PER_MS: Final = 1_000_000


class Batch:
    """Collects what its files tell: events, counts, and what is to become of each file."""

    def __init__(self, spool: str, reader: PayloadReader, now_ns: int) -> None:
        self._spool = spool
        self._reader = reader
        self._now_ns = now_ns
        self.names: list[str] = []
        """Names of all files that were looked at."""
        self.events: list[AgentEvent] = []
        self.tally = tally.Tally()
        self.hook_times = HookTimeTally()
        self.off = 0
        """How many events are left out, as they are not to be recorded."""
        self.done: list[str] = []
        """Names of files whose content will be in the database."""
        self.bad: list[tuple[str, str]] = []
        """Names of files to be set aside, with the reason."""

    def __getstate__(self) -> dict[str, object]:
        """Leave the reader behind: only what was told goes to another process."""
        return {**self.__dict__, "_reader": None}

    def take(self, name: str) -> None:
        """Read one waiting file; one that is gone, unreadable or still being written stays."""
        self.names.append(name)
        try:
            file = spool_reader.read(spool_reader.new_path(self._spool, name))
        except OSError:
            return
        capture = Capture(
            file.name, file.words, file.env, file.payload, file.mtime_ns // _NS_PER_MS
        )
        if file.complete:
            if file.took_us is not None:
                self.hook_times.add(file.took_us, file.mtime_ns)
            self._understand(name, capture)
        elif abs(self._now_ns - file.mtime_ns) >= YOUNG_NS:  # of the past, or of no clock we know
            self._recover(name, capture)

    def _understand(self, name: str, capture: Capture) -> None:
        try:
            self._read(capture)
        except UnreadablePayloadError as error:
            if not self._is_left_out(name, capture):
                self.bad.append((name, str(error)))
        else:
            self.done.append(name)

    def _recover(self, name: str, capture: Capture) -> None:
        """Take of a torn file what there is: all of it when only its last line is missing."""
        try:
            self._read(capture)
        except UnreadablePayloadError:
            if not self._is_left_out(name, capture):
                self.events.append(self._reader.torn(capture))
                self.bad.append((name, "the file is torn: its writer was stopped"))
        else:
            self.done.append(name)
            self.tally.add(tally.RECOVERED)

    def _is_left_out(self, name: str, capture: Capture) -> bool:
        """Count a file that cannot be understood, and let go of it, if it is not recorded."""
        agent = self._reader.agent_left_out(capture)
        if agent is None:
            return False
        self._leave_out(agent, 1)
        self.done.append(name)
        return True

    def _leave_out(self, agent: str, events: int) -> None:
        self.off += events
        self.tally.add(tally.OFF, agent, times=events)

    def _read(self, capture: Capture) -> None:
        try:
            reading = self._reader.read(capture)
        except UnreadablePayloadError:
            raise
        except Exception as error:
            # A payload that our own code fails on must not keep the others waiting.
            raise UnreadablePayloadError(failure_of(error)) from error
        self.events += reading.events
        self._leave_out(reading.agent, reading.off)
        self.tally.add(tally.SLOW_PATTERN, reading.agent, times=self._reader.take_slow_values())
        if not reading.events:
            return
        if reading.undecodable:
            self.tally.add(tally.UNDECODABLE, reading.agent)
        if reading.unknown_event is not None:
            self.tally.add(
                tally.UNKNOWN_EVENT, reading.agent, reading.unknown_event, reading.agent_version
            )


def read_batch(spool: str, reader: PayloadReader, names: list[str]) -> Batch:
    """Read one list of waiting files."""
    batch = Batch(spool, reader, time.time_ns())
    for name in names:
        batch.take(name)
    return batch


def failure_of(error: Exception) -> str:
    """Give the reason for setting a file aside on which the program itself failed."""
    return f"the program failed on it: {type(error).__name__}"
