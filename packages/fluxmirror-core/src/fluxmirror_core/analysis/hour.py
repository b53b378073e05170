"""One hour of tool calls, added up: what every report of any length is put together from.

An hour is small enough to be added up anew when anything in it changes, and reports add up hours
instead of calls. Whatever needs the order of calls is kept in the grain that its definition asks
for: minutes, and the steps of a session (`docs/reference/metrics.md` has the definitions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from fluxmirror_core.analysis.patches import PATCH_TOOL, WHOLE_FILE_TOOLS, patched_files
from fluxmirror_core.event import Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.tools import ToolClass

if TYPE_CHECKING:
    from collections.abc import Iterable

_Key = TypeVar("_Key")
_Latest = dict[tuple[str, str], tuple[str, int]]
"""Agent and session → root and step of its last one, whichever project that was in."""

HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000
FAILED_TEST: Final = -1
"""A step of a session: a test run that failed; a place in `files` stands for a write of it."""
OTHER_TEST: Final = -2
"""A step of a session: a test run that passed, or of which nothing tells how it ended."""
_UNTOUCHED: Final = frozenset((Outcome.FAILED, Outcome.DENIED, Outcome.REJECTED))
_READ, _WRITE, _SHELL = str(ToolClass.READ), str(ToolClass.WRITE), str(ToolClass.SHELL)
_FAILED, _UNKNOWN = str(Outcome.FAILED), str(Outcome.UNKNOWN)
_DECIDED: Final = frozenset((str(Outcome.OK), _FAILED))


class Call(NamedTuple):
    """One tool call, as far as an hour counts it."""

    ts_ms: int
    agent: str
    root: str
    """Of its project: repository, else project directory, else working directory; may be empty."""
    session: str
    tool: str
    """`server/tool` of an MCP tool, else as the agent called it; may be empty."""
    server: str
    """Of an MCP tool; empty for any other."""
    tool_class: str
    canonical: str
    outcome: str
    file: str
    """Absolute where it is known, else as the agent wrote it; may be empty."""
    is_absolute: bool
    """Whether `file` is a path that its history can be looked up by."""
    cwd: str
    detail: str
    phases: int
    base: str | None
    """Directory that relative paths of a patch start from."""
    input_json: str | None
    """Of a patch, where it was kept."""


class Sighting(NamedTuple):
    """When a file was first read or written."""

    ts_ms: int
    made: bool
    """Whether that wrote it as a whole, and so made it."""
    agent: str


class HourActivity:
    """What one agent did in one project in one hour."""

    __slots__ = (
        "added",
        "agent",
        "calls",
        "classes",
        "directories",
        "files",
        "minutes",
        "outcomes",
        "phases",
        "places",
        "programs",
        "reads",
        "root",
        "servers",
        "sessions",
        "steps",
        "tools",
        "whole",
        "writes",
    )

    def __init__(self, agent: str, root: str) -> None:
        self.agent = agent
        self.root = root
        self.calls = 0
        self.outcomes: dict[str, int] = {}
        self.classes: dict[str, int] = {}
        self.minutes: dict[int, int] = {}
        """Calls by minute of the hour."""
        self.sessions: dict[str, int] = {}
        self.tools: dict[str, list[int]] = {}
        """Calls, failures, and calls that are known to be either fine or failed."""
        self.servers: dict[str, list[int]] = {}
        """Of MCP: the same."""
        self.programs: dict[str, list[int]] = {}
        """Of shell commands: runs, failures, and runs known to be either fine or failed."""
        self.directories: dict[str, int] = {}
        self.files: list[str] = []
        """That were touched, the first first; calls that failed or were refused do not count."""
        self.reads: list[int] = []
        """Of each of the files."""
        self.writes: list[int] = []
        """Of each of the files."""
        self.whole: list[int] = []
        """A place for each write of a file as a whole, where its history can tell more."""
        self.added: list[int] = []
        """A place for each write that says itself that it makes the file."""
        self.places: dict[str, int] = {}
        """Of the files, while calls are counted."""
        self.steps: dict[str, list[int]] = {}
        """By session: the number of the call within the hour, and the step, in turn."""
        self.phases: dict[int, int] = {}
        """Calls by who told of them."""


class Hour(NamedTuple):
    """An hour, or a part of one."""

    activities: tuple[HourActivity, ...]
    """One for each agent and project, in no order."""
    sightings: dict[str, Sighting]
    """The first of each file with an absolute path, as far as this hour tells."""


def build_hour(calls: Iterable[Call]) -> Hour:
    """Add up calls, which come in the order of time."""
    activities: dict[tuple[str, str], HourActivity] = {}
    sightings: dict[str, Sighting] = {}
    latest: _Latest = {}
    for number, call in enumerate(calls):
        activity = activities.get((call.agent, call.root))
        if activity is None:
            activity = activities[call.agent, call.root] = HourActivity(call.agent, call.root)
        _count(activity, call)
        if call.tool_class == _SHELL:
            _count_program(activity, call, number, latest)
        elif call.file and call.tool_class in (_READ, _WRITE) and call.outcome not in _UNTOUCHED:
            _count_file(activity, call, number, latest)
            if call.is_absolute and call.file not in sightings:
                sightings[call.file] = Sighting(call.ts_ms, _makes(call), call.agent)
    return Hour(tuple(activities.values()), sightings)


def _count(activity: HourActivity, call: Call) -> None:
    activity.calls += 1
    _add(activity.outcomes, call.outcome)
    _add(activity.phases, call.phases)
    _add(activity.minutes, call.ts_ms % HOUR_MS // MINUTE_MS)
    if call.tool_class:
        _add(activity.classes, call.tool_class)
    if call.session:
        _add(activity.sessions, call.session)
    if call.cwd:
        _add(activity.directories, call.cwd)
    if call.tool:
        _add_ended(activity.tools, call.tool, call.outcome)
    if call.server:
        _add_ended(activity.servers, call.server, call.outcome)


def _count_program(activity: HourActivity, call: Call, number: int, latest: _Latest) -> None:
    from fluxmirror_core.analysis.shell_words import is_test_run, program_of  # as in `patches`

    program = program_of(call.detail)
    if program:
        _add_ended(activity.programs, program, call.outcome)
    if call.session and is_test_run(call.detail):
        step = FAILED_TEST if call.outcome == _FAILED else OTHER_TEST
        _step(activity, call.session, number, step, latest)


def _count_file(activity: HourActivity, call: Call, number: int, latest: _Latest) -> None:
    if call.tool_class == _READ:
        activity.reads[_place(activity, call.file)] += 1
    elif call.canonical == PATCH_TOOL:
        for file, added in patched_files(call.input_json, call.base, call.file):
            place = _write(activity, call.session, number, file, latest)
            if added:
                activity.added.append(place)
    else:
        place = _write(activity, call.session, number, call.file, latest)
        if call.canonical in WHOLE_FILE_TOOLS:
            # Of a file without a path there is no history: its tool alone decides.
            if not call.is_absolute:
                activity.added.append(place)
            else:
                activity.whole.append(place)


def _write(activity: HourActivity, session: str, number: int, file: str, latest: _Latest) -> int:
    """Count a write; gives the file's place."""
    place = _place(activity, file)
    activity.writes[place] += 1
    _step(activity, session, number, place, latest)
    return place


def _place(activity: HourActivity, file: str) -> int:
    """Give a file's place among the files, the last one where it is new."""
    place = activity.places.setdefault(file, len(activity.files))
    if place == len(activity.files):
        activity.files.append(file)
        activity.reads.append(0)
        activity.writes.append(0)
    return place


def _step(activity: HourActivity, session: str, number: int, step: int, latest: _Latest) -> None:
    """Note a step of a session, unless it is the last one once more: a write of the same file."""
    if not session:
        return
    known, told = (activity.agent, session), (activity.root, step)
    if step < 0 or latest.get(known) != told:
        activity.steps.setdefault(session, []).extend((number, step))
    latest[known] = told


def _makes(call: Call) -> bool:
    return call.tool_class == _WRITE and call.canonical in WHOLE_FILE_TOOLS


def _add(counts: dict[_Key, int], key: _Key) -> None:
    counts[key] = counts.get(key, 0) + 1


def _add_ended(counts: dict[str, list[int]], key: str, outcome: str) -> None:
    row = counts.get(key)
    if row is None:
        row = counts[key] = [0, 0, 0]
    row[0] += 1
    row[1] += outcome == _FAILED
    row[2] += outcome in _DECIDED
