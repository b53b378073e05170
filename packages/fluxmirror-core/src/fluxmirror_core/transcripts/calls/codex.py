"""Codex CLI's rollout files: a call stands in the model's history, its end in what Codex did.

A model that writes scripts makes calls that its history does not hold. Hooks are told of each
under an id that only the record of what was done repeats, so such a call is read from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls import codex_ends, codex_kinds, codex_tools
from fluxmirror_core.transcripts.calls.open_calls import MOST, OpenCalls, UnattributedCalls
from fluxmirror_core.transcripts.calls.unknown_record import count_unknown
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire.observation import Observation, epoch_ms, first_text, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.calls.codex_ends import End
    from fluxmirror_core.transcripts.part import Memory, Part
    from fluxmirror_core.wire.observation import Message

_CALLS: Final = ("function_call", "custom_tool_call", "local_shell_call", "tool_search_call")
_OUTPUTS: Final = ("function_call_output", "custom_tool_call_output", "tool_search_output")
_HOSTED: Final = {"web_search_call": "web_search", "image_generation_call": "image_generation"}
"""What the provider of the model runs: one record tells the whole call."""
_OLDER_ITEMS: Final = {"exec_command_end": "CommandExecution", "patch_apply_end": "FileChange"}
"""Events of older versions that tell what an item does, under the call's id."""
_NOT_CALLED: Final = ("user_shell", "unified_exec_interaction")
"""Commands that a person ran, and input to one that a call had started."""
_UNFINISHED: Final = ("turn_aborted", "task_started", "turn_started")


def calls(part: Part) -> Iterator[ToldCall]:
    """Read the tool calls of a thread's file: a session's own, or a subagent's."""
    thread = _Thread(part)
    for offset, row in part.lines():
        yield from thread.read(offset, row)


class _Calls(OpenCalls):
    """Open calls that can be asked for: what Codex did may be no call of the history."""

    def has(self, call_id: str) -> bool:
        """Say whether a call has begun and not ended."""
        return call_id in self._known


class _Responses:
    """Which response was told where, and when."""

    def __init__(self, kept: list[list[Any]]) -> None:
        self._kept = kept

    def add(self, offset: int, ts_ms: int | None, key: str | None) -> None:
        """Keep a response; without a key it was broken off."""
        self._kept.append([offset, ts_ms, key])
        del self._kept[:-MOST]

    def behind(self, offset: int) -> str | None:
        """Give the first response told behind `offset`: its calls are told before it."""
        key = None
        for told, _, its_key in reversed(self._kept):
            if told < offset:
                return key
            key = its_key
        return key if len(self._kept) < MOST else None

    def before(self, ts_ms: int | None) -> str | None:
        """Give the last response told by `ts_ms`: a script that runs then is its call."""
        if ts_ms is None:
            return None
        for _, told_ms, key in reversed(self._kept):
            if told_ms is not None and told_ms <= ts_ms:
                return text(key)
        return None


class _Thread:
    """Reads one file's rows in their order."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._known: Memory = part.memory.setdefault("codex_thread", {})
        self._open = _Calls(part)
        self._unattributed = UnattributedCalls(part)
        self._responses = _Responses(self._known.setdefault("responses", []))

    def read(self, offset: int, row: dict[str, Any]) -> Iterator[ToldCall]:
        """Read one row."""
        kind, payload = row.get("type"), members(row.get("payload"))
        if kind == "response_item":
            yield from self._history(offset, row, payload)
        elif kind == "event_msg":
            yield from self._event(offset, row, payload)
        elif kind == "token_usage_record":
            yield from self._response(offset, row, payload)
        elif kind == "turn_context":
            for name, key in (("model", "model"), ("cwd", "cwd"), ("turn", "turn_id")):
                self._known[name] = text(payload.get(key))
        elif kind == "session_meta":
            self._meet(payload)
        elif not isinstance(kind, str) or kind not in codex_kinds.ROWS:
            self._count(kind)

    def _meet(self, meta: Message) -> None:
        """Learn whose file it is; a fork repeats the beginning of another behind its own."""
        if "session" in self._known:
            return
        thread = text(meta.get("id"))
        origin = members(members(members(meta.get("source")).get("subagent")).get("thread_spawn"))
        parent = text(meta.get("parent_thread_id")) or text(origin.get("parent_thread_id"))
        session = text(meta.get("session_id")) or parent or thread
        self._known["session"] = session
        self._known["version"] = text(meta.get("cli_version"))
        if thread != session:
            self._known["subagent"] = thread
            # Hooks call a subagent without a role so.
            self._known["subagent_type"] = text(origin.get("agent_role")) or "default"

    def _history(self, offset: int, row: dict[str, Any], item: Message) -> Iterator[ToldCall]:
        kind = item.get("type")
        if kind in _CALLS:
            yield from self._asked(offset, row, item)
        elif kind in _OUTPUTS:
            yield from self._answered(offset, row, item)
        elif isinstance(kind, str) and kind in _HOSTED:
            yield from self._hosted(offset, row, item)
        elif not isinstance(kind, str) or kind not in codex_kinds.RESPONSE_ITEMS:
            self._count(f"response_item/{text(kind) or ''}")

    def _asked(self, offset: int, row: dict[str, Any], item: Message) -> Iterator[ToldCall]:
        call_id = first_text(item, "call_id", "id")
        if call_id is None:
            return
        called = codex_tools.of_history(item)
        self._open.begin(call_id, {"tool": called and called.tool, "offset": offset})
        if called is None:
            return
        seen = self._seen(call_id, called.tool, ASKED, item)
        told = ToldCall(offset, epoch_ms(row.get("timestamp")), None, seen)
        self._unattributed.keep(told)
        yield told._replace(seen=seen._replace(tool_input=called.tool_input))

    def _answered(self, offset: int, row: dict[str, Any], item: Message) -> Iterator[ToldCall]:
        call_id = text(item.get("call_id"))
        known = self._open.end(call_id)
        if known is None or call_id is None or not known.get("tool") or known.get("with_output"):
            return
        end = codex_ends.of_output(known["tool"], item.get("output"))
        if end is None:
            self._open.begin(call_id, {**known, "runs": True})
            return
        if "outcome" in known:
            # What Codex did stands before the text about it, which is what hooks tell.
            end = end._replace(outcome=Outcome(known["outcome"]), exit_code=None)
        seen = _ended(self._seen(call_id, known["tool"], ANSWERED, item), end)
        yield self._told(offset, row, known, seen)

    def _hosted(self, offset: int, row: dict[str, Any], item: Message) -> Iterator[ToldCall]:
        call_id = text(item.get("id"))
        if call_id is None:
            return
        asked = members(item.get("action")) or text(item.get("revised_prompt"))
        seen = self._seen(call_id, _HOSTED[str(item["type"])], ASKED | ANSWERED, item)
        done = item.get("status") == "completed"
        seen = seen._replace(outcome=Outcome.OK if done else Outcome.UNKNOWN)
        told = ToldCall(offset, epoch_ms(row.get("timestamp")), None, seen)
        self._unattributed.keep(told)
        yield told._replace(seen=seen._replace(tool_input=asked))

    def _event(self, offset: int, row: dict[str, Any], event: Message) -> Iterator[ToldCall]:
        kind = event.get("type")
        if kind == "item_completed":
            item = members(event.get("item"))
            if text(item.get("type")) not in codex_kinds.ITEMS:
                self._count(f"item_completed/{text(item.get('type')) or ''}")
            yield from self._done(offset, row, event, item)
        elif isinstance(kind, str) and kind in _OLDER_ITEMS:
            item = {**event, "type": _OLDER_ITEMS[kind], "id": event.get("call_id")}
            yield from self._done(offset, row, event, item)
        elif kind in _UNFINISHED:
            self._responses.add(offset, None, None)
            yield from self._unattributed.attribute(None, self._known.get("subagent"))
        elif not isinstance(kind, str) or kind not in codex_kinds.EVENTS:
            self._count(f"event_msg/{text(kind) or ''}")

    def _done(
        self, offset: int, row: dict[str, Any], event: Message, item: Message
    ) -> Iterator[ToldCall]:
        call_id = text(item.get("id"))
        if call_id is None:
            return
        if self._open.has(call_id):
            yield from self._known_done(offset, row, event, item)
            return
        called = codex_tools.of_item(item)
        if called is None or item.get("source") in _NOT_CALLED:
            return
        seen = self._seen(call_id, called.tool, ASKED | ANSWERED, event)
        seen = _ended(seen, codex_ends.of_item(item, event))
        ts_ms = epoch_ms(event.get("started_at_ms"))
        response = self._responses.before(ts_ms)
        told_ms = ts_ms or epoch_ms(row.get("timestamp"))
        yield ToldCall(offset, told_ms, response, seen._replace(tool_input=called.tool_input))

    def _known_done(
        self, offset: int, row: dict[str, Any], event: Message, item: Message
    ) -> Iterator[ToldCall]:
        """Tell how a call of the history ended, which its output may tell once more."""
        call_id = str(text(item.get("id")))
        known = self._open.end(call_id) or {}
        end = codex_ends.of_item(item, event)
        if not known.get("runs"):
            told = {"outcome": end.outcome, "with_output": end.output is not None}
            self._open.begin(call_id, {**known, **told})
        if known.get("tool"):
            seen = self._seen(call_id, known["tool"], ANSWERED, event)
            yield self._told(offset, row, known, _ended(seen, end))

    def _response(self, offset: int, row: dict[str, Any], payload: Message) -> Iterator[ToldCall]:
        key = text(payload.get("response_id"))
        self._responses.add(offset, epoch_ms(row.get("timestamp")), key)
        yield from self._unattributed.attribute(key, self._known.get("subagent"))

    def _told(self, offset: int, row: dict[str, Any], known: Memory, seen: Observation) -> ToldCall:
        response = self._responses.behind(known["offset"])
        return ToldCall(offset, epoch_ms(row.get("timestamp")), response, seen)

    def _seen(self, call_id: str, tool: str, phase: int, record: Message) -> Observation:
        known = self._known
        passed_on = members(record.get("internal_chat_message_metadata_passthrough"))
        return Observation(
            Kind.TOOL_CALL,
            hook_event=text(record.get("type")) or "",
            session=known.get("session"),
            cwd=known.get("cwd"),
            turn=text(passed_on.get("turn_id")) or text(record.get("turn_id")) or known.get("turn"),
            model=known.get("model"),
            subagent=known.get("subagent"),
            subagent_type=known.get("subagent_type"),
            phase=phase,
            call_id=call_id,
            tool=tool,
            outcome=Outcome.UNKNOWN,
        )

    def _count(self, kind: object) -> None:
        count_unknown(self._part, kind, self._known.get("version"))


def _ended(seen: Observation, end: End) -> Observation:
    return seen._replace(
        outcome=end.outcome,
        error=end.error,
        exit_code=end.exit_code,
        duration_ms=end.duration_ms,
        output=end.output,
    )
