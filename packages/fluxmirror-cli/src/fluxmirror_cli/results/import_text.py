"""What `fluxmirror import` tells people: what was read, or would be → text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.transcripts.problem import (
    BAD_LINE,
    FAILED,
    LONG_LINE,
    NO_CALL,
    NO_TIME,
    REWRITTEN,
    SLOW_PATTERN,
    TORN_END,
    UNKNOWN_RECORD,
)
from fluxmirror_store.importing.session_files import UNREADABLE

from fluxmirror_cli.session_files import MB, describe_import
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.transcripts.problem import Problem
    from fluxmirror_store.importing.run import Imported
    from fluxmirror_store.importing.session_files import Found, SessionFile

    Problems = Counter[tuple[str, Problem]]
    """By agent."""

_KINDS: Final = {
    BAD_LINE: message("importing.problem.bad_line"),
    UNKNOWN_RECORD: message("importing.problem.unknown_record"),
    NO_CALL: message("importing.problem.no_call"),
    NO_TIME: message("importing.problem.no_time"),
    REWRITTEN: message("importing.problem.rewritten"),
    LONG_LINE: message("importing.problem.long_line"),
    TORN_END: message("importing.problem.torn_end"),
    FAILED: message("importing.problem.failed"),
    SLOW_PATTERN: message("importing.problem.slow_pattern"),
    UNREADABLE: message("importing.problem.unreadable"),
}
_FILES_WIDTH: Final = 12


def imported_text(imported: Imported, found: Found, listed: Problems | None) -> str:
    """Say what was read.

    Args:
        imported: what was done.
        found: the files there are.
        listed: what is odd and is to be listed; None where its number is enough.
    """
    lines = [say(describe_import(imported, found))]
    odd = sum(imported.problems.values())
    if listed is not None:
        lines += _problems(listed)
    elif odd:
        lines.append(say(counted("importing.odd", odd)))
    return "\n".join([*lines, ""])


def waiting_text(waiting: list[SessionFile]) -> str:
    """Say what would be read."""
    if not waiting:
        return f"{say(message('importing.nothing_new'))}\n"
    files = Counter(file.agent for file in waiting)
    sizes: Counter[str] = Counter()
    for file in waiting:
        sizes[file.agent] += file.size
    longest = max(len(BY_ID[agent].name) for agent in files)
    lines = []
    for agent, times in files.most_common():
        number = say(counted("importing.files", times))
        number = " " * (_FILES_WIDTH - width(number)) + number
        lines.append(f"{BY_ID[agent].name:<{longest}}  {number}  {sizes[agent] / MB:>9,.1f} MB\n")
    return "".join(lines)


def _problems(problems: Problems) -> Iterator[str]:
    for (agent, problem), times in sorted(problems.items()):
        name = BY_ID[agent].name if agent in BY_ID else agent
        told = " ".join(filter(None, (name, problem.version)))
        line = message("importing.problem.named", problem=told, name=_what(problem))
        yield one_line(f"  {times:>7,}  {say(line)}")


def _what(problem: Problem) -> Sayable:
    kind = _KINDS.get(problem.kind, problem.kind)
    if not problem.name:
        return kind
    return message("importing.problem.named", problem=kind, name=problem.name)
