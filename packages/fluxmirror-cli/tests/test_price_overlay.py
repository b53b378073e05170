"""The user's own prices: they win, and what is wrong with them is told to the table and key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.prices import overlay
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.errors import UsageError
from fluxmirror_core.paths import here
from fluxmirror_core.pricing import Price, Rates

if TYPE_CHECKING:
    from pathlib import Path

FREE = Rates(0, 0, 0, 0, 0)


def at(year: int, month: int, day: int, hour: int = 0) -> int:
    """Give an instant in UTC milliseconds."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1_000


NOW = at(2026, 11, 21)


@pytest.fixture
def prices(flux_home: Path) -> Path:
    """Where the file goes; not written yet."""
    folder = flux_home / "config"
    folder.mkdir(parents=True)
    return folder / "prices.toml"


def find(agent: str, model: str, ts_ms: int = NOW) -> Price | None:
    """Look a model up with what is in the file now."""
    return open_book(here()).find(agent, model, ts_ms)


def rates(agent: str, model: str, ts_ms: int = NOW) -> Rates | None:
    """Give the rates alone."""
    price = find(agent, model, ts_ms)
    return price and price.rates


def test_prices_are_exact_however_they_are_written(prices: Path) -> None:
    """Text, whole numbers and fractions: 0.1 is a tenth, not what a float makes of it."""
    prices.write_text(
        """
        [[price]]
        model = "qwen3-coder-plus"
        input = "0.30"
        output = 1.1
        cache_read = 0.000001
        cache_write_5m = 2
        cache_write_1h = "1e-1"
        """,
        encoding="utf-8",
    )
    expected = Rates(300_000, 1_100_000, 1, 2_000_000, 100_000)
    assert find("qwen-code", "qwen3-coder-plus") == Price(
        "own", "qwen3-coder-plus", "USD", "prices.toml", None, expected
    )


def test_what_is_left_out_is_paid_as_what_it_is_part_of(prices: Path) -> None:
    """As in the price lists: caches as input, an hour's cache write as five minutes'."""
    prices.write_text(
        """
        [[price]]
        model = "a"
        input = 1
        output = 2
        [[price]]
        model = "b"
        input = 1
        output = 2
        cache_write_5m = 3
        """,
        encoding="utf-8",
    )
    million = 10**6
    assert rates("opencode", "a") == Rates(million, 2 * million, million, million, million)
    assert rates("opencode", "b") == Rates(million, 2 * million, million, 3 * million, 3 * million)


def test_own_prices_win(prices: Path) -> None:
    """Whoever has a contract knows better than any list."""
    prices.write_text('[[price]]\nmodel = "claude-opus-*"\nfree = true', encoding="utf-8")
    assert rates("claude-code", "claude-opus-5-5") == FREE
    assert rates("claude-code", "Claude-Opus-5-5") == FREE
    listed = find("claude-code", "claude-sonnet-4-5")
    assert listed is not None
    assert listed.source.startswith("genai-prices ")


def test_a_price_may_be_of_one_agent(prices: Path) -> None:
    """The same model may be paid in one, and come with a subscription in another."""
    prices.write_text(
        '[[price]]\nmodel = "*"\nagent = "copilot-cli"\nfree = true', encoding="utf-8"
    )
    assert rates("copilot-cli", "some-model") == FREE
    assert rates("opencode", "some-model") is None


def test_the_later_price_holds_from_its_day_on(prices: Path) -> None:
    """In UTC, whatever the order in the file; before the first day the lists are asked."""
    prices.write_text(
        """
        [[price]]
        model = "claude-opus-5-5"
        since = "2026-10-01"
        free = true
        [[price]]
        model = "claude-opus-*"
        since = 2026-09-01
        input = 1
        output = 1
        """,
        encoding="utf-8",
    )

    def source_and_day(ts_ms: int) -> tuple[str, str | None]:
        price = find("claude-code", "claude-opus-5-5", ts_ms)
        assert price is not None
        return price.source.partition(" ")[0], price.since

    assert source_and_day(at(2026, 10, 1)) == ("prices.toml", "2026-10-01")
    assert source_and_day(at(2026, 9, 30, 23)) == ("prices.toml", "2026-09-01")
    assert source_and_day(at(2026, 9, 1)) == ("prices.toml", "2026-09-01")
    assert source_and_day(at(2026, 8, 31, 23)) == ("genai-prices", None)


def test_a_model_of_no_list_has_no_price_before_its_first_day(prices: Path) -> None:
    """Unknown, not the price of later."""
    prices.write_text(
        '[[price]]\nmodel = "mine"\nsince = 2026-10-01\nfree = true', encoding="utf-8"
    )
    assert rates("opencode", "mine", at(2026, 9, 30)) is None
    assert rates("opencode", "mine", at(2026, 10, 1)) == FREE


def test_an_alias_is_priced_as_what_it_stands_for(prices: Path) -> None:
    """By the lists, or by a price of the user's own; one of its own name comes first."""
    prices.write_text(
        """
        [[alias]]
        model = "company-*"
        as = "claude-opus-5-5"
        [[alias]]
        model = "fast"
        as = "local"
        agent = "opencode"
        [[price]]
        model = "local"
        free = true
        [[price]]
        model = "company-dear"
        input = 9
        output = 9
        """,
        encoding="utf-8",
    )
    assert find("opencode", "company-opus") == find("opencode", "claude-opus-5-5")
    assert rates("opencode", "fast") == FREE
    assert rates("qwen-code", "fast") is None
    dear = rates("opencode", "company-dear")
    assert dear is not None
    assert dear.input == 9_000_000


PRICED = 'model = "x"\ninput = 1\noutput = 1\n'


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[[price", "is no TOML: ", "mend it"),
        ("[[prices]]\n" + PRICED, "there is no 'prices'", "did you mean price?"),
        ("[price]\n" + PRICED, "price is no table", "write [[price]] above each"),
        ("price = [1]", "price is no table", "write [[price]] above each"),
        ("[[price]]\ninput = 1\noutput = 1", "number 1: model is missing", 'write model = "…"'),
        ("[[price]]\nmodel = 1", "number 1: model is no text", 'write model = "…"'),
        ("[[price]]\nmodel = ''", "number 1: model is no text", 'write model = "…"'),
        ("[[price]]\nmodel = 'x'", "number 1: input is missing", "or free = true"),
        ("[[price]]\nmodel = 'x'\ninput = 1", "number 1: output is missing", "or free = true"),
        (
            f"[[price]]\n{PRICED}[[price]]\n{PRICED}inptu = 1",
            "[[price]] number 2: there is no 'inptu'",
            "did you mean input?",
        ),
        (f"[[price]]\n{PRICED}cache_read = -1", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = true", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = nan", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = inf", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = '$1'", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = 1e99", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = []", "cache_read is no price", "dollars per million"),
        (f"[[price]]\n{PRICED}cache_read = 1e-7", "has more than six decimals", "round it"),
        (f"[[price]]\n{PRICED}free = true", "input is a price of what is free", "leave out"),
        (f"[[price]]\n{PRICED}free = 1", "free is neither true nor false", "free = true"),
        (f"[[price]]\n{PRICED}since = 2026", "since is no date", "YYYY-MM-DD"),
        (f"[[price]]\n{PRICED}since = '2026-13-01'", "since is no date", "YYYY-MM-DD"),
        (f"[[price]]\n{PRICED}since = 2026-01-01T00:00:00", "since is no date", "YYYY-MM-DD"),
        (f"[[price]]\n{PRICED}agent = 'claude'", "agent 'claude' is unknown", "claude-code"),
        ("[[alias]]\nmodel = 'x'", "[[alias]] number 1: as is missing", 'write as = "…"'),
        ("[[alias]]\nas = 'x'", "[[alias]] number 1: model is missing", 'write model = "…"'),
    ],
)
def test_what_is_wrong_is_told_by_table_and_key(
    prices: Path, text: str, said: str, hint: str
) -> None:
    """One sentence that names the file, and what to do about it."""
    prices.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        open_book(here())
    assert str(caught.value).startswith(str(prices))
    assert said in str(caught.value)
    assert hint in str(caught.value.hint)


def test_the_example_is_understood(prices: Path) -> None:
    """What the module shows can be copied."""
    prices.write_text((overlay.__doc__ or "").partition("\n\n")[2], encoding="utf-8")
    assert rates("qwen-code", "qwen3-coder-plus") == Rates(
        300_000, 1_500_000, 30_000, 375_000, 600_000
    )
    assert rates("opencode", "gpt-oss:20b") == FREE
    assert find("opencode", "company-sonnet") == find("opencode", "claude-sonnet-4-5")


def test_a_file_that_cannot_be_read_is_told(prices: Path) -> None:
    """Prices that the user wrote are never left out in silence."""
    prices.mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        open_book(here())
    prices.rmdir()
    prices.write_bytes(b'[[price]]\nmodel = "\xff"')
    with pytest.raises(UsageError, match="is no TOML"):
        open_book(here())


def test_a_file_of_notepad_is_read(prices: Path) -> None:
    """With a byte order mark, and Windows' line ends."""
    prices.write_bytes(b'\xef\xbb\xbf[[price]]\r\nmodel = "x"\r\nfree = true\r\n')
    assert rates("opencode", "x") == FREE
