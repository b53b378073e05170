"""`fluxmirror archive` as a person meets it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.archive import command
from fluxmirror_core.errors import NoDataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

CONTENT = b'{"a":1}\n{"b":2}\n'


@pytest.fixture
def session(home: Path, flux_home: Path) -> Path:
    """A session file of Claude Code."""
    path = home / ".claude/projects/-srv-app/s1.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def run(*arguments: str) -> Result:
    """Run `fluxmirror archive` in this process; what it raises is for the one place of errors."""
    return CliRunner().invoke(command, arguments, catch_exceptions=True)


def test_help_says_what_copies_hold() -> None:
    """Whoever makes copies of sessions has to know that secrets are in them."""
    told = " ".join(run("--help").output.split())
    assert "Copies hold what the sessions held, secrets included." in told
    assert "They stay on this machine" in told


def test_copies_are_counted(session: Path) -> None:
    """What was copied, and what had been before."""
    first = run()
    assert first.exit_code == 0
    assert first.output.startswith("1 session file copied (16 B, ")
    assert run().output == "nothing new to copy\n1 session file unchanged since the last copy\n"


def test_one_agent_alone_can_be_copied(session: Path) -> None:
    """By any of its names."""
    assert run("--agent", "codex").output == "nothing new to copy\n"
    assert "1 session file copied" in run("--agent", "Claude Code").output


def test_dry_run_copies_nothing(session: Path, flux_home: Path) -> None:
    """It lists what would be copied; not even the directory is made."""
    told = run("--dry-run").output.splitlines()
    assert told == [f"{session}  (16 B)", "1 file to copy, 16 B"]
    assert not flux_home.exists()
    run()
    assert run("--dry-run").output == "nothing new to copy\n"


def test_what_cannot_be_read_is_a_warning(session: Path) -> None:
    """The exit code tells scripts; the others are copied."""
    os.symlink("loop", session.parent.parent / "loop")
    done = run()
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[0].startswith("1 session file copied")
    assert "1  Claude Code: unreadable: " in lines[1]


def test_options_of_the_group_are_not_lost_in_silence(session: Path) -> None:
    """`--dry-run prune` must not prune."""
    error = run("--dry-run", "prune", "--older-than", "1").exception
    assert isinstance(error, UsageError)
    assert str(error) == "options do not belong before `prune`"


def test_list_tells_what_is_kept(session: Path, flux_home: Path) -> None:
    """Also of a file that is gone; as JSON for programs."""
    assert run("list").output == "nothing is archived\n"
    run()
    session.unlink()
    head, row, last = run("list").output.splitlines()
    assert head.split() == ["agent", "size", "stored", "copied", "verified", "session", "file"]
    assert row.endswith(f"{session} (gone)")
    assert last.startswith("1 copy, ")
    told = json.loads(run("list", "--json").output)
    assert told["directory"] == os.path.join(str(flux_home), "archive")
    (copy,) = told["copies"]
    assert (copy["source"], copy["gone"], copy["bytes"]) == (str(session), True, 16)
    assert copy["path"] == "claude-code/projects/-srv-app/s1.jsonl.gz"


def test_verify_names_what_is_damaged(session: Path, flux_home: Path) -> None:
    """Exit 0 as long as every copy is whole, 1 when one is not."""
    run()
    assert (run("verify").output, run("verify").exit_code) == ("1 copy, all whole\n", 0)
    copy = flux_home / "archive/claude-code/projects/-srv-app/s1.jsonl.gz"
    copy.write_bytes(copy.read_bytes()[:-4])
    (flux_home / "archive" / "stray").touch()
    done = run("verify")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "damaged: claude-code/projects/-srv-app/s1.jsonl.gz: it was cut or changed",
        "not known to the database: stray",
        "1 copy damaged, 0 whole",
        "`fluxmirror archive` makes those anew whose session file is still there",
    ]
    assert "damaged" in run("list").output
    run()
    assert run("verify").exit_code == 0


def test_restore_names_what_it_wrote(session: Path, home: Path) -> None:
    """So that a person finds it."""
    run()
    target = home / "back/projects/-srv-app/s1.jsonl"
    assert run("restore", "s1", "--to", str(home / "back")).output.splitlines() == [
        f"{target}  (16 B)",
        f"1 file restored into {home / 'back'}, 16 B",
    ]
    assert target.read_bytes() == CONTENT
    assert isinstance(run("restore", "s2", "--to", str(home / "back")).exception, NoDataError)


def test_restore_of_many_says_how_many(session: Path, home: Path) -> None:
    """What is in the way is left, named, and a warning; what to restore has to be said."""
    session.with_name("s2.jsonl").write_bytes(b"two\n")
    session.with_name("s2.meta.json").write_bytes(b"{}")
    assert run().output.startswith("2 session files and 1 companion copied (22 B, ")
    back = home / "back"
    done = run("restore", "--all", "--to", str(back))
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == f"3 files restored into {back}, 22 B"
    folder = back / "projects/-srv-app"
    (folder / "s2.jsonl").unlink()
    done = run("restore", "--agent", "claude", "--to", str(back))
    assert done.exit_code == 1
    written, one, two, last = done.output.splitlines()
    assert written == f"{folder / 's2.jsonl'}  (4 B)"
    assert one == f"not restored: {folder / 's1.jsonl'} is there already, and left alone"
    assert two.startswith(f"not restored: {folder / 's2.meta.json'}")
    assert last == f"1 file restored into {back}, 4 B, 2 not"
    for arguments in ((), ("--all", "s1")):
        assert isinstance(run("restore", *arguments, "--to", "x").exception, UsageError)


def test_list_of_one_agent(session: Path) -> None:
    """Or that nothing of it is there."""
    run()
    assert run("list", "--agent", "claude").output.splitlines()[-1].startswith("1 copy, ")
    assert run("list", "--agent", "codex").output == "nothing of Codex CLI is archived\n"
    assert json.loads(run("list", "--agent", "codex", "--json").output)["copies"] == []
    assert isinstance(run("list", "--agent", "nobody").exception, UsageError)


def test_verify_of_nothing_says_so(home: Path, flux_home: Path) -> None:
    """Before anything was archived, and when there was nothing to archive."""
    assert isinstance(run("verify").exception, NoDataError)
    run()
    assert str(run("verify").exception) == "nothing is archived"


def test_prune_says_what_it_frees(session: Path, flux_home: Path) -> None:
    """A file that is still there keeps its copy, however old."""
    run()
    assert run("prune", "--older-than", "1").output == "0 copies deleted, 0 B freed\n"
    would = run("prune", "--older-than", "1", "--dry-run").output
    assert would == "0 copies would be deleted, which frees 0 B\n"
    assert isinstance(run("prune", "--older-than", "0").exception, UsageError)


def test_prune_takes_its_days_from_the_configuration(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the command line says nothing; where both are silent, that is an error."""
    run()
    error = run("prune").exception
    assert isinstance(error, UsageError)
    assert "archive.retention_days" in str(error.hint)
    monkeypatch.setenv("FLUXMIRROR_ARCHIVE_RETENTION_DAYS", "30")
    assert run("prune").output == "0 copies deleted, 0 B freed\n"


def test_every_answer_is_there_for_programs(session: Path, home: Path) -> None:
    """The same as JSON, with a version."""
    (waiting,) = as_json("--dry-run")["files"]
    assert waiting == {"agent": "claude-code", "path": str(session), "bytes": 16}
    copied = as_json()
    assert (copied["version"], copied["files"], copied["problems"]) == (1, 1, [])
    assert as_json("verify") == {"version": 1, "whole": 1, "damaged": [], "unknown": []}
    restored = as_json("restore", "--all", "--to", str(home / "back"))
    path = f"{home}/back/projects/-srv-app/s1.jsonl"
    assert restored["files"] == [{"path": path, "bytes": 16, "shared": False}]
    pruned = as_json("prune", "--older-than", "9d")
    assert (pruned["copies"], pruned["freed_bytes"], pruned["dry_run"]) == ([], 0, False)


def as_json(*arguments: str) -> dict[str, Any]:
    """Run it with `--json`; what it printed."""
    told: dict[str, Any] = json.loads(run(*arguments, "--json").output)
    return told
