"""`fluxmirror hook` as an agent runs it: the installed command, real processes, bad days."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_cli.command_table import COMMANDS, VERSION
from fluxmirror_core import journal
from fluxmirror_store.spool_reader import new_path, oldest, read, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_store.spool_reader import Spooled

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
PAYLOAD = b'{"hook_event_name": "Stop", "session_id": "s", "secret": "sk-hush"}'
HELD_DRAIN = """
import json, os, sys, types

def run_quietly(places, settings):
    told = {"session": os.getsid(0), "spool": places.spool, "files": {
        fd: os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{fd}")}}
    with open(os.environ["TOLD"], "w") as file:
        json.dump(told, file)
    with open(os.environ["LEAVE"]) as file:
        file.read()

sys.modules["fluxmirror_store.drain"] = types.SimpleNamespace(run_quietly=run_quietly)
"""
FAILING_DRAIN = """
import sys, types

def run_quietly(places, settings):
    raise RuntimeError("sk-hush")

sys.modules["fluxmirror_store.drain"] = types.SimpleNamespace(run_quietly=run_quietly)
"""
NO_DRAIN = """
import sys, types

sys.modules["fluxmirror_store.drain"] = types.SimpleNamespace(run_quietly=print)
"""


@pytest.fixture
def early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Code that every interpreter of the test runs first: a drain that does nothing."""
    directory = tmp_path / "early"
    directory.mkdir()
    file = directory / "sitecustomize.py"
    file.write_text(NO_DRAIN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(directory))
    return file


@pytest.fixture
def spool(flux_home: Path, early: Path) -> str:
    """The spool, not made yet; nothing drains it."""
    return str(flux_home / "spool")


def hook(*arguments: str, payload: bytes = PAYLOAD, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401 - subprocess.run's own
    """Run the hook; exit code, and what came on either stream."""
    done = subprocess.run(
        [PROGRAM, "hook", *arguments],
        input=payload,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )
    return done.returncode, done.stdout


def events(spool: str) -> list[Spooled]:
    """Everything that waits in the spool."""
    return [read(new_path(spool, waiting.name)) for waiting in oldest(spool, 1000)]


def log_lines(flux_home: Path) -> list[str]:
    """The hook's lines in the journal."""
    path = flux_home / "logs" / journal.NAME
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what a detached process does; the test's own time limit ends it."""
    while not condition():
        time.sleep(0.01)


def loaded_by(code: str) -> set[str]:
    """Names of the modules that `code` loads into a fresh interpreter."""
    probe = f"import sys; old = set(sys.modules); {code}; print(*set(sys.modules) - old)"
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


# The road


ROAD = {
    "__future__",
    "fluxmirror_cli",
    "fluxmirror_cli.entry",
    "fluxmirror_cli.hook",
    "fluxmirror_core",
    "fluxmirror_core.paths",
    "fluxmirror_core.private",
    "fluxmirror_store",
    "fluxmirror_store.spool",
}


def test_hook_loads_only_the_road(tmp_path: Path) -> None:
    """Its modules and what a bare interpreter has anyway: no json, no re, not even typing."""
    code = (
        "import fluxmirror_cli.entry, fluxmirror_cli.hook; "
        f"fluxmirror_cli.hook.put({str(tmp_path / 'spool')!r}, b'x', ('claude', 'Stop'), {{}})"
    )
    assert loaded_by(code) == ROAD


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_the_cheap_answers_are_given_without_click(argument: str) -> None:
    """The version is no reason to load a command line."""
    code = f"sys.argv = ['fluxmirror', '{argument}']; import fluxmirror_cli.entry as e; e.main()"
    wanted = {
        "__future__",
        "fluxmirror_cli",
        "fluxmirror_cli.entry",
        "fluxmirror_cli.command_table",
    }
    loaded = loaded_by(f"{code}; print()")
    assert wanted <= loaded
    assert not loaded & {"click", "typing", "fluxmirror_cli.app", "importlib.metadata"}


# What is recorded


WORDS = {
    "kind and event": (("--kind", "claude", "--event", "Stop"), ("claude", "Stop")),
    "with equals signs": (("--kind=qwen", "--event=Stop"), ("qwen", "Stop")),
    "kind alone": (("--kind", "gemini"), ("gemini",)),
    "nothing": ((), ()),
    "event alone": (("--event", "Stop"), ("claude", "Stop")),
    "an unknown kind": (("--kind", "no-such"), ("no-such",)),
    "no value": (("--kind",), ()),
    "unknown options": (("--junk", "--kind", "codex", "-x", "--db=/x", "what"), ("codex",)),
    "help among others": (("--help", "--kind", "codex"), ("codex",)),
    "a value with a newline": (("--kind", "cla\nude", "--event", "Stop"), ("Stop",)),
    "twice": (("--kind", "a", "--kind", "b"), ("b",)),
}


@pytest.mark.parametrize(("arguments", "words"), WORDS.values(), ids=WORDS)
def test_arguments_become_words_and_never_a_complaint(
    spool: str, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Agents treat an exit code of 2 as feedback to the model: there is none."""
    assert hook(*arguments) == (0, b"")
    (event,) = events(spool)
    assert (event.words, event.payload, event.complete) == (words, PAYLOAD, True)


@pytest.mark.parametrize("payload", [b"", b"\xff\0\n", b"{", os.urandom(20 << 20)], ids=len)
def test_any_bytes_are_kept(spool: str, payload: bytes) -> None:
    """Empty, no UTF-8, no JSON, twenty megabytes."""
    assert hook("--kind=claude", payload=payload) == (0, b"")
    assert [event.payload for event in events(spool)] == [payload]


def test_only_named_variables_are_told(spool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest may hold API keys."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-hush")
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", "/srv/shop")
    assert hook() == (0, b"")
    assert events(spool)[0].env == {"CLAUDE_PROJECT_DIR": "/srv/shop"}


def test_a_full_spool_refuses_and_counts(spool: str) -> None:
    """Exit 0 and silence all the same."""
    os.makedirs(spool)
    Path(spool, "full").touch()
    assert hook() == (0, b"")
    assert status(spool)[:1] + status(spool)[4:5] == (0, 1)


# Bad days


def break_home(home: Path) -> None:
    """A file where the directory should be."""
    home.write_text("", encoding="utf-8")


def break_spool(home: Path) -> None:
    """A file where the spool should be; the log still has its place."""
    home.mkdir()
    (home / "spool").write_text("", encoding="utf-8")


@pytest.mark.parametrize("spoil", [break_home, break_spool])
def test_unwritable_places_go_unnoticed(
    spool: str, flux_home: Path, spoil: Callable[[Path], None]
) -> None:
    """The agent sees nothing; the log says what kind of failure, and nothing of the payload."""
    spoil(flux_home)
    assert hook("--kind=claude", payload=PAYLOAD * 50_000) == (0, b"")
    if spoil is break_spool:
        (line,) = log_lines(flux_home)
        assert "NotADirectoryError 20 in spool.py:" in line
        assert "hush" not in line


@pytest.mark.parametrize("failure", ["ImportError", "SystemExit(3)", "KeyboardInterrupt", "1 / 0"])
@pytest.mark.parametrize("module", ["fluxmirror_store", "fluxmirror_core"])
def test_a_broken_installation_goes_unnoticed(
    spool: str, flux_home: Path, early: Path, module: str, failure: str
) -> None:
    """Import errors are under the guard as well, and whatever else an import can raise."""
    statement = failure if "/" in failure else f"raise {failure}"
    (early.parent / f"{module}.py").write_text(statement, encoding="utf-8")
    assert hook("--kind=claude") == (0, b"")
    if module != "fluxmirror_core":  # which knows where the log is
        name = "ZeroDivisionError" if "/" in failure else failure.partition("(")[0]
        (line,) = log_lines(flux_home)
        assert f" hook {name} in fluxmirror_store.py:1" in line


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_descriptors_go_unnoticed(spool: str, flux_home: Path, closed: str) -> None:
    """Without stdin there is nothing to record, and that is noted."""
    command = ["sh", "-c", f'"$0" hook --kind claude {closed}', PROGRAM]
    done = subprocess.run(command, input=PAYLOAD, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    without_stdin = "<" in closed
    assert len(events(spool)) == (0 if without_stdin else 1)
    assert len(log_lines(flux_home)) == (1 if without_stdin else 0)


def test_a_working_directory_that_is_gone_goes_unnoticed(spool: str, tmp_path: Path) -> None:
    """An agent may delete the directory it works in."""
    gone = tmp_path / "gone"
    gone.mkdir()
    command = ["sh", "-c", 'cd "$1" && rmdir "$1" && exec "$0" hook', PROGRAM, str(gone)]
    done = subprocess.run(command, input=PAYLOAD, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(events(spool)) == 1


def test_a_failing_drain_goes_unnoticed(spool: str, flux_home: Path, early: Path) -> None:
    """With --wait and without; nothing of the message is written down."""
    early.write_text(FAILING_DRAIN, encoding="utf-8")
    assert hook("--wait") == (0, b"")
    assert hook() == (0, b"")
    wait_until(lambda: len(log_lines(flux_home)) == 2)
    assert all(" hook RuntimeError in sitecustomize.py:" in line for line in log_lines(flux_home))
    assert len(events(spool)) == 2


# The drain behind it


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_drain_holds_nothing_of_the_agents(
    spool: str, early: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session of its own; the hook returns, its pipes closed, while the drain still runs."""
    early.write_text(HELD_DRAIN, encoding="utf-8")
    for name in ("TOLD", "LEAVE"):
        os.mkfifo(tmp_path / name)
        monkeypatch.setenv(name, str(tmp_path / name))
    ours, theirs = os.pipe()
    assert hook(pass_fds=[theirs]) == (0, b"")
    os.close(theirs)
    assert os.read(ours, 1) == b""
    os.close(ours)
    told = json.loads((tmp_path / "TOLD").read_text(encoding="utf-8"))
    (tmp_path / "LEAVE").write_text("", encoding="utf-8")
    assert told["session"] != os.getsid(0)
    assert told["spool"] == spool
    assert set(told["files"].values()) == {"/dev/null"}


def count_rows(flux_home: Path) -> int:
    """Events in the database."""
    with contextlib.closing(sqlite3.connect(flux_home / "events.db")) as db:
        count: int = db.execute("SELECT count(*) FROM event").fetchone()[
            0
        ]  # a test may look inside
        return count


def payload_of(session: str) -> bytes:
    """A prompt of a session of its own."""
    told = {"hook_event_name": "UserPromptSubmit", "session_id": session, "prompt": "hello"}
    return json.dumps(told | {"cwd": "/srv/shop"}).encode()


def test_with_wait_the_event_is_in_the_database_on_return(flux_home: Path) -> None:
    """The spool is empty then."""
    assert hook("--kind=claude", "--wait", payload=payload_of("s")) == (0, b"")
    assert status(str(flux_home / "spool")).waiting == 0
    assert count_rows(flux_home) == 1


@pytest.mark.slow
def test_sixteen_parallel_first_calls_are_sixteen_rows(flux_home: Path) -> None:
    """No database, no spool, no directory: nothing is lost in the race for them."""
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(
            lambda number: hook("--kind=claude", "--wait", payload=payload_of(str(number))),
            range(16),
        )
        assert set(answers) == {(0, b"")}
    subprocess.run([PROGRAM, "drain"], check=True, capture_output=True)
    assert count_rows(flux_home) == 16
    assert log_lines(flux_home) == []


# What the command says about itself


def fluxmirror(*arguments: str) -> str:
    """Standard output of a command that succeeds."""
    command = [PROGRAM, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_version_is_the_installed_one() -> None:
    """The constant in the code and the metadata of the package."""
    assert fluxmirror("--version") == f"fluxmirror {importlib.metadata.version('fluxmirror')}\n"
    assert importlib.metadata.version("fluxmirror") == VERSION


def test_help_names_every_command_and_is_what_click_shows() -> None:
    """`-h` is answered by click, `--help` without it."""
    answer = fluxmirror("--help")
    assert all(f"  {name} " in answer and text in answer for name, _, text in COMMANDS)
    assert answer == fluxmirror("-h")
    assert max(map(len, answer.splitlines())) <= 80


def test_help_of_the_hook_is_help() -> None:
    """A person asks; an agent never registers that."""
    assert "--kind" in fluxmirror("hook", "--help")
