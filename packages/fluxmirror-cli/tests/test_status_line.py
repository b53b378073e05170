"""The line of a shell prompt: from a cache, at once, and silent whatever goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_cli.status import line as status_line
from fluxmirror_cli.status.line import Cache, age_text, build_line, cache_path
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
NOTHING = (0, b"", b"")


def prompt(*arguments: str, **options: Any) -> tuple[int, bytes, bytes]:  # noqa: ANN401 - subprocess.run's own
    """Ask for the line; exit code, standard output, standard error."""
    done = subprocess.run(
        [PROGRAM, "status", "--prompt", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        **options,
    )
    return done.returncode, done.stdout, done.stderr


def hook(name: str) -> None:
    """Record a call that has just happened."""
    told = {"hook_event_name": "PostToolUse", "session_id": "s", "tool_name": "Bash"}
    payload = json.dumps({**told, "tool_use_id": name}).encode()
    subprocess.run([PROGRAM, "hook", "--kind", "claude", "--wait"], input=payload, check=True)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what a process behind the prompt does; the test's own time limit ends it."""
    while not condition():
        time.sleep(0.01)


def cache(**fields: Any) -> Cache:  # noqa: ANN401 - the fields' own types
    """Make a cache of today that is as new as can be."""
    now_ms = time.time_ns() // 1_000_000
    usual = {
        "until_ms": now_ms + 3_600_000,
        "last_ms": now_ms - 185_000,
        "calls": "1.23K",
        "tokens": "20.6M",
        "cost": "$1.20+?",
        "database": here().database,
        "spool": here().spool,
        "marks": status_line.change_marks(here().database, here().spool),
    }
    return Cache(**{**usual, **fields})


@pytest.fixture
def asked(flux_home: Path) -> Path:
    """The file whose time tells when new figures were last asked for."""
    return Path(f"{cache_path(here())}.asked")


@pytest.mark.parametrize(
    ("age_s", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (172_799, "47h"),
        (172_800, "2d"),
        (40 * 86_400, "40d"),
    ],
)
def test_an_age_is_one_number_and_one_letter(age_s: float, text: str) -> None:
    """A prompt has no room for more; a clock that went back makes no age of less than nothing."""
    assert age_text(age_s) == text


def test_a_format_fills_in_what_it_names(flux_home: Path) -> None:
    """All else stays as it is: braces are no language of their own."""
    one = cache(last_ms=1_000)
    wanted = "[{calls}|{tokens}|{cost}|{age}] {x} {} {0.__class__} %"
    expected = "[1.23K|20.6M|$1.20+?|9s] {x} {} {0.__class__} %"
    assert build_line(one, wanted, 10.5) == expected


def test_the_line_is_printed_from_the_cache(asked: Path) -> None:
    """The age is counted now; nothing new is asked for, as nothing has changed."""
    status_line.write_cache(here(), cache())
    assert prompt() == (0, b"1.23K calls, 20.6M tokens, $1.20+?, 3m ago\n", b"")
    assert prompt("--format", "{age} {calls}") == (0, b"3m 1.23K\n", b"")
    assert prompt("--format={cost}", "--json", "junk", "-x") == (0, b"$1.20+?\n", b"")
    assert not asked.exists()


def test_yesterdays_figures_are_never_shown_as_todays(asked: Path) -> None:
    """At midnight the line goes, until the new day is counted."""
    now_ms = time.time_ns() // 1_000_000
    status_line.write_cache(here(), cache(until_ms=now_ms - 1))
    assert prompt() == NOTHING
    assert asked.exists()


@pytest.mark.parametrize("what", ["spool/new/one", "events.db", "events.db-wal"])
def test_a_change_has_the_figures_worked_out_anew(asked: Path, flux_home: Path, what: str) -> None:
    """The old ones are shown meanwhile, as nobody waits for a prompt."""
    status_line.write_cache(here(), cache())
    path = flux_home / what
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert prompt()[1].startswith(b"1.23K calls")
    assert asked.exists()


@pytest.mark.parametrize("seconds", [-301, 3_600], ids=["old", "of a clock that was set back"])
def test_old_figures_are_worked_out_anew(asked: Path, seconds: int) -> None:
    """Session files change without a sign of it."""
    status_line.write_cache(here(), cache())
    then = time.time() + seconds
    os.utime(cache_path(here()), (then, then))
    assert prompt()[1].startswith(b"1.23K calls")
    assert asked.exists()


def test_new_figures_are_asked_for_once_in_a_while(asked: Path) -> None:
    """An agent at work changes the spool between any two prompts."""
    asked.parent.mkdir(parents=True)
    asked.touch()
    before = asked.stat().st_mtime_ns
    assert prompt() == NOTHING
    assert asked.stat().st_mtime_ns == before


def test_the_first_prompt_asks_and_a_later_one_answers(flux_home: Path) -> None:
    """Nothing is known at first; then what hooks have recorded is there, with nobody's help."""
    hook("one")
    assert prompt() == NOTHING
    wait_until(lambda: os.path.exists(cache_path(here())))
    assert prompt()[1].startswith(b"1 calls, 0 tokens, $0.00, ")
    assert os.stat(cache_path(here())).st_mode & 0o077 == 0


def test_a_drain_behind_a_hook_keeps_what_is_looked_at_fresh(asked: Path) -> None:
    """The first prompt after an agent's work shows that work."""
    status_line.write_cache(here(), cache())
    path = cache_path(here())
    os.utime(path, (1, 1))
    hook("one")
    assert os.stat(path).st_mtime == 1  # nobody looks at it
    asked.touch()
    hook("two")
    wait_until(lambda: os.stat(path).st_mtime != 1)
    assert prompt()[1].startswith(b"2 calls, ")


def test_another_database_has_a_cache_of_its_own(
    flux_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two shells with two databases do not show each other's figures."""
    status_line.write_cache(here(), cache())
    monkeypatch.setenv("FLUXMIRROR_DB", str(flux_home / "other.db"))
    assert prompt() == NOTHING


BROKEN = {
    "empty": b"",
    "junk": b"\xff\x00" * 1000,
    "half": b"fluxmirror-status/1\t1\t2",
    "no numbers": b"fluxmirror-status/1\tx\ty\t1\t2\t3\t4\t5\t6\t\n",
    "of another version": b"fluxmirror-status/9\t9\t9\t1\t2\t3\t4\t5\t6\t\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_cache_is_no_cache(asked: Path, content: bytes) -> None:
    """It is made anew, and nothing is said."""
    Path(here().cache).mkdir(parents=True)
    Path(cache_path(here())).write_bytes(content)
    assert prompt() == NOTHING
    wait_until(lambda: status_line.read_cache(here()))


def test_places_that_cannot_be_used_go_unnoticed(
    flux_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in place of the directory; a directory in place of the cache; no home at all."""
    flux_home.write_text("", encoding="utf-8")
    assert prompt() == NOTHING
    flux_home.unlink()
    os.makedirs(cache_path(here()))
    assert prompt() == NOTHING
    for name in ("FLUXMIRROR_HOME", "HOME", "USERPROFILE"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/x")
    assert prompt() == NOTHING


@pytest.mark.skipif(sys.platform == "win32", reason="FIFOs are POSIX's")
def test_what_is_no_file_keeps_no_prompt_waiting(flux_home: Path) -> None:
    """Opening a FIFO for reading waits for a writer."""
    Path(here().cache).mkdir(parents=True)
    os.mkfifo(cache_path(here()))
    assert prompt() == NOTHING


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are POSIX's")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"])
def test_closed_descriptors_go_unnoticed(asked: Path, closed: str) -> None:
    """Exit 0, whoever listens."""
    status_line.write_cache(here(), cache())
    done = subprocess.run(
        ["sh", "-c", f'"$1" status --prompt {closed}', "sh", PROGRAM],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_is_not_waited_for(asked: Path) -> None:
    """Claude Code writes JSON to its status line, a terminal writes nothing and stays open."""
    status_line.write_cache(here(), cache())
    ours, theirs = os.pipe()
    try:
        done = subprocess.run(
            [PROGRAM, "status", "--prompt"], stdin=ours, capture_output=True, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.stdout.startswith(b"1.23K calls")


def test_a_path_that_no_line_can_hold_is_refused(flux_home: Path) -> None:
    """Rather than a cache that is read as something else."""
    with pytest.raises(ValueError, match="tab"):
        status_line.write_cache(here(), cache(database="/a\tb"))
    assert not os.path.exists(cache_path(here()))


def test_the_road_of_a_prompt_loads_nothing_else(asked: Path) -> None:
    """No click, no json, no typing, no SQLite: a prompt waits for it."""
    status_line.write_cache(here(), cache())
    code = (
        "import sys; old = set(sys.modules); "
        "import fluxmirror_cli.entry, fluxmirror_cli.status.line as s; s.run([]); "
        "print(*set(sys.modules) - old)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.splitlines()[-1].split()) - {"errno"} == {
        "__future__",
        "fluxmirror_cli",
        "fluxmirror_cli.entry",
        "fluxmirror_cli.output",
        "fluxmirror_cli.own_command",
        "fluxmirror_cli.status",
        "fluxmirror_cli.status.line",
        "fluxmirror_core",
        "fluxmirror_core.paths",
        "fluxmirror_core.private",
    }


def test_help_is_help(flux_home: Path) -> None:
    """Also beside `--prompt`, and with both of them in it."""
    code, told, _ = prompt("--help")
    assert code == 0
    assert b"--prompt" in told
