"""A person's own SQL is taken apart where a statement ends, and refused with a sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import UsageError
from fluxmirror_store.database import empty
from fluxmirror_store.statements import EXAMPLES, Script, is_named, split_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRIGGER = (
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
    "  UPDATE a SET x = CASE WHEN x = 1 THEN 2 END; DELETE FROM b; -- ;\nEND;"
)


@pytest.fixture
def memory() -> Iterator[sqlite3.Connection]:
    """An empty database in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        yield db


def run(
    db: sqlite3.Connection, sql: str, values: Mapping[str, str | int | float | None] | None = None
) -> list[tuple[list[str], list[object]]]:
    """Run SQL to its end; columns and rows of each result."""
    results = Script(split_statements(sql), values or {}).run(db)
    return [(columns, list(rows)) for columns, rows in results]


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;SELECT 2; ", ["SELECT 1;", "SELECT 2;"]),
        ("SELECT ';', \";\", `;`, [;] ; SELECT 2", ["SELECT ';', \";\", `;`, [;] ;", "SELECT 2"]),
        ("SELECT 'it''s; so'; SELECT 2", ["SELECT 'it''s; so';", "SELECT 2"]),
        ("-- one; two\nSELECT 1 /* a; */; -- end;", ["-- one; two\nSELECT 1 /* a; */;"]),
        (f"{TRIGGER} SELECT 1", [TRIGGER, "SELECT 1"]),
        ("SELECT 'never closed; SELECT 2", ["SELECT 'never closed; SELECT 2"]),
        ("SELECT 1 /* never; closed", ["SELECT 1 /* never; closed"]),
        (";; ; -- nothing\n/* at all */", []),
        ("", []),
    ],
)
def test_a_semicolon_ends_a_statement_where_sqlite_says_so(sql: str, statements: list[str]) -> None:
    """Not in strings, names, comments or the body of a trigger; what is blank is left out."""
    assert split_statements(sql) == statements


@pytest.mark.parametrize("sql", ["SELECT '\udcff'", "SELECT 1;\0 SELECT 2"])
def test_what_is_no_text_is_refused(sql: str) -> None:
    """Before anything is run."""
    with pytest.raises(UsageError, match="the statement"):
        split_statements(sql)


def test_a_parameter_is_known_by_its_name() -> None:
    """With any of the three signs, and whole."""
    statements = ["SELECT :one", "SELECT @two, $three"]
    assert all(is_named(statements, name) for name in ("one", "two", "three"))
    assert not is_named(statements, "thre")


def test_results_come_in_turn_and_what_has_none_is_silent(memory: sqlite3.Connection) -> None:
    """Later statements see what earlier ones did."""
    sql = "CREATE TABLE t (x); INSERT INTO t VALUES (:n); SELECT x, :n AS n FROM t; SELECT 2 AS x"
    assert run(memory, sql, {"n": "a"}) == [(["x", "n"], [("a", "a")]), (["x"], [(2,)])]


def test_rows_that_statements_changed_are_counted(memory: sqlite3.Connection) -> None:
    """Those of statements alone: neither a trigger's, nor an earlier statement's once more."""
    run(memory, f"CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1), (2); {TRIGGER}")
    script = Script(
        split_statements(
            "INSERT INTO a VALUES (1), (2), (3); SELECT 1; CREATE TABLE c AS SELECT 1;"
            "WITH w AS (SELECT 1) DELETE FROM a WHERE x IN w; UPDATE a SET x = 4 RETURNING x"
        ),
        {},
    )
    for result in script.run(memory):
        list(result.rows)
    assert script.changed == 3 + 0 + 3


def test_what_is_refused_says_which_statement_and_why(memory: sqlite3.Connection) -> None:
    """In the words of SQLite, with parts masked as they were asked to be."""
    masked = Script(["SELECT 1", "SELECT secret"], {}, shown=lambda text: text.replace("cret", "-"))
    with pytest.raises(UsageError) as caught:
        list(masked.run(memory))
    assert str(caught.value) == "statement 2 of 2 was refused: no such column: se-"
    assert "agent_timeline" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT ?", "a parameter has no name"),
        ("SELECT :x", ":x has no value"),
        ("SELECT json('{')", "malformed JSON"),
    ],
)
def test_the_words_fit_a_command_line(memory: sqlite3.Connection, sql: str, sentence: str) -> None:
    """Nothing of Python's dictionaries."""
    with pytest.raises(UsageError) as caught:
        run(memory, sql)
    assert str(caught.value) == f"the statement was refused: {sentence}"


def test_a_fault_of_the_database_is_none_of_the_statement() -> None:
    """A damaged file is no usage error."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(b"SQLite format 3\0" + bytes(4_080))
        with pytest.raises(sqlite3.DatabaseError):
            run(db, "SELECT * FROM sqlite_master")


def test_the_examples_run() -> None:
    """What the help shows is true of the schema."""
    with closing(empty()) as db:
        for example in EXAMPLES:
            run(db, example, {"t": "Bash"})


def test_text_that_is_no_text_is_shown(memory: sqlite3.Connection) -> None:
    """What cannot be read is one mark."""
    assert run(memory, "SELECT CAST(x'ff41' AS TEXT) AS x") == [(["x"], [("\ufffdA",)])]
