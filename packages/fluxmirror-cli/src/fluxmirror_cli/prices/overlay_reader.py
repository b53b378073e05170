"""`prices.toml` → Overlay; what is wrong in it is told by table and key."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fluxmirror_core.agents import AGENTS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.period import parse_date
from fluxmirror_core.phrases import listed
from fluxmirror_core.pricing import OWN, Price, Rates

from fluxmirror_cli.prices.offer import Offer, day_start
from fluxmirror_cli.prices.overlay import FILE, Overlay, Pattern, overlay_path
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.messages import Message, Sayable
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
_MEND: Final = message("price_list.mend.file")


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
        unreadable = message("files.unreadable", path=path, reason=reason)
        raise UsageError(unreadable, hint=_MEND) from error
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
        no_toml = message("price_list.overlay.no_toml", path=path, reason=str(error))
        raise UsageError(no_toml, hint=_MEND) from error
    _refuse_others(path, tables, tuple(_KEYS))
    prices = [_price(table) for table in _tables(path, tables, "price")]
    prices.sort(key=lambda price: price[1].price.since or "")
    aliases = [_alias(table) for table in _tables(path, tables, "alias")]
    return Overlay(tuple(prices), tuple(aliases))


class _Table:
    """One `[[price]]` or `[[alias]]`, which knows how to speak of itself."""

    def __init__(self, path: str, kind: str, number: int, values: dict[str, Any]) -> None:
        self.values = values
        self._place = message("price_list.overlay.place", path=path, kind=kind, number=number)
        _refuse_others(self._place, values, _KEYS[kind])

    def refuse(self, what: str, key: str, hint: Sayable) -> NoReturn:
        """Say of a key what is wrong with it: the id of a text with `place` and `key`."""
        raise UsageError(message(what, place=self._place, key=key), hint=hint)

    def refuse_agent(self, agent: str) -> NoReturn:
        """Say that there is no such agent."""
        unknown = message("price_list.overlay.no_agent", place=self._place, agent=repr(agent))
        everyone = message("usage_error.agents", names=listed(_AGENTS))
        raise UsageError(unknown, hint=did_you_mean(agent, _AGENTS, otherwise=everyone))

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            self.refuse("price_list.overlay.no_text", key, _write_text(key))
        return value

    def needed_text(self, key: str) -> str:
        return self.text(key) or self.refuse("price_list.overlay.missing", key, _write_text(key))


def _write_text(key: str) -> Message:
    return message("price_list.mend.text", key=key)


def _tables(path: str, tables: dict[str, Any], kind: str) -> list[_Table]:
    rows = tables.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        no_table = message("price_list.overlay.no_table", path=path, kind=kind)
        raise UsageError(no_table, hint=message("price_list.mend.table", kind=kind))
    return [_Table(path, kind, number, row) for number, row in enumerate(rows, 1)]


def _refuse_others(place: Sayable, values: Iterable[str], known: Sequence[str]) -> None:
    for key in values:
        if key not in known:
            unknown = message("price_list.overlay.no_key", place=place, key=repr(key))
            everything = message("price_list.mend.keys", names=listed(known))
            raise UsageError(unknown, hint=did_you_mean(key, known, otherwise=everything))


def _pattern(table: _Table) -> Pattern:
    agent = table.text("agent")
    if agent is not None and agent not in _AGENTS:
        table.refuse_agent(agent)
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
        table.refuse("price_list.overlay.no_date", "since", message("period.write_day"))
    return day


def _is_free(table: _Table) -> bool:
    free = table.values.get("free", False)
    if not isinstance(free, bool):
        hint = message("price_list.mend.switch", key="free")
        table.refuse("price_list.overlay.no_switch", "free", hint)
    priced = [key for key in _RATES if key in table.values]
    if free and priced:
        hint = message("price_list.mend.free", key=priced[0])
        table.refuse("price_list.overlay.not_free", priced[0], hint)
    return free


def _rates(table: _Table) -> Rates:
    fresh = _rate(table, "input")
    output = _rate(table, "output")
    if fresh is None or output is None:
        missing = "input" if fresh is None else "output"
        table.refuse("price_list.overlay.missing", missing, message("price_list.mend.missing"))
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
        table.refuse("price_list.overlay.no_price", key, message("price_list.mend.price"))
    if pico % 1:
        table.refuse("price_list.overlay.decimals", key, message("price_list.mend.decimals"))
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
