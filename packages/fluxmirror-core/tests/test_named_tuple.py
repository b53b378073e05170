"""Our NamedTuple makes what that of `typing` makes."""

from __future__ import annotations

import copy
import pickle
import types
import typing
from typing import Any

import pytest
from fluxmirror_core.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    name: str | None = None
    """May be empty."""

    @property
    def total(self) -> int:
        """Add up."""
        return self.x + self.y

    def moved(self, by: int) -> Ours:
        """Give the place beside it."""
        return self._replace(x=self.x + by)


class Theirs(typing.NamedTuple):
    """A place."""

    x: int
    y: int = 2
    name: str | None = None


class Hidden(NamedTuple):
    """Shows nothing."""

    x: int

    def __repr__(self) -> str:
        """Give its name."""
        return "Hidden"


class Alone(NamedTuple):
    """Nothing at all."""


def test_it_is_made_as_theirs_is() -> None:
    """Fields, defaults, what a caller may leave out, and how it is written."""
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert (Ours.__doc__, Ours.__module__) == (Theirs.__doc__, Theirs.__module__)
    assert tuple(Ours(1)) == tuple(Theirs(1)) == (1, 2, None)
    assert repr(Ours(1, name="a")) == repr(Theirs(1, name="a")).replace("Theirs", "Ours")
    assert Ours.__match_args__ == Theirs.__match_args__
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)
    assert Ours._make([1, 2, "b"])._asdict() == {"x": 1, "y": 2, "name": "b"}
    assert Alone() == ()


def test_methods_and_properties_work() -> None:
    """On it, and on what they give."""
    assert Ours(1).moved(3).total == 6


def test_it_can_be_copied_and_pickled() -> None:
    """As itself."""
    for again in (copy.deepcopy(Ours(1)), pickle.loads(pickle.dumps(Ours(1)))):  # noqa: S301 - our own
        assert (type(again), again) == (Ours, Ours(1))


def test_what_typing_refuses_is_refused() -> None:
    """Missing values, and what a body may not say."""
    with pytest.raises(TypeError):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no other base"):
        types.new_class("Both", (NamedTuple, dict))
    for base in (NamedTuple, typing.NamedTuple):
        for refused in ("__new__", "__init__", "_asdict", "_fields"):
            with pytest.raises(AttributeError):
                make(base, {refused: None})
        with pytest.raises(TypeError):
            make(base, {"__annotations__": {"x": "int", "y": "int"}, "x": 1})


def make(base: Any, body: dict[str, Any]) -> type:  # noqa: ANN401 - `typing` has a function there
    """Make a named tuple with such a body."""
    return types.new_class(
        "Made", (base,), exec_body=lambda given: given.update({"__module__": __name__, **body})
    )


def test_a_body_says_how_it_is_written() -> None:
    """A class that hides something would show it else."""
    assert repr(Hidden(1)) == "Hidden"


def test_annotations_that_are_made_later_are_refused() -> None:
    """Python 3.14 keeps them so where a module does not ask for texts; no field would be found."""
    body = {"__module__": __name__, "__annotate_func__": lambda _: {"x": int}}
    with pytest.raises(TypeError, match="from __future__ import annotations"):
        types.new_class("Later", (NamedTuple,), exec_body=lambda own: own.update(body))
