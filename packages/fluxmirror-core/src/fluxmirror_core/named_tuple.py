"""NamedTuple: as `typing` has it, and made in half the time.

That one compiles every annotation into a reference that nobody follows. A report loads more than a
hundred such classes, and it took 8 ms of the report: nearly as long as a bare interpreter.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple  # noqa: TID251 - what every type checker knows
else:
    _REFUSED = frozenset(
        (
            *("__new__", "__init__", "__slots__", "__getnewargs__"),
            *("_fields", "_field_defaults", "_make", "_replace", "_asdict"),
        )
    )
    """What a body may not have, neither here nor there."""
    _LATER = frozenset(("__annotate__", "__annotate_func__"))
    """What Python 3.14 has in a body instead of annotations, to make them when somebody asks."""

    class _Maker(type):
        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            if len(bases) > 1:
                message = f"{name}: a named tuple has no other base"
                raise TypeError(message)
            if refused := _REFUSED & body.keys():
                message = f"{name}: a named tuple has its own {', '.join(sorted(refused))}"
                raise AttributeError(message)
            return _made(name, body)

    def _made(name: str, body: dict[str, Any]) -> type:
        fields = body.get("__annotations__", {})
        if not fields and _LATER & body.keys():
            message = f"{name}: its module lacks `from __future__ import annotations`"
            raise TypeError(message)
        with_default = [field for field in fields if field in body]
        if with_default != list(fields)[len(fields) - len(with_default) :]:
            message = f"{name}: a field without a default follows one that has one"
            raise TypeError(message)
        defaults = [body[field] for field in with_default]
        made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024 - the body says the types
        for key, value in body.items():
            if key not in fields:
                setattr(made, key, value)
        return made

    class NamedTuple(metaclass=_Maker):
        """A class of tuples whose fields are those that its body annotates."""
