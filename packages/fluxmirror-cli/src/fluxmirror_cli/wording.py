"""How the command line words a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core import phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Sayable

_GUESSES: Final = 3


def did_you_mean(word: str, known: Iterable[str], *, otherwise: Sayable) -> Sayable:
    """Guess what a mistyped word was meant to be; `otherwise` when it is like nothing known."""
    from difflib import get_close_matches

    written = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), written, n=_GUESSES)
    return phrases.did_you_mean([written[one] for one in near]) if near else otherwise
