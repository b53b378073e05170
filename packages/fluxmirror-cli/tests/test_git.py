"""Git is asked what was committed: exactly, and whatever a repository has in store for us."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_cli.git.committed import load_commits
from fluxmirror_cli.git.history import Wanted, read_log
from fluxmirror_cli.git.program import MOST_BYTES, Git, find_git
from fluxmirror_core.analysis.commits import ALL, MOST_CHARS, OWN, Reason, RepositoryLog, Unread
from fluxmirror_core.period import instants_period

if TYPE_CHECKING:
    from fluxmirror_core.analysis.commits import Commits, RepositoryCommits

UTC: Final = ZoneInfo("UTC")
NOON: Final = 1_790_000_000
"""A second of 2026, UTC; commits are made some seconds later, unless told otherwise."""
WEEK: Final = instants_period(NOON * 1000, (NOON + 1000) * 1000, UTC)
pytestmark = pytest.mark.skipif(find_git(os.environ) is None, reason="there is no git here")
unix = pytest.mark.skipif(sys.platform == "win32", reason="a shell script, a pipe with a name")


@pytest.fixture(autouse=True)
def kim(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kim's own git, and nothing of the test's."""
    for name in tuple(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    (home / ".gitconfig").write_text("[user]\n\tname = Kim\n\temail = Kim@example.org\n")


class Repository:
    """A repository, worked in by git itself."""

    def __init__(self, root: Path, *init: str) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main", *init)

    def git(self, *arguments: str, given: str | bytes = b"", **env: str) -> str:
        """Run git there; gives what it said."""
        ran = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=True,
            env=os.environ | env,
        )
        return ran.stdout.decode("utf-8", "replace").strip()

    def commit(self, subject: str, at: int = 1, *more: str, author: str = "") -> str:
        """Commit; gives the id."""
        by = (f"--author={author}",) if author else ()
        when = f"{NOON + at} +0900"
        command = ("commit", "--quiet", "--allow-empty", "--file=-", *by, *more)
        self.git(*command, given=subject, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        return self.git("rev-parse", "HEAD")

    def write_commit(self, text: bytes) -> None:
        """Put a commit of any bytes on the branch `odd`."""
        tree = self.git("write-tree").encode()
        found = self.git(
            *("hash-object", "-t", "commit", "-w", "--stdin", "--literally"),
            given=b"tree " + tree + b"\n" + text,
        )
        self.git("update-ref", "refs/heads/odd", found)


def odd_commit(message: bytes, *headers: bytes) -> bytes:
    """Write a commit of Kim's as git stores it."""
    who = b"Kim <kim@example.org> %d +0000" % (NOON + 1)
    return b"\n".join([b"author " + who, b"committer " + who, *headers, b"", message])


def committed(*roots: Path, authors: str = OWN) -> Commits:
    """Ask git about the week."""
    asked = (str(root) for root in roots)
    return load_commits(asked, WEEK, os.path.basename, env=os.environ, authors=authors)


def subjects(*roots: Path, authors: str = OWN) -> list[str]:
    """Give the subjects of the only repository with commits, the newest first."""
    found = committed(*roots, authors=authors)
    assert found.unread == ()
    (one,) = found.repositories
    assert one.commits == len(one.newest)
    return list(told(one))


def told(one: RepositoryCommits | RepositoryLog) -> tuple[str, ...]:
    """Give the subjects of a repository's newest commits."""
    return tuple(commit.subject for commit in one.newest)


def reasons(commits: Commits) -> dict[Reason, tuple[str, ...]]:
    """Give what was left out, where nothing was found."""
    assert commits.repositories == ()
    return dict(commits.unread)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without a commit."""
    return Repository(tmp_path / "api")


def test_commits_of_all_local_branches_count_once(repository: Repository) -> None:
    """The checked-out branch is one among others; merges are none's work."""
    repository.commit("one", 1)
    repository.git("branch", "other")
    repository.commit("two", 2)
    repository.git("checkout", "--quiet", "other")
    repository.commit("three", 3)
    when = f"{NOON + 4} +0000"
    repository.git("merge", "--quiet", "main", GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)
    assert subjects(repository.root) == ["three", "two", "one"]


def test_a_commit_has_an_id_a_time_and_an_author(repository: Repository) -> None:
    """The id as short as git has it, the time when it came onto its branch."""
    first = repository.commit("one", 1)
    second = repository.commit(
        "two", 2, "--date=2020-01-01T00:00:00Z", author="Lee <kim@example.org>"
    )
    (one,) = committed(repository.root).repositories
    assert [(commit.short_hash, commit.committed_ms, commit.author) for commit in one.newest] == [
        (second[:7], (NOON + 2) * 1000, "Lee"),
        (first[:7], (NOON + 1) * 1000, "Kim"),
    ]


@pytest.mark.parametrize("length", ["40", "4"])
def test_an_id_is_short_whatever_is_configured(repository: Repository, length: str) -> None:
    """A repository does not say how wide a report is."""
    found = repository.commit("one")
    repository.git("config", "core.abbrev", length)
    (one,) = committed(repository.root).repositories
    assert one.newest[0].short_hash == found[:7]


def test_a_name_is_as_git_has_it_in_the_commit(repository: Repository) -> None:
    """No file of the repository says who somebody is; any sign may stand in a name."""
    (repository.root / ".mailmap").write_text("Somebody Else <kim@example.org>\n")
    repository.commit("one", author="\u202e|Ki`m\x1b[31m <kim@example.org>")
    (one,) = committed(repository.root).repositories
    assert one.newest[0].author == "\u202e|Ki`m\x1b[31m"


def test_a_commit_without_a_time_is_told_without(repository: Repository) -> None:
    """Such a one belongs to no day; who asks for all of time has it."""
    who = b"Kim <kim@example.org>"
    repository.write_commit(b"author " + who + b"\ncommitter " + who + b"\n\none\n")
    period = WEEK._replace(start_ms=0)
    found = load_commits([str(repository.root)], period, str, env=os.environ)
    assert [commit.committed_ms for one in found.repositories for commit in one.newest] == [None]


def test_a_commit_that_is_on_no_local_branch_does_not_count(repository: Repository) -> None:
    """What was fetched is somebody's work elsewhere."""
    repository.commit("here")
    repository.git("checkout", "--quiet", "--detach")
    fetched = repository.commit("fetched", 2)
    repository.git("update-ref", "refs/remotes/origin/main", fetched)
    assert subjects(repository.root) == ["here"]


def test_only_own_commits_count_unless_all_are_asked_for(repository: Repository) -> None:
    """By the address, in whatever case; who has it as a name is somebody else."""
    repository.commit("own")
    repository.commit("as well", 2, author="K <KIM@EXAMPLE.ORG>")
    repository.commit("other", 3, author="kim@example.org <lee@example.org>")
    repository.commit("longer", 4, author="Joakim <joakim@example.org>")
    repository.commit("pattern", 5, author="Kim <kim@exampleXorg>")
    assert subjects(repository.root) == ["as well", "own"]
    everybody = ["pattern", "longer", "other", "as well", "own"]
    assert subjects(repository.root, authors=ALL) == everybody


def test_the_address_is_that_of_the_repository(repository: Repository) -> None:
    """One may have another at work; `author.email` is what git writes, if there is one."""
    repository.commit("private")
    repository.git("config", "user.email", "kim@work.example")
    repository.commit("work", 2)
    assert subjects(repository.root) == ["work"]
    repository.git("config", "author.email", "k+[x]@work.example")
    repository.commit("signed", 3)
    assert subjects(repository.root) == ["signed", "work"]


def test_without_an_address_nothing_is_known_to_be_own(repository: Repository, home: Path) -> None:
    """Then all of them can still be asked for."""
    repository.commit("one")
    (home / ".gitconfig").write_text("[user]\n\tname = Kim\n\temail =\n")
    assert reasons(committed(repository.root)) == {Reason.NOBODY: ("api",)}
    assert subjects(repository.root, authors=ALL) == ["one"]
    (home / ".gitconfig").unlink()
    assert reasons(committed(repository.root)) == {Reason.NOBODY: ("api",)}


def test_a_period_is_half_open(repository: Repository) -> None:
    """By when it was committed, in whatever zone; parts of seconds do not matter."""
    for at in (-1, 0, 999, 1000):
        repository.commit(f"{at}", at)
    assert sorted(subjects(repository.root)) == ["0", "999"]
    late = instants_period(NOON * 1000 + 1, (NOON + 999) * 1000 + 1, UTC)
    asked = [str(repository.root)]
    (one,) = load_commits(asked, late, str, env=os.environ).repositories
    assert told(one) == ("999",)


@pytest.mark.parametrize("authors", [OWN, ALL])
@pytest.mark.parametrize("years", [(-1_000, 253_402_128_000), (-9_000, -1), (0, 1)])
def test_any_period_can_be_asked_for(
    repository: Repository, years: tuple[int, int], authors: str
) -> None:
    """From before there was a git to the end of the calendar."""
    repository.commit("one")
    period = WEEK._replace(start_ms=years[0] * 1000, end_ms=years[1] * 1000)
    found = load_commits([str(repository.root)], period, str, env=os.environ, authors=authors)
    assert (found.total, found.unread) == (int(years[1] > NOON), ())


def test_ten_thousand_commits_are_counted_and_ten_shown(repository: Repository) -> None:
    """A bot's history is no trouble."""
    stream = "".join(
        f"commit refs/heads/main\ncommitter Kim <kim@example.org> {NOON + number // 20} +0000\n"
        f"data {len(str(number))}\n{number}\n"
        for number in range(10_000)
    )
    repository.git("fast-import", "--quiet", given=stream)
    (one,) = committed(repository.root).repositories
    assert (one.commits, told(one)) == (10_000, tuple(f"{n}" for n in range(9_999, 9_989, -1)))


def test_worktrees_and_links_are_one_repository(repository: Repository, tmp_path: Path) -> None:
    """What they share counts once, under the name of the one with most calls."""
    repository.commit("one")
    repository.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    (tmp_path / "link").symlink_to(repository.root)
    (repository.root / "below").mkdir()
    places = [tmp_path / "tree", repository.root, tmp_path / "link", repository.root / "below"]
    (one,) = committed(*places).repositories
    assert (one.name, one.commits) == ("tree", 1)


def test_every_kind_of_repository_is_read(tmp_path: Path) -> None:
    """Bare, shallow, with submodules, and one whose `.git` is elsewhere."""
    source = Repository(tmp_path / "source")
    source.commit("one", 1)
    source.commit("two", 2)
    url = source.root.as_uri()
    clone = ("clone", "--quiet")
    source.git(*clone, "--bare", url, str(tmp_path / "bare"))
    source.git(*clone, "--depth=1", url, str(tmp_path / "shallow"))
    source.git(*clone, "--filter=tree:0", "--no-checkout", url, str(tmp_path / "partial"))
    source.git(*clone, "--separate-git-dir", str(tmp_path / "kept"), url, str(tmp_path / "apart"))
    outer = Repository(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "inner")
    names = ("bare", "shallow", "partial", "apart", "outer/inner")
    found = committed(*(tmp_path / name for name in names))
    counts = {one.name: one.commits for one in found.repositories}
    assert (counts, found.unread) == (
        {"bare": 2, "shallow": 1, "partial": 2, "apart": 2, "inner": 2},
        (),
    )


def test_what_is_no_repository_is_passed_over(repository: Repository, tmp_path: Path) -> None:
    """An agent may work anywhere; what was one and is gone or damaged is told."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "broken" / ".git").mkdir(parents=True)
    (tmp_path / "astray").mkdir()
    (tmp_path / "astray" / ".git").write_text("gitdir: /nowhere/at/all\n")
    odd = Repository(tmp_path / "odd")
    (odd.root / ".git" / "config").write_text("[core\n")
    lost = Repository(tmp_path / "lost")
    lost.commit("one")
    shutil.rmtree(lost.root / ".git" / "objects")
    (lost.root / ".git" / "objects").mkdir()
    headless = Repository(tmp_path / "headless")
    (headless.root / ".git" / "HEAD").rename(headless.root / ".git" / "HEAD.kept")
    names = ("plain", "file", "broken", "astray", "odd", "lost", "headless", "gone", "api")
    found = committed(*(tmp_path / name for name in names))
    assert reasons(found) == {
        Reason.GONE: ("file", "gone"),
        Reason.BROKEN: ("broken", "astray", "odd", "lost", "headless"),
    }


@pytest.mark.parametrize(
    "root", ["", "relative", "//host/share", "C:\\x", "/a\0b", "/\udc80", "/a\nb"]
)
def test_a_root_that_is_no_path_here_does_no_harm(root: str) -> None:
    """A payload may name anything."""
    found = load_commits([root], WEEK, str, env=os.environ)
    assert found.repositories == ()
    assert dict(found.unread).keys() <= {Reason.GONE, Reason.BROKEN}


def test_any_bytes_may_stand_in_a_subject(repository: Repository) -> None:
    """What is no UTF-8 has a sign in its place; what says how it is written is understood."""
    repository.write_commit(odd_commit(b"caf\xe9", b"encoding ISO-8859-1"))
    assert subjects(repository.root) == ["café"]
    repository.write_commit(odd_commit(b"caf\xe9 \x1b[31m|<b>\xe2\x80\xae `x`\n\nbody\n"))
    assert subjects(repository.root) == ["caf\ufffd \x1b[31m|<b>\u202e `x`"]
    repository.write_commit(odd_commit(b"two\nlines\r\n\nbody\ncommit 1234"))
    assert subjects(repository.root) == ["two lines"]
    repository.write_commit(odd_commit(b""))
    assert subjects(repository.root) == [""]


def test_a_subject_of_any_length_is_cut(repository: Repository) -> None:
    """No more is read than is needed."""
    repository.write_commit(odd_commit(b"x" * (4 * MOST_BYTES)))
    (one,) = committed(repository.root).repositories
    assert (one.commits, told(one)) == (1, ("x" * MOST_CHARS,))


def test_a_subject_of_any_length_hides_no_other_commit(repository: Repository) -> None:
    """What is not read of it is counted all the same."""
    for number in range(5):
        repository.commit(f"{number}", number)
    repository.commit("x" * (2 * MOST_BYTES), 6)
    (one,) = committed(repository.root).repositories
    assert (one.commits, told(one)) == (6, ("x" * MOST_CHARS,))


def test_of_a_subject_that_is_not_read_to_its_end_nothing_is_told(repository: Repository) -> None:
    """Half of a secret is none that anybody masks."""
    repository.commit("y" * 200, 1)
    head = len("commit ") + 40 + len("\n\0") + len(f"1234567\n{NOON}\nKim\n")
    repository.commit("x" * (MOST_BYTES - 2 * head - 50), 2)
    (one,) = committed(repository.root).repositories
    assert (one.commits, told(one)) == (2, ("x" * MOST_CHARS,))


@pytest.mark.parametrize("name", ["GIT_AUTHOR_EMAIL", "EMAIL"])
def test_an_address_of_the_environment_is_the_users_too(
    repository: Repository, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever git has for the repository, or where it has none."""
    repository.commit("own", 1)
    repository.commit("work", 2, author="Kim <kim@work.example>")
    repository.commit("other", 3, author="Lee <lee@example.org>")
    monkeypatch.setenv(name, " kim@work.example ")
    assert subjects(repository.root) == ["work", "own"]
    repository.git("config", "--global", "--unset", "user.email")
    assert subjects(repository.root) == ["work"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="takes root")
def test_a_repository_of_somebody_else_is_left_alone(repository: Repository) -> None:
    """Unless git itself is told that it is safe."""
    repository.commit("one")
    for directory, _, files in os.walk(repository.root):
        for name in ("", *files):
            os.lchown(os.path.join(directory, name), 12_345, 12_345)
    assert reasons(committed(repository.root)) == {Reason.UNTRUSTED: ("api",)}
    repository.git("config", "--global", "--add", "safe.directory", str(repository.root))
    assert subjects(repository.root) == ["one"]


def test_a_bare_repository_that_git_refuses_is_left_alone(tmp_path: Path) -> None:
    """As its user may tell git."""
    bare = Repository(tmp_path / "bare", "--bare")
    bare.git("config", "--global", "safe.bareRepository", "explicit")
    assert reasons(committed(bare.root)) == {Reason.UNTRUSTED: ("bare",)}


TRAPS: Final = (
    "alias.rev-list",
    "alias.rev-parse",
    "alias.config",
    "core.alternateRefsCommand",
    "core.askPass",
    "core.editor",
    "core.fsmonitor",
    "core.gitProxy",
    "core.pager",
    "core.sshCommand",
    "credential.helper",
    "diff.external",
    "diff.trap.command",
    "diff.trap.textconv",
    "filter.trap.clean",
    "filter.trap.process",
    "filter.trap.smudge",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.x509.program",
    "interactive.diffFilter",
    "pager.config",
    "pager.log",
    "pager.rev-list",
    "sequence.editor",
    "uploadpack.packObjectsHook",
)
HOOKS: Final = ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction")


@pytest.fixture
def trapped(repository: Repository, tmp_path: Path) -> Repository:
    """A repository in which all that git could run leaves a mark."""
    repository.commit("one")
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    repository.write_commit(odd_commit(b"signed", signature))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexec cat\n")
    trap.chmod(0o755)
    settings = repository.root / ".git" / "more"
    for name in TRAPS:
        aliased = "!" if name.startswith("alias.") else ""
        repository.git("config", "--file", str(settings), name, f"{aliased}{trap}")
    repository.git("config", "--file", str(settings), "protocol.ext.allow", "always")
    repository.git("config", "--file", str(settings), "log.showSignature", "true")
    repository.git("config", "--file", str(settings), "core.hooksPath", str(tmp_path / "hooks"))
    repository.git("config", "include.path", str(settings))
    for hooks in (tmp_path / "hooks", repository.root / ".git" / "hooks"):
        hooks.mkdir(exist_ok=True)
        for name in HOOKS:
            shutil.copy(trap, hooks / name)
    (repository.root / ".git" / "info" / "attributes").write_text("* filter=trap diff=trap\n")
    return repository


@unix
def test_the_traps_are_live(trapped: Repository, tmp_path: Path) -> None:
    """A plain `git log` walks into one of them."""
    trapped.git("log", "odd")
    assert (tmp_path / "sprung").exists()


@unix
@pytest.mark.parametrize("authors", [OWN, ALL])
def test_nothing_of_a_repository_is_run(
    trapped: Repository, tmp_path: Path, authors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No program, hook, filter, alias or pager, whatever its configuration says."""
    own = tmp_path / "own"
    own.mkdir()
    for name in ("git-rev-list", "git-rev-parse", "git-config", "git"):
        shutil.copy(tmp_path / "trap", own / name)
    monkeypatch.chdir(own)  # a program of this name lies in the current directory
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}{os.pathsep}")
    for name in ("GIT_PAGER", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "PAGER"):
        monkeypatch.setenv(name, str(tmp_path / "trap"))
    monkeypatch.setenv("GIT_EXEC_PATH", str(own))
    assert sorted(subjects(trapped.root, authors=authors)) == ["one", "signed"]
    assert not (tmp_path / "sprung").exists()


@unix
@pytest.mark.parametrize("settings", [{"url": "ext::{trap}"}, {"url": "x", "vcs": "trap"}])
def test_nothing_is_fetched_to_read_a_history(
    repository: Repository, tmp_path: Path, settings: dict[str, str]
) -> None:
    """Of a partial clone what is missing stays missing; a plain git would ask for it."""
    program = tmp_path / "bin" / "git-remote-trap"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    program.chmod(0o755)
    who = b"Kim <kim@example.org> %d +0000" % (NOON + 1)
    lines = (b"parent " + b"1" * 40, b"author " + who, b"committer " + who, b"", b"one")
    repository.write_commit(b"\n".join(lines))
    repository.git("config", "core.repositoryFormatVersion", "1")
    repository.git("config", "extensions.partialClone", "origin")
    for name in ("ext", "trap"):
        repository.git("config", f"protocol.{name}.allow", "always")
    for name, value in {"promisor": "true", **settings}.items():
        repository.git("config", f"remote.origin.{name}", value.format(trap=program))
    env = os.environ | {"PATH": f"{os.environ['PATH']}{os.pathsep}{program.parent}"}
    found = load_commits([str(repository.root)], WEEK, str, env=env)
    assert reasons(found) == {Reason.BROKEN: (str(repository.root),)}
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("rev-list", "odd", **env)
    assert (tmp_path / "sprung").exists()


def test_what_leads_git_elsewhere_is_not_passed_on(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report may be made inside of a hook of git, which sets all of that."""
    repository.commit("one")
    other = Repository(tmp_path / "other")
    other.commit("other")
    (tmp_path / "config").write_text("[user]\n\temail = nobody@example.org\n")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.email=nobody@example.org'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    assert subjects(repository.root) == ["one"]
    assert not (tmp_path / "trace").exists()


def test_a_work_tree_elsewhere_is_nothing_to_us(repository: Repository, tmp_path: Path) -> None:
    """No file of a work tree is looked at."""
    repository.commit("one")
    repository.git("config", "core.worktree", str(tmp_path / "nowhere"))
    assert subjects(repository.root) == ["one"]


@unix
@pytest.mark.parametrize("place", ["packed-refs", "config", "objects/info/alternates", "HEAD"])
def test_a_repository_that_does_not_answer_is_given_up(
    repository: Repository, place: str, tmp_path: Path
) -> None:
    """A pipe that nobody writes into keeps git waiting for ever, as a dead disk does."""
    repository.commit("one")
    pipe = repository.root / ".git" / place
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    assert reasons(committed(repository.root)) == {Reason.SLOW: ("api",)}
    assert not left_behind(str(tmp_path))


@unix
def test_all_that_a_slow_git_started_is_ended(repository: Repository, tmp_path: Path) -> None:
    """Also what holds on to its output."""
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\nsh -c 'sleep 600; : {tmp_path}' &\nsleep 600; : {tmp_path}\n")
    slow.chmod(0o755)
    git = Git(str(slow), os.environ)
    end_s = time.monotonic() + 0.5
    log = read_log(git, str(repository.root), Wanted(WEEK, OWN), end_s)
    assert log == Unread(str(repository.root), Reason.SLOW)
    assert not left_behind(str(tmp_path))


@unix
def test_a_git_that_is_gone_meanwhile_tells_nothing(repository: Repository) -> None:
    """Somebody may be installing another."""
    log = read_log(
        Git("/nowhere/git", os.environ),
        str(repository.root),
        Wanted(WEEK, OWN),
        time.monotonic() + 60,
    )
    assert log == Unread(str(repository.root), Reason.BROKEN)


def test_when_the_time_is_over_nothing_is_started(repository: Repository) -> None:
    """The others have used it up."""
    program = find_git(os.environ) or ""
    asked = (str(repository.root), Wanted(WEEK, OWN), time.monotonic())
    assert read_log(Git(program, os.environ), *asked) == Unread(asked[0], Reason.SLOW)


def test_only_some_repositories_are_asked(tmp_path: Path) -> None:
    """Those with most calls; the others are named."""
    first = Repository(tmp_path / "0")
    first.commit("one")
    roots = [first.root, *(tmp_path / f"{number}" for number in range(1, 22)), first.root]
    for root in roots[1:20]:
        root.mkdir()
    found = committed(*roots)
    assert ([one.name for one in found.repositories], found.unread) == (
        ["0"],
        ((Reason.TOO_MANY, ("20", "21")),),
    )


def test_without_git_nothing_is_asked(repository: Repository, tmp_path: Path) -> None:
    """And that is said."""
    env = {**os.environ, "PATH": str(tmp_path)}
    found = load_commits([str(repository.root)], WEEK, os.path.basename, env=env)
    assert reasons(found) == {Reason.NO_GIT: ("api",)}
    assert load_commits([], WEEK, str, env=env).unread == ()


def test_a_log_is_what_git_told(repository: Repository) -> None:
    """The count of all, the subjects of ten."""
    for number in range(12):
        repository.commit(f"{number}", number)
    program = find_git(os.environ) or ""
    log = read_log(
        Git(program, os.environ), str(repository.root), Wanted(WEEK, OWN), time.monotonic() + 60
    )
    assert isinstance(log, RepositoryLog)
    assert log.commits == 12
    assert told(log) == tuple(f"{number}" for number in range(11, 1, -1))
    assert Path(log.directory) == (repository.root / ".git").resolve()


def left_behind(mark: str) -> list[str]:
    """Find processes that have a text in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if mark in line and process.name != str(os.getpid()):
            found.append(line)
    return found
