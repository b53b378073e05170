"""What agents delete of their own session files, and when, is read from their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.agent_retention import DAY_MS, HOUR_MS, kept_ms

if TYPE_CHECKING:
    from pathlib import Path


def kept(home: Path, agent: str, settings: str | None) -> int | None:
    """How long an agent with these settings keeps its session files."""
    if settings is not None:
        folder = home / {"claude-code": ".claude", "gemini-cli": ".gemini"}[agent]
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(settings, encoding="utf-8")
    return kept_ms(agent, {"HOME": str(home)})


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        (None, 30),
        ("{}", 30),
        ('{"cleanupPeriodDays": 90}', 90),
        ('{"cleanupPeriodDays": 0}', 30),
        ('{"cleanupPeriodDays": true}', 30),
        ('{"cleanupPeriodDays": "7"}', 30),
        ("no json", 30),
        ("[]", 30),
    ],
)
def test_claude_keeps_as_long_as_it_is_told(home: Path, settings: str | None, days: int) -> None:
    """It refuses what is no number of days, and takes its default."""
    assert kept(home, "claude-code", settings) == days * DAY_MS


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        ("{}", 30 * DAY_MS),
        ('{"maxAge": "48h"}', 48 * HOUR_MS),
        ('{"maxAge": "2w"} // two weeks', 14 * DAY_MS),
        ('{"maxAge": "3m"}', 90 * DAY_MS),
        ('{"enabled": false}', None),
        ('{"maxAge": "soon"}', None),
        ('{"maxAge": "0d"}', None),
        ('{"maxAge": "1h"}', None),
        ('{"maxAge": "1h", "minRetention": "1h"}', HOUR_MS),
    ],
)
def test_gemini_keeps_as_long_as_it_is_told(
    home: Path, retention: str, expected: int | None
) -> None:
    """What it cannot understand, or what is shorter than its own limit, deletes nothing."""
    settings = f'{{"general": {{"sessionRetention": {retention}\n}}}}'
    assert kept(home, "gemini-cli", settings) == expected


def test_other_agents_delete_nothing_that_is_known(home: Path) -> None:
    """Qwen Code's `cleanupPeriodDays` is about its file history, not about sessions."""
    others = ("qwen-code", "codex-cli", "copilot-cli", "opencode")
    assert {kept_ms(agent, {"HOME": str(home)}) for agent in others} == {None}
