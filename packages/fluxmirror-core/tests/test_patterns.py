"""What the minutes of a period tell: small cases of each definition, and its edges."""

from __future__ import annotations

from fluxmirror_core.analysis.activity import Activity
from fluxmirror_core.analysis.patterns import (
    Burst,
    Bursts,
    Focus,
    FocusBlock,
    Overlap,
    ProjectMinute,
    Switches,
    build_patterns,
    count_overlap,
    count_switches,
    find_bursts,
    find_focus,
    project_minutes,
)
from hypothesis import given
from hypothesis import strategies as st

Minutes = dict[int, dict[str, int]]
MINUTES = st.dictionaries(
    st.integers(0, 300),
    st.dictionaries(
        st.sampled_from(["", "a", "b"]),
        st.integers(1, 60),
        min_size=1,
    ),
)
AGENTS = st.dictionaries(st.sampled_from("xyz"), st.sets(st.integers(0, 300)))


def of(project: str, *minutes: int) -> list[ProjectMinute]:
    """Give minutes of one project."""
    return [ProjectMinute(minute, project) for minute in minutes]


def calls(*numbers: int, start: int = 0) -> Minutes:
    """Give minutes in a row, with so many calls each; none with 0."""
    return {start + at: {"a": number} for at, number in enumerate(numbers) if number}


def test_the_project_of_a_minute_has_most_of_its_calls() -> None:
    """Of equal ones the first by name; calls of none have no say."""
    minutes: Minutes = {
        3: {"b": 4, "a": 3},
        2: {"b": 2, "a": 2},
        1: {"": 9, "b": 1},
        4: {"": 1},
    }
    assert project_minutes(minutes) == [*of("b", 1), *of("a", 2), *of("b", 3)]


def test_a_focus_block_lasts_25_minutes_both_ends_included() -> None:
    """From minute 0 to minute 24 are 25; to minute 23 only 24."""
    assert find_focus(of("a", 0, 10, 20, 24)) == Focus((FocusBlock(0, 25, "a"),))
    assert find_focus(of("a", 0, 10, 20, 23)) == Focus(())


def test_a_pause_of_more_than_10_minutes_ends_a_focus_block() -> None:
    """Ten from one minute to the next do not."""
    assert find_focus(of("a", 0, 10, 20, 30)).minutes == 31
    assert find_focus(of("a", 0, 10, 21, 31)) == Focus(())


def test_a_minute_of_another_project_ends_a_focus_block() -> None:
    """And begins one of its own, if it goes on."""
    blocks = find_focus([*of("a", *range(25)), *of("b", *range(25, 55)), *of("a", 55)]).blocks
    assert blocks == (FocusBlock(0, 25, "a"), FocusBlock(25, 30, "b"))


def test_the_longest_focus_block_is_the_earliest_of_equal_ones() -> None:
    """Nothing without any."""
    focus = find_focus([*of("a", *range(30)), *of("b", *range(40, 70)), *of("a", *range(80, 105))])
    assert focus.longest == FocusBlock(0, 30, "a")
    assert focus.minutes == 85
    assert Focus(()).longest is None


def test_a_burst_has_20_calls_and_three_times_the_mean() -> None:
    """Either alone is none."""
    assert find_bursts(calls(20, 1, 1, 1)) == Bursts((Burst(0, 1, 20, 0, 20),))
    assert find_bursts(calls(19, 1, 1, 1)) == Bursts(())
    assert find_bursts(calls(30, 9, 1, 0)) == Bursts(())
    # Exactly three times: 60 of a mean of 20.
    assert find_bursts(calls(60, 10, 5, 5)).all
    assert not find_bursts(calls(60, 10, 5, 6)).all


def test_minutes_in_a_row_are_one_burst() -> None:
    """One without a burst's calls in between makes two; the peak is the earliest of equal ones."""
    quiet: Minutes = {minute: {"a": 1} for minute in range(100, 130)}
    bursts = find_bursts({**calls(20, 30, 30, 1, 40, 40), **quiet})
    assert bursts.all == (Burst(0, 3, 80, 1, 30), Burst(4, 2, 80, 4, 40))
    assert bursts.peak == Burst(4, 2, 80, 4, 40)
    assert Bursts(()).peak is None


def test_a_switch_is_no_further_apart_than_30_minutes() -> None:
    """What comes later is a new beginning; the same project again is none."""
    minutes = [*of("a", 0), *of("b", 30), *of("b", 31), *of("a", 62), *of("b", 63)]
    assert count_switches(minutes, 5) == Switches(2, 5)


def test_the_rate_of_switches_is_by_active_hour() -> None:
    """Nothing where nobody worked."""
    assert Switches(3, 90).rate == 2.0
    assert Switches(0, 0).rate is None


def test_agents_overlap_in_minutes_that_several_work_in() -> None:
    """Three agents in a minute are three pairs, and one minute."""
    minutes = {"x": {1, 3, 4}, "y": {2, 3}, "z": {2, 3}}
    assert count_overlap(minutes, 4) == Overlap(2, 4, ("y", "z"))
    assert count_overlap(minutes, 4).share == 0.5


def test_the_pair_is_the_first_by_name_of_equal_ones() -> None:
    """None without an overlap, no share without a minute."""
    assert count_overlap({"z": {1, 2}, "y": {1}, "x": {2}}, 2).pair == ("x", "z")
    assert count_overlap({"x": {1}, "y": {2}}, 2) == Overlap(0, 2, None)
    assert count_overlap({}, 0).share is None


def test_nothing_has_no_patterns() -> None:
    """An empty period is no error."""
    patterns = build_patterns(Activity())
    assert (patterns.active_minutes, patterns.focus.blocks, patterns.bursts.all) == (0, (), ())


@given(MINUTES, AGENTS)
def test_patterns_keep_within_what_there_is(minutes: Minutes, agents: dict[str, set[int]]) -> None:
    """Blocks lie apart and begin and end with a minute of theirs; nothing exceeds the whole."""
    activity = Activity()
    activity.minutes = minutes
    activity.agent_minutes = {name: own & minutes.keys() for name, own in agents.items()}
    patterns = build_patterns(activity)
    of_projects = dict(project_minutes(minutes))
    end = -1
    for block in patterns.focus.blocks:
        last = block.start + block.minutes - 1
        assert block.start > end
        assert of_projects[block.start] == of_projects[last] == block.project
        assert block.minutes >= 25
        end = last
    assert patterns.switches.number < max(len(of_projects), 1)
    assert 0 <= patterns.overlap.minutes <= len(minutes)
    assert sum(burst.minutes for burst in patterns.bursts.all) <= len(minutes) / 3


@given(MINUTES, st.integers(1, 10_000))
def test_patterns_do_not_depend_on_when_they_are(minutes: Minutes, later: int) -> None:
    """They are the same at any other time, and in whatever order minutes are told."""
    early, late = Activity(), Activity()
    early.minutes = minutes
    late.minutes = {minute + later: own for minute, own in reversed(minutes.items())}
    one, other = build_patterns(early), build_patterns(late)
    assert other.switches == one.switches
    assert [block.start - later for block in other.focus.blocks] == [
        block.start for block in one.focus.blocks
    ]
