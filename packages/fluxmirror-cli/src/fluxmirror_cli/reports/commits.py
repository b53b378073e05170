"""What was committed meanwhile: asked of git where a person wants that."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.configured import settings

if TYPE_CHECKING:
    from fluxmirror_core.report.sections import Section

    from fluxmirror_cli.reports.counted import Beside
    from fluxmirror_cli.reports.scope import Asked


class GitWish(NamedTuple):
    """What is asked of git."""

    with_git: bool | None = False
    """None where the configuration decides."""
    authors: str | None = None
    """Whose commits: `own` or `all`. Who says so wants them; None means one's own."""

    def asks(self) -> bool:
        """Tell whether to ask git."""
        if self.with_git is not None:
            return self.with_git
        return self.authors is not None or settings().reports_git


def commit_sections(wanted: GitWish, about: Asked, beside: Beside) -> tuple[Section, ...]:
    """Give the section of commits; none where nobody wants it."""
    if not wanted.asks():
        return ()
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.commits import OWN
    from fluxmirror_core.report.git import build_git_section

    from fluxmirror_cli.git.committed import load_commits

    period = beside.work.summary.scope.period
    commits = load_commits(
        (root for root, _ in beside.work.roots),
        period,
        about.projects.name_of,
        env=os.environ,
        authors=wanted.authors or OWN,
    )
    is_day = period.first == period.last
    return (build_git_section(commits, ZoneInfo(period.zone), is_day=is_day),)
