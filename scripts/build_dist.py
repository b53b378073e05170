"""Build what a release publishes, once.

    python scripts/build_dist.py [FOLDER]

Makes in FOLDER, `dist` if not given, and empties it before:

    packages/   the wheels and source distributions of all packages
    release/    the Gemini extension's archive, the SBOM, and a .sha256 for every file of both
    notes.md    what CHANGELOG.md says of this version, if it is released

The same commit, built with the same tools, gives the same packages and the same archive. Needs uv
on PATH.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import extension_archive
from changelog import parse_notes
from versions import ROOT, Version, current

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUNDLE: Final = "fluxmirror_cli/bundle"
SBOM: Final = (
    *("uv", "export", "--quiet", "--frozen", "--all-packages", "--no-default-groups"),
    *("--format", "cyclonedx1.5", "--preview-features", "sbom-export"),
)


class DistError(Exception):
    """What was built is not what it has to be; one sentence."""


def main() -> int:
    """Build everything and list it; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "dist")
    folder: Path = parser.parse_args().folder
    try:
        build(folder.resolve())
    except (DistError, extension_archive.ArchiveError) as error:
        print(error, file=sys.stderr)
        return 1
    print(*sorted(file.relative_to(folder) for file in folder.rglob("*.*")), sep="\n")
    return 0


def build(folder: Path) -> None:
    """Build into the folder.

    Raises:
        DistError: a package is missing or is not for every platform, or uv failed.
        ArchiveError: the extension would not work as it is.
    """
    version = current(ROOT)
    packages, release = folder / "packages", folder / "release"
    for part in (packages, release):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    moment = _commit_time()
    build_packages(packages, version, moment)
    check_bundle(packages / f"fluxmirror-{version.pep440}-py3-none-any.whl")
    archive = release / f"fluxmirror-gemini-extension-v{version.semver}.tar.gz"
    extension_archive.build(extension_archive.SOURCE, archive, moment)
    extension_archive.check(archive)
    build_sbom(release / f"fluxmirror-v{version.semver}.cdx.json", version)
    for file in sorted([*packages.iterdir(), *release.iterdir()]):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        (release / f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n", "utf-8")
    notes = parse_notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    (folder / "notes.md").write_text(f"{notes or ''}\n", encoding="utf-8")


def build_packages(folder: Path, version: Version, moment: int) -> None:
    """Build wheels and source distributions, and see that none is missing.

    Args:
        folder: where they go; empty.
        version: theirs.
        moment: what files inside are dated, in seconds since 1970.

    Raises:
        DistError: a package was not built, or something else was.
    """
    command = ("uv", "build", "--quiet", "--all-packages", "--out-dir", str(folder))
    _run(command, {"SOURCE_DATE_EPOCH": str(moment)})
    # uv puts one there for those who build into their checkout.
    (folder / ".gitignore").unlink(missing_ok=True)
    names = [_distribution(manifest) for manifest in ROOT.glob("packages/*/")]
    wanted = {
        f"{name}-{version.pep440}{end}"
        for name in names
        for end in ("-py3-none-any.whl", ".tar.gz")
    }
    wrong = wanted ^ {file.name for file in folder.iterdir()}
    if wrong:
        raise DistError(f"Missing, or not to be there: {', '.join(sorted(wrong))}.")


def check_bundle(wheel: Path) -> None:
    """See that the agents' packages are all inside the wheel, byte for byte.

    Raises:
        DistError: a file is missing: the build backend leaves out what git ignores.
    """
    source = ROOT / "packages" / "fluxmirror-cli" / "src"
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        for file in sorted((source / BUNDLE).rglob("*")):
            name = file.relative_to(source).as_posix()
            if file.is_file() and (name not in names or packed.read(name) != file.read_bytes()):
                raise DistError(f"{wheel.name} does not have {name} as it is here.")


def build_sbom(file: Path, version: Version) -> None:
    """Write what our packages bring along, as locked, and see that they are all in it.

    Raises:
        DistError: one of our packages is not in it, or with another version.
    """
    text = _run(SBOM)
    parts = {part["name"]: part["version"] for part in json.loads(text)["components"]}
    for folder in ROOT.glob("packages/*/"):
        name = _distribution(folder).replace("_", "-")
        if parts.get(name) != version.pep440:
            raise DistError(f"The SBOM has {name} {parts.get(name)}, not {version.pep440}.")
    file.write_bytes(text)


def _distribution(package: Path) -> str:
    """Give the name of a package as its files spell it."""
    name = package.name.replace("-", "_")
    return "fluxmirror" if name == "fluxmirror_cli" else name


def _commit_time() -> int:
    """Give the moment of the last commit, in seconds since 1970; 1980 where there is no git."""
    try:
        return int(_run(("git", "log", "-1", "--format=%ct")))
    except DistError:
        return extension_archive.EPOCH


def _run(command: Sequence[str], env: Mapping[str, str] | None = None) -> bytes:
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | (env or {}), capture_output=True, check=True
        )
    except FileNotFoundError as error:
        raise DistError(f"{command[0]} is needed and not there.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise DistError(f"`{' '.join(command[:2])}` failed: {said}") from error
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
