"""A session file is read where the last reading ended, and anew when it is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.transcripts.problem import LONG_LINE, REWRITTEN, TORN_END, Problem
from fluxmirror_store.importing import stretch
from fluxmirror_store.importing.stretch import Mark, marked, read_stretch

if TYPE_CHECKING:
    from pathlib import Path

LINES = b"".join(b'{"n":%d}\n' % number for number in range(1_000))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of a thousand lines."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(LINES)
    return path


def numbers(read: stretch.Stretch) -> list[int]:
    """Give what the lines of a stretch say."""
    return [row["n"] for _, row in read.part.lines()]


def whole(path: Path, mark: Mark = Mark()) -> tuple[list[int], Mark, list[Problem]]:  # noqa: B008 - immutable
    """Read a file to its end; gives what it says, the mark and the problems."""
    told: list[int] = []
    problems: list[Problem] = []
    while True:
        read = read_stretch(str(path), mark, afresh=False)
        told += numbers(read)
        problems += read.part.problems
        mark = marked(read)
        if not read.more:
            return told, mark, problems


def test_what_is_appended_is_read_once(file: Path) -> None:
    """And nothing of what was there is."""
    told, mark, _ = whole(file)
    assert told == list(range(1_000))
    with file.open("ab") as more:
        more.write(b'{"n":1000}\n')
    assert whole(file, mark)[0] == [1_000]
    assert whole(file, whole(file, mark)[1])[0] == []


def test_half_a_line_waits_for_its_other_half(file: Path) -> None:
    """It is counted as torn as long as it is, and read when it is whole."""
    with file.open("ab") as more:
        more.write(b'{"n":10')
    told, mark, problems = whole(file)
    assert told == list(range(1_000))
    assert problems == [Problem(TORN_END)]
    with file.open("ab") as more:
        more.write(b"00}\n")
    assert whole(file, mark)[0] == [1_000]


def test_a_whole_last_line_without_its_end_is_read(file: Path) -> None:
    """Nothing says that more will come; when more comes, it is not read twice."""
    with file.open("ab") as more:
        more.write(b'{"n":1000}')
    told, mark, problems = whole(file)
    assert told[-1] == 1_000
    assert not problems
    with file.open("ab") as more:
        more.write(b'\n{"n":1001}\n')
    assert whole(file, mark)[0] == [1_001]


@pytest.mark.parametrize(
    "content",
    [b'{"n":7}\n', LINES.replace(b'{"n":999}', b'{"n":111}') + b'{"n":1}\n', b""],
    ids=["shorter", "edited", "empty"],
)
def test_a_rewritten_file_is_read_from_its_beginning(content: bytes, file: Path) -> None:
    """And counted as such; what readers remembered of the old one is forgotten."""
    _, mark, _ = whole(file)
    file.write_bytes(content)
    read = read_stretch(str(file), mark._replace(memory='{"model":"old"}'), afresh=False)
    assert read.rewritten
    assert len(numbers(read)) == content.count(b"\n")
    assert read.part.memory == {}
    assert Problem(REWRITTEN) in read.part.problems


def test_a_file_that_changed_without_growing_is_read_anew(file: Path) -> None:
    """An edit in the middle leaves the end as it was; a mere touch is no rewriting."""
    _, mark, _ = whole(file)
    read = read_stretch(str(file), mark, afresh=True)
    assert not read.rewritten
    assert numbers(read) == list(range(1_000))


def test_a_long_file_is_read_in_blocks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line once, whatever the size of a block, with what was remembered passed on."""
    for size in (1, 7, 64, 1_000, len(LINES), len(LINES) + 1):
        monkeypatch.setattr(stretch, "BLOCK_BYTES", size)
        assert whole(file)[0] == list(range(1_000))


def test_a_line_that_fits_nowhere_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines around it are read; it is counted; offsets stay true."""
    monkeypatch.setattr(stretch, "BLOCK_BYTES", 64)
    monkeypatch.setattr(stretch, "LONGEST_LINE", 256)
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":"%s"}\n{"n":2}\n{"n":3}\n' % (b"x" * 5_000))
    told, mark, problems = whole(path)
    assert told == [1, 2, 3]
    assert Problem(LONG_LINE) in problems
    assert mark.end == path.stat().st_size
    data = path.read_bytes()
    read = read_stretch(str(path), Mark(), afresh=False)
    assert all(data[offset:].startswith(b'{"n":') for offset, _ in read.part.lines())


def test_a_long_line_at_the_end_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may never end."""
    monkeypatch.setattr(stretch, "BLOCK_BYTES", 64)
    monkeypatch.setattr(stretch, "LONGEST_LINE", 256)
    path = tmp_path / "s.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":"%s' % (b"x" * 5_000))
    told, _, problems = whole(path)
    assert told == [1]
    assert Problem(LONG_LINE) in problems
