"""Settings are edited as text: what was added can be cut out again, and nothing else moves."""

from __future__ import annotations

import json

import pytest
from fluxmirror_cli.registration.jsonc import JsoncError, append, cut, members, parse_jsonc, plain
from hypothesis import given
from hypothesis import strategies as st

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
BLANKS = (
    "",
    " ",
    "\n",
    "\n  ",
    "\t",
    "\r\n    ",
    " /* c */ ",
    " // c\n",
    "/*,}]*/",
    '\n//"{[,\n  ',
)


@st.composite
def written(draw: st.DrawFn, values: st.SearchStrategy[object] = VALUES) -> tuple[str, object]:
    """A value, and one of the many ways to write it: blanks, comments, trailing commas."""
    value = draw(values)
    blanks = st.sampled_from(BLANKS)

    def write(node: object) -> str:
        blank = draw(blanks)
        if isinstance(node, dict):
            inner = [
                f"{draw(blanks)}{json.dumps(key)}{draw(blanks)}:{write(item)}"
                for key, item in node.items()
            ]
            return blank + "{" + joined(inner) + "}" + draw(blanks)
        if isinstance(node, list):
            return blank + "[" + joined([write(item) for item in node]) + "]" + draw(blanks)
        return blank + json.dumps(node, ensure_ascii=draw(st.booleans())) + draw(blanks)

    def joined(inner: list[str]) -> str:
        trailing = draw(st.booleans())
        comma = "," if inner and trailing else ""
        return ",".join(inner) + comma + draw(blanks)

    return write(value), value


OBJECTS = written(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
ARRAYS = written(st.lists(VALUES, max_size=4))


@given(written())
def test_what_is_written_is_what_is_read(sample: tuple[str, object]) -> None:
    """Comments, blanks and trailing commas change nothing of the value."""
    text, value = sample
    assert plain(parse_jsonc(text)) == value


@given(OBJECTS, VALUES)
def test_a_member_goes_without_a_trace(sample: tuple[str, dict[str, object]], new: object) -> None:
    """Whatever the file looks like: append, then cut, and every byte is as it was."""
    text, value = sample
    longer = append(text, parse_jsonc(text), "added", new)
    assert plain(parse_jsonc(longer)) == {**value, "added": new}
    root = parse_jsonc(longer)
    assert cut(longer, root, len(root.items) - 1) == text


@given(ARRAYS, VALUES)
def test_an_element_goes_without_a_trace(sample: tuple[str, list[object]], new: object) -> None:
    """The same holds for arrays."""
    text, value = sample
    longer = append(text, parse_jsonc(text), None, new)
    assert plain(parse_jsonc(longer)) == [*value, new]
    root = parse_jsonc(longer)
    assert cut(longer, root, len(root.items) - 1) == text


@given(OBJECTS, st.lists(st.text(min_size=5, max_size=6), unique=True, max_size=4))
def test_several_members_go_without_a_trace(
    sample: tuple[str, dict[str, object]], names: list[str]
) -> None:
    """What was added in turn is taken out in any order."""
    text, _ = sample
    longer = text
    for name in names:
        longer = append(longer, parse_jsonc(longer), name, {"x": [1]})
    for name in names:
        root = parse_jsonc(longer)
        longer = cut(longer, root, root.items.index(members(root, name)[0]))
    assert longer == text


@given(OBJECTS, st.data())
def test_any_item_can_be_cut(sample: tuple[str, dict[str, object]], data: st.DataObject) -> None:
    """What is left reads as the value without it, though it was never ours."""
    text, value = sample
    root = parse_jsonc(text)
    if not root.items:
        return
    index = data.draw(st.integers(0, len(root.items) - 1))
    key = root.items[index].key
    left = plain(parse_jsonc(cut(text, root, index)))
    assert left == {name: item for name, item in value.items() if name != key}


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("{}\n", '{\n  "a": 1\n}\n'),
        ('{"x": 2}', '{"x": 2, "a": 1}'),
        ('{\n\t"x": 2\n}', '{\n\t"x": 2,\n\t"a": 1\n}'),
        ('{\r\n    "x": 2\r\n}\r\n', '{\r\n    "x": 2,\r\n    "a": 1\r\n}\r\n'),
        ('{\n  "x": 2, // mine\n}', '{\n  "x": 2, // mine\n  "a": 1,\n}'),
        ('{\n  "x": 2 // mine\n}', '{\n  "x": 2, // mine\n  "a": 1\n}'),
    ],
)
def test_an_addition_is_written_as_its_neighbours_are(text: str, longer: str) -> None:
    """Indentation, line ends and trailing commas are the file's own."""
    assert append(text, parse_jsonc(text), "a", 1) == longer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{'a': 1}",
        '{"a" 1}',
        '{"a": 1 "b": 2}',
        "[1, , 2]",
        "[,]",
        "{} {}",
        '"\n"',
        '"\\x"',
        "01",
        "/* open",
        "nul",
        "[" * 300,
        "9" * 5000,
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    """A file that its agent could not read either is nothing to edit."""
    with pytest.raises(JsoncError, match="line"):
        parse_jsonc(text)


def test_duplicate_members_are_seen() -> None:
    """`json.loads` hides them; an editor must not."""
    assert len(members(parse_jsonc('{"a": 1, "a": 2}'), "a")) == 2
