"""Every figure of a report once more, from exported rows: written from docs/reference/metrics.md.

Plain Python, and nothing of FluxMirror: what is here is what the page says, in another's words. It
is a second definition to compare the first with, so it is slow and short.

    names = ("calls.jsonl", "events.jsonl", "responses.jsonl")  # of `fluxmirror export --what …`
    history = History(*(parse_rows(Path(name).read_text()) for name in names), home="/home/mira")
    part = Part(history, Asked(date(2026, 3, 2), date(2026, 3, 2), "Asia/Seoul"))
    part.figures, tables(part)

Shares and changes are exact fractions here. Coverage, commits and which sentences are said are no
figures of the page, and not worked out.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.independent import calendars, file_counts, minutes
from tests.independent.command_lines import read_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = dict[str, Any]

SET_UP = "setup"
STOPPED = ("denied", "rejected", "interrupted")
HOURS = 24
MAIN_THREAD_DAYS = 3
MAIN_THREAD_WRITES = 10
SHIPPING_CALLS, SHIPPING_FILES = 1_000, 50
LIGHT_CALLS = 50
STEADY_DAYS = 5
SATURDAY = 5
LAST_COMMANDS = 20
NO_PROJECT = "(no project)"


class Asked(NamedTuple):
    """What a report is asked for."""

    first: date
    """The first local day of the period."""
    last: date
    zone: str
    agent: str | None = None
    project: str | None = None
    """A project's name."""
    until_ms: int | None = None
    """Where the period is cut, as another one has not come further yet."""

    @property
    def bounds_ms(self) -> tuple[int, int]:
        """The bounds of the period, the end not included."""
        start, end = calendars.bounds_ms(self.first, self.last, self.zone)
        return start, end if self.until_ms is None else self.until_ms

    @property
    def days(self) -> list[date]:
        """The local days of the period."""
        return calendars.days_between(self.first, self.last, self.zone)

    def before(self, now_ms: int) -> Asked | None:
        """Give the period before, which is cut as long as this one goes on.

        None for a period that has not begun, and where all days before were skipped.
        """
        start, end = self.bounds_ms
        length = self.last - self.first + timedelta(days=1)
        before = self._replace(first=self.first - length, last=self.last - length)
        if now_ms <= start or not before.days:
            return None
        return before if now_ms >= end else before._cut(now_ms, length)

    def is_as_long_as(self, other: Asked) -> bool:
        """Tell whether two times have as many dates, or are both calendar months."""
        if self.last - self.first == other.last - other.first:
            return True
        following = (one.last + timedelta(days=1) for one in (self, other))
        are_whole = all(day.day == 1 for day in (self.first, other.first, *following))
        return are_whole and all(one.first.month == one.last.month for one in (self, other))

    def cut_like(self, other: Asked, now_ms: int) -> Asked:
        """Cut this period where another one has come to by now, counted from its first day."""
        start, end = other.bounds_ms
        if not start < now_ms < end:
            return self
        cut = self._cut(now_ms, other.first - self.first)
        return cut if self.bounds_ms[0] < (cut.until_ms or 0) < self.bounds_ms[1] else self

    def _cut(self, now_ms: int, earlier: timedelta) -> Asked:
        """Cut the period at the time of day of now, so many days earlier."""
        shown = calendars.local(now_ms, self.zone) - earlier
        until = int(shown.timestamp() * 1000) + now_ms % 1000
        start, end = self.bounds_ms
        return self._replace(until_ms=min(max(until, start + 1), end))


def parse_rows(text: str) -> list[Row]:
    """Read exported JSON Lines."""
    return [json.loads(line) for line in text.split("\n") if line]


class History:
    """All that was exported of a database."""

    def __init__(
        self, calls: list[Row], events: list[Row], responses: list[Row], home: str
    ) -> None:
        """Take the rows of `export`, of `export --what events` and of `export --what responses`.

        Args:
            calls: tool calls.
            events: of every kind; of them, that there are others than the set-up's matters.
            responses: of models.
            home: the home directory, which names of projects shorten.
        """
        self.responses = responses
        self.home = home
        self.has_others = any(event["agent"] != SET_UP for event in events)
        known = [call for call in calls if call["ts_ms"] is not None and not call["self_noise"]]
        self.all_calls = sorted(
            ({**call, "outcome": call["outcome"] or "unknown"} for call in known),
            key=lambda call: (call["ts_ms"], call["id"]),
        )
        self.roots = {root for call in self.all_calls if (root := root_of(call))}

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each root: as much of its end as no other has."""
        parts = {root: self._shown(root).split("/") for root in self.roots}
        return {root: _shortest(root, parts) or self._shown(root) for root in self.roots}

    def _shown(self, root: str) -> str:
        inside = root == self.home or root.startswith(self.home + "/")
        return "~" + root.removeprefix(self.home) if inside else root

    def project_of(self, call: Row) -> str | None:
        """Give the name of a call's project; None where it is of no project."""
        root = root_of(call)
        return None if root is None else self.names[root]

    @cached_property
    def first_touches(self) -> dict[str, Row]:
        """The first call of the database that touched each path."""
        return file_counts.first_touches(self.all_calls)

    def calls_of(self, asked: Asked) -> list[Row]:
        """Give the calls that count in a report, in their order."""
        start, end = asked.bounds_ms
        return [
            call
            for call in self.all_calls
            if start <= call["ts_ms"] < end
            and asked.agent in {None, call["agent"]}
            and asked.project in {None, self.project_of(call)}
            and (call["agent"] != SET_UP or asked.agent == SET_UP or not self.has_others)
        ]

    def responses_of(self, asked: Asked) -> list[Row]:
        """Give the responses that count in a report."""
        start, end = asked.bounds_ms
        return [
            row
            for row in self.responses
            if start <= row["ts_ms"] < end
            and asked.agent in {None, row["agent"]}
            and asked.project in {None, self.names.get(row["project"] or "")}
        ]


def root_of(call: Row) -> str | None:
    """Give the root of a call's project."""
    return call["repo"] or call["project"] or call["cwd"] or None


def _shortest(root: str, parts: dict[str, list[str]]) -> str:
    mine = parts[root]
    for length in range(1, len(mine)):
        end = "/".join(mine[-length:])
        others = ["/".join(other[-length:]) for other in parts.values() if other != mine]
        if end.casefold() not in {other.casefold() for other in others}:
            return end
    return ""


class Part:
    """The calls and responses of one period, and every figure of them."""

    def __init__(self, history: History, asked: Asked) -> None:
        """Choose what is counted."""
        self.history = history
        self.asked = asked
        self.calls = history.calls_of(asked)
        self.responses = history.responses_of(asked)
        self.reads = file_counts.reads_of(self.calls)
        self.writes = file_counts.writes_of(self.calls)
        self.new_and_edited = file_counts.new_and_edited(
            self.calls, history.first_touches, self.day_of, asked.agent
        )
        self.new_files = set().union(*(new for new, _ in self.new_and_edited.values()))
        self.edited_files = set().union(*(edited for _, edited in self.new_and_edited.values()))
        self.only_read = {file: self.reads[file] for file in self.reads if file not in self.writes}
        self.minute_projects = minutes.projects_of_minutes(self.calls, history.project_of)
        self.blocks = minutes.focus_blocks(self.minute_projects)

    def local(self, call: Row) -> datetime:
        """Tell what the clock showed at a call."""
        return calendars.local(call["ts_ms"], self.asked.zone)

    def day_of(self, call: Row) -> date:
        """Give the local day of a call."""
        return self.local(call).date()

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Every figure, by its key: numbers, exact fractions, money; None where there is none."""
        active = len({minutes.minute_of(call) for call in self.calls})
        switched = minutes.switches(self.minute_projects)
        shared, _ = minutes.overlap(self.calls)
        return {
            "calls": len(self.calls),
            "failed": failed(self.calls),
            "failure_rate": failure_rate(self.calls),
            "stopped": sum(call["outcome"] in STOPPED for call in self.calls),
            "unknown": unknown(self.calls),
            "sessions": sessions(self.calls),
            "active_days": len(set(map(self.day_of, self.calls))),
            "active_minutes": active,
            "files_written": len(self.writes),
            "files_only_read": len(self.only_read),
            "new_files": len(self.new_files),
            "edited_files": len(self.edited_files),
            "reads": of_class(self.calls, "Read"),
            "writes": of_class(self.calls, "Write"),
            "shells": of_class(self.calls, "Shell"),
            "mcp_calls": of_class(self.calls, "MCP"),
            "directories": len({call["cwd"] for call in self.calls} - {None, ""}),
            "projects": len(set(map(self.history.project_of, self.calls)) - {None}),
            "focus_blocks": len(self.blocks),
            "focus_minutes": sum(block.length for block in self.blocks),
            "longest_focus": max((block.length for block in self.blocks), default=0),
            "bursts": minutes.bursts(self.calls)[0],
            "switches": switched,
            "switch_rate": Fraction(switched * 60, active) if active else None,
            "overlap_share": Fraction(shared, active) if active else None,
            "rework_loops": sum(self.rework.values()),
            "cost": money(self.responses),
        }

    @cached_property
    def rework(self) -> Counter[str]:
        """Rework loops of each file."""
        loops: Counter[str] = Counter()
        sets: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for call in self.calls:
            if call["session"]:
                loops.update(_rework_step(call, *sets[call["agent"], call["session"]]))
        return loops

    def busiest_hour(self) -> tuple[int, int]:
        """Give the hour of the day with most calls, and these."""
        shown = Counter(self.local(call).hour for call in self.calls)
        hour = min(shown, key=lambda one: (-shown[one], one))
        return hour, shown[hour]

    def busiest_day(self) -> Row:
        """Give the row of the day with most calls."""
        return min(days(self), key=lambda row: (-row["calls"], row["date"]))

    def mode(self) -> str:
        """Put new to edited files into a word."""
        new, edited = len(self.new_files), len(self.edited_files)
        if 2 * new > 3 * edited:
            return "build"
        return "refactor" if 2 * edited > 3 * new else "balanced"

    def ratio(self) -> Fraction | None:
        """Divide new files by edited ones."""
        edited = len(self.edited_files)
        return Fraction(len(self.new_files), edited) if edited else None

    def shape(self) -> str:
        """Give the shape of a day."""
        figures = self.figures
        if not self.calls:
            return "idle"
        if len(self.calls) < LIGHT_CALLS:
            return "light"
        if figures["reads"] > 2 * figures["writes"] and figures["shells"]:
            return "investigating"
        if figures["writes"] == figures["reads"]:
            return "balanced"
        return "writing" if figures["writes"] > figures["reads"] else "reading"

    def week_theme(self) -> tuple[str, int, str]:
        """Give the theme of a period of days, how many days have it, and the pattern."""
        themes = Counter(row["theme"] for row in days(self))
        if themes["shipping"]:
            theme = "shipping"
        elif themes["building"] > themes["polishing"]:
            theme = "building"
        else:
            theme = "polishing" if themes["polishing"] else "light"
        return theme, themes[theme], self.pattern()

    def pattern(self) -> str:
        """Tell on which days a period had calls."""
        active = set(map(self.day_of, self.calls))
        at_weekend = {day.weekday() >= SATURDAY for day in active}
        if len(at_weekend) == 1:
            return "weekend" if at_weekend.pop() else "weekday"
        if not active:
            return "idle"
        half = Fraction(len(self.asked.days), 2)
        return "steady" if len(active) >= STEADY_DAYS and len(active) >= half else "other"

    def longest_block(self) -> minutes.Block | None:
        """Give the longest focus block, of equal ones the earliest."""
        return min(self.blocks, key=lambda block: (-block.length, block.start), default=None)

    def languages(self) -> list[tuple[str, int]]:
        """Count the files that were read or written by language."""
        return file_counts.languages_of({*self.reads, *self.writes})

    def theme_of(self, day: date, calls: list[Row]) -> str:
        """Give the theme of a local day."""
        new, edited = self.new_and_edited.get(day, (set(), set()))
        if not calls:
            return "idle"
        if len(calls) < LIGHT_CALLS:
            return "light"
        if len(calls) >= SHIPPING_CALLS and len(new) >= SHIPPING_FILES:
            return "shipping"
        return "building" if len(new) >= len(edited) else "polishing"

    def main_thread(self) -> tuple[str, int, int] | None:
        """Give the file of the main thread, its writes, and the days with any of them."""
        if sum(self.writes.values()) < MAIN_THREAD_WRITES:
            return None
        days: dict[str, set[date]] = defaultdict(set)
        for call in self.calls:
            for file, _ in file_counts.written(call):
                days[file].add(self.day_of(call))
        long = [file for file in days if len(days[file]) >= MAIN_THREAD_DAYS]
        if not long:
            return None
        file = min(long, key=lambda one: (-self.writes[one], one))
        return file, self.writes[file], len(days[file])


def _rework_step(call: Row, changed: set[str], failing: set[str]) -> list[str]:
    """Take one call of a session; gives the files of which it is a loop."""
    loops = []
    for file, _ in file_counts.written(call):
        if file in failing:
            loops.append(file)
            failing.discard(file)
        changed.add(file)
    run = read_command(call["detail"]) if call["tool_class"] == "Shell" else None
    if run and run.tests:
        if call["outcome"] == "failed":
            failing |= changed
        else:
            failing.clear()
        changed.clear()
    return loops


def of_class(calls: Iterable[Row], name: str) -> int:
    """Count the calls of a tool class."""
    return sum(call["tool_class"] == name for call in calls)


def failed(calls: Iterable[Row]) -> int:
    """Count failed calls."""
    return sum(call["outcome"] == "failed" for call in calls)


def unknown(calls: Iterable[Row]) -> int:
    """Count calls without a known end."""
    return sum(call["outcome"] == "unknown" for call in calls)


def failure_rate(calls: Iterable[Row]) -> Fraction | None:
    """Divide failed calls by those that failed or went well."""
    ended = [call for call in calls if call["outcome"] in {"failed", "ok"}]
    return Fraction(failed(ended), len(ended)) if ended else None


def sessions(calls: Iterable[Row]) -> int:
    """Count distinct pairs of an agent and a session."""
    return len({(call["agent"], call["session"]) for call in calls if call["session"]})


def money(responses: Iterable[Row]) -> dict[str, Any] | None:
    """Add up costs by currency, and count the responses without a price; None without responses."""
    responses = list(responses)
    if not responses:
        return None
    costs: dict[str, Decimal] = defaultdict(Decimal)
    unpriced = 0
    for row in responses:
        if row["cost"] is None:
            unpriced += 1
        else:
            costs[row["currency"]] += Decimal(str(row["cost"]))
    return {"costs": dict(costs), "unpriced_responses": unpriced}


def tool_name(call: Row) -> str:
    """Give the name of a call's tool; empty where it has none."""
    if call["mcp_server"] and call["mcp_tool"]:
        return f"{call['mcp_server']}/{call['mcp_tool']}"
    return call["tool"] or ""


def program_of(call: Row) -> str:
    """Give the program of a shell call; empty where it has none."""
    run = read_command(call["detail"]) if call["tool_class"] == "Shell" else None
    return run.program if run else ""


def grouped(calls: Iterable[Row], key: Callable[[Row], Any]) -> list[tuple[Any, list[Row]]]:
    """Group calls by what is neither null nor empty: most calls first, ties by name."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for call in calls:
        if key(call):
            groups[key(call)].append(call)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def counts(numbers: dict[str, int], name: str) -> list[Row]:
    """Make a table of files or directories: largest number first, ties by path."""
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [{"path": path, name: number} for path, number in ordered]


# Tables


def hours(part: Part) -> list[Row]:
    """Count the calls of each hour of the day."""
    shown = Counter(part.local(call).hour for call in part.calls)
    return [{"hour": hour, "calls": shown[hour]} for hour in range(HOURS)]


def heat_map(part: Part) -> list[Row]:
    """Count the calls of each weekday and hour, Monday being 0."""
    shown = Counter((part.local(call).weekday(), part.local(call).hour) for call in part.calls)
    return [
        {"weekday": day, **{f"{hour:02}": shown[day, hour] for hour in range(HOURS)}}
        for day in range(7)
    ]


def days(part: Part) -> list[Row]:
    """Tell what each local day has."""
    table = []
    for day in part.asked.days:
        calls = [call for call in part.calls if part.day_of(call) == day]
        responses = [row for row in part.responses if part.day_of(row) == day]
        new, edited = part.new_and_edited.get(day, (set(), set()))
        table.append(
            {
                "date": day.isoformat(),
                "calls": len(calls),
                "new_files": len(new),
                "edited_files": len(edited),
                "agents": len({call["agent"] for call in calls}),
                "theme": part.theme_of(day, calls),
                "cost": money(responses),
            }
        )
    return table


def agents(part: Part) -> list[Row]:
    """Tell what each agent did, with every column that any report has."""
    return [
        _agent(part, agent, calls) for agent, calls in grouped(part.calls, lambda one: one["agent"])
    ]


def _agent(part: Part, agent: str, calls: list[Row]) -> Row:
    used = grouped(calls, tool_name)
    return {
        "agent": agent,
        "calls": len(calls),
        "share": Fraction(len(calls), len(part.calls)),
        "sessions": sessions(calls),
        "active_days": len(set(map(part.day_of, calls))),
        "active_minutes": len(set(map(minutes.minute_of, calls))),
        "failed": failed(calls),
        "failure_rate": failure_rate(calls),
        "unknown": unknown(calls),
        "top_tool": used[0][0] if used else None,
        "writes": of_class(calls, "Write"),
        "reads": of_class(calls, "Read"),
        "shells": of_class(calls, "Shell"),
        "cost": money(row for row in part.responses if row["agent"] == agent),
    }


def projects(part: Part) -> list[Row]:
    """Tell what each project had."""
    return [
        {
            "project": project,
            "calls": len(calls),
            "share": Fraction(len(calls), len(part.calls)),
            "sessions": sessions(calls),
            "agents": len({call["agent"] for call in calls}),
        }
        for project, calls in grouped(
            part.calls, lambda call: part.history.project_of(call) or NO_PROJECT
        )
    ]


def _paid(rows: list[Row]) -> Decimal:
    """Add up what responses cost, in whatever currency; what has no price is below what is free."""
    priced = [Decimal(str(row["cost"])) for row in rows if row["cost"] is not None]
    return sum(priced, Decimal()) if priced else Decimal(-1)


def _tokens(rows: list[Row]) -> int:
    kinds = [name for name in rows[0] if name.endswith("_tokens") and name != "reasoning_tokens"]
    return sum(row[name] for row in rows for name in kinds)


def cost(part: Part) -> list[Row]:
    """Tell what the responses of each agent cost, by agent."""
    groups = sorted(grouped(part.responses, lambda row: row["agent"]))
    groups.sort(key=lambda group: (_paid(group[1]), _tokens(group[1])), reverse=True)
    return [
        {
            "agent": agent,
            "cost": money(rows),
            "responses": len(rows),
            "input_tokens": sum(row["input_tokens"] + row["tool_use_tokens"] for row in rows),
            "output_tokens": sum(row["output_tokens"] for row in rows),
            "cache_tokens": sum(
                row["cache_read_tokens"]
                + row["cache_write_5m_tokens"]
                + row["cache_write_1h_tokens"]
                for row in rows
            ),
        }
        for agent, rows in groups
    ]


def files_written(part: Part) -> list[Row]:
    """Tell how often each file was written, and whether any day made it."""
    return [
        {**row, "new": row["path"] in part.new_files} for row in counts(dict(part.writes), "writes")
    ]


def commands(part: Part) -> list[Row]:
    """List the last shell commands, the oldest first; all where that leaves only one out."""
    shells = [call for call in part.calls if call["tool_class"] == "Shell"]
    shown = LAST_COMMANDS if len(shells) != LAST_COMMANDS + 1 else len(shells)
    return [
        {
            "time": f"{datetime.fromtimestamp(call['ts_ms'] / 1000, UTC):%FT%T.%f}"[:-3] + "Z",
            "command": call["detail"],
            "outcome": call["outcome"],
        }
        for call in shells[-shown:]
    ]


def counted(calls: Iterable[Row], key: Callable[[Row], Any], name: str) -> list[Row]:
    """Make a table of calls and failures by tool, program or server."""
    return [
        {
            name: one,
            "calls": len(some),
            "failed": failed(some),
            "failure_rate": failure_rate(some),
        }
        for one, some in grouped(calls, key)
    ]


def tables(part: Part) -> dict[str, list[Row]]:
    """Make every table that any report has, by the key of its section."""
    directories = Counter(call["cwd"] for call in part.calls if call["cwd"])
    return {
        "hours": hours(part),
        "heat_map": heat_map(part),
        "days": days(part),
        "agents": agents(part),
        "projects": projects(part),
        "cost": cost(part),
        "files_written": files_written(part),
        "files_only_read": counts(part.only_read, "count"),
        "commands": commands(part),
        "programs": counted(part.calls, program_of, "program"),
        "tools": counted(part.calls, tool_name, "tool"),
        "mcp_servers": counted(part.calls, lambda call: call["mcp_server"], "server"),
        "directories": counts(dict(directories), "count"),
        "rework_files": counts(dict(part.rework), "loops"),
    }


def change(now: Fraction | int | Decimal, before: Fraction | int | Decimal) -> Fraction | None:
    """Tell how much a figure rose or fell, 1 being as much again."""
    if not before:
        return None if now else Fraction(0)
    return (Fraction(now) - Fraction(before)) / Fraction(before)
