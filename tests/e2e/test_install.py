"""The real agents: installed into, listed, and left as they were found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.agents,
    pytest.mark.skipif(
        not os.environ.get("FLUXMIRROR_TEST_AGENTS"),
        reason="FLUXMIRROR_TEST_AGENTS names no directory with the agents",
    ),
]
_WHERE = os.environ.get("FLUXMIRROR_TEST_AGENTS", "")
PLUGINS = ["claude-code", "qwen-code", "gemini-cli", "codex-cli", "copilot-cli"]
AGENTS = [*PLUGINS, "opencode"]

SETTINGS = {
    ".claude/settings.json": '{\n    "model": "opus",\n    "env": {"B": "1", "A": "2"}\n}',
    ".qwen/settings.json": '// mine\n{\n  "model": {"name": "x"}, // still\n  "$version": 4\n}\n',
    ".gemini/settings.json": '{\r\n\t// mine\r\n\t"general": {"enableAutoUpdate": false}\r\n}\r\n',
    ".codex/config.toml": '# mine\nmodel = "x" # still\n\n[tui]\nnotifications = false\n',
    ".copilot/settings.json": '// mine\n{"banner": "never"}\n',
    ".config/opencode/opencode.jsonc": '{\n  // mine\n  "share": "disabled",\n}\n',
}
"""As people have them: comments, an order of their own, and no formatter's idea of blanks."""


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> str:
    """A PATH with the agents and the Node.js that they need, and no agent of this machine."""
    modules = os.path.join(_WHERE, "node_modules")
    folders = [os.path.join(modules, "node", "bin"), os.path.join(modules, ".bin")]
    path = os.pathsep.join([*folders, "/usr/bin", "/bin"])
    monkeypatch.setenv("PATH", path)
    return path


@pytest.fixture
def settled(home: Path) -> Path:
    """A home whose owner has settings for every agent."""
    for name, text in SETTINGS.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return home


def fluxmirror(*arguments: str, code: int = 0) -> str:
    """Run the installed program without a terminal; gives what it prints."""
    program = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert program is not None
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def registered() -> dict[str, str]:
    """Tell how each agent is registered, as `agents list` says."""
    rows = json.loads(fluxmirror("agents", "list", "--json"))["agents"]
    assert all(row["version"] for row in rows), "every agent is found, and its version"
    assert all(row["current"] in {None, True} for row in rows)
    return {row["agent"]: row["registered"] for row in rows}


def tree(home: Path) -> dict[str, bytes | None]:
    """Give everything below a directory: path → content, None for a directory."""
    return {
        str(file.relative_to(home)): file.read_bytes() if file.is_file() else None
        for file in home.rglob("*")
    }


@pytest.mark.usefixtures("path")
def test_an_empty_home_is_empty_again(home: Path) -> None:
    """All six agents: installed, listed, installed again, uninstalled, and nothing is left."""
    assert registered() == dict.fromkeys(AGENTS, "no")
    assert tree(home) == {}, "looking changes nothing"
    first = fluxmirror("install", "--all")
    assert [line for line in first.splitlines() if ": installed; " in line] != []
    assert first.count(": installed; ") == len(AGENTS)
    assert registered() == dict.fromkeys(AGENTS, "plugin")
    assert fluxmirror("install", "--all").count(": already; ") == len(AGENTS)
    assert fluxmirror("uninstall", "--all").count(": removed; ") == len(AGENTS)
    assert tree(home) == {}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("way", [[], ["--settings"]], ids=["plugin", "settings"])
def test_settings_are_as_before_to_the_byte(settled: Path, way: list[str]) -> None:
    """Whatever the agents' own commands write meanwhile."""
    before = tree(settled)
    fluxmirror("install", "--all", *way)
    expected = "settings" if way else "plugin"
    assert registered() == dict.fromkeys(PLUGINS, expected) | {"opencode": "plugin"}
    fluxmirror("uninstall", "--all")
    assert tree(settled) == before


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("way", [[], ["--settings"]], ids=["plugin", "settings"])
def test_what_a_person_changed_meanwhile_stays(settled: Path, way: list[str]) -> None:
    """Their edit, their comments and their order; nothing of ours."""
    fluxmirror("install", "--all", *way)
    for name in SETTINGS:
        file = settled / name
        file.write_bytes(b"# new\n" * name.endswith("toml") + edited(file.read_bytes(), name))
    fluxmirror("uninstall", "--all")
    for name, text in SETTINGS.items():
        expected = b"# new\n" * name.endswith("toml") + edited(text.encode(), name)
        assert (settled / name).read_bytes() == expected, name
    assert "fluxmirror" not in " ".join(tree(settled))


def edited(content: bytes, name: str) -> bytes:
    """Add a member by hand, where a settings file begins."""
    return content if name.endswith("toml") else content.replace(b"{", b'{"new": 1,', 1)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("way", [[], ["--settings"]], ids=["plugin", "settings"])
def test_links_of_a_dotfile_manager_stay_links(settled: Path, way: list[str]) -> None:
    """The files they lead to are the settings, before and after."""
    store = settled / "dotfiles"
    store.mkdir()
    for name in SETTINGS:
        file = settled / name
        file.rename(store / name.replace("/", "-"))
        file.symlink_to(store / name.replace("/", "-"))
    # One that Qwen Code would rather write anew.
    (store / ".qwen-settings.json").write_text('{"model": {"name": "x"}}')
    before = tree(settled)
    fluxmirror("install", "--all", *way)
    assert all((settled / name).is_symlink() for name in SETTINGS)
    fluxmirror("uninstall", "--all")
    assert all((settled / name).is_symlink() for name in SETTINGS)
    assert tree(settled) == before


@pytest.mark.usefixtures("path")
def test_a_dry_run_touches_nothing(settled: Path) -> None:
    """It shows the commands and the diffs."""
    before = tree(settled)
    shown = fluxmirror("install", "--dry-run")
    for words in ("plugin install fluxmirror@fluxmirror", "plugin add", "--consent"):
        assert words in shown
    assert "+++ " in fluxmirror("install", "--dry-run", "--settings", "claude-code")
    assert tree(settled) == before


@pytest.mark.usefixtures("path")
def test_without_a_terminal_nobody_is_asked(home: Path) -> None:
    """No answer can come: what would be done is shown, and that is all."""
    assert "plugin install" in fluxmirror("install", code=2)
    assert tree(home) == {}


@pytest.mark.usefixtures("path")
def test_untrusted_hooks_of_codex_are_an_error(home: Path) -> None:
    """Codex says nothing of hooks that it does not run; doctor does, and installing again mends."""
    fluxmirror("install", "codex-cli", "--no-trust", code=1)
    assert registered()["codex-cli"] == "untrusted"
    rows = json.loads(fluxmirror("doctor", "--json", code=2))["rows"]
    row = next(row for row in rows if row["component"] == "codex-cli")
    assert (row["status"], row["remedy"]) == ("error", "run `fluxmirror install codex-cli`")
    fluxmirror("install", "codex-cli")
    assert registered()["codex-cli"] == "plugin"
    shim = next(home.glob(".codex/plugins/cache/*/*/*/wrappers/shim.sh"))
    shim.write_bytes(shim.read_bytes() + b"# newer\n")
    rows = json.loads(fluxmirror("agents", "list", "--json"))["agents"]
    assert {row["agent"]: row["registered"] for row in rows}["codex-cli"] == "modified"
    fluxmirror("install", "codex-cli")
    assert registered()["codex-cli"] == "plugin"


@pytest.mark.usefixtures("path")
def test_an_old_copy_is_replaced(home: Path) -> None:
    """An agent that copies the package gets the new one."""
    fluxmirror("install", "qwen-code", "gemini-cli")
    for agent in (".qwen", ".gemini"):
        (home / agent / "extensions" / "fluxmirror" / "wrappers" / "shim.sh").write_text("old")
    rows = json.loads(fluxmirror("agents", "list", "--json"))["agents"]
    assert [row["agent"] for row in rows if row["current"] is False] == ["qwen-code", "gemini-cli"]
    assert fluxmirror("install", "qwen-code", "gemini-cli").count(": updated; ") == 2
    assert registered()["qwen-code"] == registered()["gemini-cli"] == "plugin"
    fluxmirror("uninstall", "--all")
    assert tree(home) == {}


@pytest.mark.usefixtures("path")
def test_a_second_registration_is_told_and_cleaned(home: Path) -> None:
    """Plugin and settings at once would count every call twice."""
    fluxmirror("install", "claude-code", "--settings")
    entries = (home / ".claude" / "settings.json").read_bytes()
    fluxmirror("uninstall", "--all")
    fluxmirror("install", "claude-code")
    file = home / ".claude" / "settings.json"
    plugin = json.loads(file.read_bytes())
    file.write_text(json.dumps(plugin | json.loads(entries)))
    assert registered()["claude-code"] == "both"
    both = tree(home)
    fluxmirror("uninstall", "claude-code")
    assert registered()["claude-code"] == "no"
    assert tree(home) == {}
    fluxmirror("install", "claude-code")
    file.write_bytes(both[".claude/settings.json"] or b"")
    assert registered()["claude-code"] == "both"
    assert "left over: " in fluxmirror("install", "claude-code")
    fluxmirror("install", "claude-code", "--clean")
    assert registered()["claude-code"] == "plugin"
    assert json.loads(file.read_bytes()) == plugin
    fluxmirror("uninstall", "claude-code")
    assert tree(home) == {}
