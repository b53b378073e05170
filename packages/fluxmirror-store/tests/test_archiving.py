"""Copies of session files hold what the files held, whatever becomes of the files."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import NoDataError, StoreError, UsageError
from fluxmirror_store.archiving.archive import known_copies, open_archive
from fluxmirror_store.archiving.names import archive_directory
from fluxmirror_store.archiving.restoring import restore_copies
from fluxmirror_store.archiving.rows import load_copies
from fluxmirror_store.archiving.run import archive_session_files, files_to_archive
from fluxmirror_store.archiving.upkeep import prune_copies, verify_copies
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places
    from fluxmirror_core.pricing import Price
    from fluxmirror_store.archiving.run import Archived

    Archive = Callable[[], Archived]

CLAUDE = ".claude/projects/-srv-app"
FAR_MS = 4_000_000_000_000


@pytest.fixture
def archive(places: Places, home: Path) -> Archive:
    """Archive what lies in the home."""

    def run() -> Archived:
        env = {"HOME": str(home)}
        return archive_session_files(places, find_session_files(env), env)

    return run


@pytest.fixture
def session(home: Path) -> Path:
    """A session file of Claude Code, of two lines."""
    return write(home / CLAUDE / "s1.jsonl", b'{"a":1}\n{"b":2}\n')


class NoPrices:
    """Knows no price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a book's
        """Give none."""
        return None


def write(path: Path, content: bytes) -> Path:
    """Write a file, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def stored(places: Places) -> dict[str, bytes]:
    """Every file in the archive, unpacked, by path below it."""
    directory = Path(archive_directory(places))
    return {
        path.relative_to(directory).as_posix(): gzip.decompress(path.read_bytes())
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_copies_mirror_the_agents_directories(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """Readable names, below the agent's id; what was found is said."""
    write(home / ".codex/sessions/2026/01/02/rollout-1-x.jsonl", b"{}\n")
    archived = archive()
    assert (archived.files, archived.bytes, archived.unchanged) == (2, 19, 0)
    assert stored(places) == {
        "claude-code/projects/-srv-app/s1.jsonl.gz": session.read_bytes(),
        "codex-cli/sessions/2026/01/02/rollout-1-x.jsonl.gz": b"{}\n",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not Windows'")
def test_nobody_else_can_read_copies(
    places: Places, session: Path, archive: Archive, no_umask: None
) -> None:
    """They hold what the sessions held, secrets included."""
    archive()
    for folder, _, names in os.walk(archive_directory(places)):
        assert os.stat(folder).st_mode & 0o777 == 0o700
        for name in names:
            assert os.stat(os.path.join(folder, name)).st_mode & 0o777 == 0o600


def test_same_content_gives_the_same_bytes(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """Under another name, at another time: nothing of them is in the copy."""
    other = write(home / CLAUDE / "other.jsonl", session.read_bytes())
    os.utime(other, ns=(1, 1))
    archive()
    one, two = (
        os.path.join(archive_directory(places), *copy.path.split("/"))
        for copy in known_copies(places)
    )
    with open(one, "rb") as first, open(two, "rb") as second:
        assert first.read() == second.read()


def test_unchanged_files_are_not_copied_again(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """The second call writes nothing."""
    archive()
    (before,) = known_copies(places)
    again = archive()
    assert (again.files, again.unchanged) == (0, 1)
    assert known_copies(places) == [before]
    found = find_session_files({"HOME": str(home)})
    assert files_to_archive(places, found) == []


def test_grown_file_replaces_its_copy(places: Places, session: Path, archive: Archive) -> None:
    """All that the old copy held is in the new one."""
    archive()
    with session.open("ab") as file:
        file.write(b'{"c":3}\n')
    assert archive().files == 1
    assert list(stored(places).values()) == [session.read_bytes()]


@pytest.mark.parametrize("now", [b"{}\n", b'{"a":9}\n{"b":2}\n', b'{"a":9}\n{"b":2}\n{"c":3}\n'])
def test_rewritten_file_keeps_its_older_copy(
    places: Places, session: Path, archive: Archive, now: bytes
) -> None:
    """Shorter, as long, or longer: what is nowhere else any more stays; it goes on from there."""
    before = session.read_bytes()
    archive()
    session.write_bytes(now)
    os.utime(session, ns=(1, 1))
    archive()
    path = "claude-code/projects/-srv-app/s1.jsonl"
    assert stored(places) == {f"{path}.gz": before, f"{path}~2.gz": now}
    session.write_bytes(now + b"{}\n")
    archive()
    assert stored(places) == {f"{path}.gz": before, f"{path}~2.gz": now + b"{}\n"}


def test_copy_of_a_file_that_is_gone_stays(places: Places, session: Path, archive: Archive) -> None:
    """That is what it is for."""
    content = session.read_bytes()
    archive()
    session.unlink()
    assert archive().files == 0
    assert list(stored(places).values()) == [content]
    (copy,) = known_copies(places)
    assert copy.gone_ms is not None


def test_moved_file_is_still_the_same(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """Agents move sessions into folders of their own: of one that was read a copy is enough."""
    found = find_session_files({"HOME": str(home)})
    import_session_files(places, Settings(), found, NoPrices(), Wanted())
    archive()
    session.rename(session.with_name("s2.jsonl"))
    archived = archive()
    assert (archived.files, archived.unchanged) == (0, 1)
    assert [copy.source for copy in known_copies(places)] == [str(session.with_name("s2.jsonl"))]


def test_names_that_are_one_elsewhere_are_kept_apart(
    places: Places, home: Path, archive: Archive
) -> None:
    """`A` and `a` are one file on other systems; `?` is none there, `con` a device."""
    if sys.platform != "linux":
        pytest.skip("these names cannot be made here")
    for name in ("A.jsonl", "a.jsonl", "a?.jsonl", "a:.jsonl", "con.jsonl", f"{'é' * 120}.jsonl"):
        write(home / CLAUDE / name, name.encode())
    assert archive().files == 6
    folder = "claude-code/projects/-srv-app"
    found = stored(places)
    assert found[f"{folder}/A.jsonl.gz"] == b"A.jsonl"
    assert found[f"{folder}/a.jsonl~2.gz"] == b"a.jsonl"
    assert {f"{folder}/a_.jsonl.gz", f"{folder}/a_.jsonl~2.gz"} < found.keys()
    assert found[f"{folder}/_con.jsonl.gz"] == b"con.jsonl"
    assert all(len(os.fsencode(path.rpartition("/")[2])) <= 255 for path in found)
    assert archive().unchanged == 6


def test_unreadable_file_is_counted_and_the_rest_is_copied(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """A folder that leads into itself cannot be looked into."""
    os.symlink("loop", home / ".claude/projects/loop")
    archived = archive()
    assert archived.files == 1
    assert [agent for agent, _ in archived.problems] == ["claude-code"]


def test_restored_file_is_not_copied_again(places: Places, session: Path, archive: Archive) -> None:
    """It has another time and holds what its copy does: that is noted."""
    archive()
    (before,) = known_copies(places)
    os.utime(session, ns=(1, 1))
    archived = archive()
    assert (archived.files, archived.unchanged) == (0, 1)
    assert known_copies(places) == [before._replace(source_mtime_ns=1)]
    session.write_bytes(b'{"a":1}\n{"b":3}\n')
    assert archive().files == 1


def test_companions_go_with_their_session_files(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """Copied, given back, and in time deleted with them; only their last state is kept."""
    helper = write(home / CLAUDE / "s1/subagents/agent-7.jsonl", b"{}\n")
    told = write(helper.with_name("agent-7.meta.json"), b'{"agentType":"general-purpose"}')
    write(helper.with_name("agent-7.txt"), b"no companion\n")
    archived = archive()
    assert (archived.files, archived.companions) == (2, 1)
    told.write_bytes(b'{"finished":true}')
    again = archive()
    assert (again.files, again.companions, again.unchanged) == (0, 1, 2)
    path = "claude-code/projects/-srv-app/s1/subagents/agent-7.meta.json.gz"
    assert stored(places)[path] == told.read_bytes()
    assert str(told) in {copy.source for copy in known_copies(places)}
    restored = restore_copies(places, str(helper), str(home / "back")).files
    assert [os.path.basename(file.path) for file in restored] == [helper.name, told.name]
    shutil.rmtree(home / CLAUDE / "s1")
    archive()
    assert len(prune_copies(places, FAR_MS)) == 2
    assert len(stored(places)) == 1


def test_companion_that_sessions_share_is_one_file(
    places: Places, home: Path, archive: Archive
) -> None:
    """Gemini CLI notes once which directory the sessions of a folder are of."""
    folder = home / ".gemini/tmp/app"
    root = write(folder / ".project_root", b"/srv/app")
    for name in ("session-1.jsonl", "session-2.jsonl"):
        write(folder / "chats" / name, name.encode())
    archive()
    assert stored(places)["gemini-cli/tmp/app/.project_root.gz"] == root.read_bytes()
    for number in ("1", "2"):
        wanted = str(folder / "chats" / f"session-{number}.jsonl")
        assert len(restore_copies(places, wanted, str(home / number)).files) == 2
    assert archive().companions == 0


def opencode(home: Path) -> Path:
    """Where OpenCode's database is."""
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    return path


def test_database_is_copied_with_its_log(places: Places, home: Path, archive: Archive) -> None:
    """What OpenCode wrote last is in the log; nothing is written beside its files."""
    path = opencode(home)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE message (id)")
        db.execute("INSERT INTO message VALUES (1), (2)")
        before = sorted(os.listdir(path.parent))
        assert archive().files == 1
        assert sorted(os.listdir(path.parent)) == before
        assert archive().unchanged == 1
        db.execute("INSERT INTO message VALUES (3)")
        assert archive().files == 1
    (content,) = stored(places).values()
    copy = write(home / "copy.db", content)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM message").fetchone() == (3,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_settled_database_is_copied_byte_for_byte(
    places: Places, home: Path, archive: Archive
) -> None:
    """Without a log there is nothing to bring together."""
    path = opencode(home)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE message (id)")
    archive()
    assert list(stored(places).values()) == [path.read_bytes()]


def test_shrunk_database_keeps_its_older_copy(places: Places, home: Path, archive: Archive) -> None:
    """It is written all over, so growth replaces; one that lost something does not."""
    path = opencode(home)
    write(path, b"a" * 500)
    archive()
    write(path, b"b" * 600)
    archive()
    assert list(stored(places).values()) == [b"b" * 600]
    write(path, b"c" * 100)
    archive()
    assert sorted(stored(places).values()) == [b"b" * 600, b"c" * 100]


def test_archive_outlives_the_database(places: Places, session: Path, archive: Archive) -> None:
    """A new database takes the copies for what they are, and makes no second ones."""
    archive()
    shutil.rmtree(places.spool)
    for ending in ("", "-wal", "-shm"):
        if os.path.exists(places.database + ending):
            os.unlink(places.database + ending)
    archive()
    assert list(stored(places).values()) == [session.read_bytes()]
    assert len(known_copies(places)) == 1


def test_copy_that_another_database_knew_is_kept(
    places: Places, session: Path, archive: Archive
) -> None:
    """Also when the file was written anew since."""
    before = session.read_bytes()
    archive()
    with open_archive(places) as opened:
        opened.db.execute("DELETE FROM archive_copy")
    session.write_bytes(b"anew\n")
    archive()
    assert sorted(stored(places).values()) == sorted([before, b"anew\n"])
    assert verify_copies(places) == (2, [], [])


def damage(places: Places, copy_path: str) -> None:
    """Change one byte in the middle of a copy."""
    path = os.path.join(archive_directory(places), *copy_path.split("/"))
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0xFF]))


def test_damage_is_found_and_mended(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """As long as the file is there, its copy can be made anew."""
    write(home / CLAUDE / "s2.jsonl", b"{}\n")
    archive()
    assert verify_copies(places).whole == 2
    path = "claude-code/projects/-srv-app/s1.jsonl.gz"
    damage(places, path)
    os.unlink(os.path.join(archive_directory(places), "claude-code/projects/-srv-app/s2.jsonl.gz"))
    verified = verify_copies(places)
    assert verified.whole == 0
    assert {copy.path: str(reason) for copy, reason in verified.damaged} == {
        path: "it was cut or changed",
        "claude-code/projects/-srv-app/s2.jsonl.gz": "it is not there",
    }
    with pytest.raises(StoreError, match="is damaged"):
        restore_copies(places, "s1", str(home / "back"))
    assert [files for _, _, files in os.walk(home / "back") if files] == []
    assert archive().files == 2
    assert verify_copies(places) == (2, [], [])
    assert len(known_copies(places)) == 2


def test_whole_copy_of_something_else_is_damage_too(
    places: Places, session: Path, archive: Archive
) -> None:
    """A copy that somebody put there; and a file nobody knows is named."""
    archive()
    folder = os.path.join(archive_directory(places), "claude-code")
    with gzip.open(os.path.join(folder, "projects/-srv-app/s1.jsonl.gz"), "wb") as file:
        file.write(b"other")
    with open(os.path.join(folder, "stray"), "wb"):
        pass
    verified = verify_copies(places)
    assert [str(reason) for _, reason in verified.damaged] == ["it holds something else"]
    assert verified.unknown == [os.path.join("claude-code", "stray")]


def test_restore_gives_back_every_byte(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """By path, by session, by copy; subagents' files lie in a folder called by the session."""
    content = session.read_bytes()
    helper = write(home / CLAUDE / "s1/subagents/agent-7.jsonl", os.urandom(99_999))
    other = write(home / CLAUDE / "s10.jsonl", b"not asked for\n")
    archive()
    session.unlink()
    copy = os.path.join(archive_directory(places), *known_copies(places)[1].path.split("/"))
    for number, wanted in enumerate((str(session), "s1", copy)):
        restored = restore_copies(places, wanted, str(home / str(number)))
        assert all(os.path.exists(file.path) for file in restored.files)
    below = "projects/-srv-app"
    assert (home / "0" / below / "s1.jsonl").read_bytes() == content
    assert (home / "1" / below / "s1.jsonl").read_bytes() == content
    assert (home / "1" / below / "s1/subagents/agent-7.jsonl").read_bytes() == helper.read_bytes()
    assert not (home / "1" / below / other.name).exists()
    assert len([name for _, _, names in os.walk(home / "2") for name in names]) == 1


def told(session: str, tokens: int) -> bytes:
    """A line of Claude Code's: the response `m1` of a session, with so many tokens."""
    message = {"id": "m1", "usage": {"input_tokens": tokens}}
    line = {"type": "assistant", "sessionId": session, "message": message}
    return json.dumps({**line, "timestamp": "2026-01-02T03:04:05Z"}).encode() + b"\n"


def test_a_session_is_found_by_how_its_id_begins(
    places: Places, home: Path, archive: Archive
) -> None:
    """As long as no other begins so."""
    write(home / CLAUDE / "4f1c2b9e-45d1.jsonl", told("4f1c2b9e-45d1", 1))
    write(home / ".codex/sessions/2026/01/02/rollout-1-4f1c2bzz.jsonl", b"{}\n")
    archive()
    with pytest.raises(UsageError, match="may be any of 2 sessions: 4f1c2b9e-45d1, 4f1c2bzz"):
        restore_copies(places, "4f1c2b", str(home / "to"))
    with pytest.raises(NoDataError):
        restore_copies(places, "4f1c", str(home / "to"))
    (claude,) = restore_copies(places, "4f1c2b9", str(home / "to")).files
    (codex,) = restore_copies(places, "4f1c2bz", str(home / "to")).files
    assert (claude.copy.agent, codex.copy.agent) == ("claude-code", "codex-cli")


def test_a_file_that_tells_of_the_same_responses_comes_along_and_is_marked(
    places: Places, home: Path, archive: Archive
) -> None:
    """A fork repeats what its session had."""
    write(home / CLAUDE / "session-one.jsonl", told("session-one", 1))
    write(home / CLAUDE / "fork.jsonl", told("session-one", 2))
    found = find_session_files({"HOME": str(home)})
    import_session_files(places, Settings(), found, NoPrices(), Wanted())
    archive()
    files = restore_copies(places, "session-one", str(home / "to")).files
    shared = {os.path.basename(file.path): file.is_shared for file in files}
    assert shared == {"session-one.jsonl": False, "fork.jsonl": True}


def test_restore_writes_over_nothing(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """Neither over a file, nor through a link that leads out of the directory."""
    archive()
    with pytest.raises(StoreError, match="is there already"):
        restore_copies(places, "s1", str(home / ".claude"))
    (home / "to").mkdir()
    os.symlink(home / ".claude/projects", home / "to/projects")
    session.unlink()
    with pytest.raises(StoreError, match="a link leads out"):
        restore_copies(places, "s1", str(home / "to"))
    assert not session.exists()
    restore_copies(places, "s1", str(home / ".claude"))
    assert session.exists()


def test_much_is_restored_at_once(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """All, an agent's, or what lay in a folder; agents that are several are kept apart."""
    write(home / ".claude/projects/-srv-two/s2.jsonl", b"2\n")
    write(home / ".codex/sessions/2026/01/02/rollout-1-x.jsonl", b"{}\n")
    archive()

    def restored(number: int, wanted: str | None, agent: str | None = None) -> set[str]:
        directory = home / f"back-{number}"
        files = restore_copies(places, wanted, str(directory), agent).files
        return {Path(file.path).relative_to(directory).as_posix() for file in files}

    codex = "sessions/2026/01/02/rollout-1-x.jsonl"
    first, second = "projects/-srv-app/s1.jsonl", "projects/-srv-two/s2.jsonl"
    everything = {f"claude-code/{first}", f"claude-code/{second}", f"codex-cli/{codex}"}
    assert restored(1, None) == restored(2, str(home)) == everything
    assert restored(3, None, "codex-cli") == {codex}
    assert restored(4, str(home / ".claude/projects/-srv-two")) == {second}
    assert restored(5, str(home), "claude-code") == {first, second}
    assert restored(6, "claude-code/projects/-srv-app/s1.jsonl.gz") == {first}
    assert restored(7, "codex-cli/sessions") == {codex}
    with pytest.raises(NoDataError, match="of Qwen Code"):
        restored(8, None, "qwen-code")


def test_one_that_cannot_be_restored_holds_nothing_up(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """The others are; each reason is given."""
    write(home / CLAUDE / "s2.jsonl", b"2\n")
    write(home / CLAUDE / "s3.jsonl", b"3\n")
    archive()
    damage(places, "claude-code/projects/-srv-app/s1.jsonl.gz")
    write(home / "back/projects/-srv-app/s2.jsonl", b"mine\n")
    files, left = restore_copies(places, None, str(home / "back"))
    assert [os.path.basename(file.path) for file in files] == ["s3.jsonl"]
    assert ["damaged" in str(error) for error in left] == [True, False]
    assert (home / "back/projects/-srv-app/s2.jsonl").read_bytes() == b"mine\n"


def test_archive_of_nothing_is_no_data(places: Places, home: Path, archive: Archive) -> None:
    """Nothing is whole where nothing is."""
    archive()
    with pytest.raises(NoDataError, match="nothing is archived"):
        verify_copies(places)
    with pytest.raises(NoDataError, match="nothing is archived"):
        restore_copies(places, None, str(home / "back"))


def test_unknown_session_is_no_data(places: Places, session: Path, archive: Archive) -> None:
    """Before there is an archive, and in one."""
    with pytest.raises(NoDataError, match="nothing is archived"):
        restore_copies(places, "s1", "anywhere")
    archive()
    with pytest.raises(NoDataError, match="no copy of 'p'"):
        restore_copies(places, "p", "anywhere")


def test_prune_deletes_only_copies_of_what_is_long_gone(
    places: Places, home: Path, session: Path, archive: Archive
) -> None:
    """A file that is there, or came back, keeps its copy; so does one that is gone since today."""
    for name in ("gone.jsonl", "back.jsonl"):
        write(home / ".claude/projects/-srv-old" / name, b"{}\n")
    archive()
    shutil.rmtree(home / ".claude/projects/-srv-old")
    archive()
    write(home / ".claude/projects/-srv-old/back.jsonl", b"{}\n")
    assert prune_copies(places, 1) == []
    (spare,) = prune_copies(places, FAR_MS, dry_run=True)
    assert spare.path == "claude-code/projects/-srv-old/gone.jsonl.gz"
    assert len(stored(places)) == 3
    assert prune_copies(places, FAR_MS) == [spare]
    assert len(stored(places)) == len(known_copies(places)) == 2


def test_folders_of_pruned_copies_go_too(places: Places, session: Path, archive: Archive) -> None:
    """An archive of nothing is an empty directory."""
    archive()
    session.unlink()
    archive()
    prune_copies(places, FAR_MS)
    assert os.listdir(archive_directory(places)) == []


def test_killed_run_is_put_right(places: Places, session: Path, archive: Archive) -> None:
    """What was noted gets its name; what was not written to its end goes."""
    archive()
    with open_archive(places) as opened:
        (copy,) = load_copies(opened.db)
        os.replace(opened.place(copy.path), opened.part)
    assert verify_copies(places).whole == 1
    with open_archive(places) as opened, open(opened.part, "wb") as part:
        part.write(b"\x1f\x8bhalf")
    assert verify_copies(places) == (1, [], [])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limits so")
def test_full_disk_is_one_sentence(places: Places, home: Path, archive: Archive) -> None:
    """What was copied before it is whole; when there is room, the next call goes on."""
    import resource

    write(home / CLAUDE / "s0.jsonl", b"{}\n")
    archive()
    write(home / CLAUDE / "s1.jsonl", os.urandom(6_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, before[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written") as raised:
            archive()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(raised.value.hint).startswith("free some space")
    assert verify_copies(places) == (1, [], [])
    assert archive().files == 1


def test_two_at_once_wait_for_each_other(
    places: Places, session: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second says so, and does nothing."""
    monkeypatch.setattr("fluxmirror_store.archiving.archive._WAIT_S", 0.0)
    archive()
    with open_archive(places), pytest.raises(StoreError, match="another process"):
        verify_copies(places)
