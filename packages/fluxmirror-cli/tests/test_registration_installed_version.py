"""An agent's version is read from its files: it is not started for it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration.agent_home import BY_ID
from fluxmirror_cli.registration.installed_version import installed_version

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links")


def program(path: Path) -> str:
    """Make a program, and a link to it; gives the link."""
    path.parent.mkdir(parents=True)
    path.touch()
    link = path.with_name(f"{path.name}-link")
    link.symlink_to(path)
    return str(link)


def version(agent: str, path: Path) -> str:
    """Give the version of an agent whose program lies at a path, and is linked to."""
    return installed_version(BY_ID[agent], program(path))


def test_npm_packages_tell_their_version(tmp_path: Path) -> None:
    """The manifest of the agent's own package, however deep the program lies in it."""
    package = tmp_path / "lib/node_modules/@openai/codex"
    path = package / "bin/codex.js"
    found = program(path)
    assert installed_version(BY_ID["codex-cli"], found) == ""
    (package / "bin/package.json").write_text('{"type": "module"}')
    manifest = {"name": "@openai/codex", "version": "0.169.0"}
    (package / "package.json").write_text(json.dumps(manifest))
    assert installed_version(BY_ID["codex-cli"], found) == "0.169.0"
    assert installed_version(BY_ID["gemini-cli"], found) == "", "not its package"


def test_folders_that_are_named_by_a_version_tell_it(tmp_path: Path) -> None:
    """As installers without a manifest lay them out; somebody else's version is none."""
    assert version("claude-code", tmp_path / "share/claude/versions/2.1.329") == "2.1.329"
    assert version("opencode", tmp_path / "Cellar/opencode/1.18.33/bin/opencode") == "1.18.33"
    assert version("codex-cli", tmp_path / "installs/node/20.1.0/bin/codex") == ""
