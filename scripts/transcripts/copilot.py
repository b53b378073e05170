"""GitHub Copilot CLI's home: `.copilot/session-state/<session>/events.jsonl`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcripts import copilot_rows as rows
from transcripts.draw import STRANGE
from transcripts.home import Transcript
from transcripts.plan import Call, Usage
from transcripts.recipe import Menu, Recipe, build_wish, fill, place
from transcripts.shape import compact, iso
from transcripts.story import ZONE_HOURS, Deed, Step, Wish, tell_turns

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.home import Home
    from transcripts.story import Turn

AGENT: Final = "copilot"
_MODEL: Final = "claude-sonnet-4.5"
_OTHER_MODEL: Final = "gpt-5.5"

_PLAIN: Final = Recipe((_MODEL,))
_MENU: Final = Menu(
    (
        _PLAIN,
        _PLAIN._replace(subagents=True),
        Recipe((_MODEL, _OTHER_MODEL)),
        Recipe((_OTHER_MODEL,), midnight_of=ZONE_HOURS),
        Recipe(("copilot-nova-preview",), mishaps=True),
        Recipe((_OTHER_MODEL,), torn="row", midnight_of=0),
    ),
    rare=Recipe((_OTHER_MODEL,)),
)


def write(home: Home, draw: Draw, size: int) -> None:
    """Fill a home with about so many bytes of sessions, each recipe at least once."""
    fill(
        home,
        draw,
        size,
        _MENU,
        lambda recipe, its_size: _Session(home, draw, recipe).write(its_size),
    )


class _Session:
    """One session, whose subagents write into the same file."""

    def __init__(self, home: Home, draw: Draw, recipe: Recipe) -> None:
        self.home = home
        self.draw = draw
        self.recipe = recipe
        self.used: dict[str, list[Usage]] = {}
        session = draw.uuid()
        path = f".copilot/session-state/{session}/events.jsonl"
        self.transcript = Transcript(AGENT, session, path)
        self._parent = "null"
        self._slots = {
            "session": session,
            "source": session,
            "agent": "",
            "parent_call": "",
            "initiator": "agent",
            "interaction": draw.uuid(),
        }

    def write(self, size: int) -> None:
        """Write the session's file."""
        turns = tell_turns(self.draw, build_wish(self.recipe, self.draw, size))
        self._row(rows.START, turns[0].at_ms - 400, model=turns[0].model)
        self._row(rows.PERMISSIONS, turns[0].at_ms - 390)
        for number, turn in enumerate(turns):
            self._turn(turn, spawns=self.recipe.subagents and number == 0)
        if self.recipe.mishaps:
            self._mishaps()
        if self.recipe.torn:
            self._tear()
        else:
            self._shut_down(turns[-1].model)
        place(self.home, self.recipe, self.transcript, "")

    def _turn(self, turn: Turn, *, spawns: bool) -> None:
        self.home.plan.meet("non_ascii")
        self.home.plan.meet("nul_escape")
        text = compact(STRANGE)[1:-1] + self.draw.text(turn.asked)
        self._row(rows.PROMPT, turn.at_ms, text=text)
        self._row(rows.SYSTEM, turn.at_ms + 4, text=self.draw.text(900))
        for number, step in enumerate(turn.steps):
            agent = Deed("agent", 0, ends=True, lasted_ms=20_000, size=300)
            deeds = (agent, *step.deeds) if spawns and number == 0 else step.deeds
            self._step(turn, step._replace(deeds=deeds), number)

    def _step(self, turn: Turn, step: Step, number: int) -> None:
        done = [self._call(deed) for deed in step.deeds]
        told = tuple(
            Call(str(slots["call"]), str(slots["tool"]), deed.outcome)
            for deed, slots in zip(step.deeds, done, strict=True)
        )
        here = {"turn": number, "model": turn.model}
        self._row(rows.TURN_START, step.at_ms - 30, **here)
        response = self._respond((step.at_ms, turn.model, step.usage), told)
        requests = ",".join(rows.REQUEST % slots for slots in done)
        text = self.draw.text(step.said)
        slots = {**here, "response": response, "requests": f"[{requests}]", "text": text}
        self._row(rows.ANSWER, step.at_ms + 4, **slots)
        at_ms = step.at_ms + 20
        for deed, its in zip(step.deeds, done, strict=True):
            at_ms = self._do(deed, at_ms, {**here, **its})
        self._row(rows.TURN_END, at_ms + 5, turn=number)

    def _do(self, deed: Deed, at_ms: int, slots: dict[str, object]) -> int:
        """Write what a call did; gives the time of its end."""
        self._row(rows.CALL_START, at_ms, **slots)
        hook = self.draw.uuid()
        self._row(rows.HOOK_START, at_ms + 1, hook=hook, **slots)
        self._row(rows.HOOK_END, at_ms + 20, hook=hook)
        if not deed.ends:
            self.home.plan.meet("call_without_end")
            return at_ms
        if deed.kind == "agent":
            self._subagent(at_ms + 30, slots)
        ended_ms = at_ms + deed.lasted_ms
        self._row(rows.CALL_END, ended_ms, **slots)
        return ended_ms

    def _call(self, deed: Deed) -> dict[str, object]:
        """Fill what tells of a call; a shell's failure is a success with an exit code."""
        tool, args = rows.TOOLS[deed.kind]
        is_shell = deed.kind == "shell"
        slots: dict[str, object] = {
            "call": f"call_{self.draw.hex(16)}",
            "tool": tool,
            "word": f"order {self.draw.below(10_000)}",
            "server": rows.SERVER_TOLD if deed.kind == "mcp" else "",
            "text": self.draw.text(deed.size),
            "success": "false" if deed.exit_code and not is_shell else "true",
            "shell": f'"shellExecution":{{"exitCode":{deed.exit_code}}},' if is_shell else "",
        }
        return {**slots, "args": args % slots}

    def _respond(self, told: tuple[int, str, Usage], calls: tuple[Call, ...]) -> str:
        at_ms, model, usage = told
        response = f"chatcmpl-{self.draw.hex(24)}"
        its = self.used.setdefault(model, [])
        its.append(usage)
        slots = {"response": response, "calls": len(calls), "sequence": len(its)}
        row = self._fill(rows.USED, at_ms, model=model, **slots, **_tokens(usage))
        self.transcript.tell(row, response, told, calls)
        return response

    def _subagent(self, at_ms: int, call: dict[str, object]) -> None:
        """Write what a subagent did, between the call's start and its end."""
        self.home.plan.meet("subagent")
        agent, before = self.draw.uuid(), dict(self._slots)
        self._slots |= {
            "agent": f'"agentId":"{agent}",',
            "parent_call": f'"parentToolCallId":"{call["call"]}",',
            "source": self.draw.uuid(),
            "initiator": "sub-agent",
        }
        model = str(call["model"])
        self._row(rows.AGENT_STARTED, at_ms, **call)
        self._row(rows.CONFIGURED, at_ms + 1, model=model)
        self._row(rows.MODEL_CHANGE, at_ms + 1, model=model)
        for turn in tell_turns(self.draw, Wish((model,), at_ms, 4_000)):
            self._turn(turn, spawns=False)
        self._row(rows.AGENT_COMPLETED, self.transcript.end_ms, **call)
        self._slots = before

    def _mishaps(self) -> None:
        at_ms = self.transcript.end_ms + 900
        self._row(rows.UNKNOWN, at_ms)
        self.home.plan.meet("unknown_row")
        self.home.plan.meet("usage_beside_responses")
        self._respond((at_ms, self.recipe.models[0], Usage()), ())

    def _tear(self) -> None:
        slots = {"response": "chatcmpl-torn", "calls": 0, "sequence": 9, "model": _MODEL}
        row = self._fill(rows.USED, self.transcript.end_ms + 900, **slots, **_tokens(Usage(7, 7)))
        self.transcript.torn = row.encode()[: -self.draw.between(2, 40)]

    def _shut_down(self, model: str) -> None:
        """Write the session's own sums."""
        metrics = {name: _summed(usages) for name, usages in self.used.items()}
        at_ms = self.transcript.end_ms + 100
        slots = {"start": at_ms - 60_000, "models": compact(metrics), "model": model}
        self._row(rows.SHUTDOWN, at_ms, **slots)

    def _row(self, template: str, at_ms: int, **slots: object) -> None:
        self.transcript.add(self._fill(template, at_ms, **slots), at_ms)

    def _fill(self, template: str, at_ms: int, **slots: object) -> str:
        own = self.draw.uuid()
        chained = {"id": own, "parent": self._parent, "at": iso(at_ms)}
        self._parent = f'"{own}"'
        return template % {**self._slots, **chained, **slots}


def _tokens(usage: Usage) -> dict[str, int]:
    return {
        "input": usage.prompt_tokens,
        "output": usage.output_tokens,
        "cached": usage.cache_read_tokens,
        "reasoning": usage.reasoning_tokens,
    }


def _summed(usages: list[Usage]) -> dict[str, object]:
    return {
        "requests": {"count": len(usages), "cost": 0},
        "usage": {
            "inputTokens": sum(usage.prompt_tokens for usage in usages),
            "outputTokens": sum(usage.output_tokens for usage in usages),
            "cacheReadTokens": sum(usage.cache_read_tokens for usage in usages),
            "cacheWriteTokens": 0,
            "reasoningTokens": sum(usage.reasoning_tokens for usage in usages),
        },
        "totalNanoAiu": 0,
    }
