"""`init` without a terminal: only what the options say, and nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.errors import ExitCode

from tests.e2e.first_runs import RUN, facts, put_agent, run, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the agents are shell scripts")


@pytest.fixture(autouse=True)
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for agents on PATH, where no real one is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def config(home: Path) -> str:
    """Read the configuration file."""
    return (home / ".config" / "fluxmirror" / "config.toml").read_text("utf-8")


def answers(told: dict[str, Any]) -> dict[str, Any]:
    """Give the value of each key, from what `--json` says."""
    return {one["key"]: one["value"] for one in told["answers"]}


def test_without_options_nothing_is_done(
    home: Path, agents: Path, respond: Callable[..., Path]
) -> None:
    """It shows how things stand, and what to try."""
    put_agent(agents, "claude")
    respond("m1")
    before = tree(home)
    done = run("init")
    assert "\nThree things to try:" in done.stdout
    assert done.stdout.startswith("Program\n")
    nobody = "no terminal: nothing was asked and nothing changed; `--yes` takes the defaults"
    assert done.stderr == f"fluxmirror: {nobody}\n"
    silent = run("init", "--non-interactive")
    assert silent.stdout.startswith("Program\n")
    assert silent.stderr == ""
    assert tree(home) == before


def test_only_what_was_given_is_written(home: Path, agents: Path) -> None:
    """In canonical form, and said in the language that was given; no agent is touched."""
    put_agent(agents, "claude")
    done = run("init", "--non-interactive", "--language", "한국어", "--timezone", "pst")
    assert done.stdout.startswith("설정: language = korean\n설정: timezone = America/Los_Angeles\n")
    assert config(home) == 'language = "korean"\ntimezone = "America/Los_Angeles"\n'
    assert not (home / ".claude").exists()


def test_the_second_time_nothing_changes(home: Path, agents: Path) -> None:
    """Not a byte of any file; only what saves time may be new."""
    put_agent(agents, "claude")
    options = ["--timezone", "KST", "--payloads", "full", "--record", "claude", "--agents", "all"]
    run("init", *options)
    before = tree(home)
    done = run("init", *options)
    after = tree(home)
    assert "configured:" not in done.stdout
    assert "Claude Code: registered in " in done.stdout
    assert {path for path in after if after[path] != before.get(path)} <= {
        path for path in after if path.startswith(".cache/")
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--language", "koraen"), "there is no language called 'koraen'"),
        (("--timezone", "Asia/Soul"), "there is no time zone called 'Asia/Soul'"),
        (("--payloads", "ful"), "did you mean full?"),
        (("--retention-days", "0"), "must be a whole number of days"),
        (("--record", "clade"), "did you mean claude-code?"),
        (("--agents", "clade"), "did you mean claude-code?"),
        (("--language", ""), "--language is empty"),
        (("--yes", "--non-interactive"), "do not go together"),
    ],
)
def test_what_means_nothing_is_refused_before_anything_is_done(
    home: Path, options: tuple[str, ...], told: str
) -> None:
    """With a sentence and a way out."""
    done = run("init", "--demo-row", *options, code=ExitCode.USAGE)
    assert told in done.stderr
    assert done.stdout == ""
    assert tree(home) == {}


def test_an_agent_that_is_not_here_stops_everything(home: Path) -> None:
    """Nobody gets half of what was asked for."""
    done = run("init", "--timezone", "KST", "--agents", "codex", code=ExitCode.WARNING)
    assert "Codex CLI was not found" in done.stderr
    assert tree(home) == {}


def test_yes_takes_every_default(home: Path, agents: Path, respond: Callable[..., Path]) -> None:
    """All agents, and all that they left; the configuration needs nothing for that."""
    put_agent(agents, "claude")
    put_agent(agents, "qwen")
    respond("m1")
    done = run("init", "--yes")
    assert "Claude Code: installed; " in done.stdout
    assert "Qwen Code: installed; " in done.stdout
    assert "1 session file read " in done.stdout
    assert not (home / ".config").exists()


def test_a_dry_run_names_everything_and_touches_nothing(
    home: Path, agents: Path, respond: Callable[..., Path]
) -> None:
    """Every file of ours, every command of an agent, every change of its files."""
    put_agent(agents, "claude")
    respond("m1")
    before = tree(home)
    options = ("--dry-run", "--yes", "--timezone", "KST", "--demo-row")
    shown = run("init", *options).stdout
    data = home / ".local/share/fluxmirror"
    file = home / ".config/fluxmirror/config.toml"
    for line in (
        f"write timezone = Asia/Seoul into {file}\n",
        f"copy the packages to {data}/agents\n",
        "/claude plugin install fluxmirror@fluxmirror\n",
        f") into {data}/events.db\n",
        f"write the set-up's own row into {data}/events.db\n",
    ):
        assert line in shown
    told = facts("init", *options)
    assert told["dry_run"] is True
    assert set(told["files"]) >= {str(file), f"{data}/agents", f"{data}/events.db"}  # type: ignore[call-overload]
    assert tree(home) == before
    assert run("init", "--dry-run").stdout == "nothing would be done\n"


def test_json_tells_all_that_was_done(agents: Path, respond: Callable[..., Path]) -> None:
    """Answers, files, agents, what was read, and how things stand."""
    put_agent(agents, "claude")
    respond("m1")
    told: Any = facts("init", "--yes", "--payloads", "none")
    assert told["version"] == 1
    assert answers(told)["capture.payloads"] == "none"
    assert told["written"] == ["capture.payloads = none"]
    assert [(one["agent"], one["state"]) for one in told["agents"]] == [
        ("claude-code", "installed")
    ]
    assert told["imported"]["new_responses"] == 1
    assert told["health"]["exit_code"] == 0
    assert len(told["try"]) == 3


def test_a_disk_without_room_is_told_with_what_helps(home: Path, agents: Path) -> None:
    """How things stand, and then the error; no half of the packages stays."""
    put_agent(agents, "claude")
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, 2 * (4_000,)); {RUN}"
    done = subprocess.run(
        [sys.executable, "-c", limited, "init", "--yes"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == ExitCode.WARNING
    assert "\nMachine\n" in done.stdout
    assert "cannot be written: File too large\n" in done.stderr
    assert done.stderr.endswith("  hint: make some room, then run this again\n")
    assert not (home / ".local/share/fluxmirror/agents").exists()
    assert "Claude Code: installed; " in run("init", "--yes").stdout
    run("uninstall", "--all")
    assert not (home / ".local/share/fluxmirror/agents").exists()


def test_for_ever_takes_a_limit_out_again(home: Path) -> None:
    """There is no number for it."""
    run("init", "--retention-days", "90", "--language", "en")
    assert "retention_days = 90" in config(home)
    done = run("init", "--retention-days", "forever")
    assert done.stdout.startswith("configured: storage.retention_days taken out\n")
    assert config(home).strip() == 'language = "english"'


def test_a_configuration_that_is_broken_stops_everything(home: Path, agents: Path) -> None:
    """It is left as it is, with a sentence that tells the line; no agent is touched."""
    put_agent(agents, "claude")
    file = home / ".config/fluxmirror/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("timezone = \n")
    done = run("init", "--language", "en", "--agents", "claude", code=ExitCode.CONFIG)
    assert f"{file}:1 is no TOML" in done.stderr
    assert file.read_text() == "timezone = \n"
    assert not (home / ".claude").exists()


def test_the_row_to_look_at_comes_and_goes_when_asked(home: Path) -> None:
    """The commands that are printed work as they are printed."""
    assert run("init", "--remove-demo").stdout == "the set-up's row is not in the database\n"
    assert tree(home) == {}
    shown = run("init", "--demo-row").stdout
    assert "`fluxmirror today`" in shown
    assert "`fluxmirror init --remove-demo`" in shown
    assert "was already in the database" in run("init", "--demo-row").stdout
    assert "FluxMirror set-up" in run("today").stdout
    assert "is taken out" in run("init", "--remove-demo").stdout
    assert json.loads(run("init", "--remove-demo", "--json").stdout)["removed"] == 0
    assert "FluxMirror set-up" not in run("today").stdout


def test_what_a_variable_says_today_is_no_reason_to_forget_a_choice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said for all days; what is the default anyway needs no line."""
    monkeypatch.setenv("FLUXMIRROR_AGENTS_CODEX_CLI_ENABLED", "off")
    run("init", "--record", "claude,qwen,gemini,copilot,opencode")
    assert config(home) == "[agents.codex-cli]\nenabled = false\n"
    monkeypatch.setenv("FLUXMIRROR_AGENTS_CODEX_CLI_ENABLED", "on")
    monkeypatch.setenv("FLUXMIRROR_AGENTS_QWEN_CODE_ENABLED", "off")
    run("init", "--record", "all")
    assert config(home) == "[agents.codex-cli]\nenabled = true\n"
