"""What a report is about, worked out from its options: agent, project, and how these are called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.analysis.projects import ProjectNames
from fluxmirror_core.analysis.work import Scope
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home
from fluxmirror_store.activity_queries import Projects, recorded_roots
from fluxmirror_store.projects import known_remotes

from fluxmirror_cli.asked import asked_agent
from fluxmirror_cli.configured import current_directory
from fluxmirror_cli.voice import are_tags_lasting, forwarding_mask

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_core.period import Period

    from fluxmirror_cli.reports.wish import ReportWish


class Asked(NamedTuple):
    """What a report is about."""

    agent: str | None
    """Id of the only one whose calls count; None for all."""
    projects: Projects
    """Which projects' calls count, and how projects are called."""
    project: str | None
    """Name of the only one whose calls count; None for all."""

    def scope(self, period: Period) -> Scope:
        """Give what a report of a period is about."""
        return Scope(period, self.agent, self.project)


def asked_scope(db: sqlite3.Connection, wanted: ReportWish) -> Asked:
    """Work out whose calls are asked for, and in which project.

    Raises:
        UsageError: there is no such agent or project.
    """
    names = _project_names(db)

    def name_of(root: str) -> str:
        return str(names.name_of(root)) if root else ""

    agent = None if wanted.agent is None else asked_agent(db, wanted.agent)
    if wanted.project is None:
        return Asked(agent, Projects(None, name_of), None)
    roots = names.find(wanted.project, current_directory())
    return Asked(agent, Projects(roots, name_of), name_of(min(roots)))


def _project_names(db: sqlite3.Connection) -> ProjectNames:
    kind = ProjectNames
    if not are_tags_lasting():
        from fluxmirror_cli.reports.passing_tags import NamesWithPassingTags

        kind = NamesWithPassingTags
    return kind(known_remotes(db), recorded_roots(db), home(os.environ), forwarding_mask())
