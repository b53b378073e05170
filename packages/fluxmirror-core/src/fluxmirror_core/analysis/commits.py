"""Commits: what was committed in the repositories of a period, and which of them were left out."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NEWEST: Final = 10
"""So many commits of a repository are kept."""
MOST_CHARS: Final = 4096
"""Of a subject or of a name, far more than is shown: what masks it has to see a whole secret."""
OWN: Final = "own"
ALL: Final = "all"
"""Whose commits count: the user's, by the address that git has for each repository, or all."""


class Reason(StrEnum):
    """Why the commits of a repository are not known."""

    UNTRUSTED = "untrusted"
    """Git refuses to work in it: it belongs to somebody else."""
    GONE = "gone"
    BROKEN = "broken"
    """Git cannot read it."""
    SLOW = "slow"
    NOBODY = "nobody"
    """Git has no address of the user there, so no commit is known to be the user's."""
    TOO_MANY = "too_many"
    """So many others had more calls."""
    NO_GIT = "no_git"
    """There is no git on this machine."""


class Commit(NamedTuple):
    """One commit."""

    short_hash: str
    """As git shortens it: as much as tells it from all others of the repository."""
    committed_ms: int | None
    """When, in UTC milliseconds; None where nothing tells."""
    author: str
    """The name of who wrote it; may be empty."""
    subject: str
    """The first line of what was said of it."""


class RepositoryLog(NamedTuple):
    """What git told of one repository."""

    root: str
    directory: str
    """Where git keeps it: the same for all of its worktrees."""
    commits: int
    newest: tuple[Commit, ...]
    """The newest first."""


class Unread(NamedTuple):
    """A repository whose commits are not known."""

    root: str
    reason: Reason


class RepositoryCommits(NamedTuple):
    """What was committed in one repository."""

    root: str
    name: str
    commits: int
    """On all local branches, each once, without merges."""
    newest: tuple[Commit, ...]
    """The `NEWEST` of them, the newest first, with `MOST_CHARS` of each text."""


class Commits(NamedTuple):
    """What was committed in a period."""

    repositories: tuple[RepositoryCommits, ...] = ()
    """Most commits first, ties by name; none without commits."""
    unread: tuple[tuple[Reason, tuple[str, ...]], ...] = ()
    """The names of those that are left out, by why."""
    authors: str = OWN
    """`OWN` or `ALL`."""

    @property
    def total(self) -> int:
        """How many commits there are in all."""
        return sum(one.commits for one in self.repositories)

    @property
    def has_several_authors(self) -> bool:
        """Tell whether those that are shown are of several people."""
        if self.authors == OWN:
            # Whoever commits under two names is one person still.
            return False
        return len({commit.author for one in self.repositories for commit in one.newest}) > 1

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more commits than those that are shown."""
        return any(one.commits > len(one.newest) for one in self.repositories)


def build_commits(
    logs: Iterable[RepositoryLog | Unread], name_of: Callable[[str], str], authors: str = OWN
) -> Commits:
    """Put together what git told; several worktrees of a repository count once, as the first.

    Args:
        logs: of the repositories, those with most calls first.
        name_of: root → name of the repository.
        authors: whose commits were asked for.
    """
    found: dict[str, RepositoryCommits] = {}
    unread: dict[Reason, list[str]] = {}
    for log in logs:
        name = name_of(log.root)
        if isinstance(log, Unread):
            unread.setdefault(log.reason, []).append(name)
        elif log.commits:
            commits = RepositoryCommits(log.root, name, log.commits, _bounded(log.newest))
            found.setdefault(log.directory, commits)
    return Commits(
        tuple(sorted(found.values(), key=lambda one: (-one.commits, one.name, one.root))),
        tuple((reason, tuple(unread[reason])) for reason in Reason if reason in unread),
        authors,
    )


def _bounded(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    return tuple(
        one._replace(author=one.author[:MOST_CHARS], subject=one.subject[:MOST_CHARS])
        for one in commits[:NEWEST]
    )
