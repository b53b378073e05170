"""What lies in our own directory, and what is known of the agents' directories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration import packages, program_record
from fluxmirror_cli.registration.codex_state import forget_trust
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.registration_record import (
    AgentRecord,
    Kept,
    SettingsRecord,
    TrustRecord,
    load_record,
    save_record,
)
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = packages.bundle_directory()


def test_packages_are_copied_once(tmp_path: Path) -> None:
    """What is there already is not written; what is not ours any more goes."""
    copy = tmp_path / "agents"
    assert packages.copy_packages(BUNDLE, str(copy))
    assert packages.is_copied(BUNDLE, str(copy))
    (copy / packages.RECORD).write_text("{}")
    older = [*packages.list_files(BUNDLE), os.path.join("plugins", "old.md")]
    (copy / packages.LIST).write_text(json.dumps({"fluxmirror packages": older}))
    (copy / "plugins" / "old.md").write_text("of an older version")
    (copy / packages.PLUGIN / "wrappers" / "shim.sh").write_text("damaged")
    assert not packages.is_copied(BUNDLE, str(copy))
    assert packages.copy_packages(BUNDLE, str(copy))
    assert not packages.copy_packages(BUNDLE, str(copy))
    assert set(packages.list_files(str(copy))) == {
        *packages.list_files(BUNDLE),
        packages.RECORD,
        packages.LIST,
    }


def test_a_directory_of_somebody_elses_stays(tmp_path: Path) -> None:
    """`FLUXMIRROR_HOME` may name a project that has a folder of this name."""
    theirs = tmp_path / "agents" / "mine" / "x.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("mine")
    with pytest.raises(RegistrationError, match="is not FluxMirror's"):
        packages.copy_packages(BUNDLE, str(tmp_path / "agents"))
    assert not packages.remove_packages(str(tmp_path / "agents"))
    assert list((tmp_path / "agents").rglob("*")) == [theirs.parent, theirs]


def test_a_file_that_somebody_put_among_ours_stays(tmp_path: Path) -> None:
    """Neither a new version nor the end of all takes it."""
    copy = tmp_path / "agents"
    packages.copy_packages(BUNDLE, str(copy))
    note = copy / packages.PLUGIN / "note.txt"
    note.write_text("mine")
    assert not packages.copy_packages(BUNDLE, str(copy))
    assert packages.remove_packages(str(copy))
    assert list(packages.list_files(str(copy))) == [os.path.join(packages.PLUGIN, "note.txt")]


def test_a_list_leads_to_nothing_outside(tmp_path: Path) -> None:
    """Whatever is written in it, no file elsewhere is removed."""
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (tmp_path / "agents").mkdir()
    names = ["../outside.txt", str(outside)]
    (tmp_path / "agents" / packages.LIST).write_text(json.dumps({"fluxmirror packages": names}))
    assert packages.remove_packages(str(tmp_path / "agents"))
    assert outside.exists()
    assert not (tmp_path / "agents").exists()


def test_somebody_elses_program_stays(tmp_path: Path) -> None:
    """A file of that name which is no record of ours is neither replaced nor removed."""
    (tmp_path / "program").write_text("print('mine')\n")
    with pytest.raises(RegistrationError, match="is not FluxMirror's"):
        program_record.write_program(str(tmp_path), "/usr/bin/fluxmirror")
    assert (tmp_path / "program").read_text() == "print('mine')\n"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_packages_are_private(tmp_path: Path, no_umask: None) -> None:
    """What an agent runs can be written by nobody else."""
    packages.copy_packages(BUNDLE, str(tmp_path / "agents"))
    modes = {file.stat().st_mode & 0o077 for file in (tmp_path / "agents").rglob("*")}
    assert modes == {0}


def test_our_own_program_is_found_and_a_passing_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `uvx` runs is gone tomorrow: no hook may be told of it."""
    installed = program_record.find_own_program()
    assert installed is not None
    assert os.path.isabs(installed)
    assert program_record.write_program(str(tmp_path), installed)
    assert not program_record.write_program(str(tmp_path), installed)
    assert program_record.read_program(str(tmp_path)) == installed
    passing = tmp_path / "uv" / "archive-v0" / "x" / "bin" / "fluxmirror"
    passing.parent.mkdir(parents=True)
    passing.write_text("")
    passing.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(passing), "install"])
    assert program_record.find_own_program() is None
    for path in ("/h/.local/share/pipx/.cache/1/bin/fluxmirror", "/h/.cache/pipx/1/fluxmirror"):
        assert program_record.is_passing(path)
    assert not program_record.is_passing("/h/.local/share/uv/tools/fluxmirror/bin/fluxmirror")


def test_the_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """It decides what is put back: nothing of it may get lost."""
    record = {
        "claude-code": AgentRecord(
            journal=(Kept("/p", None, None, None, "d"), Kept("/q", "e30=", 0o640, "there", "d")),
            pending=(Kept("/p", "", 0o600, None),),
            made=("/d",),
            written=(("/w", "d"),),
            settings=SettingsRecord("/s", ("hooks", "Stop"), was_missing=True),
            trust=TrustRecord(("k",), "c"),
        )
    }
    assert load_record(str(tmp_path)) == {}
    save_record(str(tmp_path), record | {"opencode": AgentRecord()})
    assert load_record(str(tmp_path)) == record


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"version": 2, "agents": {"x": []}}', "it is damaged"),
        ('{"version": 2, "age', "it is damaged"),
        ("", "it is damaged"),
        ('{"version": 99, "agents": {}}', "it is of version 99"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """Taken for an empty one, it would be written over, and what it keeps be lost."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / packages.RECORD).write_text(text)
    with pytest.raises(RegistrationError, match=why):
        load_record(str(tmp_path))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('a = 1\n\n[hooks.state]\n\n[hooks.state."k"]\ntrusted_hash = "x"\n', "a = 1\n"),
        (
            '[hooks.state."k"]\ntrusted_hash = "x"\n\n[hooks.state."mine"]\ntrusted_hash = "y"\n',
            '[hooks.state."mine"]\ntrusted_hash = "y"\n',
        ),
        (
            '[hooks.state."k"]\ntrusted_hash = "x"\n# mine\n\n[other]\nb = 2\n',
            "# mine\n\n[other]\nb = 2\n",
        ),
        ('hooks = { state = { "k" = { trusted_hash = "x" } } }\n', None),
        ("no toml", None),
        ("a = 1\n", None),
    ],
)
def test_trust_is_forgotten_and_nothing_else(before: str, after: str | None) -> None:
    """A configuration that is written in another way than Codex writes it stays as it is."""
    assert forget_trust(before, ["k"]) == (before if after is None else after)


@pytest.mark.parametrize("agent", ["claude", "qwen", "gemini", "codex", "copilot"])
def test_hooks_for_settings_are_ours_wherever_they_lie(agent: str) -> None:
    """Each tells its own agent's word, and a directory of any name stays one path."""
    agent_id = {"claude": "claude-code", "qwen": "qwen-code"}.get(agent, f"{agent}-cli")
    for place in ("/data/agents", '/a "b" $c/`d`\\e'):
        hooks = settings_hooks(agent_id, BUNDLE, place)
        commands = [str(hook["command"]) for hook in hooks.values()]
        assert commands
        assert all(is_ours(command, place) for command in commands)
        assert not any(is_ours(command, "/elsewhere") for command in commands)
        assert {command.split('shim.sh" ')[1].split()[0] for command in commands} == {agent}


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's quoting")
def test_a_command_is_one_that_a_shell_can_read(tmp_path: Path) -> None:
    """Whatever the user's directory is called, the shim is found and nothing else is run."""
    place = tmp_path / 'it\'s "a" $HOME `x` \\ dir'
    packages.copy_packages(BUNDLE, str(place))
    command = settings_hooks("claude-code", BUNDLE, str(place))["Stop"]["command"]
    data = tmp_path / "data"
    env = {"PATH": os.defpath, "FLUXMIRROR_HOME": str(data)}
    subprocess.run(["sh", "-c", str(command)], input=b"{}", check=True, env=env)
    assert len(os.listdir(data / "spool" / "new")) == 1
