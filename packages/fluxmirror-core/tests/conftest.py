"""Golden files: `pytest packages/fluxmirror-core/tests --update-golden` rewrites them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites golden files."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture
def same_as_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name, whole; or write it, if asked to."""

    def compare(name: str, text: str) -> None:
        file = _GOLDEN / name
        # Without this folder on the command line pytest learns of the flag too late to know it.
        if request.config.getoption("update_golden", default=False):
            file.write_text(text, encoding="utf-8", newline="\n")
        assert text == file.read_text(encoding="utf-8")

    return compare
