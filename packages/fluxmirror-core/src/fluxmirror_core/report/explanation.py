"""Responses, one by one → the sections of `cost explain`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.explanation import Named, build_arithmetic
from fluxmirror_core.analysis.usage import MAIN
from fluxmirror_core.messages import counted, message
from fluxmirror_core.pricing import OWN
from fluxmirror_core.report.cells import (
    agent_name,
    exact_decimals,
    exact_money,
    head,
    money,
    money_decimals,
    short_count,
)
from fluxmirror_core.report.joining import clauses, sentences
from fluxmirror_core.report.sections import NAME, NUMBER, Column, Report, Section

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fluxmirror_core.analysis.explanation import (
        Arithmetic,
        Explanation,
        Subject,
        ToldResponse,
    )
    from fluxmirror_core.messages import Catalog, Sayable
    from fluxmirror_core.report.sections import Cell

_MILLION: Final = 10**6
_MODEL_COLUMNS: Final = 25
_DATABASE: Final = ".db"
"""A session file that is a database has rows, where others have lines."""


def build_explanation_report(
    explanation: Explanation, catalog: Catalog, *, of: Subject, zone: str, gone: Collection[str]
) -> Report:
    """Put responses into words, each with all that its cost comes from.

    Args:
        explanation: of at least one response.
        catalog: the words.
        of: what was asked for.
        zone: the time zone to tell times in.
        gone: paths of files that are not there any more.
    """
    shown = explanation.responses
    sections = [_response(one, catalog, zone, gone) for one in shown]
    if len(shown) > 1:
        sections.insert(0, _list(explanation, catalog, zone))
    kind = MAIN if of == (Named.SUBAGENT, MAIN) else of.kind
    title = message(f"cost.explain.title.{kind}", name=of.name, zone=zone)
    return Report(title, (*sections, _total(explanation, catalog)))


def _list(explanation: Explanation, catalog: Catalog, zone: str) -> Section:
    arithmetics = [build_arithmetic(one) for one in explanation.responses]
    decimals = money_decimals(one.pico for one in arithmetics if one)
    rows = tuple(
        (
            _clock(one, zone),
            head(one.model or catalog.text("cost.unknown"), _MODEL_COLUMNS),
            short_count(one.tokens.input),
            short_count(one.tokens.output),
            short_count(
                one.tokens.cache_read + one.tokens.cache_write_5m + one.tokens.cache_write_1h
            ),
            _cost(arithmetic, catalog, decimals),
        )
        for one, arithmetic in zip(explanation.responses, arithmetics, strict=True)
    )
    numbers = ("cost.column.input", "cost.column.output", "cost.column.cache", "cost.column.cost")
    columns = (
        Column(catalog.text("column.time")),
        Column(catalog.text("cost.key.model"), NAME),
        *(Column(catalog.text(name), NUMBER) for name in numbers),
    )
    left = explanation.total.responses - len(rows)
    older = counted("cost.explain.older", left) if left else ""
    note = sentences((older, message("cost.note.cache")))
    return Section(catalog.text("cost.column.responses"), "table", columns, rows, note)


def _cost(arithmetic: Arithmetic | None, catalog: Catalog, decimals: int) -> str:
    if arithmetic is None:
        return catalog.text("cost.unknown")
    return money(catalog, arithmetic.price.currency, arithmetic.pico, decimals)


def _clock(response: ToldResponse, zone: str) -> str:
    moment = datetime.fromtimestamp(response.ts_ms // 1000, ZoneInfo(zone))
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _response(
    response: ToldResponse, catalog: Catalog, zone: str, gone: Collection[str]
) -> Section:
    arithmetic = build_arithmetic(response)
    model = response.model or catalog.text("cost.unknown")
    title = " · ".join((_clock(response, zone), agent_name(response.agent), model))
    columns = (
        Column(catalog.text("cost.explain.kind")),
        Column(catalog.text("cost.column.tokens"), NUMBER),
        Column(catalog.text("cost.explain.rate"), NUMBER),
        Column(catalog.text("cost.column.cost"), NUMBER),
    )
    rows = _counts(response, catalog) if arithmetic is None else _charges(arithmetic, catalog)
    facts = tuple(_facts(response, arithmetic, gone))
    return Section(title, "table", columns, tuple(rows), facts=facts)


def _facts(
    response: ToldResponse, arithmetic: Arithmetic | None, gone: Collection[str]
) -> Iterator[Sayable]:
    session = response.session or message("cost.unknown")
    yield message("cost.explain.session", name=session)
    if response.subagent:
        yield message("cost.explain.subagent", name=response.subagent)
    if response.project:
        yield message("cost.explain.project", name=response.project)
    yield message("cost.explain.key", name=response.key)
    unit = "row" if response.path.endswith(_DATABASE) else "byte"
    place = message(f"cost.explain.{unit}", path=response.path, offset=response.offset)
    yield message("cost.explain.gone", place=place) if response.path in gone else place
    yield message("cost.explain.raw", counts=response.raw_json)
    if response.tokens.reasoning:
        yield counted("cost.explain.reasoning", response.tokens.reasoning)
    yield _price(response, arithmetic)


def _price(response: ToldResponse, arithmetic: Arithmetic | None) -> Sayable:
    if arithmetic is None:
        untold = "cost.explain.no_model" if response.model is None else "cost.explain.unpriced"
        return message(untold)
    price = arithmetic.price
    told = message(
        "cost.explain.own_price" if price.provider == OWN else "cost.explain.price",
        provider=price.provider,
        model=price.model,
        source=price.source,
    )
    parts = [told]
    if price.since:
        parts.append(message("phrase.since", date=price.since))
    if arithmetic.above is not None:
        parts.append(message("cost.explain.tier", count=f"{arithmetic.above:,}"))
    return clauses(parts)


def _counts(response: ToldResponse, catalog: Catalog) -> Iterator[tuple[Cell, ...]]:
    for kind, count in response.tokens._asdict().items():
        if count and kind != "reasoning":
            yield catalog.text(f"cost.kind.{kind}"), count, "", catalog.text("cost.unknown")


def _charges(arithmetic: Arithmetic, catalog: Catalog) -> Iterator[tuple[Cell, ...]]:
    price = arithmetic.price
    charges = [one for one in arithmetic.charges if one.tokens]
    rate_decimals = exact_decimals(one.rate * _MILLION for one in charges)
    decimals = exact_decimals([price.request, *(one.pico for one in charges)])
    for one in charges:
        rate = exact_money(catalog, price.currency, one.rate * _MILLION, rate_decimals)
        cost = exact_money(catalog, price.currency, one.pico, decimals)
        yield catalog.text(f"cost.kind.{one.kind}"), one.tokens, rate, cost
    if price.request:
        cost = exact_money(catalog, price.currency, price.request, decimals)
        yield catalog.text("cost.kind.request"), "", "", cost
    total = exact_money(catalog, price.currency, arithmetic.pico, decimals)
    yield catalog.text("cost.total"), "", "", total


def _total(explanation: Explanation, catalog: Catalog) -> Section:
    total = explanation.total
    rows: list[tuple[Cell, ...]] = [
        (catalog.text(f"cost.kind.{kind}"), count)
        for kind, count in total.tokens._asdict().items()
        if count
    ]
    rows += [(catalog.text("cost.column.cost"), exact_money(catalog, *one)) for one in total.costs]
    rows.insert(0, (catalog.text("cost.column.responses"), total.responses))
    if total.unpriced:
        rows.append((catalog.text("cost.explain.without"), total.unpriced))
    columns = (Column(catalog.text("cost.total")), Column("", NUMBER))
    note = message("cost.note.equivalent")
    return Section(catalog.text("cost.section.total"), "table", columns, tuple(rows), note)
