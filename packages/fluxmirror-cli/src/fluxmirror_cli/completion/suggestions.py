"""What a shell offers for a value: agents, days, sessions and more, as far as anybody knows.

What an option or an argument takes is told by its name, or by the word that its help shows for it,
so a new command offers the right values without doing anything for it. Nothing is drained, nothing
written, and what goes wrong is no value.
"""

from __future__ import annotations

import contextlib
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, get_args

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Offer = Callable[[click.Context], Iterable[tuple[str, str]]]
    """Gives values, each with a word about it, which may be empty."""

_PLAIN: Final = re.compile(r"[\w.+/@][\w.:+/@-]*", re.ASCII)
"""What no shell reads as anything but itself: some of the values were written by agents."""
_FILE_WORDS: Final = {"FILE", "PATH", "DIRECTORY", "DIR"}


def offer_values(parameters: Iterable[click.Parameter]) -> None:
    """Have parameters offer the values that are known for them."""
    for parameter in parameters:
        words = _words(parameter)
        offers = tuple(dict.fromkeys(_OFFERS[word] for word in words if word in _OFFERS))
        if not isinstance(parameter.type, click.types.StringParamType):
            continue  # a choice knows its own
        if offers:
            parameter.shell_complete = partial(_suggest, offers)  # type: ignore[method-assign]
        elif _FILE_WORDS & set(words):
            parameter.shell_complete = _file  # type: ignore[method-assign]


def _words(parameter: click.Parameter) -> list[str]:
    """Give what a parameter goes by: its options, the words of its help, its name."""
    shown = parameter.metavar or parameter.human_readable_name
    named = parameter.opts if isinstance(parameter, click.Option) else []
    return [*named, *re.split(r"[\[\]|. ]+", shown.upper())]


def _suggest(
    offers: tuple[Offer, ...], context: click.Context, incomplete: str
) -> list[CompletionItem[Any]]:
    """Offer the values that begin as what was typed does, in whatever case."""
    begun = incomplete.casefold()
    return [
        CompletionItem(value, help=about if about.isprintable() else None)
        for offer in offers
        for value, about in _known(offer, context)
        if value.casefold().startswith(begun) and _PLAIN.fullmatch(value)
    ]


def _file(ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:  # noqa: ARG001 - click's signature
    return [CompletionItem(incomplete, type="file")]


def _known(offer: Offer, context: click.Context) -> Iterator[tuple[str, str]]:
    """Give values up to the first that cannot be had."""
    # Whatever goes wrong, a person who completes a word cannot be told of it.
    with contextlib.suppress(Exception):
        yield from offer(context)


def _agents(context: click.Context) -> Iterator[tuple[str, str]]:
    from fluxmirror_core.agents import AGENTS

    known = {spec.id: spec.name for spec in AGENTS if spec.dialect}
    yield from known.items()
    for agent in _asked(context, "recorded_agents"):
        if agent not in known:
            yield agent, ""


def _days(context: click.Context) -> Iterator[tuple[str, str]]:
    from fluxmirror_cli.configured import chosen_zone

    for day in _asked(context, "recent_days", chosen_zone(context.params.get("zone_name"))):
        yield day.isoformat(), f"{day:%A}"


def _named_days(context: click.Context) -> Iterator[tuple[str, str]]:
    yield "today", ""
    yield "yesterday", ""
    yield from _days(context)


def _months(context: click.Context) -> Iterable[tuple[str, str]]:
    return dict.fromkeys((day[:7], "") for day, _ in _days(context))


def _sessions(context: click.Context) -> Iterator[tuple[str, str]]:
    from fluxmirror_core.period import local_date

    from fluxmirror_cli.configured import chosen_zone

    zone = chosen_zone(context.params.get("zone_name"))
    for one in _asked(context, "recent_sessions"):
        yield one.session, f"{one.agent}, {local_date(one.last_ms, zone)}"


def _ids(context: click.Context) -> Iterator[tuple[str, str]]:
    """Give what a cost can be asked of, as far as it was recorded."""
    yield from _sessions(context)
    yield from _models(context)
    for agent in _asked(context, "recorded_agents"):
        yield agent, ""


def _models(context: click.Context) -> Iterator[tuple[str, str]]:
    for model in _asked(context, "recent_models"):
        yield model, ""


def _zones(_: click.Context) -> Iterator[tuple[str, str]]:
    from zoneinfo import available_timezones

    for zone in sorted(available_timezones()):
        yield zone, ""


def _languages(_: click.Context) -> Iterable[tuple[str, str]]:
    from fluxmirror_core.config.languages import NATIVE

    return NATIVE.items()


def _keys(_: click.Context) -> Iterator[tuple[str, str]]:
    from fluxmirror_core.config.schema import KEYS

    for key in KEYS.values():
        yield key.name, str(key.meaning)


def _key_values(context: click.Context) -> Iterable[tuple[str, str]]:
    """Give what the key may be that stands before the value."""
    from fluxmirror_core.config.schema import KEYS

    named = next(one for one in context.command.params if "KEY" in _words(one))
    key = KEYS[context.params[named.name or ""]]
    if key.name in _BY_KEY:
        return _BY_KEY[key.name](context)
    choices = ("true", "false") if key.kind is bool else get_args(key.kind)
    return [(one, "") for one in choices if isinstance(one, str)]


def _asked(context: click.Context, question: str, *more: object) -> list[Any]:
    """Ask the database that the command line names, or the usual one."""
    from fluxmirror_store import known_values

    from fluxmirror_cli.configured import here

    path = context.params.get("database") or here().database
    with known_values.impatient_database(path) as db:
        answer: list[Any] = getattr(known_values, question)(db, *more)
        return answer


_BY_KEY: Final[dict[str, Offer]] = {"language": _languages, "timezone": _zones}
_OFFERS: Final[dict[str, Offer]] = {
    "--agent": _agents,
    "AGENT": _agents,
    "AGENTS": _agents,
    "DAY": _named_days,
    "DATE": _days,
    "YYYY-MM-DD": _days,
    "YYYY-MM": _months,
    "--session": _sessions,
    "SESSION": _sessions,
    "--model": _models,
    "MODEL": _models,
    "ID": _ids,
    "ZONE": _zones,
    "LANG": _languages,
    "LANGUAGE": _languages,
    "KEY": _keys,
    "VALUE": _key_values,
}
