"""A broken line costs itself, and no more than it has to."""

from __future__ import annotations

import pytest
from fluxmirror_core.config.toml_text import read_toml
from hypothesis import given
from hypothesis import strategies as st

_GOOD = b"""\
language = "korean"  # mine
[storage]
path = "/data/events.db"
[agents.codex-cli]
enabled = false
"""


def test_values_come_by_dotted_name_with_their_lines() -> None:
    """Warnings name the line somebody has to look at."""
    told = read_toml(_GOOD)
    assert told.values == {
        "language": "korean",
        "storage.path": "/data/events.db",
        "agents.codex-cli.enabled": False,
    }
    assert told.lines == {"language": 1, "storage.path": 3, "agents.codex-cli.enabled": 5}
    assert told.faults == []


@pytest.mark.parametrize(
    "name", ['storage.path = "/x"', '"storage".path = "/x"', "storage . path = '/x'"]
)
def test_dotted_and_quoted_names_have_a_line(name: str) -> None:
    """TOML has several ways to write one name."""
    assert read_toml(f"\n{name}\n".encode()).lines == {"storage.path": 2}


def test_a_line_that_is_no_toml_leaves_the_others() -> None:
    """One slip must not bring all defaults back."""
    told = read_toml(_GOOD.replace(b'"korean"', b'"korean'))
    assert "language" not in told.values
    assert told.values["storage.path"] == "/data/events.db"
    assert [fault.line for fault in told.faults] == [1]


def test_below_a_broken_header_nothing_is_taken_for_anothers() -> None:
    """`enabled = false` below `[agents.codex-cli` must not fall to the table before it."""
    told = read_toml(b"[capture]\n[agents.codex-cli\nenabled = false\n[storage]\npath = '/x'\n")
    assert told.values == {"storage.path": "/x"}
    assert [fault.line for fault in told.faults] == [2]


@pytest.mark.parametrize("end", range(len(_GOOD)))
def test_a_file_cut_anywhere_keeps_what_stands_before(end: int) -> None:
    """An editor that was killed leaves half a file."""
    told = read_toml(_GOOD[:end])
    whole = read_toml(_GOOD).values
    values = told.values.items()
    assert all(name in whole for name, _ in values)
    if end > _GOOD.index(b"[storage]"):
        assert told.values["language"] == "korean"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a = 1\nb = '\xff'\n", 2),
        (b"a = " + b"[" * 100_000, 1),
        (b'a = """\nnever closed\n', 1),
    ],
    ids=["no UTF-8", "too deep", "never closed"],
)
def test_what_no_editor_would_write_is_a_fault(data: bytes, line: int) -> None:
    """Never a traceback."""
    told = read_toml(data)
    assert told.faults
    assert line in {fault.line for fault in told.faults}


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ('patterns = [\n  "EMP-[0-9]+",\n  "SSN\\d",\n]\n', {"patterns"}),
        ("a = 1\na = 2\n", {"a"}),
        ("[r]\np = [1]\n[r]\np = [2]\n", {"r.p"}),
        ("[capture\nenabled = false\n", {"capture.enabled"}),
        ("[]\nenabled = false\n", {"?.enabled"}),
        ("x = 1\n[a]\ny = oops\n", {"a.y"}),
        ("x = [\n1,\n2]\n", set()),
    ],
)
def test_what_a_broken_line_may_have_been_part_of_is_unsure(text: str, unsure: set[str]) -> None:
    """Half of a list is not the list, and the first of two is not what counts."""
    assert read_toml(text.encode()).unsure == unsure


@given(st.binary(max_size=200))
def test_whatever_the_bytes_there_is_an_answer(data: bytes) -> None:
    """Either values or faults; nothing is raised."""
    told = read_toml(data)
    assert all(fault.line >= 1 for fault in told.faults)


@given(st.integers(0, len(_GOOD)), st.binary(max_size=8))
def test_an_edit_anywhere_is_answered(at: int, inserted: bytes) -> None:
    """As somebody types, the file is read in every state."""
    read_toml(_GOOD[:at] + inserted + _GOOD[at:])
