"""How the command line words counts and guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_GUESSES: Final = 3


def counted(number: int, thing: str, things: str = "") -> str:
    """Write a number of things: `1 event`, `1,200 events`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {things or thing + 's'}"


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str) -> str:
    """Guess what a mistyped word was meant to be; `otherwise` when it is like nothing known."""
    from difflib import get_close_matches

    written = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), written, n=_GUESSES)
    return f"did you mean {' or '.join(written[one] for one in near)}?" if near else otherwise
