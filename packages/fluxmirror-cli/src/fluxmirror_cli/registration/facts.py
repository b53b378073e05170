"""What would be done to agents, and what came of it, as plain values that JSON can hold.

Sentences are English, whatever language a person reads: programs see the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxmirror_cli.registration.change import Change
    from fluxmirror_cli.registration.installation import Outcome
    from fluxmirror_cli.registration.screens import Steps


def steps_facts(steps: Steps) -> dict[str, object]:
    """Tell every command that would be run, and every file that would change."""
    program = steps.program or steps.agent
    return {
        "agent": steps.agent,
        "commands": [[program, *words] for words in steps.commands],
        "files": [_change_facts(change) for change in steps.changes if change.is_one],
        "sentence": str(steps.sentence),
    }


def outcome_facts(outcome: Outcome) -> dict[str, object]:
    """Tell what came of one agent."""
    return {
        **outcome._asdict(),
        "sentence": str(outcome.sentence),
        "hint": str(outcome.hint),
    }


def _change_facts(change: Change) -> dict[str, object]:
    action = "change"
    if change.file.raw is None:
        action = "write"
    elif change.text is None:
        action = "remove"
    return {"path": change.file.path, "action": action}
