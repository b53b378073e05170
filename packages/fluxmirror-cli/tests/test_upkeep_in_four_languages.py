"""Prices, imports, drains, prunings and the demo, in every language, with nothing left over."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fluxmirror_cli import speech
from fluxmirror_cli.commands import archive, demo, drain, import_, init, prices, prune
from fluxmirror_cli.first_run.questions import understand
from fluxmirror_cli.output import complain
from fluxmirror_cli.speech import say
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.errors import FluxMirrorError, UsageError
from fluxmirror_core.messages import load_catalog, message
from fluxmirror_core.paths import here
from fluxmirror_core.report.as_text import width
from fluxmirror_store import spool
from fluxmirror_store.drain import Drained

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

TRANSLATED = [name for name in LANGUAGES if name != "english"]
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
NAMES = re.compile(r"`[^`]*`|'[^']*'|--\S+|\S*/\S*|Claude Code|claude-\S+|fluxmirror [a-z].*")
"""Code, paths and names: what no language translates."""
GOLDEN = Path(__file__).parent / "golden"
DRAINED = Drained(1_253, 185, off=1, torn=1, bad=2)
WRONG_PRICES = ("[[price", "[[price]]\nmodle = 1", "price = 1")
WRONG_LINES = (
    "",
    "agent = 3",
    'agent = "clod"',
    "since = 1",
    "free = 1",
    "free = true\ninput = 1",
    "input = 1",
    "input = -1\noutput = 1",
    "input = 1e-9\noutput = 1",
)
"""Of a price that has a model."""

pytestmark = pytest.mark.usefixtures("flux_home")


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this process speak a language, whatever its output could write."""

    def in_language(name: str) -> None:
        monkeypatch.setattr(speech, "_spoken", [speech.Language(name, is_chosen=True)])

    return in_language


@pytest.fixture
def recorded(respond: Callable[..., Path]) -> Path:
    """Session files with something odd in them, and something in the spool that is no payload."""
    path = respond("a")
    respond("b", "house-9", session="t")
    with path.open("a") as file:
        file.write('{"type":"brand-new","version":"9.9"}\nno json\n')
    spool.put(here().spool, b"no json", ("claude", "PreToolUse"), {})
    return path


def shown(command: click.Command, *arguments: str) -> str:
    """Run a command in this process; gives all that a person sees, its error included."""
    result = CliRunner().invoke(command, arguments)
    if not isinstance(result.exception, FluxMirrorError):
        return result.output
    error = result.exception
    return f"{result.output}{say(error.sentence)}\n{say(error.hint)}\n"


def english_left(text: str) -> list[str]:
    """Give the lines with two English words in a row."""
    return [line for line in text.splitlines() if WORDS.search(NAMES.sub("", line))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(
    speak: Callable[[str], None], recorded: Path, language: str
) -> None:
    """What was done, what would be done, and what was asked for wrongly."""
    speak(language)
    told = [
        shown(command, *arguments)
        for command, *arguments in (
            (prices.command, "reprice"),
            (import_.command, "--dry-run"),
            (import_.command,),
            (import_.command, "--verbose"),
            (import_.command, "--dry-run"),
            (import_.command, "--quiet", "--json"),
            (import_.command, "--since", "now"),
            (drain.command,),
            (drain.command, "--quiet", "--again"),
            (prices.command,),
            (prices.command, "show", "claude-sonnet-4-5"),
            (prices.command, "show", "house-9", "--agent", "claude"),
            (prices.command, "--json", "show"),
            (prices.command, "reprice"),
            (prices.command, "reprice", "--since", "now"),
            (prune.command,),
            (prune.command, "--lift", "--dry-run"),
            (prune.command, "--older-than", "2026-11-21"),
            (prune.command, "--older-than", "2026-11-21", "--dry-run"),
            (prune.command, "--older-than", "2026-11-21", "--yes"),
            (prune.command, "--older-than", "2026-11-21", "--yes"),
            (prune.command, "--lift"),
            (archive.command, "--dry-run", "list"),
            (archive.command, "restore", "--to", "x"),
            (archive.command, "restore", "y", "--all", "--to", "x"),
            (archive.command, "prune"),
            (demo.command,),
            (init.command, "--yes", "--non-interactive"),
            (init.command, "--remove-demo"),
        )
    ]
    assert all(told)
    assert english_left("".join(told)) == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "text", [*WRONG_PRICES, *(f'[[price]]\nmodel = "x"\n{line}' for line in WRONG_LINES)]
)
def test_what_is_wrong_with_prices_is_said_in_every_language(
    speak: Callable[[str], None], flux_home: Path, language: str, text: str
) -> None:
    """But for the word of the library that reads TOML."""
    speak(language)
    file = flux_home / "config" / "prices.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    told = shown(prices.command)
    assert str(file) in told
    assert english_left(re.sub("Expected .*", "", told)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_done_every_day_is_said_as_it_is_written_down(
    speak: Callable[[str], None], recorded: Path, language: str
) -> None:
    """Whole screens: numbers with their counters, lists with their own stops."""
    speak(language)
    screens = [
        f"{drain._sentence(DRAINED)}\n",
        shown(import_.command, "--dry-run"),
        shown(import_.command),
        shown(import_.command, "--verbose"),
        shown(prices.command, "reprice"),
        shown(prune.command, "--older-than", "2026-11-21", "--dry-run"),
    ]
    golden = GOLDEN / f"upkeep.{LANGUAGES[language]}.txt"
    assert "".join(screens) == golden.read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_end_where_a_terminal_sees_them_end(
    speak: Callable[[str], None], recorded: Path, language: str
) -> None:
    """A letter of East Asia takes two columns."""
    speak(language)
    waiting = shown(import_.command, "--dry-run")
    assert width(waiting.rstrip("\n")) == len("Claude Code") + 2 + 12 + 2 + 9 + len(" MB")
    shown(import_.command)
    _, _, *table, _, _ = shown(prices.command).splitlines()
    assert len(table) == 3
    assert len({width(line) for line in table}) == 1
    _, _, *tiers = shown(prices.command, "show", "claude-sonnet-4-5").splitlines()
    assert len(tiers) == 3
    assert len({width(line) for line in tiers}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_for_prices_is_toml_in_every_language(
    speak: Callable[[str], None], flux_home: Path, language: str
) -> None:
    """Its notes are, too."""
    speak(language)
    runner = CliRunner()
    entry = runner.invoke(prices.command, ["show", "house-9"]).stdout
    file = flux_home / "config" / "prices.toml"
    file.parent.mkdir(parents=True)
    file.write_text(entry.replace('"?"', '"0.30"'), encoding="utf-8")
    told = runner.invoke(prices.command, ["show", "house-9", "--json"]).stdout
    assert json.loads(told)["price"]["per_million_tokens"]["input"] == "0.30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_for_ever_is_understood_as_it_is_shown(language: str) -> None:
    """Whoever types what stands in brackets means the default."""
    words = load_catalog(LANGUAGES[language]).say(message("init.for_ever"))
    assert understand("storage.retention_days", words) is None


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_wrong_answer_is_explained_in_every_language(
    speak: Callable[[str], None], capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """Whichever question it is for."""
    speak(language)
    for key in ("language", "timezone", "capture.payloads", "storage.retention_days"):
        with pytest.raises(UsageError) as caught:
            understand(key, "ful")
        complain(caught.value.sentence, caught.value.hint)
    assert english_left(capsys.readouterr().err) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_see_the_same_in_every_language(
    speak: Callable[[str], None], recorded: Path, language: str
) -> None:
    """Facts are in English, or in no language."""
    speak(language)
    told = json.loads(CliRunner().invoke(import_.command, ["--json"]).stdout)
    assert [one["kind"] for one in told["problems"]] == ["bad line", "unknown record"]
    pruned = CliRunner().invoke(prune.command, ["--older-than", "9d", "--dry-run", "--json"])
    assert json.loads(pruned.stdout)["trouble"] == ""
    assert not os.path.exists(os.path.join(here().config, "config.toml"))
