"""OpenCode's database: a row of table `part` per tool call, written anew until the call ends."""

from __future__ import annotations

from typing import Any, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import ANSWERED, ASKED, BATCH, Kind, Outcome
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.transcripts.usage.counts import count
from fluxmirror_core.wire import opencode
from fluxmirror_core.wire.observation import epoch_ms, members, text

_SPEC: Final = BY_ID["opencode"]
_EVENT: Final = "message.part.updated"
_BAD_ENDS: Final = (Outcome.FAILED, Outcome.INTERRUPTED)
"""Of calls that OpenCode takes for a success: what they gave says why."""


def calls_of(part: dict[str, Any], session: dict[str, Any]) -> ToldCall | None:
    """Read one part of a message; None where it is no tool call.

    Args:
        part: the row's `rowid`, `message_id` and `time_created`, its `data` parsed, and `model`,
            the model of its message.
        session: the row of its session: `id`, `directory`, `agent`, and `root`, the session of
            the whole where this one is a subagent's.

    Returns:
        The call at the time of its beginning, with its end where the row has it; its `offset` is
        the row's number.
    """
    data = members(part.get("data"))
    if data.get("type") != "tool":
        return None
    # The plugin is told the same part by the agent's bus, and passes it on like this.
    message = {
        "parent": session.get("root"),
        "directory": session.get("directory"),
        "agent": session.get("agent"),
        "model": part.get("model"),
        "event": {"type": _EVENT, "properties": {"sessionID": session.get("id"), "part": data}},
    }
    (seen,) = opencode.observe(message, _SPEC, _EVENT)
    if seen.kind is not Kind.TOOL_CALL or seen.tool is None:
        return None
    started_ms = epoch_ms(members(members(data.get("state")).get("time")).get("start"))
    return ToldCall(
        offset=count(part.get("rowid")),
        ts_ms=started_ms or epoch_ms(part.get("time_created")),
        response=text(part.get("message_id")),
        seen=seen._replace(
            phase=ASKED | ANSWERED if seen.phase == BATCH else ASKED,
            error=seen.error or (text(seen.output) if seen.outcome in _BAD_ENDS else None),
        ),
    )
