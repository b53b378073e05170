"""Which directories a payload names that is no JSON."""

from __future__ import annotations

import json

import pytest
from fluxmirror_core.wire.told_directories import told_directories


@pytest.mark.parametrize(
    ("payload", "directories"),
    [
        (b'{"cwd":"/a","tool_input":{"command":"x" broken', ("/a",)),
        (b'{"cwd" : "/a b" , "directory":"/c", "cwd":"/a b"', ("/a b", "/c")),
        (b'{"cwd":"C:\\\\work\\\\x"', ("C:\\work\\x",)),
        ('{"cwd":"/한국어"'.encode(), ("/한국어",)),
        (b'{"cwd":"/cut of', ()),
        (b'{"cwd":"/wrong \\q escape"', ()),
        (b'{"cwd":7', ()),
        (b"no json", ()),
        (b"", ()),
    ],
)
def test_directories_are_found_in_pieces(payload: bytes, directories: tuple[str, ...]) -> None:
    """Each once; one that is cut short is no directory."""
    assert told_directories(payload) == directories


def test_text_that_quotes_a_payload_names_no_directory() -> None:
    """Its quotes are escaped."""
    assert told_directories(json.dumps({"prompt": '{"cwd":"/a"}'}).encode()) == ()


def test_many_directories_are_no_evidence_without_end() -> None:
    """A payload may be large."""
    assert len(told_directories(b"".join(b'"cwd":"/%d",' % at for at in range(1000)))) == 16
