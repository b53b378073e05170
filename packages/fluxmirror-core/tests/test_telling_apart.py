"""How much of a path tells it from others."""

from __future__ import annotations

import pytest
from fluxmirror_core.telling_apart import shortest_ends


@pytest.mark.parametrize(
    ("paths", "ends"),
    [
        (["a/x.py", "b/y.py"], [1, 1]),
        (["infra/prod/main.tf", "infra/test/main.tf", "README.md"], [2, 2, 1]),
        (["a/prod/main.tf", "b/prod/main.tf"], [3, 3]),
        (["main.tf", "prod/main.tf", "a/prod/main.tf"], [1, 2, 3]),
        (["a/Main.tf", "b/main.TF"], [2, 2]),
        ([], []),
    ],
)
def test_as_many_parts_as_it_takes(paths: list[str], ends: list[int]) -> None:
    """And no more; what is the end of another has all it has."""
    assert shortest_ends({path: path.split("/") for path in paths}) == dict(
        zip(paths, ends, strict=True)
    )
