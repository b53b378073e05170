"""Doctor's table reads well at a terminal, in a pipe, and by a program."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fluxmirror_cli.health.mend import DONE, FAILED, Mended
from fluxmirror_cli.health.row import Row
from fluxmirror_cli.health.table import Look, doctor_result, render_table

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    Row("journal", "warn", "2 lines of what went wrong", "see the log"),
    Row("program", "ok", "fluxmirror 1.2.3, /usr/bin/fluxmirror"),
    Row("spool", "error", "it cannot be read, which is a longer sentence", "check its rights"),
    Row("claude-code", "off", "no hooks of ours"),
]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def test_a_pipe_gets_a_line_for_each_row() -> None:
    """Under headings, in their order, what to do on the same line, the verdict last."""
    assert render_table(ROWS, Look()) == (
        "Program\n"
        "  program        ok     fluxmirror 1.2.3, /usr/bin/fluxmirror\n"
        "\n"
        "Agents\n"
        "  claude-code    off    no hooks of ours\n"
        "\n"
        "Records\n"
        "  spool          error  it cannot be read, which is a longer sentence"
        "  → check its rights\n"
        "\n"
        "Machine\n"
        "  journal        warn   2 lines of what went wrong  → see the log\n"
        "\n"
        "1 error, 1 warning\n"
    )


def test_a_terminal_gets_lines_that_fit() -> None:
    """What to do stands below the detail."""
    shown = render_table(ROWS, Look(columns=60))
    assert max(map(len, shown.splitlines())) <= 60
    assert (
        "  spool          error  it cannot be read, which is a longer\n"
        "                        sentence\n"
        "                        → check its rights\n"
    ) in shown


def test_a_wide_terminal_has_what_to_do_beside_it() -> None:
    """Four columns."""
    shown = render_table(ROWS, Look(columns=130))
    (line,) = (line for line in shown.splitlines() if "spool" in line)
    assert re.search(r"longer sentence {2,}→ check its rights$", line)
    assert max(map(len, shown.splitlines())) <= 130


def test_colours_change_no_word() -> None:
    """Nor any place."""
    coloured = render_table(ROWS, Look(columns=80, coloured=True))
    assert ESCAPES.sub("", coloured) == render_table(ROWS, Look(columns=80))
    assert "\x1b[31merror" in coloured


def test_long_paths_break_behind_a_slash() -> None:
    """A terminal would break them anywhere; the home is written as a shell does."""
    path = "/" + "/".join(["directory"] * 8)
    shown = render_table([Row("database", "ok", path)], Look(columns=60))
    lines = [line.strip() for line in shown.splitlines() if "directory" in line]
    assert "".join(line.rpartition(" ")[2] for line in lines) == path
    assert max(map(len, shown.splitlines())) <= 60


def test_the_home_is_written_short(home: Path) -> None:
    """For people alone."""
    row = Row("database", "ok", f"{home}/events.db: 1 event")
    assert "~/events.db: 1 event" in render_table([row], Look())
    assert doctor_result([row]).facts()["rows"] == [
        {
            "component": "database",
            "status": "ok",
            "severity": 0,
            "detail": f"{home}/events.db: 1 event",
            "remedy": "",
            "facts": {},
        }
    ]


def test_the_verdict_is_a_sentence() -> None:
    """Of what there is."""
    assert render_table([], Look()).endswith(
        "nothing is wrong; no agent's hooks are recorded yet\n"
    )
    recorded = Row("codex-cli", "ok", "recorded", facts={"recorded": True})
    assert render_table([recorded], Look()).endswith("everything is recorded that should be\n")
    rows = [recorded, *(Row(name, "off", "no hooks of ours") for name in ("opencode", "qwen-code"))]
    assert render_table(rows, Look()).endswith("nothing is wrong; 1 of 3 agents is recorded\n")
    facts = doctor_result(rows).facts()
    assert (facts["agents_recorded"], facts["agents_here"]) == (1, 3)


def test_facts_are_plain_json() -> None:
    """With the figures of the whole, and what was mended."""
    mended = [
        Mended("permissions", "take rights", DONE),
        Mended("spool", "drain 1 file", FAILED, "no room"),
    ]
    facts = json.loads(json.dumps(doctor_result(ROWS, mended).facts()))
    assert (facts["exit_code"], facts["warnings"], facts["errors"]) == (2, 1, 1)
    assert facts["mended"][1] == {
        "component": "spool",
        "action": "drain 1 file",
        "status": "failed",
        "reason": "no room",
    }
    text = doctor_result(ROWS, mended).text()
    assert text.startswith("mended: take rights\nnot mended: drain 1 file (no room)\n\nProgram\n")
    assert doctor_result(ROWS, []).text().startswith("nothing to mend\n\nProgram\n")
