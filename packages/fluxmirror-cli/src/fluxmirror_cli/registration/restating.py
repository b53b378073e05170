"""What an agent's command wrote into a person's settings, said in the person's own text.

Claude Code and Copilot write their settings anew: sorted, indented their way, without comments.
What they meant can be told by comparing values, and done to the text that was there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_cli.registration.jsonc import (
    JsoncError,
    append,
    cut,
    members,
    parse_jsonc,
    plain,
)

if TYPE_CHECKING:
    from fluxmirror_cli.registration.jsonc import Node


def restate(before: str, after: str) -> str | None:
    """Do to `before` what made it mean what `after` means.

    Args:
        before: a person's text.
        after: the same settings with members added or taken out, written anew.

    Returns:
        The text; None when more was done than adding and taking out, or one of the two is no JSON.
    """
    try:
        wanted = plain(parse_jsonc(after))
        text = _adjusted(before, (), wanted)
        return text if plain(parse_jsonc(text)) == wanted else None
    except (JsoncError, LookupError):
        return None


def _adjusted(text: str, path: tuple[str, ...], wanted: object) -> str:
    """Give a text whose object at `path` has the members that are wanted."""
    if not isinstance(wanted, dict):
        return text
    for key in [item.key for item in _object(text, path).items if item.key not in wanted]:
        node = _object(text, path)
        text = cut(text, node, node.items.index(members(node, str(key))[0]))
    for key, value in wanted.items():
        node = _object(text, path)
        found = members(node, key)
        if not found:
            text = append(text, node, key, value)
        elif found[0].value.kind == "object":
            text = _adjusted(text, (*path, key), value)
    return text


def _object(text: str, path: tuple[str, ...]) -> Node:
    """Give the object at a path.

    Raises:
        LookupError: there is none.
    """
    node = parse_jsonc(text)
    for key in path:
        node = members(node, key)[0].value
    if node.kind != "object":
        raise LookupError(path)
    return node
