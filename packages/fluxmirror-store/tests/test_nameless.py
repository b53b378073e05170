"""Equal calls of hooks and records are paired by time, whatever is missing on either side."""

from __future__ import annotations

import pytest
from fluxmirror_store.importing.nameless import NEAR_MS, _nearest, _Seen


def paired(hooks: list[int], records: list[int]) -> list[tuple[int, int]]:
    """Pair times."""
    seen = _nearest(
        [_Seen(b"h%d" % ts_ms, ts_ms) for ts_ms in hooks],
        [_Seen(b"r%d" % ts_ms, ts_ms) for ts_ms in records],
    )
    return [(hook.ts_ms, record.ts_ms) for hook, record in seen]


@pytest.mark.parametrize(
    ("hooks", "records", "pairs"),
    [
        ([0, 1_000], [10, 1_010], [(0, 10), (1_000, 1_010)]),
        ([1_000, 2_000], [10, 1_010, 2_010], [(1_000, 1_010), (2_000, 2_010)]),
        ([0, 1_000, 2_000], [1_010, 2_010], [(1_000, 1_010), (2_000, 2_010)]),
        ([0, 1_000, 2_000], [10, 2_010], [(0, 10), (2_000, 2_010)]),
        ([0], [NEAR_MS + 1], []),
        ([0, 2 * NEAR_MS], [2 * NEAR_MS], [(2 * NEAR_MS, 2 * NEAR_MS)]),
        ([], [1], []),
    ],
)
def test_the_nearest_are_paired(
    hooks: list[int], records: list[int], pairs: list[tuple[int, int]]
) -> None:
    """A hook or a record that was lost shifts nothing."""
    assert paired(hooks, records) == pairs
    assert paired(hooks[::-1], records[::-1]) == pairs


def test_many_equal_calls_are_paired_one_by_one() -> None:
    """In a time that grows as they do."""
    times = list(range(0, 200_000, 2))
    assert len(paired(times, times)) == len(times)
