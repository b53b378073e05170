"""Whatever was recorded leaves as one line in its cell, and does nothing to the terminal."""

from __future__ import annotations

import unicodedata
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.report.as_text import one_line, render_text, width
from fluxmirror_core.report.sections import NUMBER, Column, Report, Section
from fluxmirror_core.report.voice import Voice
from hypothesis import given, settings
from hypothesis import strategies as st

COLUMNS = (Column("Name"), Column("Count", NUMBER))


def rendered(title: str, sections: tuple[Section, ...]) -> str:
    """Render a report in English."""
    return render_text(Report(title, sections), Voice(load_catalog(), ZoneInfo("UTC"), ""))


def table(*rows: tuple[str, int]) -> list[str]:
    """Render a table; gives its lines."""
    return rendered("T", (Section("S", "table", COLUMNS, rows),)).splitlines()[4:]


def test_columns_line_up_and_numbers_stand_right() -> None:
    """The Markdown source reads like a table."""
    assert table(("a", 1), ("longer", 12_345)) == [
        "| Name   |  Count |",
        "|--------|-------:|",
        "| a      |      1 |",
        "| longer | 12,345 |",
    ]


def test_wide_and_combining_characters_keep_columns_in_line() -> None:
    """East Asian characters take two columns, accents none."""
    lines = table(("日本語", 1), ("e\u0301", 2), ("한국어.py", 3))
    assert {width(line) for line in lines} == {width(lines[0])}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("한국어", 6),
        ("\uff08、。〜\uff1a「」\uff09", 16),
        ("ﾃﾞｰﾀ", 4),
        ("\uff21\uff11", 4),
        ("\u3000", 2),
        ("…·\u2013█\u00d7→", 6),
        ("“缓存”", 6),
    ],
)
def test_columns_are_those_of_a_terminal(text: str, columns: int) -> None:
    """Full width is two; what is wide in old East Asian fonts alone is one."""
    assert width(text) == columns


@pytest.mark.parametrize("name", ["한글.txt", "값.md", "パイプ.py", "ガイド", "café"])
def test_a_name_takes_the_same_columns_however_it_is_spelt(name: str) -> None:
    """On macOS a file's name comes in pieces: letters and accents, the parts of a syllable."""
    assert width(unicodedata.normalize("NFD", name)) == width(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a | b", r"a \| b"),
        (r"grep 'a\|b'", r"grep 'a\\\|b'"),
        ("one\ntwo\r\n", r"one\ntwo\r\n"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\u202egpj.exe", r"a\u202egpj.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("\x9b31m", r"\x9b31m"),
        ("tab\there", r"tab\there"),
        ("\ud800", r"\ud800"),
        ("\u200bx\ufeff", r"\u200bx\ufeff"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\u00a0\u3000", "\u00a0\u3000"),
        (r"C:\dir", r"C:\dir"),
    ],
)
def test_what_could_break_a_table_or_a_terminal_becomes_visible(raw: str, shown: str) -> None:
    """Escapes are written out; ordinary text of any script stays."""
    assert table((raw, 1))[2].startswith(f"| {shown} ")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_a_row_is_one_line_of_three_unescaped_pipes(raw: str) -> None:
    """No cell ends its row or its column."""
    lines = table((raw, 1))
    assert len(lines) == 3
    row = lines[2].replace("\\\\", "").replace("\\|", "")
    assert row.count("|") == 3
    lines[2].encode()


@settings(deadline=None)
@given(st.text(alphabet=st.characters()))
def test_nothing_invisible_is_printed(raw: str) -> None:
    """No control, no bidi mark, no line separator, no half of a surrogate pair."""
    left = {unicodedata.category(char) for char in one_line(raw) if char not in "\u200c\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_titles_and_notes_are_made_safe_too() -> None:
    """An agent's name may stand in a title."""
    section = Section("S\x1b", "table", (Column("N"),), (("x",),), "note\n# not a title")
    text = rendered("T\n# X", (section,))
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        r"# T\n# X",
        r"## S\x1b",
    ]
    assert text.endswith("note\\n# not a title\n")


def test_bars_are_scaled_to_the_longest_and_never_vanish() -> None:
    """At most 30 blocks, at least one; nothing for nothing."""
    rows = (("08:00", 1), ("09:00", 90), ("10:00", 0), ("11:00", 45))
    text = rendered("T", (Section("S", "bars", rows=rows),))
    bars = ["```text", "08:00 █ 1", f"09:00 {'█' * 30} 90", f"11:00 {'█' * 15} 45", "```"]
    assert text.splitlines()[4:] == bars


def test_bars_begin_below_each_other_and_may_say_more_than_a_number() -> None:
    """Labels take the same columns, whatever their script."""
    rows = (("日本", 10**18, "$1.00"), ("a\x1b", 10**18 // 3, "$0.33"), ("none", 0, "$0.00"))
    text = rendered("T", (Section("S", "bars", rows=rows),))
    assert text.splitlines()[5:7] == [f"日本  {'█' * 30} $1.00", f"a\\x1b {'█' * 9} $0.33"]


def test_facts_stand_above_a_table_line_by_line() -> None:
    """As a list; each is one line, whatever it holds."""
    section = Section("S", "table", COLUMNS, (("x", 1),), facts=("one", "two\n# three"))
    lines = rendered("T", (section,)).splitlines()
    assert lines[4:7] == ["- one", r"- two\n# three", ""]


def test_a_megabyte_in_a_cell_is_cut() -> None:
    """Nobody reads so much, and every other row of the table would be as long."""
    assert len(table(("x|" * 500_000, 1))[2]) < 10_000
