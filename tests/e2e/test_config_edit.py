"""`fluxmirror config edit` at a terminal: what is saved is looked at before it counts."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pexpect = pytest.importorskip("pexpect", reason="a terminal of POSIX")

_PROGRAM = "from fluxmirror_cli.entry import main; raise SystemExit(main())"


def _edit(editor: Path) -> Any:  # noqa: ANN401 - a module that only POSIX has
    env = os.environ | {"EDITOR": str(editor), "VISUAL": "", "TERM": "dumb"}
    arguments = ["-c", _PROGRAM, "config", "edit"]
    return pexpect.spawn(sys.executable, arguments, env=env, encoding="utf-8", timeout=20)


def _editor(directory: Path, *texts: str) -> Path:
    """An editor that writes one text after another into what it is given."""
    for number, text in enumerate(texts):
        (directory / f"text{number}").write_text(text, encoding="utf-8")
    path = directory / "editor"
    path.write_text(
        f'#!/bin/sh\ncd "{directory}"\nn=$(cat count 2>/dev/null || echo 0)\n'
        'cat "text$n" > "$1"\necho $((n + 1)) > count\n'
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_what_is_wrong_is_said_and_edited_again(flux_home: Path, tmp_path: Path) -> None:
    """The file is written once it is right."""
    child = _edit(_editor(tmp_path, "language = 'klingon'\n", "# new\nlanguage = 'korean'\n"))
    child.expect("klingon")
    child.expect("Go on editing")
    child.sendline("y")
    child.expect("written")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    text = (flux_home / "config" / "config.toml").read_text(encoding="utf-8")
    assert text == "# new\nlanguage = 'korean'\n"


def test_whoever_gives_up_keeps_what_was_there(flux_home: Path, tmp_path: Path) -> None:
    """No half of an edit stays."""
    child = _edit(_editor(tmp_path, "[broken\n"))
    child.expect("Go on editing")
    child.sendline("n")
    child.expect("the file is as it was")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert not (flux_home / "config" / "config.toml").exists()
