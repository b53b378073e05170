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
_OUTPUT: Final = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
"""The same by other names; to write into these by name would begin where the output began."""
_BY_SUFFIX: Final = {
    "": TEXT,
    ".txt": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".json": JSON,
}
SUFFIXES: Final = {TEXT: "md", MARKDOWN: "md", HTML: "html", JSON: "json"}
"""How the name of a file ends that nobody named."""
_SEPARATORS: Final = tuple(filter(None, (os.sep, os.altsep)))
"""What the name of a folder ends in."""
_SAME_TEXT: Final = (TEXT, MARKDOWN)
"""In a file there is no difference between these."""
_PRINTED: Final = (".pdf", ".doc", ".docx", ".odt", ".rtf")
"""Files for people, which a browser may write."""


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
    if values["out"] in _OUTPUT:
        values = {**values, "out": STDOUT}
    said = {name: values[name] for name in PeriodWish._fields if name in values}
    fields = {name: values[name] for name in ReportWish._fields if name in values}
    form = _asked_format(values["form"], as_json=values["as_json"])
    if form is None:
        form = _format_of_file(values["out"], opens=values["opens"])
    else:
        _refuse_contradiction(form, values["out"], as_json=values["as_json"])
    asked = ReportWish(**{**fields, "wish": PeriodWish(**said), "form": form})
    _refuse(asked)
    return asked


def _asked_format(form: str | None, *, as_json: bool) -> str | None:
    """Give the format that options ask for; None where they do not."""
    if as_json and form not in (None, JSON):
        raise UsageError(
            message("delivery.two_formats", form=form), hint=message("usage_error.leave_one_out")
        )
    return JSON if as_json else form


def _format_of_file(out: str | None, *, opens: bool) -> str:
    """Give the format that the name of a file asks for."""
    if opens and out in (None, STDOUT):
        return HTML
    suffix = _suffix(out)
    if suffix not in _BY_SUFFIX:
        hint = "delivery.print_html" if suffix in _PRINTED else "delivery.name_ending"
        sentence = message("delivery.no_such_format", suffix=suffix)
        raise UsageError(sentence, hint=message(hint))
    return _BY_SUFFIX[suffix]


def _refuse_contradiction(form: str, out: str | None, *, as_json: bool) -> None:
    """Refuse a format that is not what a file's name says; one that says nothing may be of any."""
    suffix = _suffix(out)
    meant = _BY_SUFFIX.get(suffix, form) if suffix else form
    if meant == form or (meant in _SAME_TEXT and form in _SAME_TEXT):
        return
    option = "--json" if as_json else f"--format {form}"
    raise UsageError(
        message("delivery.other_format", option=option, suffix=suffix),
        hint=message("delivery.other_name", option=option),
    )


def _suffix(out: str | None) -> str:
    """Give the ending of a file's name, which may be all of it."""
    name = os.path.basename(out or "").casefold()
    if name in _BY_SUFFIX:
        return name
    return os.path.splitext(out or "")[1].casefold().rstrip(".")


def _refuse(asked: ReportWish) -> None:
    if asked.out is not None and asked.out.endswith(_SEPARATORS):
        path = f"{asked.out}report.{SUFFIXES[asked.form]}"
        raise UsageError(
            message("delivery.names_folder", path=asked.out),
            hint=message("delivery.name_within", path=path),
        )
    if asked.opens and asked.form != HTML:
        hint = "delivery.give_html" if asked.out in (None, STDOUT) else "delivery.name_html"
        raise UsageError(message("delivery.only_html"), hint=message(hint))
    if asked.opens and asked.out == STDOUT:
        raise UsageError(message("delivery.no_file"), hint=message("delivery.leave_out"))
