"""Options that several commands have, each declared once, as rows.

`options` makes click's options of them; `reports.quick_reader` reads plain command lines by them,
without click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.languages import parse_language
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.asked_period import NAMED_PERIODS

if TYPE_CHECKING:
    from collections.abc import Callable


class OptionRow(NamedTuple):
    """An option: with a value where it has a metavar or choices, a flag otherwise."""

    names: tuple[str, ...]
    """As a command line writes it; the first one is how the program calls it."""
    field: str
    """What a command gets it as."""
    help: str
    metavar: str | None = None
    """How `--help` calls the value, which must not be empty."""
    choices: tuple[str, ...] = ()
    """The values there are, where it is not any text."""
    default: str | None = None
    opposite: str | None = None
    """The name that says the contrary of a flag; where neither is written, the field is None."""
    parse: Callable[[str], str | None] | None = None
    """Gives what a value means; None where it means nothing."""

    def takes_value(self) -> bool:
        """Tell whether a value belongs to it."""
        return bool(self.metavar or self.choices)

    def unsaid(self) -> str | bool | None:
        """Give what the field is where the command line does not have the option."""
        return self.default if self.takes_value() or self.opposite else False


DATE: Final = OptionRow(("--date",), "day", "One day: YYYY-MM-DD, today or yesterday.", "DAY")
DAYS: Final = (
    DATE,
    OptionRow(("--from", "--since"), "first", "Begin with this day.", "DAY"),
    OptionRow(("--to", "--until"), "last", "End with this day, which is included.", "DAY"),
    OptionRow(("--last",), "length", "The last days or weeks with today: 14d, 2w.", "LENGTH"),
    OptionRow(("--month",), "month", "One month.", "YYYY-MM"),
    OptionRow(("--week",), "week", "One week, from Monday to Sunday.", "YYYY-Www"),
)
"""The ways to say which days."""
PERIOD: Final = OptionRow(
    ("--period",),
    "named",
    "One of these; week: the seven days that end today.",
    choices=NAMED_PERIODS,
)
AGENT: Final = OptionRow(("--agent",), "agent", "Show one agent only, such as claude-code.", "NAME")
PROJECT: Final = OptionRow(
    ("--project",),
    "project",
    "Show one project only: its name, or a path in it, such as `.`.",
    "NAME",
)
ZONE: Final = OptionRow(("--tz",), "zone_name", "Count days in this IANA time zone.", "ZONE")
LANGUAGE: Final = OptionRow(
    ("--lang",),
    "language",
    "Report in this language: english, korean, japanese, chinese.",
    "LANGUAGE",
    parse=parse_language,
)
DATABASE: Final = OptionRow(
    ("--db",), "database", "Read this database instead of the usual one.", "FILE"
)
AS_JSON: Final = OptionRow(("--json",), "as_json", "Print JSON.")
AS_CSV: Final = OptionRow(("--csv",), "as_csv", "Print CSV.")
GIT: Final = (
    OptionRow(
        ("--git",),
        "with_git",
        "Ask git what was committed where agents worked, or do not.",
        opposite="--no-git",
    ),
    OptionRow(
        ("--git-authors",),
        "authors",
        "Whose commits: your own, as git knows you in each repository, or all.",
        choices=("own", "all"),
    ),
)
"""Whether to ask git, and of whose commits; the command gets None for what is not said."""
