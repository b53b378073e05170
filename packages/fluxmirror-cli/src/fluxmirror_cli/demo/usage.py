"""What the models of the made-up fortnight used: a response before each call, in a file of its own.

The files are made up like all else, but they are there: `cost explain` leads into them.
"""

from __future__ import annotations

import json
import os
from random import Random
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import BEFORE, Kind
from fluxmirror_core.transcripts.response import Response, Tokens
from fluxmirror_store.importing.response_rows import write_responses
from fluxmirror_store.importing.session_files import SessionFile
from fluxmirror_store.importing.sources import Plan, register
from fluxmirror_store.importing.usage import response_row

from fluxmirror_cli.demo.history import SEED
from fluxmirror_cli.demo.records import with_records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.builder import EventBuilder
    from fluxmirror_store.importing.response_rows import PriceBook

_MODELS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "claude-code": (("claude-opus-5-5", 4), ("claude-sonnet-5", 3)),
    "codex-cli": (("gpt-5.5", 5), ("gpt-5.6-sol", 1)),
    "gemini-cli": (("gemini-3.8-flash", 3), ("gemini-2.5-pro", 1)),
    "qwen-code": (("deepseek-chat", 1),),
}
"""Agent → its models, and how often a session is with each."""
_FIRST_MODELS: Final = {"qwen-code": "qwen3-coder-plus"}
"""Agent → the model of its very first session, which has no price."""
_WRITES_CACHE: Final = "claude-code"
_BEFORE_MS: Final = 1_500
"""How long before its call a response is written down."""

Sessions = dict[tuple[str, str], list[Response]]


def write_usage(
    db: sqlite3.Connection,
    sessions: Sessions,
    builder: EventBuilder,
    book: PriceBook,
    directory: str,
) -> int:
    """Record what the models used, inside the caller's transaction, as the importer does.

    Args:
        db: a database that knows no session file yet.
        sessions: the responses.
        builder: scrubs names.
        book: knows the prices.
        directory: where the session files go.

    Returns:
        How many responses there are.
    """
    files = {_write(directory, *key, told): told for key, told in sessions.items()}
    latest_ms = max((told[-1].ts_ms or 0 for told in sessions.values()), default=0)
    rows = [
        response_row(job, response, builder)
        for job in register(db, Plan([], list(files), []), latest_ms)
        for response in files[job.file]
    ]
    return write_responses(db, rows, book, latest_ms)


def build_sessions(events: Iterable[AgentEvent], seed: int = SEED) -> Sessions:
    """Make up a response for each call, by agent and session; the same seed gives the same."""
    random = Random(seed)  # noqa: S311 - made-up data has to be the same every time
    sessions: Sessions = {}
    models: dict[tuple[str, str], str] = {}
    context: dict[tuple[str, str, str | None], int] = {}
    for event in events:
        key = _asked_in(event)
        if key is None:
            continue
        if key not in models:
            is_first = all(agent != event.agent for agent, _ in models)
            models[key] = _model(random, event.agent, is_first=is_first)
        known = context.get((*key, event.subagent), random.randrange(12_000, 20_000))
        tokens = _tokens(random, event.agent, known)
        context[*key, event.subagent] = known + random.randrange(600, 3_000)
        told = sessions.setdefault(key, [])
        told.append(_response(event, models[key], tokens, told[-1] if told else None, random))
    return sessions


def with_responses(
    events: Iterable[AgentEvent], sessions: Mapping[tuple[str, str], Iterable[Response]]
) -> Iterator[AgentEvent]:
    """Have each call name the response that asked for it, and its session file tell of it.

    Args:
        events: those that the sessions were built from, in the same order.
        sessions: what `build_sessions` made of them.
    """
    return with_records(_asked_for(events, sessions))


def _asked_for(
    events: Iterable[AgentEvent], sessions: Mapping[tuple[str, str], Iterable[Response]]
) -> Iterator[AgentEvent]:
    left = {key: iter(told) for key, told in sessions.items()}
    for event in events:
        key = _asked_in(event)
        yield event if key is None else event._replace(response_key=next(left[key]).key)


def _asked_in(event: AgentEvent) -> tuple[str, str] | None:
    """Give the agent and the session whose model asked for a call; None for all other events."""
    if event.kind != Kind.TOOL_CALL or not event.phases & BEFORE or not event.session:
        return None
    return event.agent, event.session


def _model(random: Random, agent: str, *, is_first: bool) -> str:
    """Choose what a session is with, which may be the agent's first."""
    if is_first and agent in _FIRST_MODELS:
        return _FIRST_MODELS[agent]
    offered = _MODELS[agent]
    return random.choices(offered, [often for _, often in offered])[0][0]


def _tokens(random: Random, agent: str, known: int) -> Tokens:
    """Say what a response used that knows so much already."""
    fresh, output = random.randrange(80, 2_400), random.randrange(90, 1_200)
    if agent == _WRITES_CACHE:
        return Tokens(3, output, known, cache_write_5m=fresh)
    return Tokens(fresh, output, known, reasoning=output // 3)


def _response(
    event: AgentEvent, model: str, tokens: Tokens, last: Response | None, random: Random
) -> Response:
    response = Response(
        key=f"demo_{random.getrandbits(80):020x}",
        offset=0,
        ts_ms=event.ts_ms - _BEFORE_MS,
        session=event.session,
        subagent=event.subagent,
        model=model,
        cwd=event.repo or event.project,
        tokens=tokens,
        raw={name: count for name, count in tokens._asdict().items() if count},
    )
    return response if last is None else response._replace(offset=last.offset + len(_line(last)))


def _line(response: Response) -> bytes:
    told = {"id": response.key, "model": response.model, "usage": response.raw}
    return json.dumps(told).encode() + b"\n"


def _write(directory: str, agent: str, session: str, told: Iterable[Response]) -> SessionFile:
    path = os.path.join(directory, "sessions", agent, f"{session}.jsonl")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as file:
        file.writelines(map(_line, told))
    status = os.stat(path)
    return SessionFile(agent, path, status.st_size, status.st_mtime_ns, "")
