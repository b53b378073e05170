"""`status`, `verify` and what `archive` tells, in every language, with nothing left over."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from fluxmirror_cli import speech
from fluxmirror_cli.commands import archive, doctor, status, verify
from fluxmirror_cli.results import archive_text
from fluxmirror_cli.results.isolation_text import isolation_text
from fluxmirror_cli.speech import say
from fluxmirror_cli.status.facts import Status
from fluxmirror_core.analysis.isolation import SeenRows, build_isolation, build_layer
from fluxmirror_core.analysis.usage import Cost, build_total
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_core.paths import here
from fluxmirror_core.period import day_period
from fluxmirror_core.report.as_text import width
from fluxmirror_core.transcripts.problem import Problem
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.archiving.run import Archived
from fluxmirror_store.archiving.upkeep import Verified
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.status_queries import LastEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

TRANSLATED = [name for name in LANGUAGES if name != "english"]
GOLDEN = Path(__file__).parent / "golden"
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
NAMES = re.compile(
    r"`[^`]*`|--\S+|[!-.0-~]*/[!-~]*|Claude Code|Codex CLI|Qwen Code|^ +hint.*|fluxmirror .*"
)
"""Code, paths and names: what no language translates."""
ZONE = ZoneInfo("UTC")
DAY = day_period(date(2026, 11, 20), ZONE)
NOON_MS = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp() * 1000)
USAGE = build_total([])._replace(
    responses=1_234,
    tokens=Tokens(input=1_000_000, output=25_000),
    costs=(Cost("USD", 1_200_000_000_000),),
)
ARCHIVED = Archived(
    Counter({("codex-cli", Problem("unreadable", "it changed while it was read")): 2}),
    files=3,
    companions=1,
    bytes=123_456,
    stored_bytes=12_345,
    unchanged=7,
)
ISOLATION = build_isolation(
    DAY,
    [
        build_layer(
            "database",
            [
                SeenRows("claude-code", "s", "Bash", 12),
                SeenRows("qwen-code", "s", "run_shell_command", 3),
            ],
        ),
        build_layer("mirror", [SeenRows("qwen-code", None, None)])._replace(unreadable=2),
    ],
)

pytestmark = pytest.mark.usefixtures("flux_home")


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this process speak a language, whatever its output could write."""

    def in_language(name: str) -> None:
        monkeypatch.setattr(speech, "_spoken", [speech.Language(name, is_chosen=True)])

    return in_language


@pytest.fixture
def session(home: Path) -> Path:
    """A session file of Claude Code."""
    path = home / ".claude/projects/-srv-app/s1.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"a":1}\n{"b":2}\n')
    return path


def today(ago_s: int, failed: int = 0) -> str:
    """Write a day whose last event was so long before noon."""
    last = LastEvent(NOON_MS - ago_s * 1_000, "claude-code")
    found = Status(DAY, 1_860, 3, failed, USAGE, last, None)
    return status.status_text(found, ZONE, NOON_MS)


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_are_said_as_they_are_written_down(
    speak: Callable[[str], None], language: str
) -> None:
    """Numbers with their counters, times with their units, lists with their own stops."""
    speak(language)
    screens = [
        today(12),
        today(3 * 3_600, failed=2),
        isolation_text(ISOLATION),
        archive_text.archived_text(ARCHIVED),
        archive_text.verified_text(Verified(4, [], ["stray"])),
        archive_text.pruned_text([], dry_run=True),
    ]
    golden = GOLDEN / f"checks.{LANGUAGES[language]}.txt"
    assert "\n".join(screens) == golden.read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_end_where_a_terminal_sees_them_end(
    speak: Callable[[str], None], session: Path, language: str
) -> None:
    """A letter of East Asia takes two columns."""
    speak(language)
    figures = today(12).splitlines()[2:]
    texts = [re.split(" {2,}", line, maxsplit=2)[2] for line in figures]
    starts = {width(line.removesuffix(text)) for line, text in zip(figures, texts, strict=True)}
    assert len(starts) == 1
    shown(archive.command)
    head, row, _ = shown(archive.command, "list").splitlines()
    last = say(archive_text._HEAD[-1])
    assert width(head.removesuffix(last)) == width(row.removesuffix(str(session)))
    tables = [line for line in isolation_text(ISOLATION).splitlines() if line.startswith("|")]
    assert len({width(line) for line in tables[:4]}) == 1


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(
    speak: Callable[[str], None], session: Path, language: str
) -> None:
    """What was done, what would be done, and what was asked for wrongly."""
    speak(language)
    back = str(session.parent / "back")
    told = [
        shown(command, *arguments)
        for command, *arguments in (
            (archive.command, "list"),
            (archive.command, "--dry-run"),
            (archive.command,),
            (archive.command,),
            (archive.command, "list"),
            (archive.command, "list", "--agent", "codex"),
            (archive.command, "restore", "--all", "--to", back),
            (archive.command, "restore", "--agent", "claude", "--to", back),
            (archive.command, "verify"),
            (archive.command, "prune", "--older-than", "1"),
            (status.command,),
            (status.command, "--format", "x"),
            (verify.command, "isolation"),
            (doctor.command, "--dry-run"),
        )
    ]
    assert [number for number, text in enumerate(told) if not text] == []
    assert english_left("".join(told)) == []
    assert english_left(today(12, failed=1) + isolation_text(ISOLATION)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_see_the_same_in_every_language(
    speak: Callable[[str], None], session: Path, language: str
) -> None:
    """Facts are in English, or in no language."""
    speak(language)
    connect_and_close()
    told: dict[str, Any] = json.loads(CliRunner().invoke(status.command, ["--json"]).stdout)
    assert told["calls"] == 0
    checked = CliRunner().invoke(verify.command, ["isolation", "--json"]).stdout
    assert [layer["layer"] for layer in json.loads(checked)["layers"]] == ["database"]


def connect_and_close() -> None:
    """Make an empty database."""
    with closing(connect_to_write(here().database)):
        pass
