"""What doctor says of redaction: how many rules mask secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.redact_rules import RULES

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.health.row import OK, Row
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.settings import Settings


def examine_redaction(chosen: Settings) -> Iterator[Row]:
    """Count the rules: ours, which change with the program's version, and the user's."""
    own = len(chosen.redaction_patterns)
    facts = {"rules": len(RULES), "rules_version": VERSION, "own_patterns": own}
    told = f"{counted(len(RULES), 'rule')} of fluxmirror {VERSION}"
    yours = f"{counted(own, 'pattern')} of your own" if own else "no patterns of your own"
    yield Row("redaction", OK, f"{told}, {yours}", facts=facts)
