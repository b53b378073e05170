"""Which calls are marked as an agent asking FluxMirror about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.self_noise import is_self_noise
from fluxmirror_core.tools import name_tool

if TYPE_CHECKING:
    from pathlib import Path

ASKS = "sqlite3 ~/.local/share/fluxmirror/events.db 'select 1'"
BASH = name_tool("claude-code", "Bash")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository, with a sibling whose name it begins."""
    for name in ("flux", "flux/src", "flux-old"):
        (tmp_path / name).mkdir()
    return tmp_path / "flux"


def noise(repo: Path, cwd: Path | str | None, command: str, switch: str = "1") -> bool:
    """Ask with the marking switched on for `repo`."""
    env = {"FLUXMIRROR_SKIP_SELF": switch, "FLUXMIRROR_SELF_REPO": str(repo)}
    return is_self_noise(env, BASH, None if cwd is None else str(cwd), command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (ASKS, True),
        ("SQLITE3 EVENTS.DB", True),
        ("fluxmirror sqlite --db other.db", True),
        ("cat x.db | FluxMirror", True),
        ("sqlite3 other.db", False),
        ("fluxmirror today", False),
        ("cat events.db", False),
        ("", False),
    ],
)
def test_command_is_noise_when_it_asks_the_database(
    repo: Path, command: str, *, expected: bool
) -> None:
    """`sqlite3` with `events.db`, or `fluxmirror` with `.db`, in any case of letters."""
    assert noise(repo, repo, command) is expected


def test_command_inside_the_repository_is_noise(repo: Path) -> None:
    """Directories below the root count."""
    assert noise(repo, repo / "src", ASKS)


def test_command_in_a_sibling_with_a_common_prefix_is_not_noise(repo: Path) -> None:
    """`flux-old` is not inside `flux`."""
    assert not noise(repo, repo.parent / "flux-old", ASKS)
    assert not noise(repo, repo.parent, ASKS)


def test_symbolic_links_are_followed(repo: Path) -> None:
    """The same directory by another name is the same directory."""
    link = repo.parent / "link"
    link.symlink_to(repo, target_is_directory=True)
    assert noise(link, repo / "src", ASKS)
    assert noise(repo, link / "src", ASKS)


@pytest.mark.parametrize("switch", ["", "0", "true", " 1", "11"])
def test_nothing_is_marked_unless_switched_on(repo: Path, switch: str) -> None:
    """Exactly `1` switches it on."""
    assert not noise(repo, repo, ASKS, switch)


def test_nothing_is_marked_without_a_repository(repo: Path) -> None:
    """Unset, empty or gone."""
    assert not is_self_noise({"FLUXMIRROR_SKIP_SELF": "1"}, BASH, str(repo), ASKS)
    env = {"FLUXMIRROR_SKIP_SELF": "1", "FLUXMIRROR_SELF_REPO": ""}
    assert not is_self_noise(env, BASH, str(repo), ASKS)
    assert not noise(repo / "gone", repo / "gone", ASKS)


@pytest.mark.parametrize("raw", ["Edit", "Read", "BashOutput", "mcp__shell__bash", "unknown"])
def test_only_shell_commands_are_noise(repo: Path, raw: str) -> None:
    """An edit inside the repository is work."""
    env = {"FLUXMIRROR_SKIP_SELF": "1", "FLUXMIRROR_SELF_REPO": str(repo)}
    assert not is_self_noise(env, name_tool("claude-code", raw), str(repo), ASKS)
    assert not is_self_noise(env, None, str(repo), ASKS)
    assert is_self_noise(env, name_tool("gemini-cli", "run_shell_command"), str(repo), ASKS)


@pytest.mark.parametrize("cwd", [None, "", "/nul\x00here", "/lone\ud800one", "/" + "x" * 5000])
def test_directory_that_no_system_opens_is_not_inside(repo: Path, cwd: str | None) -> None:
    """A payload's `cwd` may be anything; it must not stop the drain."""
    assert not noise(repo, cwd, ASKS)
