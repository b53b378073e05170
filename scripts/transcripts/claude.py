"""Claude Code's home: `.claude/projects/<directory>/<session>.jsonl` and its subagents' files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from transcripts import claude_rows as rows
from transcripts.claude_thread import Thread
from transcripts.home import Transcript
from transcripts.plan import Usage
from transcripts.recipe import Menu, Recipe, build_wish, fill, place
from transcripts.story import HOUR_MS, ZONE_HOURS, Deed, tell_turns

if TYPE_CHECKING:
    from transcripts.claude_rows import Dialect
    from transcripts.draw import Draw
    from transcripts.home import Home
    from transcripts.story import Turn, Wish

AGENT: Final = "claude"
_MODEL: Final = "claude-opus-5-5"
_OTHER_MODEL: Final = "claude-sonnet-4-5-20250929"
_SMALL_MODEL: Final = "claude-haiku-4-5-20251001"
_UNKNOWN_MODEL: Final = "claude-nova-1-preview"
_PROJECTS: Final = ("/home/ada/code/shop", "/home/ada/code/my.site", "/home/ada/code/atlas")
_BIG: Final = 1_600_000
_UUID: Final = re.compile(r'"uuid":"([^"]+)"')

_FLAT: Final = "flat"
_INLINE: Final = "inline"
_NO_IDS: Final = "no ids"
_NO_REQUESTS: Final = "no requests"
_DIALECTS: Final = {_FLAT: rows.FLAT, _INLINE: rows.INLINE}

_PLAIN: Final = Recipe((_MODEL,))
_MENU: Final = Menu(
    (
        _PLAIN,
        _PLAIN._replace(subagents=True),
        _PLAIN._replace(subagents=True, manner=_FLAT),
        _PLAIN._replace(subagents=True, manner=_INLINE),
        Recipe((_MODEL, _OTHER_MODEL)),
        _PLAIN._replace(then="forked"),
        _PLAIN._replace(then="copied"),
        _PLAIN._replace(midnight_of=0),
        Recipe((_SMALL_MODEL,), midnight_of=ZONE_HOURS),
        _PLAIN._replace(manner=_NO_IDS),
        _PLAIN._replace(manner=_NO_REQUESTS),
        Recipe((_OTHER_MODEL,), compacts=True),
        _PLAIN._replace(mishaps=True),
        _PLAIN._replace(torn="row"),
        _PLAIN._replace(torn="character"),
        Recipe((_UNKNOWN_MODEL,)),
        _PLAIN._replace(then="merged"),
        _PLAIN._replace(then="spaced"),
        _PLAIN._replace(manner=_INLINE, then="copied"),
    ),
    rare=_PLAIN._replace(big=True),
)


def write(home: Home, draw: Draw, size: int) -> None:
    """Fill a home with about so many bytes of sessions, each recipe at least once."""

    def session(recipe: Recipe, its_size: int) -> None:
        Session(home, draw, recipe, its_size).write()

    end = home.bytes + size
    session(_MENU.rare, 12_000)
    fill(home, draw, end - home.bytes, _MENU, session)


class Session:
    """One session of a person: its file, and those of its subagents."""

    def __init__(self, home: Home, draw: Draw, recipe: Recipe, size: int) -> None:
        self.home = home
        self.draw = draw
        self.recipe = recipe
        self.size = size
        self.dialect: Dialect = _DIALECTS.get(recipe.manner, rows.NEW)
        self.has_ids = recipe.manner != _NO_IDS
        self.has_requests = recipe.manner not in {_NO_IDS, _NO_REQUESTS}
        self.id = draw.uuid()
        self.cwd = _PROJECTS[0] if recipe.then == "merged" else draw.pick(_PROJECTS)
        self.used: dict[str, Usage] = {}
        self.tools: list[str] = []

    @property
    def folder(self) -> str:
        """Give where the session's file and its subagents' are."""
        return f".claude/projects/{re.sub('[^a-zA-Z0-9]', '-', self.cwd)}"

    def write(self) -> None:
        """Write the session's files."""
        transcript = Transcript(AGENT, self.id, f"{self.folder}/{self.id}.jsonl")
        turns = tell_turns(self.draw, self._wish())
        if self.recipe.big:
            read = Deed("read", 0, ends=True, lasted_ms=900, size=_BIG)
            turns[0] = _with_first_deed(turns[0], read)
        thread = Thread(self, transcript)
        thread.open(turns[0])
        for number, turn in enumerate(turns):
            thread.turn(number, turn)
            transcript.turn_ends.append(len(transcript.rows))
        self._end(thread)
        place(self.home, self.recipe, transcript, f"{self.folder}-backup/{self.id}.jsonl")
        if self.recipe.then == "forked":
            _Fork(self, transcript).write()

    def _wish(self) -> Wish:
        wish = build_wish(self.recipe, self.draw, self.size, (18_000, 18_000, 18_000, 230_000))
        return wish._replace(writes_cache=True)

    def _end(self, thread: Thread) -> None:
        if self.recipe.mishaps:
            thread.mishaps()
        if self.recipe.torn:
            thread.tear()
        elif self.dialect is rows.NEW:
            thread.close(self.used)

    def use(self, model: str, usage: Usage) -> None:
        """Add to what the session's closing row says."""
        before = self.used.get(model, Usage())
        self.used[model] = Usage(*(a + b for a, b in zip(before, usage, strict=True)))


class _Fork(Session):
    """A session that begins with the first turn of another, and goes on by itself."""

    def __init__(self, origin: Session, of: Transcript) -> None:
        super().__init__(origin.home, origin.draw, _PLAIN, 9_000)
        self.cwd = origin.cwd
        self._of = of
        # Of two files that tell the same at the same time the one with the lesser path comes
        # first, and the origin is to be that one: so it is right by either rule.
        while self.id < origin.id:
            self.id = self.draw.uuid()

    def write(self) -> None:
        """Write the one file."""
        of = self._of
        transcript = Transcript(AGENT, self.id, f"{self.folder}/{self.id}.jsonl")
        transcript.repeat(of, of.turn_ends[0], self._repeated)
        start_ms = of.end_ms + 3 * HOUR_MS
        thread = Thread(self, transcript)
        turns = tell_turns(self.draw, self._wish()._replace(start_ms=start_ms))
        for number, turn in enumerate(turns, 1):
            thread.turn(number, turn)
        thread.close(self.used)
        self.home.plan.meet("fork")
        self.home.put(transcript)

    def _repeated(self, row: str) -> str | None:
        """Give a row as a fork repeats it; None for one that is no part of the conversation."""
        uuid = _UUID.search(row)
        if uuid is None:
            return None
        origin = f'{{"sessionId":"{self._of.session}","messageUuid":"{uuid[1]}"}}'
        row = row.replace(f'"sessionId":"{self._of.session}"', f'"sessionId":"{self.id}"')
        return f'{row[:-1]},"forkedFrom":{origin}}}'


def _with_first_deed(turn: Turn, deed: Deed) -> Turn:
    first, *rest = turn.steps
    return turn._replace(steps=(first._replace(deeds=(deed,)), *rest))
