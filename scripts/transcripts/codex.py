"""Codex CLI's home: `.codex/sessions/YYYY/MM/DD/rollout-<time>-<thread>.jsonl`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from transcripts import codex_rows as rows
from transcripts.codex_calls import Done
from transcripts.draw import STRANGE
from transcripts.home import Transcript
from transcripts.plan import Call, Usage
from transcripts.recipe import Menu, Recipe, build_wish, fill, place
from transcripts.shape import compact, iso
from transcripts.story import (
    DAY_MS,
    HOUR_MS,
    ZONE_HOURS,
    Deed,
    Step,
    Turn,
    Wish,
    tell_turns,
)

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.home import Home

AGENT: Final = "codex"
_MODEL: Final = "gpt-5.5"
_OTHER_MODEL: Final = "gpt-5.6-sol"
_UNKNOWN_MODEL: Final = "gpt-nova-preview"
_STRANGE_TEXT: Final = compact(STRANGE)[1:-1]
_BIG: Final = 3_200_000
_HEAD: Final = re.compile(r'"timestamp":"[^"]+","ordinal":\d+')

_PLAIN: Final = Recipe((_MODEL,))
_MENU: Final = Menu(
    (
        _PLAIN,
        _PLAIN._replace(subagents=True),
        Recipe((_MODEL, _OTHER_MODEL)),
        Recipe((_OTHER_MODEL,), then="forked"),
        _PLAIN._replace(then="copied"),
        Recipe((_OTHER_MODEL,), midnight_of=0),
        _PLAIN._replace(midnight_of=ZONE_HOURS),
        _PLAIN._replace(compacts=True),
        _PLAIN._replace(mishaps=True),
        _PLAIN._replace(torn="row"),
        Recipe((_UNKNOWN_MODEL,)),
        _PLAIN._replace(then="merged"),
        _PLAIN._replace(then="spaced"),
    ),
    rare=_PLAIN._replace(big=True),
)


def write(home: Home, draw: Draw, size: int) -> None:
    """Fill a home with about so many bytes of sessions, each recipe at least once."""
    fill(
        home,
        draw,
        size,
        _MENU,
        lambda recipe, its_size: _Session(home, draw, recipe, its_size).write(),
    )


class _Session:
    """One session of a person: its file, its subagents' files, and a fork of it."""

    def __init__(self, home: Home, draw: Draw, recipe: Recipe, size: int) -> None:
        self.home = home
        self.draw = draw
        self.recipe = recipe
        self._wish = build_wish(recipe, draw, size, (12_000, 12_000, 12_000, 290_000))
        self.id = draw.timed_uuid(self._wish.start_ms)
        self.cwd = draw.pick(("/home/ada/code/shop", "/home/ada/code/atlas"))

    def write(self) -> None:
        turns = tell_turns(self.draw, self._wish)
        if self.recipe.big:
            first, *rest = turns[0].steps
            read = Deed("read", 0, ends=True, lasted_ms=900, size=_BIG)
            turns[0] = turns[0]._replace(steps=(first._replace(deeds=(read,)), *rest))
        transcript = Transcript(AGENT, self.id, path_of(self.id, turns[0].at_ms))
        writer = _Writer(self, transcript, self.id)
        writer.open(rows.META, turns[0], source='"cli"', thread_source="user")
        for number, turn in enumerate(turns):
            writer.turn(turn, is_first=number == 0)
            transcript.turn_ends.append(len(transcript.rows))
        if self.recipe.mishaps:
            writer.mishaps()
        if self.recipe.torn:
            writer.tear()
        copy_path = path_of(self.id, turns[0].at_ms, days_later=1)
        place(self.home, self.recipe, transcript, copy_path)
        if self.recipe.then == "forked":
            self._fork(transcript)

    def _fork(self, of: Transcript) -> None:
        """Write a session that tells the first turn of this one again, hours later."""
        start_ms = of.end_ms + 3 * HOUR_MS
        thread = self.draw.timed_uuid(start_ms)
        transcript = Transcript(AGENT, thread, path_of(thread, start_ms))
        writer = _Writer(self, transcript, thread)
        turns = tell_turns(self.draw, self._wish._replace(start_ms=start_ms + 9_000, size=9_000))
        begin = {"source": '"cli"', "thread_source": "user", "origin": self.id}
        writer.open(rows.FORK_META, turns[0], **begin)
        writer.repeat(of, start_ms)
        for turn in turns:
            writer.turn(turn, is_first=False)
        self.home.plan.meet("fork")
        self.home.put(transcript)


def path_of(thread: str, at_ms: int, days_later: int = 0) -> str:
    """Give where a thread's file is, or where one is that was put into a later day's folder."""
    time = iso(at_ms)[:19].replace(":", "-")
    folder = iso(at_ms + days_later * DAY_MS)[:10].replace("-", "/")
    return f".codex/sessions/{folder}/rollout-{time}-{thread}.jsonl"


class _Writer:
    """Writes the rows of one thread: a session's own, or a subagent's."""

    def __init__(self, session: _Session, transcript: Transcript, thread: str) -> None:
        self.session = session
        self.transcript = transcript
        self.draw = session.draw
        self.plan = session.home.plan
        self._slots: dict[str, Any] = {
            "session": transcript.session,
            "thread": thread,
            "cwd": session.cwd,
        }
        self._turn_usage = Usage()
        self._thread_usage = Usage()

    def open(self, meta: str, turn: Turn, **slots: str) -> None:
        """Write what stands before the first turn."""
        window = self.draw.timed_uuid(turn.at_ms)
        text = self.draw.text(900)
        self._row(meta, turn.at_ms - 40, text=text, model=turn.model, window=window, **slots)

    def turn(self, turn: Turn, *, is_first: bool) -> None:
        """Write one prompt, and every response to it with the results of its calls."""
        draw, at_ms = self.draw, turn.at_ms
        self._turn_usage = Usage()
        self._slots |= {"turn": draw.timed_uuid(at_ms), "model": turn.model}
        self._slots["seconds"] = at_ms // 1_000
        self._row(rows.TASK_STARTED, at_ms)
        if is_first:
            self._row(rows.SYSTEM_MESSAGE, at_ms, text=draw.text(800))
            self._row(rows.USER_MESSAGE, at_ms, text=draw.text(300))
        self._context(at_ms)
        text = self._asked(turn, is_first=is_first)
        self._row(rows.USER_MESSAGE, at_ms + 300, text=text)
        self._row(rows.USER_ITEM, at_ms + 301, text=text)
        if turn.compaction is not None:
            self._compact(at_ms + 600, turn, turn.compaction)
        for step in turn.steps:
            self._step(turn, step, spawns=is_first and step is turn.steps[0])
        self._row(rows.TASK_COMPLETE, turn.end_ms, text=draw.text(turn.steps[-1].said))

    def _context(self, at_ms: int) -> None:
        day, digest = iso(at_ms)[:10], self.draw.hex(40)
        self._row(rows.WORLD, at_ms, text=self.draw.text(700), day=day, hash=digest)
        self._row(rows.TURN_CONTEXT, at_ms)
        self._row(rows.SETTINGS, at_ms)

    def _asked(self, turn: Turn, *, is_first: bool) -> str:
        text = self.draw.text(turn.asked)
        if not is_first:
            return text
        self.plan.meet("non_ascii")
        self.plan.meet("nul_escape")
        return _STRANGE_TEXT + text

    def _step(self, turn: Turn, step: Step, *, spawns: bool) -> None:
        subagents = self.session.recipe.subagents and spawns and not self._is_subagent
        if subagents:
            agent = Deed("agent", 0, ends=True, lasted_ms=20_000, size=60)
            step = step._replace(deeds=(agent, *step.deeds))
        if step.said:
            said = {"text": self.draw.text(step.said), "id": self.draw.hex(40)}
            self._row(rows.SAID_ITEM, step.at_ms, **said)
            self._row(rows.SAID, step.at_ms, **said)
        calls = [Done(self.draw, deed) for deed in step.deeds]
        for done in calls:
            self._row(done.call_row, step.at_ms, **done.slots)
        told = tuple(Call(done.id, done.tool, done.deed.outcome) for done in calls)
        self._use((step.at_ms + 30, turn.model, step.usage), told)
        at_ms = step.at_ms + 400
        for done in calls:
            at_ms += done.deed.lasted_ms
            self._result(turn, at_ms, done)
        self._count(at_ms, step.usage)

    @property
    def _is_subagent(self) -> bool:
        return bool(self._slots["thread"] != self._slots["session"])

    def _use(self, told: tuple[int, str, Usage], calls: tuple[Call, ...] = ()) -> dict[str, object]:
        """Write that a response came; gives what the row says of it."""
        at_ms, _, usage = told
        self._turn_usage = _added(self._turn_usage, usage)
        self._thread_usage = _added(self._thread_usage, usage)
        response = f"resp_0{self.draw.hex(48)}"
        slots: dict[str, object] = {
            "response": response,
            "usage": _tokens(usage),
            "turn_usage": _tokens(self._turn_usage),
            "thread_usage": _tokens(self._thread_usage),
        }
        self.transcript.tell(self._fill(rows.USED, at_ms, **slots), response, told, calls)
        return slots

    def _count(self, at_ms: int, usage: Usage | None) -> None:
        """Write the running total, which Codex repeats when nothing new came."""
        last = rows.NO_TOKENS if usage is None else _tokens(usage)
        for _ in range(2 if self.draw.chance(20) else 1):
            total = _tokens(self._thread_usage)
            self._row(rows.COUNTED, at_ms, usage=last, thread_usage=total)
            self.plan.meet("codex_cumulative_row")

    def _result(self, turn: Turn, at_ms: int, done: Done) -> None:
        deed = done.deed
        if not deed.ends:
            self.plan.meet("call_without_end")
            return
        slots = {**done.slots, "begun": at_ms - deed.lasted_ms, "ended": at_ms}
        if deed.kind == "agent":
            slots["receiver"] = self._subagent(turn, slots["begun"])
        self._row(done.item_row, at_ms, **slots)
        self._row(done.output_row, at_ms + 20, **slots)

    def _subagent(self, turn: Turn, at_ms: int) -> str:
        """Write a subagent's file; gives its thread."""
        session = self.session
        thread = self.draw.timed_uuid(at_ms)
        turns = tell_turns(self.draw, Wish((turn.model,), at_ms, 6_000))
        transcript = Transcript(AGENT, session.id, path_of(thread, at_ms))
        writer = _Writer(session, transcript, thread)
        source = rows.SUBAGENT_SOURCE % self._slots
        writer.open(rows.SUBAGENT_META, turns[0], source=source, thread_source="subagent")
        for its in turns:
            writer.turn(its, is_first=its is turns[0])
        self.plan.meet("codex_subagent_file")
        session.home.put(transcript)
        return thread

    def _compact(self, at_ms: int, turn: Turn, usage: Usage) -> None:
        """Write that the history was compacted, which takes a response of its own."""
        self.plan.meet("compaction")
        self._row(rows.SUMMED_UP, at_ms, text=self.draw.text(300))
        used = self._use((at_ms + 2, turn.model, usage))
        self._count(at_ms + 3, usage)
        self._row(rows.COMPACTED, at_ms + 4, text=self.draw.text(1_500), **used)
        self.plan.meet("usage_beside_responses")
        self._context(at_ms + 5)
        self._count(at_ms + 6, None)
        self._row(rows.COMPACTION_ITEM, at_ms + 7, id=self.draw.timed_uuid(at_ms))

    def repeat(self, of: Transcript, at_ms: int) -> None:
        """Write the first turn of another file again, as of now."""

        def again(row: str) -> str | None:
            if '"type":"session_meta"' in row:
                return None
            ordinal = len(self.transcript.rows)
            return _HEAD.sub(f'"timestamp":"{iso(at_ms)}","ordinal":{ordinal}', row, count=1)

        self.transcript.repeat(of, of.turn_ends[0], again, at_ms)
        for told in self.transcript.told.values():
            self._thread_usage = _added(self._thread_usage, told.usage)

    def mishaps(self) -> None:
        """Write a row of a kind nobody knows, and a response that used nothing."""
        at_ms = self.transcript.end_ms + 900
        self._row(rows.UNKNOWN, at_ms)
        self.plan.meet("unknown_row")
        self.plan.meet("usage_beside_responses")
        self._use((at_ms + 5, _MODEL, Usage()))

    def tear(self) -> None:
        """End the file within a row that a reader cannot have."""
        at_ms = self.transcript.end_ms + 900
        usage = _tokens(Usage(7, 7))
        row = self._fill(
            rows.USED,
            at_ms,
            response="resp_torn",
            usage=usage,
            turn_usage=usage,
            thread_usage=usage,
        )
        self.transcript.torn = row.encode()[: -self.draw.between(2, 60)]

    def _row(self, template: str, at_ms: int, **slots: object) -> None:
        self.transcript.add(self._fill(template, at_ms, **slots), at_ms)

    def _fill(self, template: str, at_ms: int, **slots: object) -> str:
        here: dict[str, object] = {"at": iso(at_ms), "ordinal": len(self.transcript.rows)}
        made = {"id": self.draw.timed_uuid(at_ms), "create_time": f"{at_ms / 1_000:.3f}"}
        here |= {"begun": at_ms, "ended": at_ms}
        return template % {**self._slots, **here, **made, **slots}


def _tokens(usage: Usage) -> str:
    """Tell a usage in OpenAI's manner: the input includes what was cached."""
    sent = usage.prompt_tokens
    return rows.TOKENS % {
        "input": sent,
        "cached": usage.cache_read_tokens,
        "output": usage.output_tokens,
        "reasoning": usage.reasoning_tokens,
        "total": sent + usage.output_tokens,
    }


def _added(a: Usage, b: Usage) -> Usage:
    return Usage(*(x + y for x, y in zip(a, b, strict=True)))
