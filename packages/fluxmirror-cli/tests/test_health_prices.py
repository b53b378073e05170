"""Doctor says which prices hold, and what is wrong with the user's own."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from fluxmirror_cli.health.prices import examine_prices
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

OWN = """
[[price]]
model = "gpt-oss*"
free = true

[[alias]]
model = "company-sonnet"
as = "claude-sonnet-4-5"
"""


def rows() -> list[Row]:
    """Give doctor's rows."""
    return list(examine_prices(here()))


def write(path: Path, content: str) -> Path:
    """Write a file, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_prices_come_with_the_program(flux_home: Path) -> None:
    """The list's version is told, and where own prices would be; nothing is made."""
    (row,) = rows()
    assert row.status == "ok"
    assert str(row.detail).startswith("genai-prices ")
    assert str(row.detail) == f"genai-prices {version('genai-prices')}; none of your own"
    assert row.facts["own_path"] == str(flux_home / "config/prices.toml")
    assert not flux_home.exists()


def test_own_prices_are_counted(flux_home: Path) -> None:
    """Prices and other names alike."""
    path = write(flux_home / "config/prices.toml", OWN)
    (row,) = rows()
    assert (row.status, str(row.detail).partition("; ")[2]) == (
        "ok",
        f"2 entries of your own in {path}",
    )


def test_broken_own_prices_are_a_warning(flux_home: Path) -> None:
    """With the sentence and the hint that every report gives."""
    write(flux_home / "config/prices.toml", OWN.replace("free = true", "input = 'much'"))
    (row,) = rows()
    assert row.status == "warn"
    assert "prices.toml" in str(row.detail)
    assert row.remedy


def test_downloaded_list_is_told_with_its_day(flux_home: Path) -> None:
    """One that cannot be read is not used, and that is a warning."""
    path = flux_home / "prices/genai-prices.json"
    write(path, json.dumps({"fetched": "2026-11-20", "providers": []}))
    (row,) = rows()
    assert str(row.detail).startswith("genai-prices of 2026-11-20, downloaded; ")
    write(path, "{")
    (row,) = rows()
    assert row.status == "warn"
    assert str(row.detail).endswith(
        f"is no price list: genai-prices {version('genai-prices')} is used"
    )
    assert str(row.remedy).startswith("run `fluxmirror prices update`")
