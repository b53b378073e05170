"""What the command answers about itself, without loading what it does."""

from __future__ import annotations

TYPE_CHECKING = False  # `--help` and the hook do without `typing`
if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "0.1.0"
"""As in every `pyproject.toml` of the workspace; asking the installation for it takes 30 ms."""

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("today", "fluxmirror_cli.commands.today", "What the agents did today."),
    ("cost", "fluxmirror_cli.commands.cost", "What the models used, and what it cost."),
    ("doctor", "fluxmirror_cli.commands.doctor", "Is everything recorded that should be?"),
    ("install", "fluxmirror_cli.commands.install", "Put our hooks into the agents."),
    ("uninstall", "fluxmirror_cli.commands.uninstall", "Take our hooks out of the agents."),
    ("agents", "fluxmirror_cli.commands.agents", "Which agents are here, and how registered."),
    ("demo", "fluxmirror_cli.commands.demo", "Make a throw-away database to look around in."),
    ("import", "fluxmirror_cli.commands.import_", "Read what the agents' session files tell."),
    ("archive", "fluxmirror_cli.commands.archive", "Keep compressed copies of session files."),
    ("coverage", "fluxmirror_cli.commands.coverage", "What was seen by one source only."),
    ("prices", "fluxmirror_cli.commands.prices", "What models cost, and who says so."),
    ("drain", "fluxmirror_cli.commands.drain", "Bring what waits in the spool into the database."),
    ("sqlite", "fluxmirror_cli.commands.sqlite", "Run SQL on the database, read-only."),
    ("db-path", "fluxmirror_cli.commands.db_path", "Print where the database is."),
    ("hook", "fluxmirror_cli.commands.hook", "Record one hook payload from standard input."),
)
"""(name, module, one line of help), in the order `--help` shows them.

Each module has a click command named `command`, loaded when it is called.
"""

HIDDEN: tuple[tuple[str, str], ...] = (("slash", "fluxmirror_cli.commands.slash"),)
"""(name, module) of what only our own packages call."""

OPTIONS: tuple[tuple[str, str], ...] = (
    ("--version", "Show the version and exit."),
    ("--help", "Show this message and exit."),
)


def version_text() -> str:
    """The answer to `--version`, newline included."""
    return f"fluxmirror {VERSION}\n"


def help_text() -> str:
    """The answer to `--help`, newline included; the click group shows the same."""
    commands = [(name, text) for name, _, text in COMMANDS]
    return "\n".join(
        (
            "Usage: fluxmirror [OPTIONS] COMMAND [ARGS]...",
            "",
            "  The flight recorder of AI coding agents: every tool call, on your own machine.",
            "",
            *_section("Options", OPTIONS),
            "",
            *_section("Commands", commands),
            "",
        )
    )


def _section(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"{title}:", *(f"  {name:<{width}}  {text}" for name, text in rows)]
