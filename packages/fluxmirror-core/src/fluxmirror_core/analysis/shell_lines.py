"""A shell's command line → its steps, each a list of words.

It reads what people and agents write for POSIX shells, PowerShell and cmd, in one pass, and a line
that was cut anywhere. `docs/reference/metrics.md` has the rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

BREAKS: Final = "\n;|&()`"
"""What ends a step, outside quotes."""
ESCAPED: Final = " \t\"'\\$`&;|()<>#"
"""What a backslash takes the meaning from; before all else it stands for itself, as in paths."""
ESCAPED_IN_QUOTES: Final = '"\\$`'
_BLANKS: Final = " \t\r"
_REDIRECTION: Final = re.compile(r"&>>?|>>?[&|]?|<<<|<<-?|<[&>]?")
_HERE: Final = ("<<", "<<-")
"""What a text follows on the next lines, up to one that holds nothing but the word behind it."""


def steps_of(line: str) -> list[list[str]]:
    """Give the words of each step, without quotes, comments, redirections and texts.

    Args:
        line: a command line, of several lines perhaps.
    """
    return [step for step in _Reader(line).steps() if step]


class _Reader:
    """Goes through a line once."""

    def __init__(self, line: str) -> None:
        self._line: Final = line
        self._at = 0
        self._step: list[str] = []
        self._word: list[str] | None = None
        """Pieces of the word that is read; None between words."""
        self._redirection = ""
        """What the word that is read, or comes next, is the target of."""
        self._ends: list[str] = []
        """Words that end texts which begin on the next line."""

    def steps(self) -> Iterator[list[str]]:
        """Give the steps, empty ones too."""
        while self._at < len(self._line):
            char = self._line[self._at]
            if char in BREAKS and not self._redirects():
                yield self._end_step()
                self._at += 1
                if char == "\n":
                    self._pass_texts()
            else:
                self._read(char)
        yield self._end_step()

    def _read(self, char: str) -> None:
        """Read what does not end the step."""
        if char in "<>&":
            self._redirect()
        elif char in _BLANKS:
            self._end_word()
            self._at += 1
        elif char == "#" and self._word is None:
            end = self._line.find("\n", self._at)
            self._at = len(self._line) if end < 0 else end
        elif char == "'":
            end = self._line.find("'", self._at + 1)
            end = len(self._line) if end < 0 else end
            self._add(self._line[self._at + 1 : end])
            self._at = end + 1
        elif char == '"':
            self._at += 1
            self._quoted()
        elif char == "\\":
            self._escaped()
        else:
            self._add(char)
            self._at += 1

    def _redirects(self) -> bool:
        """Tell whether an ampersand begins a redirection."""
        return self._line.startswith("&>", self._at)

    def _redirect(self) -> None:
        found = _REDIRECTION.match(self._line, self._at)
        if self._word is not None and "".join(self._word).isdecimal():
            self._word = None  # the number of what is redirected
        self._end_word()
        self._redirection = found[0] if found else "<"
        self._at += len(self._redirection)

    def _escaped(self) -> None:
        following = self._line[self._at + 1 : self._at + 2]
        if following == "\n":
            self._at += 2
        elif following and following in ESCAPED:
            self._add(following)
            self._at += 2
        else:
            self._add("\\")
            self._at += 1

    def _quoted(self) -> None:
        """Read up to the closing quote; what a `$(` holds has quotes of its own."""
        self._add("")
        depth = 0
        while self._at < len(self._line):
            char = self._line[self._at]
            if char == '"' and not depth:
                self._at += 1
                return
            if char == "(" and (depth or self._line[self._at - 1] == "$"):
                depth += 1
            elif char == ")" and depth:
                depth -= 1
            elif char == "\\" and self._line[self._at + 1 : self._at + 2] in ESCAPED_IN_QUOTES:
                self._at += 1
                char = self._line[self._at : self._at + 1]
            self._add(char)
            self._at += 1

    def _add(self, piece: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(piece)

    def _end_word(self) -> None:
        if self._word is None:
            return
        word = "".join(self._word)
        self._word = None
        if not self._redirection:
            self._step.append(word)
        elif self._redirection in _HERE:
            self._ends.append(word)
        self._redirection = ""

    def _end_step(self) -> list[str]:
        self._end_word()
        self._redirection = ""
        step, self._step = self._step, []
        return step

    def _pass_texts(self) -> None:
        for end in self._ends:
            while self._at < len(self._line):
                stop = self._line.find("\n", self._at)
                stop = len(self._line) if stop < 0 else stop
                text = self._line[self._at : stop]
                self._at = stop + 1
                if text.strip() == end:
                    break
        self._ends.clear()
