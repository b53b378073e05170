"""Since when something waits in the spool is told without reading any of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_store.spool_waiting import oldest_mtime_ns

if TYPE_CHECKING:
    from pathlib import Path


def test_the_oldest_file_tells_since_when(tmp_path: Path) -> None:
    """Whatever its name; a folder is nothing that waits."""
    new = tmp_path / "new"
    (new / "folder").mkdir(parents=True)
    for name, at_ns in (("a", 3_000), ("b", 2_000), ("c", 4_000)):
        (new / name).touch()
        os.utime(new / name, ns=(at_ns, at_ns))
    assert oldest_mtime_ns(str(tmp_path)) == 2_000


def test_no_spool_has_nothing_waiting(tmp_path: Path) -> None:
    """Nor has an empty one."""
    assert oldest_mtime_ns(str(tmp_path / "none")) is None
    (tmp_path / "new").mkdir()
    assert oldest_mtime_ns(str(tmp_path)) is None
