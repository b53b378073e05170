"""The archive through kills, vanishing files and files that grow: never half a copy, never less."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "transcripts" / "claude" / "subagent"
ARCHIVE = "from fluxmirror_cli.commands.archive import command; command()"
KILLER = """
import functools, os, sqlite3, sys
sys.path.insert(0, sys.argv[1])
from killing import Steps
from fluxmirror_core.paths import here
from fluxmirror_store.archiving.run import archive_session_files
from fluxmirror_store.importing.session_files import find_session_files

def archive(last, pipe):
    code = 1
    try:
        steps = Steps(last, pipe)
        for name in ("unlink", "replace", "mkdir", "open", "fsync"):
            setattr(os, name, steps.counted(getattr(os, name)))
        sqlite3.connect = functools.partial(sqlite3.connect, factory=steps.connection())
        archive_session_files(here(), find_session_files(os.environ), os.environ)
        code = 0
    finally:
        os._exit(code)

for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        archive(int(line), writer)
    os.close(writer)
    step = os.read(reader, 200).decode()
    os.close(reader)
    _, status = os.waitpid(child, 0)
    print(f"killed before {step}" if os.WIFSIGNALED(status) else f"done {status}", flush=True)
"""
"""Archives that kill themselves before their n-th step; see `killing.py`."""


def environment(home: Path) -> dict[str, str]:
    """What a process of a person with this home sees."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "USERPROFILE": str(home),
        "FLUXMIRROR_HOME": str(home / "flux"),
        "PYTHONUTF8": "1",
    }


def archive(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror archive` to its end."""
    return subprocess.run(
        [sys.executable, "-c", ARCHIVE, *arguments],
        env=environment(home),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def read_session_files(home: Path, *arguments: str) -> dict[str, Any]:
    """Run the installed `fluxmirror import`; what it tells."""
    program = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert program is not None
    told = subprocess.check_output(
        [program, "import", "--json", *arguments], env=environment(home), encoding="utf-8"
    )
    facts: dict[str, Any] = json.loads(told)
    return facts


def write(path: Path, content: bytes) -> None:
    """Write a file, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def session(home: Path, number: int) -> Path:
    """Name a session file of Claude Code."""
    return home / ".claude" / "projects" / "-srv-app" / f"s{number}.jsonl"


def copies(home: Path) -> dict[str, bytes]:
    """Everything that has a copy's name, unpacked; fails for half a copy."""
    directory = home / "flux" / "archive"
    return {
        path.name: gzip.decompress(path.read_bytes()) for path in sorted(directory.rglob("*.gz"))
    }


def assert_complete(home: Path) -> None:
    """After one more run everything is archived, whole, and nothing else lies there."""
    assert archive(home).returncode == 0
    files = {
        f"{path.name}.gz": path.read_bytes()
        for path in (home / ".claude" / "projects").rglob("*.jsonl")
    }
    assert copies(home) == files
    verified = archive(home, "verify")
    assert verified.stdout == f"{len(files)} copies, all whole\n"
    assert verified.returncode == 0


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[int], str]]:
    """Archive `tmp_path`, killed before the n-th step; what it died of."""
    command = [sys.executable, "-c", KILLER, str(Path(__file__).parent)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment(tmp_path),
    ) as process:

        def kill(step: int) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            return process.stdout.readline().rstrip()

        yield kill


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kill_before_every_step_leaves_whole_copies(
    tmp_path: Path, killer: Callable[[int], str]
) -> None:
    """One file is new, one has grown, one was written anew: each copy is the old or the new one."""
    old = [b'{"old":%d}\n' % number for number in range(2)]
    for number, content in enumerate(old):
        write(session(tmp_path, number), content)
    assert killer(-1) == "done 0"
    shutil.copytree(tmp_path / "flux", tmp_path / "kept")
    new = [old[0] + b"{}\n", b"anew\n", b"first\n"]
    for number, content in enumerate(new):
        write(session(tmp_path, number), content)
    allowed = {
        "s0.jsonl.gz": {old[0], new[0]},
        "s1.jsonl.gz": {old[1]},
        "s1.jsonl~2.gz": {new[1]},
        "s2.jsonl.gz": {new[2]},
    }
    died_before = [""]
    while not died_before[-1].startswith("done"):
        shutil.rmtree(tmp_path / "flux")
        shutil.copytree(tmp_path / "kept", tmp_path / "flux")
        died_before.append(killer(len(died_before)))
        assert all(content in allowed[name] for name, content in copies(tmp_path).items())
        assert copies(tmp_path).keys() >= {"s0.jsonl.gz", "s1.jsonl.gz"}
        assert killer(-1) == "done 0"
        assert copies(tmp_path) == {
            "s0.jsonl.gz": new[0],
            "s1.jsonl.gz": old[1],
            "s1.jsonl~2.gz": new[1],
            "s2.jsonl.gz": new[2],
        }
        assert not list((tmp_path / "flux" / "archive").glob("*.part"))
    assert died_before[-1] == "done 0"
    steps = [died.removeprefix("killed before ") for died in died_before]
    assert min(steps.count("replace"), steps.count("fsync")) >= 3


def test_kill_at_random_moments_leaves_whole_copies(tmp_path: Path) -> None:
    """The command, killed from outside again and again; then it completes."""
    chance = random.Random(5)  # noqa: S311 - any moment will do
    for number in range(60):
        write(session(tmp_path, number), chance.randbytes(300_000))
    for _ in range(6):
        with subprocess.Popen([sys.executable, "-c", ARCHIVE], env=environment(tmp_path)) as run:
            try:
                run.wait(chance.uniform(0.2, 1))
            except subprocess.TimeoutExpired:
                run.kill()
        for name, content in copies(tmp_path).items():
            assert content == session(tmp_path, int(name[1:-9])).read_bytes()
    assert_complete(tmp_path)


def stored_rows(home: Path) -> list[tuple[Any, ...]]:
    """What the database tells of responses and calls."""
    with closing(sqlite3.connect(home / "flux" / "events.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        responses = db.execute("SELECT * FROM agent_responses ORDER BY id").fetchall()
        return responses + db.execute("SELECT * FROM agent_events ORDER BY id").fetchall()


def test_vanished_source_loses_nothing(tmp_path: Path) -> None:
    """Its rows stay, also through a full import; its copy gives back every byte, and no row twice.

    Claude Code deletes its session files after thirty days.
    """
    shutil.copytree(RECORDED, tmp_path, dirs_exist_ok=True)
    projects = tmp_path / ".claude" / "projects"
    files = {path: path.read_bytes() for path in projects.rglob("*.json*")}
    assert {path.suffix for path in files} == {".json", ".jsonl"}, "companions are among them"
    told = read_session_files(tmp_path)
    assert told["new_responses"] > 0
    before = stored_rows(tmp_path)
    assert archive(tmp_path).returncode == 0
    shutil.rmtree(projects)
    projects.mkdir()
    assert read_session_files(tmp_path, "--full")["new_responses"] == 0
    assert stored_rows(tmp_path) == before
    assert archive(tmp_path).stdout == "nothing new to copy\n"
    (main,) = (path for path in files if path.parent.parent == projects)
    restored = archive(tmp_path, "restore", main.stem, "--to", str(tmp_path / ".claude"))
    assert restored.returncode == 0
    assert {path: path.read_bytes() for path in projects.rglob("*") if path.is_file()} == files
    assert read_session_files(tmp_path, "--full")["new_responses"] == 0
    assert stored_rows(tmp_path) == before


def test_damage_is_found_by_verify(tmp_path: Path) -> None:
    """One bit in one of the copies: it is named, the others are whole."""
    for number in range(3):
        write(session(tmp_path, number), b'{"number":%d}\n' % number * 1000)
    archive(tmp_path)
    copy = next((tmp_path / "flux" / "archive").rglob("s1.jsonl.gz"))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    verified = archive(tmp_path, "verify")
    assert verified.returncode == 1
    lines = verified.stdout.splitlines()
    assert lines[0].startswith("damaged: claude-code/projects/-srv-app/s1.jsonl.gz: ")
    assert lines[1] == "1 copy damaged, 2 whole"
    assert_complete(tmp_path)


def test_growing_file_is_copied_up_to_what_was_there(tmp_path: Path) -> None:
    """An agent writes on while it is copied: a beginning of the file, and next time more of it."""
    path = session(tmp_path, 0)
    write(path, os.urandom(8_000_000))
    append = (
        "import os, sys, time\n"
        "with open(sys.argv[1], 'ab', 0) as file:\n"
        "    while os.path.exists(sys.argv[2]):\n"
        "        file.write(os.urandom(4096))\n"
        "        time.sleep(0.001)\n"
    )
    flag = tmp_path / "go on"
    flag.touch()
    sizes = [0]
    with subprocess.Popen([sys.executable, "-c", append, str(path), str(flag)]) as writer:
        try:
            while path.stat().st_size == 8_000_000:
                time.sleep(0.01)
            for _ in range(3):
                assert archive(tmp_path).stdout.startswith("1 session file copied")
                (content,) = copies(tmp_path).values()
                assert path.read_bytes().startswith(content)
                sizes.append(len(content))
        finally:
            flag.unlink()
            writer.wait()
    assert sizes == sorted(set(sizes))
    assert archive(tmp_path).returncode == 0
    assert copies(tmp_path) == {"s0.jsonl.gz": path.read_bytes()}
