"""What `fluxmirror week` says in sentences: files that are told apart, and no truism."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]
    Record = Callable[..., str]
    Call = Callable[..., AgentEvent]

MONDAY: Final = 1_740_960_000_000
"""2025-03-03 in UTC."""


def told(run_here: Run, *options: str) -> str:
    """Give what is said of a week."""
    done = run_here("week", "--week", "2025-W10", "--tz", "UTC", *options)
    assert (done.err, done.code) == ("", 0)
    return str(done.out)


def test_files_of_one_name_are_told_apart(record: Record, call: Call, run_here: Run) -> None:
    """By as much of their paths as it takes."""
    paths = ["/srv/infra/prod/main.tf"] * 3 + ["/srv/infra/test/main.tf"] * 2 + ["/srv/README.md"]
    write: dict[str, Any] = {"tool": "Write", "tool_canonical": "Write", "tool_class": "Write"}
    record([call(MONDAY + n, path=path, **write) for n, path in enumerate(paths)])
    text = told(run_here)
    assert "Most-written files: prod/main.tf (3), test/main.tf (2), README.md (1)." in text
    assert "Most was written in /srv/infra/prod: main.tf (3)." in text


def test_the_only_project_is_not_what_all_calls_went_to(
    record: Record, call: Call, run_here: Run
) -> None:
    """Asked for alone, or alone there."""
    record([call(MONDAY + n, project="/srv/web") for n in range(3)])
    assert " of all calls went to " not in told(run_here)
    record([call(MONDAY + 3)])
    assert "75% of all calls went to \u201cweb\u201d (3)." in told(run_here)
    assert " of all calls went to " not in told(run_here, "--project", "web")
