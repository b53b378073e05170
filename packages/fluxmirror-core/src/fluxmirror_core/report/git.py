"""What was committed → the section `Shipped` of a report."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.commits import ALL, Reason
from fluxmirror_core.messages import counted, message
from fluxmirror_core.phrases import some_of
from fluxmirror_core.report.sections import NAME, NUMBER, SUBJECT, Column, Section

if TYPE_CHECKING:
    from fluxmirror_core.analysis.commits import Commits
    from fluxmirror_core.messages import Message

_KEY: Final = "commits"
_NAMED: Final = 5
_TITLE: Final = message("git.section")
_COLUMNS: Final = (
    Column(message("git.column.repository"), NAME, "repository"),
    Column(message("git.column.commits"), NUMBER, "commits"),
    Column(message("git.column.subject"), SUBJECT, "subject"),
)
_REASONS: Final = {
    Reason.UNTRUSTED: "git.unread.untrusted",
    Reason.GONE: "git.unread.gone",
    Reason.BROKEN: "git.unread.broken",
    Reason.SLOW: "git.unread.slow",
    Reason.NOBODY: "git.unread.nobody",
    Reason.TOO_MANY: "git.unread.too_many",
    Reason.NO_GIT: "git.unread.no_git",
}


def build_git_section(commits: Commits) -> Section:
    """Put what was committed into a table: a row for each of the newest commits.

    Without a commit it has no rows, and tells only which repositories were left out.
    """
    rows = tuple(
        (one.name, one.commits, subject)
        for one in commits.repositories
        for subject in one.subjects or ("",)
    )
    notes = unread_notes(commits)
    if not rows:
        return Section(_TITLE, "table", _COLUMNS, facts=notes, key=_KEY)
    whose = message("git.whose.all" if commits.authors == ALL else "git.whose.own")
    note = reduce(_after, (whose, *notes))
    return Section(_TITLE, "table", _COLUMNS, rows, note, facts=(_total(commits),), key=_KEY)


def unread_notes(commits: Commits) -> tuple[Message, ...]:
    """Say which repositories were left out, and why: a sentence for each reason."""
    return tuple(
        message(_REASONS[reason], names=some_of(names, _NAMED)) for reason, names in commits.unread
    )


def _total(commits: Commits) -> Message:
    number = len(commits.repositories)
    return counted("git.total", commits.total, repositories=counted("git.repositories", number))


def _after(first: Message, second: Message) -> Message:
    return message("git.notes", first=first, second=second)
