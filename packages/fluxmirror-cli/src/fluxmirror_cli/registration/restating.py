"""What an agent's command wrote into a person's settings, said in the person's own text.

Claude Code and Copilot write their settings anew: sorted, indented their way, without comments.
What they meant can be told by comparing values, and done to the text that was there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_cli.registration.jsonc import (
    JsoncError,
    alike,
    append,
    cut,
    members,
    parse_jsonc,
    plain,
    replace,
)

if TYPE_CHECKING:
    from fluxmirror_cli.registration.jsonc import Node

    Path = tuple[str, ...]
    """Names of members, from the root."""


def restate(before: str, after: str) -> str | None:
    """Do to `before` what made it mean what `after` means.

    Args:
        before: a person's text.
        after: the same settings, written anew and with something else in them.

    Returns:
        The text; None when one of the two is no JSON object, or names a member twice in a way
        that leaves no doubt-free place for a change.
    """
    try:
        wanted = plain(parse_jsonc(after))
        text = _adjusted(before, (), wanted) if isinstance(wanted, dict) else before
        return text if alike(plain(parse_jsonc(text)), wanted) else None
    except (JsoncError, LookupError):
        return None


def _adjusted(text: str, path: Path, wanted: dict[str, object]) -> str:
    """Give a text whose object at `path` has the members that are wanted."""
    for key in [item.key for item in _object(text, path).items if item.key not in wanted]:
        node = _object(text, path)
        text = cut(text, node, node.items.index(members(node, str(key))[0]))
    for key, value in wanted.items():
        text = _with_member(text, path, key, value)
    return text


def _with_member(text: str, path: Path, key: str, value: object) -> str:
    node = _object(text, path)
    found = members(node, key)
    if not found:
        return append(text, node, key, value)
    old = found[-1].value
    if alike(plain(old), value):
        return text
    if old.kind == "object" and isinstance(value, dict):
        return _adjusted(text, (*path, key), value)
    if old.kind == "array" and isinstance(value, list):
        return _adjusted_array(text, old, value)
    return replace(text, old, value)


def _adjusted_array(text: str, node: Node, wanted: list[object]) -> str:
    """Cut out elements or append some where that is all it takes: the others keep their comments.

    Anything else is written anew.
    """
    kept = _subsequence(node, wanted)
    if len(kept) == len(wanted):
        for index in reversed(range(len(node.items))):
            if index not in kept:
                text = cut(text, node, index)
        return text
    if len(kept) == len(node.items) and kept == list(range(len(kept))):
        # What is appended goes behind the array's last token: earlier places stay where they are.
        for count, value in enumerate(wanted[len(kept) :]):
            text = append(text, _array_at(text, node.start, len(kept) + count), None, value)
        return text
    return replace(text, node, wanted)


def _subsequence(node: Node, wanted: list[object]) -> list[int]:
    """Give the places of the elements that are wanted, as far as their order goes."""
    kept: list[int] = []
    for index, item in enumerate(node.items):
        if len(kept) < len(wanted) and alike(plain(item.value), wanted[len(kept)]):
            kept.append(index)
    return kept


def _array_at(text: str, start: int, length: int) -> Node:
    """Find the array that begins at a place, in a text that was changed behind it.

    Raises:
        LookupError: there is none of that length.
    """
    waiting = [parse_jsonc(text)]
    while waiting:
        node = waiting.pop()
        if node.start == start and node.kind == "array" and len(node.items) == length:
            return node
        waiting += [item.value for item in node.items]
    raise LookupError(start)


def _object(text: str, path: Path) -> Node:
    """Give the object at a path; of members with one name the last, which is the one that counts.

    Raises:
        LookupError: there is none.
    """
    node = parse_jsonc(text)
    for key in path:
        node = members(node, key)[-1].value
    if node.kind != "object":
        raise LookupError(path)
    return node
