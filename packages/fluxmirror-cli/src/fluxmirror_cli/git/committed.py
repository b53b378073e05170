"""What was committed where agents worked: several repositories at a time, and never for long."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.commits import OWN, Reason, RepositoryLog, Unread, build_commits
from fluxmirror_core.touched import may_be_asked_for

from fluxmirror_cli.git.history import Wanted, read_log
from fluxmirror_cli.git.program import Git, find_git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from fluxmirror_core.analysis.commits import Commits
    from fluxmirror_core.period import Period

_MOST: Final = 20
"""So many repositories are asked."""
_AT_ONCE: Final = 4
_EACH_S: Final = 2.0
_ALL_S: Final = 6.0
_ADDRESSES: Final = ("GIT_AUTHOR_EMAIL", "EMAIL")
"""Variables by which a person tells git who commits, in whatever repository."""


def load_commits(
    roots: Iterable[str],
    period: Period,
    name_of: Callable[[str], str],
    *,
    env: Mapping[str, str],
    authors: str = OWN,
) -> Commits:
    """Ask git what was committed in a period.

    Args:
        roots: of repositories, those with most calls first; a directory that is none is passed
            over in silence.
        period: which days.
        name_of: root → name of the repository.
        env: the environment of this process.
        authors: `OWN` for the user's commits alone, `ALL` for all.
    """
    asked = [root for root in dict.fromkeys(roots) if may_be_asked_for(root) and "\0" not in root]
    program = find_git(env)
    if program is None:
        unread = [Unread(root, Reason.NO_GIT) for root in asked]
        return build_commits(unread, name_of, authors)
    wanted = Wanted(period, authors, tuple(env.get(name, "") for name in _ADDRESSES))
    return build_commits(_logs(Git(program, env), asked, wanted), name_of, authors)


def _logs(git: Git, roots: Sequence[str], wanted: Wanted) -> Iterator[RepositoryLog | Unread]:
    end_s = time.monotonic() + _ALL_S

    def read(root: str) -> RepositoryLog | Unread | None:
        return read_log(git, root, wanted, min(time.monotonic() + _EACH_S, end_s))

    with ThreadPoolExecutor(_AT_ONCE) as crew:
        yield from (log for log in crew.map(read, roots[:_MOST]) if log is not None)
    yield from (Unread(root, Reason.TOO_MANY) for root in roots[_MOST:])
