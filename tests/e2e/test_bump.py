"""A new version, made by the real script in clones of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANIFESTS = "scripts/build_manifests.py"
CACHES = shutil.ignore_patterns(".git", ".*venv", ".uv", ".nox", ".*cache", "__pycache__", "dist")
HINT = re.compile(r"[^\n]+\.\n[^\n]+\n")
"""One sentence, and a line that helps."""

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


def unconfigured() -> dict[str, str]:
    """Give an environment in which git knows no settings but a repository's own."""
    return os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *words: str) -> str:
    """Run git; gives what it prints."""
    command = ("git", "-C", str(folder), *words)
    return subprocess.run(
        command, env=unconfigured(), check=True, capture_output=True, encoding="utf-8"
    ).stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose one commit has the files as they are here, on main."""
    folder = tmp_path_factory.mktemp("published") / "fluxmirror"
    shutil.copytree(ROOT, folder, ignore=CACHES, symlinks=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    identify(folder)
    write_notes(folder)
    generate(folder)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "feat: all of it")
    return folder


@pytest.fixture
def clone(published: Path, tmp_path: Path) -> Path:
    """A clone of one's own."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(published), str(folder))
    identify(folder)
    return folder


def identify(folder: Path) -> None:
    """Give the repository somebody who commits."""
    git(folder, "config", "user.name", "A Releaser")
    git(folder, "config", "user.email", "releaser@example.invalid")


def generate(folder: Path) -> None:
    """Bring the agents' packages in step, which is not what is tested here."""
    subprocess.run([sys.executable, str(folder / MANIFESTS)], check=True, capture_output=True)


def write_notes(folder: Path) -> None:
    """Make a changelog with something to release."""
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Better.\n", "utf-8")


def run(clone: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the clone's scripts."""
    command = [sys.executable, str(clone / "scripts" / script), *words]
    return subprocess.run(
        command,
        cwd=clone,
        env=unconfigured() | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def bump(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Bump on a day that is always the same."""
    return run(clone, "bump.py", *words, "--date", "2026-03-01")


def state(clone: Path) -> tuple[str, ...]:
    """Give all of a repository that a bump could change."""
    questions = ("rev-parse HEAD", "for-each-ref", "status --porcelain", "diff HEAD")
    return tuple(git(clone, *question.split()) for question in questions)


def said(clone: Path) -> dict[str, str]:
    """Ask the clone what each place says."""
    lines = run(clone, "versions.py").stdout.splitlines()
    return {place: version for version, place in (line.split("\t") for line in lines)}


def test_a_bump_changes_every_place_in_one_tagged_commit(clone: Path) -> None:
    """The commit holds the version and nothing else, and the tag stands on it."""
    before = said(clone)
    done = bump(clone, "0.2.0")
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == "git push --atomic origin main v0.2.0\n"
    assert said(clone) == dict.fromkeys(before, "0.2.0")
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "log", "-1", "--format=%s") == "chore: bump version to 0.2.0\n"
    assert git(clone, "cat-file", "-t", "v0.2.0") == "tag\n"
    assert git(clone, "rev-parse", "v0.2.0^{commit}") == git(clone, "rev-parse", "HEAD")
    changed = git(clone, "diff", "--name-only", "HEAD~").split()
    assert set(changed) == {*before, "CHANGELOG.md"}


def test_a_bump_changes_no_line_but_those_with_the_version(clone: Path) -> None:
    """What is around the version stays, byte for byte."""
    assert bump(clone, "0.2.0").returncode == 0
    lines = git(clone, "diff", "--unified=0", "HEAD~").splitlines()
    changed = [line for line in lines if re.match(r"[+-](?![+-])", line)]
    assert [line for line in changed if not re.search(r"0\.[12]\.0|## Unreleased", line)] == []


def test_what_was_unreleased_gets_version_and_date(clone: Path) -> None:
    """The changelog says what came when."""
    assert bump(clone, "0.2.0").returncode == 0
    text = (clone / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text == "# Changelog\n\n## 0.2.0 (2026-03-01)\n\n- Better.\n"


def test_the_lock_is_as_uv_would_write_it(clone: Path) -> None:
    """There is nothing that uv itself would change in the lock."""
    if shutil.which("uv") is None:
        pytest.skip("uv is not here")
    assert bump(clone, "0.2.0-beta.1").returncode == 0
    command = ["uv", "lock", "--check", "--offline", "--python", sys.executable]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_prerelease_is_written_as_its_reader_wants_it(clone: Path) -> None:
    """Python packages have 0.2.0rc1 where agents, tags and people have 0.2.0-rc.1."""
    assert bump(clone, "0.2.0-rc.1").returncode == 0
    by_place = said(clone)
    for place, version in by_place.items():
        assert version == ("0.2.0-rc.1" if place.endswith(".json") else "0.2.0rc1"), place
    assert {"0.2.0-rc.1", "0.2.0rc1"} == set(by_place.values())
    assert run(clone, "versions.py", "--tag", "v0.2.0-rc.1").returncode == 0


def test_versions_rise_as_semantic_versioning_says(clone: Path) -> None:
    """A release is above its pre-releases, and numbers count as numbers."""
    for version in ("0.2.0-alpha.9", "0.2.0-alpha.10", "0.2.0"):
        done = bump(clone, version)
        assert done.returncode == 0, done.stderr
        write_notes(clone)
        git(clone, "commit", "--quiet", "--all", "--message", f"docs: after {version}")
    refused(clone, "0.2.0-rc.1")


def test_a_tag_that_is_not_the_version_is_found(clone: Path) -> None:
    """A release workflow can tell a tag somebody set by hand."""
    done = run(clone, "versions.py", "--tag", "v9.9.9")
    assert done.returncode == 1
    assert "v9.9.9" in done.stderr


def test_a_dry_run_prints_the_differences_and_changes_nothing(clone: Path) -> None:
    """It may be run anywhere, in the middle of any work."""
    git(clone, "switch", "--quiet", "--create", "elsewhere")
    (clone / "uv.lock").write_text("half done", encoding="utf-8")
    (clone / "new.txt").write_text("new", encoding="utf-8")
    before = state(clone)
    done = bump(clone, "0.2.0", "--dry-run")
    assert (done.stderr, done.returncode) == ("", 0)
    assert state(clone) == before
    assert '-VERSION = "0.1.0"\n+VERSION = "0.2.0"\n' in done.stdout
    assert "-## Unreleased\n+## 0.2.0 (2026-03-01)\n" in done.stdout
    assert set(re.findall(r"^\+\+\+ b/(.*)$", done.stdout, re.MULTILINE)) > set(said(clone))


@pytest.mark.parametrize(
    "version",
    [
        *("1.2", "v1.2.0", "01.2.0", "1.2.0rc1", "1.2.0+build", "1.2.0-", "\u0661.2.0"),
        *("1.2.0-rc", "1.2.0-rc.01", "1.2.0-dev.1"),
        *("0.1.0", "0.0.9", "0.1.0-rc.1"),
    ],
)
def test_what_is_no_higher_version_is_refused(published: Path, version: str) -> None:
    """One sentence says why, one line how to do it right; and nothing has changed."""
    refused(published, version)


def refused(clone: Path, *words: str) -> str:
    """See a bump refused, with nothing changed; gives what it said."""
    before = state(clone)
    done = bump(clone, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert HINT.fullmatch(done.stderr), done.stderr
    assert state(clone) == before
    return done.stderr


def test_a_version_that_is_tagged_is_refused(clone: Path) -> None:
    """What was given to somebody is not made a second time."""
    git(clone, "tag", "v0.2.0")
    assert "v0.2.0 exists" in refused(clone, "0.2.0")


def test_a_release_is_made_on_main(clone: Path) -> None:
    """Neither a branch nor a detached head has what everybody has."""
    git(clone, "switch", "--quiet", "--create", "elsewhere")
    assert "elsewhere" in refused(clone, "0.2.0")
    git(clone, "switch", "--quiet", "--detach")
    assert "no branch" in refused(clone, "0.2.0")


@pytest.mark.parametrize("staged", [False, True])
def test_work_in_a_file_with_a_version_is_in_the_way(clone: Path, *, staged: bool) -> None:
    """The release commit never takes along what somebody has not committed."""
    with (clone / "uv.lock").open("a", encoding="utf-8") as lock:
        lock.write("# half done\n")
    if staged:
        git(clone, "add", "uv.lock")
    assert "uv.lock" in refused(clone, "0.2.0")


def test_work_elsewhere_stays_as_it_is(clone: Path) -> None:
    """What is staged, changed or new in other files is neither committed nor lost."""
    (clone / "README.md").write_text("staged", encoding="utf-8")
    git(clone, "add", "README.md")
    (clone / "LICENSE").write_text("changed", encoding="utf-8")
    (clone / "new.txt").write_text("new", encoding="utf-8")
    before = git(clone, "status", "--porcelain")
    assert bump(clone, "0.2.0").returncode == 0
    assert git(clone, "status", "--porcelain") == before
    assert "README.md" not in git(clone, "diff", "--name-only", "HEAD~", "HEAD")


@pytest.mark.parametrize("text", ["# Changelog\n", "## Unreleased\n\n## 0.1.0 (x)\n\n- Old.\n"])
def test_a_version_that_brings_nothing_is_refused(clone: Path, text: str) -> None:
    """Who updates can read why."""
    (clone / "CHANGELOG.md").write_text(text, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "docs: nothing")
    assert "CHANGELOG.md" in refused(clone, "0.2.0")


def failed(clone: Path) -> str:
    """See a bump fail on its way, with nothing changed; gives what it said."""
    before = state(clone)
    done = bump(clone, "0.2.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert state(clone) == before
    return done.stderr


def test_packages_out_of_step_are_refused(clone: Path) -> None:
    """The release commit does not bring along what somebody forgot to generate."""
    (clone / "gemini-extension" / "hooks" / "hooks.json").write_text("{}", encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "fix: by hand")
    assert "manifests/source.yaml" in refused(clone, "0.2.0")


@pytest.mark.parametrize(
    ("generator", "says"),
    [
        ("import sys; '--check' in sys.argv or sys.exit('no template')", "no template"),
        ("", "says 0.1.0, not 0.2.0"),
    ],
)
def test_manifests_that_are_not_made_change_nothing(clone: Path, generator: str, says: str) -> None:
    """A generator that fails, or leaves a manifest with the old version, ends the bump."""
    (clone / MANIFESTS).write_text(generator, encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", "build: broken")
    assert says in failed(clone)


@pytest.mark.skipif(os.name != "posix", reason="the hook is a shell script")
def test_a_commit_that_git_refuses_is_put_back(clone: Path) -> None:
    """A hook that says no leaves files and index as they were."""
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    assert "not today" in failed(clone)


def test_a_tag_that_git_refuses_takes_the_commit_back(clone: Path) -> None:
    """There is no release commit without its tag."""
    git(clone, "tag", "v0.2.0/in-the-way")
    assert "git tag" in failed(clone)
