"""A column of doctor's table is broken where its language allows, and paths at their slashes."""

from __future__ import annotations

import pytest
from fluxmirror_cli.health.lines import break_lines
from fluxmirror_core.report.as_text import width

PATH = "/srv/the-first-folder/the-second-folder/the-third-folder/events.db"
JAPANESE = f"{PATH}：イベント3件、188 KiB。`fluxmirror drain` を実行"  # noqa: RUF001 - what is meant
CHINESE = f"最早的已等待 3 天；运行 `fluxmirror drain`，共 12,345 个事件，位于 {PATH}"  # noqa: RUF001 - what is meant


@pytest.mark.parametrize("text", [JAPANESE, CHINESE])
@pytest.mark.parametrize("room", range(24, 70))
def test_nothing_is_lost_and_nothing_too_wide(text: str, room: int) -> None:
    """Whatever the room."""
    lines = break_lines(text, room)
    assert all(width(line) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_long_path_fills_the_line_before_it() -> None:
    """It is broken behind slashes, so that a line of it can be read."""
    assert break_lines(f"see {PATH} now", 30) == [
        "see /srv/the-first-folder/",
        "the-second-folder/",
        "the-third-folder/events.db now",
    ]


@pytest.mark.parametrize("room", range(24, 70))
def test_a_number_goes_with_what_it_counts(room: int) -> None:
    """In Chinese a space stands between the two."""
    for line in break_lines(CHINESE, room):
        assert not line.endswith((" 3", "12,345"))


def test_half_a_word_is_not_left_on_a_last_line() -> None:
    """It takes some of the line before; words of English and Korean stay where they are."""
    assert break_lines("`fluxmirror drain` を実行", 23) == ["`fluxmirror drain`", "を実行"]
    assert break_lines("キーはありません", 14) == ["キーはあり", "ません"]
    assert break_lines("please delete it", 14) == ["please delete", "it"]
    assert break_lines("", 14) == [""]
