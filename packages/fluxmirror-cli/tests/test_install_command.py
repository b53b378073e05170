"""`install` and `uninstall` as a person meets them, with agents that do not do what they should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the agents are shell scripts")

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
OLD = 'case "$1" in --version) echo 1.0.0;; *) echo "unknown command: $1" >&2; exit 1;; esac'
"""An agent from before plugins."""
MINE = '{\n  "mine": 1, // a comment\n}\n'


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a program of this name on PATH, where no real agent is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, text: str = OLD) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return file

    return make


def run(*arguments: str, terminal: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if terminal == subprocess.DEVNULL else terminal,
        check=False,
        encoding="utf-8",
    )


def tree(home: Path) -> dict[str, bytes | None]:
    """Give everything below a directory: path → content, None for a directory."""
    return {
        str(file.relative_to(home)): file.read_bytes() if file.is_file() else None
        for file in home.rglob("*")
    }


def test_no_agent_is_a_sentence(agent: Callable[..., Path], home: Path) -> None:
    """Nothing is copied for nobody."""
    done = run("install", "--all")
    assert done.returncode == ExitCode.WARNING
    assert done.stderr.startswith("fluxmirror: no agent was found on this machine\n  hint: ")
    assert tree(home) == {}


def test_a_name_that_means_no_agent_is_a_usage_error(agent: Callable[..., Path]) -> None:
    """With a guess; an agent that is merely not here is another thing."""
    done = run("install", "claude-cod")
    assert done.returncode == ExitCode.USAGE
    assert "did you mean claude-code" in done.stderr
    assert run("install", "claude").stderr.startswith("fluxmirror: Claude Code was not found: ")


def test_an_agent_without_plugins_gets_settings(agent: Callable[..., Path], home: Path) -> None:
    """Its command failed: its last line is told, its settings are used, and all of it undone."""
    agent("claude")
    settings = home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(MINE)
    before = tree(home)
    done = run("install", "claude")
    assert done.returncode == ExitCode.OK, done.stderr
    assert done.stdout.startswith(f"Claude Code: installed; registered in {settings}, as `claude ")
    assert "failed: unknown command: plugin\n  → FluxMirror was tried with " in done.stdout
    assert '// a comment\n  "hooks": {' in settings.read_text()
    assert run("install", "claude").stdout.startswith("Claude Code: already; ")
    assert run("uninstall", "claude").stdout.startswith("Claude Code: removed; ")
    assert tree(home) == before


def test_settings_in_doubt_are_left_alone_and_the_others_go_on(
    agent: Callable[..., Path], home: Path
) -> None:
    """One agent's trouble is not another's."""
    agent("claude")
    agent("qwen")
    broken = home / ".claude" / "settings.json"
    broken.parent.mkdir()
    broken.write_text("{ not json")
    done = run("install", "--all", "--json")
    assert done.returncode == ExitCode.WARNING
    told = {one["agent"]: one for one in json.loads(done.stdout)["agents"]}
    assert told["claude-code"]["state"] == "failed"
    assert f"{broken} is left alone: it cannot be read as JSON" in told["claude-code"]["sentence"]
    assert told["qwen-code"]["state"] == "installed"
    assert broken.read_text() == "{ not json"


def test_an_agent_that_is_too_old_is_told_what_it_needs(
    agent: Callable[..., Path], home: Path
) -> None:
    """Where it is known which version has hooks of plugins."""
    agent("copilot", "echo 1.0.9")
    done = run("install", "--all")
    assert done.returncode == ExitCode.WARNING
    assert "GitHub Copilot CLI 1.0.9 is too old: hooks of plugins need 1.0.26" in done.stdout
    assert tree(home) == {}


def test_without_a_terminal_nothing_is_asked_or_done(
    agent: Callable[..., Path], home: Path
) -> None:
    """It says what it would do, and how to say yes."""
    agent("claude")
    done = run("install")
    assert done.returncode == ExitCode.USAGE
    assert "plugin install fluxmirror@fluxmirror" in done.stdout
    assert "add --all or --yes" in done.stderr
    assert run("uninstall").returncode == ExitCode.USAGE
    assert tree(home) == {}


@pytest.mark.parametrize(("typed", "registered"), [(b"n\n", "no"), (b"y\n", "settings")])
def test_with_a_terminal_each_agent_is_asked_about(
    agent: Callable[..., Path], home: Path, typed: bytes, registered: str
) -> None:
    """No is no."""
    import pty

    agent("claude")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, typed)
        done = run("install", terminal=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == ExitCode.OK
    rows = json.loads(run("agents", "list", "--json").stdout)["agents"]
    assert {row["agent"]: row["registered"] for row in rows}["claude-code"] == registered


def test_a_dry_run_shows_the_diff(agent: Callable[..., Path], home: Path) -> None:
    """Of every file that would change, and nothing does."""
    agent("codex")
    done = run("install", "--dry-run", "--settings")
    assert done.returncode == ExitCode.OK
    assert f"--- /dev/null\n+++ {home / '.codex' / 'hooks.json'}\n" in done.stdout
    assert tree(home) == {}


def test_uninstalling_keeps_what_was_recorded(agent: Callable[..., Path], home: Path) -> None:
    """Hooks go; the record is its owner's."""
    agent("claude")
    run("install", "claude", "--settings")
    subprocess.run(
        [sys.executable, "-c", RUN, "hook", "--kind", "claude", "--wait"],
        input=b'{"session_id":"s","hook_event_name":"Stop"}',
        check=True,
    )
    done = run("uninstall", "--all")
    data = home / ".local" / "share" / "fluxmirror"
    assert "what was recorded is yours" in done.stdout
    assert not (data / "agents").exists()
    assert not (data / "program").exists()
    assert [file for file in data.rglob("*") if file.is_file()]


def test_settings_are_cleaned_when_the_agent_is_gone(
    agent: Callable[..., Path], home: Path
) -> None:
    """Its file can be edited without it."""
    program = agent("claude")
    run("install", "claude")
    program.unlink()
    assert run("uninstall", "--all").stdout.startswith("Claude Code: removed; ")
    assert tree(home) == {}
    assert run("uninstall", "--all").stdout == "nothing is registered\n"


def test_settings_that_broke_meanwhile_are_not_called_clean(
    agent: Callable[..., Path], home: Path
) -> None:
    """Our hooks are still in them; what they run stays, and a sentence says what to mend."""
    agent("claude")
    run("install", "claude")
    settings = home / ".claude" / "settings.json"
    text = settings.read_text()
    settings.write_text(text + "}")
    done = run("uninstall", "--all")
    assert done.returncode == ExitCode.WARNING
    assert "our hooks are in its settings, but it cannot be read as JSON" in done.stdout
    assert (home / ".local" / "share" / "fluxmirror" / "agents").is_dir()
    settings.write_text(text)
    assert run("uninstall", "--all").returncode == ExitCode.OK
    assert tree(home) == {}


def test_a_directory_that_is_gone_is_no_obstacle(
    agent: Callable[..., Path], home: Path, tmp_path: Path
) -> None:
    """Nothing depends on where it is run: a shell may stand in a directory that was deleted."""
    agent("claude")
    agent("opencode")
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    for words in (["install", "--all"], ["uninstall", "--all"]):
        done = subprocess.run(
            ["sh", "-c", script, "sh", str(gone), sys.executable, "-I", "-c", RUN, *words],
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == ExitCode.OK, done.stderr
        gone.mkdir()
    assert tree(home) == {}


def test_read_only_settings_are_refused(agent: Callable[..., Path], home: Path) -> None:
    """Somebody locked them; a sentence says so."""
    agent("gemini")
    settings = home / ".gemini" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(MINE)
    settings.chmod(0o444)
    done = run("install", "gemini", "--settings")
    assert done.returncode == ExitCode.WARNING
    assert f"{settings} is left alone: it is read-only" in done.stdout
    assert settings.read_text() == MINE
