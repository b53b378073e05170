"""A configuration file of another user: told in a sentence, and nothing opens because of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAM = "from fluxmirror_cli.entry import main; raise SystemExit(main())"
_NOBODY = 65534


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that another user can reach, with a configuration that user cannot read."""
    directory = Path(tempfile.mkdtemp(prefix="fluxmirror-test-"))
    (directory / "config").mkdir()
    file = directory / "config" / "config.toml"
    file.write_text("[redaction]\npatterns = ['ACME-[0-9]+']\n")
    file.chmod(0o600)
    for path in (directory, directory / "config"):
        os.chown(path, _NOBODY, _NOBODY)
        path.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become somebody else",
)
def test_a_file_of_another_user_is_a_sentence_and_shuts(open_directory: Path) -> None:
    """Never a traceback, never a silent default."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        become = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
        return subprocess.run(
            [*become, sys.executable, "-P", "-c", _PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "FLUXMIRROR_HOME": str(open_directory), "HOME": str(open_directory)},
            cwd="/",
        )

    if run("--version").returncode:
        pytest.skip("another user cannot reach this Python")
    shown = run("config", "show")
    assert shown.returncode == 0
    assert "Permission denied" in shown.stdout
    for arguments, code in (("drain",), 5), (("config", "set", "language", "ko"), 5):
        ran = run(*arguments)
        assert ran.returncode == code
        assert "Permission denied" in ran.stderr
        assert "Traceback" not in ran.stderr
    assert run("doctor").returncode == 2
