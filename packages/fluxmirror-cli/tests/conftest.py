"""What tests of commands need: session files, a database with made-up calls, a reader of pages."""

from __future__ import annotations

import gc
import json
import sys
from contextlib import closing
from html.parser import HTMLParser
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from fluxmirror_cli import entry, speech
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


class Told(NamedTuple):
    """What a command said."""

    out: str
    err: str
    code: int


@pytest.fixture
def run_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Told]]:
    """Run `fluxmirror` with these arguments, as ever but within this process."""

    def run(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["fluxmirror", *arguments])
        monkeypatch.setattr(speech, "_spoken", [])
        code = entry.main()
        return Told(*capsys.readouterr(), code)

    threshold = gc.get_threshold()
    yield run
    gc.set_threshold(*threshold)  # a command of its own process has no need of it
    gc.unfreeze()


_TAGS: Final = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section"),
        *("h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "dl", "div"),
        *("dt", "dd", "b", "i", "span", "code", "bdi", "wbr", "details", "summary"),
        *("svg", "g", "path", "rect", "text"),
    )
)
_ATTRIBUTES: Final = frozenset(
    (
        *("lang", "charset", "name", "content", "http-equiv", "class", "scope"),
        *("role", "aria-label", "aria-hidden"),
        *("transform", "d", "x", "y", "width", "height", "rx", "viewbox", "preserveaspectratio"),
    )
)


class PageSection(NamedTuple):
    """What stands under one heading of a page, without its drawings."""

    title: str
    rows: list[list[str]]
    """Of its table, below the heads."""
    figures: list[list[str]]
    lines: list[str]
    """Paragraphs and points."""


class _Page(HTMLParser):
    """Reads a page as strictly as a machine can: only tags and attributes of ours, all closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[PageSection] = []
        self._open: list[str] = []
        self._texts: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        assert {name for name, _ in attrs} <= _ATTRIBUTES, attrs
        if tag in {"meta", "wbr"}:
            return
        self._open.append(tag)
        self._texts.append([])
        if tag == "section":
            self.sections.append(PageSection("", [], [], []))
        elif tag == "tr" and self.sections:
            self.sections[-1].rows.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._texts:
            self._texts[-1].append(data)
        else:
            assert not data.strip(), data

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        text = "".join(self._texts.pop())
        if tag in {"bdi", "code"}:
            self._texts[-1].append(text)
        elif tag in {"b", "span"}:
            self._texts[-1].append(f" {text} ")
        if self.sections and "svg" not in self._open:
            self._keep(tag, " ".join(text.split()))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def finish(self) -> list[PageSection]:
        self.close()
        assert not self._open
        return self.sections

    def _keep(self, tag: str, text: str) -> None:
        section = self.sections[-1]
        if tag == "h2":
            self.sections[-1] = section._replace(title=text)
        elif tag in {"th", "td"} and "tbody" in self._open:
            section.rows[-1].append(text)
        elif tag == "thead":
            section.rows.clear()
        elif tag in {"dt", "dd"}:
            if tag == "dt":
                section.figures.append([])
            section.figures[-1].append(text)
        elif tag in {"p", "li"} and "footer" not in self._open:
            section.lines.append(text)


@pytest.fixture
def read_page() -> Callable[[str], list[PageSection]]:
    """Read a page; gives its sections. Fails where it is not well-formed, or not all our own."""

    def read(html: str) -> list[PageSection]:
        page = _Page()
        page.feed(html)
        return page.finish()

    return read


class HousePrices:
    """A price list of the tests' own: a dollar for a million tokens; nobody knows `house-9`."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:
        """Give the price of any other model."""
        del agent, ts_ms
        if model is None or model.startswith("house"):
            return None
        return Price("own", model, "USD", "test", None, Rates(*[10**6] * 5))


@pytest.fixture
def call() -> Callable[..., AgentEvent]:
    """Make a tool call: a shell command of Claude Code that went well, unless told otherwise."""
    numbers = count(1)

    def make(ts_ms: int | None, **changes: object) -> AgentEvent:
        blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
        usual: dict[str, Any] = {
            "uid": f"{next(numbers):016}".encode(),
            "kind": str(Kind.TOOL_CALL),
            "ts_ms": ts_ms,
            "agent": "claude-code",
            "evidence": "default",
            "session": "s",
            "hook_event": "PreToolUse",
            "tool": "Bash",
            "tool_canonical": "Bash",
            "tool_class": "Shell",
            "detail": "make",
            "sources": "hook",
            "self_noise": 0,
            "phases": 27,
            "outcome": "ok",
            "schema_version": 2,
        }
        return AgentEvent(**{**blank, **usual, **changes})

    return make


@pytest.fixture
def response() -> Callable[..., ResponseRow]:
    """Make a response of a model: of Claude Code, 1,000 tokens in and 100 out, unless told."""
    offsets = count(1)

    def make(ts_ms: int, **changes: Any) -> ResponseRow:  # noqa: ANN401 - a field of any kind
        offset = next(offsets)
        record = Record("/p", 1, offset, "{}", 0)
        row = ResponseRow(
            *("claude-code", f"r{offset}", ts_ms, "/p", 1, offset, "s", None),
            *("claude-opus-4-5", None, Tokens(1_000, 100), record),
        )
        return row._replace(**changes)

    return make


@pytest.fixture
def record(flux_home: Path) -> Callable[..., str]:
    """Write calls and responses into the usual database, or into another; gives its path."""

    def write(
        events: Iterable[AgentEvent],
        responses: Iterable[ResponseRow] = (),
        path: Path | None = None,
    ) -> str:
        file = flux_home / "events.db" if path is None else path
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(connect_to_write(str(file))) as db:
            with writing(db):
                write_events(db, list(events))
                db.execute("INSERT OR IGNORE INTO source VALUES (1, 'x', '/p', NULL, 0, NULL)")
            with writing(db):
                write_responses(db, list(responses), HousePrices(), 0)
        return str(file)

    return write


@pytest.fixture
def respond(home: Path) -> Callable[..., Path]:
    """Have a session's file tell of a response of 1,000 and 100 tokens, and of its call."""

    def append(key: str, model: str = "claude-opus-4-5", *, session: str = "s") -> Path:
        path = home / f".claude/projects/-p/{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        use = {"type": "tool_use", "id": f"t-{key}", "name": "Bash", "input": {"command": "make"}}
        told = {
            "type": "assistant",
            "sessionId": session,
            "cwd": "/p",
            "version": "2.1.0",
            "timestamp": "2026-11-20T12:00:00.000Z",
            "message": {
                "id": key,
                "role": "assistant",
                "model": model,
                "content": [use],
                "usage": {"input_tokens": 1_000, "output_tokens": 100},
            },
        }
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        return path

    return append
