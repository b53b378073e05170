"""How long agents keep their own session files, as their settings say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_cli.registration.agent_home import BY_ID, CLAUDE, GEMINI
from fluxmirror_cli.registration.jsonc import JsoncError, parse_jsonc, plain
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_DEFAULT_DAYS: Final = 30
"""Claude Code's and Gemini CLI's own default."""
_PERIOD: Final = re.compile(r"([0-9]{1,6})([hdwm])")
_UNITS_MS: Final = {"h": HOUR_MS, "d": DAY_MS, "w": 7 * DAY_MS, "m": 30 * DAY_MS}


def kept_ms(agent: str, env: Mapping[str, str]) -> int | None:
    """Say how long after its last change an agent deletes a session file, in milliseconds.

    None when it deletes none, or it is not known that it does. Settings that somebody else's
    policy overrules are not looked at.
    """
    rule = _RULES.get(agent)
    return rule(_settings(agent, env)) if rule else None


def _settings(agent: str, env: Mapping[str, str]) -> dict[str, Any]:
    """Read an agent's settings; none where they cannot be read, as doctor tells elsewhere."""
    try:
        told = plain(parse_jsonc(read_settings(BY_ID[agent].settings_path(env)).text))
    except (RegistrationError, JsoncError):
        return {}
    return _object(told)


def _claude(settings: Mapping[str, Any]) -> int:
    """Read `cleanupPeriodDays`; it refuses what is no number of days from 1 on."""
    days = settings.get("cleanupPeriodDays")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        days = _DEFAULT_DAYS
    return days * DAY_MS


def _gemini(settings: Mapping[str, Any]) -> int | None:
    """Read `general.sessionRetention`; it deletes nothing when that cannot be meant so."""
    told = _object(_object(settings.get("general")).get("sessionRetention"))
    longest = _period_ms(told.get("maxAge", f"{_DEFAULT_DAYS}d"))
    shortest = _period_ms(told.get("minRetention")) or DAY_MS
    if told.get("enabled", True) is not True or longest is None or longest < shortest:
        return None
    return longest


def _period_ms(period: object) -> int | None:
    found = _PERIOD.fullmatch(period) if isinstance(period, str) else None
    return int(found[1]) * _UNITS_MS[found[2]] or None if found else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


_RULES: Final[dict[str, Callable[[Mapping[str, Any]], int | None]]] = {
    CLAUDE: _claude,
    GEMINI: _gemini,
}
