"""OpenCode's home: the SQLite database `.local/share/opencode/opencode.db`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from transcripts.draw import STRANGE
from transcripts.plan import Call, Telling, Usage
from transcripts.recipe import Recipe, build_wish
from transcripts.shape import compact, row_template
from transcripts.story import DAY_MS, HOUR_MS, ZONE_HOURS, Deed, Step, Wish, draw_size, tell_turns

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.home import Home
    from transcripts.story import Turn

AGENT: Final = "opencode"
_PATH: Final = ".local/share/opencode/opencode.db"
_CWD: Final = "/home/ada/code/atlas"
_PROVIDERS: Final = {"claude-": "anthropic", "deepseek": "deepseek"}
_MODEL: Final = "claude-sonnet-5"
_OTHER_MODEL: Final = "deepseek-v4-flash"

_PLAIN: Final = Recipe((_MODEL,))
_RECIPES: Final = (
    _PLAIN,
    _PLAIN._replace(subagents=True),
    Recipe((_MODEL, _OTHER_MODEL)),
    Recipe((_OTHER_MODEL,), midnight_of=ZONE_HOURS),
    Recipe(("house-nova-1",), mishaps=True),
    Recipe((_OTHER_MODEL,), torn="row", midnight_of=0),
)

_SCHEMA: Final = (
    """CREATE TABLE `project` (
        `id` text PRIMARY KEY, `worktree` text NOT NULL, `vcs` text, `name` text, `icon_url` text,
        `icon_url_override` text, `icon_color` text, `time_created` integer NOT NULL,
        `time_updated` integer NOT NULL, `time_initialized` integer, `sandboxes` text NOT NULL,
        `commands` text)""",
    """CREATE TABLE `session` (
        `id` text PRIMARY KEY, `project_id` text NOT NULL, `workspace_id` text, `parent_id` text,
        `slug` text NOT NULL, `directory` text NOT NULL, `path` text, `title` text NOT NULL,
        `version` text NOT NULL, `share_url` text, `summary_additions` integer,
        `summary_deletions` integer, `summary_files` integer, `summary_diffs` text,
        `metadata` text, `cost` real DEFAULT 0 NOT NULL, `tokens_input` integer DEFAULT 0 NOT NULL,
        `tokens_output` integer DEFAULT 0 NOT NULL, `tokens_reasoning` integer DEFAULT 0 NOT NULL,
        `tokens_cache_read` integer DEFAULT 0 NOT NULL,
        `tokens_cache_write` integer DEFAULT 0 NOT NULL, `revert` text, `permission` text,
        `agent` text, `model` text, `time_created` integer NOT NULL,
        `time_updated` integer NOT NULL, `time_compacting` integer, `time_archived` integer,
        CONSTRAINT `fk_session_project_id_project_id_fk` FOREIGN KEY (`project_id`)
            REFERENCES `project`(`id`) ON DELETE CASCADE)""",
    """CREATE TABLE `message` (
        `id` text PRIMARY KEY, `session_id` text NOT NULL, `time_created` integer NOT NULL,
        `time_updated` integer NOT NULL, `data` text NOT NULL,
        CONSTRAINT `fk_message_session_id_session_id_fk` FOREIGN KEY (`session_id`)
            REFERENCES `session`(`id`) ON DELETE CASCADE)""",
    """CREATE TABLE `part` (
        `id` text PRIMARY KEY, `message_id` text NOT NULL, `session_id` text NOT NULL,
        `time_created` integer NOT NULL, `time_updated` integer NOT NULL, `data` text NOT NULL,
        CONSTRAINT `fk_part_message_id_message_id_fk` FOREIGN KEY (`message_id`)
            REFERENCES `message`(`id`) ON DELETE CASCADE)""",
)
_SESSION: Final = """INSERT INTO session (id, project_id, parent_id, slug, directory, path, title,
    version, summary_additions, summary_deletions, summary_files, tokens_input, tokens_output,
    tokens_reasoning, tokens_cache_read, tokens_cache_write, permission, agent, model, time_created,
    time_updated) VALUES (?, 'global', ?, 'witty-tiger', ?, ?, ?, '1.18.33', 0, 0, 0, ?, ?, ?, ?, ?,
    '[]', ?, ?, ?, ?)"""
_MESSAGE: Final = "INSERT INTO message VALUES (?, ?, ?, ?, ?)"
_PART: Final = "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)"

_PROMPT: Final = row_template(
    {
        "role": "user",
        "time": {"created": "=begun"},
        "agent": "%(agent)s",
        "model": {"providerID": "%(provider)s", "modelID": "%(model)s"},
        "summary": {"diffs": []},
    }
)
_TOKENS: Final = {
    "total": "=total",
    "input": "=input",
    "output": "=output",
    "reasoning": "=reasoning",
    "cache": {"write": "=written", "read": "=cached"},
}
_ANSWER: Final = row_template(
    {
        "parentID": "%(parent)s",
        "role": "assistant",
        "mode": "%(agent)s",
        "agent": "%(agent)s",
        "path": {"cwd": _CWD, "root": "/"},
        "cost": 0,
        "tokens": _TOKENS,
        "modelID": "%(model)s",
        "providerID": "%(provider)s",
        "time": {"created": "=begun", "completed": "=ended"},
        "finish": "%(finish)s",
    }
)
_TEXT: Final = row_template({"type": "text", "text": "%(text)s"})
_STEP_START: Final = row_template({"type": "step-start"})
_STEP_FINISH: Final = row_template(
    {
        "reason": "%(finish)s",
        "type": "step-finish",
        "tokens": _TOKENS,
        "cost": 0,
    }
)


def _tool_part(state: dict[str, object]) -> str:
    head = {"type": "tool", "tool": "%(tool)s", "callID": "%(call)s"}
    return row_template({**head, "state": state})


_TIME: Final = {"start": "=begun", "end": "=ended"}
_COMPLETED: Final = _tool_part(
    {
        "status": "completed",
        "input": "=asked",
        "output": "%(text)s",
        "metadata": "=metadata",
        "title": "%(word)s",
        "time": _TIME,
    }
)
_FAILED: Final = _tool_part(
    {
        "status": "error",
        "input": "=asked",
        "error": "%(text)s",
        "time": _TIME,
    }
)
_RUNNING: Final = _tool_part(
    {
        "status": "running",
        "input": "=asked",
        "time": {"start": "=begun"},
    }
)
_TOOLS: Final = {
    "shell": ("bash", row_template({"command": "%(word)s", "description": "Look"})),
    "read": ("read", row_template({"filePath": "src/cart.py"})),
    "edit": ("edit", row_template({"filePath": "src/cart.py", "newString": "%(text)s"})),
    "write": ("write", row_template({"filePath": "src/cart.py", "content": "%(text)s"})),
    "search": ("grep", row_template({"pattern": "%(word)s"})),
    "mcp": ("tracker_find", row_template({"message": "%(word)s"})),
    "agent": ("task", row_template({"description": "sub task", "prompt": "%(word)s"})),
}


def write(home: Home, draw: Draw, size: int) -> None:
    """Write the database, of about so many bytes, each recipe in it at least once."""
    full = home.path_of(_PATH)
    with closing(sqlite3.connect(full, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN")
        for statement in _SCHEMA:
            db.execute(statement)
        project = "INSERT INTO project VALUES ('global', '/', NULL, NULL, NULL, NULL, NULL, ?, ?,"
        db.execute(f"{project} NULL, '[]', NULL)", (_SAVED_MS, _SAVED_MS))
        book = _Book(home, draw, db)
        for recipe in _RECIPES:
            book.session(recipe, 9_000)
        while book.bytes < size:
            recipe = draw.pick(_RECIPES) if draw.chance(50) else _PLAIN
            book.session(recipe, min(draw_size(draw), max(9_000, size - book.bytes)))
        db.execute("COMMIT")
    home.settle(full, _SAVED_MS)


_SAVED_MS: Final = 1_795_000_000_000
"""When the database was last written: behind the hundred days."""


class _Book:
    """Writes sessions into the database."""

    def __init__(self, home: Home, draw: Draw, db: sqlite3.Connection) -> None:
        self.home = home
        self.draw = draw
        self.bytes = 0
        self._db = db

    def session(self, recipe: Recipe, size: int) -> None:
        """Write one session of a person, and its subagents'."""
        wish = build_wish(recipe, self.draw, size)
        wish = wish._replace(writes_cache=recipe.models[0] == _MODEL)
        turns = tell_turns(self.draw, wish)
        if recipe.mishaps:
            turns.append(_of_nothing(turns[-1]))
        thread = _Thread(self, self.id("ses", turns[0].at_ms), spawns=recipe.subagents)
        thread.write(turns)
        plan = self.home.plan
        plan.meet("model_change", len(recipe.models) > 1)
        plan.meet("over_midnight_utc", _days(turns, 0) > 1)
        plan.meet("over_midnight_in_zone", _days(turns, ZONE_HOURS) > 1)

    def id(self, kind: str, at_ms: int) -> str:
        """Give an id that begins with a time."""
        return f"{kind}_{at_ms * 4096 % 16**12:012x}{self.draw.hex(14)}"

    def insert(self, statement: str, row: tuple[Any, ...]) -> None:
        """Write a row."""
        self._db.execute(statement, row)
        self.bytes += 90 + len(row[-1]) if isinstance(row[-1], str) else 400


def _of_nothing(turn: Turn) -> Turn:
    """Give a turn in which a model answered without using anything."""
    at_ms = turn.end_ms + 9_000
    return turn._replace(at_ms=at_ms, steps=(Step(at_ms + 500, Usage(), (), 0),))


def _days(turns: list[Turn], zone_hours: int) -> int:
    times = [step.at_ms + zone_hours * HOUR_MS for turn in turns for step in turn.steps]
    return len({time // DAY_MS for time in times})


class _Thread:
    """One row of the session table, and all below it."""

    def __init__(
        self, book: _Book, own_id: str, *, spawns: bool, parent: str | None = None
    ) -> None:
        self._book = book
        self._id = own_id
        self._spawns = spawns
        self._parent = parent
        self._agent = "general" if parent else "build"

    def write(self, turns: list[Turn]) -> None:
        """Write the session and its messages."""
        usages = [step.usage for turn in turns for step in turn.steps]
        first, last = turns[0], turns[-1]
        model = {"id": last.model, "providerID": _provider(last.model), "variant": "default"}
        title = "sub task (@general subagent)" if self._parent else "Look for it"
        self._book.insert(
            _SESSION,
            (
                self._id,
                self._parent,
                _CWD,
                _CWD[1:],
                title,
                *_columns(usages),
                self._agent,
                compact(model),
                first.at_ms,
                last.end_ms,
            ),
        )
        for turn in turns:
            self._turn(turn)

    def _turn(self, turn: Turn) -> None:
        book = self._book
        slots: dict[str, object] = {
            "agent": self._agent,
            "model": turn.model,
            "provider": _provider(turn.model),
            "begun": turn.at_ms,
        }
        prompt = book.id("msg", turn.at_ms)
        self._message(prompt, (turn.at_ms, turn.end_ms), _PROMPT % slots)
        book.home.plan.meet("non_ascii")
        book.home.plan.meet("nul_escape")
        text = compact(STRANGE)[1:-1] + book.draw.text(turn.asked)
        self._part(prompt, turn.at_ms, _TEXT % {"text": text})
        for step in turn.steps:
            self._step(turn, step, {**slots, "parent": prompt})

    def _step(self, turn: Turn, step: Step, slots: dict[str, object]) -> None:
        book = self._book
        deeds = step.deeds
        if self._spawns:
            deeds = (Deed("agent", 0, ends=True, lasted_ms=20_000, size=300), *deeds)
            self._spawns = False
        message = book.id("msg", step.at_ms)
        finish = "tool-calls" if deeds else "stop"
        whole = {**slots, **_tokens(step.usage), "finish": finish}
        whole |= {"begun": step.at_ms, "ended": step.end_ms}
        self._message(message, (step.at_ms, step.end_ms), _ANSWER % whole)
        self._part(message, step.at_ms + 300, _STEP_START % {})
        if step.said:
            self._part(message, step.at_ms + 310, _TEXT % {"text": book.draw.text(step.said)})
        calls = tuple(self._call(message, step, deed, turn.model) for deed in deeds)
        self._part(message, step.end_ms, _STEP_FINISH % whole)
        session = self._parent or self._id
        told = (step.at_ms, _PATH, session, turn.model, _as_told(step.usage), calls)
        book.home.plan.tellings.append(Telling(AGENT, message, *told))

    def _call(self, message: str, step: Step, deed: Deed, model: str) -> Call:
        """Write a call's part; a shell's failure is a completed call with an exit code."""
        book, draw = self._book, self._book.draw
        tool, asked = _TOOLS[deed.kind]
        begun_ms = step.at_ms + 400
        slots: dict[str, object] = {
            "tool": tool,
            "call": f"call_{draw.hex(16)}",
            "word": f"order {draw.below(10_000)}",
            "text": draw.text(deed.size),
            "metadata": "{}",
            "begun": begun_ms,
            "ended": begun_ms + deed.lasted_ms,
        }
        template = _FAILED if deed.exit_code else _COMPLETED
        if deed.kind == "shell":
            template = _COMPLETED
            slots["metadata"] = compact({"exit": deed.exit_code, "truncated": False})
        elif deed.kind == "agent":
            slots["metadata"] = compact({"sessionId": self._subagent(begun_ms, model)})
        if not deed.ends:
            template = _RUNNING
            book.home.plan.meet("call_without_end")
        self._part(message, begun_ms, template % {**slots, "asked": asked % slots})
        return Call(str(slots["call"]), tool, deed.outcome)

    def _subagent(self, at_ms: int, model: str) -> str:
        book = self._book
        book.home.plan.meet("subagent")
        own_id = book.id("ses", at_ms)
        turns = tell_turns(book.draw, Wish((model,), at_ms, 4_000))
        _Thread(book, own_id, spawns=False, parent=self._id).write(turns)
        return own_id

    def _message(self, own_id: str, times: tuple[int, int], data: str) -> None:
        self._book.insert(_MESSAGE, (own_id, self._id, *times, data))

    def _part(self, message: str, at_ms: int, data: str) -> None:
        own_id = self._book.id("prt", at_ms)
        self._book.insert(_PART, (own_id, message, self._id, at_ms, at_ms + 2, data))


def _as_told(usage: Usage) -> Usage:
    """Give what of a usage OpenCode tells: cache writes without their tier."""
    written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
    return usage._replace(cache_write_5m_tokens=written, cache_write_1h_tokens=0)


def _provider(model: str) -> str:
    return next((name for begin, name in _PROVIDERS.items() if model.startswith(begin)), "house")


def _tokens(usage: Usage) -> dict[str, object]:
    written = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
    return {
        "input": usage.input_tokens,
        "output": usage.output_tokens - usage.reasoning_tokens,
        "reasoning": usage.reasoning_tokens,
        "cached": usage.cache_read_tokens,
        "written": written,
        "total": usage.prompt_tokens + usage.output_tokens,
    }


def _columns(usages: list[Usage]) -> list[int]:
    reasoning = sum(usage.reasoning_tokens for usage in usages)
    five, hour = "cache_write_5m_tokens", "cache_write_1h_tokens"
    return [
        sum(usage.input_tokens for usage in usages),
        sum(usage.output_tokens for usage in usages) - reasoning,
        reasoning,
        sum(usage.cache_read_tokens for usage in usages),
        sum(getattr(usage, five) + getattr(usage, hour) for usage in usages),
    ]
