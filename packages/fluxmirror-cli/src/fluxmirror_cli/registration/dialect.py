"""What each agent's own parser reads: settings that it cannot read switch every hook off, silently.

Seen in runs of the versions in `agent_home`, with a file of each kind.
"""

from __future__ import annotations

import codecs
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, QWEN, name_of
from fluxmirror_cli.registration.jsonc import (
    JsoncError,
    find_comments,
    has_trailing_comma,
    parse_jsonc,
)
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from fluxmirror_cli.registration.settings_file import SettingsFile


class Dialect(NamedTuple):
    """What an agent reads beyond strict JSON."""

    comments: bool = False
    trailing_commas: bool = False
    byte_order_mark: bool = False
    empty: bool = False
    """Whether a file without anything in it is settings without anything in them."""


_DIALECTS: Final = {
    CLAUDE: Dialect(byte_order_mark=True, empty=True),
    QWEN: Dialect(comments=True, byte_order_mark=True),
    GEMINI: Dialect(comments=True),
    CODEX: Dialect(),  # its `hooks.json`
    COPILOT: Dialect(comments=True, trailing_commas=True, byte_order_mark=True, empty=True),
}


def why_unread(agent: str, settings: SettingsFile) -> str:
    """Say why an agent does not read its settings file; empty when it does, or there is none.

    Args:
        agent: its id.
        settings: the file, of its JSON or, with the ending `.toml`, of Codex's configuration.
    """
    if settings.raw is None:
        return ""
    if settings.path.endswith(".toml"):
        return _why_no_toml(settings)
    dialect = _DIALECTS[agent]
    if not settings.text.strip():
        return "" if dialect.empty else "it is empty"
    try:
        root = parse_jsonc(settings.text)
    except JsoncError as error:
        return f"it cannot be read as JSON ({error})"
    troubles = {
        "it is no JSON object": root.kind != "object",
        "it has comments": find_comments(settings.text) and not dialect.comments,
        "it has a comma before a closing bracket": has_trailing_comma(root)
        and not dialect.trailing_commas,
        "it begins with a byte order mark": settings.raw.startswith(codecs.BOM_UTF8)
        and not dialect.byte_order_mark,
    }
    return next((reason for reason, applies in troubles.items() if applies), "")


def check_read(agent: str, settings: SettingsFile) -> None:
    """Refuse a settings file that its agent does not read: nothing in it would have an effect.

    Raises:
        RegistrationError: it is one.
    """
    reason = why_unread(agent, settings)
    if reason:
        raise RegistrationError(
            f"{settings.path} is left alone: {reason}, so {name_of(agent)} does not read it",
            hint="mend that file, then run this again",
        )


def _why_no_toml(settings: SettingsFile) -> str:
    try:
        tomllib.loads(settings.text)
    except ValueError as error:
        return f"it cannot be read as TOML ({error})"
    return ""
