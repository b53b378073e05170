"""What one repository's history tells of a period."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.commits import (
    ALL,
    MOST_CHARS,
    NEWEST,
    Commit,
    Reason,
    RepositoryLog,
    Unread,
)
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.period import Period

    from fluxmirror_cli.git.program import Git, Told

_LAST_S: Final = 253_402_300_799
"""The end of the year 9999."""
_REFUSALS: Final = (
    "dubious ownership",
    "unsafe repository",
    "safe.bareRepository",
)
"""What git says of a repository that it does not trust, in one version or another."""
_NO_REPOSITORY: Final = "not a git repository (or any"
"""Of a `.git` that leads nowhere it says the same, and where."""
_NO_DIRECTORY: Final = ("No such file or directory", "Not a directory")
_OWN_DIRECTORY: Final = ".git"
_START: Final = "\0"
_FORMAT: Final = "%x00%h%n%ct%n%an%n%s"
"""No part of it holds a line feed; the last is the one that may be missing its end."""
_PARTS: Final = 4
_SHORT: Final = 7
"""Characters of a shortened id, or more where two commits begin alike."""


class Wanted(NamedTuple):
    """Which commits are asked for."""

    period: Period
    """By when they were committed."""
    authors: str
    """`OWN` or `ALL`."""
    addresses: tuple[str, ...] = ()
    """Of the user, beside those that git has for the repository."""


def read_log(git: Git, root: str, wanted: Wanted, end_s: float) -> RepositoryLog | Unread | None:
    """Read what was committed on all local branches of a repository, without merges.

    Args:
        git: the program.
        root: of the repository, absolute.
        wanted: which commits.
        end_s: when the time is over, as `time.monotonic` counts.

    Returns:
        None where there is a directory, and no repository.
    """
    try:
        return _read(_Reader(git, root, end_s), wanted)
    except _UnreadError as error:
        return None if error.reason is None else Unread(root, error.reason)


class _UnreadError(Exception):
    """The repository tells nothing."""

    def __init__(self, reason: Reason | None) -> None:
        super().__init__(reason)
        self.reason = reason


class _Reader:
    """Asks git in one repository until its time is over."""

    def __init__(self, git: Git, root: str, end_s: float) -> None:
        self._git = git
        self._end_s = end_s
        self.root = root

    def directory(self) -> str:
        """Say where git keeps the repository.

        Raises:
            _UnreadError: git cannot work there, or does not want to.
        """
        asked = ("rev-parse", "--path-format=absolute", "--git-common-dir")
        told = self._git.ask(self.root, asked, self._end_s, with_errors=True)
        if told.code:
            raise _UnreadError(_reason(told.output) or self._reason_of_silence())
        if told.code is None:
            raise _UnreadError(Reason.SLOW)
        # Warnings come first; git before 2.31 gives a relative path.
        last = told.output.removesuffix("\n").rpartition("\n")[2]
        return os.path.normpath(os.path.join(self.root, last))

    def _reason_of_silence(self) -> Reason | None:
        """Say why git finds no repository: it does not take a damaged one for one."""
        # Tells only whether there is such a directory, which is for git to ask the disk.
        told = self._git.ask(os.path.join(self.root, _OWN_DIRECTORY), ("version",), self._end_s)
        if told.code is None:
            return Reason.SLOW
        return None if told.code else Reason.BROKEN

    def own_addresses(self, more: Sequence[str]) -> list[str]:
        """Give the addresses that git would write into the user's commits.

        Args:
            more: of the user, wherever they commit.

        Raises:
            _UnreadError: there is none, or git cannot tell.
        """
        asked = ("config", "-z", "--get-regexp", r"^(user|author)\.email$")
        told = self._git.ask(self.root, asked, self._end_s)
        if told.code is None:
            raise _UnreadError(Reason.SLOW)
        # What comes last is stronger.
        last = dict(entry.partition("\n")[::2] for entry in told.output.split("\0"))
        found = (one.strip() for one in (*last.values(), *more))
        addresses = list(dict.fromkeys(one for one in found if one))
        if not addresses:
            raise _UnreadError(Reason.NOBODY)
        return addresses

    def commits(self, *arguments: str) -> Told:
        """List commits as `git rev-list` does, which heeds less configuration than `git log`.

        Raises:
            _UnreadError: git cannot.
        """
        told = self._git.ask(self.root, ("rev-list", *arguments), self._end_s)
        if told.code != 0:
            raise _UnreadError(Reason.SLOW if told.code is None else Reason.BROKEN)
        return told


def _read(reader: _Reader, wanted: Wanted) -> RepositoryLog:
    directory = reader.directory()
    chosen = [
        "--branches",
        "--no-merges",
        *_times(wanted.period),
        *([] if wanted.authors == ALL else _by(reader.own_addresses(wanted.addresses))),
    ]
    shape = (f"--max-count={NEWEST}", f"--format={_FORMAT}", f"--abbrev={_SHORT}")
    told = reader.commits(*shape, "--encoding=UTF-8", *chosen)
    newest = _newest(told, wanted.period)
    is_all = len(newest) < NEWEST and not told.is_cut
    total = len(newest) if is_all else int(reader.commits("--count", *chosen).output)
    return RepositoryLog(reader.root, directory, total, newest)


def _newest(told: Told, period: Period) -> tuple[Commit, ...]:
    """Give the commits that were told; not one of which half is missing that would be shown."""
    # Before each stands a line with its whole id.
    found = [one.split("\n")[:_PARTS] for one in told.output.split(_START)[1:]]
    if told.is_cut and found and (len(found[-1]) < _PARTS or len(found[-1][-1]) < MOST_CHARS):
        found.pop()
    return tuple(
        Commit(short, _committed_ms(seconds, period), author, subject)
        for short, seconds, author, subject in found
    )


def _committed_ms(seconds: str, period: Period) -> int | None:
    """Read when a commit was made; None where that is no time of the period."""
    if not seconds.isascii() or not seconds.isdigit():
        return None
    committed_ms = int(seconds) * 1000
    return committed_ms if period.start_ms <= committed_ms < period.end_ms else None


def _times(period: Period) -> list[str]:
    """Say when in whole seconds, both ends included, as git counts."""
    first, last = -(-period.start_ms // 1000), -(-period.end_ms // 1000) - 1
    return [f"--since=@{max(first, 0)} +0000", f"--until=@{min(max(last, 0), _LAST_S)} +0000"]


def _by(addresses: list[str]) -> list[str]:
    authors = [f"--author=<{address}>" for address in addresses]
    return ["--fixed-strings", "--regexp-ignore-case", *authors]


def _reason(complaint: str) -> Reason | None:
    if any(refusal in complaint for refusal in _REFUSALS):
        return Reason.UNTRUSTED
    if _NO_REPOSITORY in complaint:
        return None
    if "cannot change to" in complaint and any(one in complaint for one in _NO_DIRECTORY):
        return Reason.GONE
    return Reason.BROKEN
