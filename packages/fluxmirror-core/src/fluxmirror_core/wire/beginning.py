"""The beginning of a JSON value: as much of its text as is looked at, however much there is."""

from __future__ import annotations

from typing import Final

_MARKS: Final = 2
"""The quotes of a string, the brackets of a list or an object."""
_COMMA: Final = 1
_COLON: Final = 1


def beginning(value: object, most_chars: int) -> tuple[object, bool]:
    """Take the first strings and members of a value, until there is enough.

    Args:
        value: what JSON has.
        most_chars: how many characters what is taken may have, written as JSON without escapes
            and spaces; a value that is a string itself has no quotes.

    Returns:
        What was taken, and whether anything was left; the last string taken may be cut. Where
        anything was, what was taken has `most_chars` at least.
    """
    if isinstance(value, str):
        return value[:most_chars], len(value) > most_chars
    taking = _Taking(most_chars)
    return taking.take(value), taking.left < 0


class _Taking:
    """How much may still be taken; below 0 when something was left."""

    def __init__(self, most_chars: int) -> None:
        self.left = most_chars

    def take(self, value: object) -> object:
        if isinstance(value, str):
            self.left -= _MARKS
            taken = value[: max(self.left, 0)]
            self.left -= len(value)
            return taken
        if isinstance(value, dict):
            return self._members(value)
        if isinstance(value, list):
            return self._items(value)
        self.left -= len(repr(value))
        return value

    def _members(self, members: dict[str, object]) -> dict[str, object]:
        taken: dict[str, object] = {}
        self.left -= _MARKS
        for name, member in members.items():
            if self.left < 0:
                break
            self.left -= len(name) + _MARKS + _COLON + (_COMMA if taken else 0)
            taken[name] = self.take(member)
        return taken

    def _items(self, items: list[object]) -> list[object]:
        taken: list[object] = []
        self.left -= _MARKS
        for item in items:
            if self.left < 0:
                break
            self.left -= _COMMA if taken else 0
            taken.append(self.take(item))
        return taken
