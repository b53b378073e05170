"""A database may lie under whatever name its owner gave a folder: SQLite gets it as a URI."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store.database import connect_to_read, connect_to_write, is_outdated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["a b", "50%41", "what?", "#1", "한국어", "é+&=;", "~.-_", "a\nb"])
def test_a_database_is_read_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    """What means something in a URI means nothing here."""
    folder = tmp_path / "below" / name
    folder.mkdir(parents=True)
    path = str(folder / "events.db")
    connect_to_write(path).close()
    assert not is_outdated(path)
    connect_to_read(path).close()
    assert [one.name for one in folder.parent.iterdir()] == [name]
