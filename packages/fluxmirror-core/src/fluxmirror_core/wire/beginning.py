"""The beginning of a JSON value: as much of its text as is looked at, however much there is."""

from __future__ import annotations

from typing import Final

_SCALAR_CHARS: Final = 8
"""What a number, a truth value or a null counts for."""


def beginning(value: object, most_chars: int) -> tuple[object, bool]:
    """Take the first strings and members of a value, until there is enough.

    Args:
        value: what JSON has.
        most_chars: how many characters the strings and the names of members may have together.

    Returns:
        What was taken, and whether anything was left; the last string taken may be cut.
    """
    taking = _Taking(most_chars)
    return taking.take(value), taking.left < 0


class _Taking:
    """How much may still be taken; below 0 when something was left."""

    def __init__(self, most_chars: int) -> None:
        self.left = most_chars

    def take(self, value: object) -> object:
        if isinstance(value, str):
            taken = value[: max(self.left, 0)]
            self.left -= len(value)
            return taken
        if isinstance(value, dict):
            return self._members(value)
        if isinstance(value, list):
            return self._items(value)
        self.left -= _SCALAR_CHARS
        return value

    def _members(self, members: dict[str, object]) -> dict[str, object]:
        taken: dict[str, object] = {}
        for name, member in members.items():
            if self.left < 0:
                break
            self.left -= len(name)
            taken[name] = self.take(member)
        return taken

    def _items(self, items: list[object]) -> list[object]:
        taken: list[object] = []
        for item in items:
            if self.left < 0:
                break
            taken.append(self.take(item))
        return taken
