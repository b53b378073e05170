"""Random histories of agents at work: whatever a database may hold, made from a seed."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.tools import name_tool
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

from tests.independent.calendars import bounds_ms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

DAYS: Final = 16
"""How many days a history is long; the last is the one that reports are asked for."""
MINUTE: Final = 60_000
PLACES: Final = (
    ("UTC", date(2025, 3, 3)),
    ("Asia/Seoul", date(2025, 3, 3)),
    ("Asia/Kolkata", date(2025, 6, 15)),
    ("America/New_York", date(2025, 3, 9)),  # a day of 23 hours
    ("America/New_York", date(2025, 3, 12)),
    ("America/New_York", date(2025, 11, 2)),  # a day of 25 hours
    ("America/New_York", date(2025, 11, 5)),
    ("America/Havana", date(2025, 3, 9)),  # begins at one o'clock
    ("America/Havana", date(2025, 11, 2)),  # has midnight twice
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # half an hour longer
    ("Pacific/Apia", date(2011, 12, 31)),  # the day before was skipped
    ("Pacific/Apia", date(2012, 1, 3)),
)
"""Zones, and the days that their reports are asked for."""
AGENTS: Final = {
    "claude-code": ("Bash", "Read", "Write", "Edit", "MultiEdit", "Grep", "Glob", "WebFetch",
        "Task", "TodoWrite", "NotebookEdit", "mcp__github__create_issue", "mcp__grafana__query"),
    "codex-cli": ("shell", "apply_patch", "update_plan", "view_image", "mcp__github__search"),
    "gemini-cli": ("run_shell_command", "read_file", "write_file", "replace", "list_directory",
        "google_web_search", "read_many_files", "mcp_something"),
    "copilot-cli": ("bash", "view", "create", "edit", "str_replace", "github/get_issue"),
    "opencode": ("bash", "read", "write", "edit", "patch", "grafana_query"),
    "own-agent": ("Bash", "Read", "Write", "ApplyPatch", "Strange"),
}  # fmt: skip
OUTCOMES: Final = {
    "ok": 14,
    "failed": 5,
    "unknown": 3,
    "denied": 1,
    "rejected": 1,
    "interrupted": 1,
    None: 1,
}
FILES: Final = (
    "src/app.py", "src/app.ts", "tests/test_app.py", "README.md", "Makefile", ".bashrc",
    "src/types.d.ts", "무제.PY", "notes", "lib/x.tar.gz", "style.CSS", "main.go", "deep/a/b/c.rs",
    "x.", "a.b/c", "한.글.Vue", "d/" * 2_100 + "long.py", "sp ace.rb", "a.JSX",
)  # fmt: skip
STEPS: Final = (
    "pytest -q", "python -m pytest tests", "python3.11 -m unittest", "npm test",
    "npm run test:unit",
    "yarn workspace web test", "make -j 4 clean test", "make lint", "make", "cargo test --no-run",
    "cargo build", "go test ./...", "git -C /srv commit -m 'a; b'", "git status", "ls -la",
    "cd /srv/api", 'echo "done (really)"', "export A=1", "A=1 B=2 pytest", "tox -e py311",
    "./gradlew testDebug", "gradle build check", "mvn -f pom.xml verify", "./run-tests.sh --fast",
    "scripts/test", "test -f x", "[ -f x ]", "if true", "then ls", "fi", "for x in a b", "done",
    "docker compose exec -T web pytest", "docker compose up -d", "docker ps",
    "docker run --rm -v a:b image npm test", "kubectl -n web get pods", "uv run pytest",
    "uv run --with x python -m pytest", "uv pip install x", "poetry run test", "pipenv run lint",
    "npx --yes vitest run", "npx eslint .", "node --test", "node node_modules/.bin/jest --ci",
    "node server.js", "python manage.py test app", "python3 script.py", "php artisan test",
    "bundle exec rspec", "rails spec", "rake spec", "dotnet test", "jest --listTests",
    "pytest --collect-only", "npm --prefix web run build", "pnpm -C web test", "bun x vitest",
    "sed -n 1,5p a", "cat <<EOF > x\npytest\nEOF\nls", "cat <<'A' <<-B\nx\nA\nmake\nB\ngit push",
    'grep -r "$(make test)" .', "echo `pytest`", "true # pytest", "ls 2>&1 >/dev/null",
    "pytest &> log", "2>x ruff check", "C:\\Python\\python.exe -m pytest", "ls,", "sudo",
    "command -v pytest", "command pytest", "time", "env", "env A=1", "env -u B A=1 npm t",
    "xargs -n 1 pytest", "conda run -n x pytest", "conda install x", "nvm use 20", "nohup ./a &",
    "$CMD run", "한글 실행", "/usr/bin/test -d x", "./test", "test.sh", "runtests", "run_tests.py",
    'powershell -Command "npm test"', "cmd /c dir", "pwsh run-tests.ps1", "bash run-tests.sh",
    "bash -lc 'cd a && make test'", "sh -c \"sh -c 'pytest'\"", "bash", "zsh -i", "fish x.fish",
    "coverage run -m pytest", "coverage report", "watch -n 5 cargo t", "flutter test --machine",
    "turbo run test --filter web", "nx test web", "terraform plan", "gh pr create --repo a/b",
    "xcodebuild -scheme App test", "just --list", "just unit-test tests", "rake -f x db:test",
    "deno task test", "aws s3 ls", "pip install -e .", "swift test", "mix test", "bazel coverage",
    "npm run", "npm", "git", "git --version", "git -- x", "pytest -h", "a" * 60, "make " + "b" * 60,
    "make CC=gcc", "make CC=gcc test", "", " ", ";;", "! pytest", "{ pytest", "(cd x", "[[ a ]]",
    "timeout -s 9 60 npm test", "nice -n 5 time -f x pytest", "stdbuf -o L make check",
    "ssh host pytest", "perl x.pl", "prove -l t", "ruby -r x -e 1", "python -W error -m nose2",
    "poetry install", "hatch run test", "hatch test", "pdm run pytest", "rye test", "tsc --noEmit",
)  # fmt: skip
JOINS: Final = (" && ", "; ", " | ", " || ", "\n", " & ", " 2>&1 | ", ";")
WRAPPED: Final = (
    "{}", "{}", "{}", "bash -c '{}'", "sudo {}", "timeout 60 {}", "time {}", 'bash -lc "{}"',
    "env A=1 {}", "({})", "sh -c \"bash -c '{}'\"", "npx {}", "uv run {}", "nohup {} &",
    "docker exec -it box {}", "yarn {}", "npm exec -- {}", "xargs {}", "$({})", "python -m {}",
)  # fmt: skip
MOODS: Final = {
    "looks": ("Read", "view_image", "read_file", "view", "read", "Bash"),
    "makes": ("Write", "apply_patch", "write_file", "create", "write"),
}
"""What agents do most of the time, where it is not all at random."""
MODELS: Final = ("dollars", "euros", "nobody knows", None)


class Place(NamedTuple):
    """Where an agent works."""

    cwd: str | None
    project: str | None
    repo: str | None


class Random(NamedTuple):
    """A history: what is written, and what reports of it may be asked for."""

    seed: int
    zone: str
    day: date
    events: tuple[AgentEvent, ...]
    responses: tuple[ResponseRow, ...]


class Book:
    """Prices of two currencies; some models have none."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a PriceBook
        """Give the price of a model."""
        if model == "dollars":
            return Price(
                "own", "dollars", "USD", "test", None, Rates(5_000_000, 25_000_001, 3, 7, 9)
            )
        if model == "euros":
            return Price("own", "euros", "EUR", "test", None, Rates(1, 25_000_000, 0, 11, 13))
        return None


def make_history(seed: int, home: str, place: tuple[str, date] | None = None) -> Random:
    """Make a history from a seed; some places are below the home directory.

    Args:
        seed: of all that is random.
        home: the home directory.
        place: the zone, and the day that reports are asked for; one of `PLACES` otherwise.
    """
    zone, day = place or PLACES[seed % len(PLACES)]
    return _Maker(random.Random(seed), zone, day, home).make(seed)  # noqa: S311 - no secret


def write_history(db: sqlite3.Connection, history: Random) -> None:
    """Write a history, in two transactions at most."""
    with writing(db):
        write_events(db, history.events)
        db.execute(
            "INSERT OR IGNORE INTO source (id, agent, path, seen_ms) VALUES (1, 'a', '/s', 0)"
        )
        write_responses(db, history.responses, Book(), 0)


class _Maker:
    """Makes one history."""

    def __init__(self, rng: random.Random, zone: str, day: date, home: str) -> None:
        self.rng = rng
        self.zone = zone
        self.day = day
        self.home = home
        self.number = 0
        self.crowd = rng.sample(sorted(AGENTS), rng.randint(1, 4))
        self.places = rng.sample(self._all_places(), rng.randint(1, 5))
        self.mood = rng.choice((None, None, *MOODS))

    def make(self, seed: int) -> Random:
        """Make all of it."""
        events = [event for _ in range(self.rng.randint(4, 40)) for event in self._session()]
        events += self._at_edges()
        events += self._busy_day() if self.mood == "makes" and seed % 3 == 0 else ()
        events += self._beside()
        if self.rng.random() < 0.1:
            events = [event for event in events if event.agent == "setup"]
        self.rng.shuffle(events)
        responses = [self._response(number) for number in range(self.rng.choice((0, 30, 80)))]
        return Random(seed, self.zone, self.day, tuple(events), tuple(responses))

    def _all_places(self) -> list[Place]:
        home = self.home
        return [
            Place("/srv/api", "/srv/api", "/srv/api"),
            Place("/srv/api/src", "/srv/api", "/srv/api"),
            Place("/opt/api", None, "/opt/api"),
            Place("/var/API", None, None),
            Place(f"{home}/code/web", f"{home}/code/web", f"{home}/code/web"),
            Place(f"{home}/old/code/web", None, None),
            Place("/api", "/api", None),
            Place(home, None, None),
            Place("/scratch", "", ""),
            Place(None, None, None),
            Place("/data/프로젝트", "/data", "/data/프로젝트"),
        ]

    def _start_ms(self, day: date) -> int:
        return bounds_ms(day, day, self.zone)[0]

    def _some_time(self) -> int:
        back = self.rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 6, 7, 8, 9, 13, 15))
        start = self._start_ms(self.day - timedelta(days=back))
        return start + self.rng.randrange(0, 26 * 60 * MINUTE)

    def _session(self) -> Iterator[AgentEvent]:
        """One agent's calls in one place, with pauses of one kind."""
        agent = self.rng.choice(self.crowd)
        session = self.rng.choice((f"s{self.number}", f"s{self.number % 3}", "shared", None, ""))
        place = self.rng.choice(self.places)
        at = self._some_time()
        pause = self.rng.choice(
            (0, 1_000, 2_000, 20_000, MINUTE, 3 * MINUTE, 10 * MINUTE, 31 * MINUTE)
        )
        kept = self.rng.random() < 0.7
        for _ in range(self.rng.choice((1, 3, 10, 25, 40, 60))):
            if self.rng.random() < 0.1:
                place = self.rng.choice(self.places)
            yield self._call(agent, session, place, at, kept=kept)
            at += self.rng.choice((pause, pause, self.rng.randint(0, 2 * pause)))

    def _busy_day(self) -> Iterator[AgentEvent]:
        """More than a thousand calls on the last day."""
        at, place = self._start_ms(self.day) + 60 * MINUTE, self.places[0]
        for number in range(1_100):
            yield self._call(self.crowd[0], "busy", place, at + 50 * number, kept=True)

    def _at_edges(self) -> Iterator[AgentEvent]:
        """Calls of the last and the first millisecond of days, hours and minutes."""
        for day in (self.day + timedelta(days=shift) for shift in (-7, -6, -1, 0, 1)):
            for offset in self.rng.sample((-1, 0, 1, MINUTE - 1, MINUTE, 60 * MINUTE), 3):
                agent = self.rng.choice(self.crowd)
                at = self._start_ms(day) + offset
                yield self._call(agent, "edge", self.rng.choice(self.places), at, kept=True)

    def _beside(self) -> Iterator[AgentEvent]:
        """What is no call that counts, or only sometimes."""
        at = self._start_ms(self.day) + 12 * 60 * MINUTE
        if self.rng.random() < 0.7:
            yield self._event("setup", at, tool="setup", tool_class="Meta", tool_canonical="setup")
            yield self._event("setup", at, tool="Write", tool_class="Write", path="/srv/api/notes",
                tool_canonical="Write")  # fmt: skip
        for _ in range(self.rng.randint(0, 6)):
            agent, place = self.rng.choice(self.crowd), self.rng.choice(self.places)
            when = self._some_time()
            yield self._call(agent, "noise", place, when, kept=True)._replace(self_noise=1)
            yield self._call(agent, "s1", place, when, kept=True)._replace(ts_ms=None)  # type: ignore[arg-type]
            kind = self.rng.choice((Kind.PROMPT, Kind.SESSION_END, Kind.NOTIFICATION, Kind.SIGNAL))
            yield self._event(agent, when, kind=str(kind), outcome=None, cwd=place.cwd)

    def _event(self, agent: str, ts_ms: int, **values: object) -> AgentEvent:
        self.number += 1
        blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
        usual: dict[str, Any] = {
            "uid": self.number.to_bytes(16, "big"),
            "kind": str(Kind.TOOL_CALL),
            "ts_ms": ts_ms,
            "agent": agent,
            "evidence": "default",
            "hook_event": "PostToolUse",
            "detail": "",
            "sources": "hook",
            "self_noise": 0,
            "phases": 3,
            "outcome": "ok",
            "schema_version": 2,
        }
        return AgentEvent(**{**blank, **usual, **values})

    def _call(
        self, agent: str, session: str | None, place: Place, ts_ms: int, *, kept: bool
    ) -> AgentEvent:
        raw = self._tool(agent)
        named = name_tool(agent, raw)
        outcome = self.rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        return self._event(
            agent, ts_ms, session=session, cwd=place.cwd, project=place.project, repo=place.repo,
            tool=raw, tool_canonical=named.canonical, tool_class=named.tool_class,
            mcp_server=named.mcp_server, mcp_tool=named.mcp_tool, outcome=outcome,
            **self._input(named.canonical, named.tool_class, place, kept=kept),
        )  # fmt: skip

    def _tool(self, agent: str) -> str:
        """Choose a tool; agents of one mood use some more often."""
        tools = AGENTS[agent]
        wanted = [raw for raw in tools if self.mood and raw in MOODS[self.mood]]
        if wanted and self.rng.random() < 0.8:
            return self.rng.choice(wanted)
        return self.rng.choice((*tools, *tools[:4]))

    def _input(
        self, canonical: str, tool_class: str, place: Place, *, kept: bool
    ) -> dict[str, Any]:
        """Give `detail`, `path` and what went in."""
        if tool_class == "Shell":
            command = self._command()
            return {"detail": command[:200], "input_json": json.dumps({"command": command})}
        if canonical == "ApplyPatch":
            return self._patch(place, kept=kept)
        if tool_class in {"Read", "Write"}:
            path = self._path(place)
            known = self.rng.random() < 0.9
            return {"detail": path[-200:], "path": path if known else self.rng.choice((None, ""))}
        return {"detail": "x"}

    def _path(self, place: Place) -> str:
        root = place.repo or place.project or place.cwd or "/nowhere"
        if self.mood == "makes":
            return f"{root}/made/{self.rng.randrange(300)}.py"
        return f"{root}/{self.rng.choice(FILES)}"

    def _patch(self, place: Place, *, kept: bool) -> dict[str, Any]:
        root = place.repo or place.project or place.cwd or "/nowhere"
        lines = ["*** Begin Patch"]
        for _ in range(self.rng.choice((0, 1, 1, 2, 4))):
            name = self.rng.choice(FILES)
            name = self.rng.choice(
                (name, name, f"./{name}", f"../{name}", f"{root}/x/..//{name}", f"{root}/{name}")
            )
            lines.append(
                f"*** {self.rng.choice(('Add', 'Update', 'Update', 'Delete'))} File: {name}"
            )
            lines.append(self.rng.choice(("*** Move to: b.py", "+*** Add File: no.py", "@@", " x")))
        text = self.rng.choice(("\n", "\n", "\r\n")).join([*lines, "*** End Patch"])
        given: Any = self.rng.choice((text, {"command": text}, {"n": 1, "input": text, "why": "x"}))
        path = self.rng.choice((self._path(place), self._path(place), None))
        detail = self.rng.choice(("a.py", "Makefile"))
        return {
            "detail": detail,
            "path": path,
            "input_json": json.dumps(given) if kept else None,
        }

    def _command(self) -> str:
        steps = [self.rng.choice(STEPS) for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4)))]
        line = steps[0]
        for step in steps[1:]:
            line += self.rng.choice(JOINS) + step
        return self.rng.choice(WRAPPED).replace("{}", line)

    def _response(self, number: int) -> ResponseRow:
        place = self.rng.choice(self.places)
        tokens = Tokens(
            *(self.rng.choice((0, self.rng.randint(1, 90_000))) for _ in Tokens._fields)
        )
        return ResponseRow(
            self.rng.choice(self.crowd), f"r{number}", self._some_time(), "/s", 1, number, "s1",
            None, self.rng.choice(MODELS), place.repo or place.project or place.cwd, tokens,
            Record("/s", 1, number, "{}", 1),
        )  # fmt: skip
