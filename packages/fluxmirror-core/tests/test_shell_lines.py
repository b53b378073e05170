"""A command line's steps and words, as a shell would see them."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.shell_lines import steps_of

LINES = [
    ("a b", [["a", "b"]]),
    ("a && b || c; d | e & f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
    ("a 'b c' \"d e\"f", [["a", "b c", "d ef"]]),
    ("a '' \"\"", [["a", "", ""]]),
    ('a "b \\" $(c "d" (e)) f" g', [["a", 'b " $(c "d" (e)) f', "g"]]),
    ("a 'never closed; b", [["a", "never closed; b"]]),
    ("a\\ b \\; c", [["a b", ";", "c"]]),
    ("C:\\x\\y \\z", [["C:\\x\\y", "\\z"]]),
    ("a \\\n b", [["a", "b"]]),
    ("a 2>&1 >b >> c <d &>e &>>f >|g f", [["a", "f"]]),
    ("a 12> b 3", [["a", "3"]]),
    ("a > b; c", [["a"], ["c"]]),
    ("a <<E b\nx; y\n E \nc", [["a", "b"], ["c"]]),
    ("a <<-'E' <<F\nx\nE\ny\nF\nc", [["a"], ["c"]]),
    ("a <<E\nx", [["a"]]),
    ("a <<< b c", [["a", "c"]]),
    ("a #b\nc#d", [["a"], ["c#d"]]),
    ("a $(b c) `d`", [["a", "$"], ["b", "c"], ["d"]]),
    ("\\", [["\\"]]),
    ("a >", [["a"]]),
    (";;;", []),
]


@pytest.mark.parametrize(("line", "steps"), LINES)
def test_a_line_is_read_as_shells_do(line: str, steps: list[list[str]]) -> None:
    """Quotes, escapes, redirections, texts and comments are what they are."""
    assert steps_of(line) == steps
