"""PayloadReader: the bytes of one captured hook payload → the events they tell of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import HOOK, Kind, Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.wire import claude, copilot, gemini, opencode
from fluxmirror_core.wire.builder import Origin
from fluxmirror_core.wire.identity import identify
from fluxmirror_core.wire.observation import Observation
from fluxmirror_core.wire.recognise import (
    Recognised,
    agent_version,
    event_name,
    event_of_shape,
    recognise,
)
from fluxmirror_core.wire.told_directories import told_directories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.builder import EventBuilder
    from fluxmirror_core.wire.builders import Builders
    from fluxmirror_core.wire.observation import Message

_DIALECTS: Final = {
    "claude": claude.observe,
    "gemini": gemini.observe,
    "copilot": copilot.observe,
    "opencode": opencode.observe,
}


class Capture(NamedTuple):
    """One payload as a hook wrote it down."""

    name: str
    """Name of the spool file."""
    words: tuple[str, ...]
    env: Mapping[str, str]
    payload: bytes
    captured_ms: int


class Reading(NamedTuple):
    """What a payload told."""

    events: list[AgentEvent]
    agent: str
    agent_version: str
    """Empty where the hook was not told."""
    unknown_event: str | None
    """The hook event's name when the agent's row does not list it: format drift."""
    undecodable: bool
    """Whether bytes of the payload were no UTF-8 and had to be replaced."""
    off: int = 0
    """How many more events it tells of that are not to be recorded."""


class UnreadablePayloadError(Exception):
    """The payload cannot be understood; the message is the reason, without any of its text."""


class PayloadReader:
    """Reads payloads on one machine."""

    def __init__(self, builders: Builders) -> None:
        self.builders: Final = builders

    def read(self, capture: Capture) -> Reading:
        """Understand one payload.

        Raises:
            UnreadablePayloadError: it is empty, no JSON, no object, or nested beyond reason.
        """
        try:
            return self._understand(capture)
        except RecursionError:
            raise UnreadablePayloadError("the payload is nested beyond reason") from None

    def _understand(self, capture: Capture) -> Reading:
        text, undecodable = _decode(capture.payload)
        message = _parse(text)
        recognised = recognise(message, capture.words, capture.env)
        event = event_name(message, recognised.spec, capture.words)
        shape = event or event_of_shape(message, recognised.spec)
        seen = _DIALECTS[recognised.spec.dialect](message, recognised.spec, shape)
        if not event:
            seen = [_without_guess(one) for one in seen]
        unknown = next((one.hook_event for one in seen if not one.known), None)
        events = [
            self._build(one, recognised, capture, builder)
            for one in seen
            if (builder := self._within(recognised, capture, one.cwd)) is not None
        ]
        return Reading(
            events,
            recognised.spec.id,
            agent_version(recognised.spec, capture.env),
            self.builders.everywhere.scrubber.name(unknown),
            undecodable,
            len(seen) - len(events),
        )

    def agent_left_out(self, capture: Capture) -> str | None:
        """Name the agent of a payload that cannot be understood, if nothing of it is recorded.

        The directories that its bytes name are asked as well.
        """
        recognised = recognise({}, capture.words, capture.env)
        recorded = self._within(recognised, capture, *told_directories(capture.payload))
        return None if recorded else recognised.spec.id

    def take_slow_values(self) -> int:
        """Say how many values were masked whole since the last time, for a pattern's slowness."""
        return self.builders.take_slow_values()

    def torn(self, capture: Capture) -> AgentEvent:
        """Make the event that stands for a payload of which only a part arrived."""
        recognised = recognise({}, capture.words, capture.env)
        seen = Observation(Kind.TORN, event_name({}, recognised.spec, capture.words))
        size = len(capture.payload)
        seen = seen._replace(detail=f"{size} bytes")
        event = self._build(seen, recognised, capture, self.builders.everywhere)
        # A full disk tears many files alike: they are no double registration of one event.
        return event._replace(twin_uid=None)

    def _within(
        self, recognised: Recognised, capture: Capture, *directories: str | None
    ) -> EventBuilder | None:
        project = capture.env.get(recognised.spec.project_variable)
        return self.builders.within(recognised.spec.id, *directories, project)

    def _build(
        self, seen: Observation, recognised: Recognised, capture: Capture, builder: EventBuilder
    ) -> AgentEvent:
        origin = Origin(
            recognised.spec.id,
            recognised.evidence,
            HOOK,
            capture.captured_ms,
            capture.env.get(recognised.spec.project_variable) or None,
        )
        identity = identify(seen, capture.payload, capture.name)
        return builder.build(seen, origin, identity, capture.env)


def _without_guess(seen: Observation) -> Observation:
    """Take back an outcome that only the event would have told, where nothing told the event."""
    if seen.outcome is Outcome.OK and seen.output is None:
        return seen._replace(outcome=Outcome.UNKNOWN)
    return seen


def _decode(payload: bytes) -> tuple[str, bool]:
    try:
        return payload.decode("utf-8"), False
    except UnicodeDecodeError:
        return payload.decode("utf-8", "replace"), True


def _parse(text: str) -> Message:
    if not text.strip("\ufeff \t\r\n\x00"):
        raise UnreadablePayloadError("the payload is empty")
    try:
        message = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        raise UnreadablePayloadError("the payload is no JSON") from None
    if not isinstance(message, dict):
        raise UnreadablePayloadError("the payload is no JSON object")
    return message
