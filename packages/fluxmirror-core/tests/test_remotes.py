"""What a repository's own configuration tells of its remote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.remotes import parse_address, parse_remote, read_remote

if TYPE_CHECKING:
    from pathlib import Path

ADDRESSES = [
    ("https://github.com/acme/api.git", "github.com/acme/api"),
    ("https://github.com/acme/api/", "github.com/acme/api"),
    ("https://kim:hunter2@github.com:8443/acme/api", "github.com/acme/api"),
    ("https://kim@example.org:hunter2@github.com/acme/api", "github.com/acme/api"),
    ("https://host/acme/api.git?token=hunter2#hunter2", "host/acme/api"),
    ("https://host/acme/api.git;token=hunter2", "host/acme/api"),
    ("git@host:acme/api;hunter2", "host/acme/api"),
    ("ssh://git@GitHub.com:22/acme/api.git", "github.com/acme/api"),
    ("git+ssh://git@host/acme/api", "host/acme/api"),
    ("git@github.com:acme/api.git", "github.com/acme/api"),
    ("github.com:acme/api.git", "github.com/acme/api"),
    ("work:acme/api", "work/acme/api"),
    ("git@host:/srv/git/api.git", "host/srv/git/api"),
    ("git@[2001:db8::1]:acme/api", "[2001:db8::1]/acme/api"),
    ("ssh://git@[2001:db8::1]:22/acme/api", "[2001:db8::1]/acme/api"),
    ("https://host/group/sub/api.git", "host/group/sub/api"),
    ("HTTPS://Host/Acme/API", "host/Acme/API"),
    ("https://host/나라/도구.git", "host/나라/도구"),
    ("https://user:pa/hunter2@host/acme/api", None),
    ("user:hunter2@host:acme/api", None),
    ("/srv/git/api.git", None),
    ("../api", None),
    ("./with:colon", None),
    ("file:///srv/git/api.git", None),
    ("C:/git/api", None),
    ("C:\\git\\api", None),
    ("ext::sh -c hunter2", None),
    ("ext::sh", None),
    ("persistent-https://host/a/b", None),
    ("https://host", None),
    ("https://host/", None),
    ("https:///acme/api", None),
    ("https://host/..", None),
    ("https://ho st/acme/api", None),
    ("https://host/acme/\x1b[31mapi", None),
    ("https://host/acme/\u202eapi", None),
    (f"https://host/{'a' * 600}/api", None),
    ("", None),
]
CONFIGURATIONS = [
    ('[remote "origin"]\n\turl = git@h:a/b.git\n\tfetch = +refs/heads/*\n', "h/a/b"),
    ('[core]\n\turl = git@h:no/no\n[remote "up"]\n\turl = git@h:a/b\n', "h/a/b"),
    ('[remote "a"]\nurl=git@h:x/y\n[remote "origin"]\nurl=git@h:a/b\n', "h/a/b"),
    ('[remote "a"]\nurl=git@h:x/y\n[remote "b"]\nurl=git@h:a/b\n', None),
    ('[remote "origin"]\nurl=git@h:a/b\nurl=git@h:x/y\n', "h/a/b"),
    ('[Remote "origin"] URL = "git@h:a/b" ; comment\n', "h/a/b"),
    ('[remote "origin"]\nurl = git@h:a/b # comment\n', "h/a/b"),
    ('[remote "origin"]\nurl = git@h:"a\\"/b"\n', 'h/a"/b'),
    ("[remote.origin]\nurl = git@h:a/b\r\n", "h/a/b"),
    ('[remote "origin"]\n# url = git@h:x/y\npushurl = git@h:a/b\n', None),
    ('[remote "origin"]\nurl = /srv/git/b\n[remote "up"]\nurl = git@h:a/b\n', None),
    ('[include]\npath = /etc/passwd\n[branch "x"]\nremote = origin\n', None),
    ('[remote "origin\nurl = git@h:a/b', None),
    ("\0\xff[[[", None),
    ("", None),
]


def configured(root: Path, url: str = "git@h:a/b.git") -> Path:
    """Make a repository as far as it is looked at."""
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_text(f'[remote "origin"]\n\turl = {url}\n')
    return root


@pytest.mark.parametrize(("address", "meant"), ADDRESSES)
def test_an_address_is_a_host_and_a_name(address: str, meant: str | None) -> None:
    """Who asks, with which password, is nobody's business."""
    assert parse_address(address) == meant


@pytest.mark.parametrize(("text", "meant"), CONFIGURATIONS)
def test_a_remote_is_read_as_git_reads_it(text: str, meant: str | None) -> None:
    """`origin`, else the only one."""
    assert parse_remote(text) == meant


def test_a_repository_is_read_where_its_configuration_is(tmp_path: Path) -> None:
    """Also that of a worktree, which is elsewhere, and of a submodule."""
    main = configured(tmp_path / "main")
    own = main / ".git" / "worktrees" / "w"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    worktree = tmp_path / "w"
    worktree.mkdir()
    (worktree / ".git").write_text(f"gitdir: {own}\n")
    assert (read_remote(str(main)), read_remote(str(worktree))) == ("h/a/b", "h/a/b")
    modules = main / ".git" / "modules" / "sub"
    modules.mkdir(parents=True)
    (modules / "config").write_text('[remote "origin"]\n\turl = git@h:c/d\n')
    (main / "sub").mkdir()
    (main / "sub" / ".git").write_text("gitdir: ../.git/modules/sub\n")
    assert read_remote(str(main / "sub")) == "h/c/d"


@pytest.mark.parametrize("link", ["nothing", "gitdir: /nowhere", "gitdir: //host/share", "gitdir:"])
def test_a_link_that_leads_nowhere_is_no_remote(tmp_path: Path, link: str) -> None:
    """And another machine is never asked."""
    (tmp_path / ".git").write_text(link)
    assert read_remote(str(tmp_path)) is None


@pytest.mark.parametrize(
    "root", ["", "relative", "//host/share", "\\\\host\\share", "/a\0b", "/nowhere"]
)
def test_a_place_that_may_not_be_asked_has_no_remote(root: str) -> None:
    """As with everything a payload names."""
    assert read_remote(root) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_nothing_but_a_short_regular_file_is_read(tmp_path: Path) -> None:
    """A pipe would keep the drain waiting; a device is not even opened."""
    roots = [tmp_path / name for name in ("pipe", "long", "directory", "device")]
    for root in roots:
        (root / ".git").mkdir(parents=True)
    os.mkfifo(roots[0] / ".git" / "config")
    (roots[1] / ".git" / "config").write_text('[remote "origin"]\nurl=git@h:a/b\n' + "#" * 70_000)
    (roots[2] / ".git" / "config").mkdir()
    (roots[3] / ".git" / "config").symlink_to("/dev/zero")
    assert [read_remote(str(root)) for root in roots] == [None] * 4
    dot_git = tmp_path / "linked"
    dot_git.mkdir()
    os.mkfifo(dot_git / ".git")
    assert read_remote(str(dot_git)) is None
