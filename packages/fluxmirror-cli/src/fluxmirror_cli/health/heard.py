"""Whether an agent's hooks are heard: when last, and whether it was used since without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_store.health_queries import LastHeard, last_heard
from fluxmirror_store.importing.session_files import DATABASE_AGENT

from fluxmirror_cli.health.clauses import besides
from fluxmirror_cli.health.coverage import DAY_MS, missed_calls
from fluxmirror_cli.health.elapsed import ago, over_ago
from fluxmirror_cli.health.evidence import UNREADABLE

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message, Sayable

    from fluxmirror_cli.health.evidence import Evidence

SILENT: Final = "silent"
FINE: Final = "fine"
_GRACE_MS: Final = 600_000
"""An agent writes on in its session file behind its last hook, and while one call runs for long."""


class Heard(NamedTuple):
    """What is known of an agent's hooks and of its use."""

    verdict: str
    told: Sayable
    last_ms: int | None = None
    """When one of its hooks last told of anything; None when none did, as far as is known."""
    is_exact: bool = True
    """False: it was before `last_ms`."""
    used_ms: int | None = None
    """When its newest session file last changed."""
    missed: int = 0
    """Calls of the last 24 hours that hooks should have told of."""
    files: int = 0
    """Session files of it."""


def how_heard(evidence: Evidence, agent: str) -> Heard:
    """Tell whether an agent's hooks are heard; what cannot be read is told as not known."""
    times = [file.mtime_ns // 1_000_000 for file in evidence.found.files if file.agent == agent]
    used_ms = max(times, default=None)
    try:
        last, missed = _asked(evidence, agent, used_ms)
    except UNREADABLE:
        told = message("doctor_agents.heard.unreadable")
        return Heard(FINE, told, used_ms=used_ms, files=len(times))
    sign = _sign_of_silence(evidence, agent, last, used_ms, missed)
    heard = _last(last, evidence.now_ms)
    verdict, told = (SILENT, besides(sign, heard)) if sign else (FINE, heard)
    last_ms = last.ts_ms if last else None
    is_exact = last.is_exact if last else True
    return Heard(verdict, told, last_ms, is_exact, used_ms, missed, len(times))


def _asked(evidence: Evidence, agent: str, used_ms: int | None) -> tuple[LastHeard | None, int]:
    """Ask the database when the agent was last heard, and what was missed since it should be."""
    with evidence.reading() as db:
        if db is None:
            return None, 0
        last = last_heard(db, agent, evidence.now_ms)
        since_ms = evidence.registered_ms(agent)
        if since_ms is None or used_ms is None:
            return last, 0
        since_ms = max(since_ms, evidence.now_ms - DAY_MS)
        # An agent that is heard may lose single calls: those are coverage's to tell.
        is_heard = last is not None and last.is_exact and last.ts_ms >= since_ms
        is_used = used_ms >= since_ms
        missed = missed_calls(db, evidence, agent, since_ms) if is_used and not is_heard else 0
        return last, missed


def _sign_of_silence(
    evidence: Evidence, agent: str, last: LastHeard | None, used_ms: int | None, missed: int
) -> Message | None:
    """Say what an agent did without its hooks; None when it did nothing."""
    if missed:
        return counted("doctor_agents.heard.missed", missed)
    if used_ms is not None and _used_since(evidence, agent, last, used_ms):
        return message("doctor_agents.heard.used", ago=ago(used_ms, evidence.now_ms))
    return None


def _last(last: LastHeard | None, now_ms: int) -> Message:
    if last is None:
        return message("doctor_agents.heard.nothing")
    when = ago if last.is_exact else over_ago
    return message("doctor_agents.heard.last", ago=when(last.ts_ms, now_ms))


def _used_since(evidence: Evidence, agent: str, last: LastHeard | None, used_ms: int) -> bool:
    """Tell whether a session file went on long after the last event that could be heard.

    OpenCode's database changes when it is merely opened. What waits in the spool may be the event.
    """
    since_ms = evidence.registered_ms(agent)
    if since_ms is None or agent == DATABASE_AGENT:
        return False
    since_ms = max(since_ms, last.ts_ms if last else 0)
    return since_ms + _GRACE_MS < used_ms < evidence.hooks_ms
