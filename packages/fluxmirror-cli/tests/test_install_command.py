"""`install` and `uninstall` as a person meets them, with agents that do not do what they should."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the agents are shell scripts")

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
OLD = 'case "$1" in --version) echo 1.0.0;; *) echo "unknown command: $1" >&2; exit 1;; esac'
"""An agent from before plugins."""
CTRL_C, CTRL_D = "\x03", "\x04"
AT_TERMINAL = f"import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); {RUN}"
"""The same where Ctrl-C reaches it: the terminal is the process's own."""
MINE = '{\n  "mine": 1\n}\n'


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


class Conversation(NamedTuple):
    """What came of a command at a terminal."""

    code: int
    output: str
    """Its standard output, which is no terminal."""
    shown: str
    """What the terminal showed: questions, and what was typed."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, without a terminal."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def converse(*arguments: str, typed: list[str]) -> Conversation:
    """Run the command at a terminal, and type one answer at each question."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL, *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        encoding="utf-8",
    )
    os.close(theirs)
    answers = iter(typed)
    shown, key = b"", ""
    try:
        while chunk := _read(ours, key):
            shown += chunk
            if re.search(rb"\[Y/n[^]]*\] $", shown):
                key = next(answers, CTRL_D)
                os.write(ours, key.encode())
        output, _ = process.communicate()
    finally:
        os.close(ours)
    return Conversation(process.returncode, output, shown.decode().replace("\r\n", "\n"))


def _read(terminal: int, key: str) -> bytes:
    """Wait for what the terminal shows next; nothing when nobody is at the other end any more."""
    # Python does not see a Ctrl-C that comes just before it begins to wait for the answer.
    while key == CTRL_C and not select.select([terminal], [], [], 1.0)[0]:
        os.write(terminal, key.encode())
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


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
    assert "failed: unknown command: plugin; without the plugin " in done.stdout
    assert "\n  → FluxMirror was tried with Claude Code " in done.stdout
    assert '"mine": 1,\n  "hooks": {' in settings.read_text()
    assert run("install", "claude").stdout == f"Claude Code: registered in {settings} already\n"
    assert run("uninstall", "claude").stdout.startswith("Claude Code: taken out\n")
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
    done = run("uninstall")
    assert (done.returncode, done.stdout) == (ExitCode.OK, "nothing is registered\n")
    assert tree(home) == {}
    run("install", "claude")
    before = tree(home)
    assert run("uninstall").returncode == ExitCode.USAGE
    assert tree(home) == before


def registered() -> dict[str, str]:
    """Tell how each agent is registered, as `agents list` says."""
    rows = json.loads(run("agents", "list", "--json").stdout)["agents"]
    return {row["agent"]: row["registered"] for row in rows}


def test_with_a_terminal_each_agent_is_asked_about(agent: Callable[..., Path], home: Path) -> None:
    """What would be run comes first; no is no, and what is typed wrong is asked again."""
    agent("claude")
    agent("qwen")
    done = converse("install", typed=["what\n", "n\n", "y\n"])
    assert done.code == ExitCode.OK
    before, _, asked = done.shown.partition("Record what Claude Code does? [Y/n/all/none] ")
    assert "  run claude plugin install fluxmirror@fluxmirror\n" in before
    assert "copy the packages to ~/.local/share/fluxmirror/agents\n" in before
    assert "\n  say yes, no, all or none\n" in asked
    assert done.output.startswith("Claude Code: left as it is\nQwen Code: installed; ")
    assert done.output.endswith(
        "\n→ start these agents anew; what they do then is in `fluxmirror today`\n"
    )
    assert (registered()["claude-code"], registered()["qwen-code"]) == ("no", "settings")


@pytest.mark.parametrize(("typed", "expected"), [("all\n", "settings"), ("none\n", "no")])
def test_one_answer_may_be_for_all(
    agent: Callable[..., Path], home: Path, typed: str, expected: str
) -> None:
    """Six questions are five too many."""
    agent("claude")
    agent("qwen")
    done = converse("install", typed=[typed])
    assert done.code == ExitCode.OK
    assert done.shown.count("Record what ") == 1
    assert (registered()["claude-code"], registered()["qwen-code"]) == (expected, expected)
    if expected == "no":
        assert done.output.endswith("\nnothing was changed\n")
        assert tree(home) == {}
        return
    undone = converse("uninstall", typed=[typed])
    assert undone.output.startswith("Claude Code: taken out\nQwen Code: taken out\n")
    assert undone.shown.count("Stop recording what ") == 1
    assert tree(home) == {}


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_stopping_at_a_question_tells_how_far_it_got(
    agent: Callable[..., Path], home: Path, key: str
) -> None:
    """It is no error of ours, so nothing is written down."""
    agent("claude")
    agent("qwen")
    done = converse("install", typed=[key])
    assert done.code == ExitCode.INTERRUPTED
    assert done.shown.endswith("\nfluxmirror: stopped; nothing was done before that\n")
    assert tree(home) == {}
    done = converse("install", typed=["y\n", key])
    assert done.code == ExitCode.INTERRUPTED
    assert done.shown.endswith("\nfluxmirror: stopped; done so far: Claude Code installed\n")
    done = converse("uninstall", typed=[key])
    assert done.code == ExitCode.INTERRUPTED
    assert done.shown.endswith("\nfluxmirror: stopped; nothing was done before that\n")
    assert not list(home.rglob("error-*.log"))


def test_uninstalling_asks_everything_first(agent: Callable[..., Path], home: Path) -> None:
    """Whoever stops at the second question has lost nothing; what stays is named, with why."""
    agent("claude")
    agent("qwen")
    run("install", "--all")
    before = tree(home)
    done = converse("uninstall", typed=["y\n", CTRL_C])
    assert done.shown.endswith("\nfluxmirror: stopped; nothing was done before that\n")
    assert tree(home) == before
    done = converse("uninstall", typed=["y\n", "n\n"])
    assert done.code == ExitCode.OK
    packages = home / ".local/share/fluxmirror/agents"
    assert done.output == (
        "Claude Code: taken out\nQwen Code: left as it is\n"
        f"kept {packages}: our hooks are still in Qwen Code\n"
    )
    assert run("uninstall", "--all").returncode == ExitCode.OK
    assert tree(home) == {}


def test_stopping_within_an_agents_command_tells_of_it(
    agent: Callable[..., Path], home: Path
) -> None:
    """The agent's command is ended, too; the same command completes what it began."""
    program = agent("claude", 'case "$1" in --version) ;; *) kill -INT $PPID; sleep 60;; esac')
    done = run("install", "claude")
    assert done.returncode == ExitCode.INTERRUPTED
    half = "Claude Code may be half done: do the same again to complete it"
    assert done.stderr == f"fluxmirror: stopped; {half}\n"
    program.write_text(f"#!/bin/sh\n{OLD}\n")
    assert run("install", "claude").returncode == ExitCode.OK
    assert run("uninstall", "--all").returncode == ExitCode.OK
    assert tree(home) == {}


def test_a_dry_run_shows_the_diff_of_what_is_there(agent: Callable[..., Path], home: Path) -> None:
    """Of a new file its name and size: nobody reads our module in full; and nothing is done."""
    agent("codex")
    agent("claude")
    agent("opencode")
    settings = home / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(MINE)
    before = tree(home)
    done = run("install", "--dry-run", "--settings")
    assert done.returncode == ExitCode.OK
    assert f"--- {settings}\n+++ {settings}\n" in done.stdout
    assert re.search(rf"  write {home}/.codex/hooks.json \(\d KiB\)\n", done.stdout)
    assert re.search(r"  write .*/opencode/plugin/fluxmirror\.js \(\d+ KiB\)\n", done.stdout)
    assert "+++ /dev/null" not in done.stdout
    assert "--- /dev/null" not in done.stdout
    assert tree(home) == before


def test_a_directory_of_ours_that_cannot_be_written_is_told_once(
    agent: Callable[..., Path], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one cause, however many agents there are."""
    agent("claude")
    agent("qwen")
    blocked = home / "flux"
    blocked.write_text("")
    monkeypatch.setenv("FLUXMIRROR_HOME", str(blocked))
    done = run("install", "--all")
    assert done.returncode == ExitCode.WARNING
    assert done.stdout == ""
    assert len(re.findall(r"^fluxmirror: ", done.stderr, re.MULTILINE)) == 1


def test_settings_instead_of_a_plugin_say_what_is_missing(agent: Callable[..., Path]) -> None:
    """Hooks can be in settings; slash commands cannot."""
    agent("claude")
    done = run("install", "claude", "--settings")
    assert "; without the plugin it has no slash commands\n" in done.stdout


def test_cleaning_up_is_for_the_agents_named(agent: Callable[..., Path], home: Path) -> None:
    """And nothing is deleted: somebody may have put a file of their own among the old ones."""
    agent("claude")
    agent("qwen")
    old = home / ".qwen" / "plugins" / "fluxmirror"
    (old / ".claude-plugin").mkdir(parents=True)
    (old / ".claude-plugin" / "plugin.json").write_text('{"name": "fluxmirror"}')
    (old / "notes.txt").write_text("mine")
    done = run("install", "claude", "--clean")
    assert "older package" not in done.stdout
    assert (old / "notes.txt").read_text() == "mine"
    done = run("install", "qwen", "--clean")
    aside = home / ".local/share/fluxmirror/set-aside/qwen-code-fluxmirror"
    assert f"cleaned up: an older package, in {old}; kept in {aside}\n" in done.stdout
    assert not old.exists()
    assert (aside / "notes.txt").read_text() == "mine"
    assert f"kept {aside.parent}: " in run("uninstall", "--all").stdout
    assert (aside / "notes.txt").read_text() == "mine"


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


def test_uninstalling_names_all_that_stays(agent: Callable[..., Path], home: Path) -> None:
    """Also before it is done, and when there was nothing to do; the archive with its size."""
    agent("claude")
    run("install", "claude", "--settings")
    share, config = home / ".local/share/fluxmirror", home / ".config/fluxmirror"
    left = [
        share / "events.db",
        share / "spool/new/1",
        share / "archive/claude-code/s1.jsonl.gz",
        config / "prices.toml",
        share / "prices/genai-prices.json",
        share / "logs/events.jsonl",
    ]
    cached = home / ".cache/fluxmirror/prices.json"
    for path in (*left, cached):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(5 * 1024))
    planned = run("uninstall", "--dry-run").stdout
    done = run("uninstall", "--all").stdout
    again = run("uninstall").stdout
    for told in (planned, done, again):
        kept = [line for line in told.splitlines() if line.startswith("kept ")]
        paths = [line.removeprefix("kept ").partition(": ")[0] for line in kept]
        assert all(any(str(path).startswith(one) for one in paths) for path in left)
        assert len(paths) == len(left)
        assert kept[2].endswith(": copies of session files, 5 KiB, are yours")
    assert all(path.exists() for path in left)
    assert not cached.parent.exists(), "what only saves time goes"


def test_settings_are_cleaned_when_the_agent_is_gone(
    agent: Callable[..., Path], home: Path
) -> None:
    """Its file can be edited without it."""
    program = agent("claude")
    run("install", "claude")
    program.unlink()
    assert run("uninstall", "--all").stdout.startswith("Claude Code: taken out\n")
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
