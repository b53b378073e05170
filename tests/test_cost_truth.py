"""What `cost` tells of made session files is the truth about them, to the token and to the cent."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.cost import command
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core import paths
from fluxmirror_core.config.settings import Settings
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

ROOT = Path(__file__).parents[1]
AGENTS = {
    "claude": "claude-code",
    "codex": "codex-cli",
    "gemini": "gemini-cli",
    "qwen": "qwen-code",
    "copilot": "copilot-cli",
}
COUNTS = (
    "responses",
    "unpriced_responses",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
)


class Made(NamedTuple):
    """A home full of session files, read into a database."""

    database: str
    truth: dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """20 MB of session files with every hard case, imported and priced."""
    directory = tmp_path_factory.mktemp("cost")
    home = directory / "home"
    script = str(ROOT / "scripts" / "make_transcripts.py")
    arguments = [str(home), "--megabytes", "20", "--agents", ",".join(AGENTS)]
    subprocess.run([sys.executable, script, *arguments], check=True)
    places = paths.places({"FLUXMIRROR_HOME": str(directory / "flux")}, sys.platform)
    found = find_session_files({"HOME": str(home), "USERPROFILE": str(home)})
    import_session_files(places, Settings(), found, open_book(places), Wanted())
    truth = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    return Made(places.database, truth)


def told(made: Made, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
    """Ask `cost`, or what stands below it, and read the JSON it prints."""
    done = CliRunner().invoke(command, [*before, "--db", made.database, "--json", *arguments])
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def figures(row: dict[str, Any]) -> tuple[Any, ...]:
    """Give a row's counts and its cost, whoever wrote it."""
    cost = None if row["cost"] is None else Decimal(row["cost"])
    return (*(row[name] for name in COUNTS), cost)


def by_key(rows: list[dict[str, Any]], key: str = "key") -> dict[str, tuple[Any, ...]]:
    """Give each row's figures under its key."""
    return {row[key]: figures(row) for row in rows}


def test_the_total_is_the_truth(made: Made) -> None:
    """Whatever it is added up by."""
    for by in ("day", "week", "month", "agent", "model", "project", "session", "subagent", "tool"):
        facts = told(made, "--by", by, "--tz", "Asia/Seoul")
        assert figures(facts["total"]) == figures(made.truth["total"]), by
        added = [sum(row[name] for row in facts["rows"]) for name in COUNTS]
        assert added == [facts["total"][name] for name in COUNTS], by
        costs = (Decimal(row["cost"]) for row in facts["rows"] if row["cost"] is not None)
        assert sum(costs) == Decimal(facts["total"]["cost"]), by


def test_days_are_the_truth_in_two_zones(made: Made) -> None:
    """Sessions go over midnight in both."""
    rows = told(made, "--tz", "UTC")["rows"]
    assert by_key(rows) == by_key(made.truth["by_day"], "day")
    assert made.truth["by_day_in_zone"]["offset_hours"] == 9
    rows = told(made, "--tz", "Asia/Tokyo")["rows"]
    assert by_key(rows) == by_key(made.truth["by_day_in_zone"]["days"], "zone_day")


def test_agents_are_the_truth(made: Made) -> None:
    """By their ids."""
    expected = {AGENTS[row["agent"]]: figures(row) for row in made.truth["by_agent"]}
    assert by_key(told(made, "--by", "agent")["rows"]) == expected


@pytest.mark.parametrize("agent", AGENTS)
def test_models_and_sessions_are_the_truth(made: Made, agent: str) -> None:
    """Of each agent, as it logged them."""
    for by, sums in (("model", "by_agent_model"), ("session", "by_session")):
        rows = told(made, "--by", by, "--agent", AGENTS[agent])["rows"]
        expected = [row for row in made.truth[sums] if row["agent"] == agent]
        assert by_key(rows) == by_key(expected, by)


@pytest.mark.parametrize(
    "by", ["day", "week", "month", "agent", "model", "project", "session", "subagent", "tool"]
)
def test_every_row_has_an_explanation(made: Made, by: str) -> None:
    """With the same counts and the same cost: any figure of `cost` can be followed."""
    zone = ("--tz", "Asia/Seoul")
    rows = told(made, "--by", by, "--until", "2026-10-31", *zone)["rows"]
    assert rows
    for row in rows:
        limits = ["--by", by, "--until", "2026-10-31", *zone]
        for option in ("agent", "session"):
            limits += [f"--{option}", row[option]] if row.get(option) else []
        key = "unknown" if row["key"] is None else row["key"]
        explained = told(made, *limits, before=("explain", key))
        assert figures(explained["total"]) == figures(row), row
        costs = [Decimal(one["cost"]) for one in explained["responses"] if one["cost"] is not None]
        assert (sum(costs) if costs else None) == figures(row)[-1], row


def test_every_response_is_where_it_is_said_to_be(made: Made) -> None:
    """The line at each offset has the counts that are told; the sum of all is the total."""
    for agent in AGENTS.values():
        arguments = ["explain", agent, "--json", "--db", made.database]
        facts = json.loads(CliRunner().invoke(command, arguments).stdout)
        costs = (Decimal(one["cost"]) for one in facts["responses"] if one["cost"] is not None)
        assert sum(costs) == Decimal(facts["total"]["cost"])
        for one in facts["responses"]:
            assert not one["gone"]
            assert holds(line_at(one["file"], one["offset"]), one["raw"]), one


def line_at(path: str, offset: int) -> Any:  # noqa: ANN401 - whatever the line holds
    """Read the line of a file that begins there."""
    with open(path, "rb") as file:
        file.seek(max(offset - 1, 0))
        assert offset == 0 or file.read(1) == b"\n"
        return json.loads(file.readline())


def holds(value: object, counts: dict[str, Any]) -> bool:
    """Tell whether the counts stand anywhere in a record."""
    if isinstance(value, dict):
        same = all(value.get(name) == count for name, count in counts.items())
        return same or any(holds(one, counts) for one in value.values())
    return isinstance(value, list) and any(holds(one, counts) for one in value)
