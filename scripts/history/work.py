"""What an agent does in a turn: look, change, test, and again until the tests pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from history.draw import Weighted
from history.words import PROMPTS, TASKS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from history.draw import Draw
    from history.projects import Project

FAILED, DENIED, REJECTED, UNKNOWN, OK = "failed", "denied", "rejected", "unknown", "ok"
_ENDS: Final = Weighted((OK, FAILED, DENIED, REJECTED, UNKNOWN), (962, 15, 5, 4, 14))
"""How calls end that are no tests."""
_TEST_FAILS: Final = 0.18
_SERVERS: Final = {
    "github": ("get_issue", "list_pull_requests", "add_issue_comment", "get_file_contents"),
    "playwright": ("browser_navigate", "browser_snapshot", "browser_click"),
    "grafana": ("query_prometheus", "list_alerts"),
    "postgres": ("query", "explain"),
    "linear": ("list_issues", "update_issue"),
}


class Deed(NamedTuple):
    """One tool call in the words of no agent in particular."""

    kind: str
    """One of the keys of a voice's tools, or `mcp`, or `test`, which is a command too."""
    given: str
    """The file, below the project's root; the command, pattern, question or task."""
    end: str
    mcp: tuple[str, str] | None = None
    """Server and tool."""
    helper: tuple[tuple[Deed, ...], ...] = ()
    """What a subagent does meanwhile, response by response."""


Step = tuple[Deed, ...]
"""What one response asks for."""


class Work:
    """One session's work on one project; most of it is about a few files."""

    def __init__(self, draw: Draw, project: Project) -> None:
        self._draw = draw
        self._project = project
        few = [project.sources.draw(draw) for _ in range(draw.between(3, 16))]
        self._topic = Weighted(few, [1 / place for place in range(1, len(few) + 1)])
        self._source = self._topic.draw(draw)

    def prompt(self) -> str:
        """Say what a person asks for."""
        return self._draw.worded(self._draw.pick(PROMPTS))

    def turn(self) -> Iterator[Step]:
        """Work through one prompt."""
        draw = self._draw
        yield from self._look()
        if draw.chance(0.2):
            yield (self._deed("todo", str(draw.between(2, 9))),)
        if draw.chance(0.25):
            yield (self._ask_server(),)
        if draw.chance(0.06):
            yield (self._ask_web(),)
        if draw.chance(0.1):
            task = draw.worded(draw.pick(TASKS))
            yield (self._deed("task", task)._replace(end=OK, helper=tuple(self._look())),)
        while not draw.chance(0.12):
            passed = yield from self._change_and_test()
            if passed and draw.chance(0.6):
                break
        if draw.chance(0.7):
            yield (self._deed("shell", self._project.command(draw, self._source)),)

    def _look(self) -> Iterator[Step]:
        draw = self._draw
        for _ in range(draw.between(0, 2)):
            kind, pattern = draw.pick((("search", "{thing}_{other}"), ("find", "**/*{thing}*")))
            yield (self._deed(kind, draw.worded(pattern)),)
        for _ in range(draw.between(1, 3)):
            yield tuple(self._read() for _ in range(draw.pick((1, 1, 1, 2, 4))))
        self._source = self._topic.draw(draw)

    def _read(self) -> Deed:
        draw = self._draw
        if draw.chance(0.12):
            return self._deed("read", draw.pick(self._project.documents))
        sources = self._topic if draw.chance(0.6) else self._project.sources
        source = sources.draw(draw)
        return self._deed("read", source.test if draw.chance(0.25) else source.path)

    def _change_and_test(self) -> Generator[Step, None, bool]:
        """Edit a little and run a check; returns whether it passed."""
        draw = self._draw
        for _ in range(draw.pick((1, 1, 2, 3))):
            if draw.chance(0.25):
                self._source = self._topic.draw(draw)
            yield (self._change(),)
        command = self._project.test_command(draw, self._source)
        passed = not draw.chance(_TEST_FAILS)
        yield (Deed("test", command, OK if passed else FAILED),)
        if not passed and draw.chance(0.4):
            yield (self._deed("read", self._source.test),)
        return passed

    def _change(self) -> Deed:
        draw = self._draw
        if draw.chance(0.06):
            self._source = self._project.new_source(draw)
            return self._deed("write", self._source.path)
        if draw.chance(0.04):
            return self._deed("write", self._source.test)
        return self._deed("edit", self._source.test if draw.chance(0.2) else self._source.path)

    def _ask_server(self) -> Deed:
        server = self._draw.pick(tuple(_SERVERS))
        tool = self._draw.pick(_SERVERS[server])
        return self._deed("mcp", self._draw.worded("{thing} {number}"))._replace(mcp=(server, tool))

    def _ask_web(self) -> Deed:
        if self._draw.chance(0.5):
            return self._deed("web", self._draw.worded("how to {deed} a {thing} of a {other}"))
        return self._deed("fetch", self._draw.worded("https://docs.example.com/{thing}/{deed}"))

    def _deed(self, kind: str, given: str) -> Deed:
        return Deed(kind, given, _ENDS.draw(self._draw))
