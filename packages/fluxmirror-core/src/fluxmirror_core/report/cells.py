"""What stands in a cell: names, paths, counts and money, short enough to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.pricing import UNIT, amount

if TYPE_CHECKING:
    from fluxmirror_core.messages import Catalog

PATH_CHARS: Final = 100
NAME_CHARS: Final = 60
_STEPS: Final = ("", "K", "M", "B", "T", "P")
_STEP: Final = 1000
_DIGITS: Final = 3
"""Shown of a long number."""
_CENT: Final = UNIT // 100
_SMALL_DIGITS: Final = 4
"""Shown of less than a cent."""


def agent_name(agent: str) -> str:
    """Give an agent's name as people write it; an unknown one goes by its id."""
    return BY_ID[agent].name if agent in BY_ID else head(agent, NAME_CHARS)


def shown_path(path: str, home: str, limit: int = PATH_CHARS) -> str:
    """Show what lies under the user's home as `~`; of a long path the end tells more."""
    base = home.rstrip("/\\")
    below = path[len(base) :]
    if base and path.startswith(base) and below[:1] in ("", "/", "\\"):
        path = f"~{below}"
    return path if len(path) <= limit else f"…{path[1 - limit :]}"


def head(text: str, limit: int) -> str:
    """Cut a long text at its end."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


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


def money(catalog: Catalog, currency: str, pico: int) -> str:
    """Write an amount rounded to cents; of less than one, four digits."""
    if 0 < pico < _CENT:
        unit = 10 ** max(len(str(pico)) - _SMALL_DIGITS, 0)
        return _with_currency(catalog, currency, amount((pico + unit // 2) // unit * unit))
    whole, cents = divmod((pico + _CENT // 2) // _CENT, UNIT // _CENT)
    return _with_currency(catalog, currency, f"{whole:,}.{cents:02}")


def exact_money(catalog: Catalog, currency: str, pico: int) -> str:
    """Write an amount to its last digit."""
    return _with_currency(catalog, currency, amount(pico))


def _with_currency(catalog: Catalog, currency: str, written: str) -> str:
    code = currency.lower()
    if f"money.{code}" in catalog.texts:
        return catalog.text(f"money.{code}", amount=written)
    return catalog.text("money.other", amount=written, currency=currency)
