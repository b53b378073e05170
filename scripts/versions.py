"""Where the repository spells its version, and whether all places agree.

    python scripts/versions.py [--tag vX.Y.Z[-pre]]

Prints each place and what it says. The exit code is 1 where two disagree, or the tag says
otherwise.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
GENERATED: Final = (
    ".claude-plugin",
    "plugins",
    "gemini-extension",
    "packages/fluxmirror-cli/src/fluxmirror_cli/bundle",
)
"""Where `scripts/build_manifests.py` writes."""

_STAGES: Final = ("alpha", "beta", "rc", "")
_SHORT_STAGES: Final = ("a", "b", "rc", "")
_NUMBER: Final = r"(0|[1-9][0-9]*)"
_RELEASE: Final = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
_SEMVER: Final = re.compile(rf"{_RELEASE}(?:-(alpha|beta|rc)\.{_NUMBER})?", re.ASCII)
_PEP440: Final = re.compile(rf"{_RELEASE}(?:(a|b|rc){_NUMBER})?", re.ASCII)


class Version(NamedTuple):
    """A version; compares as versions do, a pre-release before its release."""

    major: int
    minor: int
    patch: int
    stage: int
    """Place in alpha, beta, rc, release."""
    number: int
    """Of the pre-release; 0 for a release."""

    @property
    def semver(self) -> str:
        """As agents, tags and people write it: `1.2.0-rc.1`."""
        pre = f"-{_STAGES[self.stage]}.{self.number}" if _STAGES[self.stage] else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}"

    @property
    def pep440(self) -> str:
        """As Python packages write it: `1.2.0rc1`."""
        pre = f"{_SHORT_STAGES[self.stage]}{self.number}" if _SHORT_STAGES[self.stage] else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}"


class Place(NamedTuple):
    """A file that spells the version."""

    name: str
    """Relative to the repository, with slashes."""
    pattern: re.Pattern[str]
    """Its first group is the version, at every match."""
    is_generated: bool = False
    """Written by `scripts/build_manifests.py`, as agents want it: a semantic version."""

    def said(self, root: Path) -> list[str]:
        """List the version at every match in the file, as it is written there."""
        return self.pattern.findall(_read(root / self.name))

    def spelling(self, version: Version) -> str:
        """Give the version as this file has to write it."""
        return version.semver if self.is_generated else version.pep440

    def rewrite(self, root: Path, version: Version) -> None:
        """Put the version at every match, and change nothing else."""
        file = root / self.name
        text, ends = [], 0
        old = _read(file)
        for match in self.pattern.finditer(old):
            text += [old[ends : match.start(1)], self.spelling(version)]
            ends = match.end(1)
        file.write_text("".join((*text, old[ends:])), encoding="utf-8", newline="")


def parse_semver(text: str) -> Version | None:
    """Read `1.2.0` or `1.2.0-rc.1`; other pre-releases have no name among Python's versions."""
    return _version(_SEMVER.fullmatch(text), _STAGES)


def parse_pep440(text: str) -> Version | None:
    """Read `1.2.0` or `1.2.0rc1`."""
    return _version(_PEP440.fullmatch(text), _SHORT_STAGES)


def _version(match: re.Match[str] | None, stages: tuple[str, ...]) -> Version | None:
    if not match:
        return None
    major, minor, patch, stage, number = match.groups(default="")
    return Version(int(major), int(minor), int(patch), stages.index(stage), int(number or 0))


def places(root: Path) -> list[Place]:
    """List every place there is, those written by hand first.

    Raises:
        OSError: a file that must be there is not.
    """
    projects = sorted(root.glob("packages/*/pyproject.toml"))
    names = "|".join(tomllib.loads(_read(project))["project"]["name"] for project in projects)
    own = re.compile(rf'(?:^version = "|"(?:{names})==)([^"]+)"', re.MULTILINE)
    locked = re.compile(rf'^name = "(?:{names})"\r?\nversion = "([^"]+)"', re.MULTILINE)
    constant = re.compile(r'^VERSION = "([^"]+)"', re.MULTILINE)
    table = "packages/fluxmirror-cli/src/fluxmirror_cli/command_table.py"
    return [
        *(Place(_name(project, root), own) for project in projects),
        Place(table, constant),
        Place("uv.lock", locked),
        *_generated(root),
    ]


def _generated(root: Path) -> Iterator[Place]:
    """Yield the manifests that agents read."""
    member = re.compile(r'"version":\s*"([^"]+)"')
    for folder in GENERATED:
        for file in sorted((root / folder).rglob("*.json")):
            place = Place(_name(file, root), member, is_generated=True)
            if place.said(root):
                yield place


def current(root: Path) -> Version:
    """Give the version of the `fluxmirror` command's package.

    Raises:
        ValueError: it is none that this repository gives.
    """
    text = _read(root / "packages" / "fluxmirror-cli" / "pyproject.toml")
    said = tomllib.loads(text)["project"]["version"]
    version = parse_pep440(said)
    if version is None:
        raise ValueError(f"{said} is no version of ours")
    return version


def disagreements(root: Path, version: Version) -> list[str]:
    """Say of each place that does not have this version what it has instead."""
    return [
        f"{place.name} says {said or 'nothing'}, not {place.spelling(version)}"
        for place in places(root)
        for said in sorted(set(place.said(root)) or {""})
        if said != place.spelling(version)
    ]


def _name(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _read(file: Path) -> str:
    """Give the text with its own line ends, so that writing it back changes none."""
    with file.open(encoding="utf-8", newline="") as stream:
        return stream.read()


def main() -> int:
    """Print every place and compare them; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", help="what the version has to be, with its v")
    tag = parser.parse_args().tag
    version = current(ROOT)
    for place in places(ROOT):
        print(", ".join(sorted(set(place.said(ROOT)))), place.name, sep="\t")
    wrong = disagreements(ROOT, version)
    if tag not in {None, f"v{version.semver}"}:
        wrong.append(f"the tag says {tag}, not v{version.semver}")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
