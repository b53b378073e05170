"""What git told is put together, whatever the repositories hold."""

from __future__ import annotations

import json
import os
import re
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.commits import (
    ALL,
    OWN,
    Commit,
    Commits,
    Reason,
    RepositoryCommits,
    RepositoryLog,
    Unread,
    build_commits,
)
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.redact import Redactor
from fluxmirror_core.report.as_html import render_html
from fluxmirror_core.report.as_json import render_json
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.git import build_git_section, unread_notes
from fluxmirror_core.report.sections import Report, for_people
from fluxmirror_core.report.voice import Voice

SEOUL: Final = ZoneInfo("Asia/Seoul")
LATE_MS: Final = 1_790_003_400_000
"""2026-09-21 15:10 in UTC: ten past midnight of the 22nd in Seoul."""


def made(*subjects: str) -> tuple[Commit, ...]:
    """Make commits of Kim's."""
    return tuple(Commit("0a1b2c3", LATE_MS, "Kim", subject) for subject in subjects)


def log(root: str, commits: int, *subjects: str, directory: str | None = None) -> RepositoryLog:
    """Make what git tells of a repository."""
    return RepositoryLog(root, directory or f"{root}/.git", commits, made(*subjects))


def test_repositories_stand_in_the_order_of_their_commits() -> None:
    """Ties by name; one without commits does not stand there at all."""
    logs = [log("/b", 1, "x"), log("/a", 1, "y"), log("/none", 0), log("/c", 2, "z", "y")]
    built = build_commits(logs, os.path.basename)
    assert [(one.name, one.commits) for one in built.repositories] == [("c", 2), ("a", 1), ("b", 1)]
    assert built.total == 4


def test_worktrees_count_once() -> None:
    """They share their branches; the first stands for all."""
    logs = [log("/w", 3, "x", directory="/r/.git"), log("/r", 3, "x")]
    assert [one.root for one in build_commits(logs, str).repositories] == ["/w"]


def test_subjects_are_few_and_bounded() -> None:
    """Ten, as far as anybody masks them; authors as well."""
    logs = [log("/a", 12, "한" * 4_096, "b" * 4_097, *"cdefghijkl")]
    (one,) = build_commits(logs, os.path.basename).repositories
    subjects = ("한" * 4_096, "b" * 4_096, *"cdefghij")
    assert tuple(commit.subject for commit in one.newest) == subjects
    assert one.commits == 12
    (by,) = made("x")
    named = RepositoryLog("/a", "/a/.git", 1, (by._replace(author="n" * 4_097),))
    (one,) = build_commits([named], os.path.basename).repositories
    assert one.newest[0].author == "n" * 4_096


@pytest.mark.parametrize("before", range(85, 100))
def test_a_secret_across_the_cut_of_a_subject_is_masked(before: int) -> None:
    """In every format: whoever cuts first shows half of it."""
    secret = "ghp_" + "x1Y2" * 9
    subject = f"{'a' * before} {secret}"
    one = RepositoryCommits("/api", "api", 1, made(subject))
    report = Report("T", (build_git_section(Commits((one,)), SEOUL),))
    mask = Redactor(b"k" * 32).text
    voice = Voice(load_catalog(), ZoneInfo("UTC"), "/home/mira", mask)
    for text in (
        render_text(report, voice),
        render_html(report, voice, ""),
        json.dumps(render_json(report, voice)),
    ):
        assert "a" * before in text
        assert f"{'a' * before} g" not in text


def test_a_long_subject_is_cut_for_people_and_for_programs() -> None:
    """To a hundred columns of a terminal."""
    one = RepositoryCommits("/api", "api", 1, made("x" * 101))
    report = Report("T", (build_git_section(Commits((one,)), SEOUL),))
    voice = Voice(load_catalog(), ZoneInfo("UTC"), "/home/mira")
    assert f"| {'x' * 99}… |" in render_text(report, voice)
    assert render_json(report, voice)["commits"][0]["subject"] == f"{'x' * 99}…"


def test_what_is_left_out_is_told_by_why() -> None:
    """In one order, whatever the order of the repositories."""
    logs = [Unread("/a", Reason.SLOW), Unread("/b", Reason.UNTRUSTED), Unread("/c", Reason.SLOW)]
    built = build_commits(logs, os.path.basename, ALL)
    assert built == Commits((), ((Reason.UNTRUSTED, ("b",)), (Reason.SLOW, ("a", "c"))), ALL)


def shown(commits: Commits, language: str = "en", *, is_day: bool = False) -> list[str]:
    """Give the lines of the section that a person reads."""
    report = Report("T", (build_git_section(commits, SEOUL, is_day=is_day),))
    voice = Voice(load_catalog(language), SEOUL, "/home/mira")
    return render_text(for_people(report), voice).splitlines()[2:]


API: Final = RepositoryCommits("/api", "acme/api", 12, made("fix: a|b", "feat"))


def test_every_commit_has_a_row() -> None:
    """By the clock of the report; and the section says what was counted."""
    *lines, note = shown(Commits((API,), ((Reason.GONE, ("old",)),), OWN))
    assert lines == [
        "## Commits",
        "",
        "- 12 commits in acme/api",
        "",
        "| Commit  | Subject   | Date       | Time  |",
        "|---------|-----------|------------|-------|",
        "| 0a1b2c3 | fix: a\\|b | Tue 22 Sep | 00:10 |",
        "| 0a1b2c3 | feat      | Tue 22 Sep | 00:10 |",
        "",
    ]
    assert note == (
        "Your own commits on all local branches, merges left out."
        " The newest 10 of each repository are listed. Not there any more: old."
    )


def test_of_one_day_only_the_time_is_told() -> None:
    """The report's title names the day."""
    head = shown(Commits((API,)), is_day=True)[4]
    assert head == "| Commit  | Subject   | Time  |"


def test_an_empty_subject_has_a_sign_for_people_alone() -> None:
    """A cell without anything looks like a mistake; programs have what git said."""
    commits = Commits((RepositoryCommits("/api", "api", 1, made("")),))
    assert shown(commits)[6].startswith("| 0a1b2c3 | \u2013 ")
    voice = Voice(load_catalog(), SEOUL, "/home/mira")
    section = build_git_section(commits, SEOUL)
    assert render_json(Report("T", (section,)), voice)["commits"][0]["subject"] == ""


@pytest.mark.parametrize("room", [80, 60, 44])
def test_the_subject_has_the_room_of_a_terminal_first(room: int) -> None:
    """Who and when are cut, or follow in a table below that names the commits once more."""
    subject = "feat: let the hours of a week be told apart by whoever prints them"
    mine, yours = made(subject, subject)
    yours = yours._replace(author="Somebody with a name of some length")
    web = RepositoryCommits("/web", "a-repository-with-a-long-name", 2, (mine, yours))
    section = build_git_section(Commits((API, web), (), ALL), SEOUL)
    voice = Voice(load_catalog(), SEOUL, "/home/mira")
    lines = render_text(for_people(Report("T", (section,))), voice, room).splitlines()
    assert max(map(len, lines)) <= room
    assert any(f"| {subject[:29]}" in line for line in lines)


def test_several_repositories_are_counted_each() -> None:
    """And what is listed whole is not said to be cut."""
    web = RepositoryCommits("/web", "web", 1, made("one"))
    lines = shown(Commits((API, web)))
    assert lines[2:4] == ["- 13 commits in 2 repositories", "- acme/api 12, web 1"]
    assert "newest" not in shown(Commits((web,)))[-1]


def test_authors_are_named_where_there_are_several() -> None:
    """Of everybody's commits; one's own are one's own under whatever name."""
    mine, yours = made("one", "two")
    both = RepositoryCommits("/api", "api", 2, (mine, yours._replace(author="Lee")))
    one = RepositoryCommits("/api", "api", 1, (mine,))
    heads = [shown(commits)[4] for commits in (Commits((both,)), Commits((one,), (), ALL))]
    assert not any("Author" in head for head in heads)
    lines = shown(Commits((both,), (), ALL))
    assert lines[4].endswith("| Time  | Author |")
    assert lines[7].startswith("| 0a1b2c3 | two ")
    assert lines[7].endswith("| Lee    |")


def test_programs_have_the_same_facts() -> None:
    """The time in UTC; how many commits there are beside each of them."""
    voice = Voice(load_catalog(), SEOUL, "/home/mira")
    told = {
        "repository": "acme/api",
        "time": "2026-09-21T15:10:00.000Z",
        "subject": "feat",
        "hash": "0a1b2c3",
        "commits": 12,
    }
    for is_day in (False, True):
        section = build_git_section(Commits((API,)), SEOUL, is_day=is_day)
        assert render_json(Report("T", (section,)), voice)["commits"][1] == told
    lee = RepositoryCommits("/b", "b", 1, (Commit("9f", None, "Lee", "x"),))
    section = build_git_section(Commits((API, lee), (), ALL), SEOUL)
    rows = render_json(Report("T", (section,)), voice)["commits"]
    assert [(row["author"], row["time"] is None) for row in rows[1:]] == [
        ("Kim", False),
        ("Lee", True),
    ]


def test_an_authors_name_is_masked() -> None:
    """Whatever somebody calls themselves."""
    secret = "ghp_" + "x1Y2" * 9
    mine, yours = made("one", "two")
    both = RepositoryCommits("/api", "api", 2, (mine, yours._replace(author=secret)))
    report = Report("T", (build_git_section(Commits((both,), (), ALL), SEOUL),))
    voice = Voice(load_catalog(), SEOUL, "/home/mira", Redactor(b"k" * 32).text)
    assert "ghp_x" not in render_text(report, voice)
    assert "ghp_x" not in json.dumps(render_json(report, voice))


@pytest.mark.parametrize("language", languages())
def test_the_table_has_words_in_every_language(language: str) -> None:
    """Its heads and what stands around it."""
    both = RepositoryCommits("/b", "b", 12, made("one"))
    lines = shown(Commits((API, both)), language)
    assert not any("git." in line for line in lines)


def test_a_repository_that_told_no_commit_is_counted() -> None:
    """Its row is empty."""
    lines = shown(Commits((RepositoryCommits("/api", "api", 3, ()),)))
    assert lines[2] == "- 3 commits in api"
    assert re.fullmatch(r"\| +\| \u2013 +\| \u2013 +\| \u2013 +\|", lines[6])


def test_without_a_commit_there_are_no_rows() -> None:
    """What was left out can still be told."""
    commits = Commits((), ((Reason.NOBODY, tuple("abcdefg")),))
    section = build_git_section(commits, SEOUL)
    assert (section.rows, section.note) == ((), "")
    assert list(map(str, section.facts)) == [
        "Git knows no `user.email` of yours in: a, b, c, d, e and 2 more."
    ]
    assert build_git_section(Commits(), SEOUL).facts == ()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(language: str, reason: Reason) -> None:
    """In every language."""
    (note,) = unread_notes(Commits((), ((reason, ("api",)),)))
    said = load_catalog(language).say(note)
    assert "api" in said
    assert "git.unread" not in said
