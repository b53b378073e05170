"""The Gemini extension as one file, the extension at its root: made, read and looked over.

    python scripts/extension_archive.py ARCHIVE

Packs `gemini-extension/` and checks what was packed. Files are dated by SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from versions import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE: Final = ROOT / "gemini-extension"
EPOCH: Final = 315532800
"""1980, the first moment that every kind of archive can hold; for where there is no better."""
NEEDED: Final = (
    "gemini-extension.json",
    "hooks/hooks.json",
    "wrappers/launch.sh",
    "wrappers/router.sh",
    "wrappers/shim.cmd",
    "wrappers/shim.mjs",
    "wrappers/shim.sh",
)
"""Without one of these the extension would be there and record nothing."""

_OWN_PATH: Final = re.compile(r"\$\{extensionPath\}/([\w./-]+)")
_LEFT_OVER: Final = re.compile(r"(^|/)(\._|\.DS_Store|__MACOSX|[^/]*backup|[^/]*~$)", re.IGNORECASE)


class ArchiveError(Exception):
    """The extension would not work as it is; one sentence."""


class Entry(NamedTuple):
    """A file in the archive."""

    content: bytes
    is_executable: bool


def main() -> int:
    """Pack and check; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path)
    archive: Path = parser.parse_args().archive
    try:
        build(SOURCE, archive, int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)))
        check(archive)
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build(folder: Path, archive: Path, moment: int) -> None:
    """Pack the folder; the same files and moment give the same bytes.

    Args:
        folder: the extension.
        archive: a `.tar.gz` to write.
        moment: what every file is dated, in seconds since 1970.

    Raises:
        ArchiveError: there is a link in the folder.
    """
    with (
        archive.open("wb") as stream,
        gzip.GzipFile("", "wb", fileobj=stream, mtime=moment) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for file in sorted(_files(folder)):
            member = tar.gettarinfo(file, file.relative_to(folder).as_posix())
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime = moment
            # Not as the file system says: Windows has no such bit.
            member.mode = 0o755 if file.suffix == ".sh" else 0o644
            with file.open("rb") as content:
                tar.addfile(member, content)


def _files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        if file.is_symlink():
            raise ArchiveError(f"{file.relative_to(folder)} is no plain file.")
        if file.is_file():
            yield file


def load(archive: Path) -> dict[str, Entry]:
    """Read all files of an archive, by name.

    Raises:
        ArchiveError: it holds something that is no plain file, or a name that leads outside.
    """
    entries = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or member.name.startswith("/") or ".." in member.name.split("/"):
                raise ArchiveError(f"{archive.name}: {member.name} is no plain file of its own.")
            entries[member.name] = Entry(content.read(), bool(member.mode & 0o100))
    return entries


def check(archive: Path) -> None:
    """See that an archive has what the extension needs, and nothing that slipped in.

    Raises:
        ArchiveError: what is wrong.
    """
    entries = load(archive)
    named = {name for entry in entries.values() for name in _named(entry)}
    for name in sorted({*NEEDED, *named}):
        if name not in entries:
            raise ArchiveError(f"{archive.name}: {name} is missing.")
    for name in entries:
        if _LEFT_OVER.search(name):
            raise ArchiveError(f"{archive.name}: {name} does not belong there.")
    if json.loads(entries["gemini-extension.json"].content).get("name") != "fluxmirror":
        raise ArchiveError(f"{archive.name}: the manifest is not FluxMirror's.")


def _named(entry: Entry) -> list[str]:
    """List the files of the extension that a file of it calls."""
    return _OWN_PATH.findall(entry.content.decode(errors="replace"))


if __name__ == "__main__":
    sys.exit(main())
