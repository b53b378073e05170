"""What a user's own patterns mask, and which of them cannot be used."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys

import pytest
from fluxmirror_core.redact import Redactor
from fluxmirror_core.user_patterns import LONGEST, SlowPatternError, UserPatterns, pattern_fault

KEY = b"k" * 32
SLOW = r"(.*a){25}c"
"""Takes for ever to find out that it does not match many letters of the first sort."""


def parts(text: str, *patterns: str) -> list[str]:
    """Give what the patterns match of a text, in order."""
    return [text[start:end] for start, end in UserPatterns(patterns).spans(text)]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"EMP-\d{4}", "of EMP-1234 and EMP-99", ["EMP-1234"]),
        (r"acct=(\w+)", "acct=ab12 acct=", ["ab12"]),
        (r"(\w+)@(\w+)\.example", "mira@corp.example", ["mira", "corp"]),
        (r"(?:id=(\w+),?)+", "id=a1,id=b2", ["a1", "b2"]),
        (r"x(\d)?", "x x1", ["x", "1"]),
        (r"x(\d*)", "x x1", ["1"]),
        (r"\b", "two words", []),
        (r"(?i)project nova", "Project NOVA", ["Project NOVA"]),
    ],
)
def test_groups_or_else_the_whole_match_are_masked(
    pattern: str, text: str, expected: list[str]
) -> None:
    """What is empty is nothing to mask."""
    assert parts(text, pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("a(b", "unbalanced parenthesis at position 3"),
        ("a)", "unbalanced parenthesis at position 1"),
        ("*a", "there is nothing to repeat at position 0"),
        ("[a", "unterminated character set at position 2"),
        ("a\\", "nothing follows the backslash at position 2"),
        ("x*", "it matches the empty text"),
        ("", "it matches the empty text"),
        ("(?a)(?u)b", "its flags contradict each other"),
        ("(" * 3000, "it is more than can be run"),
        ("x" * (LONGEST + 1), "it is longer than 10,000 characters"),
        (r"EMP-\d{4}", ""),
        ("한국어|\U0001f600", ""),
    ],
)
def test_fault_of_a_pattern_is_one_clause(pattern: str, fault: str) -> None:
    """Empty for one that can be used."""
    assert str(pattern_fault(pattern)) == fault


def test_slow_pattern_is_stopped() -> None:
    """However often."""
    patterns = UserPatterns((SLOW,))
    for _ in range(30):
        with pytest.raises(SlowPatternError):
            patterns.spans("a" * 4000)


def test_patterns_share_the_time_of_a_value_and_values_share_some_more() -> None:
    """Each pattern alone would take a twentieth of a second with each: an hour, for a drain."""
    patterns = UserPatterns([f"{SLOW}{number}" for number in range(50)])
    for _ in range(1_500):
        with pytest.raises(SlowPatternError):
            patterns.spans("a" * 4000)
    for _ in range(1_000):
        with contextlib.suppress(SlowPatternError):
            patterns.spans("short")
    assert patterns.spans("short") == []


@pytest.mark.parametrize("pattern", [r"\d(?!\d)", r"\w(?!\w)", r"\w(?=$|\[)"])
def test_pattern_is_run_once_on_what_was_written(pattern: str) -> None:
    """Some match anew beside every mask, letter by letter."""
    masked = Redactor(KEY, (pattern,)).text("1" * 300)
    assert re.fullmatch(r"1{299}\[REDACTED:user:[0-9a-f]{4}\]", masked)


def test_rules_find_what_patterns_left() -> None:
    """A secret that only comes to light behind a mask is one."""
    masked = Redactor(KEY, ("x{5}",)).text("xxxxx password=hunter2")
    assert masked.count("[REDACTED:") == 2


def test_value_that_a_pattern_matches_all_over_is_masked_whole() -> None:
    """A mask for each of its letters would be twenty times as long, and tell no more."""
    redactor = Redactor(KEY, (r"\w",))
    masked = redactor.text("a b " * 5000)
    assert re.fullmatch(r"\[REDACTED:user:[0-9a-f]{4}\]", masked)
    assert redactor.slow_values == 1


def test_value_that_a_pattern_is_too_slow_for_is_masked_whole() -> None:
    """Nobody can say what the pattern would have matched in it; it is counted."""
    redactor = Redactor(KEY, (SLOW,))
    masked = redactor.text("a" * 4000)
    assert masked.startswith("[REDACTED:user:")
    assert len(masked) < 30
    assert redactor.text("short") == "short"
    assert redactor.slow_values == 1


def test_matches_are_masked_in_every_string_and_name() -> None:
    """As built-in rules are: at any depth, and in the names of members."""
    redactor = Redactor(KEY, (r"EMP-\d{4}",))
    told = {"a": ["of EMP-1234", {"EMP-1234": 1}], "b": "none"}
    masked = str(redactor.value(told))
    assert "EMP-" not in masked
    assert masked.count("[REDACTED:user:") == 2
    assert "'b': 'none'" in masked


def test_number_that_matches_becomes_a_mask() -> None:
    """A card's number is one whether in quotes or not; numbers of ours stay numbers."""
    redactor = Redactor(KEY, (r"\b4\d{15}\b",))
    masked = redactor.value({"card": 4111111111111111, "n": 41, "yes": True, "none": None})
    assert isinstance(masked, dict)
    assert str(masked["card"]).startswith("[REDACTED:user:")
    assert (masked["n"], masked["yes"], masked["none"]) == (41, True, None)
    assert redactor.value([4111111111111111], numbers=False) == [4111111111111111]


def test_overlapping_rules_make_one_mask() -> None:
    """Named by the one that begins first; nothing of the value is left."""
    redactor = Redactor(KEY, (r"password=\w{3}", r"nter2 and"))
    assert redactor.text("x password=hunter2 and y").count("REDACTED") == 1
    assert "hunter" not in redactor.text("x password=hunter2 and y")


@pytest.mark.parametrize("pattern", [".", r"\w", "-", r"\]\s+\[", "REDACTED", "user", r"\d+", "]"])
def test_masking_what_is_masked_changes_nothing(pattern: str) -> None:
    """Whatever a pattern matches, tags are no secret."""
    redactor = Redactor(KEY, (pattern,))
    once = redactor.text("a b-c [d] [e] 12 password=hunter2")
    assert redactor.text(once) == once


def test_json_is_looked_at_closely_as_patterns_match_texts_and_not_their_spelling() -> None:
    r"""`^C:\\` matches the path and not the JSON of it."""
    redactor = Redactor(KEY, (r"^C:\\Users\\mira",))
    assert redactor.may_hold_secret('{"path":"C:\\\\Users\\\\mira\\\\x"}')
    assert redactor.value({"path": "C:\\Users\\mira\\x"}) != {"path": "C:\\Users\\mira\\x"}


def test_further_patterns_come_beside_the_first() -> None:
    """With the same tags for the same secrets."""
    user = Redactor(KEY, ("nova",))
    project = user.with_patterns(("orion",))
    assert "nova" not in project.text("nova orion")
    assert "orion" not in project.text("nova orion")
    assert user.text("nova") == project.text("nova")
    assert user.text("orion") == "orion"


@pytest.mark.parametrize("flag", ["-u", "--user"])
def test_argument_behind_a_flag_is_masked_too(flag: str) -> None:
    """Whether the pattern knows of the flag or of the argument alone."""
    assert "mira" not in str(Redactor(KEY, ("^mira",)).value([flag, "mira"]))
    assert "mira" not in str(Redactor(KEY, (f"{flag} mira",)).value([flag, "mira"]))


def test_nobody_without_a_pattern_loads_the_library() -> None:
    """It takes half a tenth of a second."""
    program = (
        "import sys; from fluxmirror_core.redact import Redactor;"
        "Redactor(b'k').text('password=hunter2'); print('regex' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"
