"""Give the repository a new version: every place that spells it, a commit, a tag.

    python scripts/bump.py X.Y.Z[-alpha.N|-beta.N|-rc.N] [--dry-run] [--date YYYY-MM-DD]

Everything is made in a clone of the last commit first, so the checkout changes only when nothing
but git itself can fail any more, and is put back if git does. With `--dry-run` the differences are
printed and that is all. The exit code is 2 where the bump is refused, 1 where a step failed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from changelog import UNRELEASED, build_released
from versions import ROOT, Version, current, disagreements, parse_semver, places

BRANCH: Final = "main"
MANIFESTS: Final = "scripts/build_manifests.py"


class BumpError(Exception):
    """Why there is no new version: one sentence, a hint, the exit code."""

    def __init__(self, message: str, hint: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code


class Patch(NamedTuple):
    """What the new version changes."""

    names: list[str]
    """The changed files, relative to the repository."""
    diff: bytes
    """As `git apply` takes it."""


def main() -> int:
    """Bump, or say why not; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    today = dt.datetime.now(dt.UTC).date()
    parser.add_argument("version")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--date", type=dt.date.fromisoformat, default=today)
    asked = parser.parse_args()
    try:
        print(bump(asked.version, asked.date, dry_run=asked.dry_run))
    except BumpError as error:
        print(error, error.hint, sep="\n", file=sys.stderr)
        return error.exit_code
    return 0


def bump(wanted: str, date: dt.date, *, dry_run: bool) -> str:
    """Commit and tag the wanted version, or only look; gives what to print.

    Raises:
        BumpError: it is refused, or a step failed; nothing has changed.
    """
    version = _parse(wanted)
    _refuse_if_not_higher(version)
    _refuse_if_tagged(version)
    if not dry_run:
        _refuse_other_branches()
    patch = build_patch(version, date)
    if dry_run:
        return patch.diff.decode(errors="replace").rstrip()
    _refuse_if_dirty(patch.names)
    commit(version, patch)
    return f"git push --atomic origin {BRANCH} v{version.semver}"


def _parse(wanted: str) -> Version:
    version = parse_semver(wanted)
    if version is None:
        raise BumpError(
            f"{wanted} is not a version.",
            "Write 1.2.0, or 1.2.0-rc.1 (alpha, beta or rc) for a pre-release.",
        )
    return version


def _refuse_if_not_higher(version: Version) -> None:
    now = current(ROOT)
    if version <= now:
        raise BumpError(
            f"{version.semver} is not higher than {now.semver}, the version now.",
            "What was released once is never released again: take a higher one.",
        )


def _refuse_if_tagged(version: Version) -> None:
    tag = f"v{version.semver}"
    if _git("tag", "--list", tag):
        raise BumpError(
            f"The tag {tag} exists.",
            f"Take a higher version; or, if it was never pushed: git tag --delete {tag}",
        )


def _refuse_other_branches() -> None:
    branch = _git("branch", "--show-current").decode().strip()
    if branch != BRANCH:
        raise BumpError(
            f"A release is made on {BRANCH}, and this is {branch or 'no branch'}.",
            f"git switch {BRANCH}",
        )


def _refuse_if_dirty(names: list[str]) -> None:
    # `diff` and not `status`: a file git does not know yet is met by `git apply`.
    dirty = _git("diff", "--name-only", "HEAD", "--", *names).decode().split()
    if dirty:
        raise BumpError(
            f"Not committed: {', '.join(dirty)}.",
            "Commit or stash it first; the release commit holds the version and nothing else.",
        )


def build_patch(version: Version, date: dt.date) -> Patch:
    """Make the new version in a clone of the last commit, which is thrown away.

    Raises:
        BumpError: the agents' packages are out of step, the changelog tells nothing, or a place
            was missed.
    """
    with tempfile.TemporaryDirectory(prefix="fluxmirror-bump-") as directory:
        clone = Path(directory)
        _git("clone", "--quiet", "--shared", str(ROOT), directory)
        _refuse_drift(clone)
        for place in places(clone):
            if not place.is_generated:
                place.rewrite(clone, version)
        _write_changelog(clone / "CHANGELOG.md", version, date)
        _run(clone, sys.executable, MANIFESTS)
        missed = disagreements(clone, version)
        if missed:
            raise BumpError(f"{missed[0]}.", "scripts/versions.py lists the places.", exit_code=1)
        _run(clone, "git", "add", "--all")
        names = _run(clone, "git", "diff", "--cached", "--name-only", "-z").decode().split("\0")
        diff = _run(clone, "git", "diff", "--cached", "--binary", "--no-color", "--no-ext-diff")
    return Patch(list(filter(None, names)), diff)


def _refuse_drift(clone: Path) -> None:
    try:
        _run(clone, sys.executable, MANIFESTS, "--check")
    except BumpError as error:
        raise BumpError(
            "The agents' packages are not what manifests/source.yaml says.",
            "`scripts/test -s manifests` shows the difference.",
        ) from error


def _write_changelog(file: Path, version: Version, date: dt.date) -> None:
    text = build_released(file.read_bytes().decode(), version, date)
    if text is None:
        raise BumpError(
            f"{file.name} has nothing under “{UNRELEASED}”.",
            "Say there what the new version brings.",
        )
    file.write_bytes(text.encode())


def commit(version: Version, patch: Patch) -> None:
    """Apply, commit and tag, or leave everything as it was.

    Raises:
        BumpError: git refused.
    """
    head = _git("rev-parse", "HEAD").decode().strip()
    _git("apply", "--index", patch=patch)
    try:
        message = f"chore: bump version to {version.semver}"
        _git("commit", "--quiet", "--only", "--message", message, "--", *patch.names)
        _git("tag", "--annotate", f"v{version.semver}", "--message", f"Version {version.semver}")
    except BaseException:
        _git("reset", "--quiet", "--soft", head)
        _git("apply", "--index", "--reverse", patch=patch)
        raise


def _git(*words: str, patch: Patch | None = None) -> bytes:
    return _run(ROOT, "git", *words, given=patch.diff if patch else b"")


def _run(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """Run a program and give what it prints.

    Raises:
        BumpError: it failed, or is not there; what it said is the hint.
    """
    name = " ".join(("python" if words[0] == sys.executable else words[0], words[1]))
    try:
        done = subprocess.run(words, cwd=folder, input=given, capture_output=True, check=True)
    except FileNotFoundError as error:
        raise BumpError(f"{words[0]} is needed and not there.", str(error), exit_code=1) from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).decode(errors="replace").strip()
        raise BumpError(f"`{name}` failed, and nothing was changed.", said, exit_code=1) from error
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
