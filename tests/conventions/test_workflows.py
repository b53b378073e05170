"""What GitHub runs is what can be run here, with no more rights than it needs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator

    Workflow = dict[str, Any]
    Job = dict[str, Any]

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").iterdir())
EVENTS = {"push", "pull_request", "workflow_call"}
"""What may start a workflow: nothing that gives a stranger's code our secrets."""
MAY_WRITE = {
    ("release.yml", "publish"): {"id-token"},
    ("release.yml", "release"): {"contents", "id-token", "attestations"},
    ("release.yml", "extension"): {"contents"},
}
"""The only jobs that may do more than read."""

_USES = re.compile(r"^\s*(?:- )?uses: (\S+)(?: # (\S+))?$", re.MULTILINE)
_PINNED = re.compile(r"([\w-]+/[\w-]+)@([0-9a-f]{40})")
_OURS = re.compile(r"\$/(\.github/workflows/[\w-]+\.yml)")
_SESSIONS = re.compile(r"scripts/test(?:\.ps1)? -s (.+)")
_SCRIPT = re.compile(r"scripts/[\w.]+")
_DIALECT = YAML(typ="safe")


class Nox(NamedTuple):
    """What the noxfile offers."""

    sessions: set[str]
    defaults: set[str]
    pythons: list[str]


@pytest.fixture(scope="module")
def nox() -> Nox:
    """The noxfile, read and not run."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    assigned = {
        ast.unparse(node.targets[0]): node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    sessions = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(mark).startswith("nox.session") for mark in node.decorator_list)
    }
    defaults = set(ast.literal_eval(assigned["nox.options.sessions"]))
    return Nox(sessions, defaults, ast.literal_eval(assigned["PYTHONS"]))


def _load(file: Path) -> Workflow:
    workflow: Workflow = _DIALECT.load(file.read_text(encoding="utf-8"))
    return workflow


def _jobs() -> Iterator[tuple[str, str, Job]]:
    """Yield each job with the names of its file and its own."""
    for file in FILES:
        for name, job in _load(file)["jobs"].items():
            yield file.name, name, job


def _steps() -> Iterator[dict[str, Any]]:
    for _, _, job in _jobs():
        yield from job.get("steps", ())


def _commands() -> str:
    """Give every line that a job runs."""
    return "\n".join(step["run"] for step in _steps() if "run" in step)


def _sessions_run() -> set[str]:
    """List the nox sessions that jobs ask for, without the Python they run on."""
    words = " ".join(_SESSIONS.findall(_commands())).replace('"', "").split()
    return {word.partition("-$")[0] for word in words if not word.startswith("--")}


def test_there_are_workflows() -> None:
    """The promises below are not kept by looking at nothing."""
    assert [file.name for file in FILES] == ["agents.yml", "release.yml", "tests.yml"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_workflow_starts_with_no_rights(file: Path) -> None:
    """Each job says what it needs, and two runs do not get in each other's way."""
    workflow = _load(file)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert set(workflow["on"]) <= EVENTS


def test_only_the_release_may_write() -> None:
    """A right to write is listed here, and known by whoever adds one."""
    for file, name, job in _jobs():
        rights = job["permissions"]
        writes = {right for right, level in rights.items() if level != "read"}
        assert writes == MAY_WRITE.get((file, name), set()), (file, name)


def test_every_job_ends() -> None:
    """What hangs is stopped in an hour, not in six."""
    for file, name, job in _jobs():
        assert "uses" in job or job["timeout-minutes"] <= 60, (file, name)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_by_commit(file: Path) -> None:
    """A tag can be moved by others; a commit cannot, and its comment tells people the version."""
    for used, version in _USES.findall(file.read_text(encoding="utf-8")):
        if ours := _OURS.fullmatch(used):
            assert (ROOT / ours[1]).is_file(), used
        else:
            assert _PINNED.fullmatch(used), used
            assert re.fullmatch(r"v\d+\.\d+\.\d+", version), used


def test_every_use_of_an_action_is_seen() -> None:
    """The search above misses no step, however it is written."""
    seen = [used for file in FILES for used, _ in _USES.findall(file.read_text(encoding="utf-8"))]
    called = [job["uses"] for _, _, job in _jobs() if "uses" in job]
    assert sorted(seen) == sorted([*called, *(s["uses"] for s in _steps() if "uses" in s)])


def test_an_action_has_one_version() -> None:
    """An update reaches every workflow."""
    pins = {match.groups() for s in _steps() if (match := _PINNED.match(s.get("uses", "")))}
    assert len(pins) == len({action for action, _ in pins}), sorted(pins)


def test_no_checkout_leaves_its_token_behind() -> None:
    """What runs after it cannot push."""
    for step in _steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_no_command_is_put_together_by_a_template() -> None:
    """A branch's name reaches a shell as a variable, never as a piece of its program."""
    assert "${{" not in _commands()


def test_every_session_and_script_is_there(nox: Nox) -> None:
    """What a workflow calls can be called here."""
    assert _sessions_run() - nox.sessions == set()
    named = sorted(set(_SCRIPT.findall(_commands())))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_what_nox_checks_by_itself_is_checked_there_too(nox: Nox) -> None:
    """Nothing is green here only."""
    assert nox.defaults - _sessions_run() == set()


def test_the_tests_run_on_every_python_and_system(nox: Nox) -> None:
    """What we promise is tried."""
    matrix = _load(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["tests"]["strategy"][
        "matrix"
    ]
    assert matrix["python"] == nox.pythons
    assert matrix["system"] == ["Linux", "macOS", "Windows"]
    assert {entry["system"] for entry in matrix["include"]} == set(matrix["system"])
