"""How reports are called that nobody named a file for."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
from fluxmirror_cli.reports.file_names import build_file_name


def facts(first: str = "2026-11-16", last: str = "2026-11-22", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has them
    """Give what a report says of itself."""
    return {"from": first, "to": last, "agent": None, "project": None, **more}


@pytest.mark.parametrize(
    ("command", "told", "name"),
    [
        ("week", facts(), "fluxmirror-week-2026-11-16--2026-11-22"),
        ("today", facts("2026-11-22"), "fluxmirror-today-2026-11-22"),
        (
            "agent",
            facts("2026-11-22", agent="codex-cli"),
            "fluxmirror-agent-2026-11-22-codex-cli",
        ),
        (
            "month",
            facts(agent="claude-code", project="acme/web app"),
            "fluxmirror-month-2026-11-16--2026-11-22-claude-code-acme-web-app",
        ),
        (
            "compare",
            facts("2026-11-22", before=facts("2026-11-21", "2026-11-21")),
            "fluxmirror-compare-2026-11-22-against-2026-11-21",
        ),
        (
            "week",
            facts(before=facts("2026-11-09", "2026-11-15")),
            "fluxmirror-week-2026-11-16--2026-11-22",
        ),
    ],
)
def test_a_name_tells_the_report_its_days_and_whose_it_is(
    command: str, told: dict[str, Any], name: str
) -> None:
    """Whoever looks for a report of then finds it without opening any."""
    assert build_file_name(command, told) == name


@pytest.mark.parametrize(
    "project",
    [
        "../../etc",
        "a/b\\c:d*?",
        "x\n\x1b[2J",
        "...",
        "-",
        "\udcff",
        "\U0001f389",
        "나" * 400,
        "a" * 999,
    ],
)
def test_whatever_a_project_is_called_any_file_system_takes_the_name(project: str) -> None:
    """No folder above, no letter that somebody's system forbids, not too long."""
    name = build_file_name("today", facts(project=project))
    assert re.fullmatch(r"fluxmirror-today-2026-11-16--2026-11-22(-[\w.][\w.-]*)?", name)
    assert not name.endswith((".", "-"))
    assert len(name.encode(sys.getfilesystemencoding())) < 230
