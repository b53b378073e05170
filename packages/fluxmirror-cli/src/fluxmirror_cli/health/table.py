"""Doctor's rows → its table: under headings, as wide as the terminal, the verdict at the end."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home
from fluxmirror_core.report.as_text import one_line, width

from fluxmirror_cli.health.clauses import in_brackets, joined
from fluxmirror_cli.health.lines import break_lines
from fluxmirror_cli.health.row import ERROR, OFF, OK, WARN, exit_code
from fluxmirror_cli.output import Result, is_coloured
from fluxmirror_cli.registration.agent_home import BY_ID
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmirror_core.messages import Message, Sayable

    from fluxmirror_cli.health.mend import Mended
    from fluxmirror_cli.health.row import Row

_GROUPS: Final = {
    "doctor.heading.program": ("program", "python", "sqlite", "config"),
    "doctor.heading.agents": (
        *("capture", "agents", *BY_ID, "program path", "left over"),
        *("hook time", "coverage", "session files", "unreadable", "retention", "oddities"),
    ),
    "doctor.heading.records": (
        *(
            "database",
            "sums",
            "torn",
            "recovered",
            "bad ever",
            "pruned",
            "clock",
            "payloads",
            "format drift",
            "not kept",
            "slow pattern",
        ),
        *("spool", "bad", "refused", "redaction", "prices"),
    ),
}
_LAST: Final = "doctor.heading.machine"
"""The heading of everything else."""
COMPONENTS: Final = (
    *(name for names in _GROUPS.values() for name in names),
    *("permissions", "free space", "journal", "errors"),
)
"""Every name of a row, in the order of the table."""
_HEADINGS: Final = {name: heading for heading, names in _GROUPS.items() for name in names}
_COLOURS: Final = {OK: "green", OFF: "bright_black", WARN: "yellow", ERROR: "red"}
_MENDED: Final = {
    "done": "mend.done",
    "failed": "mend.failed",
    "planned": "mend.planned",
    "left": "mend.left",
}
_FOUND: Final = {ERROR: "doctor.verdict.errors", WARN: "doctor.verdict.warnings"}
_NAME_WIDTH: Final = 13
_STATUS_WIDTH: Final = 5
_GAP: Final = "  "
_ARROW: Final = "→ "
_WIDE: Final = 120
"""Columns from which on there is room for what to do beside the detail."""
_LEAST: Final = 24
"""Columns that a column of text has at least."""


class Look(NamedTuple):
    """How the table is to look."""

    columns: int | None = None
    """The terminal's width; None to write each row on one line, however long."""
    coloured: bool = False


def doctor_result(rows: Sequence[Row], mended: Sequence[Mended] | None = None) -> Result:
    """Give what doctor shows.

    Args:
        rows: what it found.
        mended: what it did about it before; None when it was not asked to.
    """
    return Result(lambda: _facts(rows, mended), lambda: _text(rows, mended, _look()))


def render_table(rows: Sequence[Row], look: Look) -> str:
    """Write the table, with a line feed at its end."""
    lines: list[str] = []
    names = max([_NAME_WIDTH, *(width(row.component) for row in rows)])
    for heading in (*_GROUPS, _LAST):
        own = [row for row in rows if _HEADINGS.get(row.component, _LAST) == heading]
        if own:
            title = say(message(heading))
            lines.append(click.style(title, bold=True) if look.coloured else title)
            lines += [line for row in own for line in _lines(row, names, look)]
            lines.append("")
    return "\n".join((*lines, _verdict(rows, look), ""))


def _look() -> Look:
    if sys.stdout is None or not sys.stdout.isatty():
        return Look()
    return Look(shutil.get_terminal_size().columns, is_coloured())


def _facts(rows: Sequence[Row], mended: Sequence[Mended] | None) -> dict[str, object]:
    severities = [row.severity for row in rows]
    recorded, here = _recorded_agents(rows)
    return {
        "exit_code": exit_code(rows),
        "warnings": severities.count(1),
        "errors": severities.count(2),
        "agents_recorded": recorded,
        "agents_here": here,
        "rows": [
            {
                "component": row.component,
                "status": row.status,
                "severity": row.severity,
                "detail": str(row.detail),
                "remedy": str(row.remedy),
                "facts": dict(row.facts),
            }
            for row in rows
        ],
        "mended": [
            one._asdict() | {"action": str(one.action), "reason": str(one.reason)}
            for one in mended or ()
        ],
    }


def _text(rows: Sequence[Row], mended: Sequence[Mended] | None, look: Look) -> str:
    table = render_table(rows, look)
    if mended is None:
        return table
    done = "".join(f"{line}\n" for one in mended for line in _mended_lines(one, look))
    if all(one.status == "left" for one in mended):
        done = f"{say(message('mend.nothing'))}\n{done}"
    return f"{done}\n{table}"


def _mended_lines(one: Mended, look: Look) -> Iterator[str]:
    text = _shown(in_brackets(one.action, one.reason) if one.reason else one.action)
    word = say(message(_MENDED[one.status], what=""))
    indent = " " * width(word)
    lines = [text] if look.columns is None else break_lines(text, look.columns - len(indent))
    for number, line in enumerate(lines):
        yield f"{indent if number else word}{line}"


def _verdict(rows: Sequence[Row], look: Look) -> str:
    counts = {status: sum(row.status == status for row in rows) for status in (ERROR, WARN)}
    found = [counted(_FOUND[status], number) for status, number in counts.items() if number]
    worst = next((status for status, number in counts.items() if number), OK)
    text = say(joined(found) if found else _recorded_words(*_recorded_agents(rows)))
    return click.style(text, fg=_COLOURS[worst], bold=True) if look.coloured else text


def _recorded_agents(rows: Sequence[Row]) -> tuple[int, int]:
    """Count the agents that are recorded, and those that are here."""
    agents = [row for row in rows if row.component in BY_ID]
    return sum(bool(row.facts.get("recorded")) for row in agents), len(agents)


def _recorded_words(recorded: int, here: int) -> Message:
    if not recorded:
        return message("doctor.verdict.none")
    if recorded == here:
        return message("doctor.verdict.all")
    return counted("doctor.verdict.some", recorded, here=here)


def _lines(row: Row, names: int, look: Look) -> Iterator[str]:
    """Write a row: what to do beside the detail where there is room, and else below it."""
    status = f"{row.status:<{_STATUS_WIDTH}}"
    shown = click.style(status, fg=_COLOURS[row.status]) if look.coloured else status
    name = row.component + " " * (names - width(row.component))
    first = f"{_GAP}{name}{_GAP}{shown}{_GAP}"
    indent = " " * (names + _STATUS_WIDTH + 3 * len(_GAP))
    for number, line in enumerate(_body(row, len(indent), look.columns)):
        yield f"{first if number == 0 else indent}{line}"


def _body(row: Row, taken: int, columns: int | None) -> list[str]:
    """Write detail and remedy.

    Args:
        row: whose.
        taken: columns that the other two take.
        columns: the terminal's; None for one line.
    """
    detail, remedy = _shown(row.detail), one_line(say(row.remedy))
    if columns is None:
        return [f"{detail}{_GAP}{_ARROW}{remedy}" if remedy else detail]
    room = max(columns - taken, _LEAST)
    if columns < _WIDE or not remedy:
        return [*break_lines(detail, room), *_pointed(remedy, room)]
    left = room * 3 // 5
    details, remedies = break_lines(detail, left), _pointed(remedy, room - left - len(_GAP))
    lines = max(len(details), len(remedies))
    details += [""] * (lines - len(details))
    remedies += [""] * (lines - len(remedies))
    return [
        f"{one}{' ' * (left - width(one))}{_GAP}{other}".rstrip()
        for one, other in zip(details, remedies, strict=True)
    ]


def _pointed(remedy: str, room: int) -> list[str]:
    """Wrap what to do, behind an arrow; nothing when there is nothing."""
    lines = break_lines(remedy, room - len(_ARROW)) if remedy else []
    return [f"{_ARROW if number == 0 else '  '}{line}" for number, line in enumerate(lines)]


def _shown(what: Sayable) -> str:
    """Say a text in one harmless line, the user's home written as a shell does."""
    text = one_line(say(what))
    own = home(os.environ).rstrip("/\\")
    return text.replace(f"{own}{os.sep}", f"~{os.sep}") if own else text
