"""What doctor says of the configuration: which files there are, and what of them does not count."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fluxmirror_core.config.inputs import PROJECT_FILE, find_project_file, user_path
from fluxmirror_core.messages import counted, message
from fluxmirror_core.paths import places

from fluxmirror_cli.configured import current_directory, own_resolution, resolution, zone_problem
from fluxmirror_cli.health.clauses import about, besides
from fluxmirror_cli.health.row import ERROR, OK, WARN, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.resolution import Problem, Resolution
    from fluxmirror_core.messages import Sayable

_COMPONENT = "config"


def examine_config() -> Iterator[Row]:
    """Look at the user's file, at this directory's project file, and at the variables."""
    found = resolution()
    own = places(os.environ, sys.platform)
    yield from _blocked(of_user := own_resolution(), user_path(own))
    yield _files(found, user_path(own), of_user)
    for problem in found.problems:
        yield _problem(problem)
    if problem_of_zone := zone_problem(found):
        yield _problem(problem_of_zone)


def _blocked(found: Resolution, path: str) -> Iterator[Row]:
    """Tell that nothing is recorded because nobody can tell what may be."""
    if found.unknown:
        keys = ", ".join(found.unknown[:2]) + (" …" if len(found.unknown) > 2 else "")  # noqa: PLR2004 - two are enough to see
        told = message("doctor.config.unknown", keys=keys)
        facts = {"unknown": found.unknown, "file": path}
        yield Row(_COMPONENT, ERROR, told, message("doctor.config.mend", path=path), facts)


def _files(found: Resolution, path: str, own: Resolution) -> Row:
    """Tell which files count."""
    project = _project_file()
    told: Sayable = message("doctor.config.no_file")
    if os.path.lexists(path):
        told = about(path, counted("doctor.config.keys", sum(1 for _ in own.values)))
    if found.problems:
        told = besides(told, counted("doctor.config.problems", len(found.problems)))
    if project:
        of_project = message("doctor.config.project", name=PROJECT_FILE, path=project)
        told = besides(told, of_project)
    facts = {
        "file": path,
        "exists": os.path.lexists(path),
        "project_file": project,
        "keys": sorted(found.values),
        "problems": len(found.problems),
    }
    return Row(_COMPONENT, OK, told, facts=facts)


def _project_file() -> str | None:
    directory = current_directory()
    return None if directory is None else find_project_file(directory)


def _problem(problem: Problem) -> Row:
    return Row(_COMPONENT, WARN, problem.sentence, problem.hint, {"where": problem.where})
