"""The language that a command line asks for, heard before anything else is read of it.

Whatever is wrong with the rest is said in that language, and so is help. `fluxmirror --help` comes
along here: imports nothing that a bare interpreter has not loaded already.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTION = "--lang"


def asked_language(words: Sequence[str]) -> str:
    """Give the value of the last `--lang`, whatever it may be; empty where there is none."""
    asked = ""
    for word, following in zip(words, (*words[1:], ""), strict=False):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name == _OPTION:
            asked = value if equals else following
    return asked
