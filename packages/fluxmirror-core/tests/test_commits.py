"""What git told is put together, whatever the repositories hold."""

from __future__ import annotations

import json
import os
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.commits import (
    ALL,
    OWN,
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
from fluxmirror_core.report.sections import Report
from fluxmirror_core.report.voice import Voice


def log(root: str, commits: int, *subjects: str, directory: str | None = None) -> RepositoryLog:
    """Make what git tells of a repository."""
    return RepositoryLog(root, directory or f"{root}/.git", commits, subjects)


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
    """Ten, as far as anybody masks them."""
    logs = [log("/a", 12, "한" * 4_096, "b" * 4_097, *"cdefghijkl")]
    (one,) = build_commits(logs, os.path.basename).repositories
    assert one.subjects == ("한" * 4_096, "b" * 4_096, *"cdefghij")
    assert one.commits == 12


@pytest.mark.parametrize("before", range(85, 100))
def test_a_secret_across_the_cut_of_a_subject_is_masked(before: int) -> None:
    """In every format: whoever cuts first shows half of it."""
    secret = "ghp_" + "x1Y2" * 9
    subject = f"{'a' * before} {secret}"
    one = RepositoryCommits("/api", "api", 1, (subject,))
    report = Report("T", (build_git_section(Commits((one,))),))
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
    one = RepositoryCommits("/api", "api", 1, ("x" * 101,))
    report = Report("T", (build_git_section(Commits((one,))),))
    voice = Voice(load_catalog(), ZoneInfo("UTC"), "/home/mira")
    assert f"| {'x' * 99}… |" in render_text(report, voice)
    assert render_json(report, voice)["commits"][0]["subject"] == f"{'x' * 99}…"


def test_what_is_left_out_is_told_by_why() -> None:
    """In one order, whatever the order of the repositories."""
    logs = [Unread("/a", Reason.SLOW), Unread("/b", Reason.UNTRUSTED), Unread("/c", Reason.SLOW)]
    built = build_commits(logs, os.path.basename, ALL)
    assert built == Commits((), ((Reason.UNTRUSTED, ("b",)), (Reason.SLOW, ("a", "c"))), ALL)


def test_every_commit_has_a_row() -> None:
    """And the section says what was counted."""
    api = RepositoryCommits("/api", "acme/api", 12, ("fix: a|b", "feat"))
    section = build_git_section(Commits((api,), ((Reason.GONE, ("old",)),), OWN))
    assert section.rows == (("acme/api", 12, "fix: a|b"), ("acme/api", 12, "feat"))
    assert [column.key for column in section.columns] == ["repository", "commits", "subject"]
    assert list(map(str, section.facts)) == ["12 commits in 1 repository"]
    assert str(section.note) == (
        "Your own commits on all local branches, merges left out. Not there any more: old."
    )


def test_without_a_commit_there_are_no_rows() -> None:
    """What was left out can still be told."""
    commits = Commits((), ((Reason.NOBODY, tuple("abcdefg")),))
    section = build_git_section(commits)
    assert (section.rows, section.note) == ((), "")
    assert list(map(str, section.facts)) == [
        "Git knows no `user.email` of yours in: a, b, c, d, e and 2 more."
    ]
    assert build_git_section(Commits()).facts == ()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(language: str, reason: Reason) -> None:
    """In every language."""
    (note,) = unread_notes(Commits((), ((reason, ("api",)),)))
    said = load_catalog(language).say(note)
    assert "api" in said
    assert "git.unread" not in said
