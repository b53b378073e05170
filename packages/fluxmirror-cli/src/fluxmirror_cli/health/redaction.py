"""What doctor says of redaction: how many rules mask secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.messages import counted, message
from fluxmirror_core.redact_rules import RULES

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.health.clauses import joined
from fluxmirror_cli.health.row import OK, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.settings import Settings


def examine_redaction(chosen: Settings) -> Iterator[Row]:
    """Count the rules: ours, which change with the program's version, and the user's."""
    own = len(chosen.redaction_patterns)
    facts = {"rules": len(RULES), "rules_version": VERSION, "own_patterns": own}
    ours = counted("doctor.redaction.rules", len(RULES), program=f"fluxmirror {VERSION}")
    none = message("doctor.redaction.none")
    yours = counted("doctor.redaction.own", own) if own else none
    yield Row("redaction", OK, joined((ours, yours)), facts=facts)
