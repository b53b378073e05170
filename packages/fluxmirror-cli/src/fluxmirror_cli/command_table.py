"""What the command answers about itself, without loading what it does."""

from __future__ import annotations

TYPE_CHECKING = False  # `--help` and the hook do without `typing`
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VERSION = "0.1.0"
"""As in every `pyproject.toml` of the workspace; asking the installation for it takes 30 ms."""

SECTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Reports",
        (
            ("today", "fluxmirror_cli.commands.today", "What the agents did today."),
            ("yesterday", "fluxmirror_cli.commands.yesterday", "What the agents did yesterday."),
            ("week", "fluxmirror_cli.commands.week", "What the agents did in seven days."),
            ("month", "fluxmirror_cli.commands.month", "What the agents did in a month."),
            ("compare", "fluxmirror_cli.commands.compare", "Two periods beside each other."),
            ("agent", "fluxmirror_cli.commands.agent", "What one agent did."),
            ("agents", "fluxmirror_cli.commands.agents", "The agents beside each other."),
            ("cost", "fluxmirror_cli.commands.cost", "What the models used, and what it cost."),
            (
                "status",
                "fluxmirror_cli.commands.status",
                "Today in a few figures, also for a prompt.",
            ),
            ("coverage", "fluxmirror_cli.commands.coverage", "What was seen by one source only."),
            ("explain", "fluxmirror_cli.commands.explain", "What a figure of a report means."),
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

Each module is loaded when it is called, and has a click command named `command`; or, of `REPORTS`,
a `ReportCommand` named `REPORT`.
"""

COMMANDS: tuple[tuple[str, str, str], ...] = tuple(row for _, rows in SECTIONS for row in rows)
"""All rows, in that order."""

REPORTS = ("today", "yesterday", "week", "month", "compare", "agent", "agents")
"""Commands whose plain command lines are read without click."""

COMPLETION = "_FLUXMIRROR_COMPLETE"
"""A variable of the environment, set by a shell that completes a command line."""

HIDDEN: tuple[tuple[str, str], ...] = (("slash", "fluxmirror_cli.commands.slash"),)
"""(name, module) of what only our own packages call."""

USAGE = "Usage: "
MOTTO = "The flight recorder of AI coding agents: every tool call, on your own machine."
MORE = "`fluxmirror COMMAND --help` tells more, with examples."

OPTIONS: tuple[tuple[str, str], ...] = (
    ("--version", "Show the version and exit."),
    ("--help", "Show this message and exit."),
)


def version_text() -> str:
    """The answer to `--version`, newline included."""
    return f"fluxmirror {VERSION}\n"


def help_text() -> str:
    """The answer to `--help`, newline included; the click group shows the same.

    In the language of whoever asks, as `overview` tells it.
    """
    from fluxmirror_cli.overview import help_language, overview_texts

    texts = overview_texts(help_language())
    named = max(len(name) for name, _, _ in COMMANDS)
    usage, motto, more = (texts.get(text, text) for text in (USAGE, MOTTO, MORE))
    sections = [
        line
        for title, rows in (("Options", OPTIONS), *SECTIONS)
        for line in ("", *_section(title, rows, named, texts))
    ]
    lines = (f"{usage}fluxmirror [OPTIONS] COMMAND [ARGS]...", "", f"  {motto}", *sections)
    return "\n".join((*lines, "", more, ""))


def _section(
    title: str, rows: Sequence[tuple[str, ...]], width: int, texts: Mapping[str, str]
) -> list[str]:
    """Write a section, of rows that begin with a name and end with its text."""
    heading = f"{title}:"
    told = ((name, texts.get(name, text)) for name, *_, text in rows)
    return [texts.get(heading, heading), *(f"  {name:<{width}}  {text}" for name, text in told)]
