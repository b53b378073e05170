"""Gemini CLI's home: `.gemini/tmp/<project>/chats/session-<time>-<id>.jsonl`, subagents below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcripts import gemini_rows as rows
from transcripts.draw import STRANGE
from transcripts.home import Transcript
from transcripts.plan import Call, Usage
from transcripts.recipe import Menu, Recipe, build_wish, fill, place
from transcripts.shape import compact, iso
from transcripts.story import ZONE_HOURS, Deed, Wish, tell_turns

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.home import Home
    from transcripts.story import Step, Turn

AGENT: Final = "gemini"
_MODEL: Final = "gemini-3.8-flash"
_OTHER_MODEL: Final = "gemini-2.5-pro"
_CONTEXTS: Final = (12_000, 12_000, 230_000)

_PLAIN: Final = Recipe((_MODEL,))
_MENU: Final = Menu(
    (
        _PLAIN,
        _PLAIN._replace(subagents=True),
        Recipe((_MODEL, _OTHER_MODEL), compacts=True),
        Recipe((_OTHER_MODEL,), midnight_of=ZONE_HOURS, then="copied"),
        Recipe(("gemini-nova-preview",), mishaps=True),
        _PLAIN._replace(torn="row", midnight_of=0),
    ),
    rare=Recipe((_OTHER_MODEL,)),
)


def write(home: Home, draw: Draw, size: int) -> None:
    """Fill a home with about so many bytes of sessions, each recipe at least once."""
    fill(home, draw, size, _MENU, lambda recipe, its_size: _write(home, draw, recipe, its_size))


def _write(home: Home, draw: Draw, recipe: Recipe, size: int) -> None:
    turns = tell_turns(draw, build_wish(recipe, draw, size, _CONTEXTS))
    session, project = draw.uuid(), draw.pick(("shop", "atlas"))
    minute = iso(turns[0].at_ms)[:16].replace(":", "-")
    folder, name = f".gemini/tmp/{project}/chats", f"session-{minute}-{session[:8]}.jsonl"
    transcript = Transcript(AGENT, session, f"{folder}/{name}")
    writer = _Writer(home, draw, transcript)
    writer.open(session, "main", turns[0].at_ms)
    for number, turn in enumerate(turns):
        writer.turn(turn, spawns=recipe.subagents and number == 0)
    if recipe.mishaps:
        writer.mishaps(recipe.models[0])
    if recipe.torn:
        writer.tear()
    place(home, recipe, transcript, f".gemini/tmp/{project}-1/chats/{name}")


class _Writer:
    """Writes the rows of a session, or of a subagent of one."""

    def __init__(self, home: Home, draw: Draw, transcript: Transcript) -> None:
        self.home = home
        self.draw = draw
        self.transcript = transcript
        self._hash = draw.hex(64)

    def open(self, own_id: str, kind: str, at_ms: int) -> None:
        """Write the header, and the context that every session begins with."""
        where = '"directories":["/home/ada/code/shop"],' if kind == "subagent" else ""
        slots = {"id": own_id, "hash": self._hash, "kind": kind, "directories": where}
        self._row(rows.HEADER, at_ms - 900, **slots)
        self._row(rows.HISTORY, at_ms - 899, hash=self._hash[:32], text=self.draw.text(500))

    def turn(self, turn: Turn, *, spawns: bool) -> None:
        """Write one prompt, and every response to it with the results of its calls."""
        plan = self.home.plan
        if turn.compaction is not None:
            plan.meet("compaction")
            self._row(rows.HISTORY, turn.at_ms - 1, hash=self._hash[:32], text=self.draw.text(900))
        plan.meet("non_ascii")
        plan.meet("nul_escape")
        text = compact(STRANGE)[1:-1] + self.draw.text(turn.asked)
        self._row(rows.PROMPT, turn.at_ms, text=text)
        self._row(rows.UPDATED, turn.at_ms)
        for step in turn.steps:
            its_spawn = spawns and step is turn.steps[0]
            agent = Deed("agent", 0, ends=True, lasted_ms=20_000, size=300)
            deeds = (agent, *step.deeds) if its_spawn else step.deeds
            self._step(turn, step._replace(deeds=deeds))

    def _step(self, turn: Turn, step: Step) -> None:
        told = (step.at_ms, turn.model, step.usage)
        row_id = self.draw.uuid()
        slots = self._answer_slots(step, turn.model) | {"id": row_id}
        self.transcript.tell(rows.ANSWER % slots, row_id, told)
        self._row(rows.UPDATED, step.at_ms + 1)
        done = [self._call(turn, step, deed) for deed in step.deeds if deed.ends]
        if not done:
            return
        self.home.plan.meet("gemini_rewritten_row")
        calls = tuple(call for call, _, _ in done)
        listed = ",".join(call_json for _, call_json, _ in done)
        row = rows.ANSWER_WITH_CALLS % {**slots, "calls": f"[{listed}]"}
        self.transcript.tell(row, row_id, told, calls)
        results = ",".join(result for _, _, result in done)
        self._row(rows.RETURNED, step.end_ms, results=f"[{results}]")
        self._row(rows.UPDATED, step.end_ms)

    def _answer_slots(self, step: Step, model: str) -> dict[str, object]:
        usage = step.usage
        thoughts, sent = usage.reasoning_tokens, usage.prompt_tokens
        return {
            "at": iso(step.at_ms),
            "model": model,
            "text": self.draw.text(step.said),
            "input": sent,
            "output": usage.output_tokens - thoughts,
            "cached": usage.cache_read_tokens,
            "thoughts": thoughts,
            "total": sent + usage.output_tokens,
        }

    def _call(self, turn: Turn, step: Step, deed: Deed) -> tuple[Call, str, str]:
        """Give a call as the plan knows it, as its row lists it, and its result."""
        tool, args = rows.TOOLS[deed.kind]
        call = Call(f"{tool}__call_{self.draw.hex(12)}", tool, deed.outcome)
        is_shell = deed.kind == "shell"
        failed = deed.exit_code and not is_shell
        text = self.draw.text(deed.size)
        code = f"\\nExit Code: {deed.exit_code}" if deed.exit_code else ""
        slots: dict[str, object] = {
            "id": call.id,
            "tool": tool,
            "at": iso(step.at_ms + 400 + deed.lasted_ms),
            "word": f"order {self.draw.below(10_000)}",
            "key": "error" if failed else "output",
            "status": "error" if failed else "success",
            "text": f"Output: {text}{code}\\nProcess Group PGID: 18153" if is_shell else text,
            "agent": "",
        }
        if deed.kind == "agent":
            slots["agent"] = f'"agentId":"{self._subagent(turn, step)}",'
        result = rows.RESULT % slots
        template = rows.TEXT_DISPLAY if failed else rows.DISPLAYS.get(deed.kind, rows.TEXT_DISPLAY)
        filled = {"args": args % slots, "result": result, "display": template % slots}
        return call, rows.CALL % {**slots, **filled}, result

    def _subagent(self, turn: Turn, step: Step) -> str:
        """Write a subagent's file, in its session's folder; gives its id."""
        self.home.plan.meet("subagent")
        own_id, session = self.draw.uuid(), self.transcript.session
        turns = tell_turns(self.draw, Wish((turn.model,), step.at_ms + 500, 5_000))
        folder = self.transcript.path.rpartition("/")[0]
        transcript = Transcript(AGENT, session, f"{folder}/{session}/{own_id}.jsonl")
        writer = _Writer(self.home, self.draw, transcript)
        writer.open(own_id, "subagent", turns[0].at_ms)
        for its in turns:
            writer.turn(its, spawns=False)
        transcript.add(rows.SUMMARY % {"text": "done"}, transcript.end_ms)
        self.home.put(transcript)
        return own_id

    def mishaps(self, model: str) -> None:
        """Write a row of a kind nobody knows, and a response that used nothing."""
        at_ms = self.transcript.end_ms + 900
        self._row(rows.UNKNOWN, at_ms)
        self.home.plan.meet("unknown_row")
        self.home.plan.meet("usage_beside_responses")
        row_id, numbers = self.draw.uuid(), ("input", "output", "cached", "thoughts", "total")
        slots = {"id": row_id, "at": iso(at_ms), "text": "", "model": model}
        row = rows.ANSWER % {**dict.fromkeys(numbers, 0), **slots}
        self.transcript.tell(row, row_id, (at_ms, model, Usage()))

    def tear(self) -> None:
        """End the file within a row that a reader cannot have."""
        at = iso(self.transcript.end_ms + 900)
        numbers = dict.fromkeys(("input", "output", "cached", "thoughts", "total"), 7)
        row = rows.ANSWER % {
            **numbers,
            "id": self.draw.uuid(),
            "at": at,
            "text": "",
            "model": _MODEL,
        }
        self.transcript.torn = row.encode()[: -self.draw.between(2, 30)]

    def _row(self, template: str, at_ms: int, **slots: object) -> None:
        filled = template % {"at": iso(at_ms), "id": self.draw.uuid(), **slots}
        self.transcript.add(filled, at_ms)
