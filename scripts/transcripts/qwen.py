"""Qwen Code's home: `.qwen/projects/<directory>/chats/<session>.jsonl`, subagents, and its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from transcripts import qwen_rows as rows
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

AGENT: Final = "qwen"
_MODEL: Final = "qwen3-coder-plus"
_OTHER_MODEL: Final = "deepseek-chat"
_FOLDER: Final = ".qwen/projects/-home-ada-code-shop"

_PLAIN: Final = Recipe((_MODEL,))
_MENU: Final = Menu(
    (
        _PLAIN,
        _PLAIN._replace(subagents=True),
        Recipe((_MODEL, _OTHER_MODEL), compacts=True),
        Recipe((_OTHER_MODEL,), midnight_of=ZONE_HOURS),
        Recipe(("qwen-nova-preview",), mishaps=True),
        Recipe((_OTHER_MODEL,), torn="row", midnight_of=0),
    ),
    rare=Recipe((_OTHER_MODEL,)),
)


def write(home: Home, draw: Draw, size: int) -> None:
    """Fill a home with about so many bytes of sessions, each recipe at least once."""
    sums: list[str] = []

    def session(recipe: Recipe, its_size: int) -> None:
        writer = _Session(home, draw, recipe)
        writer.write(its_size)
        if not recipe.torn:
            sums.append(writer.own_sum())

    fill(home, draw, size, _MENU, session)
    home.plan.meet("call_id_in_two_sessions", len(sums))
    path = ".qwen/usage_record.jsonl"
    home.write(path, "".join(f"{row}\n" for row in sums).encode(), _SAVED_MS)


_SAVED_MS: Final = 1_795_000_000_000
"""When the sums were last written: behind the hundred days."""


class _Session:
    """One session: its file, its subagents' files, and its own sum of it all."""

    def __init__(self, home: Home, draw: Draw, recipe: Recipe) -> None:
        self.home = home
        self.draw = draw
        self.recipe = recipe
        self.id = draw.uuid()
        self.used: dict[str, list[Usage]] = {}
        self.tools: dict[str, list[Deed]] = {}
        self.transcript = Transcript(AGENT, self.id, f"{_FOLDER}/chats/{self.id}.jsonl")
        self._calls = 0
        self._parent = "null"
        self._telling_of = ""

    def write(self, size: int) -> None:
        """Write the session's files."""
        recipe, plan = self.recipe, self.home.plan
        turns = tell_turns(self.draw, build_wish(recipe, self.draw, size))
        for number, turn in enumerate(turns):
            if turn.compaction is not None:
                self._compress(turn, turn.compaction)
            plan.meet("non_ascii")
            plan.meet("nul_escape")
            text = compact(STRANGE)[1:-1] + self.draw.text(turn.asked)
            self._row(rows.PROMPT, turn.at_ms, text=text)
            self._row(rows.SNAPSHOT, turn.at_ms + 5)
            for step in turn.steps:
                spawns = recipe.subagents and number == 0 and step is turn.steps[0]
                agent = Deed("agent", 0, ends=True, lasted_ms=30_000, size=300)
                deeds = (agent, *step.deeds) if spawns else step.deeds
                self._step(turn, step._replace(deeds=deeds))
        if recipe.mishaps:
            self._mishaps()
        if recipe.torn:
            row = self._fill(
                rows.RESPONDED, self.transcript.end_ms + 900, **self._told("torn", Usage(7))
            )
            self.transcript.torn = row.encode()[: -self.draw.between(2, 40)]
        place(self.home, recipe, self.transcript, "")

    def _told(self, response: str, usage: Usage, model: str = _MODEL) -> dict[str, object]:
        """Fill what tells of a response, in the manner of OpenAI's servers."""
        sent = usage.prompt_tokens
        return {
            "event": "api_response",
            "subagent": self._telling_of and rows.SUBAGENT % self._telling_of,
            "response": response,
            "model": model,
            "input": sent,
            "output": usage.output_tokens,
            "cached": usage.cache_read_tokens,
            "thoughts": usage.reasoning_tokens,
            "total": sent + usage.output_tokens,
        }

    def _respond(self, at_ms: int, model: str, usage: Usage, calls: tuple[Call, ...]) -> str:
        """Write the row with a response's own id."""
        response = f"chatcmpl-{self.draw.hex(24)}"
        row = self._fill(rows.RESPONDED, at_ms, **self._told(response, usage, model))
        self.transcript.tell(row, response, (at_ms, model, usage), calls)
        self.used.setdefault(model, []).append(usage)
        return response

    def _step(self, turn: Turn, step: Step) -> None:
        done = [self._call(deed) for deed in step.deeds]
        calls = _calls_of(step, done)
        response = self._respond(step.at_ms, turn.model, step.usage, calls)
        parts = [
            rows.SAID % {"text": self.draw.text(step.said)},
            *(rows.ASKED % call for call in done),
        ]
        told = self._told(response, step.usage, turn.model)
        self._row(rows.ANSWER, step.at_ms + 5, parts=f"[{','.join(parts)}]", **told)
        at_ms = step.at_ms + 400
        for deed, call in zip(step.deeds, done, strict=True):
            if not deed.ends:
                self.home.plan.meet("call_without_end")
                continue
            if deed.kind == "agent":
                self._subagent(turn.model, at_ms, str(call["call"]))
            at_ms += deed.lasted_ms
            self.tools.setdefault(str(call["tool"]), []).append(deed)
            self._row(rows.CALLED, at_ms, event="tool_call", response=response, **call)
            self._row(rows.RESULT, at_ms + 1, **call)

    def _call(self, deed: Deed) -> dict[str, object]:
        """Fill what tells of a call; its id is one that every session has."""
        tool, args = rows.TOOLS[deed.kind]
        call = f"call_{self._calls}"
        self._calls += 1
        slots: dict[str, object] = {
            "call": call,
            "tool": tool,
            "word": f"order {self.draw.below(10_000)}",
            "text": self.draw.text(deed.size),
            "key": "error" if deed.exit_code else "output",
            "status": "error" if deed.exit_code else "success",
            "success": "false" if deed.exit_code else "true",
            "lasted": deed.lasted_ms,
            "exit_code": deed.exit_code,
            "shell": "failed" if deed.exit_code else "completed",
            "error": "",
            "server": '"mcp_server_name":"tracker",' if deed.kind == "mcp" else "",
        }
        if deed.exit_code:
            kind = "shell_execute_error" if deed.kind == "shell" else "tool_error"
            slots["error"] = f'"error":{{}},"errorType":"{kind}",'
        template = rows.DISPLAYS.get(deed.kind, rows.TEXT_DISPLAY)
        return {**slots, "args": args % slots, "display": template % slots}

    def _subagent(self, model: str, at_ms: int, call: str) -> None:
        """Write a subagent's file; the session's own tells of its responses and calls too."""
        self.home.plan.meet("subagent")
        agent = self._telling_of = f"general-purpose-{call}"
        path = f"{_FOLDER}/subagents/{self.id}/agent-{agent}.jsonl"
        its = Transcript(AGENT, self.id, path)
        (turn, *_) = tell_turns(self.draw, Wish((model,), at_ms, 5_000))

        def row(template: str, when_ms: int, **slots: object) -> None:
            its.add(self._fill(template, when_ms, agent=agent, **slots), when_ms)

        row(rows.SIDE_PROMPT, at_ms, text=self.draw.text(turn.asked))
        for step in turn.steps:
            done = [self._call(deed) for deed in step.deeds]
            response = self._respond(step.at_ms, model, step.usage, _calls_of(step, done))
            told = self._told(response, step.usage, model)
            row(rows.SIDE_ANSWER, step.at_ms + 1, parts="[]", **told)
            for deed, call_slots in zip(step.deeds, done, strict=True):
                row(rows.SIDE_ASKED, step.at_ms + 30, parts=f"[{rows.ASKED % call_slots}]")
                self.tools.setdefault(str(call_slots["tool"]), []).append(deed)
                slots = {"event": "tool_call", "response": response, **call_slots}
                self._row(rows.CALLED, step.end_ms, **slots)
                row(rows.SIDE_RESULT, step.end_ms, **call_slots)
        self._telling_of = ""
        self.home.put(its)

    def _compress(self, turn: Turn, usage: Usage) -> None:
        """Write that the history was compacted; no other row tells of its response."""
        self.home.plan.meet("compaction")
        self._respond(turn.at_ms - 400, turn.model, usage, ())
        sent = usage.prompt_tokens
        self._row(rows.COMPRESSED, turn.at_ms - 390, input=sent, text=self.draw.text(900))

    def _mishaps(self) -> None:
        at_ms = self.transcript.end_ms + 900
        self._row(rows.UNKNOWN, at_ms)
        self.home.plan.meet("unknown_row")
        self.home.plan.meet("usage_beside_responses")
        self._respond(at_ms, self.recipe.models[0], Usage(), ())

    def own_sum(self) -> str:
        """Give the row of `usage_record.jsonl` that the session ends with."""
        calls = [deed for deeds in self.tools.values() for deed in deeds]
        return compact(
            {
                "version": 1,
                "sessionId": self.id,
                "timestamp": self.transcript.end_ms,
                "startTime": self.transcript.end_ms - 60_000,
                "project": rows.CWD,
                "durationMs": 60_000,
                "totalLatencyMs": 286,
                "models": {model: _summed(usages) for model, usages in self.used.items()},
                "tools": {
                    **_counted(calls, ("totalCalls", "totalSuccess", "totalFail")),
                    "byName": {
                        tool: _counted(deeds, ("count", "success", "fail"))
                        for tool, deeds in self.tools.items()
                    },
                },
                "files": {"linesAdded": 3, "linesRemoved": 1},
                "skills": {"totalCalls": 0, "totalSuccess": 0, "totalFail": 0, "byName": {}},
            }
        )

    def _row(self, template: str, at_ms: int, **slots: object) -> None:
        self.transcript.add(self._fill(template, at_ms, **slots), at_ms)

    def _fill(self, template: str, at_ms: int, **slots: object) -> str:
        uuid = self.draw.uuid()
        chained = {"uuid": uuid, "parent": self._parent, "session": self.id, "at": iso(at_ms)}
        self._parent = f'"{uuid}"'
        return template % {**chained, **slots}


def _calls_of(step: Step, done: list[dict[str, object]]) -> tuple[Call, ...]:
    return tuple(
        Call(str(slots["call"]), str(slots["tool"]), deed.outcome)
        for deed, slots in zip(step.deeds, done, strict=True)
    )


def _summed(usages: list[Usage]) -> dict[str, int]:
    sent = sum(usage.prompt_tokens for usage in usages)
    output = sum(usage.output_tokens for usage in usages)
    return {
        "requests": len(usages),
        "inputTokens": sent,
        "outputTokens": output,
        "cachedTokens": sum(usage.cache_read_tokens for usage in usages),
        "thoughtsTokens": sum(usage.reasoning_tokens for usage in usages),
        "totalTokens": sent + output,
        "totalLatencyMs": 286,
    }


def _counted(deeds: list[Deed], names: tuple[str, str, str]) -> dict[str, int]:
    failed = sum(bool(deed.exit_code) for deed in deeds)
    counts = (len(deeds), len(deeds) - failed, failed)
    return dict(zip(names, counts, strict=True))
