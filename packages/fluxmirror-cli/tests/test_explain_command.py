"""`fluxmirror explain` says what each figure means, in every language."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from fluxmirror_core.analysis.metrics import METRICS
from fluxmirror_core.analysis.terms import TERMS
from fluxmirror_core.report.as_text import width

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
LANGUAGES = {
    "english": "Failure rate",
    "korean": "실패율",
    "japanese": "失敗率",
    "chinese": "失败率",
}
COLUMNS = 80
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")


def explain(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror explain` as it is installed, at a terminal of 80 columns."""
    return subprocess.run(
        [PROGRAM, "explain", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_is_listed(language: str) -> None:
    """In the order of reports, in columns, in one language; below them the other words."""
    done = explain("--lang", language)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : len(METRICS) + 1]] == [
        metric.key for metric in METRICS
    ]
    listed = lines[len(METRICS) + 3 : len(METRICS) + 3 + len(TERMS)]
    assert [line.split()[0] for line in listed] == [term.key for term in TERMS]
    assert any(LANGUAGES[language] in line for line in lines)
    assert max(map(width, lines)) <= COLUMNS


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_metric_is_explained_in_every_language(language: str) -> None:
    """Its name, its definition and its unit, within the terminal's width."""
    done = explain("failure_rate", "--lang", language)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{LANGUAGES[language]} (failure_rate)"
    assert max(map(width, lines)) <= COLUMNS
    if language != "english":
        assert not ENGLISH.search(done.stdout)


@pytest.mark.parametrize("asked", ["rework_loops", "Rework loops", "REWORK-LOOPS", "재작업 반복"])
def test_a_metric_goes_by_its_key_and_its_name(asked: str) -> None:
    """However they are written; by its name in the language that is spoken, or in English."""
    done = explain(asked, "--lang", "korean")
    assert done.stdout.startswith("재작업 반복 (rework_loops)\n")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("실패율", "Failure rate (failure_rate)"),
        ("Loops", "Rework loops (rework_loops)"),
        ("Share", "Share (share)"),
        ("+?", "+? (unpriced)"),
        ("n/a", "Change (change)"),
    ],
)
def test_any_word_of_a_report_is_explained(asked: str, told: str) -> None:
    """In whatever language it is, within the terminal's width."""
    done = explain(asked, "--lang", "english")
    assert done.stdout.splitlines()[0] == told
    assert max(map(len, done.stdout.splitlines())) <= COLUMNS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ["coverage", "week_theme", "unpriced", "day_shape"])
def test_a_long_definition_fits_the_terminal(asked: str, language: str) -> None:
    """However its language breaks lines."""
    lines = explain(asked, "--lang", language).stdout.splitlines()
    assert max(map(width, lines)) <= COLUMNS


def test_a_metric_of_several_words_needs_no_quotes() -> None:
    """As a report has them; a hyphen alone is what an output of plain letters has for a dash."""
    assert explain("focus", "blocks").stdout == explain("focus_blocks").stdout
    assert explain("-", "--lang", "english").stdout.splitlines()[0] == "\u2013 (none)"


def test_an_unknown_metric_is_refused_with_a_guess() -> None:
    """By its key or any name; or with the way to see all of them."""
    loops = explain("Lops", "--lang", "english")
    assert "did you mean rework_loops?" in loops.stderr
    near, far = explain("failure-rat"), explain("zzz")
    assert (near.returncode, far.returncode) == (2, 2)
    assert "did you mean failure_rate?" in near.stderr
    assert "`fluxmirror explain` lists them all" in far.stderr


def test_json_says_the_same_in_english() -> None:
    """All metrics, or the one that is asked for."""
    listed = json.loads(explain("--json", "--lang", "japanese").stdout)
    assert listed["version"] == 1
    assert [one["key"] for one in listed["metrics"]] == [metric.key for metric in METRICS]
    one = json.loads(explain("calls", "--json").stdout)
    assert one["metric"] == listed["metrics"][0]
    assert one["metric"]["name"] == "Tool calls"
    assert [term["key"] for term in listed["terms"]] == [term.key for term in TERMS]
    word = json.loads(explain("Share", "--json").stdout)
    assert word["term"] == next(term for term in listed["terms"] if term["key"] == "share")
