"""A file that a patch makes is told from one that it changes."""

from __future__ import annotations

import json

import pytest
from fluxmirror_core.analysis.patches import PATCH_TOOL, WHOLE_FILE_TOOLS, patched_files
from fluxmirror_core.tools import TOOLS

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
WRITTEN = [("/p/new.py", True), ("/p/old.py", False)]


def test_the_names_are_those_of_the_table_of_tools() -> None:
    """A tool that is renamed there would be counted as something else here."""
    known = {tool.canonical for tool in TOOLS if tool.tool_class == "Write"}
    assert {*WHOLE_FILE_TOOLS, PATCH_TOOL} <= known


def test_a_patch_says_itself_what_it_does() -> None:
    """What it adds is new, what it deletes is not written."""
    assert patched_files(json.dumps({"input": PATCH}), "/p", "/p/new.py") == WRITTEN
    assert patched_files(json.dumps(PATCH), "/p", "/p/new.py") == WRITTEN


def test_a_patch_that_only_deletes_writes_nothing() -> None:
    """Its first file is gone, not changed."""
    told = json.dumps("*** Begin Patch\n*** Delete File: gone.py\n*** End Patch")
    assert patched_files(told, "/p", "/p/gone.py") == []


def test_names_of_patched_files_can_be_stored() -> None:
    """JSON can spell half a character, which neither a database nor a terminal takes."""
    told = json.dumps("*** Begin Patch\n*** Add File: \ud800.py\n+x\n*** End Patch")
    assert patched_files(told, "/p", "/p/a.py") == [("/p/?.py", True)]


@pytest.mark.parametrize(
    "kept",
    [None, "", "{", "[]", '{"input": 1}', '"nothing"', "[" * 200_000, f"[{'9' * 5_000}]"],
)
def test_a_patch_that_was_not_kept_changed_its_first_file(kept: str | None) -> None:
    """Nothing is guessed beyond what the call's own row tells."""
    assert patched_files(kept, "/p", "/p/a.py") == [("/p/a.py", False)]
