"""`fluxmirror --help` in the language of whoever asks, as quickly as in English."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_cli.command_table import COMMANDS
from fluxmirror_cli.overview import overview_texts
from fluxmirror_core.messages import read_texts
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from pathlib import Path

RUN: Final = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
BOTH: Final = (
    "from fluxmirror_cli.overview import help_language; "
    "from fluxmirror_cli.speech import own_catalog; "
    "print(help_language(), own_catalog().language)"
)
LOADED: Final = (
    "import sys; old = set(sys.modules); sys.argv[1:] = ['--help']; "
    "from fluxmirror_cli.entry import main; main(); "
    "print(*sorted(set(sys.modules) - old), file=sys.stderr)"
)
LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def run(code: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process without a locale but the one that is given."""
    kept = {name: value for name, value in os.environ.items() if name not in LOCALE}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env=kept | {"PYTHONUTF8": "1"} | env,
    )


@pytest.mark.parametrize("language", ["ko", "ja", "zh"])
def test_the_quick_reader_reads_what_the_catalog_says(language: str) -> None:
    """It knows no TOML, and need not: the table's lines are all alike."""
    prefix = "help.overview."
    texts = {one: text for one, text in read_texts(language).items() if one.startswith(prefix)}
    assert overview_texts(language) == {
        one.removeprefix(prefix): text for one, text in texts.items()
    }
    assert not [text for text in texts.values() if "\\" in text or '"' in text]


@pytest.mark.parametrize(
    ("language", "usage", "today"),
    [
        ("korean", "사용법: ", "오늘 에이전트가 한 일"),
        ("japanese", "使用法：", "今日のエージェントの活動"),  # noqa: RUF001 - what is meant
        ("chinese", "用法：", "智能体今天做了什么"),  # noqa: RUF001 - what is meant
    ],
)
def test_help_is_in_the_language_of_whoever_asks(language: str, usage: str, today: str) -> None:
    """Both roads to it say the same, and every line fits a terminal of 80 columns."""
    told = run(RUN, "--help", FLUXMIRROR_LANGUAGE=language).stdout
    assert told.startswith(f"{usage}fluxmirror [OPTIONS] COMMAND [ARGS]...\n")
    assert f"\n  today          {today}\n" in told
    assert told == run(RUN, "-h", FLUXMIRROR_LANGUAGE=language).stdout
    assert max(map(width, told.splitlines())) <= 80
    assert not [name for name, _, text in COMMANDS if f"  {name}  " not in told or text in told]


def test_a_group_without_a_command_shows_its_help_in_the_language() -> None:
    """As `--help` does."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, "config"],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"FLUXMIRROR_LANGUAGE": "ko", "PYTHONUTF8": "1"},
    )
    assert done.stderr == run(RUN, "config", "--help", FLUXMIRROR_LANGUAGE="ko").stdout
    assert done.stderr.startswith("사용법: fluxmirror config ")


@pytest.mark.parametrize(
    ("file", "env", "expected"),
    [
        ("", {}, "en"),
        ("", {"LANG": "ko_KR.UTF-8"}, "ko"),
        ("", {"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ("", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("language = 'japanese'\n", {"LANG": "ko_KR.UTF-8"}, "ja"),
        ('# mine\n\n"language"="zh" # written by hand\n[storage]\n', {}, "zh"),
        ("timezone = 'Asia/Seoul'\n[storage]\nlanguage = 'ko'\n", {}, "en"),
        ("language = 'klingon'\n", {"LANG": "ko"}, "ko"),
        ("language = 'japanese'\n", {"FLUXMIRROR_LANGUAGE": "中文"}, "zh"),
        ("language = 'japanese'\n", {"FLUXMIRROR_LANGUAGE": "klingon"}, "ja"),
        ("language = 'japanese'\n", {"PYTHONIOENCODING": "latin-1"}, "en"),
    ],
)
def test_the_language_is_the_one_of_reports(
    flux_home: Path, file: str, env: dict[str, str], expected: str
) -> None:
    """Told without understanding the configuration, and as if it had been."""
    if file:
        (flux_home / "config").mkdir(parents=True)
        (flux_home / "config" / "config.toml").write_text(file, encoding="utf-8")
    assert run(BOTH, **env).stdout.split() == [expected, expected]


@pytest.mark.parametrize("language", ["english", "korean"])
def test_help_loads_next_to_nothing(flux_home: Path, language: str) -> None:
    """In whatever language, with a configuration and without."""
    (flux_home / "config").mkdir(parents=True)
    (flux_home / "config" / "config.toml").write_text(f'language = "{language}"\n')
    loaded = {one.partition(".")[0] for one in run(LOADED).stderr.split()}
    assert loaded - sys.stdlib_module_names == {"fluxmirror_cli", "fluxmirror_core"}
    assert not loaded & {"typing", "enum", "re", "tomllib", "json", "functools", "pathlib"}
