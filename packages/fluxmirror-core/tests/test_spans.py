"""Losses with one cause are told once, and losses with two causes twice."""

from __future__ import annotations

from fluxmirror_core.analysis.losses import Loss
from fluxmirror_core.analysis.spans import build_spans
from fluxmirror_core.analysis.told_calls import Gap, OddCall
from fluxmirror_core.event import AFTER

END = 1_000


def lost(ts_ms: int, session: str = "s", event: str = "PostToolUse", agent: str = "a") -> Loss:
    """Make a call that lacks a hook."""
    call = OddCall(agent, ts_ms, ts_ms, session, None, None, "Bash", "", None, "ok", None, 1)
    return Loss("half_hooks", (event,), AFTER, None, call)


def built(losses: list[Loss], *whole: tuple[int, str]) -> list[tuple[list[int], bool]]:
    """Give the times of each span's calls, and whether it lasts.

    Args:
        losses: in any order.
        whole: times and sessions of calls that lack nothing.
    """

    def is_told(gap: Gap) -> bool:
        return any(
            gap.first_ms <= ts_ms <= gap.last_ms and gap.session in (None, session)
            for ts_ms, session in whole
        )

    spans = build_spans(losses, END, is_told)
    return [([loss.call.ts_ms for loss in span.losses], span.is_lasting) for span in spans]


def test_silence_up_to_the_end_lasts() -> None:
    """Whatever order the calls come in."""
    assert built([lost(30), lost(10), lost(20)], (5, "s")) == [([10, 20, 30], True)]


def test_a_call_that_lacks_nothing_ends_a_silence() -> None:
    """It worked again; a single loss is none that lasts."""
    told = built([lost(10), lost(20), lost(40)], (30, "s"))
    assert told == [([10, 20], False), ([40], False)]


def test_different_things_missing_are_different_losses() -> None:
    """Also those of two agents."""
    told = built([lost(10), lost(11, event="PreToolUse"), lost(12, agent="b"), lost(13)])
    assert told == [([10, 13], True), ([11], False), ([12], False)]


def test_a_session_that_is_silent_beside_others_is_one_loss() -> None:
    """An agent that runs twice may have hooks in one session only."""
    calls = [(15, "t"), (25, "t"), (35, "t")]
    assert built([lost(10), lost(20), lost(30)], *calls) == [([10, 20, 30], True)]


def test_nothing_lost_is_no_span() -> None:
    """Nothing is made up."""
    assert built([]) == []
