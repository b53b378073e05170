"""One version, everywhere the repository writes one."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    Manifests = dict[Path, dict[str, Any]]

_PINNED = re.compile(r"fluxmirror[a-z-]*(.*)")
_AGENTS_READ = (
    ".claude-plugin/marketplace.json",
    "plugins/fluxmirror/.claude-plugin/plugin.json",
    "plugins/fluxmirror/qwen-extension.json",
    "gemini-extension/gemini-extension.json",
)
_BUNDLE = "packages/fluxmirror-cli/src/fluxmirror_cli/bundle"


@pytest.fixture(scope="module")
def version(manifests: Manifests) -> str:
    """The version of the `fluxmirror` command's package."""
    projects = [manifest["project"] for manifest in manifests.values()]
    return next(str(project["version"]) for project in projects if project["name"] == "fluxmirror")


def test_all_packages_have_one_version(manifests: Manifests, version: str) -> None:
    """No package is released on its own."""
    versions = {folder.name: data["project"]["version"] for folder, data in manifests.items()}
    assert set(versions.values()) == {version}, versions


def test_all_packages_need_the_same_python(manifests: Manifests, root: Path) -> None:
    """Members and root promise the same lowest Python."""
    own = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {data["project"]["requires-python"] for data in (own, *manifests.values())}
    assert needed == {">=3.11"}


def test_members_pin_each_other_exactly(manifests: Manifests, version: str) -> None:
    """A member never runs with another version's member."""
    pins = [
        match[1]
        for data in manifests.values()
        for dependency in data["project"]["dependencies"]
        if (match := _PINNED.fullmatch(dependency))
    ]
    assert set(pins) == {f"=={version}"}


def test_the_lock_knows_the_version(manifests: Manifests, root: Path, version: str) -> None:
    """The lock was written after the last change of version."""
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    names = {data["project"]["name"] for data in manifests.values()}
    locked = {
        entry["name"]: entry["version"] for entry in lock["package"] if entry["name"] in names
    }
    assert locked == dict.fromkeys(names, version)


def _listed(root: Path) -> dict[str, str]:
    """Ask the list that a bump works through what each of its places says."""
    script = str(root / "scripts" / "versions.py")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {place: said for said, place in (line.split("\t") for line in done.stdout.splitlines())}


def test_all_places_of_the_list_agree(root: Path) -> None:
    """Packages, lock, code and manifests: each says the version as its reader wants it."""
    assert len(set(_listed(root).values())) <= 2  # a pre-release has two spellings


def test_the_list_has_every_place(manifests: Manifests, root: Path) -> None:
    """What the list knows, a bump changes; what it does not know would be left behind."""
    listed = _listed(root).keys()
    assert {f"packages/{folder.name}/pyproject.toml" for folder in manifests} <= listed
    assert {"uv.lock", "packages/fluxmirror-cli/src/fluxmirror_cli/command_table.py"} <= listed
    assert {place for name in _AGENTS_READ for place in (name, f"{_BUNDLE}/{name}")} <= listed


def test_every_manifest_with_a_version_is_listed(repository_files: list[Path], root: Path) -> None:
    """What agents show as the plugin's version is the program's, whatever the file is called."""
    listed = _listed(root).keys()
    for file in repository_files:
        name = file.relative_to(root).as_posix()
        lock = file.name == "package-lock.json"  # other people's versions
        if file.suffix == ".json" and not lock and not name.startswith("tests/"):
            assert name in listed or '"version": "' not in file.read_text(encoding="utf-8"), name


def _constants(file: Path) -> list[str]:
    """List the strings a module assigns to a name that means the version."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assignments = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)]
    found = []
    for node in assignments:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = any(isinstance(t, ast.Name) and t.id in ("VERSION", "__version__") for t in targets)
        if named and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.append(node.value.value)
    return found


def test_code_that_spells_the_version_agrees(manifests: Manifests, version: str) -> None:
    """A `VERSION` in the code is the released one."""
    for folder in manifests:
        for file in folder.glob("src/**/*.py"):
            assert set(_constants(file)) <= {version}, file
