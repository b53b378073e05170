"""Doctor says what is odd in the session files, and what of it is a reason to upgrade."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.health.oddities import examine_oddities
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

LINE = b'{"type":"user","sessionId":"s","timestamp":"2026-01-01T12:00:00Z","message":{}}\n'
BAD = b'{"type":"user",}\n'
TORN = b'{"type":"us'


def read(home: Path, *contents: bytes) -> None:
    """Write session files of Claude Code, and import them."""
    folder = home / ".claude/projects/-srv-app"
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (folder / f"s{number}.jsonl").write_bytes(content)
    import_session_files(
        here(), Settings(), find_session_files(os.environ), open_book(here()), Wanted()
    )


def rows() -> list[Row]:
    """Give doctor's rows."""
    return list(examine_oddities(Evidence(here(), Settings())))


def unknown(kind: bytes) -> bytes:
    """Give a record of a kind that does not exist."""
    return LINE.replace(b'"user"', b'"%s","version":"9.1.2"' % kind)


def test_nothing_odd_is_nothing_to_say(home: Path, flux_home: Path) -> None:
    """Neither without a database nor with one."""
    assert rows() == []
    assert not flux_home.exists()
    read(home, LINE)
    assert rows() == []


def test_torn_ends_and_bad_lines_are_no_fault(home: Path, flux_home: Path) -> None:
    """A kill leaves them; they are counted, the most first, and a command lists them."""
    read(home, LINE + BAD + LINE + TORN, LINE + TORN, LINE + TORN)
    (row,) = rows()
    assert row.status == "ok"
    assert str(row.detail) == "4 odd things in session files: 3 torn last lines, 1 bad line"
    assert str(row.remedy) == "`fluxmirror import --verbose` lists them"


def test_records_of_unknown_kinds_are_a_reason_to_upgrade(home: Path, flux_home: Path) -> None:
    """They come first, with whose they are."""
    read(home, LINE + unknown(b"forecast") * 2 + LINE, LINE + TORN, LINE + TORN, LINE + TORN)
    (row,) = rows()
    assert row.status == "warn"
    told = "2 records of an unknown kind (Claude Code 9.1.2: forecast), 3 torn last lines"
    assert str(row.detail) == f"5 odd things in session files: {told}"
    assert str(row.remedy).startswith("upgrade fluxmirror; ")


def test_many_kinds_are_told_in_short(home: Path, flux_home: Path) -> None:
    """A row is no list."""
    read(home, b"".join(unknown(b"kind%d" % number) for number in range(5)))
    (row,) = rows()
    assert str(row.detail).startswith(
        "5 odd things in session files: 5 records of an unknown kind ("
    )
    assert str(row.detail).endswith("; …)")
    assert str(row.detail).count("kind") == 1 + 3
