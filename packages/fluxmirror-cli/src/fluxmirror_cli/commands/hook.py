"""`fluxmirror hook`, as `--help` describes it; `entry` runs it without coming here."""

from __future__ import annotations

import click

from fluxmirror_cli.options import Command


@click.command(
    "hook",
    cls=Command,
    examples=(
        "fluxmirror hook --kind claude --event PostToolUse < payload.json",
        "fluxmirror hook --kind gemini --wait < payload.json",
    ),
)
@click.option("--kind", metavar="KIND", help="Which agent registered the hook.")
@click.option("--event", metavar="EVENT", help="The hook event it was registered for.")
@click.option("--wait", is_flag=True, help="Drain before returning.")
def command(**_: object) -> None:
    """Record one hook payload from standard input.

    Prints nothing and exits with 0 whatever happens; unknown arguments are ignored.
    """
