"""What a shell is told when somebody presses Tab: values there are, and never a word of trouble."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS
from fluxmirror_cli.completion.shells import SHELLS, VARIABLE, script
from fluxmirror_cli.completion.suggestions import _known, _suggest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")


def complete(line: str, shell: str = "bash", **env: str) -> list[str]:
    """Complete the last word of a line, as bash splits it; nothing may be said on stderr."""
    done = answered(line, shell, **env)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


def answered(line: str, shell: str = "bash", **env: str) -> subprocess.CompletedProcess[str]:
    """Ask as the scripts of click do."""
    words = line.split(" ")
    asked = {VARIABLE: f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return subprocess.run(
        [PROGRAM],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **asked, **env},
    )


def values(line: str, **env: str) -> list[str]:
    """Complete to values of no particular kind."""
    return [one.removeprefix("plain,") for one in complete(line, **env) if one]


@pytest.fixture
def recorded(flux_home: Path) -> Path:
    """A call of a session of its own, and one of a session that is called as nothing should be."""
    for session in ("ses-1", "$(touch gone)"):
        told = {"hook_event_name": "PostToolUse", "session_id": session, "tool_name": "Bash"}
        payload = json.dumps({**told, "tool_use_id": session}).encode()
        subprocess.run([PROGRAM, "hook", "--kind", "claude", "--wait"], input=payload, check=True)
    return flux_home


def test_commands_are_offered_with_what_they_do() -> None:
    """As the table has them, without loading one."""
    assert values("fluxmirror ") == [name for name, _, _ in COMMANDS]
    about = {name: text for name, _, text in COMMANDS}["today"]
    assert complete("fluxmirror toda", "zsh") == ["plain", "today", about]
    assert complete("fluxmirror toda", "powershell") == ["plain", "today", about]


def test_fish_is_told_the_whole_meaning() -> None:
    """Its script takes apart what is before the first comma, and no more."""
    (line,) = complete_fish("fluxmirror statu")
    assert line == "plain,status\tToday in a few figures, also for a prompt."
    assert 'string split --max 1 "," $completion' in script(group, "fish")


def complete_fish(line: str) -> list[str]:
    """Fish tells the word that is begun, not its number."""
    asked = {VARIABLE: "fish_complete", "COMP_WORDS": line, "COMP_CWORD": line.rpartition(" ")[2]}
    done = subprocess.run(
        [PROGRAM],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, **asked},
    )
    return done.stdout.splitlines()


def test_options_are_offered_where_nothing_else_can_stand() -> None:
    """A command without arguments has nothing else to offer."""
    assert {"--prompt", "--json", "--help"} <= set(values("fluxmirror status "))
    assert values("fluxmirror status --pro") == ["--prompt"]
    assert "--refresh-cache" not in values("fluxmirror status --")


def test_choices_are_offered() -> None:
    """They know their own values."""
    assert "subagent" in values("fluxmirror cost --by ")


def test_agents_are_those_known_and_those_recorded(recorded: Path) -> None:
    """Also after an equals sign, which bash makes a word of its own."""
    assert values("fluxmirror today --agent cl") == ["claude-code"]
    assert values("fluxmirror today --agent = Q") == ["qwen-code"]
    assert "opencode" in values("fluxmirror install ")


def test_zones_are_offered_in_whatever_case() -> None:
    """Nobody has to know how they are written."""
    assert values("fluxmirror today --tz europe/mad") == ["Europe/Madrid"]


def test_days_and_sessions_are_those_with_calls(recorded: Path) -> None:
    """And whatever else a cost can be asked of."""
    found = values("fluxmirror cost explain ")
    assert {"ses-1", "claude-code"} <= set(found)
    assert len(found[-1]) == len("2026-03-02")
    assert values("fluxmirror cost explain --session ") == ["ses-1"]
    assert "ses-1" in values("fluxmirror archive restore ")


def test_what_a_shell_could_run_is_never_offered(recorded: Path) -> None:
    """An agent wrote it, and a person's Enter would run it."""
    assert values("fluxmirror archive restore $") == []
    assert not any("touch" in one for one in values("fluxmirror archive restore "))


def test_keys_and_their_values_are_offered() -> None:
    """Those of the schema."""
    assert values("fluxmirror config get timez") == ["timezone"]
    assert values("fluxmirror config set capture.enabled ") == ["true", "false"]
    assert values("fluxmirror config set language ko") == ["korean"]
    assert values("fluxmirror config set no.such ") == []


def test_files_are_left_to_the_shell() -> None:
    """It knows them best."""
    assert complete("fluxmirror today --db /t") == ["file,/t"]


@pytest.mark.usefixtures("recorded")
def test_another_database_answers_when_it_is_named(tmp_path: Path) -> None:
    """The values fit the command line as it stands; one that is not there knows none."""
    assert values(f"fluxmirror today --db {tmp_path}/none.db --agent my") == []


def test_trouble_is_no_value_and_no_word(flux_home: Path) -> None:
    """It would stand in the middle of what a person types."""
    flux_home.mkdir()
    (flux_home / "events.db").write_bytes(b"not a database" * 100)
    (flux_home / "config").mkdir()
    (flux_home / "config" / "config.toml").write_text("langage = 3\n[", encoding="utf-8")
    assert values("fluxmirror today --agent cl") == ["claude-code"]
    assert values("fluxmirror cost explain ") == []


@pytest.mark.parametrize("wanted", ["", "x", "bash", "bash_", "tcsh_complete", "bash_complete"])
def test_nonsense_is_answered_with_silence(wanted: str) -> None:
    """Also a question without its words."""
    done = subprocess.run(
        [PROGRAM], capture_output=True, check=False, env={**os.environ, VARIABLE: wanted}
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert done.returncode == 1


def test_nothing_is_drained_by_completing(flux_home: Path) -> None:
    """Completing is looking."""
    spooled = flux_home / "spool" / "new"
    spooled.mkdir(parents=True)
    (spooled / "one").write_bytes(b"x")
    values("fluxmirror cost explain ")
    assert (spooled / "one").exists()
    assert not (flux_home / "events.db").exists()


def test_values_up_to_the_first_trouble_are_offered() -> None:
    """Agents that everybody knows need no database."""

    def failing(_: click.Context) -> Iterator[tuple[str, str]]:
        yield "first", ""
        raise OSError

    context = click.Context(group)
    assert list(_known(failing, context)) == [("first", "")]
    assert [one.value for one in _suggest((failing,), context, "FI")] == ["first"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(shell: str) -> None:
    """It asks the program under the name it is installed by."""
    text = script(group, shell)
    assert f"{VARIABLE}" in text
    assert f"{shell}_complete" in text
    printed = subprocess.run([PROGRAM, "completion", shell], capture_output=True, check=True)
    assert printed.stdout.decode() == text
