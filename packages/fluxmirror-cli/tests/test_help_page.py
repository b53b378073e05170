"""Help in four languages: English stands beside the commands, and the others keep up with it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS, HIDDEN, MORE, MOTTO, OPTIONS, SECTIONS, USAGE
from fluxmirror_cli.commands.slash import SLASH_COMMANDS
from fluxmirror_cli.help_page import help_page
from fluxmirror_core.messages import load_catalog, read_texts
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: Final = ("ko", "ja", "zh")
GOLDEN: Final = Path(__file__).parent / "golden"
COLUMNS: Final = 78
"""As click writes in a terminal of 80."""
PREFIX: Final = "help."
CODE: Final = re.compile(r"`[^`]*`")
OPTION: Final = re.compile(r"--[a-z][a-z-]*")
PLACEHOLDER: Final = re.compile(r"\{\w+\}")
ENGLISH: Final = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
"""Two words in a row, the second of which is no name."""
HEADING: Final = re.compile(r"^[A-Z][a-z ]+:", re.MULTILINE)
WORDS: Final = (USAGE, MOTTO, MORE, *(f"{title}:" for title, _ in SECTIONS))


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Give a command and all that are below it, each with its path."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from walk(f"{name} {below}", found)


def all_commands() -> dict[str, click.Command]:
    """Give every command of the program, those that only our own packages call included."""
    context = click.Context(group, info_name="fluxmirror")
    found: dict[str, click.Command] = {}
    for name in [*(name for name, _, _ in COMMANDS), *(name for name, _ in HIDDEN)]:
        command = group.get_command(context, name)
        assert command is not None
        found |= walk(f"fluxmirror {name}", command)
    return found


ALL: Final = all_commands()


def english() -> dict[str, str]:
    """Give what every command and option says itself, by the id of its translation."""
    found: dict[str, str] = {}
    for path, command in ALL.items():
        begin = ".".join(("command", *path.split()[1:]))
        first, _, rest = inspect.cleandoc(command.help or "").partition("\n\n")
        found[f"{begin}.what"] = first
        found |= {f"{begin}.more": rest} if rest else {}
        for parameter in command.get_params(click.Context(command, info_name=path)):
            if isinstance(parameter, click.Option) and not parameter.hidden:
                found[f"{begin}.{parameter.opts[0]}"] = parameter.help or ""
    return found


OWN: Final = english()


def texts(language: str) -> dict[str, str]:
    """Give the texts of a language as they are shown, by their ids without the subject."""
    catalog = load_catalog(language)
    ids = [one for one in read_texts(language) if one.startswith(PREFIX)]
    return {one.removeprefix(PREFIX): catalog.text(one) for one in ids}


def used(language: str) -> dict[str, str]:
    """Give the id of the translation that is shown for each id; what has none is not in it."""
    known = texts(language)
    shown = {one: one if one in known else f"every.{text}" for one, text in OWN.items()}
    return {own_id: found for own_id, found in shown.items() if found in known}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_has_its_text(language: str) -> None:
    """What is missing is told as help.toml wants it."""
    shown = used(language)
    missing = [own_id for own_id in OWN if own_id not in shown]
    told = [
        f"[{one.rpartition('.')[0]}] {one.rpartition('.')[2]} = {OWN[one]!r}" for one in missing
    ]
    assert told == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_of_what_is_gone(language: str) -> None:
    """A text that nobody shows is of an option that was taken out, or is misspelt."""
    known = {one for one in texts(language) if one.startswith(("command.", "every."))}
    assert known - set(used(language).values()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", [CODE, OPTION, PLACEHOLDER])
def test_what_is_typed_is_typed_in_every_language(language: str, pattern: re.Pattern[str]) -> None:
    """Commands, options and placeholders are those of English."""
    known = texts(language)
    for own_id, shown in used(language).items():
        assert sorted(pattern.findall(known[shown])) == sorted(pattern.findall(OWN[own_id])), own_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_paragraphs_are_those_of_english(language: str) -> None:
    """Each on a line of its own, as it is wrapped where it is shown."""
    known = texts(language)
    for own_id, shown in used(language).items():
        paragraphs = known[shown].split("\n\n")
        assert len(paragraphs) == len(OWN[own_id].split("\n\n")), own_id
        assert [one for one in paragraphs if "\n" in one.strip()] == [], own_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_is_left_in_help(language: str) -> None:
    """Outside of what is typed."""
    found = {one: text for one, text in texts(language).items() if not one.startswith("overview.")}
    plain = {one: OPTION.sub("", CODE.sub("", text)) for one, text in found.items()}
    assert {one: text for one, text in plain.items() if ENGLISH.search(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_has_each_command_and_heading_and_nothing_else(language: str) -> None:
    """As `fluxmirror --help` shows them, and the help of the commands."""
    pages = [one.get_help(click.Context(one, info_name=path)) for path, one in ALL.items()]
    headings = {found for page in pages for found in HEADING.findall(page) if found != "Usage:"}
    named = {name for name, _, _ in COMMANDS} | {name for name, _ in OPTIONS}
    known = {one.removeprefix("overview.") for one in texts(language) if one[:9] == "overview."}
    behind = {"[default: ", "[required]"}
    assert known == named | {*WORDS} | headings | behind
    assert all(any(one in page for page in pages) for one in behind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slash_command_has_its_words(language: str) -> None:
    """Which `fluxmirror about` shows; those of the packages are English."""
    found = {one.removeprefix("slash.") for one in texts(language) if one.startswith("slash.")}
    assert found == {*SLASH_COMMANDS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ALL)
def test_a_page_fits_a_terminal(path: str, language: str) -> None:
    """What is in another language than English is measured as a terminal shows it."""
    context = click.Context(ALL[path], info_name=path, terminal_width=COLUMNS)
    lines = help_page(ALL[path], context, language).splitlines()
    assert [line for line in lines if not line.isascii() and width(line) > COLUMNS] == []
    assert sum(line.startswith("  --") for line in lines) >= 1
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_laid_out_as_click_lays_out_english(language: str) -> None:
    """Usage, text, options in two columns, examples; broken as the language breaks lines."""
    path = "fluxmirror config trust"
    context = click.Context(ALL[path], info_name=path, terminal_width=60)
    golden = GOLDEN / f"help.{language}.txt"
    assert f"{help_page(ALL[path], context, language)}\n" == golden.read_text(encoding="utf-8")


def test_a_command_without_a_text_is_explained_in_english() -> None:
    """A translation that is behind is better than none."""

    @click.command("new", help="Do a new thing.\n\nAnd another.")
    @click.option("--how", default="well", show_default=True, help="How.")
    def new(how: str) -> None:
        """Do nothing."""

    page = help_page(new, click.Context(new, info_name="fluxmirror new"), "ko")
    assert "  Do a new thing.\n\n  And another.\n" in page
    assert "  --how TEXT  How.  [기본값: well]\n" in page
    assert "  --help      이 도움말을 표시하고 종료합니다." in page
