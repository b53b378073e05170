"""An entry of `prices.toml` for a model without a price, to be filled in."""

from __future__ import annotations

import json
import re
from typing import Final

from fluxmirror_core.messages import message

from fluxmirror_cli.speech import say

_SPECIAL: Final = re.compile(r"([*?\[])")
_CONTROL: Final = "\x7f"
"""The one character that JSON writes as it is, and TOML does not take."""
_BLANK: Final = "?"
"""No price: as long as it stands there the file is refused, and nothing is free by mistake."""


def example_entry(model: str, agent: str | None) -> str:
    """Write an entry for a model, of one agent or of all.

    Args:
        model: as the agent logged it; what a pattern means otherwise is escaped.
        agent: id of the agent; None for all.
    """
    pattern = _SPECIAL.sub(r"[\1]", model)
    lines = ["[[price]]", f"model = {_toml_text(pattern)}"]
    if agent is not None:
        lines.append(f"agent = {_toml_text(agent)}")
    return "\n".join(
        [
            *lines,
            f'input = "{_BLANK}"           # {say(message("price_list.entry.rate"))}',
            f'output = "{_BLANK}"',
            f'# cache_read = "{_BLANK}"    # {say(message("price_list.entry.cache_read"))}',
            f'# cache_write_5m = "{_BLANK}"',
            "",
        ]
    )


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace(_CONTROL, r"\u007f")
