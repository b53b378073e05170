"""ReportWish: what a command that reports was asked for, by its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.asked_period import PeriodWish
from fluxmirror_cli.option_rows import AGENT, DATABASE, LANGUAGE, PROJECT, ZONE, OptionRow

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT: Final = "text"
MARKDOWN: Final = "markdown"
HTML: Final = "html"
JSON: Final = "json"
FORMATS: Final = (TEXT, MARKDOWN, HTML, JSON)
STDOUT: Final = "-"
_BY_SUFFIX: Final = {".html": HTML, ".htm": HTML, ".json": JSON, ".md": MARKDOWN}
_UNKNOWN: Final = (".pdf", ".doc", ".docx", ".odt", ".rtf")
"""Files that are of no use with anything else in them."""


class ReportWish(NamedTuple):
    """What is to be reported, and how."""

    wish: PeriodWish
    """When."""
    agent: str | None
    project: str | None
    zone_name: str | None
    language: str | None
    database: str | None
    form: str
    """One of `FORMATS`."""
    out: str | None
    """A file, or `STDOUT`; None for the usual place."""
    opens: bool
    """Whether to show the report in a browser."""

    def goes_into_file(self) -> bool:
        """Tell whether it is written into a file: one that is named, or a new one."""
        return self.out != STDOUT and (self.out is not None or self.form == HTML)


REPORT_OPTIONS: Final = (
    AGENT,
    PROJECT,
    ZONE,
    LANGUAGE,
    OptionRow(
        ("--format",),
        "form",
        "text for a terminal, markdown for a chat, html for a page of its own, json for"
        " programs.  [default: text]",
        choices=FORMATS,
    ),
    OptionRow(("--json",), "as_json", "The same as --format json."),
    OptionRow(
        ("--out",),
        "out",
        "Write into this file, as .html, .json or .md says unless --format does; `-` for the"
        " output. HTML goes into a private folder unless this says where.",
        "FILE",
    ),
    OptionRow(("--open",), "opens", "Make it HTML, and show it in your browser."),
    DATABASE,
)
"""The options of every report, in the order of its help; those that say when stand before them."""


def build_wish(values: Mapping[str, Any]) -> ReportWish:
    """Give what the options say.

    Args:
        values: the options of a report by their fields, and what else a command line has.

    Raises:
        UsageError: two of them contradict each other.
    """
    said = {name: values[name] for name in PeriodWish._fields if name in values}
    fields = {name: values[name] for name in ReportWish._fields if name in values}
    form = _format(values["form"], values["out"], as_json=values["as_json"], opens=values["opens"])
    asked = ReportWish(**{**fields, "wish": PeriodWish(**said), "form": form})
    _refuse(asked)
    return asked


def _format(form: str | None, out: str | None, *, as_json: bool, opens: bool) -> str:
    """Give the format that is asked for: by options, else by the name of a file."""
    if as_json and form not in (None, JSON):
        raise UsageError(
            message("delivery.two_formats", form=form), hint=message("usage_error.leave_one_out")
        )
    if as_json or form is not None:
        return form or JSON
    if opens and out in (None, STDOUT):
        return HTML
    return _BY_SUFFIX.get(_suffix(out), TEXT)


def _suffix(out: str | None) -> str:
    return os.path.splitext(out or "")[1].casefold()


def _refuse(asked: ReportWish) -> None:
    if (suffix := _suffix(asked.out)) in _UNKNOWN:
        raise UsageError(
            message("delivery.no_such_format", suffix=suffix), hint=message("delivery.print_html")
        )
    if asked.opens and asked.form != HTML:
        raise UsageError(message("delivery.only_html"), hint=message("delivery.give_html"))
    if asked.opens and asked.out == STDOUT:
        raise UsageError(message("delivery.no_file"), hint=message("delivery.leave_out"))
