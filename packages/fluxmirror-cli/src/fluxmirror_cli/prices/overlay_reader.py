"""`prices.toml` → Overlay; what is wrong in it is told by table and key."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fluxmirror_core.agents import AGENTS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import parse_date
from fluxmirror_core.pricing import OWN, Price, Rates

from fluxmirror_cli.prices.offer import Offer, day_start
from fluxmirror_cli.prices.overlay import FILE, Overlay, Pattern, overlay_path
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.paths import Places

_RATES: Final = Rates._fields
_KEYS: Final = {
    "price": ("model", "agent", "since", "free", *_RATES),
    "alias": ("model", "agent", "as"),
}
_AGENTS: Final = tuple(spec.id for spec in AGENTS)
_PICO_PER_MILLION: Final = 10**6
_DEAREST: Final = 10**6
"""Dollars per million tokens: a dollar per token is a slip of the pen."""
_FREE: Final = Rates(0, 0, 0, 0, 0)


def load_overlay(places: Places) -> Overlay:
    """Read the user's own prices; none when there is no file.

    Raises:
        UsageError: the file cannot be read, or not all of it is understood.
    """
    path = overlay_path(places)
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return Overlay()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} cannot be read: {reason}", hint="mend it, or move it") from error
    return parse_overlay(raw, path)


def parse_overlay(raw: bytes, path: str) -> Overlay:
    """Read the user's own prices.

    Args:
        raw: the file's content.
        path: where it is, to tell what is wrong with it.

    Raises:
        UsageError: not all of it is understood.
    """
    try:
        tables = tomllib.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, InvalidOperation, RecursionError) as error:
        raise UsageError(f"{path} is no TOML: {error}", hint="mend it, or move it away") from error
    _refuse_others(path, tables, _KEYS)
    prices = [_price(table) for table in _tables(path, tables, "price")]
    prices.sort(key=lambda price: price[1].price.since or "")
    aliases = [_alias(table) for table in _tables(path, tables, "alias")]
    return Overlay(tuple(prices), tuple(aliases))


class _Table:
    """One `[[price]]` or `[[alias]]`, which knows how to speak of itself."""

    def __init__(self, path: str, kind: str, number: int, values: dict[str, Any]) -> None:
        self.values = values
        self._place = f"{path}: [[{kind}]] number {number}"
        _refuse_others(self._place, values, _KEYS[kind])

    def refuse(self, key: str, what: str, hint: str) -> NoReturn:
        raise UsageError(f"{self._place}: {key} {what}", hint=hint)

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            self.refuse(key, "is no text", f'write {key} = "…"')
        return value

    def needed_text(self, key: str) -> str:
        return self.text(key) or self.refuse(key, "is missing", f'write {key} = "…"')


def _tables(path: str, tables: dict[str, Any], kind: str) -> list[_Table]:
    rows = tables.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: {kind} is no table", hint=f"write [[{kind}]] above each")
    return [_Table(path, kind, number, row) for number, row in enumerate(rows, 1)]


def _refuse_others(place: str, values: Iterable[str], known: Iterable[str]) -> None:
    for key in values:
        if key not in known:
            hint = did_you_mean(key, known, otherwise=f"there are {', '.join(known)}")
            raise UsageError(f"{place}: there is no {key!r}", hint=hint)


def _pattern(table: _Table) -> Pattern:
    agent = table.text("agent")
    if agent is not None and agent not in _AGENTS:
        everyone = f"the agents are {', '.join(_AGENTS)}"
        table.refuse(
            "agent", f"{agent!r} is unknown", did_you_mean(agent, _AGENTS, otherwise=everyone)
        )
    return Pattern(table.needed_text("model").lower(), agent)


def _alias(table: _Table) -> tuple[Pattern, str]:
    return _pattern(table), table.needed_text("as")


def _price(table: _Table) -> tuple[Pattern, Offer]:
    pattern, since = _pattern(table), _since(table)
    price = Price(
        provider=OWN,
        model=table.needed_text("model"),
        currency="USD",
        source=FILE,
        since=since.isoformat() if since else None,
        rates=_FREE if _is_free(table) else _rates(table),
    )
    return pattern, Offer(price, day_start(since) if since else None)


def _since(table: _Table) -> date | None:
    value = table.values.get("since")
    day = parse_date(value) if isinstance(value, str) else value
    if value is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        table.refuse("since", "is no date", "write it as YYYY-MM-DD")
    return day


def _is_free(table: _Table) -> bool:
    free = table.values.get("free", False)
    if not isinstance(free, bool):
        table.refuse("free", "is neither true nor false", "write free = true")
    priced = [key for key in _RATES if key in table.values]
    if free and priced:
        table.refuse(priced[0], "is a price of what is free", f"leave out free, or {priced[0]}")
    return free


def _rates(table: _Table) -> Rates:
    fresh = _rate(table, "input")
    output = _rate(table, "output")
    if fresh is None or output is None:
        missing = "input" if fresh is None else "output"
        table.refuse(missing, "is missing", "write dollars per million tokens, or free = true")
    read = _rate(table, "cache_read")
    write_5m = _rate(table, "cache_write_5m")
    write_1h = _rate(table, "cache_write_1h")
    write_5m = fresh if write_5m is None else write_5m
    return Rates(
        input=fresh,
        output=output,
        cache_read=fresh if read is None else read,
        cache_write_5m=write_5m,
        cache_write_1h=write_5m if write_1h is None else write_1h,
    )


def _rate(table: _Table, key: str) -> int | None:
    """Give pico-dollars per token; None when the table does not tell."""
    value = table.values.get(key)
    if value is None:
        return None
    pico = _decimal(value) * _PICO_PER_MILLION
    if not 0 <= pico <= _DEAREST * _PICO_PER_MILLION:  # also what is no number at all
        table.refuse(key, "is no price", 'write dollars per million tokens, such as "0.30"')
    if pico % 1:
        table.refuse(key, "has more than six decimals", "round it")
    return int(pico)


def _decimal(value: object) -> Decimal:
    """Read a number exactly; what is none is below any price."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return Decimal(-1)
    try:
        number = Decimal(value)
    except InvalidOperation:
        return Decimal(-1)
    return number if number.is_finite() else Decimal(-1)
