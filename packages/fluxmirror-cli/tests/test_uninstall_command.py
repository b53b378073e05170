"""`uninstall` and what it does to all that is ours: given back, named, or deleted for good."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.errors import ExitCode

from tests.e2e.first_runs import OLD, RUN, facts, put_agent, run, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the agents are shell scripts")

MINE = '{\n  "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "beep"}]}]}\n}\n'


@pytest.fixture(autouse=True)
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for agents on PATH, where no real one is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def record_an_event() -> None:
    """Have a hook tell of something, and wait until it is in the database."""
    subprocess.run(
        [sys.executable, "-c", RUN, "hook", "--kind", "claude", "--wait"],
        input=b'{"session_id":"s","hook_event_name":"Stop"}',
        check=True,
    )


def test_what_was_recorded_stays_until_it_is_purged(
    home: Path, agents: Path, respond: Callable[..., Path]
) -> None:
    """First everything else goes; later the rest, and the home is as it was before the first."""
    put_agent(agents, "claude")
    respond("m1")
    settings = home / ".claude" / "settings.json"
    settings.write_text(MINE)
    settings.chmod(0o640)
    before = tree(home)
    run("init", "--yes", "--timezone", "KST")
    record_an_event()
    done = run("uninstall", "--all")
    data = home / ".local/share/fluxmirror"
    assert f"removed {home}/.config/fluxmirror/config.toml\n" in done.stdout
    assert f"kept {data}/events.db: what was recorded is yours\n" in done.stdout
    assert settings.read_text() == MINE
    told: Any = facts("uninstall", "--purge", "--yes")
    assert told["purged"] == {"events": 2, "responses": 1, "is_known": True, "waiting": 0}
    assert told["kept"] == []
    assert tree(home) == before


def test_init_and_a_purge_leave_a_home_as_it_was(
    home: Path, agents: Path, respond: Callable[..., Path]
) -> None:
    """At once, with everything that can be there: archive, prices, logs, caches, completion."""
    put_agent(agents, "claude")
    respond("m1")
    (home / ".bashrc").write_text("# mine\n")
    before = tree(home)
    run("init", "--yes", "--language", "ja")
    run("completion", "install", "bash")
    run("archive")
    run("cost")
    run("config", "set", "self_noise.enabled", "true")
    for path in (
        home / ".config/fluxmirror/prices.toml",
        home / ".local/share/fluxmirror/logs/error-1.log",
        home / ".local/share/fluxmirror/logs/capture.log",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    planned: Any = facts("uninstall", "--purge", "--dry-run")
    assert f"{home}/.local/share/fluxmirror/archive" in planned["remove"]
    assert f"{home}/.config/fluxmirror/config.toml" in planned["remove"]
    assert planned["keep"] == []
    run("uninstall", "--purge", "--yes")
    assert tree(home) == before


def test_a_file_of_somebody_elses_only_loses_our_lines(home: Path) -> None:
    """Nobody is told that it is removed, neither before nor afterwards."""
    config, bashrc = home / ".config/fluxmirror/config.toml", home / ".bashrc"
    bashrc.write_text("# mine\n")
    config.parent.mkdir(parents=True)
    config.write_text('language = "english"\n')
    run("init", "--timezone", "KST")
    run("completion", "install", "bash", "--rc")
    written = str(home / ".zshrc")
    run("completion", "install", "zsh", "--rc")
    planned = run("uninstall", "--dry-run").stdout
    told: Any = facts("uninstall", "--dry-run")
    assert set(told["take_out_of"]) == {str(config), str(bashrc)}
    assert written in told["remove"]
    done = run("uninstall", "--all").stdout
    for path in (config, bashrc):
        assert f"take our lines out of {path}\n" in planned
        assert f"took our lines out of {path}\n" in done
        assert f"remove {path}\n" not in planned
    assert f"removed {written}\n" in done
    assert bashrc.read_text() == "# mine\n"


def test_what_an_agent_needs_that_is_left_is_named(home: Path, agents: Path) -> None:
    """It stays, and so does the rest: the set-up is not over."""
    put_agent(agents, "claude", OLD)
    run("init", "--agents", "claude", "--timezone", "KST")
    settings = home / ".claude" / "settings.json"
    settings.write_text(settings.read_text() + "}")
    done = run("uninstall", "--all", code=ExitCode.WARNING)
    why = "our hooks are still in Claude Code"
    data = home / ".local/share/fluxmirror"
    assert f"kept {data}/agents: {why}\n" in done.stdout
    assert f"kept {home}/.config/fluxmirror/config.toml: {why}\n" in done.stdout
    kept: Any = json.loads(run("uninstall", "--all", "--json", code=ExitCode.WARNING).stdout)
    assert {one["what"] for one in kept["kept"]} == {why}


def test_a_purge_is_never_by_chance(home: Path) -> None:
    """Nobody is there to confirm it, or it was said of one agent: nothing is done."""
    record_an_event()
    run("sqlite", "SELECT 1")  # whoever reads leaves SQLite's side files there
    before = tree(home)
    done = run("uninstall", "--purge", code=ExitCode.USAGE)
    assert done.stderr.endswith("hint: add --yes\n")
    run("uninstall", "--purge", "--all", code=ExitCode.USAGE)
    done = run("uninstall", "--purge", "claude", "--yes", code=ExitCode.USAGE)
    assert "--purge is for everything" in done.stderr
    shown = run("uninstall", "--purge", "--dry-run").stdout
    assert "This deletes 1 event, 0 responses for good; " in shown
    assert "kept " not in shown
    assert tree(home) == before


def test_a_configuration_that_was_changed_since_is_its_owners(home: Path) -> None:
    """It is kept and named; only a purge deletes it."""
    run("init", "--timezone", "KST")
    run("config", "set", "language", "ja")
    file = home / ".config/fluxmirror/config.toml"
    text = file.read_text()
    kept = f"保持：{file}（ユーザーの設定）\n"  # noqa: RUF001 - said in Japanese to the end
    assert kept in run("uninstall", "--all").stdout
    assert file.read_text() == text
    assert set(tree(home)) == {".config", ".config/fluxmirror", ".config/fluxmirror/config.toml"}
    run("uninstall", "--purge", "--yes")
    assert not file.parent.exists()


def test_what_is_somebody_elses_in_our_directories_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has `FLUXMIRROR_HOME` name a directory of their own loses nothing of theirs."""
    own = home / "own"
    monkeypatch.setenv("FLUXMIRROR_HOME", str(own))
    theirs = [own / "notes.txt", own / "cache/mine", own / "config/mine", own / "logs/mine.log"]
    for path in theirs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    before = tree(home)
    run("init", "--timezone", "KST", "--demo-row")
    record_an_event()
    done = run("uninstall", "--purge", "--yes")
    assert f"removed {own}/events.db\n" in done.stdout
    assert tree(home) == before


def test_nothing_is_deleted_while_an_agent_is_registered(home: Path, agents: Path) -> None:
    """Its hooks would go on writing; what is wrong is said first."""
    put_agent(agents, "claude", OLD)
    run("init", "--agents", "claude", "--demo-row")
    settings = home / ".claude" / "settings.json"
    text = settings.read_text()
    settings.write_text(text + "}")
    done = run("uninstall", "--purge", "--yes", code=ExitCode.WARNING)
    assert "what was recorded was not deleted: an agent is still registered\n" in done.stdout
    assert (home / ".local/share/fluxmirror/events.db").exists()
    settings.write_text(text)
    run("uninstall", "--purge", "--yes")
    assert tree(home) == {}


def test_taking_out_one_agent_leaves_the_set_up(home: Path, agents: Path) -> None:
    """Only a name less; what `init` wrote goes with the rest."""
    put_agent(agents, "claude")
    run("init", "--agents", "claude", "--timezone", "KST")
    run("uninstall", "claude")
    assert 'timezone = "Asia/Seoul"' in (home / ".config/fluxmirror/config.toml").read_text()
    assert run("uninstall", code=ExitCode.USAGE).stdout == ""
    run("uninstall", "--all")
    assert tree(home) == {}


def test_json_tells_what_went_and_what_stays(home: Path, agents: Path) -> None:
    """For whoever writes a script around it."""
    put_agent(agents, "claude")
    run("init", "--agents", "claude", "--timezone", "KST", "--demo-row")
    told: Any = facts("uninstall", "--all")
    states = {one["agent"]: one["state"] for one in told["agents"]}
    assert states["claude-code"] == "removed"
    assert f"{home}/.config/fluxmirror/config.toml" in told["removed"]
    data = home / ".local/share/fluxmirror"
    assert [one["path"] for one in told["kept"]] == [f"{data}/events.db", f"{data}/spool"]
    assert told["purged"] is None


def test_a_database_that_is_not_in_use_is_named_and_stays(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A purge deletes what it counted, and not what `FLUXMIRROR_DB` led away from."""
    usual = home / ".local/share/fluxmirror/events.db"
    run("init", "--demo-row")
    other = tmp_path / "other" / "events.db"
    monkeypatch.setenv("FLUXMIRROR_DB", str(other))
    run("init", "--demo-row")
    done = run("uninstall", "--purge", "--yes")
    assert f"removed {other}\n" in done.stdout
    assert f"kept {usual}: it was recorded where another database is in use now\n" in done.stdout
    assert usual.exists()
    assert not other.exists()


def _text(path: Path) -> None:
    path.write_text("my thesis\n" * 100)


def _scrap(path: Path) -> None:
    path.write_text("short")


def _database_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE mine (a)")
        db.commit()


def _directory(path: Path) -> None:
    (path / "projects").mkdir(parents=True)
    (path / "projects" / "a.py").write_text("work")


def _link(path: Path) -> None:
    _text(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


@pytest.mark.parametrize("make", [_text, _scrap, _database_of_another_program, _directory, _link])
def test_a_purge_deletes_no_database_that_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    """A variable may name anything: it is kept, with what lies beside it, and named."""
    theirs = tmp_path / "theirs" / "thing"
    theirs.parent.mkdir()
    make(theirs)
    theirs.with_name("thing-journal").write_text("mine")
    monkeypatch.setenv("FLUXMIRROR_DB", str(theirs))
    before = tree(theirs.parent)
    planned: Any = facts("uninstall", "--purge", "--dry-run")
    assert str(theirs) not in planned["remove"]
    assert planned["recorded"]["events"] == 0
    assert f"kept {theirs}: " in run("uninstall", "--purge", "--yes").stdout
    assert tree(theirs.parent) == before


def test_a_file_that_a_setting_names_is_not_ours_by_that(home: Path, tmp_path: Path) -> None:
    """Only what is a database of ours goes, wherever it is."""
    thesis = tmp_path / "thesis.txt"
    _text(thesis)
    run("config", "set", "storage.path", str(thesis))
    done = run("uninstall", "--purge", "--yes")
    assert f"kept {thesis}: nothing shows that FluxMirror made it\n" in done.stdout
    assert thesis.exists()
    thesis.unlink()
    run("config", "set", "storage.path", str(thesis))
    run("init", "--demo-row")
    assert f"removed {thesis}\n" in run("uninstall", "--purge", "--yes").stdout
    assert not thesis.exists()


def test_what_a_killed_process_left_goes_too(home: Path) -> None:
    """A configuration that was half written may hold what its owner would show nobody."""
    run("init", "--timezone", "KST", "--demo-row")
    data, config = home / ".local/share/fluxmirror", home / ".config/fluxmirror"
    left = [
        config / "config.lock",
        data / "config.lock",
        config / "config.toml.4711.new",
        data / "trusted.json.4711.new",
        data / "last-good.json.4711.new",
        data / ".new-ab12_x9z",
    ]
    for path in left:
        path.write_text("")
    run("uninstall", "--purge", "--yes")
    assert tree(home) == {}
