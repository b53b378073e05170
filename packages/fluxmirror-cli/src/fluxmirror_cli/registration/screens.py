"""What `install` and `uninstall` show: what would be done, and what came of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.paths import home
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.health.row import size
from fluxmirror_cli.registration.agent_home import CODEX, name_of
from fluxmirror_cli.registration.change import Change, render_diff
from fluxmirror_cli.registration.installation import ABSENT, ALREADY, REMOVED, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_cli.registration.codex_trust import CodexHook
    from fluxmirror_cli.registration.installation import Plan
    from fluxmirror_cli.registration.removal import Removal

DECLINED: Final = "declined"
"""The state of an agent whose owner said no."""
_TOLD_BY_SENTENCE: Final = frozenset({ABSENT, ALREADY, DECLINED, REMOVED})
"""States whose sentences say the same in other words."""
_WIDEST: Final = 100
_CODEX: Final = "Codex runs a hook only when it is trusted. This is what ours run:"


class Steps(NamedTuple):
    """What will be done to one agent."""

    agent: str
    program: str
    commands: list[list[str]]
    """Arguments for the agent's program, in order."""
    changes: list[Change]
    sentence: str
    """What there is to say when nothing is to be done."""

    @property
    def is_any(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.commands or self.changes)


def steps_of_plan(plan: Plan | Outcome) -> Steps:
    """Give what an installation would do; an outcome is a plan that failed."""
    if isinstance(plan, Outcome):
        return Steps(plan.agent, "", [], [], plan.sentence)
    return Steps(plan.agent.id, plan.agent.program, plan.commands, plan.changes, plan.sentence)


def steps_of_removal(removal: Removal | Outcome) -> Steps:
    """Give what an uninstallation would do; an outcome is a plan that failed."""
    if isinstance(removal, Outcome):
        return Steps(removal.agent, "", [], [], removal.sentence)
    program = removal.program or removal.home.program
    return Steps(removal.home.id, program, removal.commands, removal.changes, "not registered")


def outline(steps: Steps, env: Mapping[str, str]) -> str:
    """Say in a line or two what would be done, before somebody is asked."""
    if not steps.is_any:
        return f"{name_of(steps.agent)}: {one_line(steps.sentence)}\n"
    program = os.path.basename(steps.program)
    lines = [f"run {' '.join([program, *words])}" for words in steps.commands]
    lines += _outline_changes(steps.changes)
    shown = [wrapped(from_home(line, env), "  ", "      ") for line in lines]
    return "\n".join([f"{name_of(steps.agent)}:", *shown, ""])


def preview(steps: Steps, *, installing: bool) -> str:
    """Show everything that would be done: whole commands, and a diff of each file there is."""
    if not steps.is_any:
        return f"{name_of(steps.agent)}: {one_line(steps.sentence)}\n"
    lines = [f"{name_of(steps.agent)}:\n"]
    lines += [f"  run {' '.join([steps.program, *words])}\n" for words in steps.commands]
    lines += map(preview_change, steps.changes)
    if installing and steps.agent == CODEX:
        lines.append("  ask Codex, by `codex app-server`, to trust these hooks\n")
    return "".join(lines)


def preview_change(change: Change) -> str:
    """Show a change as a diff; a file that comes or goes whole by its name and size."""
    if change.file.raw is None:
        return f"  write {change.file.path} ({size(len((change.text or '').encode()))})\n"
    if change.text is None:
        return f"  remove {change.file.path} ({size(len(change.file.raw))})\n"
    return render_diff(change)


def describe_outcome(outcome: Outcome) -> str:
    """Write what came of one agent, in a line, and a hint below it."""
    state = "" if outcome.state in _TOLD_BY_SENTENCE else f"{outcome.state}; "
    lines = [fitted(f"{name_of(outcome.agent)}: {state}{outcome.sentence}")]
    if outcome.hint:
        lines.append(fitted(f"  → {outcome.hint}"))
    return "".join(lines)


def fitted(line: str) -> str:
    """Write a line of the output, broken between words when it is a person who reads it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return f"{one_line(line)}\n"
    return f"{wrapped(line, following='    ')}\n"


def wrapped(text: str, first: str = "", following: str = "") -> str:
    """Break a text between words, for a terminal: each line after the first begins `following`."""
    return textwrap.fill(
        one_line(text),
        min(shutil.get_terminal_size().columns, _WIDEST),
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def describe_hooks(hooks: list[CodexHook]) -> str:
    """Say what Codex would run: one line for commands that differ in the event alone."""
    patterns: dict[str, list[str]] = {}
    for hook in hooks:
        event = hook.event[:1].upper() + hook.event[1:]
        pattern = re.sub(rf"\b{re.escape(event)}\b", "EVENT", hook.command)
        patterns.setdefault(pattern, []).append(event)
    lines = []
    for pattern, events in patterns.items():
        lines += [
            f"  {one_line(pattern)}",
            wrapped(f"EVENT is {', '.join(events)}", *2 * ["    "]),
        ]
    return "\n".join([wrapped(_CODEX), *lines, ""])


def from_home(line: str, env: Mapping[str, str]) -> str:
    """Write paths below the user's home as people do."""
    return line.replace(home(env) + os.sep, f"~{os.sep}")


def _outline_changes(changes: list[Change]) -> list[str]:
    """Say it of each file that is there, and of all new and all removed ones together."""
    new = [change.file.path for change in changes if change.file.raw is None]
    gone = [change.file.path for change in changes if change.text is None]
    changed = [change.file.path for change in changes if change.file.path not in {*new, *gone}]
    lines = [f"change {path}" for path in changed]
    for verb, paths in (("write", new), ("remove", gone)):
        if len(paths) == 1:
            lines.append(f"{verb} {paths[0]}")
        elif paths:
            lines.append(f"{verb} {len(paths)} files in {os.path.commonpath(paths)}")
    return lines
