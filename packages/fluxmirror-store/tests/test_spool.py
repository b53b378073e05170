"""The spool's two halves: what `put` writes, what the reader makes of it and of anything else."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store import aside, spool, spool_reader
from fluxmirror_store.aside import bring_back, set_aside
from fluxmirror_store.spool import EVIDENCE, put, update_full
from fluxmirror_store.spool_reader import new_path, oldest, read, status

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_store.spool_reader import Spooled

PAYLOADS = {
    "empty": b"",
    "one line": b'{"a": 1}\n',
    "no final newline": b'{"a": 1}',
    "newlines alone": b"\n\n\n",
    "NUL and bytes that are no UTF-8": b"a\0b\xff\xfe\r\n\x80",
    "something like a trailer": b"\nfluxmirror-spool/1\tx\n",
    "300 KB": os.urandom(300_000),
}


@pytest.fixture
def directory(tmp_path: Path) -> str:
    """A spool that does not exist yet."""
    return str(tmp_path / "deep" / "down" / "spool")


def put_one(directory: str, payload: bytes = b"{}") -> str:
    """One complete event; its name."""
    return put(directory, payload, ("claude", "Stop"), {})


def read_one(directory: str, name: str) -> Spooled:
    """What the reader makes of a waiting file."""
    return read(new_path(directory, name))


def age(directory: str, name: str, mtime_ns: int) -> None:
    """Give a waiting file a capture time."""
    os.utime(new_path(directory, name), ns=(mtime_ns, mtime_ns))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_payload_comes_back_byte_for_byte(directory: str, payload: bytes) -> None:
    """Nothing in a payload can disturb the format around it."""
    name = put(directory, payload, ("claude", "PostToolUse"), {"CLAUDE_PROJECT_DIR": "/srv/shop"})
    event = read_one(directory, name)
    assert event.payload == payload
    assert event.complete
    assert event.name == name
    assert event.words == ("claude", "PostToolUse")
    assert event.env == {"CLAUDE_PROJECT_DIR": "/srv/shop"}
    assert event.size == os.path.getsize(new_path(directory, name))


def test_file_is_written_as_the_format_says(directory: str) -> None:
    """The very bytes that the shims write as well."""
    name = put(directory, b"{}\n", ("qwen", "Stop"), {"QWEN_PROJECT_DIR": "/a b"})
    with open(new_path(directory, name), "rb") as file:
        assert file.read() == (
            b"fluxmirror-spool/1\t%b\tqwen Stop\tQWEN_PROJECT_DIR=/a b\n{}\n\n"
            b"fluxmirror-spool/1\t%b\n" % (name.encode(), name.encode())
        )


def test_only_the_named_variables_are_written_down(directory: str) -> None:
    """The environment holds API keys; an empty variable that is set is told as set."""
    env = {key: f"/{key}" for key in EVIDENCE} | {"ANTHROPIC_API_KEY": "k", "PATH": "/bin"}
    env["QWEN_CODE_NO_RELAUNCH"] = ""
    event = read_one(directory, put(directory, b"", (), env))
    assert event.env == {key: env[key] for key in EVIDENCE}


def test_what_a_header_cannot_hold_is_left_out(directory: str) -> None:
    """Control characters and endless values: a shell could not escape them either."""
    env = {
        "CLAUDE_PROJECT_DIR": "/a\tb",
        "GEMINI_PROJECT_DIR": "/a\nb",
        "QWEN_PROJECT_DIR": "/a\rb",
        "COPILOT_PROJECT_DIR": "/" + "a" * 5000,
        "FLUXMIRROR_SELF_REPO": "/é/\udcff",
    }
    event = read_one(directory, put(directory, b"x", ("claude", "a\tb", "Stop"), env))
    assert event.words == ("claude", "Stop")
    assert event.env == {"FLUXMIRROR_SELF_REPO": "/é/\udcff"}
    assert event.complete


def test_directories_and_files_are_private(directory: str) -> None:
    """0700 for every directory that was made, 0600 for the file, whatever the umask."""
    previous = os.umask(0)
    try:
        name = put_one(directory)
    finally:
        os.umask(previous)
    path = new_path(directory, name)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    for made in (os.path.join(directory, "new"), directory, os.path.dirname(directory)):
        assert stat.S_IMODE(os.stat(made).st_mode) == 0o700


def test_a_name_met_again_gets_a_suffix(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a truncation: the suffixed name stands in header and trailer."""
    monkeypatch.setattr(os, "urandom", lambda size: b"\1" * size)
    names = [put_one(directory, b"%d" % number) for number in range(3)]
    stem = "01" * 16
    assert names == [stem, f"{stem}.1", f"{stem}.2"]
    events = [read_one(directory, name) for name in names]
    assert [(event.name, event.payload, event.complete) for event in events] == [
        (name, b"%d" % number, True) for number, name in enumerate(names)
    ]


def test_parallel_first_calls_lose_nothing(directory: str) -> None:
    """Sixteen writers into a spool that is not there yet."""
    with ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda _: put_one(directory), range(160)))
    assert {waiting.name for waiting in oldest(directory, 1000)} == set(names)
    assert len(set(names)) == 160


def test_a_file_in_the_way_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    """The caller hears of a spool that cannot be."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        put_one(str(tmp_path / "file"))
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "new").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="new"):
        put_one(str(tmp_path / "spool"))


def test_a_full_spool_refuses_and_counts(directory: str) -> None:
    """Events refused are events counted."""
    put_one(directory)
    with open(os.path.join(directory, "full"), "wb"):
        pass
    assert [put_one(directory) for _ in range(3)] == ["", "", ""]
    numbers = status(directory)
    assert (numbers.waiting, numbers.refused, numbers.full) == (1, 3, True)


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_BYTES"])
def test_the_spool_is_full_over_a_limit_and_not_after_it_was_drained(
    directory: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`update_full` sets the marker and takes it away."""
    assert not update_full(directory)
    monkeypatch.setattr(spool, limit, {"MAX_FILES": 2, "MAX_BYTES": 8192}[limit])
    names = [put_one(directory) for _ in range(3)]
    assert update_full(directory)
    assert update_full(directory)
    assert status(directory).full
    os.unlink(new_path(directory, names[0]))
    assert not update_full(directory)
    assert not status(directory).full


def test_every_cut_of_a_file_is_incomplete(directory: str) -> None:
    """A power cut at any byte leaves a torn file, never a shorter event."""
    name = put(
        directory, b"line\nfluxmirror-spool/1\n", ("claude", "Stop"), {"QWEN_PROJECT_DIR": ""}
    )
    with open(new_path(directory, name), "rb") as file:
        data = file.read()
    for length in range(len(data)):
        with open(new_path(directory, "cut"), "wb") as file:
            file.write(data[:length])
        event = read_one(directory, "cut")
        assert not event.complete
        assert event.size == length
    assert event.payload.startswith(b"line\nfluxmirror-spool/1\n")


FOREIGN = {
    "nothing": b"",
    "a newline": b"\n",
    "JSON": b'{"a": 1}\n',
    "another version": b"fluxmirror-spool/2\tx\tclaude\n{}\nfluxmirror-spool/2\tx\n",
    "no name": b"fluxmirror-spool/1\t\tclaude\n{}\nfluxmirror-spool/1\t\n",
    "a path for a name": b"fluxmirror-spool/1\t../x\tclaude\n{}\nfluxmirror-spool/1\t../x\n",
    "no words": b"fluxmirror-spool/1\tx\n{}\nfluxmirror-spool/1\tx\n",
    "an endless header": b"fluxmirror-spool/1\tx\t"
    + b"a" * 100_000
    + b"\n\nfluxmirror-spool/1\tx\n",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_foreign_files_are_read_as_incomplete(directory: str, data: bytes) -> None:
    """The reader trusts nothing and loses nothing."""
    put_one(directory)
    with open(new_path(directory, "stranger"), "wb") as file:
        file.write(data)
    event = read_one(directory, "stranger")
    assert event == ("stranger", (), {}, data, False, event.mtime_ns, len(data), None)


def test_a_header_cannot_bring_variables_of_its_own(directory: str) -> None:
    """Only the variables of `EVIDENCE` are read."""
    put_one(directory)
    with open(new_path(directory, "x"), "wb") as file:
        file.write(b"fluxmirror-spool/1\tx\tclaude\tPATH=/\tQWEN_PROJECT_DIR=a=b\tjunk\n")
        file.write(b"{}\nfluxmirror-spool/1\tx\n")
    event = read_one(directory, "x")
    assert event.complete
    assert event.env == {"QWEN_PROJECT_DIR": "a=b"}


def test_a_payload_over_the_read_limit_is_cut_and_still_known_as_complete(
    directory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded; the size tells that there was more."""
    monkeypatch.setattr(spool_reader, "READ_LIMIT", 70_000)
    name = put_one(directory, b"a" * 200_000)
    event = read_one(directory, name)
    assert event.complete
    assert set(event.payload) == {ord("a")}
    assert len(event.payload) < 70_000 < event.size


def test_oldest_come_first_and_no_more_than_asked(directory: str) -> None:
    """By capture time, ties by name."""
    names = sorted(put_one(directory) for _ in range(4))
    for name, mtime_ns in zip(names, (3_000, 1_000, 2_000, 1_000), strict=True):
        age(directory, name, mtime_ns)
    order = [names[1], names[3], names[2], names[0]]
    assert [waiting.name for waiting in oldest(directory, 10)] == order
    assert [waiting.name for waiting in oldest(directory, 2)] == order[:2]
    assert oldest(directory, 1)[0].mtime_ns == 1_000


def test_what_is_no_regular_file_is_passed_over(directory: str) -> None:
    """A pipe in the spool must not stop the drain, a link must not lead it elsewhere."""
    name = put_one(directory)
    os.mkfifo(new_path(directory, "pipe"))
    os.mkdir(new_path(directory, "directory"))
    os.symlink("/etc/hostname", new_path(directory, "link"))
    assert [waiting.name for waiting in oldest(directory, 10)] == [name]
    assert status(directory).waiting == 1


def test_a_spool_that_is_not_there_is_empty(directory: str) -> None:
    """Nothing recorded yet is no error."""
    assert oldest(directory, 10) == []
    assert status(directory) == (0, None, 0, 0, 0, False)
    assert bring_back(directory) == 0


def test_status_counts_what_doctor_shows(directory: str) -> None:
    """Waiting, the oldest, bytes, bad."""
    names = [put_one(directory) for _ in range(3)]
    age(directory, names[1], 5_000)
    set_aside(directory, names[0], "no JSON")
    numbers = status(directory)
    size = os.path.getsize(new_path(directory, names[1]))
    assert numbers == (2, 5_000, 2 * size, 1, 0, False)


def test_a_bad_file_is_kept_with_its_reason_and_can_come_back(directory: str) -> None:
    """What this version cannot read, the next one may."""
    name = put_one(directory, b"not JSON")
    assert set_aside(directory, name, "no JSON at byte 0") == 0
    reason = os.path.join(directory, "bad", "reasons", name)
    with open(reason, encoding="utf-8") as file:
        assert file.read() == "no JSON at byte 0\n"
    assert stat.S_IMODE(os.stat(reason).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(reason)).st_mode) == 0o700
    assert oldest(directory, 10) == []
    assert bring_back(directory) == 1
    assert read_one(directory, name).payload == b"not JSON"
    assert os.listdir(os.path.join(directory, "bad", "reasons")) == []


def test_bad_keeps_the_newest(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded, and what goes is told to the caller."""
    monkeypatch.setattr(aside, "KEPT", 2)
    names = [put_one(directory) for _ in range(4)]
    for number, name in enumerate(names):
        age(directory, name, 1_000 + number)
    assert [set_aside(directory, name, "bad") for name in names] == [0, 0, 1, 1]
    bad = os.path.join(directory, "bad")
    assert set(os.listdir(bad)) == {names[2], names[3], "reasons"}
    assert set(os.listdir(os.path.join(bad, "reasons"))) == {names[2], names[3]}


def test_name_met_again_replaces_nothing(directory: str) -> None:
    """Shells without randomness use process numbers, which come again."""
    for reason in ("first", "second"):
        os.rename(new_path(directory, put_one(directory)), new_path(directory, "77-78"))
        set_aside(directory, "77-78", reason)
    os.rename(new_path(directory, put_one(directory)), new_path(directory, "77-78"))
    assert aside.count_reasons(directory) == {"first": 1, "second": 1}
    assert bring_back(directory) == 2
    assert sorted(os.listdir(new_path(directory, ""))) == ["77-78", "77-78.1", "77-78.1.1"]
