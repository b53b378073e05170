"""`fluxmirror status` as a person meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_cli.status.facts import cost_text
from fluxmirror_cli.status.line import Cache, cache_path, change_marks, read_cache, write_cache
from fluxmirror_core import journal
from fluxmirror_core.analysis.usage import Cost, UsageRow, build_total
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror status` as it is installed."""
    return subprocess.run(
        [PROGRAM, "status", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "TZ": "UTC", **env},
    )


@pytest.fixture
def today(flux_home: Path, home: Path) -> None:
    """A call that waits in the spool, and two responses, one of a model that nobody knows."""
    told = {"hook_event_name": "PostToolUse", "session_id": "s", "tool_name": "Bash"}
    payload = json.dumps({**told, "tool_use_id": "t-one"}).encode()
    subprocess.run([PROGRAM, "hook", "--kind", "claude"], input=payload, check=True)
    path = home / ".claude/projects/-p/s.jsonl"
    path.parent.mkdir(parents=True)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with path.open("w", encoding="utf-8") as file:
        for key, model in (("one", "claude-opus-4-5"), ("two", "nobody-knows-it")):
            message = {
                "id": key,
                "role": "assistant",
                "model": model,
                "content": [],
                "usage": {"input_tokens": 1_000, "output_tokens": 100},
            }
            line = {"type": "assistant", "sessionId": "s", "timestamp": now, "message": message}
            file.write(json.dumps(line) + "\n")


@pytest.mark.usefixtures("today")
def test_today_is_a_few_figures_and_fresh() -> None:
    """What waits in the spool and in session files is in them, and an unknown cost is told."""
    done = run()
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == f"Today ({datetime.now(UTC):%Y-%m-%d}, UTC)"
    assert lines[2].split() == ["Calls", "1", "in", "1", "session"]
    assert lines[3].split() == ["Tokens", "2.20K", "in", "2", "responses"]
    assert lines[4].split() == ["Cost", "$0.0075+?"]
    assert "ago, Claude Code (" in lines[5]


@pytest.mark.usefixtures("today")
def test_json_has_the_same_figures_exactly() -> None:
    """For programs, with the version of its shape."""
    told = json.loads(run("--json").stdout)
    expected = {
        "version": 1,
        "timezone": "UTC",
        "calls": 1,
        "sessions": 1,
        "failed": 0,
        "responses": 2,
        "input_tokens": 2000,
        "output_tokens": 200,
        "cost": "0.0075",
        "currency": "USD",
        "unpriced_responses": 1,
        "last_event_agent": "claude-code",
        "complete": True,
    }
    assert {name: told[name] for name in expected} == expected
    assert told["last_event_age_s"] >= 0
    assert told["last_event"].endswith("Z")


def test_nothing_recorded_says_what_to_do(flux_home: Path) -> None:
    """And makes no file: looking is no reason for one."""
    done = run()
    assert done.returncode == 0
    assert "fluxmirror install" in done.stdout
    assert not (flux_home / "events.db").exists()
    assert not os.path.exists(cache_path(here()))
    assert json.loads(run("--json").stdout)["last_event"] is None


def test_another_database_is_asked_for(flux_home: Path) -> None:
    """And has to be there."""
    done = run("--db", str(flux_home / "none.db"))
    assert done.returncode == ExitCode.NO_DATA


def test_a_format_is_for_a_prompt() -> None:
    """One sentence, and a hint."""
    done = run("--format", "{calls}")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith("fluxmirror: --format is for --prompt\n  hint: ")


@pytest.mark.usefixtures("today")
def test_a_report_renews_a_cache_that_is_there(flux_home: Path) -> None:
    """Figures that were just worked out need not be worked out again; those of another zone do."""
    marks = change_marks(here().database, here().spool)
    old = Cache(
        until_ms=1, last_ms=1, calls="9", tokens="9", cost="9", database="", spool="", marks=marks
    )
    write_cache(here(), old)
    run("--tz", "Asia/Seoul")
    assert _calls() == "9"
    run()
    assert _calls() == "1"
    cache = read_cache(here())
    assert cache is not None
    assert cache.marks == change_marks(here().database, here().spool)
    assert cache.until_ms > time.time() * 1000


def test_a_refresh_that_fails_is_noted_and_silent(flux_home: Path) -> None:
    """It runs behind a prompt: nobody would see a word of it, and no log may grow by it."""
    flux_home.mkdir()
    (flux_home / "events.db").write_bytes(b"not a database" * 100)
    done = run("--refresh-cache")
    assert done.returncode == 0
    assert journal.counts(here().logs)["status"] == 1
    assert list((flux_home / "logs").glob("error-*")) == []


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "$0.00"),
        ({"responses": 2, "costs": (Cost("USD", 1_200_000_000_000),)}, "$1.20"),
        ({"responses": 2, "unpriced": 1, "costs": (Cost("USD", 5_000_000_000_000),)}, "$5.00+?"),
        ({"responses": 2, "unpriced": 2}, "?"),
        (
            {"responses": 2, "costs": (Cost("USD", 10**12), Cost("EUR", 10**12))},
            "$1.00 + €1.00",
        ),
    ],
)
def test_an_unknown_part_of_a_cost_is_told(fields: dict[str, Any], text: str) -> None:
    """As `cost` does it."""
    usage: UsageRow = build_total([])._replace(**fields)
    assert cost_text(usage, load_catalog()) == text


def _calls() -> str:
    cache = read_cache(here())
    assert cache is not None
    return cache.calls
