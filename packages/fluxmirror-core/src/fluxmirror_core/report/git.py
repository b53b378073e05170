"""What was committed → the section `Commits` of a report."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.commits import ALL, NEWEST, Commit, Reason
from fluxmirror_core.messages import counted, message
from fluxmirror_core.period import local_date
from fluxmirror_core.phrases import listed, some_of
from fluxmirror_core.report.sections import CLOCK, DATE, NAME, NUMBER, SUBJECT, Column, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.commits import Commits, RepositoryCommits
    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.report.sections import Cell

_KEY: Final = "commits"
_NAMED: Final = 5
_TITLE: Final = message("git.section")
_REPOSITORY: Final = Column(message("git.column.repository"), NAME, "repository")
_LONE: Final = _REPOSITORY._replace(is_for_people=False)
"""Of the only repository, which people read once, above the table."""
_DATE: Final = Column(message("work.column.date"), DATE)
"""For people alone: programs have the time."""
_TIME: Final = Column(message("column.time"), CLOCK, "time")
_SUBJECT: Final = Column(message("git.column.subject"), SUBJECT, "subject")
_AUTHOR: Final = Column(message("git.column.author"), NAME, "author")
_HASH: Final = Column(message("git.column.commit"), NAME, "hash")
_COUNT: Final = Column("", NUMBER, "commits", is_for_people=False)
"""People read it once, above the table."""
_COLUMNS: Final = (_HASH, _SUBJECT, _REPOSITORY, _LONE, _DATE, _TIME, _AUTHOR, _COUNT)
"""What has no room on a terminal follows in a table below, behind the first of these."""
_UNTOLD: Final = Commit("", None, "", "")
"""Of a repository of which git told no more than how many there are."""
_REASONS: Final = {
    Reason.UNTRUSTED: "git.unread.untrusted",
    Reason.GONE: "git.unread.gone",
    Reason.BROKEN: "git.unread.broken",
    Reason.SLOW: "git.unread.slow",
    Reason.NOBODY: "git.unread.nobody",
    Reason.TOO_MANY: "git.unread.too_many",
    Reason.NO_GIT: "git.unread.no_git",
}


def build_git_section(commits: Commits, zone: ZoneInfo, *, is_day: bool = False) -> Section:
    """Put what was committed into a table: a row for each of the newest commits.

    Without a commit it has no rows, and tells only which repositories were left out.

    Args:
        commits: what git told.
        zone: by whose clock.
        is_day: whether it was all on one day, which the report names already.
    """
    columns = _columns(commits, is_day=is_day)
    rows = tuple(
        _row(columns, one, commit, zone)
        for one in commits.repositories
        for commit in one.newest or (_UNTOLD,)
    )
    left_out = unread_notes(commits)
    if not rows:
        return Section(_TITLE, "table", columns, facts=left_out, key=_KEY)
    note = reduce(_after, (*_notes(commits), *left_out))
    facts = tuple(_totals(commits))
    return Section(_TITLE, "table", columns, rows, note, facts, _KEY)


def unread_notes(commits: Commits) -> tuple[Message, ...]:
    """Say which repositories were left out, and why: a sentence for each reason."""
    return tuple(
        message(_REASONS[reason], names=some_of(names, _NAMED)) for reason, names in commits.unread
    )


def _columns(commits: Commits, *, is_day: bool) -> tuple[Column, ...]:
    has_several = len(commits.repositories) > 1
    is_needed = {
        _REPOSITORY: has_several,
        _LONE: not has_several,
        _DATE: not is_day,
        _AUTHOR: commits.has_several_authors,
    }
    return tuple(column for column in _COLUMNS if is_needed.get(column, True))


def _row(
    columns: Sequence[Column], one: RepositoryCommits, commit: Commit, zone: ZoneInfo
) -> tuple[Cell, ...]:
    at_ms = commit.committed_ms
    cells = {
        _REPOSITORY: one.name,
        _LONE: one.name,
        _DATE: None if at_ms is None else local_date(at_ms, zone),
        _TIME: at_ms,
        _SUBJECT: commit.subject,
        _AUTHOR: commit.author,
        _HASH: commit.short_hash,
        _COUNT: one.commits,
    }
    return tuple(cells[column] for column in columns)


def _totals(commits: Commits) -> Iterator[Sayable]:
    """Say how many there are in all, and where: in which repository, or in each of several."""
    found = commits.repositories
    if len(found) == 1:
        yield counted("git.total", commits.total, repositories=found[0].name)
        return
    repositories = counted("git.repositories", len(found))
    yield counted("git.total", commits.total, repositories=repositories)
    yield listed([message("git.each", name=one.name, count=f"{one.commits:,}") for one in found])


def _notes(commits: Commits) -> Iterator[Message]:
    """Say whose commits these are, and which of them."""
    yield message("git.whose.all" if commits.authors == ALL else "git.whose.own")
    if commits.is_cut:
        yield message("git.newest", count=NEWEST)


def _after(first: Message, second: Message) -> Message:
    return message("git.notes", first=first, second=second)
