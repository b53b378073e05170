"""What projects are called, and which one a person means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.analysis.projects import ProjectNames
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOME = "/home/kim"
API, FORK, COPY = "/home/kim/api", "/home/kim/fork/api", "/home/kim/api-worktree"
WEB, NOTES, OTHER = "/home/kim/web", "/home/kim/notes", "/srv/notes"
REMOTES = {
    API: "github.com/acme/api",
    COPY: "github.com/Acme/API",
    FORK: "github.com/kim/api",
    WEB: "github.com/acme/web",
    NOTES: None,
}


@pytest.fixture
def names() -> ProjectNames:
    """Two repositories of one name, one with two roots, and two directories of one name."""
    return ProjectNames(REMOTES, [API, FORK, COPY, WEB, NOTES, OTHER, "", HOME], HOME)


def test_a_project_has_the_shortest_name_that_is_its_own(names: ProjectNames) -> None:
    """Namesakes are told apart by what stands before."""
    called = {root: names.name_of(root) for root in (API, FORK, WEB, NOTES, OTHER, HOME)}
    assert called == {
        API: "acme/api",
        FORK: "kim/api",
        WEB: "web",
        NOTES: "~/notes",
        OTHER: "srv/notes",
        HOME: "~",
    }


def test_roots_with_one_remote_are_one_project(names: ProjectNames) -> None:
    """Clones and worktrees are; forks and directories without a remote are not."""
    assert names.key_of(API) == names.key_of(COPY)
    assert names.name_of(COPY) == names.name_of(API)
    assert names.find("acme/api") == {API, COPY}
    assert len({names.key_of(root) for root in (API, FORK, WEB, NOTES, OTHER, "", HOME)}) == 7


def test_no_directory_is_no_project(names: ProjectNames) -> None:
    """It has words instead of a name, which are said in whatever language."""
    assert names.name_of("") == message("project.none")
    assert "" not in names.names()


def test_a_root_nobody_told_of_goes_by_its_directory(names: ProjectNames) -> None:
    """Nobody can tell whether that is unique."""
    assert names.name_of("/somewhere/else") == "else"


@pytest.mark.parametrize(
    ("roots", "called"),
    [
        (["/a/x/api", "/b/x/api"], ["a/x/api", "b/x/api"]),
        (["/api", "/b/api"], ["/api", "b/api"]),
        (["/A/api", "/a/api"], ["/A/api", "/a/api"]),
        (["/"], ["/"]),
        (["C:\\work\\api", "D:\\api"], ["work/api", "D:/api"]),
        (["\\\\host\\share\\api"], ["api"]),
        (["/home/kimono/x", "/home/kim/x"], ["kimono/x", "~/x"]),
    ],
)
def test_paths_grow_from_their_end(roots: list[str], called: list[str]) -> None:
    """Up to the whole path, if need be."""
    names = ProjectNames({}, roots, HOME)
    assert [names.name_of(root) for root in roots] == called


@pytest.mark.parametrize(
    ("asked", "roots"),
    [
        ("acme/api", {API, COPY}),
        ("ACME/api.git", {API, COPY}),
        ("github.com/kim/api", {FORK}),
        ("fork/api", {FORK}),
        ("web", {WEB}),
        ("api-worktree", {API, COPY}),
        (API, {API, COPY}),
        (f"{API}/src/main.py", {API, COPY}),
        (f"{HOME}/x/../web/", {WEB}),
        ("~/web", {WEB}),
        ("~", {HOME}),
        (".", {WEB}),
        ("./src", {WEB}),
        ("../notes", {NOTES}),
    ],
)
def test_a_project_is_found_by_name_and_by_path(
    names: ProjectNames, asked: str, roots: set[str]
) -> None:
    """Whichever way a person thinks of it."""
    assert names.find(asked, WEB) == roots


def test_a_directory_is_found_by_its_relative_path(names: ProjectNames) -> None:
    """As a shell completes it, without a dot in front; what is below one of them is a typo."""
    assert names.find("fork/api", HOME) == {FORK}
    with pytest.raises(UsageError):
        names.find("web/typo", HOME)


def test_several_projects_of_one_name_are_listed(names: ProjectNames) -> None:
    """None of them is guessed."""
    with pytest.raises(UsageError) as error:
        names.find("api", HOME)
    assert str(error.value.sentence) == "several projects are called 'api'"
    assert str(error.value.hint) == "name one of acme/api, kim/api"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("wbe", "did you mean web?"),
        ("acme/wbe", "did you mean acme/api or web?"),
        ("acme/apy", "did you mean acme/api?"),
        ("zzzzz", "the projects are acme/api, kim/api, srv/notes, web, ~, ~/notes"),
    ],
)
def test_what_is_no_project_is_like_one_or_another(
    names: ProjectNames, asked: str, hint: str
) -> None:
    """A slip of the keyboard costs one more try."""
    with pytest.raises(UsageError) as error:
        names.find(asked, HOME)
    assert str(error.value.sentence) == f"there is no recorded project called {asked!r}"
    assert str(error.value.hint) == hint


@pytest.mark.parametrize("asked", ["/elsewhere", "..", "/", "//host/share", "C:\\x"])
def test_a_path_outside_of_all_projects_is_none(asked: str) -> None:
    """Nor is what holds one."""
    with pytest.raises(UsageError):
        ProjectNames(REMOTES, [API], "").find(asked, API)


@pytest.mark.parametrize(
    ("asked", "path"), [(".", "~/plans"), ("./wbe", "~/plans/wbe"), ("~/wbe", "~/wbe"), ("/", "/")]
)
def test_a_path_in_no_project_is_told_whole(asked: str, path: str) -> None:
    """Whoever wrote a dot sees which directory that is."""
    with pytest.raises(UsageError) as error:
        ProjectNames(REMOTES, [WEB], HOME).find(asked, f"{HOME}/plans")
    assert str(error.value.sentence) == f"{path} is in no recorded project"
    guess = "did you mean web?" if "wbe" in asked else "the projects are web"
    assert str(error.value.hint) == guess


def test_a_path_in_no_project_is_masked() -> None:
    """It may be more than what was written on the command line."""
    names = ProjectNames(REMOTES, [WEB], HOME, masking("hunter2"))
    with pytest.raises(UsageError) as error:
        names.find(".", f"{HOME}/hunter2")
    assert str(error.value.sentence) == "~/[REDACTED:0] is in no recorded project"


def test_without_a_project_there_is_nothing_to_guess() -> None:
    """It says so."""
    with pytest.raises(UsageError) as error:
        ProjectNames({}, [""], HOME).find("web")
    assert error.value.hint == message("project.no_projects")


def test_a_repository_inside_of_a_recorded_directory_is_not_that_directory(tmp_path: Path) -> None:
    """An agent may have worked in the home, which is no reason to take it for all below."""
    (tmp_path / "own" / ".git").mkdir(parents=True)
    (tmp_path / "plain").mkdir()
    names = ProjectNames({}, [str(tmp_path)])
    assert names.find(os.path.join(tmp_path, "plain")) == {str(tmp_path)}
    with pytest.raises(UsageError):
        names.find(os.path.join(tmp_path, "own"))


def test_thousands_of_namesakes_are_named() -> None:
    """Each takes only as many rounds as its path has parts."""
    roots = [f"/srv/{number}/project" for number in range(5_000)]
    names = ProjectNames({}, roots)
    assert len({names.name_of(root) for root in roots}) == 5_000


def masking(*secrets: str) -> Callable[[str], str]:
    """Make what masks some texts, each in a way of its own."""

    def mask(text: str) -> str:
        for number, secret in enumerate(secrets):
            text = text.replace(secret, f"[REDACTED:{number}]")
        return text

    return mask


@pytest.mark.parametrize(
    ("secret", "called"),
    [
        (WEB, "[REDACTED:0]"),
        ("kim/web", "[REDACTED:0]"),
        ("/web", "kim[REDACTED:0]"),
        ("web", "[REDACTED:0]"),
        ("/home/kim", "web"),
        ("github.com/acme/web", "web"),
    ],
)
def test_a_name_tells_nothing_that_is_masked_in_the_path(secret: str, called: str) -> None:
    """Neither does a remote, which would not have been looked for there."""
    names = ProjectNames(REMOTES, [API, WEB], HOME, masking(secret))
    assert names.name_of(WEB) == called
    assert names.name_of(API) == "api"


def test_a_project_is_itself_once_its_path_is_masked() -> None:
    """What was recorded before a pattern and what was recorded since is one project's."""
    names = ProjectNames(REMOTES, [WEB, "[REDACTED:0]"], HOME, masking(WEB))
    assert names.find("[REDACTED:0]") == {WEB, "[REDACTED:0]"}
    assert ProjectNames({}, [], HOME, masking(WEB)).name_of(WEB) == "[REDACTED:0]"


@pytest.mark.parametrize("asked", ["web", "acme/web", WEB, f"{WEB}/src", "."])
def test_a_masked_project_is_found_as_before(asked: str) -> None:
    """Nobody learns anything from what they write themselves."""
    names = ProjectNames(REMOTES, [API, WEB, NOTES], HOME, masking(WEB, NOTES))
    assert names.find(asked, WEB) == {WEB}
    with pytest.raises(UsageError) as error:
        names.find("wep")
    assert "web" not in str(error.value.hint)


def test_a_remote_that_is_masked_names_nothing() -> None:
    """A token in an address is one in a name; the directory tells enough."""
    remotes = {WEB: "git.example/hunter2/lumen-web"}
    names = ProjectNames(remotes, [WEB], HOME, masking("hunter2"))
    assert "hunter2" not in str(names.name_of(WEB))
    assert names.key_of(WEB) == WEB
