"""What is wrong with a command line, a configuration or a database, said in every language."""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from fluxmirror_cli import app, configured, speech
from fluxmirror_cli.click_words import worded
from fluxmirror_cli.entry import main
from fluxmirror_cli.session_files import describe_import
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.messages import Message, load_catalog, message
from fluxmirror_store.importing.run import Imported
from fluxmirror_store.importing.session_files import Found, SessionFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths are POSIX's")

TRANSLATED = [name for name in LANGUAGES if name != "english"]
GOLDEN = Path(__file__).parent / "golden"
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
NAMES = re.compile(
    r"^\$.*|`[^`]*`|'[^']*'|.extra two.|--\S+(?: [A-Z=]+)?|\S*/\S*|fluxmirror( \w+)* --help"
    r"|file is not a database|near \"selec\": syntax error|no such table: nope|not authorized"
    r"|BEGIN, COMMIT, PRAGMA|ON DELETE CASCADE"
)
"""What is typed, names, and the words of SQLite: what no language translates."""
COMMAND_LINES: dict[str, tuple[str, ...]] = {
    "click": (
        "nosuch",
        "todya",
        "today --jsn",
        "today --nothing-like-it",
        "export --f",
        "today --date",
        "today --json=3",
        "today extra",
        "today extra two",
        "cost --by foo",
        "cost explain --limit x a",
        "cost explain --limit 0 a",
        "config sho",
        "config nothing-like-it",
        "config get",
        "archive restore",
    ),
    "when": (
        "today --date 2026-13-01",
        "today --date yestreday",
        "cost --month 2026-13",
        "cost --week 2026-W77",
        "cost --last 14",
        "cost --last x",
        "cost --from 2026-03-05 --to 2026-03-01",
        "cost --date today --month 2026-01",
        "export --period today --from today",
        "daily-totals --start 2026-01-01T00:00:00Z",
        "daily-totals --start x --end y",
        "daily-totals --start 2026-01-02T00:00:00Z --end 2026-01-01T00:00:00Z",
        "daily-totals --start 9999-12-31T00:00:00Z --end 9999-12-31T23:59:59-12:00",
        "today --date 9999-12-31",
        "today --date 2011-12-30 --tz Pacific/Apia",
        "today --tz Seuol",
        "today --tz UTC+9",
        "prune --older-than 0 --yes",
        "prune --older-than x --yes",
        "prune --older-than 2999-01-01 --yes",
    ),
    "what": (
        "today --agent clod",
        "today --agent claud-code",
        "today --agent=",
        "cost --json --csv",
        "cost explain nothing-like-it",
        "archive restore --all --to x",
    ),
    "configuration": (
        "config set language klingon",
        "config set timezone Mars",
        "config set capture.payloads some",
        "config set storage.retention_days 0",
        "config set redaction.patterns a(b",
        "config set redaction.patterns x*",
        "config set nothing.like 1",
        "config set langage ko",
        "config set storage.path /",
    ),
    "database": (
        "today --db {home}/nothing.db",
        "today --db {home}/scrap.db",
        "today --db /",
        "prune --older-than 9d --yes",
    ),
    "statements": (
        "sqlite 'select 1; selec'",
        "sqlite 'select :x'",
        "sqlite 'select ?'",
        "sqlite 'select * from nope'",
        "sqlite 'delete from event'",
        "sqlite --write --yes 'delete from event; begin'",
        "sqlite --param x 'select 1'",
        "sqlite --param x=1 'select 1'",
        "sqlite --param x=1 --param x=2 'select :x'",
    ),
}
"""By what they are about."""
FILES: dict[str, bytes] = {
    "no TOML": b'[storage\nlanguage "ko"\nmirror = \n',
    "no such key": b'langage = "ko"\n[storage]\nretention_dais = 3\n',
    "no such value": b'timezone = "Mars"\ncapture.payloads = 3\nredaction.patterns = ["a("]\n',
    "no UTF-8": b"\xff",
    "too long": b"#" * (1 << 21),
}
"""What may be in a user's file."""
PROJECT: bytes = b'language = "ko"\nmirror = "/m"\n[capture]\nenabled = true\n'


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this process speak a language, whatever its output could write."""

    def in_language(name: str) -> None:
        monkeypatch.setenv("FLUXMIRROR_LANGUAGE", name)
        monkeypatch.setattr(speech, "_spoken", [speech.Language(name, is_chosen=True)])
        monkeypatch.setattr(configured, "_told", set())
        monkeypatch.setattr(configured, "_tried", set())

    return in_language


@pytest.fixture
def complaint(
    flux_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Give what a command line is answered, on standard error."""
    home = flux_home.parent
    (home / "scrap.db").write_text("no database", "utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setenv("TZ", "Asia/Seoul")

    def told(line: str) -> str:
        monkeypatch.setattr(sys, "argv", ["fluxmirror", *shlex.split(line.format(home=home))])
        assert main() != ExitCode.INTERNAL
        return f"$ fluxmirror {line}\n" + capsys.readouterr().err.replace(str(home), "/home")

    return told


def complaints_of_files(complaint: Callable[[str], str], flux_home: Path) -> Iterator[str]:
    """Give what is said of each configuration that cannot be understood."""
    folder = flux_home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    user = folder / "config.toml"
    for content in FILES.values():
        user.write_bytes(content)
        yield complaint("config get mirror")
        yield complaint("drain")
        yield complaint("config set mirror /m")
    user.unlink()
    (folder / "config.json").write_text("[]", "utf-8")
    yield complaint("config get mirror")
    (folder / "config.json").write_text('{"storage": {"retention_days": 9}, "old": 1}', "utf-8")
    configured._tried.clear()
    yield complaint("config get mirror")
    user.unlink()
    (flux_home.parent / ".fluxmirror.toml").write_bytes(PROJECT)
    yield complaint("config get mirror")
    (flux_home.parent / ".fluxmirror.toml").unlink()


def all_complaints(complaint: Callable[[str], str], flux_home: Path) -> str:
    """Give every command line with its answer."""
    told = [complaint(line) for lines in COMMAND_LINES.values() for line in lines]
    return "".join([*told, *complaints_of_files(complaint, flux_home)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_complaints_are_said_as_they_are_written_down(
    speak: Callable[[str], None],
    complaint: Callable[[str], str],
    flux_home: Path,
    language: str,
    same_as_golden: Callable[[str, str], None],
) -> None:
    """Whoever changes a text sees it among the others, and has it read by a native."""
    speak(language)
    screens = all_complaints(complaint, flux_home)
    same_as_golden(f"complaints.{LANGUAGES[language]}.txt", screens)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(language: str) -> None:
    """But for what is typed, and what SQLite says."""
    text = (GOLDEN / f"complaints.{LANGUAGES[language]}.txt").read_text("utf-8")
    assert not [line for line in text.splitlines() if WORDS.search(NAMES.sub("", line))]


@pytest.mark.parametrize(
    "error",
    [
        click.UsageError("A thing that click may say one day."),
        click.BadParameter("a kind of value that nobody expects."),
        click.MissingParameter(),
    ],
)
def test_what_click_says_beside_that_stays_as_it_is(error: click.ClickException) -> None:
    """Its own words are better than none, in our style."""
    said = str(worded(error))
    assert said[0].islower()
    assert not said.endswith(".")


def test_what_there_is_to_choose_from_is_told() -> None:
    """Click lists the choices behind an argument that is missing."""
    argument = click.Argument(["shell"], type=click.Choice(["bash", "zsh"]))
    said = worded(click.MissingParameter(param=argument))
    assert "bash" in str(said)


def test_a_value_is_bad_in_every_language() -> None:
    """A sentence within a sentence is said in the same language."""
    option = click.Option(["--limit"], type=int)
    said = worded(click.BadParameter("'x' is not a valid integer.", param=option))
    assert isinstance(said, Message)
    assert str(said) == "invalid value for '--limit': 'x' is not a valid integer"
    assert load_catalog("zh").say(said) == "'--limit' 的值无效：'x' 不是整数"  # noqa: RUF001


def test_what_was_remembered_of_a_file_is_said_in_the_language_of_today(
    complaint: Callable[[str], str], flux_home: Path, speak: Callable[[str], None]
) -> None:
    """The configuration is understood once; who reads it may speak another language."""
    (flux_home / "config").mkdir(parents=True)
    (flux_home / "config/config.toml").write_bytes(FILES["no such value"])
    for name, said in {"english": "there is no time zone", "korean": "시간대가 없습니다"}.items():
        speak(name)
        assert said in complaint("config get mirror")
    remembered = list((flux_home / "cache/config").iterdir())
    assert remembered
    assert all("zone.unknown" in file.read_text("utf-8") for file in remembered)


def test_an_interrupt_is_said_in_the_language_of_the_run(
    speak: Callable[[str], None],
    complaint: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And so is what a command that was half-way says in it."""

    def interrupted() -> int:
        raise KeyboardInterrupt(message("phrase.nothing_changed"))

    monkeypatch.setattr(app, "run", interrupted)
    speak("korean")
    assert "fluxmirror: 중단했습니다. 아무것도 변경하지 않았습니다\n" in complaint("sqlite")
    speak("english")
    assert "fluxmirror: stopped; nothing was changed\n" in complaint("sqlite")


READ = Imported(Counter(), files=1_200, bytes=3_400_000, responses=1, calls=2_000)


@pytest.mark.parametrize(
    ("language", "said"),
    {
        "en": "1,200 session files read (3.4 MB): 1 new response, 2,000 calls that no hook had told"
        " of",
        "ko": "세션 파일 1,200개를 읽었습니다(3.4 MB): 새 응답 1건, 훅 기록에 없던 호출 2,000건",
        "ja": "セッションファイル1,200件を読み込みました（3.4 MB）：新しい応答1件、"  # noqa: RUF001
        "フックの記録になかった呼び出し2,000件",
        "zh": "已读取 1,200 个会话文件（3.4 MB）：1 条新响应，2,000 次钩子未记录的调用",  # noqa: RUF001
    }.items(),
)
def test_what_was_read_is_one_sentence_in_each_language(language: str, said: str) -> None:
    """Its numbers and units stand where the language has them."""
    found = Found([SessionFile("claude-code", "/s", 1, 1, "")], Counter(), [])
    assert load_catalog(language).say(describe_import(READ, found)) == said
