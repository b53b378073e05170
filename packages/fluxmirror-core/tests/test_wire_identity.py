"""A second telling of an event has the identity of the first."""

from __future__ import annotations

import pytest
from fluxmirror_core.event import AFTER, BATCH, BEFORE, Kind
from fluxmirror_core.wire.identity import digest, identify
from fluxmirror_core.wire.observation import Observation
from hypothesis import given
from hypothesis import strategies as st

CALL = Observation(Kind.TOOL_CALL, "PreToolUse", session="s", phase=BEFORE, call_id="c")
PLAIN = Observation(Kind.SESSION_START, "SessionStart", session="s")


def test_all_tellings_of_a_call_have_one_identity() -> None:
    """Before, after and batch, whatever their payloads and spool files."""
    tellings = [
        identify(CALL._replace(phase=phase), payload, name)
        for phase, payload, name in ((BEFORE, b"1", "a"), (AFTER, b"2", "b"), (BATCH, b"3", "c"))
    ]
    assert len(set(tellings)) == 1
    assert tellings[0].twin_uid is None


@pytest.mark.parametrize(
    "other",
    [
        CALL._replace(session="t"),
        CALL._replace(session=None),
        CALL._replace(call_id="d"),
        CALL._replace(session="sc", call_id=""),
        CALL._replace(session="", call_id="sc"),
        CALL._replace(phase=0, call_id=None, event_id="c"),
    ],
)
def test_session_and_id_both_matter(other: Observation) -> None:
    """A call's id is unique within its session alone."""
    assert identify(other, b"p", "n").uid != identify(CALL, b"p", "n").uid


def test_event_the_agent_numbered_is_its_number() -> None:
    """The same bus event, told twice with other bytes around it."""
    numbered = PLAIN._replace(event_id="e1")
    assert identify(numbered, b"1", "a") == identify(numbered, b"2", "b")
    assert identify(numbered, b"1", "a") != identify(numbered._replace(session="t"), b"1", "a")


def test_payload_with_its_own_time_is_its_bytes() -> None:
    """Two registrations of one hook give one event; another moment gives another."""
    timed = PLAIN._replace(sent_ms=1)
    assert identify(timed, b"p", "a") == identify(timed, b"p", "b")
    assert identify(timed, b"p", "a").twin_uid is None
    assert identify(timed, b"p", "a").uid != identify(timed, b"q", "a").uid


def test_payload_without_time_is_its_spool_file_with_a_twin_by_its_bytes() -> None:
    """Two equal prompts are two events, unless they came at once: then the twin tells."""
    first, second = identify(PLAIN, b"p", "a"), identify(PLAIN, b"p", "b")
    assert first.uid != second.uid
    assert first.twin_uid == second.twin_uid is not None
    assert first == identify(PLAIN, b"p", "a")
    assert first.twin_uid != identify(PLAIN, b"q", "a").twin_uid


@pytest.mark.parametrize("sent_ms", [None, 5])
def test_calls_of_one_batch_are_apart_even_without_ids(sent_ms: int | None) -> None:
    """One payload tells of several events: its bytes are not the identity of each."""
    batch = PLAIN._replace(phase=BATCH, sent_ms=sent_ms)
    first, second = (identify(batch._replace(part=part), b"p", "a") for part in (0, 1))
    assert first.uid != second.uid
    assert sent_ms is not None or first.twin_uid != second.twin_uid


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=4))
def test_digest_takes_any_text(parts: list[str]) -> None:
    """Lone surrogates included; always 16 bytes, the same for the same parts."""
    assert len(digest(*parts)) == 16
    assert digest(*parts) == digest(*parts)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=4))
def test_digest_tells_parts_apart_by_their_lengths(parts: list[bytes]) -> None:
    """No two ways of cutting the same bytes are confused."""
    assert digest(*parts) != digest(*parts, b"")
    assert len(parts) == 1 or digest(*parts) != digest(b"".join(parts))
