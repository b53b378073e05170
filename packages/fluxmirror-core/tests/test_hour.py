"""An hour of calls, added up by agent and project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.analysis.hour import (
    FAILED_TEST,
    HOUR_MS,
    MINUTE_MS,
    OTHER_TEST,
    Call,
    Hour,
    HourActivity,
    Sighting,
    build_hour,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = 490_908 * HOUR_MS
PATCH = """*** Begin Patch
*** Add File: new.py
+x
*** Update File: a.py
*** Delete File: old.py
*** Update File: a.py
*** End Patch"""


def call(**told: Any) -> Call:  # noqa: ANN401 - the fields' own types
    """Make a shell call of which nothing else is known."""
    usual: dict[str, Any] = {
        **dict.fromkeys(Call._fields, ""),
        "ts_ms": NOON,
        "agent": "claude-code",
        "session": "s",
        "tool_class": "Shell",
        "outcome": "ok",
        "is_absolute": False,
        "phases": 3,
        "base": None,
        "input_json": None,
    }
    return Call(**{**usual, **told})


def write(file: str, canonical: str = "Edit", **told: Any) -> Call:  # noqa: ANN401 - the fields' own types
    """Make a call that writes a file."""
    usual = {"tool_class": "Write", "canonical": canonical, "is_absolute": file.startswith("/")}
    return call(**{"file": file, **usual, **told})


def only(calls: Iterable[Call]) -> HourActivity:
    """Give the activity of calls of one agent in one project."""
    (activity,) = build_hour(calls).activities
    return activity


def test_an_hour_without_calls_is_empty() -> None:
    """No agent was there."""
    assert build_hour([]) == Hour((), {})


def test_agents_and_projects_are_added_up_apart() -> None:
    """Each pair has its own, and a call counts in one."""
    calls = [call(agent=agent, root=root) for agent in "ab" for root in ("/r", "", "/r")]
    found = {(one.agent, one.root): one.calls for one in build_hour(calls).activities}
    assert found == {("a", "/r"): 2, ("a", ""): 1, ("b", "/r"): 2, ("b", ""): 1}


def test_everything_of_a_call_is_counted_where_it_is_told() -> None:
    """What nothing tells is in no table."""
    told = call(tool="github/get", server="github", tool_class="MCP", cwd="/w", session="a")
    one = only([told, told._replace(outcome="failed", phases=1), call(tool_class="", session="")])
    assert one.calls == 3
    assert one.outcomes == {"ok": 2, "failed": 1}
    assert one.classes == {"MCP": 2}
    assert one.sessions == {"a": 2}
    assert one.tools == {"github/get": [2, 1, 2]}
    assert one.servers == {"github": [2, 1, 2]}
    assert one.directories == {"/w": 2}
    assert one.phases == {3: 2, 1: 1}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("ok", [1, 0, 1]),
        ("failed", [1, 1, 1]),
        ("denied", [1, 0, 0]),
        ("rejected", [1, 0, 0]),
        ("interrupted", [1, 0, 0]),
        ("unknown", [1, 0, 0]),
    ],
)
def test_only_what_is_fine_or_failed_has_ended(outcome: str, expected: list[int]) -> None:
    """Of all others nobody knows whether they would have failed."""
    one = only([call(tool="Bash", detail="make", outcome=outcome)])
    assert (one.tools, one.programs) == ({"Bash": expected}, {"make": expected})


@pytest.mark.parametrize(
    ("ts_ms", "minute"),
    [(NOON, 0), (NOON + MINUTE_MS - 1, 0), (NOON + MINUTE_MS, 1), (NOON - 1, 59), (-1, 59)],
)
def test_a_minute_is_one_of_the_hour(ts_ms: int, minute: int) -> None:
    """Before 1970 too, when times are negative."""
    assert only([call(ts_ms=ts_ms)]).minutes == {minute: 1}


def test_files_have_their_reads_and_writes() -> None:
    """In the order in which they were touched first."""
    read = call(tool_class="Read", file="/b", is_absolute=True)
    one = only([read, write("/a"), read, write("/b"), write("/a", "Replace")])
    assert (one.files, one.reads, one.writes) == (["/b", "/a"], [2, 0], [1, 2])
    assert (one.whole, one.added) == ([], [])


@pytest.mark.parametrize("outcome", ["failed", "denied", "rejected"])
def test_what_did_not_get_at_a_file_did_not_touch_it(outcome: str) -> None:
    """It is a call all the same; what was interrupted may have touched it."""
    refused = [
        write("/a", "Write", outcome=outcome),
        call(tool_class="Read", file="/a", is_absolute=True, outcome=outcome),
    ]
    hour = build_hour(refused)
    assert hour.sightings == {}
    assert (hour.activities[0].files, hour.activities[0].steps) == ([], {})
    assert hour.activities[0].calls == 2
    for touched in ("interrupted", "unknown"):
        assert only([write("/a", outcome=touched)]).files == ["/a"]


def test_a_file_without_a_name_is_none() -> None:
    """Nothing tells which it was."""
    assert only([write(""), call(tool_class="Read")]).files == []


@pytest.mark.parametrize("tool", ["Write", "WriteFile"])
def test_a_file_that_is_written_whole_may_be_a_new_one(tool: str) -> None:
    """Its history decides; a file without a path has none, so its tool does."""
    one = only([write("/a", tool), write("b.py", tool), write("/c"), write("/a", tool)])
    assert one.files == ["/a", "b.py", "/c"]
    assert (one.whole, one.added) == ([0, 0], [1])


def test_a_patch_says_itself_which_files_it_makes() -> None:
    """What it deletes it does not leave written; a file that it names twice is written twice."""
    told = {"input_json": json.dumps({"input": PATCH}), "base": "/p"}
    one = only([write("/p/first.py", "ApplyPatch", **told)])
    assert (one.files, one.writes) == (["/p/new.py", "/p/a.py"], [1, 2])
    assert (one.whole, one.added) == ([], [0])
    assert one.steps == {"s": [0, 0, 0, 1]}


def test_a_patch_that_was_not_kept_changed_its_first_file() -> None:
    """That is what the call itself tells."""
    one = only([write("/p/first.py", "ApplyPatch")])
    assert (one.files, one.writes, one.added) == (["/p/first.py"], [1], [])


def test_the_first_touch_of_a_file_is_its_sighting() -> None:
    """Of absolute paths only; it made the file if it wrote it as a whole."""
    hour = build_hour(
        [
            write("/made", "Write", ts_ms=NOON),
            write("/made", "Edit", ts_ms=NOON + 1),
            call(tool_class="Read", file="/read", is_absolute=True, ts_ms=NOON + 2),
            write("/read", "Write", ts_ms=NOON + 3, agent="codex-cli"),
            write("relative", "Write", ts_ms=NOON + 4),
        ]
    )
    assert hour.sightings == {
        "/made": Sighting(NOON, made=True, agent="claude-code"),
        "/read": Sighting(NOON + 2, made=False, agent="claude-code"),
    }


def test_steps_are_writes_and_tests_in_the_order_of_calls() -> None:
    """A file that is written again right away is one step; every test run is one."""
    tests = [call(detail="pytest", outcome=outcome) for outcome in ("failed", "ok", "unknown")]
    calls = [write("/a"), write("/a"), *tests, tests[0], call(detail="ls"), write("/b")]
    assert only(calls).steps == {
        "s": [0, 0, 2, FAILED_TEST, 3, OTHER_TEST, 4, OTHER_TEST, 5, FAILED_TEST, 7, 1]
    }


def test_steps_are_a_sessions_own() -> None:
    """In whichever project it worked; without a session nobody knows whose they are."""
    calls = [
        write("/r/a", root="/r"),
        write("/s/a", root="/s"),
        write("/r/a", root="/r"),
        write("/r/a", root="/r", session="other"),
        write("/r/a", root="/r", session=""),
        call(detail="pytest", session="", root="/r"),
    ]
    found = {one.root: one.steps for one in build_hour(calls).activities}
    assert found == {"/r": {"s": [0, 0, 2, 0], "other": [3, 0]}, "/s": {"s": [1, 0]}}


def test_an_hour_of_very_many_calls_is_added_up() -> None:
    """Each file many times, and many files."""
    calls = (write(f"/{number % 5_000}", "Write", ts_ms=NOON + number) for number in range(50_000))
    one = only(calls)
    assert (one.calls, len(one.files), set(one.writes)) == (50_000, 5_000, {10})
