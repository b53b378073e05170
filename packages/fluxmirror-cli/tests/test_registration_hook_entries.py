"""Our hooks go into somebody's settings, and out again, and the rest stays to the byte."""

from __future__ import annotations

import json

import pytest
from fluxmirror_cli.registration.hook_entries import (
    EntriesError,
    HookEntry,
    add_entries,
    find_entries,
    means_nothing,
    take_entries,
)
from fluxmirror_cli.registration.jsonc import parse_jsonc, plain


def hook(command: str) -> dict[str, object]:
    """A hook as an agent writes it."""
    return {"type": "command", "command": command, "timeout": 10}


OURS = {event: hook(f"sh /data/agents/shim.sh {event}") for event in ("PreToolUse", "Stop")}
THEIRS = '{"hooks": [{"type": "command", "command": "theirs"}]}'
SETTINGS = [
    "{}",
    "{}\n",
    "{\n}\n",
    '{"hooks": {}}',
    '{"hooks": {"PreToolUse": []}}',
    '{\n  "hooks": {\n    "PreToolUse": [\n    ]\n  }\n}\n',
    '{\r\n\t"a": 1, // mine\r\n\t"hooks": {\r\n\t}, /* mine */\r\n}\r\n',
    f'{{"hooks": {{"PreToolUse": [{THEIRS}], "Other": [{THEIRS}]}}}}',
    f'{{"hooks": {{"Stop": [{THEIRS}, // last\n],}},}}',
    '{"permissions": {"allow": ["Bash"]}, "hooks": {"Stop": [{"matcher": "x", "hooks": []}]}}',
    '{"hooks": {"PreToolUse": [{"type": "command", "bash": "theirs"}]}}',
]


def is_ours(command: str) -> bool:
    """Tell by the path."""
    return "/data/agents/" in command


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_are_as_before_after_uninstalling(text: str) -> None:
    """Every byte: also what was empty before stays empty and there."""
    added = add_entries(text, OURS, is_ours)
    found = [entry for entry in find_entries(added.text) if is_ours(entry.command)]
    assert sorted(found) == [
        HookEntry(event, f"sh /data/agents/shim.sh {event}") for event in sorted(OURS)
    ]
    assert take_entries(added.text, is_ours, made=added.made) == text


@pytest.mark.parametrize("text", SETTINGS)
def test_adding_twice_adds_once(text: str) -> None:
    """A second installation changes nothing, and forgets nothing of the first."""
    once = add_entries(text, OURS, is_ours)
    assert add_entries(once.text, OURS, is_ours, once.made) == once


@pytest.mark.parametrize("text", SETTINGS)
def test_a_new_version_replaces_its_entries(text: str) -> None:
    """Events come and go between versions; uninstalling the later leaves nothing of the earlier."""
    first = add_entries(
        text, {event: hook("/data/agents/old") for event in ("Stop", "Gone")}, is_ours
    )
    second = add_entries(first.text, OURS, is_ours, first.made)
    found = [entry.event for entry in find_entries(second.text) if is_ours(entry.command)]
    assert sorted(found) == sorted(OURS)
    assert take_entries(second.text, is_ours, made=second.made) == text


def test_what_a_person_added_meanwhile_stays() -> None:
    """In our list, beside it, and in our very group."""
    text = add_entries('{\n  "a": 1\n}\n', OURS, is_ours).text
    told = json.loads(text)
    told["b"] = 2
    told["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "mine"}]})
    told["hooks"]["PreToolUse"][0]["hooks"].append({"type": "command", "command": "beside"})
    left = json.loads(take_entries(json.dumps(told, indent=2), is_ours, made=("hooks", *OURS)))
    assert left == {
        "a": 1,
        "b": 2,
        "hooks": {
            "PreToolUse": [{"hooks": [{"type": "command", "command": "beside"}]}],
            "Stop": [{"hooks": [{"type": "command", "command": "mine"}]}],
        },
    }


def test_without_a_record_what_gets_empty_goes() -> None:
    """The record is lost with its directory; the hooks must go all the same."""
    text = add_entries('{"a": 1}', OURS, is_ours).text
    assert take_entries(text, is_ours, made=None) == '{"a": 1}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "no JSON object"),
        ('{"hooks": []}', "`hooks` is no object"),
        ('{"hooks": {}, "hooks": {}}', "`hooks` twice"),
        ('{"hooks": {"Stop": [], "Stop": []}}', "hooks of Stop twice"),
        ('{"hooks": {"Stop": "x"}}', "hooks of Stop are no list"),
    ],
)
def test_what_is_in_doubt_is_refused(text: str, why: str) -> None:
    """Nobody's settings are guessed at."""
    with pytest.raises(EntriesError, match=why):
        add_entries(text, OURS, is_ours)


def test_only_empty_settings_mean_nothing() -> None:
    """A comment is somebody's work."""
    assert all(map(means_nothing, ("", "\n", "{}", "{\n}\n")))
    assert not any(map(means_nothing, ("{} // mine", '{"a": 1}', "[]", "{")))


@pytest.mark.parametrize("text", SETTINGS)
def test_nothing_else_changes_its_meaning(text: str) -> None:
    """The whole value is compared before anything is written, not our hooks alone."""
    added = plain(parse_jsonc(add_entries(text, OURS, is_ours).text))
    expected = plain(parse_jsonc(text))
    assert isinstance(expected, dict)
    hooks = expected.setdefault("hooks", {})
    for event, ours in OURS.items():
        hooks.setdefault(event, []).append({"hooks": [ours]})
    assert added == expected


def test_an_edit_that_would_change_something_else_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Should the editing of text ever go wrong, the proof finds it."""

    def spoil(text: str, *_: object) -> str:
        return text.replace("true", "false")

    monkeypatch.setattr("fluxmirror_cli.registration.hook_entries.append", spoil)
    with pytest.raises(EntriesError, match="cannot edit"):
        add_entries('{"a": true}', OURS, is_ours)
