"""What the agents' slash commands run: one text in, the program's own commands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.commands import slash
from fluxmirror_cli.commands.slash import SLASH_COMMANDS, command, program_calls, split_text
from fluxmirror_core.errors import UsageError
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> None:
    """Run `fluxmirror slash` below the real group."""
    with (
        click.Context(group, info_name="fluxmirror") as root,
        command.make_context("slash", list(arguments), parent=root) as context,
    ):
        command.invoke(context)


@pytest.mark.parametrize(
    ("name", "text", "calls"),
    [
        ("today", "", [["today"]]),
        ("today", "--date 2026-03-01 --agent 'Gemini CLI'", None),
        ("config", "", [["config", "show"]]),
        ("config", "set language ja", [["config", "set", "language", "ja"]]),
        ("language", "", [["config", "get", "language"]]),
        ("timezone", "New York", [["config", "set", "timezone", "New York"]]),
        ("setup", "", [["config", "show"]]),
        ("init", "--language ko", [["init", "--non-interactive", "--language", "ko"]]),
    ],
)
def test_slash_command_stands_for_commands_of_the_program(
    name: str, text: str, calls: list[list[str]] | None
) -> None:
    """Nothing is done that could not be typed."""
    expected = calls or [["today", "--date", "2026-03-01", "--agent", "Gemini CLI"]]
    assert program_calls(name, text) == expected


def test_setup_reads_both_settings_from_one_sentence() -> None:
    """`language X and timezone Y`, in any order and case, then the settings as they are now."""
    calls = program_calls("setup", "Timezone New York and language Korean")
    assert calls == [
        ["config", "set", "timezone", "New York"],
        ["config", "set", "language", "Korean"],
        ["config", "show"],
    ]
    with pytest.raises(UsageError, match="'make'"):
        program_calls("setup", "make it Korean")


def test_only_the_slash_commands_can_be_run() -> None:
    """The launcher is no way to the rest of the program."""
    with pytest.raises(UsageError, match="'sqlite'"):
        program_calls("sqlite", "DROP TABLE events")
    with pytest.raises(UsageError) as caught:
        program_calls("tody", "")
    assert str(caught.value.hint) == "did you mean today?"


@pytest.mark.parametrize("text", ["it's", 'say "', "a\\", "' ; rm -rf ~ #"])
def test_quotes_that_do_not_close_are_characters(text: str) -> None:
    """What a person typed is never refused for its quotes."""
    assert split_text(text) == text.split()


@given(st.text())
def test_any_text_is_split(text: str) -> None:
    """No text makes the splitting fail."""
    for name in SLASH_COMMANDS:
        if name != "setup":
            assert program_calls(name, text)


def test_text_is_one_argument_of_the_command_it_names(
    flux_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The named command runs in this process, with the words of the text as its arguments."""
    run("today", "--date 2026-03-01 --tz Asia/Seoul")
    assert "Sunday, 1 March 2026 · Asia/Seoul" in capsys.readouterr().out
    with pytest.raises(UsageError, match="'2026-3-x' is no date"):
        run("today", "--date 2026-3-x")
    with pytest.raises(click.NoSuchOption):
        run("today", "--nothing")


def test_a_command_of_a_later_version_is_said_to_be_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade is advised only where the package in an agent is newer than the program."""
    monkeypatch.setattr(slash, "SLASH_COMMANDS", (*SLASH_COMMANDS, "coach"))
    with pytest.raises(UsageError, match="does not know `fluxmirror coach` yet") as caught:
        run("coach")
    assert str(caught.value.hint) == "it comes with a later version"
    package = home / ".qwen/extensions/fluxmirror"
    package.mkdir(parents=True)
    (package / "qwen-extension.json").write_text('{"name": "fluxmirror", "version": "99.0.0"}')
    with pytest.raises(UsageError) as caught:
        run("coach")
    assert str(caught.value.hint).endswith("newer than the program: pipx upgrade fluxmirror")


def test_text_that_begins_with_a_dash_is_no_option_of_slash(flux_home: Path) -> None:
    """`--help` typed after a slash command asks for that command's help."""
    with pytest.raises(click.exceptions.Exit):
        run("today", "--help")
