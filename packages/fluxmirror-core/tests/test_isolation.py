"""A session of two agents is a leak, named once; what has no id is none."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.isolation import (
    AgentRows,
    Leak,
    SeenRows,
    build_isolation,
    build_layer,
)
from fluxmirror_core.period import day_period

DAY = day_period(date(2026, 3, 2), ZoneInfo("UTC"))


def test_a_layer_counts_events_sessions_and_tools() -> None:
    """Per agent, by name; tools with the most calls first."""
    layer = build_layer(
        "database",
        [
            SeenRows("b", "s", "Read", 2),
            SeenRows("b", "t", "Bash", 5),
            SeenRows("b", "t", None),
            SeenRows("a", None, "Edit"),
        ],
    )
    assert layer.agents == (
        AgentRows("a", 1, (), (("Edit", 1),)),
        AgentRows("b", 8, ("s", "t"), (("Bash", 5), ("Read", 2))),
    )
    assert layer.rows == 9


def test_every_leak_is_named_once() -> None:
    """However many agents and layers show it."""
    database = build_layer("database", [SeenRows("a", "s", None), SeenRows("b", "s", None)])
    mirror = build_layer(
        "mirror", [SeenRows("b", "s", None), SeenRows("c", "s", None), SeenRows("a", "s", None)]
    )
    found = build_isolation(DAY, [database, mirror])
    assert found.leaks == (Leak("s", ("a", "b", "c"), ("database", "mirror")),)


def test_a_session_is_of_one_agent_in_two_layers() -> None:
    """Layers are copies of each other, and no leak."""
    layers = [build_layer(name, [SeenRows("a", "s", None)]) for name in ("database", "mirror")]
    assert build_isolation(DAY, layers).leaks == ()


def test_ids_are_compared_exactly() -> None:
    """Not as patterns, not by how they begin, not by their case."""
    ids = ("s.1", "s11", "s", "S", "s ", "s.*")
    layer = build_layer("database", [SeenRows(f"a{i}", name, None) for i, name in enumerate(ids)])
    assert build_isolation(DAY, [layer]).leaks == ()


def test_what_nobody_named_is_no_leak() -> None:
    """A missing id, an empty one, and the word that stands for one."""
    seen = [SeenRows(agent, name, None) for agent in "ab" for name in (None, "", "unknown")]
    layer = build_layer("database", seen)
    assert layer.rows == 6
    assert build_isolation(DAY, [layer]).leaks == ()
