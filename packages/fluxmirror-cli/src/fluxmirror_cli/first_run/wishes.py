"""Wishes: what the command line says, so that it need not be asked for."""

from __future__ import annotations

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.first_run.defaults import (
    AGENT_KEYS,
    LANGUAGE,
    PAYLOADS,
    RETENTION,
    TIMEZONE,
)
from fluxmirror_cli.first_run.questions import EVERY, understand, understand_agents
from fluxmirror_cli.registration.choice import is_answered


class Manner(NamedTuple):
    """How questions get their answers that no option gives."""

    asks: bool = False
    """Somebody is there to be asked, and wants to be."""
    takes_defaults: bool = False
    """Nobody is asked; every answer is the default. With neither, what is not given is not done."""


class GivenAgents(NamedTuple):
    """Which agents `--agents` names."""

    ids: tuple[str, ...]
    everyone: bool
    """Whether all are meant that are found, whichever that may be."""


class Wishes(NamedTuple):
    """What was given; None where nothing was."""

    values: dict[str, object]
    """By key; None for `for ever`."""
    agents: GivenAgents | None
    imports: bool | None
    trust: bool | None
    into_settings: bool
    advanced: bool
    manner: Manner


def choose_manner(*, yes: bool, silent: bool, dry_run: bool) -> Manner:
    """Say whether to ask: only at a terminal, where nobody said that they would rather not.

    A dry run at a terminal shows what the default answers would do.

    Raises:
        UsageError: `--yes` and `--non-interactive` were both given.
    """
    if yes and silent:
        raise UsageError(
            message("init.refused.silent"),
            hint=message("init.hint.silent"),
        )
    if yes or silent or not is_answered():
        return Manner(takes_defaults=yes)
    return Manner(asks=not dry_run, takes_defaults=dry_run)


def given_values(
    language: str | None,
    timezone: str | None,
    payloads: str | None,
    retention_days: str | None,
    record: str | None,
) -> dict[str, object]:
    """Read the values that options give.

    Raises:
        UsageError: one means nothing.
    """
    told = {
        LANGUAGE: language,
        TIMEZONE: timezone,
        PAYLOADS: payloads,
        RETENTION: retention_days,
    }
    values = {key: understand(key, text) for key, text in told.items() if text is not None}
    if record is not None:
        wanted = understand_agents(record)
        values |= {key: agent in wanted for agent, key in AGENT_KEYS.items()}
    return values


def given_agents(text: str | None) -> GivenAgents | None:
    """Read `--agents`.

    Raises:
        UsageError: a word means no agent.
    """
    if text is None:
        return None
    return GivenAgents(understand_agents(text), text.strip().casefold() == EVERY)
