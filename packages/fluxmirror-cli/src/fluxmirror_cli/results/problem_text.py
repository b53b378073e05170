"""What could not be understood of a configuration, in lines for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.config.resolution import Problem


def problem_lines(problems: Iterable[Problem], *, mark: str = "") -> str:
    """Write each problem on a line, and what helps on one below; harmless for a terminal.

    Args:
        problems: what could not be understood.
        mark: what the line of each begins with.
    """
    return "".join(line for problem in problems for line in _lines(problem, mark))


def _lines(problem: Problem, mark: str) -> Iterator[str]:
    yield f"{mark}{one_line(say(problem.sentence))}\n"
    if problem.hint:
        yield f"  {one_line(say(message('complaint.hint', hint=problem.hint)))}\n"
