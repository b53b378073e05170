"""A file that was made is told from one that was changed, also within a patch."""

from __future__ import annotations

import json
from datetime import date

import pytest
from fluxmirror_core.analysis.day_files import (
    PATCH_TOOL,
    WHOLE_FILE_TOOLS,
    DayFiles,
    FileWrites,
    PatchCall,
    build_day_files,
)
from fluxmirror_core.tools import TOOLS

DAY = date(2026, 3, 2)
PATCH = """*** Begin Patch
*** Add File: new.py
+print()
*** Update File: old.py
*** Move to: older.py
@@
-a
+b
*** Delete File: gone.py
*** End Patch"""


def count(*writes: FileWrites, patches: tuple[PatchCall, ...] = ()) -> tuple[int, int]:
    """Give how many files are new, and how many edited."""
    found = build_day_files(DAY, writes, patches)
    assert found == DayFiles(DAY, found.new, found.edited)
    return found.new, found.edited


def test_the_names_are_those_of_the_table_of_tools() -> None:
    """A tool that is renamed there would be counted as something else here."""
    known = {tool.canonical for tool in TOOLS if tool.tool_class == "Write"}
    assert {*WHOLE_FILE_TOOLS, PATCH_TOOL} <= known


@pytest.mark.parametrize(
    ("writes", "made", "expected"),
    [(1, 0, (0, 1)), (1, 1, (1, 0)), (3, 1, (1, 1)), (3, 0, (0, 1))],
)
def test_a_file_is_made_once_and_changed_after(
    writes: int, made: int, expected: tuple[int, int]
) -> None:
    """One that was made and changed on a day is both."""
    assert count(FileWrites("/a", writes, made)) == expected


def test_a_patch_says_itself_what_it_does() -> None:
    """What it adds is new, what it deletes is neither."""
    told = json.dumps({"input": PATCH})
    assert count(patches=(PatchCall("/p/new.py", "/p", told),)) == (1, 1)
    assert count(patches=(PatchCall("/p/new.py", "/p", json.dumps(PATCH)),)) == (1, 1)


def test_a_file_counts_once_however_it_was_written() -> None:
    """By a tool that says where it is, and by a patch that says where from there."""
    told = json.dumps({"input": "*** Update File: old.py\n"})
    patches = (PatchCall("/p/old.py", "/p", told),) * 2
    assert count(FileWrites("/p/old.py", 1, 0), patches=patches) == (0, 1)


@pytest.mark.parametrize("kept", [None, "", "{", "[]", '{"input": 1}', '"nothing"'])
def test_a_patch_that_was_not_kept_changed_its_first_file(kept: str | None) -> None:
    """Nothing is guessed beyond what the call's own row tells."""
    assert count(patches=(PatchCall("/p/a.py", "/p", kept),)) == (0, 1)
