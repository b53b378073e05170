"""The help of a command in another language than English, which stands beside its options.

A catalog has it under `help`, by the command's path and the option: `command.prune.what` is its
first sentence, `.more` the paragraphs behind, `.--lift` an option. Below `every` is, by the English
text, what options say that are in many commands.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.report.as_text import width
from fluxmirror_core.report.wrapping import wrap

from fluxmirror_cli.command_table import USAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.messages import Catalog

_BEHIND: Final = ("[default: ", "[required]")
"""What click writes behind the text of an option."""
_SHORT: Final = 80
"""Letters of a sentence that a group shows of a command which has no other text."""


def help_page(command: click.Command, context: click.Context, language: str) -> str:
    """Give the help of a command, without a line feed at its end.

    Args:
        command: whose help is asked for.
        context: in which; tells how wide it may be.
        language: the name of a catalog; what it lacks is said in English.
    """
    texts = HelpTexts(load_catalog(language), context.command_path)
    page = _Page(texts, width=context.terminal_width, max_width=context.max_content_width)
    command.format_usage(context, page)
    page.write_paragraph()
    with page.indentation():
        page.write_text(texts.text(command))
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    with page.section("Options"):
        page.write_dl([row for one in options if (row := texts.option(one, context))])
    if isinstance(command, click.Group):
        with page.section("Commands"):
            page.write_dl(list(_commands(command, context, texts)))
    command.format_epilog(context, page)
    return page.getvalue().rstrip("\n")


class HelpTexts:
    """What a catalog says of commands; where it says nothing, as in English, their own texts.

    Args:
        catalog: of the language.
        path: the command as it is called, as in `fluxmirror config set`.
    """

    def __init__(self, catalog: Catalog, path: str = "") -> None:
        self._catalog = catalog
        self._command = ".".join(("help.command", *path.split()[1:]))

    def word(self, english: str) -> str:
        """Say a heading, or whatever else stands in the help of many commands."""
        return self._said(f"help.overview.{english}") or english

    def line(self, name: str, english: str) -> str:
        """Say in a few words what a command of the program is for."""
        return self._said(f"help.overview.{name}") or english

    def slash(self, name: str, english: str) -> str:
        """Say in a few words what a slash command is for."""
        return self._said(f"help.slash.{name}") or english

    def text(self, command: click.Command) -> str:
        """Say what the command does: its first sentence, and the paragraphs behind."""
        what, more = self._said(f"{self._command}.what"), self._said(f"{self._command}.more")
        if not what:
            return inspect.cleandoc(command.help or "")
        return f"{what}\n\n{more}" if more else what

    def option(self, option: click.Option, context: click.Context) -> tuple[str, str] | None:
        """Say how an option is written, and what it does; None when it is hidden."""
        record = option.get_help_record(context)
        if record is None:
            return None
        written, english = record
        own = option.help or ""
        said = self._said(f"{self._command}.{option.opts[0]}") or self._said(f"help.every.{own}")
        behind = english.removeprefix(own)
        for phrase in _BEHIND:
            behind = behind.replace(phrase, self.word(phrase))
        return written, (said or own) + behind

    def below(self, name: str, command: click.Command) -> str:
        """Say in one sentence what a command of this group does."""
        return self._said(f"{self._command}.{name}.what") or command.get_short_help_str(_SHORT)

    def _said(self, text_id: str) -> str:
        return self._catalog.text(text_id) if self._catalog.has(text_id) else ""


class _Page(click.HelpFormatter):
    """Measures and breaks lines as a language wants it whose letters may take two columns."""

    def __init__(
        self, texts: HelpTexts, *, width: int | None = None, max_width: int | None = None
    ) -> None:
        super().__init__(width=width, max_width=max_width)
        self._texts = texts

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        begun = f"{prefix or self._texts.word(USAGE)}{prog} "
        self._write_lines(wrap(args, self.width, begun, " " * width(begun)))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':>{self.current_indent}}{self._texts.word(f'{heading}:')}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, which have a blank line between them."""
        indent = " " * self.current_indent
        paragraphs = (wrap(one.strip(), self.width, indent, indent) for one in text.split("\n\n"))
        for number, lines in enumerate(paragraphs):
            self._write_lines(["", *lines] if number else lines)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write names and their texts as two columns."""
        pairs = list(rows)
        indent = " " * self.current_indent
        first = min(max(width(name) for name, _ in pairs), col_max)
        following = indent + " " * (first + col_spacing)
        for name, text in pairs:
            gap = " " * (first - width(name) + col_spacing)
            if width(name) > first:
                self._write_lines(
                    [f"{indent}{name}", *wrap(text, self.width, following, following)]
                )
            else:
                self._write_lines(wrap(text, self.width, f"{indent}{name}{gap}", following))

    def _write_lines(self, lines: Iterable[str]) -> None:
        self.write("".join(f"{line.rstrip()}\n" for line in lines))


def _commands(
    group: click.Group, context: click.Context, texts: HelpTexts
) -> Iterator[tuple[str, str]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield name, texts.below(name, command)
