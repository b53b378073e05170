"""Is a row of a price list for this very model? What genai-prices matches is more than that.

Many rows answer for every name that begins in a way: `claude-opus-4-1` for `claude-opus-4-10`,
`gemini-1.5-flash` for the cheaper `gemini-1.5-flash-8b`. Here a name may go on only with what
tells one release of a model from another: a date, a number, `latest`, `preview`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from genai_prices import types

if TYPE_CHECKING:
    from collections.abc import Iterator

_RELEASE: Final = re.compile(
    r"""(
        [-@]20\d{6} | -20\d\d-\d\d-\d\d | -\d\d-(20\d\d|\d\d)  # a date
        | -\d{3,4}         # a number, as in gemini-2.0-flash-001, mistral-large-2407
        | -latest | -exp | -preview
        | -customtools     # the same Gemini, tuned to prefer an agent's own tools
        | -v\d+(:\d+)?     # Amazon's, as in -v1:0
    )+$""",
    re.VERBOSE,
)
_COMPACT: Final = re.compile(r"-(20\d\d)(\d\d)(\d\d)$")
_SELLER: Final = re.compile(r"([a-z]{2,6}(-[a-z]+)?\.)?anthropic\.")
"""What Amazon writes before the names of Anthropic's models: the region, and the maker."""


def is_same_model(match: object, name: str) -> bool:
    """Tell whether a row is of the model called `name`, and not of one that is called alike.

    Args:
        match: the row's clause, which `name` fulfils.
        name: in lower case.
    """
    bare = _bare(name)
    forms = (bare, _COMPACT.sub(r"-\1-\2-\3", bare))
    shortest = len(_RELEASE.sub("", bare))
    return any(
        form.startswith(word) and len(word) >= shortest
        for word in map(_bare, _words(match))
        for form in forms
    )


def _words(match: object) -> Iterator[str]:
    """Give the names, or parts of names, that a clause speaks of; patterns only repeat them."""
    match match:
        case types.ClauseOr(or_=parts) | types.ClauseAnd(and_=parts):
            for part in parts:
                yield from _words(part)
        case (
            types.ClauseEquals(word)
            | types.ClauseStartsWith(word)
            | types.ClauseEndsWith(word)
            | types.ClauseContains(word)
        ):
            yield word


def _bare(name: str) -> str:
    return _SELLER.sub("", name.lower(), count=1)
