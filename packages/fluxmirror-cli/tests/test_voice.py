"""What a report that is forwarded masks is masked in one way all through a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_cli.voice import are_tags_lasting, forwarding_mask

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"


def test_equal_secrets_have_equal_tags_in_a_run_without_a_key(flux_home: Path) -> None:
    """A report asks for its mask in several places, and makes no key by looking."""
    shown = [forwarding_mask()(f"token {SECRET}") for _ in range(2)]
    assert shown[0] == shown[1]
    assert "REDACTED" in shown[0]
    assert SECRET not in shown[0]
    assert not are_tags_lasting()
    assert not flux_home.exists()
