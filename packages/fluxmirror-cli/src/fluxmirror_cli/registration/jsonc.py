"""JSON with comments and trailing commas, read so that it can be edited in place.

Settings files belong to people: what we add is added as text, what we take out is cut out as text,
and every other byte stays. Pure functions; a `str` in, a `str` out.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Message

_BLANK: Final = re.compile(r"[ \t\r\n]+")
_LINE_COMMENT: Final = re.compile(r"//[^\r\n]*")
_BLOCK_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_STRING_OR_COMMENT: Final = re.compile(
    rf"{_STRING.pattern}|({_LINE_COMMENT.pattern}|{_BLOCK_COMMENT.pattern})", re.DOTALL
)
_CLOSES: Final = {"{": "}", "[": "]"}
_DEEPEST: Final = 200
"""Nesting nobody writes by hand; beyond it Python's own stack would end."""


class JsoncError(ValueError):
    """The text is no JSON, not even with comments; the message says where."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Node(NamedTuple):
    """A value and where it stands: `text[start:end]`."""

    kind: Literal["object", "array", "scalar"]
    start: int
    end: int
    scalar: object
    """The value of a string, number, `true`, `false` or `null`; None for a container."""
    items: tuple[Item, ...]
    """What a container holds; nothing for a scalar."""
    tail: int
    """Where the last token before a container's closing bracket ends: a comment counts as one."""


class Item(NamedTuple):
    """A member of an object or an element of an array."""

    key: str | None
    """None in an array."""
    lead: int
    """Where the token before it ends: bracket, comma or comment."""
    after_line_comment: bool
    """Whether that token is a `//` comment, which only a line's end keeps from growing."""
    start: int
    end: int
    comma: int | None
    """Where the comma after it stands; None when there is none."""
    value: Node


class Edit(NamedTuple):
    """`text[start:end]` gives way to `new`."""

    start: int
    end: int
    new: str


def parse_jsonc(text: str) -> Node:
    """Read the one value that `text` holds.

    Raises:
        JsoncError: it holds none, or more.
    """
    reader = _Reader(text)
    node = reader.read_value(0)
    reader.skip()
    if reader.position != len(text):
        reader.fail(message("settings_file.json.more"))
    return node


def plain(node: Node) -> object:
    """Give what a node means, as `json.loads` would; of duplicate keys the last."""
    if node.kind == "object":
        return {item.key: plain(item.value) for item in node.items}
    if node.kind == "array":
        return [plain(item.value) for item in node.items]
    return node.scalar


def members(node: Node, key: str) -> list[Item]:
    """Give the members of an object that are called `key`: more than one when it is duplicate."""
    return [item for item in node.items if item.key == key]


def alike(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON: to Python, `True` is 1 as well."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def find_comments(text: str) -> list[str]:
    """List the comments of a text that `parse_jsonc` reads."""
    return [found[1] for found in _STRING_OR_COMMENT.finditer(text) if found[1]]


def has_trailing_comma(node: Node) -> bool:
    """Tell whether a comma stands before a closing bracket anywhere in a value."""
    return any(has_trailing_comma(item.value) for item in node.items) or bool(
        node.items and node.items[-1].comma is not None
    )


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make all edits at once; their places are those in `text`, and none overlap."""
    parts: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        parts += (text[position : edit.start], edit.new)
        position = edit.end
    return "".join([*parts, text[position:]])


def append(text: str, container: Node, key: str | None, value: object) -> str:
    """Add one item at the end of `container`, written as its neighbours are.

    Args:
        text: what `container` was read from.
        container: an object, or an array.
        key: the new member's name; None for an array.
        value: what `json.dumps` can write.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    outer = _indentation(text, container.start)
    if not container.items:
        inner = outer + _unit(text)
        written = inner + _written(key, value, inner, newline, _unit(text))
        new = f"{newline}{written}{newline}{outer}"
        return apply(text, [Edit(container.tail, container.tail, new)])
    last = container.items[-1]
    if "\n" in text[container.start : container.end]:
        found = _own_line_indentation(text, last)
        inner = outer + _unit(text) if found is None else found
        written = newline + inner + _written(key, value, inner, newline, _unit(text))
    else:
        written = " " + _written(key, value, None, newline, "")
    if last.comma is None:
        comma = Edit(last.end, last.end, ",")
        return apply(text, [comma, Edit(container.tail, container.tail, written)])
    return apply(text, [Edit(container.tail, container.tail, f"{written},")])


def replace(text: str, node: Node, value: object) -> str:
    """Write another value where `node` stands; comments inside it go with it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    broken = "\n" in text[node.start : node.end] or not node.items
    inner = _indentation(text, node.start) if broken else None
    return apply(
        text, [Edit(node.start, node.end, _written(None, value, inner, newline, _unit(text)))]
    )


def cut(text: str, container: Node, index: int) -> str:
    """Take item number `index` out of `container`: what `append` added, to the byte.

    A comment before it, or between it and its comma, stays.
    """
    item = container.items[index]
    edits = [Edit(item.lead, item.end, "")]
    if item.comma is not None:
        edits.append(Edit(item.comma, item.comma + 1, ""))
    elif index > 0 and (comma := container.items[index - 1].comma) is not None:
        edits.append(Edit(comma, comma + 1, ""))
    if len(container.items) == 1 and item.comma is None:
        edits[0] = Edit(item.lead, _line_begun(text, item.end, container.start), "")
    following = item.end + 1 if item.comma == item.end else edits[0].end
    if item.after_line_comment and not _ends_line(text, following):
        edits[0] = edits[0]._replace(new="\n")
    return apply(text, edits)


def _line_begun(text: str, end: int, opened: int) -> int:
    """Skip the line's end and the indentation that `append` writes into an empty container."""
    newline = "\r\n" if text.startswith("\r\n", end) else "\n"
    outer = _indentation(text, opened)
    return end + len(newline + outer) if text.startswith(newline + outer, end) else end


def _ends_line(text: str, position: int) -> bool:
    return text[position : position + 1] in {"\r", "\n", ""}


def _written(key: str | None, value: object, inner: str | None, newline: str, unit: str) -> str:
    """Write an item; over several lines that begin with `inner`, or on one when it is None."""
    name = "" if key is None else f"{json.dumps(key, ensure_ascii=False)}: "
    if inner is None:
        return name + json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=unit).split("\n")
    return name + f"{newline}{inner}".join(lines)


def _indentation(text: str, position: int) -> str:
    """Give the blanks that the line of `position` begins with."""
    begin = text.rfind("\n", 0, position) + 1
    line = text[begin:position]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _own_line_indentation(text: str, item: Item) -> str | None:
    """Give the indentation of an item that begins its line; None when it does not."""
    indentation = _indentation(text, item.start)
    begins = text.rfind("\n", 0, item.start) + 1 + len(indentation) == item.start
    return indentation if begins and "\n" in text[: item.start] else None


def _unit(text: str) -> str:
    """Guess the step of indentation from the first indented line."""
    found = re.search(r"\n([ \t]+)[^ \t\r\n]", text)
    return found[1] if found and len(found[1]) <= 8 else "  "  # noqa: PLR2004 - more is no step


class _Reader:
    """Goes through a text once, from its beginning."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line_comment = False
        """Whether the last token that was skipped is a `//` comment."""

    def fail(self, reason: Message) -> NoReturn:
        line = self.text.count("\n", 0, self.position) + 1
        raise JsoncError(message("settings_file.json.line", line=line, reason=reason))

    def skip(self) -> int:
        """Skip blanks and comments; gives where the last comment ended, or where we were."""
        end = self.position
        self.line_comment = False
        while True:
            if found := _BLANK.match(self.text, self.position):
                self.position = found.end()
            elif found := _LINE_COMMENT.match(self.text, self.position):
                self.position = end = found.end()
                self.line_comment = True
            elif found := _BLOCK_COMMENT.match(self.text, self.position):
                self.position = end = found.end()
                self.line_comment = False
            else:
                return end

    def read_value(self, depth: int) -> Node:
        if depth > _DEEPEST:
            self.fail(message("settings_file.json.nested"))
        self.skip()
        start = self.position
        opening = self.text[start : start + 1]
        if opening in _CLOSES:
            return self._read_container(opening, depth)
        scalar = self._read_string() if opening == '"' else self._read_scalar()
        return Node("scalar", start, self.position, scalar, (), self.position)

    def _read_string(self) -> str:
        found = _STRING.match(self.text, self.position)
        if found is None:
            self.fail(message("settings_file.json.no_string"))
        try:
            value: str = json.loads(found[0])
        except ValueError:
            self.fail(message("settings_file.json.escape"))
        self.position = found.end()
        return value

    def _read_scalar(self) -> object:
        found = _SCALAR.match(self.text, self.position)
        if found is None:
            self.fail(message("settings_file.json.no_value"))
        try:
            value: object = json.loads(found[0])
        except ValueError:
            self.fail(message("settings_file.json.digits"))
        self.position = found.end()
        return value

    def _read_container(self, opening: str, depth: int) -> Node:
        start = self.position
        self.position += 1
        items: list[Item] = []
        tail = self.skip()
        while self.text[self.position : self.position + 1] != _CLOSES[opening]:
            if items and items[-1].comma is None:
                self.fail(message("settings_file.json.no_comma"))
            items.append(self._read_item(tail, named=opening == "{", depth=depth))
            comma = items[-1].comma
            self.position = self.position if comma is None else comma + 1
            tail = self.skip()
        self.position += 1
        kind: Literal["object", "array"] = "object" if opening == "{" else "array"
        return Node(kind, start, self.position, None, tuple(items), tail)

    def _read_item(self, lead: int, *, named: bool, depth: int) -> Item:
        after_line_comment = self.line_comment
        start = self.position
        key = None
        if named:
            key = self._read_string()
            self.skip()
            if self.text[self.position : self.position + 1] != ":":
                self.fail(message("settings_file.json.no_colon"))
            self.position += 1
        value = self.read_value(depth + 1)
        end = self.position
        self.skip()
        comma = self.position if self.text[self.position : self.position + 1] == "," else None
        self.position = end
        return Item(key, lead, after_line_comment, start, end, comma, value)
