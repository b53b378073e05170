"""`fluxmirror prices` as a person meets it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.prices import _day_start, _used, _used_text, command
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

USED = [
    ("claude-code", "claude-opus-5-5", 1_200, 1_795_000_000_000),
    ("opencode", "my\x1bmodel", 7, 1_795_000_000_000),
    ("codex-cli", None, 1, 1_795_000_000_000),
]


def run(*arguments: str) -> Result:
    """Run `fluxmirror prices` in this process; what it raises is for the one place of errors."""
    return CliRunner().invoke(command, arguments, catch_exceptions=True)


def test_a_model_is_shown_with_its_tiers(flux_home: Path) -> None:
    """Per million tokens, as makers tell their prices, and where it is from."""
    lines = run("show", "claude-sonnet-4-5-20250929").output.splitlines()
    assert lines[0].startswith("claude-sonnet-4-5 · anthropic · genai-prices ")
    cells = [line.split() for line in lines[2:]]
    assert cells[0] == (
        [
            "USD",
            "per",
            "million",
            "tokens",
            "input",
            "output",
            "cache",
            "read",
            "cache",
            "write",
            "5m",
            "cache",
            "write",
            "1h",
        ]
    )
    assert cells[1] == ["other", "prompts", "3.00", "15.00", "0.30", "3.75", "6.00"]
    assert cells[2] == ["prompts", "above", "200,000", "6.00", "22.50", "0.60", "7.50", "12.00"]


def test_json_tells_the_same(flux_home: Path) -> None:
    """Decimals as text: no program makes a float of them by mistake."""
    told = json.loads(run("show", "claude-opus-4-6", "--agent", "claude-code", "--json").output)
    price = told["price"]
    assert (told["version"], price["model"], price["since"]) == (1, "claude-opus-4-6", "2026-03-13")
    assert price["per_million_tokens"]["output"] == "25.00"
    assert price["per_request"] == "0.00"
    assert isinstance(price["tiers"], list)


def test_every_answer_is_there_for_programs(flux_home: Path) -> None:
    """Of the models that were used, and of what was priced again; not before a subcommand."""
    connect_to_write(here().database).close()
    assert json.loads(run("--json").output) == {"version": 1, "models": []}
    told = json.loads(run("reprice", "--json").output)
    assert told == {"version": 1, "responses": 0, "changed": 0, "unpriced": 0}
    assert isinstance(run("--json", "show").exception, UsageError)


def test_an_unknown_model_is_no_data(flux_home: Path) -> None:
    """With where a price of one's own goes."""
    error = run("show", "claude-nova-9").exception
    assert isinstance(error, NoDataError)
    assert str(error) == "no price is known for 'claude-nova-9'"
    assert os.path.join(str(flux_home), "config", "prices.toml") in str(error.hint)
    assert "`fluxmirror prices reprice`" in str(error.hint)


@pytest.mark.parametrize("model", ["house-9", "house*[1m]?", 'a "quoted"\\\t\x7f한국어'])
def test_an_unknown_model_gets_an_entry_to_fill_in(flux_home: Path, model: str) -> None:
    """Refused as it is, as nothing is free by mistake; filled in it is the model's price."""
    entry = run("show", model, "--agent", "opencode").stdout
    path = flux_home / "config" / "prices.toml"
    path.parent.mkdir(parents=True)
    path.write_text(entry, encoding="utf-8")
    assert isinstance(run("show", model).exception, UsageError)
    path.write_text(entry.replace('"?"', '"0.30"'), encoding="utf-8")
    shown = run("show", model, "--agent", "opencode").stdout
    assert " · your own price · prices.toml" in shown
    assert isinstance(run("show", model, "--agent", "codex").exception, NoDataError)
    assert run("show", model, "--json").stdout == ""


@pytest.mark.parametrize("arguments", [("show", "--agent", "foo"), ("show", "m", "--agent", "foo")])
def test_an_agent_that_is_none_is_refused(flux_home: Path, arguments: tuple[str, ...]) -> None:
    """As everywhere."""
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert str(error) == "there is no agent called 'foo'"


def test_an_alias_that_leads_nowhere_is_told(flux_home: Path) -> None:
    """To an unknown name, or in a circle; one that leads to a price is not spoken of."""
    aliases = [("a", "b"), ("b", "a"), ("fine", "claude-opus-5-5"), ("owned", "zzz")]
    tables = [f'[[alias]]\nmodel = "{model}"\nas = "{name}"\n' for model, name in aliases]
    tables.append('[[price]]\nmodel = "owned"\nfree = true\n')
    path = flux_home / "config" / "prices.toml"
    path.parent.mkdir(parents=True)
    path.write_text("".join(tables), encoding="utf-8")
    warned = [line for line in run("show").stderr.splitlines() if "[[alias]]" in line]
    assert [line.partition("[[alias]] ")[2] for line in warned] == [
        "'a' is priced as 'b', which has no price",
        "'b' is priced as 'a', which has no price",
    ]


def test_used_models_without_a_price_come_last(flux_home: Path) -> None:
    """And below them what a person can do about it."""
    rows = _used(open_book(here()), USED, None)
    assert [row["model"] for row in rows] == ["claude-opus-5-5", "my\x1bmodel", None]
    lines = [line.split() for line in _used_text(rows).splitlines()]
    assert lines[0] == ["USD", "per", "million", "tokens"]
    prices = ["4.00", "20.00", "0.20", "5.00", "8.00"]
    assert lines[3][:8] == ["claude-code", "claude-opus-5-5", "1,200", *prices]
    assert lines[4] == ["opencode", "my\\x1bmodel", "7", *["-"] * 5, "unknown"]
    assert lines[5] == ["codex-cli", "-", "1", *["-"] * 5, "unknown"]
    assert "`fluxmirror prices show MODEL`" in _used_text(rows).splitlines()[-1]


def test_used_models_may_be_of_one_agent(flux_home: Path) -> None:
    """`--agent` leaves the others out; of nothing there is a sentence."""
    book = open_book(here())
    assert [row["agent"] for row in _used(book, USED, "opencode")] == ["opencode"]
    assert _used_text(_used(book, USED, "qwen-code")) == "no model was used yet\n"


def test_reprice_wants_a_date() -> None:
    """The day is one of the zone that reports count in."""
    with pytest.raises(UsageError, match="is no date"):
        _day_start("yesterday")


def test_reprice_counts_days_as_reports_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first instant of the local day on."""
    monkeypatch.setenv("FLUXMIRROR_TIMEZONE", "Asia/Tokyo")
    assert _day_start("2026-03-02") == 1_772_377_200_000


@pytest.mark.parametrize("name", ["show", "update", "reprice"])
def test_each_has_help(name: str) -> None:
    """And none of them does anything for it."""
    assert run(name, "--help").output.startswith(f"Usage: prices {name}")
