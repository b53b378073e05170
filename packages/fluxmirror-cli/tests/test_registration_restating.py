"""An agent that writes settings anew must not cost a person their comments."""

from __future__ import annotations

import json

import pytest
from fluxmirror_cli.registration.jsonc import parse_jsonc, plain
from fluxmirror_cli.registration.restating import restate
from fluxmirror_cli.registration.tidying import tidy_settings, without_projects

MINE = '// mine\n{\n    "b": 1, // last\n    "a": {"x": [1]}\n}\n'


def test_additions_go_into_the_text_that_was_there() -> None:
    """Order, comments and indentation stay; the value is what the agent wanted."""
    wanted = {"a": {"x": [1], "y": True}, "b": 1, "c": {"d": 2}}
    text = restate(MINE, json.dumps(wanted, indent=2, sort_keys=True))
    assert text is not None
    assert plain(parse_jsonc(text)) == wanted
    assert text.startswith('// mine\n{\n    "b": 1, // last\n    "a": {"x": [1], "y": true},\n')


def test_what_was_taken_out_goes_from_the_text() -> None:
    """Removing is restated alike, and the way back is the way there."""
    longer = restate(MINE, json.dumps({"b": 1, "a": {"x": [1]}, "c": {"d": 2}}))
    assert longer is not None
    assert restate(longer, json.dumps({"a": {"x": [1]}, "b": 1})) == MINE


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ('{"b": 2, "a": {"x": [1]}}', '// mine\n{\n    "b": 2, // last\n    "a": {"x": [1]}\n}\n'),
        ('{"b": 1, "a": {"x": [2]}}', '// mine\n{\n    "b": 1, // last\n    "a": {"x": [2]}\n}\n'),
        (
            '{"b": 1, "a": {"x": true}}',
            '// mine\n{\n    "b": 1, // last\n    "a": {"x": true}\n}\n',
        ),
    ],
)
def test_another_value_goes_where_the_old_one_stood(after: str, expected: str) -> None:
    """An agent that switches one thing must not cost the comments of all others."""
    assert restate(MINE, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("[1, /* one */ 2]", [1, 2, 3], "[1, /* one */ 2, 3]"),
        ("[1, // one\n 2]", [1, 2, 3, 4], "[1, // one\n 2,\n 3,\n 4]"),
        ("[1, /* two */ 2, 3]", [1, 3], "[1, /* two */ 3]"),
        ("[1, 2]", [2, 1], "[2, 1]"),
        ("[1]", [True], "[true]"),
        ("[]", ["x"], None),
    ],
)
def test_an_array_keeps_what_it_can(before: str, after: list[object], expected: str | None) -> None:
    """Elements that come or go leave the others as they are written."""
    text = restate(f'{{"a": {before}}}', json.dumps({"a": after}))
    assert text is not None
    assert plain(parse_jsonc(text)) == {"a": after}
    assert expected is None or text == f'{{"a": {expected}}}'


def test_what_is_no_object_cannot_be_restated() -> None:
    """Nothing is guessed."""
    assert restate("{", "{}") is None
    assert restate("[]", "{}") is None
    assert restate("{}", "[]") is None


def test_empty_tables_of_an_agents_undoing_go() -> None:
    """Both agents leave something of ours behind; a table that was there before stays."""
    claude = '{"a": 1, "enabledPlugins": {}, "extraKnownMarketplaces": {}}'
    assert tidy_settings(claude, '{"a": 1}') == '{"a": 1}'
    assert tidy_settings(claude, claude) == claude
    copilot = '{"extraKnownMarketplaces": {}, "enabledPlugins": {"fluxmirror@fluxmirror": false}}'
    assert tidy_settings(copilot, "") == "{}"
    other = '{"enabledPlugins": {"fluxmirror@fluxmirror": false, "x@y": true}}'
    assert json.loads(tidy_settings(other, "")) == {"enabledPlugins": {"x@y": True}}


def test_directories_that_we_ran_gemini_in_are_forgotten() -> None:
    """It lists each as a project; the person's own stay, to the byte."""
    mine = '{\n  "projects": {\n    "/home/me/fluxmirror": "fluxmirror"\n  }\n}'
    ours = mine.replace('"\n  }', '",\n    "/tmp/fluxmirror-away-1": "fluxmirror-away-1"\n  }')
    assert without_projects(ours, "fluxmirror-away-") == mine
    assert without_projects("{", "fluxmirror-away-") == "{"
