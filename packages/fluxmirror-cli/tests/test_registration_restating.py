"""An agent that writes settings anew must not cost a person their comments."""

from __future__ import annotations

import json

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


def test_any_other_change_is_the_agents_own() -> None:
    """A value that became another one is not ours to understand."""
    assert restate(MINE, '{"b": 2, "a": {"x": [1]}}') is None
    assert restate(MINE, '{"b": 1, "a": {"x": [2]}}') is None
    assert restate("{", "{}") is None
    assert restate("[]", "{}") is None


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
