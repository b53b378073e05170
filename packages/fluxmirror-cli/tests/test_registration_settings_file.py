"""Somebody else's settings file is replaced whole and alike, or left alone with a sentence."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    check_writable,
    read_settings,
    remove_settings,
    write_settings,
)

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX's")


def list_settings(directory: Path) -> list[str]:
    """Name what lies beside the home of the test."""
    return [name for name in os.listdir(directory) if name != "home"]


def test_mark_and_line_ends_stay(tmp_path: Path) -> None:
    """A byte order mark and CRLF are the file's own."""
    path = tmp_path / "settings.json"
    path.write_bytes(codecs.BOM_UTF8 + b"{\r\n}\r\n")
    settings = read_settings(str(path))
    assert settings.text == "{\r\n}\r\n"
    write_settings(settings, settings.text.replace("{", '{"a": 1'))
    assert path.read_bytes() == codecs.BOM_UTF8 + b'{"a": 1\r\n}\r\n'


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Dotfile managers link settings to their own store: the store's file is what is written."""
    store = tmp_path / "store"
    store.mkdir()
    (store / "settings.json").write_text("{}")
    (store / "settings.json").chmod(0o640)
    link = tmp_path / "settings.json"
    link.symlink_to(store / "settings.json")
    write_settings(read_settings(str(link)), '{"a": 1}')
    assert link.is_symlink()
    assert (store / "settings.json").read_text() == '{"a": 1}'
    assert (store / "settings.json").stat().st_mode & 0o777 == 0o640
    assert os.listdir(store) == ["settings.json"]


@posix
def test_a_link_that_leads_nowhere_is_left_alone(tmp_path: Path) -> None:
    """Writing through it would make a file where its owner wants none."""
    link = tmp_path / "settings.json"
    link.symlink_to(tmp_path / "gone")
    with pytest.raises(RegistrationError, match="leads nowhere"):
        read_settings(str(link))


@posix
def test_read_only_is_left_alone(tmp_path: Path) -> None:
    """Somebody made it so on purpose; that root could write it is no reason."""
    path = tmp_path / "settings.json"
    path.write_text("{}")
    path.chmod(0o444)
    settings = read_settings(str(path))
    with pytest.raises(RegistrationError, match="read-only"):
        write_settings(settings, '{"a": 1}')
    assert (path.read_text(), list_settings(tmp_path)) == ("{}", ["settings.json"])


@posix
def test_several_names_of_one_file_are_left_alone(tmp_path: Path) -> None:
    """Replacing one name would part it from the others."""
    path = tmp_path / "settings.json"
    path.write_text("{}")
    os.link(path, tmp_path / "other.json")
    with pytest.raises(RegistrationError, match="several names"):
        check_writable(read_settings(str(path)))


def test_what_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """An agent writes its settings too; the later writer must have seen the earlier's work."""
    path = tmp_path / "settings.json"
    path.write_text("{}")
    settings = read_settings(str(path))
    path.write_text('{"theirs": 1}')
    with pytest.raises(RegistrationError, match="changed at the same moment"):
        write_settings(settings, "{ }")
    with pytest.raises(RegistrationError, match="changed at the same moment"):
        remove_settings(settings)
    assert (path.read_text(), list_settings(tmp_path)) == ('{"theirs": 1}', ["settings.json"])


def test_what_is_no_text_is_left_alone(tmp_path: Path) -> None:
    """UTF-16 is what some editors write; reading it as UTF-8 would end it."""
    path = tmp_path / "settings.json"
    path.write_bytes("{}".encode("utf-16"))
    with pytest.raises(RegistrationError, match="no UTF-8"):
        read_settings(str(path))
    with pytest.raises(RegistrationError, match="no file"):
        read_settings(str(tmp_path))


def test_a_new_file_is_private(tmp_path: Path) -> None:
    """What was not there is made, directories included, for its owner alone."""
    path = tmp_path / "new" / "settings.json"
    write_settings(read_settings(str(path)), "{}\n")
    assert path.read_text() == "{}\n"
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    remove_settings(read_settings(str(path)))
    assert not path.exists()
