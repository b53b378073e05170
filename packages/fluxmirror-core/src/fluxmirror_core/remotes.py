"""The remote of a repository, as its configuration file tells it: no git is run.

Of an address only `host/owner/name` is ever passed on: neither who asks, nor with what password.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Final

from fluxmirror_core.touched import may_be_asked_for

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES: Final = 64 << 10
"""No repository's own configuration is longer."""
_MOST_CHARS: Final = 512
"""Of an address."""
_READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_USUAL: Final = "origin"
_LINK: Final = "gitdir:"
_SECTION: Final = re.compile(
    r'\s*\[\s*(?P<section>[\w.-]+)(?:\s+"(?P<named>(?:[^"\\]|\\.)*)")?\s*\]'
)
_URL: Final = re.compile(r"\s*url\s*=\s*(?P<value>.*)", re.IGNORECASE)
_VALUE_PART: Final = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<escaped>\\.)|(?P<plain>[^"\\])')
_ESCAPE: Final = re.compile(r"\\(.)")
_WITH_SCHEME: Final = re.compile(
    r"(?:https?|ssh|git|git\+ssh|ssh\+git|ftps?)://(?P<host>[^/]*)/(?P<path>.*)", re.IGNORECASE
)
_AS_SCP: Final = re.compile(r"(?P<host>[^/\[]*\[[^]/]*\]|[^/:\[]{2,}):(?!:|//)(?P<path>.*)")
"""`git@host:owner/name`; one letter before the colon is a drive."""
_HOST: Final = re.compile(r"(?:[^@]*@)*(?P<name>[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d*)?")


def read_remote(root: str) -> str | None:
    """Give `host/owner/name` of a repository's remote: of `origin`, or else of the only one.

    Args:
        root: the directory that holds `.git`.

    Returns:
        None where there is no remote on a host, or nothing that can be read.
    """
    if not may_be_asked_for(root):
        return None
    directory = _configured_in(root)
    text = None if directory is None else _read_text(os.path.join(directory, "config"))
    return None if text is None else parse_remote(text)


def parse_remote(text: str) -> str | None:
    """Give the same of the text of a repository's configuration file."""
    urls: dict[str, str] = {}
    for name, url in _remote_urls(text):
        urls.setdefault(name, url)
    if _USUAL in urls:
        return parse_address(urls[_USUAL])
    return parse_address(*urls.values()) if len(urls) == 1 else None


def parse_address(url: str) -> str | None:
    """Give `host/owner/name` of an address; None for a directory, and for what is no address."""
    if len(url) > _MOST_CHARS or not url.isprintable() or " " in url:
        return None
    parts = _WITH_SCHEME.fullmatch(url) or _AS_SCP.fullmatch(url)
    host = None if parts is None else _HOST.fullmatch(parts["host"])
    if parts is None or host is None:
        return None
    path = re.split(r"[?#;]", parts["path"])[0].rstrip("/").removesuffix(".git")
    names = [name for name in path.split("/") if name not in ("", ".", "..")]
    # A password with a slash in it makes a host of what stands before that.
    if not names or "@" in parts["path"]:
        return None
    return "/".join((host["name"].lower(), *names))


def _configured_in(root: str) -> str | None:
    """Give the directory that holds a repository's configuration, also of a worktree."""
    place = os.path.join(root, ".git")
    if _is_directory(place):
        return place
    link = _read_text(place)
    if link is None or not link.startswith(_LINK):
        return None
    own = _led_to(root, link.removeprefix(_LINK))
    shared = None if own is None else _read_text(os.path.join(own, "commondir"))
    return own if own is None or shared is None else _led_to(own, shared)


def _led_to(directory: str, written: str) -> str | None:
    path = os.path.normpath(os.path.join(directory, written.strip()))
    return path if may_be_asked_for(path) else None


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _read_text(path: str) -> str | None:
    """Read a regular file that is not long; anything else is not even opened."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(os.open(path, _READ_FLAGS), "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError):
        return None
    return data.decode("utf-8", "replace") if len(data) <= _MOST_BYTES else None


def _remote_urls(text: str) -> Iterator[tuple[str, str]]:
    """Give each address in the text of a configuration file, with the name of its remote."""
    remote: str | None = None
    for line in text.splitlines():
        rest = line
        if header := _SECTION.match(line):
            remote = _remote_name(header)
            rest = line[header.end() :]
        url = _URL.fullmatch(rest)
        if remote is not None and url is not None:
            yield remote, _unquoted(url["value"])


def _remote_name(header: re.Match[str]) -> str | None:
    section, _, dotted = header["section"].partition(".")
    if section.lower() != "remote":
        return None
    named = header["named"]
    return dotted.lower() if named is None else _ESCAPE.sub(r"\1", named)


def _unquoted(written: str) -> str:
    """Read a value as git does: without its quotes, up to a comment."""
    value = ""
    for part in _VALUE_PART.finditer(written):
        if part["quoted"] is not None:
            value += _ESCAPE.sub(r"\1", part["quoted"])
        elif part["escaped"] is not None:
            value += part["escaped"][1]
        elif part["plain"] in "#;":
            break
        else:
            value += part["plain"]
    return value.strip()
