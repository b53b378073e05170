"""Lines that fit a terminal, in languages with spaces and without."""
# ruff: noqa: RUF001 - full-width punctuation is what is meant

from __future__ import annotations

import pytest
from fluxmirror_core.report.as_text import padded, width
from fluxmirror_core.report.wrapping import widest_part, wrap

JAPANESE = "プラグインとして登録しました。`fluxmirror today` で活動を確認できます（3件）。"
CHINESE = "已注册为插件；之后的活动可用 `fluxmirror today` 查看（共 3 个）。"
KOREAN = "플러그인으로 등록했습니다. 그 뒤의 활동은 `fluxmirror today`에서 볼 수 있습니다"


@pytest.mark.parametrize("text", [JAPANESE, CHINESE, KOREAN])
@pytest.mark.parametrize("columns", range(16, 60, 3))
def test_no_line_is_wider_than_the_terminal(text: str, columns: int) -> None:
    """A Chinese character takes two columns; nothing of the text is lost."""
    lines = wrap(text, columns, following="  ")
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("columns", range(16, 60))
def test_no_line_begins_with_what_closes(columns: int) -> None:
    """Nor ends with what opens."""
    for line in (*wrap(JAPANESE, columns), *wrap(CHINESE, columns)):
        assert line[0] not in "。、；：）ーっ"
        assert line[-1] not in "（「"


def test_korean_breaks_between_words() -> None:
    """As English does: half a word is hard to read."""
    assert wrap(KOREAN, 30) == [
        "플러그인으로 등록했습니다. 그",
        "뒤의 활동은 `fluxmirror",
        "today`에서 볼 수 있습니다",
    ]


def test_what_is_kept_breaks_at_its_spaces() -> None:
    """Text around it breaks as its language has it."""
    text = "打开项目说明文件.md之后继续"
    assert wrap(text, 12) == ["打开项目说明", "文件.md之后", "继续"]
    kept = [range(text.index("项"), text.index("之"))]
    assert wrap(text, 12, kept=kept) == ["打开", "项目说明文件.md", "之后继续"]
    assert widest_part(text, kept) == width("项目说明文件.md")
    assert wrap("看 项目 说明 吧", 4, kept=[range(2, 7)]) == ["看", "项目", "说明", "吧"]


def test_what_is_longer_than_a_line_stays_whole() -> None:
    """A path that is broken is no path; the indentation stands before every line."""
    path = "/home/somebody/.local/share/fluxmirror/agents"
    assert wrap(f"copy to {path} now", 20, "  ", "    ") == ["  copy to", f"    {path}", "    now"]
    assert wrap("", 20) == [""]


def test_cells_are_as_wide_as_a_terminal_sees_them() -> None:
    """Beside two columns a character, `len` is half the truth."""
    assert width(padded("登録", 8)) == width(padded("plugin", 8)) == 8
