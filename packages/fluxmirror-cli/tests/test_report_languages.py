"""The language of a report, where the output cannot write it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
WEEK = ("week", "--date", "2025-03-05", "--tz", "UTC")
TOLD = "the output cannot write Korean (ascii), so this report is in English"


@pytest.fixture(autouse=True)
def calls(record: Callable[..., Path], call: Callable[..., AgentEvent]) -> None:
    """A call in March 2025."""
    record([call(1_741_176_000_000)])


def in_ascii(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose output is ASCII."""
    plain = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C", **variables}
    return subprocess.run(
        [sys.executable, "-c", RUN, *words],
        capture_output=True,
        check=False,
        env={**os.environ, **plain},
        encoding="ascii",
    )


@pytest.mark.parametrize(
    ("name", "begins"), [("a.html", '<!doctype html>\n<html lang="ko">'), ("a.md", "# [가-힣]")]
)
def test_a_file_is_in_the_language_that_was_asked_for(
    name: str, begins: str, tmp_path: Path
) -> None:
    """What a terminal cannot write is no matter of a file, which is UTF-8."""
    file = tmp_path / name
    done = in_ascii(*WEEK, "--lang", "ko", "--out", str(file))
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    assert done.stdout.startswith(f"wrote {file} (")
    assert re.match(begins, file.read_text(encoding="utf-8"))


def test_a_new_page_is_in_the_language_that_is_configured(flux_home: Path) -> None:
    """As a file that is named."""
    done = in_ascii(*WEEK, "--format", "html", FLUXMIRROR_LANGUAGE="korean")
    (page,) = (flux_home / "reports").iterdir()
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (("--lang", "ko"), {}),
        (("--lang", "ko", "--out", "-", "--format", "html"), {}),
        ((), {"FLUXMIRROR_LANGUAGE": "korean"}),
    ],
)
def test_an_output_that_lacks_the_letters_is_told_of(
    words: tuple[str, ...], variables: dict[str, str]
) -> None:
    """Nobody wonders why the language they chose does nothing."""
    done = in_ascii(*WEEK, *words, **variables)
    assert done.returncode == ExitCode.OK
    assert done.stderr.count(TOLD) == 1
    assert "What the agents did" in done.stdout


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        ((), {"LC_ALL": "ko_KR.UTF-8"}),
        (("--lang", "ko", "--json"), {}),
        (("--lang", "en"), {}),
    ],
)
def test_what_nobody_misses_is_not_told_of(
    words: tuple[str, ...], variables: dict[str, str]
) -> None:
    """A locale is no choice of ours, and programs read English in any case."""
    done = in_ascii(*WEEK, *words, **variables)
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ko", "그런 파일이나 디렉터리가 없음"),
        ("ja", "そのようなファイルやディレクトリはありません"),
        ("zh", "没有该文件或目录"),
    ],
)
def test_what_the_system_says_is_said_in_the_language(
    language: str, told: str, run_here: Callable[..., tuple[str, str, int]], tmp_path: Path
) -> None:
    """A sentence of which half is English helps nobody who does not read it."""
    _, said, code = run_here(*WEEK, "--lang", language, "--out", str(tmp_path / "no" / "a.html"))
    assert code == ExitCode.OUTPUT
    assert told in said
    assert "No such" not in said
