"""What `install` and `uninstall` show: what would be done, and what came of it."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.wrapping import wrap

from fluxmirror_cli.health.row import size
from fluxmirror_cli.registration.agent_home import CODEX, name_of
from fluxmirror_cli.registration.change import Change, render_diff
from fluxmirror_cli.registration.installation import (
    ABSENT,
    ALREADY,
    FAILED,
    INSTALLED,
    REMOVED,
    UNTRUSTED,
    UPDATED,
    Outcome,
)
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Message, Sayable

    from fluxmirror_cli.registration.codex_trust import CodexHook
    from fluxmirror_cli.registration.installation import Plan
    from fluxmirror_cli.registration.removal import Removal

DECLINED: Final = "declined"
"""The state of an agent whose owner said no."""
_OUTCOMES: Final = {
    # The sentences of these say the state in other words.
    **dict.fromkeys((ABSENT, ALREADY, DECLINED, REMOVED), "registration.outcome.plain"),
    FAILED: "registration.outcome.failed",
    INSTALLED: "registration.outcome.installed",
    UNTRUSTED: "registration.outcome.untrusted",
    UPDATED: "registration.outcome.updated",
}
"""State → how it is said, with an agent's name and the sentence."""
_WIDEST: Final = 100


class Steps(NamedTuple):
    """What will be done to one agent."""

    agent: str
    program: str
    commands: list[list[str]]
    """Arguments for the agent's program, in order."""
    changes: list[Change]
    sentence: Sayable
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
    return Steps(
        removal.home.id, program, removal.commands, removal.changes, message("uninstall.absent")
    )


def outline(steps: Steps, env: Mapping[str, str]) -> str:
    """Say in a line or two what would be done, before somebody is asked."""
    if not steps.is_any:
        line = from_home(say(_plain(steps)), env)
        return f"{wrapped(line, following='    ')}\n"
    program = os.path.basename(steps.program)
    lines = [_run(program, words) for words in steps.commands]
    lines += _outline_changes(steps.changes)
    shown = [wrapped(from_home(say(line), env), "  ", "      ") for line in lines]
    return "\n".join([_heading(steps), *shown, ""])


def preview(steps: Steps, *, installing: bool) -> str:
    """Show everything that would be done: whole commands, and a diff of each file there is."""
    if not steps.is_any:
        return fitted(_plain(steps))
    lines = [f"{_heading(steps)}\n"]
    lines += [f"  {say(_run(steps.program, words))}\n" for words in steps.commands]
    lines += map(preview_change, steps.changes)
    if installing and steps.agent == CODEX:
        lines.append(f"  {say(message('trust.ask'))}\n")
    return "".join(lines)


def preview_change(change: Change) -> str:
    """Show a change as a diff; a file that comes or goes whole by its name and size."""
    if change.file.raw is None:
        told = size(len((change.text or "").encode()))
        return f"  {say(message('registration.write_sized', path=change.file.path, size=told))}\n"
    if change.text is None:
        told = size(len(change.file.raw))
        return f"  {say(message('registration.remove_sized', path=change.file.path, size=told))}\n"
    return render_diff(change)


def describe_outcome(outcome: Outcome) -> str:
    """Write what came of one agent, in a line, and a hint below it."""
    agent, told = name_of(outcome.agent), outcome.sentence
    lines = [fitted(message(_OUTCOMES[outcome.state], agent=agent, sentence=told))]
    if outcome.hint:
        lines.append(fitted(f"  → {say(outcome.hint)}"))
    return "".join(lines)


def fitted(line: Sayable) -> str:
    """Write a line of the output, broken into several when it is a person who reads it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return f"{one_line(say(line))}\n"
    return f"{wrapped(line, following='    ')}\n"


def wrapped(text: Sayable, first: str = "", following: str = "") -> str:
    """Break a text into lines for a terminal: each after the first begins with `following`."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    return "\n".join(wrap(one_line(say(text)), columns, first, following))


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
            wrapped(message("trust.events", events=", ".join(events)), *2 * ["    "]),
        ]
    return "\n".join([wrapped(message("trust.what_runs")), *lines, ""])


def from_home(line: str, env: Mapping[str, str]) -> str:
    """Write paths below the user's home as people do."""
    return line.replace(home(env) + os.sep, f"~{os.sep}")


def _heading(steps: Steps) -> str:
    return say(message("registration.heading", agent=name_of(steps.agent)))


def _plain(steps: Steps) -> Message:
    agent, told = name_of(steps.agent), steps.sentence
    return message("registration.outcome.plain", agent=agent, sentence=told)


def _run(program: str, words: list[str]) -> Message:
    return message("registration.run", command=" ".join([program, *words]))


def _outline_changes(changes: list[Change]) -> list[Message]:
    """Say it of each file that is there, and of all new and all removed ones together."""
    new = [change.file.path for change in changes if change.file.raw is None]
    gone = [change.file.path for change in changes if change.text is None]
    changed = [change.file.path for change in changes if change.file.path not in {*new, *gone}]
    lines = [message("registration.change", path=path) for path in changed]
    for one, several, paths in (
        ("registration.write", "registration.write_several", new),
        ("files.remove", "registration.remove_several", gone),
    ):
        if len(paths) == 1:
            lines.append(message(one, path=paths[0]))
        elif paths:
            lines.append(message(several, number=len(paths), path=os.path.commonpath(paths)))
    return lines
