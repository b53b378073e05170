"""Summary: what would be done, and what was, in words and as facts."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_cli.config_file import shown_value, user_file
from fluxmirror_cli.configured import here
from fluxmirror_cli.first_run.answers import describe_waiting
from fluxmirror_cli.first_run.demo_row import describe_demo_row
from fluxmirror_cli.first_run.traces import traces_path
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.first_run.set_up import Done, Planned
    from fluxmirror_cli.health.row import Row

_WITH_DATA: Final = (
    ("today", "what the agents did today"),
    ("cost", "what the models used, and what it cost"),
    ("config show", "every setting, and where it comes from"),
)
_WITHOUT_DATA: Final = (
    ("demo", "a made-up fortnight to look around in"),
    ("agents", "which agents are here, and how each is registered"),
    ("config show", "every setting, and where it comes from"),
)


def describe_plan(planned: Planned) -> str:
    """Say everything that would be done."""
    changes, path = planned.choices.changes, user_file()
    lines = [fitted(_change(key, value, path)) for key, value in changes.items()]
    plans = [steps_of_plan(plan) for plan in planned.work.plans]
    if planned.is_any:
        lines.append(fitted(f"write what undoes all this into {traces_path(here())}"))
    if planned.agents:
        lines += [fitted(sentence) for sentence in planned.work.sentences]
    lines += [preview(steps, installing=True) for steps in plans]
    if planned.imports and planned.waiting:
        what = describe_waiting(planned.waiting)
        lines.append(fitted(f"read {what} into {here().database}"))
    if planned.demo_row:
        lines.append(fitted(f"write the set-up's own row into {here().database}"))
    return "".join(lines) or "nothing would be done\n"


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
    return "".join(fitted(f"configured: {line}") for line in done.written)


def describe_end(
    rows: list[Row], planned: Planned, *, was_anything_said: bool, has_data: bool
) -> Iterator[str]:
    """Show the table of health, and three things to try."""
    if planned.work.account.is_any_new:
        yield fitted(THEN)
    if was_anything_said:
        yield "\n"
    yield f"{doctor_result(rows).text()}\n"
    yield "Three things to try:\n"
    suggested = suggestions(has_data=has_data)
    longest = max(len(command) for command, _ in suggested)
    yield from (f"  {command:<{longest}}  {what}\n" for command, what in suggested)


def suggestions(*, has_data: bool) -> list[tuple[str, str]]:
    """Give three commands that show something right away, each with what it shows."""
    program = "fluxmirror" if shutil.which("fluxmirror") else find_own_program() or "fluxmirror"
    rows = _WITH_DATA if has_data else _WITHOUT_DATA
    return [(f"{shlex.quote(program)} {arguments}", what) for arguments, what in rows]


def done_facts(done: Done, planned: Planned, files: list[str], rows: list[Row]) -> dict[str, Any]:
    """Tell what was done, and how things stand."""
    return {
        "dry_run": False,
        "answers": _answers(planned),
        "written": list(done.written),
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
            "default_from": planned.defaults[key].where or None,
            "written": key in planned.choices.changes,
        }
        for key, value in planned.choices.values.items()
    ]


def _change(key: str, value: object, path: str) -> str:
    if value is None:
        return f"take {key} out of {path}"
    return f"write {key} = {shown_value(value)} into {path}"
