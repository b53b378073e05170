"""`doctor --fix` mends what can be mended, tells what it did, and deletes nothing recorded."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health.mend import carry_out, find_repairs, harmless_locks
from fluxmirror_cli.registration.foundation import lay_foundation, plan_foundation
from fluxmirror_cli.registration.situation import survey
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import lock, spool, spool_reader
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from pathlib import Path

CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'
PLUGIN = "fluxmirror@fluxmirror"


@pytest.fixture(autouse=True)
def no_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH without any agent."""
    monkeypatch.setenv("PATH", "/nowhere")


def fluxmirror(*arguments: str, code: int = 0) -> str:
    """Run the command in a process of its own; gives what it prints."""
    run = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", run, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def mended(*, dry_run: bool = False) -> list[tuple[str, str]]:
    """Run `doctor --fix`; gives status and action of everything it told of."""
    options = ["--dry-run"] if dry_run else []
    told = json.loads(fluxmirror("doctor", "--fix", "--json", *options))["mended"]
    return [(one["status"], one["action"]) for one in told]


def capture() -> str:
    """Put an event into the spool; gives its file."""
    name = spool.put(here().spool, CALL, ("claude",), {})
    return spool_reader.new_path(here().spool, name)


def mode(path: str) -> int:
    """Give a path's rights."""
    return stat.S_IMODE(os.stat(path).st_mode)


def leave(path: Path, age_s: float = 7_200) -> Path:
    """Leave a file of some age."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def install_claude(home: Path) -> None:
    """Leave what `fluxmirror install claude-code` leaves."""
    there = survey(os.environ, sys.platform)
    lay_foundation(there, plan_foundation(there))
    market = {"fluxmirror": {"source": {"source": "directory"}, "installLocation": there.packages}}
    plugins = home / ".claude/plugins"
    plugins.mkdir(parents=True)
    (plugins / "known_marketplaces.json").write_text(json.dumps(market))
    (plugins / "installed_plugins.json").write_text(json.dumps({"plugins": {PLUGIN: [{}]}}))
    settings = json.dumps({"enabledPlugins": {PLUGIN: True}})
    (home / ".claude/settings.json").write_text(settings)


def test_a_fresh_machine_has_nothing_to_mend(flux_home: Path) -> None:
    """And nothing is made there."""
    assert fluxmirror("doctor", "--fix").startswith("nothing to mend\n")
    assert not flux_home.exists()


def test_what_waits_is_drained(flux_home: Path) -> None:
    """First told, then done."""
    waiting = capture()
    action = "drain 1 waiting file into the database"
    assert ("planned", action) in mended(dry_run=True)
    assert os.path.exists(waiting)
    assert ("done", action) in mended()
    assert not os.path.exists(waiting)
    assert ("done", action) not in mended()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_rights_become_the_owners_alone(flux_home: Path) -> None:
    """Of directories and of the database."""
    capture()
    drain(here(), Settings())
    opened = (here().data, here().spool, here().database)
    for path in opened:
        os.chmod(path, 0o777 if os.path.isdir(path) else 0o666)
    assert "others can read" in fluxmirror("doctor", code=1)
    assert "planned" in dict(mended_with_warning())
    assert [mode(path) for path in opened] == [0o777, 0o777, 0o666]
    shown = fluxmirror("doctor", "--fix")
    assert "only you can read what was recorded" in shown
    assert shown.count("mended: take from others their rights to ") >= 3
    assert [mode(path) for path in opened] == [0o700, 0o700, 0o600]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_a_file_that_is_not_ours_keeps_its_rights(
    flux_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting may name any file; whose it is decides who may read it."""
    theirs = tmp_path / "shared.txt"
    theirs.write_text("for everybody\n" * 100)
    theirs.chmod(0o644)
    monkeypatch.setenv("FLUXMIRROR_DB", str(theirs))
    assert [one for one in find_repairs(here()) if str(theirs) in str(one.action)] == []
    for repair in list(find_repairs(here())):
        carry_out(repair)
    assert mode(str(theirs)) == 0o644


def mended_with_warning() -> list[tuple[str, str]]:
    """Run `doctor --fix --dry-run` where a warning stays."""
    told = json.loads(fluxmirror("doctor", "--fix", "--dry-run", "--json", code=1))["mended"]
    return [(one["status"], one["action"]) for one in told]


def test_missing_directories_are_made(flux_home: Path) -> None:
    """Where there is anything of ours already."""
    flux_home.mkdir(mode=0o700)
    fluxmirror("doctor", "--fix")
    assert (flux_home / "spool/new").is_dir()
    assert mode(str(flux_home / "logs")) == 0o700


def test_old_unfinished_files_go(home: Path, flux_home: Path) -> None:
    """Young ones may be being written, and others' names are others' files."""
    gone = [
        leave(flux_home / "spool/redaction.key.4711"),
        leave(flux_home / ".new-ab12_x9z"),
        leave(flux_home / "agents/plugins/.new-ab12_x9z"),
        leave(flux_home / "prices/genai-prices.json.ab12_x9z"),
        leave(flux_home / "config/config.toml.4711.new"),
        leave(flux_home / "config/config.lock"),
        leave(flux_home / "config.lock"),
        leave(flux_home / "trusted.json.4711.new"),
        leave(flux_home / "last-good.json.4711.new"),
        leave(flux_home / "cache/config/ab12.json.4711.new"),
        leave(home / ".fluxmirror.lock"),
    ]
    kept = [
        leave(flux_home / "spool/redaction.key.4712", age_s=60),
        leave(flux_home / "spool/redaction.key"),
        leave(flux_home / ".new-notes"),
        leave(flux_home / "config/prices.toml.original"),
        leave(flux_home / "agents/plugins/mine"),
        leave(flux_home / "config/config.toml.4712.new", age_s=60),
        leave(flux_home / "config/config.toml.mine.new"),
    ]
    for repair in list(find_repairs(here())):
        assert carry_out(repair).status == "done"
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []


def test_locks_that_are_held_are_left_in_peace(home: Path, flux_home: Path) -> None:
    """Others that lie about are harmless, and told to be."""
    leave(flux_home / "spool/drain.lock")
    held = leave(home / ".fluxmirror.lock")
    with lock.held(str(held)):
        assert not any(".fluxmirror.lock" in str(one.action) for one in find_repairs(here()))
    (told,) = harmless_locks(here())
    assert (told.status, "drain.lock" in str(told.action)) == ("left", True)
    with lock.held(str(flux_home / "spool/drain.lock")):
        assert list(harmless_locks(here())) == []


def test_the_path_of_the_program_is_written_anew(home: Path, flux_home: Path) -> None:
    """The hooks of an agent would find none."""
    install_claude(home)
    record = flux_home / "program"
    written = record.read_text()
    record.write_text("/gone/fluxmirror\n")
    assert "program path" in fluxmirror("doctor", code=1)
    shown = fluxmirror("doctor", "--fix")
    assert record.read_text() == written
    assert "program path" not in shown


def test_what_cannot_be_mended_is_told(flux_home: Path) -> None:
    """With the reason; the others are mended all the same."""
    waiting = capture()
    (flux_home / "logs").touch(mode=0o600)
    told = [carry_out(repair) for repair in find_repairs(here())]
    assert [one.status for one in told] == ["failed", "done"]
    assert str(told[0].action).startswith("make the directory ")
    assert told[0].reason
    assert not os.path.exists(waiting)


def test_nothing_recorded_is_deleted(flux_home: Path) -> None:
    """Torn files that are young, payloads set aside, refusals, logs: all stay."""
    capture()
    drain(here(), Settings())
    kept = [
        leave(flux_home / "spool/bad/payload"),
        leave(flux_home / "spool/refused"),
        leave(flux_home / "logs/error-20260301-120000-7.log"),
        leave(flux_home / "logs/capture.log"),
    ]
    torn = flux_home / "spool/new/torn"
    torn.write_bytes(b"fluxmirror-spool/1\ttorn\tclaude\n{")
    fluxmirror("doctor", "--fix", code=1)
    assert all(path.exists() for path in [*kept, torn])
    assert spool_reader.status(here().spool).bad == 1


def test_a_dry_run_of_nothing_is_refused(flux_home: Path) -> None:
    """It would look like one of something."""
    fluxmirror("doctor", "--dry-run", code=2)


def test_indexes_that_somebody_took_away_are_made_again(flux_home: Path) -> None:
    """Reports name one of them, and cannot do without; the rest is slow."""
    capture()
    drain(here(), Settings())
    with closing(sqlite3.connect(here().database)) as db:
        db.executescript("DROP INDEX event_odd; DROP INDEX response_ts")
        db.execute("CREATE INDEX response_ts ON response (ts_ms)")  # of another shape
    assert "without event_odd, response_ts" in fluxmirror("doctor", code=1)
    action = "make event_odd, response_ts in the database"
    assert ("planned", action) in mended_with_warning()
    assert ("done", action) in mended()
    assert "without" not in fluxmirror("doctor")
    assert "Tool calls" in fluxmirror("today")
    assert ("done", action) not in mended()
