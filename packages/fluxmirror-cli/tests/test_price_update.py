"""A newer price list: fetched when asked for, checked, kept, and used from then on."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_cli.prices.book import open_book
from fluxmirror_cli.prices.update import UpdateError, update_prices
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = "2026-11-21"
NOW = 1_795_000_000_000


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly."""
    monkeypatch.setenv("NO_PROXY", "*")


@contextmanager
def served(body: bytes, status: int = 200, told: int | None = None) -> Iterator[str]:
    """Serve one answer on loopback; give its address.

    Args:
        body: what is sent.
        status: the answer's status.
        told: the length that the answer promises, when it is another.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if told is None else told))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/data.json"
        finally:
            server.shutdown()
            thread.join()


def provider(name: str, *models: dict[str, Any]) -> dict[str, Any]:
    """Give a provider as the published list has it."""
    return {"id": name, "name": name, "api_pattern": f"https://{name}", "models": list(models)}


def model(name: str, prices: object) -> dict[str, Any]:
    """Give a model as the published list has it."""
    return {"id": name, "match": {"equals": name}, "prices": prices}


PAID = {"input_mtok": 1, "output_mtok": 2}
NEWER = [
    provider(
        "anthropic",
        model("claude-nova-9", {**PAID, "input_mtok": {"base": 5, "tiers": []}}),
        model("claude-opus-5-5", [{"prices": PAID}]),
        model("claude-by-the-hour", {"audio_hours": 1}),
    ),
    provider("openai", model("gpt-nova", PAID)),
    provider("google", model("gemini-nova", PAID)),
]


def update(body: object, today: str = TODAY) -> None:
    """Fetch a list from loopback."""
    with served(json.dumps(body).encode()) as url:
        update_prices(here(), today, url)


def found(name: str) -> tuple[int, str] | None:
    """Give a model's rate of input in pico-dollars, and its source."""
    price = open_book(here()).find("claude-code", name, NOW)
    return None if price is None else (price.rates.input, price.source)


def test_a_newer_list_is_used(flux_home: Path) -> None:
    """New models, new prices; what it does not have is still in the packaged list."""
    packaged = found("claude-sonnet-4-5")
    assert found("claude-nova-9") is None
    with served(json.dumps(NEWER).encode()) as url:
        updated = update_prices(here(), TODAY, url)
    assert updated == (f"genai-prices {TODAY}", 4)
    assert found("claude-nova-9") == (5_000_000, f"genai-prices {TODAY}")
    assert found("claude-opus-5-5") == (1_000_000, f"genai-prices {TODAY}")
    assert found("claude-by-the-hour") is None
    assert found("claude-sonnet-4-5") == packaged


def test_the_newest_list_replaces_the_one_before(flux_home: Path) -> None:
    """One is kept, and nothing beside it."""
    update(NEWER, "2026-11-20")
    update(NEWER)
    assert found("claude-nova-9") == (5_000_000, f"genai-prices {TODAY}")
    kept = list((flux_home / "prices").iterdir())
    assert [file.name for file in kept] == ["genai-prices.json"]
    assert json.loads(kept[0].read_text("utf-8"))["fetched"] == TODAY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"[1]",
        json.dumps(NEWER[:2]).encode(),
        json.dumps([*NEWER[:2], provider("google")]).encode(),
        json.dumps([*NEWER[:2], {"id": "google"}]).encode(),
        json.dumps([*NEWER, provider("x", model("y", {"input_mtok": "z"}))]).encode(),
        json.dumps([*NEWER, provider("x", {"id": "y", "match": {"is": "y"}})]).encode(),
        json.dumps([*NEWER, provider("x", {"id": "y", "match": {}})]).encode(),
        json.dumps([*NEWER, provider("x", {"id": "y", "match": "y"})]).encode(),
    ],
)
def test_what_is_no_price_list_replaces_nothing(flux_home: Path, body: bytes) -> None:
    """A portal's log-in page, half an answer, a format of later: the prices stay."""
    update(NEWER)
    kept = (flux_home / "prices" / "genai-prices.json").read_bytes()
    with served(body) as url, pytest.raises(UpdateError, match="is no price list") as caught:
        update_prices(here(), TODAY, url)
    assert "the prices are as they were" in str(caught.value.hint)
    assert (flux_home / "prices" / "genai-prices.json").read_bytes() == kept


def test_a_failed_download_is_a_sentence(flux_home: Path) -> None:
    """No server, no such page, a connection that breaks, no address: one line and a hint."""
    with served(b"[]") as gone:
        pass
    with served(b"[]", status=404) as missing, served(b"[]", told=9) as broken:
        for url in (gone, missing, broken, "http://", "ftp://127.0.0.1/", "no address"):
            with pytest.raises(UpdateError, match="could not be fetched: ") as caught:
                update_prices(here(), TODAY, url)
            assert "\n" not in str(caught.value)
            assert str(caught.value.hint).startswith("check the network")
            assert caught.value.exit_code == ExitCode.WARNING
    assert not flux_home.exists()


def test_an_endless_answer_is_left(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than any price list is not kept in memory."""
    monkeypatch.setattr("fluxmirror_cli.prices.update._LARGEST", 100)
    with served(b" " * 1_000) as url, pytest.raises(UpdateError, match="too large"):
        update_prices(here(), TODAY, url)


def test_a_list_that_cannot_be_kept_is_told(flux_home: Path) -> None:
    """As any file that cannot be written."""
    flux_home.mkdir()
    (flux_home / "prices").write_text("in the way", encoding="utf-8")
    with pytest.raises(UpdateError, match="could not be written"):
        update(NEWER)


@pytest.mark.parametrize("damaged", [b"", b"{}", b"\xff", b'{"fetched": 1, "providers": [1]}'])
def test_a_damaged_list_is_left_alone(flux_home: Path, damaged: bytes) -> None:
    """The packaged prices are there for anybody."""
    update(NEWER)
    (flux_home / "prices" / "genai-prices.json").write_bytes(damaged)
    sonnet = found("claude-sonnet-4-5")
    assert sonnet is not None
    assert sonnet[0] == 3_000_000
    assert found("claude-nova-9") is None
