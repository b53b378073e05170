"""The Gemini extension's way to its users: packed, looked over, and put on a branch of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BRANCH = "gemini-extension-pkg"
git_is_here = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of one's own, with the extension and the scripts."""
    for name in ("scripts", "gemini-extension"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name)
    return tmp_path / "checkout"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository that takes pushes."""
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    return tmp_path / "remote"


def git(folder: Path, *words: str) -> str:
    """Run git as somebody without any configuration; gives what it prints."""
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ("git", "-C", str(folder), *words)
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def run(checkout: Path, script: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a script of the checkout."""
    command = [sys.executable, str(checkout / "scripts" / script), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def pack(checkout: Path, name: str = "extension.tar.gz") -> Path:
    """Pack the checkout's extension."""
    archive = checkout / name
    done = run(checkout, "extension_archive.py", archive)
    assert (done.returncode, done.stderr) == (0, "")
    return archive


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file below, by its name."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_archive_is_the_extension_and_nothing_else(checkout: Path) -> None:
    """Each file is there as it is, at the root."""
    with tarfile.open(pack(checkout)) as archive:
        packed = {name: archive.extractfile(name) for name in archive.getnames()}
        read = {name: stream.read() for name, stream in packed.items() if stream}
    assert read == contents(checkout / "gemini-extension")


def test_the_same_extension_gives_the_same_archive(checkout: Path) -> None:
    """Whoever builds the tag again gets the published bytes."""
    first = pack(checkout).read_bytes()
    os.utime(checkout / "gemini-extension" / "gemini-extension.json", (1, 1))
    assert pack(checkout, "again.tar.gz").read_bytes() == first


@pytest.mark.parametrize("name", ["shim.sh", "shim.mjs", "shim.cmd", "router.sh", "launch.sh"])
def test_an_extension_that_would_record_nothing_is_refused(checkout: Path, name: str) -> None:
    """A wrapper that is not there is named."""
    (checkout / "gemini-extension" / "wrappers" / name).unlink()
    refused(checkout, f"wrappers/{name} is missing")


def refused(checkout: Path, says: str) -> None:
    """See that the extension is not packed, and why."""
    done = run(checkout, "extension_archive.py", checkout / "x.tar.gz")
    assert done.returncode == 1
    assert says in done.stderr


def test_a_hook_that_calls_what_is_not_there_is_refused(checkout: Path) -> None:
    """What hooks and commands name is inside."""
    hooks = checkout / "gemini-extension" / "hooks" / "hooks.json"
    hooks.write_text('{"command": "sh ${extensionPath}/wrappers/other.sh"}', encoding="utf-8")
    refused(checkout, "wrappers/other.sh is missing")


@pytest.mark.parametrize("name", ["._gemini-extension.json", "hooks/.DS_Store", "hooks.backup/x"])
def test_what_slipped_in_is_refused(checkout: Path, name: str) -> None:
    """What a desktop or a person leaves behind is not handed to others."""
    file = checkout / "gemini-extension" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"")
    refused(checkout, "does not belong")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps links for administrators")
def test_a_link_is_refused(checkout: Path) -> None:
    """An extension leads nowhere outside itself."""
    (checkout / "gemini-extension" / "link").symlink_to("/etc")
    refused(checkout, "no plain file")


@git_is_here
@pytest.mark.parametrize("autocrlf", ["false", "true", "input"])
def test_a_clone_of_the_branch_has_the_very_bytes(
    checkout: Path,
    remote: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    autocrlf: str,
) -> None:
    """With Windows' line ends sh would not read the shim, without them cmd not its own."""
    settings = {"COUNT": "1", "KEY_0": "core.autocrlf", "VALUE_0": autocrlf}
    for name, value in settings.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    done = run(checkout, "publish_extension.py", pack(checkout), remote)
    assert done.returncode == 0, done.stderr
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(remote), str(clone))
    shutil.rmtree(clone / ".git")
    (clone / ".gitattributes").unlink()
    assert contents(clone) == contents(checkout / "gemini-extension")
    if os.name == "posix":
        assert os.access(clone / "wrappers" / "shim.sh", os.X_OK)


@git_is_here
def test_the_branch_holds_the_last_version_alone(checkout: Path, remote: Path) -> None:
    """What a version does not have any more is gone, and so is the past."""
    extra = checkout / "gemini-extension" / "extra.md"
    extra.write_text("soon gone", encoding="utf-8")
    run(checkout, "publish_extension.py", pack(checkout), remote)
    assert "extra.md" in git(remote, "ls-tree", "--name-only", BRANCH)
    extra.unlink()
    run(checkout, "publish_extension.py", pack(checkout), remote)
    assert "extra.md" not in git(remote, "ls-tree", "--name-only", BRANCH)
    assert git(remote, "rev-list", "--count", BRANCH) == "1\n"


@git_is_here
def test_a_broken_archive_is_not_published(checkout: Path, remote: Path) -> None:
    """The branch that people install from stays as it was."""
    (checkout / "gemini-extension" / "wrappers" / "shim.sh").unlink()
    archive = checkout / "x.tar.gz"
    run(checkout, "extension_archive.py", archive)
    done = run(checkout, "publish_extension.py", archive, remote)
    assert done.returncode == 1
    assert git(remote, "for-each-ref") == ""
