"""What stands in a cell: names, paths, counts and money, short enough to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.pricing import UNIT, amount
from fluxmirror_core.report.as_text import one_line, width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Catalog

_PATH_COLUMNS: Final = 100
NAME_COLUMNS: Final = 60
_CUT: Final = "…"
_STEPS: Final = ("", "K", "M", "B", "T", "P")
_STEP: Final = 1000
_DIGITS: Final = 3
"""Shown of a long number."""
_CENTS: Final = 2
_SMALL: Final = 4
"""Decimals of money, and of little money."""


def agent_name(agent: str) -> str:
    """Give an agent's name as people write it; an unknown one goes by its id."""
    return BY_ID[agent].name if agent in BY_ID else head(agent, NAME_COLUMNS)


def shown_path(path: str, home: str) -> str:
    """Show what lies under the user's home as `~`, and the end of a long path."""
    return tail(below_home(path, home), _PATH_COLUMNS)


def below_home(path: str, home: str) -> str:
    """Write what lies under the user's home as `~`."""
    base = home.rstrip("/\\")
    below = path[len(base) :]
    is_below = base and path.startswith(base) and below[:1] in ("", "/", "\\")
    return f"~{below}" if is_below else path


def head(text: str, limit: int) -> str:
    """Cut a text at its end where it takes more columns of a terminal than `limit`."""
    fitting = _fitting(text, limit)
    return text if fitting is None else f"{text[:fitting]}{_CUT}"


def tail(text: str, limit: int) -> str:
    """Cut a text at its beginning where it takes more columns than `limit`."""
    fitting = _fitting(text[::-1], limit)
    if fitting is None:
        return text
    kept = text[len(text) - fitting :]
    # An accent at the cut has lost its letter.
    while kept and not width(kept[0]):
        kept = kept[1:]
    return f"{_CUT}{kept}"


def _fitting(text: str, limit: int) -> int | None:
    """Count the characters that fit beside the mark of a cut; None when all do without one."""
    if text.isascii() and text.isprintable():
        return None if len(text) <= limit else limit - 1
    taken = fitting = 0
    for number, char in enumerate(text, 1):
        # What is not visible takes as much as it is spelt with.
        taken += width(one_line(char))
        if taken > limit:
            return fitting
        if taken < limit:
            fitting = number
    return None


def short_count(number: int) -> str:
    """Write a count with three digits or fewer: `999`, `1.23K`, `20.6M`."""
    if number < _STEP:
        return str(number)
    # Rounded first: 999,999 is 1.00M, not 1000K.
    unit = 10 ** (len(str(number)) - _DIGITS)
    rounded = (number + unit // 2) // unit * unit
    step = min((len(str(rounded)) - 1) // _DIGITS, len(_STEPS) - 1)
    whole, rest = divmod(rounded, _STEP**step)
    decimals = max(_DIGITS - len(str(whole)), 0)
    fraction = f"{rest:0{_DIGITS * step}}"[:decimals]
    return f"{whole}{'.' if fraction else ''}{fraction}{_STEPS[step]}"


def money_decimals(picos: Iterable[int]) -> int:
    """Say how many decimals amounts have that stand in one column.

    Two; or four, where a part of a cent matters, as nothing of the column is as much as one whole.
    """
    known = [pico for pico in picos if pico]
    is_little = any(pico < UNIT // 10**_CENTS for pico in known) and max(known) < UNIT
    return _SMALL if is_little else _CENTS


def money(catalog: Catalog, currency: str, pico: int, decimals: int | None = None) -> str:
    """Write an amount, rounded; what is less than can be shown is less than that, and not nothing.

    Args:
        catalog: knows how a currency is written.
        currency: its code.
        pico: how much, in a millionth of a millionth.
        decimals: what `money_decimals` says of the column; None for an amount on its own.
    """
    shown = money_decimals([pico]) if decimals is None else decimals
    least = UNIT // 10**shown
    if 0 < pico < least:
        return f"<{_with_currency(catalog, currency, amount(least))}"
    whole, rest = divmod((pico + least // 2) // least, 10**shown)
    return _with_currency(catalog, currency, f"{whole:,}.{rest:0{shown}}")


def exact_money(catalog: Catalog, currency: str, pico: int, decimals: int = 0) -> str:
    """Write an amount to its last digit, and with so many decimals at least."""
    whole, _, fraction = amount(pico).partition(".")
    return _with_currency(catalog, currency, f"{whole}.{fraction.ljust(decimals, '0')}")


def exact_decimals(picos: Iterable[int]) -> int:
    """Say how many decimals the longest of some amounts has."""
    return max((len(amount(pico).partition(".")[2]) for pico in picos), default=0)


def _with_currency(catalog: Catalog, currency: str, written: str) -> str:
    code = currency.lower()
    if catalog.has(f"money.{code}"):
        return catalog.text(f"money.{code}", amount=written)
    return catalog.text("money.other", amount=written, currency=currency)
