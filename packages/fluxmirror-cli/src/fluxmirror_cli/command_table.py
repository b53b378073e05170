"""What the command answers about itself, without loading what it does."""

from __future__ import annotations

TYPE_CHECKING = False  # `--help` and the hook do without `typing`
if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = "0.1.0"
"""As in every `pyproject.toml` of the workspace; asking the installation for it takes 30 ms."""

SECTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Reports",
        (
            ("today", "fluxmirror_cli.commands.today", "What the agents did today."),
            ("cost", "fluxmirror_cli.commands.cost", "What the models used, and what it cost."),
            (
                "status",
                "fluxmirror_cli.commands.status",
                "Today in a few figures, also for a prompt.",
            ),
            ("coverage", "fluxmirror_cli.commands.coverage", "What was seen by one source only."),
        ),
    ),
    (
        "Set-up",
        (
            ("init", "fluxmirror_cli.commands.init", "Set up: language, time zone, agents."),
            ("config", "fluxmirror_cli.commands.config", "What is configured, where, and why."),
            ("doctor", "fluxmirror_cli.commands.doctor", "Is everything recorded that should be?"),
            ("install", "fluxmirror_cli.commands.install", "Put our hooks into the agents."),
            (
                "uninstall",
                "fluxmirror_cli.commands.uninstall",
                "Take our hooks, and all else, out again.",
            ),
            (
                "agents",
                "fluxmirror_cli.commands.agents",
                "Which agents are here, and how registered.",
            ),
            (
                "completion",
                "fluxmirror_cli.commands.completion",
                "Have your shell complete all of this.",
            ),
        ),
    ),
    (
        "Records",
        (
            (
                "import",
                "fluxmirror_cli.commands.import_",
                "Read what the agents' session files tell.",
            ),
            (
                "archive",
                "fluxmirror_cli.commands.archive",
                "Keep compressed copies of session files.",
            ),
            ("prune", "fluxmirror_cli.commands.prune", "Delete what was recorded long ago."),
            ("prices", "fluxmirror_cli.commands.prices", "What models cost, and who says so."),
            ("verify", "fluxmirror_cli.commands.verify", "Check that what was recorded is sound."),
            (
                "demo",
                "fluxmirror_cli.commands.demo",
                "Make a throw-away database to look around in.",
            ),
        ),
    ),
    (
        "Data, for scripts",
        (
            (
                "export",
                "fluxmirror_cli.commands.export",
                "Write what was recorded as JSON Lines or CSV.",
            ),
            (
                "sqlite",
                "fluxmirror_cli.commands.sqlite",
                "Run SQL on the database, read-only by default.",
            ),
            (
                "window",
                "fluxmirror_cli.commands.window",
                "When a period begins and ends, for scripts.",
            ),
            (
                "histogram",
                "fluxmirror_cli.commands.histogram",
                "Calls per local hour, for scripts.",
            ),
            ("daily-totals", "fluxmirror_cli.commands.daily_totals", "Calls per day, for scripts."),
            (
                "per-day-files",
                "fluxmirror_cli.commands.per_day_files",
                "Files per day, for scripts.",
            ),
            ("db-path", "fluxmirror_cli.commands.db_path", "Print where the database is."),
            ("about", "fluxmirror_cli.commands.about", "The commands, and where everything lies."),
        ),
    ),
    (
        "For hooks",
        (
            (
                "drain",
                "fluxmirror_cli.commands.drain",
                "Bring what waits in the spool into the database.",
            ),
            (
                "hook",
                "fluxmirror_cli.commands.hook",
                "Record one hook payload from standard input.",
            ),
        ),
    ),
)
"""(title, rows of name, module, one line of help), in the order `--help` shows them.

Each module has a click command named `command`, loaded when it is called.
"""

COMMANDS: tuple[tuple[str, str, str], ...] = tuple(row for _, rows in SECTIONS for row in rows)
"""All rows, in that order."""

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
    named = max(len(name) for name, _, _ in COMMANDS)
    sections = [
        line
        for title, rows in SECTIONS
        for line in ("", *_section(title, [(name, text) for name, _, text in rows], named))
    ]
    return "\n".join(
        (
            "Usage: fluxmirror [OPTIONS] COMMAND [ARGS]...",
            "",
            "  The flight recorder of AI coding agents: every tool call, on your own machine.",
            "",
            *_section("Options", OPTIONS, named),
            *sections,
            "",
            "`fluxmirror COMMAND --help` tells more, with examples.",
            "",
        )
    )


def _section(title: str, rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    return [f"{title}:", *(f"  {name:<{width}}  {text}" for name, text in rows)]
