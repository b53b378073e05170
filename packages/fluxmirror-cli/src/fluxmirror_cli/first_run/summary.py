"""Summary: what would be done, and what was, in words and as facts."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import counted, message

from fluxmirror_cli.config_file import shown_value, user_file
from fluxmirror_cli.configured import here
from fluxmirror_cli.first_run.demo_row import describe_demo_row
from fluxmirror_cli.first_run.traces import traces_path
from fluxmirror_cli.health.row import size
from fluxmirror_cli.health.table import doctor_result
from fluxmirror_cli.registration.facts import outcome_facts, steps_facts
from fluxmirror_cli.registration.program_record import find_own_program
from fluxmirror_cli.registration.screens import (
    describe_outcome,
    fitted,
    preview,
    steps_of_plan,
)
from fluxmirror_cli.registration.work import THEN
from fluxmirror_cli.session_files import describe_import, import_facts
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Message

    from fluxmirror_cli.first_run.set_up import Done, Planned
    from fluxmirror_cli.health.row import Row

_WITH_DATA: Final = (
    ("today", message("init.try.today")),
    ("cost", message("init.try.cost")),
    ("config show", message("init.try.settings")),
)
_WITHOUT_DATA: Final = (
    ("demo", message("init.try.demo")),
    ("agents", message("init.try.agents")),
    ("config show", message("init.try.settings")),
)


def describe_plan(planned: Planned) -> str:
    """Say everything that would be done."""
    changes, path = planned.choices.changes, user_file()
    lines = [fitted(_change(key, value, path)) for key, value in changes.items()]
    plans = [steps_of_plan(plan) for plan in planned.work.plans]
    if planned.is_any:
        lines.append(fitted(message("init.plan.undo", path=traces_path(here()))))
    if planned.agents:
        lines += [fitted(sentence) for sentence in planned.work.sentences]
    lines += [preview(steps, installing=True) for steps in plans]
    if planned.imports and planned.waiting:
        stored = size(sum(file.size for file in planned.waiting))
        number, path = len(planned.waiting), here().database
        lines.append(fitted(counted("init.plan.import", number, size=stored, path=path)))
    if planned.demo_row:
        lines.append(fitted(message("init.plan.demo_row", path=here().database)))
    return "".join(lines) or fitted(message("init.plan.nothing"))


def plan_facts(planned: Planned, files: list[str]) -> dict[str, object]:
    """Tell everything that would be done."""
    return {
        "dry_run": True,
        "answers": _answers(planned),
        "files": files,
        "agents": [steps_facts(steps_of_plan(plan)) for plan in planned.work.plans],
        "import": {
            "files": len(planned.waiting) if planned.imports else 0,
            "bytes": sum(file.size for file in planned.waiting) if planned.imports else 0,
        },
    }


def describe_step(done: Done, planned: Planned) -> str:
    """Say what the last step did."""
    if done.demo_row is not None:
        return fitted(describe_demo_row(written=done.demo_row))
    if done.imported is not None:
        return fitted(describe_import(done.imported, planned.found))
    if done.outcomes:
        return describe_outcome(done.outcomes[-1])
    return "".join(fitted(message("init.configured", line=line)) for line in done.written)


def describe_end(
    rows: list[Row], planned: Planned, *, was_anything_said: bool, has_data: bool
) -> Iterator[str]:
    """Show the table of health, and three things to try."""
    if planned.work.account.is_any_new:
        yield fitted(THEN)
    if was_anything_said:
        yield "\n"
    yield f"{doctor_result(rows).text()}\n"
    yield f"{say(message('init.try.title'))}\n"
    suggested = suggestions(has_data=has_data)
    longest = max(len(command) for command, _ in suggested)
    yield from (f"  {command:<{longest}}  {say(what)}\n" for command, what in suggested)


def suggestions(*, has_data: bool) -> list[tuple[str, Message]]:
    """Give three commands that show something right away, each with what it shows."""
    program = "fluxmirror" if shutil.which("fluxmirror") else find_own_program() or "fluxmirror"
    rows = _WITH_DATA if has_data else _WITHOUT_DATA
    return [(f"{shlex.quote(program)} {arguments}", what) for arguments, what in rows]


def done_facts(done: Done, planned: Planned, files: list[str], rows: list[Row]) -> dict[str, Any]:
    """Tell what was done, and how things stand."""
    return {
        "dry_run": False,
        "answers": _answers(planned),
        "written": [str(line) for line in done.written],
        "files": files,
        "agents": [outcome_facts(outcome) for outcome in done.outcomes],
        "imported": import_facts(done.imported) if done.imported else None,
        "demo_row": done.demo_row,
        "health": doctor_result(rows).facts(),
    }


def _answers(planned: Planned) -> list[dict[str, object]]:
    return [
        {
            "key": key,
            "value": value,
            "default": planned.defaults[key].value,
            "default_from": str(planned.defaults[key].where) or None,
            "written": key in planned.choices.changes,
        }
        for key, value in planned.choices.values.items()
    ]


def _change(key: str, value: object, path: str) -> Message:
    if value is None:
        return message("init.plan.remove", key=key, path=path)
    return message("init.plan.write", key=key, value=shown_value(value), path=path)
