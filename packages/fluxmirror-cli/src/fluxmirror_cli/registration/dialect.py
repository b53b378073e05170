"""What each agent's own parser reads: settings that it cannot read switch every hook off, silently.

Seen in runs of the versions in `agent_home`, with a file of each kind.
"""

from __future__ import annotations

import codecs
import tomllib
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, QWEN, name_of
from fluxmirror_cli.registration.jsonc import (
    JsoncError,
    find_comments,
    has_trailing_comma,
    parse_jsonc,
)
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

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


def why_unread(agent: str, settings: SettingsFile) -> Message | None:
    """Say why an agent does not read its settings file; None when it does, or there is none.

    Args:
        agent: its id.
        settings: the file, of its JSON or, with the ending `.toml`, of Codex's configuration.
    """
    if settings.raw is None:
        return None
    if settings.path.endswith(".toml"):
        return _why_no_toml(settings)
    dialect = _DIALECTS[agent]
    if not settings.text.strip():
        return None if dialect.empty else message("settings_file.why.empty")
    try:
        root = parse_jsonc(settings.text)
    except JsoncError as error:
        return message("settings_file.why.no_json", reason=error.sentence)
    troubles = {
        "settings_file.why.no_object": root.kind != "object",
        "settings_file.why.comments": find_comments(settings.text) and not dialect.comments,
        "settings_file.why.trailing_comma": has_trailing_comma(root)
        and not dialect.trailing_commas,
        "settings_file.why.byte_order_mark": settings.raw.startswith(codecs.BOM_UTF8)
        and not dialect.byte_order_mark,
    }
    return next((message(reason) for reason, applies in troubles.items() if applies), None)


def check_read(agent: str, settings: SettingsFile) -> None:
    """Refuse a settings file that its agent does not read: nothing in it would have an effect.

    Raises:
        RegistrationError: it is one.
    """
    reason = why_unread(agent, settings)
    if reason:
        raise RegistrationError(
            message(
                "settings_file.left_unread",
                path=settings.path,
                reason=reason,
                agent=name_of(agent),
            ),
            hint=message("settings_file.mend_again"),
        )


def _why_no_toml(settings: SettingsFile) -> Message | None:
    try:
        tomllib.loads(settings.text)
    except ValueError as error:
        return message("settings_file.why.no_toml", reason=error)
    return None
