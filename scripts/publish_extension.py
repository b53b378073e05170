"""Put the Gemini extension at the root of a branch of its own: the place agents install it from.

    python scripts/publish_extension.py ARCHIVE REMOTE

The branch has one commit, without a past, and replaces what was there before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import extension_archive

if TYPE_CHECKING:
    from collections.abc import Mapping

BRANCH: Final = "gemini-extension-pkg"
ATTRIBUTES: Final = "* -text\n"
"""A clone gets the very bytes: a shell script with Windows' line ends would not run."""
IDENTITY: Final = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "FluxMirror"), ("EMAIL", "fluxmirror@users.noreply.github.com"))
}


def main() -> int:
    """Publish, or say what is wrong; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path)
    parser.add_argument("remote", help="a path or an address; git must be able to push there")
    asked = parser.parse_args()
    try:
        extension_archive.check(asked.archive)
        publish(extension_archive.load(asked.archive), asked.remote)
    except extension_archive.ArchiveError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    return 0


def publish(entries: Mapping[str, extension_archive.Entry], remote: str) -> None:
    """Commit the files and push the commit over the branch.

    Raises:
        subprocess.CalledProcessError: git failed, and said why.
    """
    version = json.loads(entries["gemini-extension.json"].content)["version"]
    with tempfile.TemporaryDirectory(prefix="fluxmirror-extension-") as directory:
        _git(directory, "init", "--quiet", f"--initial-branch={BRANCH}")
        # The attributes first: they speak for what is added after them.
        for name, entry in {".gitattributes": _attributes(), **entries}.items():
            file = Path(directory, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(entry.content)
            _git(directory, "add", "--force", "--", name)
            sign = "+" if entry.is_executable else "-"
            _git(directory, "update-index", f"--chmod={sign}x", "--", name)
        _git(directory, "commit", "--quiet", "--message", f"Gemini extension {version}")
        _git(directory, "push", "--force", remote, f"HEAD:refs/heads/{BRANCH}")


def _attributes() -> extension_archive.Entry:
    return extension_archive.Entry(ATTRIBUTES.encode(), is_executable=False)


def _git(directory: str, *words: str) -> None:
    subprocess.run(["git", *words], cwd=directory, env=os.environ | IDENTITY, check=True)


if __name__ == "__main__":
    sys.exit(main())
