"""Every report in every language and format, of one made-up fortnight; the numbers are the same."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from fluxmirror_core.messages import languages
from fluxmirror_core.tools import name_tool
from fluxmirror_core.transcripts.response import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_store.importing.response_rows import ResponseRow

MIRA: Final = "/home/mira"
MONDAY: Final = int(datetime(2025, 2, 23, 15, tzinfo=UTC).timestamp() * 1000)
"""2025-02-24 begins in Seoul."""
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
KIB: Final = 1024
SEOUL: Final = ("--tz", "Asia/Seoul")
LANGUAGES: Final = languages()
REPORTS: Final = {
    "day": ("today", "--date", "2025-03-05"),
    "week": ("week", "--date", "2025-03-09"),
    "month": ("month", "--month", "2025-03"),
    "agent": ("agent", "claude-code", "--date", "2025-03-05"),
    "agents": ("agents", "--from", "2025-03-03", "--to", "2025-03-09"),
    "compare": ("compare", "2025-W10", "2025-W09"),
    "nothing": ("today", "--date", "2025-01-10"),
}
KEYS: Final = {
    "In short": "narrative",
    "Key figures": "figures",
    "All other figures": "figures",
    "How the work went": "figures",
    "Hours of the day": "hours",
    "Hours of the week": "heat_map",
    "Day by day": "days",
    "Highlights": "highlights",
    "Agents": "agents",
    "Projects": "projects",
    "Cost": "cost",
    "Files written or edited": "files_written",
    "Files only read": "files_only_read",
    "Shell commands": "commands",
    "Programs run": "programs",
    "Tool mix": "tools",
    "MCP servers": "mcp_servers",
    "Working directories": "directories",
    "Files reworked after a failed test": "rework_files",
    "Worth knowing": "insights",
}
"""What sections are called in JSON."""
FIGURES: Final = {
    "Tool calls": "calls",
    "Writes": "writes",
    "Reads": "reads",
    "Shell commands": "shells",
    "MCP calls": "mcp_calls",
    "Failed calls": "failed",
    "Failure rate": "failure_rate",
    "Stopped calls": "stopped",
    "Files written": "files_written",
    "New files": "new_files",
    "Edited files": "edited_files",
    "Files only read": "files_only_read",
    "Working directories": "directories",
    "Projects": "projects",
    "Sessions": "sessions",
    "Active days": "active_days",
    "Active time": "active_minutes",
    "Focus blocks": "focus_blocks",
    "Focus time": "focus_minutes",
    "Longest focus": "longest_focus",
    "Project switches": "switches",
    "Switches per hour": "switch_rate",
    "Agents in parallel": "overlap_share",
    "Bursts": "bursts",
    "Rework loops": "rework_loops",
    "Cost": "cost",
}
"""And figures."""
SHARES: Final = ("share", "failure_rate", "overlap_share")
MINUTES: Final = ("active_minutes", "focus_minutes", "longest_focus")
NONE: Final = "\u2013"
SESSIONS: Final = (
    # day, hour, minutes, agent, project, turns
    (1, 10, 0, "claude-code", 0, 6),
    (2, 14, 30, "gemini-cli", 1, 5),
    (3, 9, 15, "codex-cli", 2, 4),
    (4, 11, 0, "claude-code", 1, 5),
    (7, 9, 30, "claude-code", 0, 9),
    (7, 13, 5, "codex-cli", 2, 5),
    (8, 10, 0, "gemini-cli", 1, 7),
    (8, 16, 40, "claude-code", 3, 4),
    (9, 9, 5, "claude-code", 0, 14),
    (9, 9, 20, "codex-cli", 2, 6),
    (9, 14, 0, "gemini-cli", 1, 5),
    (9, 20, 45, "claude-code", 3, 3),
    (10, 11, 10, "claude-code", 0, 8),
    (11, 15, 0, "gemini-cli", 1, 6),
    (11, 17, 30, "codex-cli", 2, 4),
    (13, 22, 10, "claude-code", 3, 3),
)
PROJECTS: Final = (
    ("harbor-api", "uv run pytest -q", ("src/harbor/orders.py", "src/harbor/pricing.py")),
    ("lumen-web", "npm test -- --run", ("src/components/Chart.tsx", "src/styles/theme.css")),
    ("tide-infra", "terraform validate", ("modules/network/main.tf", "docs/runbook.md")),
    ("바다 관측소", "cd 분석 && cargo test", ("노트/관측 기록.md", "שלום/דוח|סופי.md")),
)


class Tools(NamedTuple):
    """What an agent calls its tools, and which model it talks to."""

    read: str
    search: str
    edit: str
    write: str
    shell: str
    model: str


TOOLS: Final = {
    "claude-code": Tools("Read", "Grep", "Edit", "Write", "Bash", "claude-opus-4-5"),
    "codex-cli": Tools("read_file", "rg", "apply_patch", "apply_patch", "shell", "gpt-nova"),
    "gemini-cli": Tools(
        *("read_file", "search_file_content", "replace", "write_file", "run_shell_command"),
        "house-9",
    ),
}


class History:
    """Sessions of made-up work, call by call."""

    def __init__(
        self, call: Callable[..., AgentEvent], response: Callable[..., ResponseRow]
    ) -> None:
        self.calls: list[AgentEvent] = []
        self.responses: list[ResponseRow] = []
        self._call = call
        self._response = response
        self._random = Random(9)  # noqa: S311 - the same work every time
        self._now_ms = 0
        self._place: dict[str, Any] = {}

    def work(self, start_ms: int, agent_id: str, project: int, turns: int) -> None:
        """Record a session: look, change, test, and change again what fails."""
        name, test, files = PROJECTS[project]
        root = f"{MIRA}/code/{name}"
        self._now_ms = start_ms
        self._place = {
            "agent": agent_id,
            "session": f"{agent_id}-{start_ms}",
            "cwd": root,
            "project": root,
            "repo": root,
        }
        tools = TOOLS[agent_id]
        for turn in range(turns):
            file = f"{root}/{files[turn % 2]}"
            self._touch(tools.read, f"{root}/README.md" if turn % 3 else file)
            self._do(tools.search, detail="TODO")
            self._write(tools, file, turn)
            self._shell(tools, test, "failed" if turn % 4 == 1 else "ok")
            if turn % 4 == 1:
                self._write(tools, file, turn)
                self._shell(tools, test, "ok")
            if turn % 5 == 4:
                self._do("mcp__github__create_pull_request")
                self._shell(tools, "git push --force", "denied" if project == 0 else "ok")
            self._respond(tools.model)

    def _write(self, tools: Tools, file: str, turn: int) -> None:
        if tools.edit == "apply_patch":
            new = f"{file.rpartition('/')[0]}/part-{turn}.tf"
            patch = f"*** Begin Patch\n*** Update File: {file}\n+x\n*** Add File: {new}\n+y"
            self._touch(tools.edit, file, input_json=json.dumps({"input": patch}))
        elif turn % 6 == 5:
            self._touch(tools.write, f"{file.rpartition('.')[0]}_{turn}.md")
        else:
            self._touch(tools.edit, file)

    def _touch(self, tool: str, file: str, **changes: object) -> None:
        self._do(tool, detail=file, path=file, **changes)

    def _shell(self, tools: Tools, command: str, outcome: str) -> None:
        # Nothing tells how Codex' commands end.
        told = "unknown" if tools.shell == "shell" else outcome
        self._do(tools.shell, detail=command, outcome=told)

    def _do(self, tool: str, **changes: object) -> None:
        self._now_ms += self._random.randrange(4_000, 70_000)
        named = name_tool(self._place["agent"], tool)
        meant = {
            "tool": tool,
            "tool_canonical": named.canonical,
            "tool_class": named.tool_class,
            "mcp_server": named.mcp_server,
            "mcp_tool": named.mcp_tool,
        }
        self.calls.append(self._call(self._now_ms, **{**meant, **self._place, **changes}))

    def _respond(self, model: str) -> None:
        self._now_ms += 1_000
        given = {name: self._place[name] for name in ("agent", "session", "project")}
        tokens = Tokens(
            self._random.randrange(200, 9_000), self._random.randrange(100, 4_000), 40_000, 700
        )
        self.responses.append(self._response(self._now_ms, model=model, tokens=tokens, **given))


@pytest.fixture
def shown(
    monkeypatch: pytest.MonkeyPatch,
    record: Callable[..., str],
    call: Callable[..., AgentEvent],
    response: Callable[..., ResponseRow],
    run_here: Callable[..., Any],
) -> Callable[..., str]:
    """Give a report, in a format and a language, of three agents' fortnight in four projects."""
    monkeypatch.setenv("HOME", MIRA)
    monkeypatch.setenv("USERPROFILE", MIRA)
    history = History(call, response)
    for day, hour, minute, agent_id, project, turns in SESSIONS:
        start_ms = MONDAY + day * DAY_MS + hour * HOUR_MS + minute * 60_000
        history.work(start_ms, agent_id, project, turns)
    record(history.calls, history.responses)

    def show(name: str, form: str, language: str = "en") -> str:
        options = (*SEOUL, "--lang", language, "--format", form, "--out", "-")
        done = run_here(*REPORTS[name], *options)
        assert (done.err, done.code) == ("", 0)
        return str(done.out)

    return show


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_it_should(
    name: str,
    language: str,
    shown: Callable[..., str],
    same_as_golden: Callable[[str, str], None],
) -> None:
    """What people forward is looked at by people, whenever it changes."""
    text = shown(name, "text", language)
    assert text == shown(name, "markdown", language)
    same_as_golden(f"reports/{name}.{language}.md", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_as_it_should_be(
    name: str,
    language: str,
    shown: Callable[..., str],
    same_as_golden: Callable[[str, str], None],
) -> None:
    """All that a page says, and how; its style and when it was made are left out here."""
    html = shown(name, "html", language)
    assert len(html.encode()) < 60 * KIB
    same_as_golden(f"reports/{name}.{language}.html", without_style(html))


@pytest.mark.parametrize("name", REPORTS)
def test_programs_read_the_same_in_every_language(
    name: str, shown: Callable[..., str], same_as_golden: Callable[[str, str], None]
) -> None:
    """What a script relies on does not change with somebody's `language`."""
    text = shown(name, "json")
    same_as_golden(f"reports/{name}.json", text)
    assert all(shown(name, "json", language) == text for language in LANGUAGES)
    assert json.loads(text)["version"] == 2


def test_a_page_is_alone_in_the_world(
    shown: Callable[..., str], read_page: Callable[[str], list[Any]]
) -> None:
    """No script, nothing from outside, nothing but what a reader of HTML expects."""
    for name in REPORTS:
        html = shown(name, "html", "ko")
        assert read_page(html)
        assert '<html lang="ko">' in html
        assert not re.search(r"<script|<link|<img|\son[a-z]+=|src=|href=|@import|url\(", html)


@pytest.mark.parametrize("name", REPORTS)
def test_every_format_has_the_same_numbers(
    name: str, shown: Callable[..., str], read_page: Callable[[str], list[Any]]
) -> None:
    """Section by section, row by row: whoever forwards one is not corrected by another."""
    facts = json.loads(shown(name, "json"))
    page = {section.title: section for section in read_page(shown(name, "html"))}
    text = read_text(shown(name, "text"))
    assert [title for title in page if title] == list(text)
    for title, section in page.items():
        if not title:
            assert [plain(line) for line in facts["nothing"]] == section.lines
            continue
        key, lines = KEYS[title], text[title]
        if section.figures:
            check_figures(facts["figures"], section.figures, lines)
        elif key == "figures":
            check_changes(facts["figures"], section.rows, lines)
        elif section.rows:
            check_rows(key, facts[key], section.rows, lines)
        else:
            said = [plain(line.removeprefix("- ")) for line in lines]
            facts_said = [plain(line) for line in facts[key]]
            assert said[: len(section.lines)] == section.lines == facts_said


def without_style(html: str) -> str:
    """Leave out what is the same on every page, and what is of its making."""
    plain = re.sub(r"<style>.*?</style>", "<style></style>", html, flags=re.DOTALL)
    plain = re.sub(r"'sha256-[^']+'", "'sha256-…'", plain)
    return re.sub(r"fluxmirror [0-9.a-z]+ · [0-9-]+ [0-9:]+ UTC", "fluxmirror · made", plain)


def check_figures(facts: dict[str, Any], figures: list[list[str]], lines: list[str]) -> None:
    """Compare figures: the table of the text, the strip of the page, and the facts."""
    told = {row[0]: row[1:] for row in table(lines)}
    assert list(told) == [title for title, *_ in figures]
    has_names = " Value |" not in lines[0]
    for title, value, *was in figures:
        fact = facts[FIGURES[title]]
        shown, *earlier = told[title]
        if earlier and has_names:
            # Two times that have names stand in their order.
            shown, earlier = earlier[0], [shown, earlier[1]]
        if earlier:
            assert shown == value
            check_pair(FIGURES[title], fact, earlier[0], shown)
            assert was[0].startswith(f"{earlier[1]} ")
            assert was[0].replace("\u00a0", " ").endswith(f": {earlier[0]}")
        else:
            # What has nothing to be compared with stands alone.
            assert shown == value == (written(FIGURES[title], fact["value"]) or NONE)
            assert not was


def check_pair(name: str, fact: dict[str, Any], before: str, now: str) -> None:
    """Compare what a figure was before, and what it is; two shares have a decimal."""
    cells = fact["before"], fact["value"]
    if name not in SHARES or None in cells:
        assert (before, now) == tuple(written(name, cell) or NONE for cell in cells)
        return
    for told, share in zip((before, now), cells, strict=True):
        assert re.fullmatch(r"\d+\.\d%|0%|100%", told)
        # The fact is rounded, too.
        assert float(told.strip("%")) == pytest.approx(share * 100, abs=0.056)


def check_changes(facts: dict[str, Any], rows: list[list[str]], lines: list[str]) -> None:
    """Compare figures that are rows of a table: each before, now, and its change."""
    assert table(lines) == [row[:4] for row in rows]
    for title, before, now, change, bar in rows:
        fact = facts[FIGURES[title]]
        check_pair(FIGURES[title], fact, before, now)
        assert bar == ""
        if fact["change"]:
            assert re.sub(r"[-+,%↑↓ ]", "", change) == str(int(abs(fact["change"]) * 100 + 0.5))


def check_rows(
    key: str, facts: list[dict[str, Any]], rows: list[list[str]], lines: list[str]
) -> None:
    """Compare a table: its facts may have more rows than people are shown."""
    if key == "hours":
        with_calls = [place for place, fact in enumerate(facts) if fact["calls"]]
        facts = facts[with_calls[0] : with_calls[-1] + 1]
    for fact, row in zip(facts, rows, strict=False):
        for (column, value), cell in zip(fact.items(), row, strict=False):
            said = written(column, value)
            assert said is None or said == cell, (column, value, cell)
    if key == "heat_map":
        return
    told = table(lines)
    assert len(told) == len(rows)
    for line, row in zip(told, rows, strict=True):
        assert [cell for cell in line if cell] == [cell for cell in row if cell]


def read_text(text: str) -> dict[str, list[str]]:
    """Give the lines below each heading of a report, and those below its last section."""
    told = {}
    for block in text.split("\n## ")[1:]:
        title, *lines = block.splitlines()
        told[title] = [line for line in lines if line]
    return told


def table(lines: list[str]) -> list[list[str]]:
    """Give the cells of a table or a chart of a text, below its heads."""
    if lines[0].startswith("|"):
        rows = [line for line in lines if line.startswith("|")][2:]
        return [[plain(cell) for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    rows = lines[1 : lines.index("```", 1)]
    hours = [row.split() for row in rows if re.match(r"\d\d:00 ", row)]
    if hours:
        return [[hour, number] for hour, *_, number in hours]
    return [re.split(r" {2,}", re.sub("█+", "", row).strip()) for row in rows[1:]]


def plain(text: str) -> str:
    """Read a text as Markdown shows it."""
    return re.sub(r"\\(?=[^\w\s])|`", "", text).strip()


def written(column: str, value: object) -> str | None:
    """Write a fact as a person in the English language reads it; None where that is no number."""
    if isinstance(value, dict):
        return money(value)
    if isinstance(value, float):
        return percent(value) if column in SHARES else f"{value:.2f}"
    if isinstance(value, bool) or not isinstance(value, int) or column == "weekday":
        return None
    if column in MINUTES:
        return duration(value)
    return f"{value:02}:00" if column == "hour" else f"{value:,}"


def percent(share: float) -> str:
    """Write a share, rounded half up."""
    return f"{int(share * 100 + 0.5)}%"


def duration(minutes: int) -> str:
    """Write minutes as hours and minutes."""
    hours, rest = divmod(minutes, 60)
    return " ".join((f"{hours} h",) * bool(hours) + (f"{rest} min",) * bool(rest or not hours))


def money(paid: dict[str, Any]) -> str:
    """Write what was paid, in dollars."""
    if not paid["costs"]:
        return "unknown"
    mark = "+?" if paid["unpriced_responses"] else ""
    return f"${float(paid['costs']['USD']):.2f}{mark}"
