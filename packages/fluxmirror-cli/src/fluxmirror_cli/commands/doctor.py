"""`fluxmirror doctor`: is everything recorded that should be?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.configured import here
from fluxmirror_cli.health.examination import examine
from fluxmirror_cli.health.row import exit_code
from fluxmirror_cli.health.table import doctor_result
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import show

if TYPE_CHECKING:
    from fluxmirror_cli.health.mend import Mended


@click.command(
    "doctor",
    cls=Command,
    examples=(
        "fluxmirror doctor",
        "fluxmirror doctor --fix --dry-run",
        "fluxmirror doctor --json",
    ),
)
@click.option("--fix", is_flag=True, help="Mend what can be mended, then look again.")
@click.option("--dry-run", is_flag=True, help="With --fix: only tell what would be mended.")
@json_option
@click.pass_context
def command(context: click.Context, *, fix: bool, dry_run: bool, as_json: bool) -> None:
    """Look whether everything is recorded that should be: 0 fine, 1 a warning, 2 an error."""
    if dry_run and not fix:
        hint = "fluxmirror doctor --fix --dry-run"
        raise UsageError(message("doctor.dry_run_alone"), hint=hint)
    mended = _mend(dry_run=dry_run) if fix else None
    rows = examine(here())
    show(doctor_result(rows, mended), as_json=as_json)
    context.exit(exit_code(rows))


def _mend(*, dry_run: bool) -> list[Mended]:
    from fluxmirror_cli.health.mend import carry_out, find_repairs, harmless_locks, planned

    # All are found before the first is made: a repair may make another one needless, never wrong.
    repairs = list(find_repairs(here()))
    mended = [planned(repair) if dry_run else carry_out(repair) for repair in repairs]
    return [*mended, *harmless_locks(here())]
