"""What builds the events of a place: nothing where nothing is recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.project_rules import Rules
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders

if TYPE_CHECKING:
    from collections.abc import Callable

AGENT = "claude-code"
SLOW = r"(.*a){25}c"


class Projects:
    """Three projects: one is off, two have patterns of their own."""

    def __init__(self) -> None:
        told = {"/off": Rules(is_recorded=False), "/a": Rules(patterns=("nova", "orion"))}
        told["/b"] = Rules(patterns=(SLOW,))
        self.rules_of: Callable[[str], Rules] = lambda directory: told.get(directory, Rules())


@pytest.fixture
def builders() -> Builders:
    """Those of a machine whose user masks `mira`."""
    machine = Machine(Repositories(), "host", "user")
    return Builders(Redactor(b"k", ("mira",)), machine, Settings(), Projects())


def test_one_directory_that_is_off_leaves_all_of_it_out(builders: Builders) -> None:
    """The stricter of several wins."""
    assert builders.within(AGENT, "/off") is None
    assert builders.within(AGENT, "/a", None, "/off") is None
    assert builders.within(AGENT, "/elsewhere", None) is builders.everywhere


def test_agent_that_is_off_is_off_everywhere() -> None:
    """Whatever the directory."""
    machine = Machine(Repositories(), None, None)
    builders = Builders(Redactor(b"k"), machine, Settings(agents_claude_code_enabled=False))
    assert builders.within(AGENT, "/p") is None
    assert builders.within("codex-cli", "/p") is builders.everywhere


def test_patterns_of_all_directories_are_masked(builders: Builders) -> None:
    """Beside the user's; places with the same patterns share a builder."""
    within = builders.within(AGENT, "/a", "/b")
    assert within is not None
    masked = json.dumps(within.scrubber.value(["mira", "nova", "orion", "vega"]))
    assert masked.count("REDACTED") == 3
    assert "vega" in masked
    assert within is builders.within("codex-cli", "/a", "/a", "/b")
    assert builders.everywhere.scrubber.text("nova") == "nova"


def test_slow_values_are_counted_once(builders: Builders) -> None:
    """Whosever patterns were slow."""
    within = builders.within(AGENT, "/b")
    assert within is not None
    assert within.scrubber.text("a" * 4000).startswith("[REDACTED:user:")
    assert [builders.take_slow_values(), builders.take_slow_values()] == [1, 0]
