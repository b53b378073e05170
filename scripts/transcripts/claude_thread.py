"""One thread of Claude Code's work, row by row: a session's own, or a subagent's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcripts import claude_rows as rows
from transcripts.claude_tools import Done, build_call
from transcripts.draw import STRANGE
from transcripts.home import Transcript
from transcripts.plan import Call, Usage
from transcripts.shape import compact, iso
from transcripts.story import Deed, Step, Turn, Wish, tell_turns

if TYPE_CHECKING:
    from transcripts.claude import Session

_BLOCK_MS: Final = 70
"""How long after one content block the next is written."""
_STRANGE_TEXT: Final = compact(STRANGE)[1:-1]


class Thread:
    """Writes the rows of one thread: a session's own, or a subagent's."""

    def __init__(self, session: Session, transcript: Transcript, agent: str = "") -> None:
        self.session = session
        self.transcript = transcript
        self.agent = agent
        self.draw = session.draw
        self.dialect = session.dialect
        self.plan = session.home.plan
        self._parent = "null"
        self._last_request = ""
        self._slots = {
            "session": session.id,
            "cwd": session.cwd,
            "side": "true" if agent else "false",
            "stream": "",
            "made_for": '"attributionAgent":"general-purpose",' if agent else "",
            "agent": f'"agentId":"{agent}",' if agent and self.dialect is not rows.INLINE else "",
            "prompt": session.draw.uuid(),
        }

    @property
    def _is_new(self) -> bool:
        return self.dialect is rows.NEW

    def open(self, turn: Turn) -> None:
        """Write what stands before the first prompt's answer."""
        if not self._is_new:
            return
        at_ms, text = turn.at_ms - 400, self.draw.text(turn.asked)
        if not self.agent:
            self._loose(rows.QUEUED, at_ms, text=text)
            self._loose(rows.DEQUEUED, at_ms + 2)
        for attachment in rows.ATTACHMENTS:
            slots = {"text": self.draw.text(300), "model": turn.model}
            self._row(attachment, at_ms + 300, day=iso(at_ms)[:10], **slots)
        self._loose(rows.LATCH, at_ms + 310)
        shape = {"hash": self.draw.hex(64), "text": self.draw.text(300)}
        self._loose(rows.REQUEST_SHAPE, at_ms + 320, **shape)

    def turn(self, number: int, turn: Turn) -> None:
        """Write one prompt, and every response to it with the results of its calls."""
        if turn.compaction is not None:
            self._compact(turn, turn.compaction)
        text = self._asked(turn, number)
        self._row(self.dialect.prompt, turn.at_ms, text=text, turn=number)
        for step in turn.steps:
            self._step(turn, step, number)
        if self._is_new and not self.agent:
            self._row(rows.REMINDER, turn.end_ms, text=self.draw.text(140))
            self._row(rows.STOP_HOOKS, turn.end_ms, ref=self.draw.uuid())
            self._loose(rows.LAST_PROMPT, turn.end_ms, text=text, uuid=self._parent.strip('"'))

    def _asked(self, turn: Turn, number: int) -> str:
        text = self.draw.text(turn.asked)
        if number or self.agent:
            return text
        self.plan.meet("non_ascii")
        self.plan.meet("nul_escape")
        return _STRANGE_TEXT + text

    def _step(self, turn: Turn, step: Step, number: int) -> None:
        recipe = self.session.recipe
        if not self.session.has_ids and step.deeds:
            # Without an id each row is a response of its own, so it has to be one row.
            step = step._replace(deeds=step.deeds[:1], said=0)
        elif recipe.subagents and number == 0 and step is turn.steps[0] and not self.agent:
            agent = Deed("agent", 0, ends=True, lasted_ms=20_000, size=400)
            step = step._replace(deeds=(agent, *step.deeds))
        ref = self.draw.uuid()
        if self._is_new:
            self._request(turn, step, (ref, number))
        calls = [build_call(self.draw, deed, self.session.cwd) for deed in step.deeds]
        asked_by = self._answer(turn, step, (calls, ref))
        self._results(turn, step, (calls, asked_by))

    def _request(self, turn: Turn, step: Step, which: tuple[str, int]) -> None:
        ref, number = which
        base = f'"base":"{self._last_request}",' if self._last_request else ""
        slots = {"hash": self.draw.hex(64), "model": turn.model, "turn": number, "ref": ref}
        self._last_request = ref
        self._loose(rows.REQUEST_BLOB, step.at_ms, text=self.draw.text(300), **slots)
        self._loose(rows.REQUEST, step.at_ms, base=base, **slots)

    def _answer(self, turn: Turn, step: Step, of: tuple[list[Done], str]) -> str:
        """Write a response, one row for each content block; gives the last row's uuid."""
        calls, ref = of
        usage = self._as_told(step.usage)
        blocks = self._blocks(step, calls)
        message = f"msg_01{self.draw.hex(22)}" if self.session.has_ids else None
        slots = {
            "id": f'"id":"{message}",' if message else "",
            "model": turn.model,
            "stop": '"tool_use"' if calls else '"end_turn"',
            "ref": ref,
            "request": f'"requestId":"req_011C{self.draw.hex(20)}",'
            if self.session.has_requests
            else "",
        }
        shares = self._shares(usage, len(blocks))
        for index, ((block, call), share) in enumerate(zip(blocks, shares, strict=True)):
            at_ms = step.at_ms + index * _BLOCK_MS
            used = self._usage(share)
            own = {"block": block, "usage": used, "index": index}
            own["stream"] = '"toolInputStreamMs":1,' if call else ""
            row = self._fill(self.dialect.answer, at_ms, **own, **slots)
            self.transcript.tell(row, message, (at_ms, turn.model, share), call)
        self.session.use(turn.model, usage)
        self._meet(step, len(blocks))
        return self._parent

    def _blocks(self, step: Step, calls: list[Done]) -> list[tuple[str, tuple[Call, ...]]]:
        """Give the content blocks of a response, each with the call it asks for."""
        blocks: list[tuple[str, tuple[Call, ...]]] = []
        ids = self.session.has_ids
        if self._is_new and step.usage.reasoning_tokens and ids:
            signature = self.draw.hex(80)
            thought = {"text": self.draw.text(step.said // 2), "signature": signature}
            blocks.append((rows.THINKING_BLOCK % thought, ()))
        if step.said:
            blocks.append((rows.TEXT_BLOCK % {"text": self.draw.text(step.said)}, ()))
        for deed, done in zip(step.deeds, calls, strict=True):
            call = Call(done.id, done.tool, deed.outcome)
            blocks.append((rows.CALL_BLOCK % done._asdict(), (call,)))
        return blocks

    def _shares(self, usage: Usage, count: int) -> list[Usage]:
        """Give the usage that each row of a response says: never more than the whole of it."""
        shares = [usage] * count
        if count == 1:
            return shares
        self.plan.meet("split_response")
        way = self.draw.below(4)
        if way == 0:
            self.plan.meet("split_growing")
            return [_part(usage, row + 1, count) for row in range(count)]
        if way == 1:
            self.plan.meet("split_peak_not_last")
            shares[-1] = _part(usage, 1, 3)._replace(cache_read_tokens=0)
        return shares

    def _as_told(self, usage: Usage) -> Usage:
        """Give what of a usage this version tells."""
        if not self.dialect.tells_reasoning:
            usage = usage._replace(reasoning_tokens=0)
        if self.dialect.tells_tiers:
            return usage
        written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
        return usage._replace(cache_write_5m_tokens=written, cache_write_1h_tokens=0)

    def _usage(self, usage: Usage) -> str:
        minutes, hour = usage.cache_write_5m_tokens, usage.cache_write_1h_tokens
        return self.dialect.usage % {
            "input": usage.input_tokens,
            "written": minutes + hour,
            "read": usage.cache_read_tokens,
            "output": usage.output_tokens,
            "reasoning": usage.reasoning_tokens,
            "hour": hour,
            "minutes": minutes,
        }

    def _meet(self, step: Step, count: int) -> None:
        plan = self.plan
        plan.meet("no_request_id", not self.session.has_requests)
        plan.meet("no_message_id", not self.session.has_ids)
        plan.meet("cache_write_sum_only", not self.dialect.tells_tiers)
        ends_ms = step.at_ms + (count - 1) * _BLOCK_MS
        plan.meet("split_over_midnight", iso(step.at_ms)[:10] != iso(ends_ms)[:10])

    def _results(self, turn: Turn, step: Step, of: tuple[list[Done], str]) -> None:
        calls, asked_by = of
        at_ms = step.at_ms + 400
        for deed, done in zip(step.deeds, calls, strict=True):
            if not deed.ends:
                self.plan.meet("call_without_end")
                continue
            spawned = deed.kind == "agent"
            display = self._subagent(turn, at_ms, done) if spawned else done.display
            at_ms += deed.lasted_ms
            self._row(
                self.dialect.result,
                at_ms,
                block=_result(deed, done),
                display=display,
                sandboxed='"sandboxed":false,' if done.tool == "Bash" else "",
                source=asked_by.strip('"'),
            )
        self._used_tools(calls, at_ms)

    def _used_tools(self, calls: list[Done], at_ms: int) -> None:
        new = {done.tool for done in calls}.difference(self.session.tools)
        if new and self._is_new and not self.agent:
            self.session.tools += sorted(new)
            self._loose(rows.TOOLS_USED, at_ms, tools=compact(self.session.tools))

    def _subagent(self, turn: Turn, at_ms: int, done: Done) -> str:
        """Write what a subagent did, where this version puts it; gives the client's telling."""
        session, draw = self.session, self.draw
        agent = f"a{draw.hex(16)}"
        turns = tell_turns(draw, Wish((turn.model,), at_ms, 6_000, writes_cache=True))
        transcript = self._thread_of(agent, turn.model, (done.id, turns[-1].end_ms))
        thread = Thread(session, transcript, agent)
        thread.open(turns[0])
        for number, its in enumerate(turns):
            thread.turn(number, its)
        if transcript is not self.transcript:
            session.home.put(transcript)
        usage = self._usage(self._as_told(turns[-1].steps[-1].usage))
        self.plan.meet("usage_beside_responses")
        return rows.AGENT_DISPLAY % {
            "asked": "look for it",
            "agent": agent,
            "text": draw.text(300),
            "model": turn.model,
            "lasted": 20_000,
            "usage": usage,
        }

    def _thread_of(self, agent: str, model: str, call: tuple[str, int]) -> Transcript:
        session, plan = self.session, self.plan
        if self.dialect is rows.INLINE:
            plan.meet("sidechain_inline")
            return self.transcript
        if self.dialect is rows.FLAT:
            plan.meet("sidechain_flat")
            return Transcript(
                self.transcript.agent, session.id, f"{session.folder}/agent-{agent[1:9]}.jsonl"
            )
        plan.meet("sidechain_nested")
        path = f"{session.folder}/{session.id}/subagents/agent-{agent}"
        meta = rows.META % {"call": call[0], "model": model}
        session.home.write(f"{path}.meta.json", meta.encode(), call[1])
        return Transcript(self.transcript.agent, session.id, f"{path}.jsonl")

    def _compact(self, turn: Turn, usage: Usage) -> None:
        """Write that the history was compacted; its own response is in the closing row alone."""
        if not self._is_new:
            return
        self.plan.meet("compaction")
        self.session.use(turn.model, self._as_told(usage))
        at_ms = turn.at_ms - 300
        slots = {"before": usage.prompt_tokens, "turn": 0, "text": self.draw.text(2_000)}
        self._row(rows.COMPACTED, at_ms, **slots)
        self._row(rows.SUMMARY, at_ms, **slots)
        self._row(rows.KEPT_FILE, at_ms, **slots)
        self._loose(rows.MODE, at_ms)

    def mishaps(self) -> None:
        """Write rows that tell of no response though they look like it, and one of no tokens."""
        at_ms = self.transcript.end_ms + 5_000
        for failed in ("true", "false"):
            error = '"error":"rate_limit",' if failed == "true" else ""
            slots = {"ref": self.draw.uuid(), "error": error, "failed": failed}
            self._row(rows.SYNTHETIC, at_ms, text=self.draw.text(80), **slots)
            self.plan.meet("synthetic_row")
        self.plan.meet("error_row")
        self._loose(rows.UNKNOWN, at_ms, ref=self.draw.uuid())
        self.plan.meet("unknown_row")
        self.plan.meet("usage_beside_responses")
        nothing = Step(at_ms + 900, Usage(), (), 40)
        turn = Turn(at_ms, self.session.recipe.models[0], 40, (nothing,), None)
        self._answer(turn, nothing, ([], self.draw.uuid()))

    def tear(self) -> None:
        """End the file within a row that a reader cannot have."""
        at_ms = self.transcript.end_ms + 900
        text = rows.TEXT_BLOCK % {"text": _STRANGE_TEXT}
        row = self._fill(
            self.dialect.answer,
            at_ms,
            block=text,
            usage=self._usage(Usage(7, 7)),
            index=0,
            id=f'"id":"msg_01{self.draw.hex(22)}",',
            model=self.session.recipe.models[0],
            stop="null",
            ref=self.draw.uuid(),
            request="",
        )
        whole = row.encode()
        if self.session.recipe.torn == "character":
            self.transcript.torn = whole[: whole.index("지도".encode()) + 1]
            self.plan.meet("torn_in_a_character")
        else:
            self.transcript.torn = whole[: whole.index(b'"stop_details"')]

    def close(self, used: dict[str, Usage]) -> None:
        """Write the session's own sums."""
        models = {model: _model_usage(usage) for model, usage in used.items()}
        told = ",".join(f"{compact(model)}:{usage}" for model, usage in models.items())
        at_ms = self.transcript.end_ms
        self._loose(rows.COST_STATE, at_ms, start=at_ms - 60_000, models=f"{{{told}}}")

    def _loose(self, template: str, at_ms: int, **slots: object) -> None:
        """Write a row that is no part of the chain."""
        self.transcript.add(template % {**self._slots, "at": iso(at_ms), **slots}, at_ms)

    def _row(self, template: str, at_ms: int, **slots: object) -> None:
        self.transcript.add(self._fill(template, at_ms, **slots), at_ms)

    def _fill(self, template: str, at_ms: int, **slots: object) -> str:
        uuid = self.draw.uuid()
        chained = {"parent": self._parent, "uuid": uuid, "at": iso(at_ms)}
        self._parent = f'"{uuid}"'
        return template % {**self._slots, **chained, **slots}


def _result(deed: Deed, done: Done) -> str:
    """Give the result's block; only a shell's says that nothing went wrong."""
    slots = {"id": done.id, "content": done.content}
    if done.tool != "Bash" and not deed.exit_code:
        return rows.RESULT_BLOCK % slots
    failed = "true" if deed.exit_code else "false"
    return rows.JUDGED_RESULT_BLOCK % {**slots, "failed": failed}


def _part(usage: Usage, share: int, of: int) -> Usage:
    """Give a usage whose output has not all come yet."""
    output, reasoning = usage.output_tokens, usage.reasoning_tokens
    return usage._replace(
        output_tokens=output * share // of, reasoning_tokens=reasoning * share // of
    )


def _model_usage(usage: Usage) -> str:
    written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
    return rows.MODEL_USAGE % {**usage._asdict(), "written": written}
