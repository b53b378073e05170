"""Which file a call touched, and which repository holds it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.tools import name_tool
from fluxmirror_core.touched import Repositories, absolute, touched_path

if TYPE_CHECKING:
    from pathlib import Path

ABSOLUTE = [
    ("/a/b", "/base", "/a/b"),
    ("/a/../b/./c//d", None, "/b/c/d"),
    ("a.py", "/base", "/base/a.py"),
    ("../a.py", "/base/x", "/base/a.py"),
    ("a.py", None, None),
    ("a.py", "", None),
    ("C:\\work\\a.py", "/base", "C:\\work\\a.py"),
    ("C:/code/../a.py", None, "C:\\a.py"),
    ("src/a.py", "C:\\work", "C:\\work\\src\\a.py"),
    ("\\\\host\\share\\a", None, "\\\\host\\share\\a"),
    ("a\\b.py", "/base", "/base/a\\b.py"),
    ("C:", "/base", "/base/C:"),
    ("~/a.py", "/base", "/base/~/a.py"),
    ("a\x00b", "/base", "/base/a\x00b"),
]
TOUCHED = [
    ("Read", {"file_path": "/a"}, "/a"),
    ("Write", {"file_path": "a"}, "/base/a"),
    ("NotebookEdit", {"notebook_path": "/n.ipynb"}, "/n.ipynb"),
    ("view", {"path": "a"}, "/base/a"),
    ("apply_patch", {"command": "*** Add File: a\n*** Update File: b"}, "/base/a"),
    ("apply_patch", "*** Update File: a\n*** Move to: b", "/base/a"),
    ("apply_patch", {"command": "nothing"}, None),
    ("read_many_files", {"paths": ["/a", "/b"]}, None),
    ("Read", {"file_path": ""}, None),
    ("Read", {}, None),
    ("Read", "/a", None),
    ("Write", "a whole text", None),
    ("Read", None, None),
    ("Bash", {"command": "/bin/ls"}, None),
    ("Grep", {"pattern": "p", "path": "/a"}, None),
    ("LS", {"path": "/a"}, None),
    ("mcp__files__read", {"path": "/a"}, None),
    ("unknown", {"path": "/a"}, None),
]


@pytest.mark.parametrize(("path", "base", "expected"), ABSOLUTE)
def test_path_becomes_absolute_in_its_own_style(
    path: str, base: str | None, expected: str | None
) -> None:
    """Windows paths stay Windows paths wherever they are read; the disk is not asked."""
    assert absolute(path, base) == expected


@pytest.mark.parametrize(("raw", "tool_input", "expected"), TOUCHED)
def test_only_tools_that_read_or_write_a_file_touch_one(
    raw: str, tool_input: object, expected: str | None
) -> None:
    """The first file of several; none where the call only names a place to look in."""
    assert touched_path(name_tool("claude-code", raw), tool_input, "/base") == expected


def test_relative_path_without_a_base_is_unknown() -> None:
    """A path that starts nowhere is not guessed."""
    tool = name_tool("claude-code", "Read")
    assert touched_path(tool, {"file_path": "a.py"}, None) is None


def test_root_is_the_nearest_directory_with_git(tmp_path: Path) -> None:
    """Of nested repositories the inner one; a worktree's `.git` is a file."""
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "lib" / "inner"
    deep = inner / "src" / "deep"
    deep.mkdir(parents=True)
    (outer / ".git").mkdir()
    (inner / ".git").write_text("gitdir: elsewhere", encoding="utf-8")
    found = Repositories()
    assert found.root_of(str(deep)) == str(inner)
    assert found.root_of(str(inner)) == str(inner)
    assert found.root_of(str(outer / "lib")) == str(outer)


def test_file_that_is_gone_still_lies_in_its_repository(tmp_path: Path) -> None:
    """Directories below the root need not exist any more."""
    (tmp_path / ".git").mkdir()
    assert Repositories().root_of(str(tmp_path / "gone" / "away")) == str(tmp_path)


def test_directory_outside_any_repository_has_no_root(tmp_path: Path) -> None:
    """No guess: the root stays unknown."""
    assert Repositories().root_of(str(tmp_path)) is None


def test_every_directory_is_asked_once(tmp_path: Path) -> None:
    """What was found stays known while the program runs, for the directories above as well."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    found = Repositories()
    assert found.root_of(str(tmp_path / "a" / "b")) is None
    (tmp_path / ".git").mkdir()
    assert found.root_of(str(tmp_path / "a")) is None
    assert Repositories().root_of(str(tmp_path / "a")) == str(tmp_path)


def test_what_is_remembered_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of work in many places does not fill the memory."""
    monkeypatch.setattr("fluxmirror_core.touched._REMEMBERED", 50)
    found = Repositories()
    for number in range(300):
        found.root_of(str(tmp_path / str(number)))
    assert len(found._roots) <= 50 + len(tmp_path.parts)


@pytest.mark.parametrize(
    "directory",
    [
        "",
        "relative/path",
        "/" + "/".join("a" * 2000),
        "/" + "/".join("a" * 500_000),
        "/" + "x" * 5000,
        "/nul\x00here",
        "/lone\ud800surrogate",
        "C:\\work",
        "\\\\host\\share",
        "/",
    ],
)
def test_strange_directory_lies_in_no_repository(directory: str) -> None:
    """Deep, long or unspeakable: the answer is no, and it comes at once."""
    if os.path.isdir(directory) and os.path.lexists(os.path.join(directory, ".git")):
        pytest.skip("this machine keeps a repository at its root")
    assert Repositories().root_of(directory) is None
