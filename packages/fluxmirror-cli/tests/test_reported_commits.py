"""A report of the commits of a real repository, as a person and as a program read it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
from fluxmirror_cli.git.program import find_git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent

pytestmark = pytest.mark.skipif(find_git(os.environ) is None, reason="there is no git here")
TUESDAY_S: Final = 1_790_003_400
"""2026-09-22 00:10 in Seoul, still the 21st in UTC."""
DAY: Final = ("--from", "2026-09-22", "--to", "2026-09-22")
WEEK: Final = ("--from", "2026-09-16", "--to", "2026-09-22")


@pytest.fixture
def hashes(
    home: Path, record: Callable[..., str], call: Callable[..., AgentEvent]
) -> tuple[str, str]:
    """An agent's repository: a commit of Kim's, a minute later one of Lee's; gives their ids."""
    root = home / "api"
    root.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Kim\n\temail = kim@example.org\n")
    record([call(TUESDAY_S * 1000, project=str(root), cwd=str(root), repo=str(root))])
    git(root, "init", "--quiet", "--initial-branch=main")
    return (
        commit(root, "feat: one", TUESDAY_S),
        commit(root, "fix: two", TUESDAY_S + 60, "--author=Lee <lee@example.org>"),
    )


def git(root: Path, *arguments: str, **env: str) -> str:
    """Run git; gives what it said."""
    command = ["git", "-C", str(root), *arguments]
    ran = subprocess.run(command, env=os.environ | env, check=True, stdout=subprocess.PIPE)
    return ran.stdout.decode().strip()


def commit(root: Path, subject: str, at_s: int, *more: str) -> str:
    """Commit; gives the short id."""
    when = f"{at_s} +0000"
    env = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    git(root, "commit", "--quiet", "--allow-empty", "--message", subject, *more, **env)
    return git(root, "rev-parse", "HEAD")[:7]


def test_a_person_reads_when_and_what(
    hashes: tuple[str, str], run_here: Callable[..., Any]
) -> None:
    """By the clock of the report; of one day without the date; whose, where that is not clear."""
    kim, lee = hashes
    zone = ("--tz", "Asia/Seoul")
    own = run_here("week", *DAY, *zone, "--git").out
    assert "- 1 commit in api\n" in own
    assert f"| {kim} | feat: one | 00:10 |" in own
    assert lee not in own
    everybody = run_here("week", *WEEK, *zone, "--git-authors", "all").out
    assert f"| {lee} | fix: two  | Tue 22 Sep | 00:11 | Lee    |" in everybody
    assert f"| {kim} | feat: one | Tue 22 Sep | 00:10 | Kim    |" in everybody


def test_a_program_reads_the_same(hashes: tuple[str, str], run_here: Callable[..., Any]) -> None:
    """As members of each commit, the time in UTC."""
    kim, _ = hashes
    asked = ("week", *WEEK, "--tz", "Asia/Seoul", "--json")
    own = json.loads(run_here(*asked, "--git").out)["commits"]
    assert own == [
        {
            "repository": "api",
            "time": "2026-09-21T15:10:00.000Z",
            "subject": "feat: one",
            "hash": kim,
            "commits": 1,
        }
    ]
    both = json.loads(run_here(*asked, "--git-authors", "all").out)["commits"]
    assert [row["author"] for row in both] == ["Lee", "Kim"]


def test_a_page_has_the_columns_that_a_person_reads(
    hashes: tuple[str, str], run_here: Callable[..., Any]
) -> None:
    """The count of each row is for programs."""
    kim, _ = hashes
    page = run_here("week", *DAY, "--tz", "Asia/Seoul", "--git", "--format", "html", "--out", "-")
    table = page.out[page.out.index("Commits") : page.out.index("00:10")]
    assert table.count('<th scope="col"') == 3
    assert kim in table
