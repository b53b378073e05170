"""Every recorded payload means what a person reading it would say.

The expected values stand in `payloads/expected.toml`, written by hand.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_core.event import AFTER, BATCH, BEFORE, AgentEvent
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import Capture, PayloadReader

if TYPE_CHECKING:
    from collections.abc import Mapping

PAYLOADS: Final = Path(__file__).parent / "payloads"
EXPECTED: Final[Mapping[str, Mapping[str, object]]] = tomllib.loads(
    (PAYLOADS / "expected.toml").read_text(encoding="utf-8")
)
KINDS: Final = {"copilot-camel": "copilot"}
PHASES: Final = {BEFORE: "before", AFTER: "after", BATCH: "batch", 0: None}
COLUMNS: Final = {"canonical": "tool_canonical", "class": "tool_class"}
FIELDS: Final = (
    "agent",
    "kind",
    "hook_event",
    "tool",
    "canonical",
    "class",
    "mcp_server",
    "mcp_tool",
    "detail",
    "path",
    "outcome",
    "exit_code",
    "duration_ms",
    "session",
    "subagent",
    "call_id",
    "model",
)


def recorded() -> list[str]:
    """Name every recorded payload, `folder/file.json`."""
    files = PAYLOADS.glob("*/*.json")
    return sorted(f"{f.parent.name}/{f.name}" for f in files if not f.name.startswith("_"))


def registered_event(name: str) -> str:
    """Give the hook event a payload was registered under: the first part of its file's name."""
    stem = name.partition("/")[2].removesuffix(".json").partition("-")[0]
    return stem if stem.startswith(("tool.", "chat.", "event.")) else stem.partition(".")[0]


def read(name: str) -> list[AgentEvent]:
    """Read a recorded payload as the drain does."""
    folder = name.partition("/")[0]
    capture = Capture(
        name="spooled",
        words=(KINDS.get(folder, folder), registered_event(name)),
        env={},
        payload=(PAYLOADS / name).read_bytes(),
        captured_ms=1_795_232_000_000,
    )
    return (
        PayloadReader(Builders(Redactor(b"key"), Machine(Repositories(), "host", "user")))
        .read(capture)
        .events
    )


def as_told(event: AgentEvent) -> dict[str, object]:
    """Put an event into the words of the table: what is empty is left out."""
    told = {field: getattr(event, COLUMNS.get(field, field)) for field in FIELDS}
    told |= {"phase": PHASES[event.phases], "error": event.error is not None or None}
    return {field: value for field, value in told.items() if value not in (None, "")}


def test_every_payload_is_in_the_table() -> None:
    """Adding a payload means reading it."""
    assert sorted(EXPECTED) == recorded()


@pytest.mark.parametrize("name", recorded())
def test_payload_gives_the_event_a_person_reads(name: str) -> None:
    """Agent, kind, tool, class, detail and outcome are those written down by hand."""
    expected = EXPECTED[name]
    calls = expected.get("calls", [expected])
    assert [as_told(event) for event in read(name)] == calls


@pytest.mark.parametrize("name", recorded())
def test_payload_tells_its_agent_without_any_registration(name: str) -> None:
    """The evidence is the payload's own; only a bare SessionEnd-like payload may need the words."""
    assert all(event.evidence.startswith("payload:") for event in read(name))
