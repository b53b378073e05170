"""Our NamedTuple makes what that of `typing` makes."""

from __future__ import annotations

import copy
import pickle
import types
import typing

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
    """Missing values, and a second base, which would be lost."""
    with pytest.raises(TypeError):
        Ours()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no other base"):
        types.new_class("Both", (NamedTuple, dict))
