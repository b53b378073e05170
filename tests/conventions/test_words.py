"""What no file of the repository says: where and how it was made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Put together here, so that this file does not hold them either.
_PATHS = ["/" + name for name in ("work", "root", "opt/" + "wheels", "opt/" + "pypi")]
_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npm" + "js", "org"),
        ("npm" + "js", "com"),
        ("deb", "debian", "org"),
    )
]
_MAKERS = [
    "co-authored" + "-by",
    "generated" + " with",
    "as an ai" + " language model",
    "ai" + " assistant wrote",
    "found" + "er",
]
_NOT_AFTER_A_WORD = r"(?<![\w.~}-])(?<!\b[A-Z]:)"


def _any_of(words: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, words)) + ")"


_FORBIDDEN = re.compile(
    rf"{_NOT_AFTER_A_WORD}{_any_of(_PATHS)}(?![\w.-])|{_any_of(_HOSTS)}|\b{_any_of(_MAKERS)}\b",
    re.IGNORECASE,
)


def _is_as_recorded(file: Path, root: Path) -> bool:
    """Tell the files whose words are not ours: recordings, and the lock as uv writes it."""
    parts = file.relative_to(root).parts
    recorded = parts[:2] in {("tests", "payloads"), ("tests", "transcripts")}
    return parts == ("uv.lock",) or (recorded and file.suffix in {".json", ".jsonl"})


def test_no_file_tells_where_or_how_it_was_made(repository_files: list[Path], root: Path) -> None:
    """A reader meets the product, not the place it was built in."""
    found = [
        f"{file.relative_to(root)}:{number}: {match[0]}"
        for file in repository_files
        if not _is_as_recorded(file, root)
        for number, line in enumerate(_lines(file), 1)
        if (match := _FORBIDDEN.search(line))
    ]
    assert found == []


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()


@pytest.mark.parametrize(
    "text",
    [
        *(f"see {path}/main/x" for path in _PATHS),
        *(f"https://{host}/simple" for host in _HOSTS),
        *_MAKERS,
    ],
)
def test_the_words_would_be_found(text: str) -> None:
    """The search finds what it is for."""
    assert _FORBIDDEN.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "~" + _PATHS[0],
        "src" + _PATHS[1],
        _PATHS[0] + "space",
        "C:" + _PATHS[0],
        "FileNotFoundError:",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    """A path that merely looks alike is no finding."""
    assert not _FORBIDDEN.search(text)
