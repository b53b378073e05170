"""What lies in our own directory, and what is known of the agents' directories."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration import packages, program_record
from fluxmirror_cli.registration.agent_home import BY_ID, CLAUDE, GEMINI
from fluxmirror_cli.registration.codex_state import forget_trust
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.registration_record import (
    AgentRecord,
    SettingsRecord,
    TrustRecord,
    load_record,
    save_record,
)
from fluxmirror_cli.registration.traces import (
    Trace,
    compare,
    is_unchanged,
    merge,
    take_snapshot,
    undo_traces,
)

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = packages.bundle_directory()


def test_packages_are_copied_once(tmp_path: Path) -> None:
    """What is there already is not written; what is not ours any more goes."""
    copy = tmp_path / "agents"
    assert packages.copy_packages(BUNDLE, str(copy))
    assert not packages.differs(BUNDLE, str(copy))
    (copy / packages.RECORD).write_text("{}")
    (copy / "plugins" / "old.md").write_text("of an older version")
    (copy / packages.PLUGIN / "wrappers" / "shim.sh").write_text("damaged")
    assert packages.differs(BUNDLE, str(copy))
    assert packages.copy_packages(BUNDLE, str(copy))
    assert not packages.copy_packages(BUNDLE, str(copy))
    assert set(packages.list_files(str(copy))) == {*packages.list_files(BUNDLE), packages.RECORD}


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
            traces=(Trace("/p", None, "d"), Trace("/q", "e30=", "d")),
            settings=SettingsRecord("/s", ("hooks", "Stop"), was_missing=True),
            trust=TrustRecord(("k",), "c"),
            since=12.5,
        )
    }
    assert load_record(str(tmp_path)) == {}
    save_record(str(tmp_path), record | {"opencode": AgentRecord()})
    assert load_record(str(tmp_path)) == record
    (tmp_path / "agents" / packages.RECORD).write_text('{"agents": {"x": []}}')
    assert load_record(str(tmp_path)) == {}


def test_traces_put_back_what_was_there(home: Path) -> None:
    """Changed files get their bytes, new ones go, and directories with them."""
    agent = BY_ID[CLAUDE]
    (home / ".claude").mkdir()
    (home / ".claude" / "settings.json").write_text("mine")
    before = take_snapshot(agent, os.environ)
    (home / ".claude" / "settings.json").write_text("theirs")
    (home / ".claude" / "plugins").mkdir()
    (home / ".claude" / "plugins" / "known_marketplaces.json").write_text("{}")
    (home / ".claude.json").write_text("{}")
    traces = compare(before, take_snapshot(agent, os.environ))
    assert all(map(is_unchanged, traces))
    assert undo_traces(agent, os.environ, traces, since=before.taken) == []
    left = {str(file.relative_to(home)) for file in home.rglob("*")}
    assert left == {".claude", ".claude/settings.json"}
    assert (home / ".claude" / "settings.json").read_text() == "mine"


def test_a_file_too_large_to_keep_is_never_put_back(home: Path) -> None:
    """What was not kept cannot be given back, and nothing else may be given in its place."""
    agent = BY_ID[CLAUDE]
    settings = home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(" " * (2 << 20))
    before = take_snapshot(agent, os.environ)
    settings.write_text(" " * (2 << 20) + "{}")
    traces = compare(before, take_snapshot(agent, os.environ))
    assert [is_unchanged(trace) for trace in traces] == [False]


def test_by_products_of_an_agent_in_use_stay(home: Path) -> None:
    """Whoever has a session since then owns what the agent keeps beside it."""
    agent = BY_ID[GEMINI]
    before = take_snapshot(agent, os.environ)
    (home / ".gemini" / "tmp" / "x" / "chats").mkdir(parents=True)
    (home / ".gemini" / "installation_id").write_text("id")
    (home / ".gemini" / "extension_integrity.json").write_text("{}")
    traces = compare(before, take_snapshot(agent, os.environ))
    (home / ".gemini" / "tmp" / "x" / "chats" / "session-1.jsonl").write_text("{}")
    undo_traces(agent, os.environ, traces, since=before.taken)
    assert (home / ".gemini" / "installation_id").exists()
    assert not (home / ".gemini" / "extension_integrity.json").exists()


def test_what_somebody_changed_between_two_installations_is_not_put_back(home: Path) -> None:
    """The bytes from before the first would end their work."""
    agent = BY_ID[CLAUDE]
    settings = home / ".claude" / "settings.json"
    settings.parent.mkdir()
    traces: list[Trace] = []
    for text in ("ours", "ours again"):
        settings.write_text(f"{settings.read_text() if settings.exists() else ''} mine")
        before = take_snapshot(agent, os.environ)
        settings.write_text(f"{settings.read_text()} {text}")
        traces = merge(traces, compare(before, take_snapshot(agent, os.environ)))
    assert [is_unchanged(trace) for trace in traces] == [False]


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
