"""ReportCommand: a command that reports, described without click.

`click_command` makes click's command of it; `quick_reader` reads plain command lines for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.option_rows import DAYS
from fluxmirror_cli.reports.wish import REPORT_OPTIONS, build_wish
from fluxmirror_cli.speech import report_into_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmirror_cli.option_rows import OptionRow


class Word(NamedTuple):
    """What a command line has without an option before it."""

    field: str
    metavar: str | None = None
    default: str | None = None
    is_needed: bool = False


class ReportCommand(NamedTuple):
    """A command that reports."""

    name: str
    run: Callable[..., None]
    """Gets a `ReportWish` and, by name, what else was said; its docstring is the help."""
    examples: tuple[str, ...]
    words: tuple[Word, ...] = ()
    names_days: bool = False
    """Whether the words say which days, rather than options."""
    before: tuple[OptionRow, ...] = ()
    """Options that stand before those of all reports."""
    behind: tuple[OptionRow, ...] = ()
    """Options that stand behind them."""
    below: Mapping[str, str] | None = None
    """Commands below this one by their names, each the `command` of a module."""

    def options(self) -> tuple[OptionRow, ...]:
        """Give all options, in the order of the help."""
        days = () if self.names_days else DAYS
        return (*self.before, *days, *REPORT_OPTIONS, *self.behind)

    def answer(self, values: Mapping[str, Any]) -> None:
        """Run the command.

        Args:
            values: every option and every word, by its field.

        Raises:
            UsageError: two of them contradict each other.
            FluxMirrorError: as the command says.
        """
        own = [*(word.field for word in self.words), *(row.field for row in self.behind)]
        asked = build_wish(values)
        report_into_file(into_file=asked.goes_into_file())
        self.run(asked, **{field: values[field] for field in own})
