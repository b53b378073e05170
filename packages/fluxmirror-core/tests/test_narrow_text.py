"""A report on a terminal that is narrower: whole numbers, whole words, the same Markdown."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.messages import languages, load_catalog, message
from fluxmirror_core.redact import Redactor
from fluxmirror_core.report.as_text import render_text, width
from fluxmirror_core.report.sections import (
    COMMAND,
    DATE,
    NAME,
    NUMBER,
    PATH,
    WEEKDAY,
    Column,
    Figure,
    Kind,
    Report,
    Section,
    Shown,
)
from fluxmirror_core.report.voice import Voice
from hypothesis import given, settings
from hypothesis import strategies as st

PATHS = (Column("Path", PATH), Column("Writes", NUMBER))
NAMES = (Column("Name", NAME), Column("Calls", NUMBER))
COMMANDS = (Column("Command", COMMAND), Column("Calls", NUMBER))
ANY_TEXT = st.text(alphabet=st.characters(), max_size=60)
WITHOUT_BLOCKS = st.text(
    alphabet=st.characters(exclude_characters="`|>#=-+*:_.)$<[~\\"), max_size=60
)


def rendered(section: Section, room: int | None, language: str = "en") -> list[str]:
    """Render one section; gives its lines below the title."""
    voice = Voice(load_catalog(language), ZoneInfo("UTC"), "/home/mira")
    return render_text(Report("T", (section,)), voice, room).splitlines()[4:]


def table(columns: tuple[Column, ...], *rows: tuple[object, ...], room: int) -> list[str]:
    """Render a table; gives its lines."""
    return rendered(Section("S", "table", columns, rows), room)


def test_what_fits_is_as_it_is_without_a_terminal() -> None:
    """A wide terminal changes nothing."""
    section = Section("S", "table", PATHS, (("src/app.py", 12),))
    assert rendered(section, 23) == rendered(section, None)


def test_a_path_is_cut_at_its_beginning() -> None:
    """Its end tells most; the number beside it stays whole."""
    assert table(PATHS, ("src/components/Chart.tsx", 1_234), ("a.py", 5), room=30) == [
        "| Path              | Writes |",
        "|-------------------|-------:|",
        "| …onents/Chart.tsx |  1,234 |",
        "| a.py              |      5 |",
    ]


def test_a_name_is_cut_at_its_end() -> None:
    """As everywhere; East Asian characters are not halved."""
    assert table(NAMES, ("browser_take_screenshot", 7), ("한국어 저장소 이름", 8), room=28) == [
        "| Name             | Calls |",
        "|------------------|------:|",
        "| browser_take_sc… |     7 |",
        "| 한국어 저장소 …  |     8 |",
    ]


def test_the_widest_column_is_cut_first() -> None:
    """What is short stays whole."""
    columns = (Column("Time", NAME), Column("Command", COMMAND), Column("Name", NAME))
    lines = table(columns, ("12:00", "x" * 60, "a name of some length"), room=60)
    assert lines[2] == f"| 12:00 | `{'x' * 21}…` | a name of some length |"


def test_code_stays_code_where_it_is_cut() -> None:
    """Its backquotes stand around what is left."""
    lines = table(COMMANDS, ("git tag `date` --annotate --sign", 1), room=30)
    assert lines[2] == "| `` git tag `da… `` |     1 |"


def test_no_half_of_an_escape_is_left() -> None:
    """A pipe keeps its backslash, a control character is left out whole."""
    for room in range(24, 40):
        for line in table(NAMES, ("a|" * 30, 1), ("\x1b" * 30, 2), room=room):
            assert width(line) <= room
            assert line.replace("\\|", "").count("|") == 3
            assert re.fullmatch(r"(\\x1b)*…? *", line.split(" | ")[0][2:]) or "x1b" not in line


@settings(deadline=None)
@given(ANY_TEXT, st.sampled_from((NAMES, PATHS, COMMANDS)), st.integers(26, 60))
def test_whatever_was_recorded_fits_its_cell(
    text: str, columns: tuple[Column, ...], room: int
) -> None:
    """One line, as wide as the others, of three bars that are no text."""
    lines = table(columns, (text, 1), ("x" * 60, 2), room=room)
    assert len(lines) == 4
    assert {width(line) for line in lines} == {room}
    row = lines[2].replace("\\\\", "").replace("\\|", "")
    assert row.count("|") == 3
    assert not {category(char) for char in lines[2]} & {"Cc", "Cs", "Zl", "Zp"}


def test_columns_without_room_follow_in_a_table_below() -> None:
    """With the first column once more; no number is cut or left out."""
    columns = (Column("Agent", NAME), *(Column(f"Number {at}", NUMBER) for at in range(4)))
    row = ("Claude Code", 1_000_000, 2_000_000, 3_000_000, 4_000_000)
    assert table(columns, row, room=40) == [
        "| Agent       |  Number 0 |  Number 1 |",
        "|-------------|----------:|----------:|",
        "| Claude Code | 1,000,000 | 2,000,000 |",
        "",
        "| Agent       |  Number 2 |  Number 3 |",
        "|-------------|----------:|----------:|",
        "| Claude Code | 3,000,000 | 4,000,000 |",
    ]


def test_no_column_is_cut_to_nothing() -> None:
    """A terminal may be narrower than a number beside a name."""
    for room in range(1, 12):
        lines = table(NAMES, ("a name of some length", 1_000_000), room=room)
        assert lines[2] == "| a name of s… | 1,000,000 |"


def test_a_figures_name_is_cut_last() -> None:
    """It is a word of ours, and beside it only a number needs room."""
    figures = tuple(
        Figure("x", message(name), NUMBER, 1_000_000, 2_000_000)
        for name in ("card.figure", "work.figure.files_only_read")
    )
    section = Section("S", "figures", figures=figures)
    assert "| Files only read | 1,000,000 |" in rendered(section, 34)
    narrow = rendered(section, 28)
    assert "| Files only … | 1,000,000 |" in narrow
    assert all(width(line) <= 28 for line in narrow)


def test_sentences_break_between_words() -> None:
    """Points are indented, recorded values stay code."""
    sentence = message("clause.about", what=Shown(NAME, "__init__.py"), told="one two three four")
    assert rendered(Section("S", "points", rows=((sentence,),)), 20) == [
        "- `__init__.py`: one",
        "  two three four",
    ]
    assert rendered(Section("S", "paragraph", rows=((sentence,),), note="a b c d e f g h"), 14) == [
        "`__init__.py`:",
        "one two three",
        "four",
        "",
        "a b c d e f g",
        "h",
    ]


@pytest.mark.parametrize("room", range(16, 60))
@pytest.mark.parametrize("language", languages())
def test_no_recorded_word_is_broken(language: str, room: int) -> None:
    """Half a path is another one: only our own words break between Chinese characters."""
    path = "/home/mira/文档/季度计划/项目说明/readme.md"
    name = "한국어_저장소_이름/日本語の名前"
    told = message("clause.about", what=Shown(PATH, path), told=Shown(NAME, name))
    lines = rendered(Section("S", "points", rows=((told,),)), room, language)
    assert all(width(line) <= room for line in lines)
    _, shown_path, shown_name, *_ = re.split(r"[^\w/.~…]+", "".join(lines))
    assert f"~{path.removeprefix('/home/mira')}".endswith(shown_path.removeprefix("…"))
    assert name.startswith(shown_name.removesuffix("…"))


def test_a_long_word_of_a_path_is_cut_at_its_beginning() -> None:
    """As in a table, and of a name its end; what stands beside it stays on its line."""
    told = message(
        "clause.about",
        what=Shown(PATH, "packages/app/src/components/Chart.tsx"),
        told=Shown(NAME, "browser_take_screenshot_of_all"),
    )
    assert rendered(Section("S", "points", rows=((told,),)), 24) == [
        "- …components/Chart.tsx:",
        "  browser_take_screens…",
    ]


def test_a_path_is_cut_no_more_than_it_must_where_something_else_is_too_long() -> None:
    """To cut it to the least would not help."""
    path = Shown(PATH, "packages/app/src/components/Chart.tsx")
    told = message("clause.about", what=path, told="x" * 50)
    first, *_ = rendered(Section("S", "points", rows=((told,),)), 24)
    assert first == "- …/components/Chart.tsx:"


def test_words_of_a_name_break_before_they_are_cut() -> None:
    """Nothing is lost where its spaces are enough."""
    told = message("clause.about", what="", told=Shown(NAME, "a name of words, each short"))
    text = " ".join(rendered(Section("S", "points", rows=((told,),)), 16))
    assert "…" not in text


def test_evidence_is_never_cut() -> None:
    """What is no name and no path is shown to be copied, such as a session's id."""
    key = "0123456789" * 5
    lines = rendered(Section("S", "points", rows=((message("cost.explain.key", name=key),),)), 24)
    assert any(key in line for line in lines)


@settings(deadline=None)
@given(WITHOUT_BLOCKS, st.sampled_from((NAME, PATH, COMMAND)), st.integers(16, 60))
def test_whatever_was_recorded_fits_a_line(text: str, kind: Kind, room: int) -> None:
    """However it is spelt; but for what would begin a block, which may keep a line whole."""
    told = message("clause.about", what=Shown(kind, text), told="one two")
    lines = rendered(Section("S", "points", rows=((told,),)), room)
    assert all(width(line) <= room for line in lines)


def test_invisible_signs_take_the_room_that_they_are_spelt_in() -> None:
    r"""A row of `\u200b` has no width of its own."""
    lines = table(NAMES, ("\u200b" * 30, 1), room=30)
    assert {width(line) for line in lines} <= set(range(31))
    assert "\\u200b…" in lines[2]


@pytest.mark.parametrize(
    "word",
    ["-", "+", "*", "1.", "1)", "#", "##", ">", "|", "```", "~~~", "<div>", "$$"],
)
def test_no_word_at_the_beginning_of_a_line_becomes_markup(word: str) -> None:
    """Markdown looks for blocks before it looks for code."""
    for room in range(8, 40):
        first, *others = rendered(
            Section("S", "points", rows=((f"`one two {word} three four {word} five six`",),)), room
        )
        assert not any(line.removeprefix("  ").startswith(f"{word} ") for line in others)
        assert first.startswith("- `")


@pytest.mark.parametrize("word", ["===", "---", ":-:", "-|-"])
def test_no_rule_stands_on_a_line_of_its_own(word: str) -> None:
    """It would make a heading, or a table, of what stands before it."""
    said = f"`onetwothree {word} fourfivesix {word} seven`"
    for room in range(8, 30):
        lines = rendered(Section("S", "points", rows=((said,),)), room)
        assert word not in [line.strip() for line in lines]


def test_no_line_ends_with_a_backslash() -> None:
    """It would break the line for good, and vanish."""
    for room in range(8, 30):
        lines = rendered(Section("S", "points", rows=(("one two \\ three four \\ five",),)), room)
        assert not any(line.endswith("\\") for line in lines)


def test_a_number_with_a_point_may_begin_a_line() -> None:
    """Only a list that begins with 1 interrupts a paragraph."""
    said = "the day was the 19 November 2026. And so"
    lines = rendered(
        Section("S", "paragraph", rows=((message("card.sentences", first=said, second="on"),),)), 33
    )
    assert lines == ["the day was the 19 November 2026.", "And so on"]


def test_a_title_stays_on_its_line() -> None:
    """A heading is one line of Markdown."""
    voice = Voice(load_catalog(), ZoneInfo("UTC"), "")
    text = render_text(
        Report("a title of words", (), subtitle="and more words", footer=("x y",)), voice, 8
    )
    assert text == "# a title of words\n\nand more\nwords\n\nx y\n"


def test_bars_shrink_with_the_terminal() -> None:
    """What they stand for stays."""
    section = Section("S", "bars", rows=(("08:00", 1), ("09:00", 90)))
    assert rendered(section, 20)[1:3] == ["08:00 █ 1", f"09:00 {'█' * 11} 90"]
    assert rendered(section, 39) == rendered(section, None)
    long = Section("S", "bars", rows=(("a label of many words", 90),))
    assert rendered(long, 24)[1] == "a label of many… ████ 90"


def test_numbers_without_room_beside_the_bars_follow_in_a_table() -> None:
    """The first of them keeps its bars."""
    columns = (
        Column("Day", WEEKDAY),
        *(Column(name, NUMBER) for name in ("Calls", "Files", "Cost")),
    )
    section = Section("S", "trend", columns, ((0, 10, 2, 3), (1, 5, 4, 5)))
    assert rendered(section, 30)[1:4] == [
        "Day  Calls         Files  Cost",
        "Mon     10  █████      2     3",
        "Tue      5  ██         4     5",
    ]
    assert rendered(section, 24) == [
        "```text",
        "Day  Calls         Files",
        "Mon     10  █████      2",
        "Tue      5  ██         4",
        "```",
        "",
        "| Day | Cost |",
        "|-----|-----:|",
        "| Mon |    3 |",
        "| Tue |    5 |",
    ]


def test_a_heat_maps_legend_breaks_between_shades() -> None:
    """The hours of a day fit on any terminal."""
    columns = (Column("Day", WEEKDAY), *(Column(f"{hour:02}", NUMBER) for hour in range(24)))
    section = Section("S", "heat", columns, ((0, *range(1_000, 1_024)),))
    lines = rendered(section, 40)
    assert all(width(line) <= 40 for line in lines)
    assert "".join(lines).count("1,023") == 1


def test_a_date_is_never_cut() -> None:
    """Half of it is another one."""
    columns = (Column("Date", DATE), Column("Name", NAME))
    rows = [(date(year, 11, 16), "a name of some length") for year in (2025, 2026)]
    assert table(columns, *rows, room=20)[2].startswith("| Sun 16 Nov 2025 |")


@pytest.mark.parametrize("room", range(12, 60))
def test_a_cut_opens_no_mask(room: int) -> None:
    """The whole of a secret is masked before anything is cut."""
    secret = "ghp_" + "x1Y2" * 9
    voice = Voice(load_catalog(), ZoneInfo("UTC"), "", Redactor(b"k" * 32).text)
    columns = (Column("P", PATH), Column("N", NAME), Column("C", COMMAND))
    rows = ((f"/a/{secret}/b", f"x {secret}", f"curl -H {secret}"),)
    told = message("clause.about", what=Shown(PATH, f"/a/{secret}/b"), told=Shown(NAME, secret))
    points = Section("S", "points", rows=((secret,), (told,)))
    sections = (Section("S", "table", columns, rows), points)
    assert "x1Y2" not in render_text(Report("T", sections), voice, room)
