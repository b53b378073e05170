"""The real Codex asked to trust our hooks: those alone, and never unseen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.codex_trust import CodexHook, CodexServer
from fluxmirror_cli.registration.installation import FAILED, INSTALLED, Outcome
from fluxmirror_cli.registration.situation import survey
from fluxmirror_cli.registration.trusting import settle_trust

if TYPE_CHECKING:
    from pathlib import Path

_WHERE = os.environ.get("FLUXMIRROR_TEST_AGENTS", "")
pytestmark = [
    pytest.mark.agents,
    pytest.mark.skipif(
        not _WHERE, reason="FLUXMIRROR_TEST_AGENTS names no directory with the agents"
    ),
]


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH with the agents and the Node.js that they need."""
    modules = os.path.join(_WHERE, "node_modules")
    folders = [os.path.join(modules, "node", "bin"), os.path.join(modules, ".bin")]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, "/usr/bin", "/bin"]))


def fluxmirror(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program without a terminal."""
    program = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert program is not None
    return subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def registered() -> str:
    """Tell how Codex is registered, as `agents list` says."""
    rows = json.loads(fluxmirror("agents", "list", "--json").stdout)["agents"]
    return {row["agent"]: str(row["registered"]) for row in rows}["codex-cli"]


def turn_to_evil(package: Path) -> None:
    """Have a package of ours name other hooks, as somebody with other plans might."""
    manifest = package / ".codex-plugin" / "plugin.json"
    manifest.write_text(manifest.read_text().replace("hooks/codex.json", "hooks/evil.json"))
    hooks = json.loads((package / "hooks" / "codex.json").read_text())
    hooks["hooks"]["Stop"][0]["hooks"][0]["command"] = "evil"
    (package / "hooks" / "evil.json").write_text(json.dumps(hooks))


def test_what_is_trusted_is_shown(home: Path) -> None:
    """On stderr, and in a few lines; what a person leaves to themselves stays untrusted."""
    left = fluxmirror("install", "codex-cli", "--no-trust")
    assert (left.returncode, left.stderr) == (0, "")
    assert "; its hooks do not run yet, as Codex does not trust them\n" in left.stdout
    assert "start these agents anew" not in left.stdout
    assert registered() == "untrusted"
    done = fluxmirror("install", "codex-cli", "--json")
    assert 'wrappers/shim.sh" codex EVENT >/dev/null' in done.stderr
    assert "EVENT is PreToolUse, PermissionRequest, " in done.stderr
    assert len(done.stderr.splitlines()) < 8
    (told,) = json.loads(done.stdout)["agents"]
    assert told["state"] == "updated"
    assert told["sentence"].endswith("; Codex trusts its hooks from now on")
    assert fluxmirror("install", "codex-cli").stderr == "", "trusted as they are"


def test_a_tampered_package_is_replaced_before_it_is_trusted(home: Path) -> None:
    """Its manifest counts, and a file too many."""
    fluxmirror("install", "codex-cli")
    (package,) = home.glob(".codex/plugins/cache/*/*/*")
    turn_to_evil(package)
    assert registered() == "modified"
    done = fluxmirror("install", "codex-cli")
    assert "evil" not in done.stderr
    assert registered() == "plugin"
    assert not (package / "hooks" / "evil.json").exists()


@pytest.mark.parametrize("is_hidden", [False, True], ids=["by its files", "by its commands"])
def test_what_is_not_ours_is_never_trusted(
    home: Path, monkeypatch: pytest.MonkeyPatch, *, is_hidden: bool
) -> None:
    """Whatever carries our plugin's name; nobody is even asked."""
    fluxmirror("install", "codex-cli", "--no-trust")
    (package,) = home.glob(".codex/plugins/cache/*/*/*")
    turn_to_evil(package)
    if is_hidden:
        # As if it had been put there after the files were looked at.
        monkeypatch.setattr(
            "fluxmirror_cli.registration.trusting.differs", lambda _package, _directory: False
        )
    asked: list[CodexHook] = []

    def agree(hooks: list[CodexHook]) -> bool:
        asked.extend(hooks)
        return True

    situation = survey(os.environ, sys.platform)
    (codex,) = (agent for agent in find_agents(os.environ) if agent.id == "codex-cli")
    outcome = settle_trust(situation, codex, Outcome(codex.id, INSTALLED, "there"), agree)
    assert outcome.state == FAILED
    assert ("1 hooks" in str(outcome.sentence)) == is_hidden
    assert asked == []
    assert "trusted_hash" not in (home / ".codex" / "config.toml").read_text()


@pytest.mark.parametrize("way", [[], ["--settings"]], ids=["plugin", "settings"])
def test_a_hook_that_is_switched_off_is_told(home: Path, way: list[str]) -> None:
    """It is its owner's choice, so it is not switched on; but nobody says that it runs."""
    fluxmirror("install", "codex-cli", *way)
    situation = survey(os.environ, sys.platform)
    trust = situation.done("codex-cli").trust
    assert trust is not None
    codex = os.path.join(_WHERE, "node_modules", ".bin", "codex")
    with CodexServer(codex, os.environ) as server:
        states = {trust.keys[0]: {"enabled": False}}
        edit = {"keyPath": "hooks.state", "value": states, "mergeStrategy": "upsert"}
        server.ask("config/batchWrite", {"edits": [edit], "reloadUserConfig": True})
    assert registered() == "untrusted"
    done = fluxmirror("install", "codex-cli")
    assert done.returncode == 1
    assert "1 of our 12 hooks are switched off in Codex" in done.stdout
    assert registered() == "untrusted"
    assert fluxmirror("uninstall", "--all").returncode == 0
    assert "fluxmirror" not in "".join(map(str, home.rglob("*")))


def test_a_home_behind_a_link_is_the_same_home(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codex may name its hooks by the real path, or by the one it was given."""
    link = tmp_path / "link"
    link.symlink_to(home)
    monkeypatch.setenv("HOME", str(link))
    for way, expected in (([], "plugin"), (["--settings"], "settings")):
        done = fluxmirror("install", "codex-cli", *way)
        assert done.returncode == 0, done.stdout
        assert registered() == expected
        fluxmirror("uninstall", "--all")
