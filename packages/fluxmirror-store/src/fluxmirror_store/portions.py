"""Long lists of values → portions that one statement can take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VARIABLES: Final = 900
"""Most variables of one statement: every SQLite takes 999."""

_Value = TypeVar("_Value", str, bytes)


def portions(values: Iterable[_Value]) -> Iterator[tuple[list[_Value], str]]:
    """Give each portion of the values, with its marks for an `IN (…)`."""
    wanted = sorted(set(values))
    for start in range(0, len(wanted), _VARIABLES):
        some = wanted[start : start + _VARIABLES]
        yield some, ", ".join("?" * len(some))
