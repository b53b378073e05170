"""The real agents: installed into, listed, and left as they were found."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

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


LEFT_BY_AGENTS = re.compile(
    r"\.claude\.json|\.claude/(backups|telemetry|cache)/.*"
    r"|\.qwen/(installation_id|debug/.*|extension-store/.*|extensions/extension-enablement\.json)"
    r"|\.gemini/(gemini-credentials\.json|installation_id|projects\.json(\.lock)?"
    r"|extensions/extension-enablement\.json|(tmp|history)/.*/\.project_root)"
    r"|\.codex/(\.tmp/.*|\.hook-trust/.*|[^/]*\.sqlite(-shm|-wal)?|installation_id"
    r"|skills/\.system/.*)"
    r"|\.copilot/(logs/.*|[a-z-]+\.lock)|\.cache/copilot/.*"
)
"""What the agents write at any start, or keep for themselves: it is theirs, and stays."""


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
        file.chmod(0o640)
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


class Found(NamedTuple):
    """One file, and how it lies there."""

    content: bytes
    mode: int
    link: str


def tree(home: Path) -> dict[str, Found]:
    """Give every file below a directory that is not an agent's own by-product."""
    return {
        str(file.relative_to(home)): Found(
            file.read_bytes(),
            stat.S_IMODE(file.stat().st_mode),
            str(file.readlink()) if file.is_symlink() else "",
        )
        for file in home.rglob("*")
        if file.is_file() and not LEFT_BY_AGENTS.fullmatch(str(file.relative_to(home)))
    }


def our_names(home: Path) -> list[str]:
    """List what carries our name: paths, and files of settings and state that hold it."""
    paths = [str(path.relative_to(home)) for path in home.rglob("*")]
    named = [path for path in paths if "fluxmirror" in path]
    return named + [
        path
        for path in paths
        if path.endswith((".json", ".toml")) and b"fluxmirror" in (home / path).read_bytes()
    ]


@pytest.mark.usefixtures("path")
def test_an_empty_home_is_empty_again(home: Path) -> None:
    """All six agents: installed, listed, installed again, uninstalled, and nothing is left."""
    assert registered() == dict.fromkeys(AGENTS, "no")
    assert tree(home) == {}, "looking changes nothing"
    first = fluxmirror("install", "--all")
    assert [line for line in first.splitlines() if ": installed; " in line] != []
    assert first.count(": installed; ") == len(AGENTS)
    assert registered() == dict.fromkeys(AGENTS, "plugin")
    assert fluxmirror("install", "--all").count(" already") == len(AGENTS)
    assert fluxmirror("uninstall", "--all").count(": taken out\n") == len(AGENTS)
    assert tree(home) == {}
    assert our_names(home) == []


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
    assert our_names(settled) == []


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
    fluxmirror("install", "codex-cli", "--no-trust")
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
    file.write_bytes(both[".claude/settings.json"].content)
    assert registered()["claude-code"] == "both"
    assert "left over: " in fluxmirror("install", "claude-code")
    fluxmirror("install", "claude-code", "--clean")
    assert registered()["claude-code"] == "plugin"
    assert json.loads(file.read_bytes()) == plugin
    fluxmirror("uninstall", "claude-code")
    assert tree(home) == {}


READ_ONLY = {
    "claude-code": ".claude/settings.json",
    "qwen-code": ".qwen/settings.json",
    "gemini-cli": ".gemini/settings.json",
    "codex-cli": ".codex/config.toml",
    "copilot-cli": ".copilot/settings.json",
}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("way", ["file", "link"])
def test_what_may_not_be_written_is_not(settled: Path, way: str) -> None:
    """An agent would replace it unasked: so none is started, neither to install nor to uninstall.

    A link that leads to a read-only file is how declarative setups keep settings.
    """
    fluxmirror("install", "--all")
    store = settled / "store"
    store.mkdir()
    for name in READ_ONLY.values():
        file = settled / name
        if way == "link":
            file.rename(store / name.replace("/", "-"))
            file.symlink_to(store / name.replace("/", "-"))
        file.chmod(0o444)
    before = tree(settled)
    told = fluxmirror("uninstall", *READ_ONLY, code=1)
    assert told.count("is left alone: it is read-only") == len(READ_ONLY)
    assert tree(settled) == before
    for name in READ_ONLY.values():
        (settled / name).chmod(0o640)
    fluxmirror("uninstall", "--all")
    for name in READ_ONLY.values():
        (settled / name).chmod(0o444)
    before = tree(settled)
    told = fluxmirror("install", *READ_ONLY, code=1)
    assert told.count("is left alone: it is read-only") == len(READ_ONLY)
    assert set(registered().values()) == {"no"}
    kept = {name: found for name, found in tree(settled).items() if "/share/" not in name}
    assert kept == before


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("agent", "text", "reason"),
    [
        ("claude-code", '// mine\n{"model": "opus"}\n', "it has comments"),
        ("claude-code", '{"model": "opus",}\n', "it has a comma before a closing bracket"),
        ("qwen-code", '{"$version": 4,}\n', "it has a comma before a closing bracket"),
        ("gemini-cli", '{"general": {},}\n', "it has a comma before a closing bracket"),
        ("gemini-cli", "\ufeff{}\n", "it begins with a byte order mark"),
        ("gemini-cli", "", "it is empty"),
        ("copilot-cli", "{", "it cannot be read as JSON"),
        ("codex-cli", "[", "it cannot be read as TOML"),
    ],
)
@pytest.mark.parametrize("way", [[], ["--settings"]], ids=["plugin", "settings"])
def test_settings_that_the_agent_does_not_read_are_refused(
    home: Path, agent: str, text: str, reason: str, way: list[str]
) -> None:
    """Hooks in them would never run, and nothing would say so."""
    if way and agent == "codex-cli":
        pytest.skip("it has a file of its own for hooks")
    file = home / READ_ONLY[agent]
    file.parent.mkdir()
    file.write_bytes(text.encode())
    told = fluxmirror("install", agent, *way, code=1)
    assert f"{file} is left alone: {reason}" in told
    assert file.read_bytes() == text.encode()
    assert registered()[agent] == "no"


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("agent", ["claude-code", "copilot-cli"])
def test_a_mark_stays_where_the_agent_reads_it(home: Path, agent: str) -> None:
    """Both write their settings anew without it."""
    file = home / READ_ONLY[agent]
    file.parent.mkdir()
    file.write_bytes(b'\xef\xbb\xbf{\r\n "a": 1\r\n}')
    fluxmirror("install", agent)
    assert file.read_bytes().startswith(b'\xef\xbb\xbf{\r\n "a": 1,\r\n')
    fluxmirror("uninstall", agent)
    assert file.read_bytes() == b'\xef\xbb\xbf{\r\n "a": 1\r\n}'


@pytest.mark.usefixtures("path")
def test_what_copilots_own_undoing_left_costs_no_comment(home: Path) -> None:
    """Its `false` becomes `true`: a value is changed where it stands."""
    file = home / READ_ONLY["copilot-cli"]
    file.parent.mkdir()
    text = (
        '{\n  // mine\n  "enabledPlugins": {"fluxmirror@fluxmirror": false}, // that\n  "a": 1\n}\n'
    )
    file.write_text(text)
    fluxmirror("install", "copilot-cli")
    assert '// mine\n  "enabledPlugins": {"fluxmirror@fluxmirror": true}, // that\n' in (
        file.read_text()
    )
    fluxmirror("uninstall", "copilot-cli")
    assert "// mine" in file.read_text()
    assert registered()["copilot-cli"] == "no"


@pytest.mark.usefixtures("path")
def test_a_plugin_that_was_put_in_by_hand_goes_as_well(home: Path) -> None:
    """What was there before is not put back where it would register us once more."""
    fluxmirror("install", "claude-code")
    data = home / ".local" / "share" / "fluxmirror"
    (data / "agents" / "registrations.json").unlink()
    manifest = data / "agents" / "plugins" / "fluxmirror" / "wrappers" / "shim.sh"
    manifest.rename(manifest.with_name("moved"))
    # As if from elsewhere: an older package in another directory.
    by_hand = home / "by-hand"
    (data / "agents").rename(by_hand)
    for name in ("settings.json", "plugins/known_marketplaces.json"):
        file = home / ".claude" / name
        file.write_text(file.read_text().replace(str(data / "agents"), str(by_hand)))
    assert ": updated; " in fluxmirror("install", "claude-code")
    fluxmirror("uninstall", "claude-code")
    assert registered()["claude-code"] == "no"
    assert "fluxmirror" not in (home / ".claude" / "settings.json").read_text()


@pytest.mark.usefixtures("path")
def test_two_installations_at_once_are_one_after_the_other(home: Path) -> None:
    """None loses what the other wrote down, and none falls back for the other's sake."""
    program = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert program is not None
    started = [
        subprocess.Popen(
            [program, "install", agent, "--yes"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for agent in ("qwen-code", "qwen-code", "gemini-cli")
    ]
    told = [one.communicate()[0] for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], told
    assert sorted("already" in one for one in told) == [False, False, True]
    assert registered()["qwen-code"] == registered()["gemini-cli"] == "plugin"
    fluxmirror("uninstall", "--all")
    assert tree(home) == {}
    assert our_names(home) == []
