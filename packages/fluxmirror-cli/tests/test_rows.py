"""Rows as text: lines, CSV, JSON and tables hold what was recorded, and command no terminal."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.rows.as_csv import CsvWriter
from fluxmirror_cli.rows.as_json import JsonWriter
from fluxmirror_cli.rows.lines import LinesWriter
from fluxmirror_cli.rows.table import TableWriter
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_cli.rows.writer import Cell, RowsWriter

ODD: list[Sequence[Cell]] = [(1, "a,b|c", None), (2.5, 'q"\n\x1b[31m\u202e', b"\x00\xff")]
NAMES = ["n", "text", "odd"]


def written(writer: RowsWriter, *results: tuple[Sequence[str], Sequence[Sequence[Cell]]]) -> str:
    """Write results as one text."""
    pieces = [piece for names, rows in results for piece in writer.result(names, rows)]
    return "".join([*pieces, writer.end(None)])


def table(columns: int, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Write one result for a terminal; its lines."""
    return written(TableWriter(columns, header=True), (names, rows)).splitlines()


def test_lines_keep_a_row_on_its_line() -> None:
    """What would break it is written out."""
    text = written(LinesWriter(header=True), (NAMES, ODD), (["x"], [(1,)]))
    assert text == 'n|text|odd\n1|a,b|c|\n2.5|q"\\x0a\\x1b[31m\\x202e|00ff\nx\n1\n'
    assert written(LinesWriter(header=False), (NAMES, [])) == ""


def test_csv_reads_back_as_it_was() -> None:
    """Also with line feeds; an empty line between two results, names first in each."""
    text = written(CsvWriter(header=True, on_terminal=False), (NAMES, ODD), (["x"], [(1,)]))
    first, second = text.split("\n\n")
    assert list(csv.reader(io.StringIO(first))) == [
        NAMES,
        ["1", "a,b|c", ""],
        ["2.5", ODD[1][1], "00ff"],
    ]
    assert second == "x\n1\n"
    assert written(CsvWriter(header=False, on_terminal=False), (["x"], [(1,)])) == "1\n"


def test_csv_at_a_terminal_does_not_command_it() -> None:
    """Nobody reads that back."""
    text = written(CsvWriter(header=True, on_terminal=True), (NAMES, ODD))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_json_reads_back_as_it_was() -> None:
    """Blobs are objects, numbers without bounds are text, and names may come twice."""
    infinite: list[Sequence[Cell]] = [(float("inf"), float("-inf"))]
    text = written(JsonWriter(), (NAMES, ODD), (["x", "x"], infinite), (["none"], []))
    assert json.loads(text) == {
        "version": 1,
        "results": [
            {
                "columns": NAMES,
                "rows": [[1, "a,b|c", None], [2.5, ODD[1][1], {"hex": "00ff"}]],
            },
            {"columns": ["x", "x"], "rows": [["Infinity", "-Infinity"]]},
            {"columns": ["none"], "rows": []},
        ],
    }
    assert all(line.isprintable() for line in text.splitlines())


def test_json_without_results_is_json_too() -> None:
    """And says what was changed where anything could be."""
    assert json.loads(JsonWriter().end(None)) == {"version": 1, "results": []}
    assert json.loads(JsonWriter().end(3)) == {"version": 1, "results": [], "changed": 3}


def test_a_table_is_aligned_also_where_characters_are_wide() -> None:
    """Numbers to the right, and nothing recorded moves the cursor."""
    rows: list[Sequence[Cell]] = [("한국어", 5, "x\ny"), ("日本", 1_000, None), ("a", None, "z")]
    assert table(80, ["이름", "n", "t"], rows) == [
        "이름       n  t",
        "------  ----  ----",
        "한국어     5  x\\ny",
        "日本    1000",
        "a             z",
    ]


def test_long_cells_are_cut_to_the_terminal() -> None:
    """The widest give way, and the short ones stay whole."""
    rows: list[Sequence[Cell]] = [("short", "가" * 500, "b" * 90)]
    lines = table(40, ["a", "b", "c"], rows)
    assert max(map(width, lines)) <= 40
    assert lines[2].startswith("short  가")
    assert lines[2].count("…") == 2


@pytest.mark.parametrize("columns", [1, 10, 40])
def test_what_does_not_fit_side_by_side_is_a_list(columns: int) -> None:
    """Thirty columns in a narrow terminal: each row is lines of a name and a value."""
    names = [f"column{number}" for number in range(30)]
    lines = table(columns, names, [tuple(range(30)), ("x" * 99,) * 30])
    assert len(lines) == 30 + 1 + 30
    assert lines[30] == ""
    if columns == 40:
        assert lines[:2] == ["column0   0", "column1   1"]
        assert lines[-1] == f"column29  {'x' * 29}…"


def test_a_table_of_many_rows_goes_on_as_it_began() -> None:
    """Rows are laid out a thousand at a time; a wider cell later is not cut for no need."""
    rows: list[Sequence[Cell]] = [*[("a", 1)] * 1_500, ("longer", 2)]
    lines = table(80, ["x", "n"], rows)
    assert len(lines) == 2 + 1_501
    assert (lines[2], lines[-2], lines[-1]) == ("a  1", "a       1", "longer  2")


def test_results_at_a_terminal_stand_apart() -> None:
    """An empty line between two tables; a result without rows shows its names."""
    text = written(TableWriter(80, header=True), (["a"], []), (["b"], [(1,)]))
    assert text == "a\n-\n\nb\n-\n1\n"
    assert written(TableWriter(80, header=False), (["a"], []), (["b"], [(1,)])) == "\n1\n"
