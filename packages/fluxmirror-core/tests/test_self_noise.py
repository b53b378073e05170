"""Which calls are marked as an agent asking FluxMirror about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
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
    return is_self_noise(env, Settings(), BASH, None if cwd is None else str(cwd), command)


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
    assert not is_self_noise({"FLUXMIRROR_SKIP_SELF": "1"}, Settings(), BASH, str(repo), ASKS)
    env = {"FLUXMIRROR_SKIP_SELF": "1", "FLUXMIRROR_SELF_REPO": ""}
    assert not is_self_noise(env, Settings(), BASH, str(repo), ASKS)
    assert not noise(repo / "gone", repo / "gone", ASKS)


@pytest.mark.parametrize("raw", ["Edit", "Read", "BashOutput", "mcp__shell__bash", "unknown"])
def test_only_shell_commands_are_noise(repo: Path, raw: str) -> None:
    """An edit inside the repository is work."""
    env = {"FLUXMIRROR_SKIP_SELF": "1", "FLUXMIRROR_SELF_REPO": str(repo)}
    assert not is_self_noise(env, Settings(), name_tool("claude-code", raw), str(repo), ASKS)
    assert not is_self_noise(env, Settings(), None, str(repo), ASKS)
    assert is_self_noise(
        env, Settings(), name_tool("gemini-cli", "run_shell_command"), str(repo), ASKS
    )


@pytest.mark.parametrize("cwd", [None, "", "/nul\x00here", "/lone\ud800one", "/" + "x" * 5000])
def test_directory_that_no_system_opens_is_not_inside(repo: Path, cwd: str | None) -> None:
    """A payload's `cwd` may be anything; it must not stop the drain."""
    assert not noise(repo, cwd, ASKS)


WANTED = Settings(self_noise_enabled=True)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("fluxmirror today", True),
        ("cd /srv && fluxmirror cost --json | jq .", True),
        ("LC_ALL=C /usr/local/bin/fluxmirror", True),
        ("echo $(fluxmirror db-path)", True),
        ("uvx fluxmirror doctor", True),
        (r'"C:\bin\fluxmirror.exe" today', True),
        ('sh "/home/m/.qwen/extensions/fluxmirror/wrappers/launch.sh" week', True),
        (ASKS, True),
        ("cd ~/work/fluxmirror && make", False),
        ("git clone https://example.org/fluxmirror", False),
        ("grep fluxmirror README.md", False),
        ("pip install fluxmirror", False),
        ("vim fluxmirror.py", False),
        ("fluxmirror-studio", False),
        ("make", False),
    ],
)
def test_command_that_asks_us_is_noise_to_who_wants_it_hidden(
    command: str, *, expected: bool
) -> None:
    """To run us is to ask us; to work on a file that is called like us is work."""
    assert is_self_noise({}, WANTED, BASH, "/anywhere", command) is expected
    assert not is_self_noise({}, Settings(), BASH, "/anywhere", command)


def test_noise_may_be_hidden_in_some_directories_alone(repo: Path) -> None:
    """In each that is named, and in none that is gone."""
    paths = (str(repo.parent / "gone"), str(repo))
    wanted = WANTED._replace(self_noise_repo_paths=paths)
    assert is_self_noise({}, wanted, BASH, str(repo / "src"), "fluxmirror today")
    for cwd in (str(repo.parent / "flux-old"), None, "", str(repo.parent / "gone")):
        assert not is_self_noise({}, wanted, BASH, cwd, "fluxmirror today")


def test_only_shell_commands_are_hidden() -> None:
    """A file that a session edits may say anything."""
    edit = name_tool("claude-code", "Edit")
    assert not is_self_noise({}, WANTED, edit, "/p", "fluxmirror today")


def test_long_command_of_separators_is_no_burden() -> None:
    """Only its beginning is looked at."""
    command = "fluxmirror;" + ";" * 2_000_000
    assert is_self_noise({}, WANTED, BASH, "/p", command)
    assert not is_self_noise({}, WANTED, BASH, "/p", ";" * 2_000_000 + "fluxmirror x")
