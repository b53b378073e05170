"""Message: what is to be said, in no language yet; Catalog: how a language says it.

A text's id is `subject.name`, and the subject is the name of its file in a language's folder: only
the files that are asked for are read. What a language lacks is said in English.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from fluxmirror_core.flat import flat
from fluxmirror_core.named_tuple import NamedTuple

ENGLISH: Final = "en"
_FOLDER: Final = os.path.join(os.path.dirname(__file__), "locales")
_SUFFIX: Final = ".toml"


class Message(NamedTuple):
    """Something to say: made by `message` and `counted`, said by a catalog; `str` is English."""

    message_id: str
    values: tuple[tuple[str, object], ...] = ()
    """What fills the placeholders; one that is a message itself is said in the same language."""
    number: int | None = None
    """Of things, where languages may tell one from several."""

    def __str__(self) -> str:
        """Say it in English, for programs and logs."""
        return load_catalog().say(self)


Sayable = Message | str
"""A message, or a text that is the same in every language, such as a path."""


def message(message_id: str, /, **values: object) -> Message:
    """Make a message of a text's id and what fills its placeholders."""
    return Message(message_id, tuple(values.items()))


def counted(message_id: str, number: int, /, **values: object) -> Message:
    """Make a message about a number of things; `Catalog.counted` tells how it is said."""
    return Message(message_id, tuple(values.items()), number)


class Catalog:
    """The texts of one language.

    Args:
        texts: by id, whole.
        language: whose files are read for the ids that are not in `texts`; None for no more.
    """

    def __init__(self, texts: dict[str, str], language: str | None = None) -> None:
        self.language: Final = language or ENGLISH
        self._texts: Final = texts
        self._unread: Final = language
        self._read: Final[set[str]] = set()

    def say(self, what: Sayable) -> str:
        """Say a message; a text stays as it is."""
        if isinstance(what, str):
            return what
        values = {
            name: self.say(value) if isinstance(value, Message) else value
            for name, value in what.values
        }
        if what.number is None:
            return self.text(what.message_id, **values)
        return self.counted(what.message_id, what.number, **values)

    def text(self, message_id: str, /, **values: object) -> str:
        """Give a text with its placeholders filled in; the id itself when no language has it.

        Raises:
            KeyError: the text has a placeholder that `values` does not fill.
        """
        found = self._find(message_id)
        if found is None and self._unread != ENGLISH:
            return load_catalog().text(message_id, **values)
        return message_id if found is None else found.format(**values)

    def counted(self, message_id: str, number: int, /, **values: object) -> str:
        """Give the text for a number of things: `one` where the language tells one apart.

        Args:
            message_id: has `other` below it, and `one` in a language with a singular.
            number: of things; as `{count}` it has its digits grouped, unless `values` write it.
            values: what fills in the other placeholders.
        """
        one = f"{message_id}.one"
        form = one if number == 1 and self._find(one) is not None else f"{message_id}.other"
        return self.text(form, **{"count": f"{number:,}", **values})

    def has(self, message_id: str) -> bool:
        """Tell whether the language itself has a text."""
        return self._find(message_id) is not None

    def _find(self, message_id: str) -> str | None:
        subject = message_id.partition(".")[0]
        if self._unread is not None and subject not in self._read:
            self._read.add(subject)
            self._texts.update(_read_subject(self._unread, subject))
        return self._texts.get(message_id)


@cache
def load_catalog(language: str = ENGLISH) -> Catalog:
    """Give the catalog of a language.

    Args:
        language: the name of a folder in `locales/`; one that is not there means English.
    """
    return Catalog({}, language if language in languages() else ENGLISH)


@cache
def languages() -> tuple[str, ...]:
    """Name the languages there are catalogs for."""
    return tuple(sorted(os.listdir(_FOLDER)))


def read_texts(language: str) -> dict[str, str]:
    """Read all of one language's own texts; empty when there are none."""
    if language not in languages():
        return {}
    subjects = (name.removesuffix(_SUFFIX) for name in os.listdir(os.path.join(_FOLDER, language)))
    return {
        message_id: text
        for subject in sorted(subjects)
        for message_id, text in _read_subject(language, subject).items()
    }


def _read_subject(language: str, subject: str) -> dict[str, str]:
    try:
        with open(os.path.join(_FOLDER, language, subject + _SUFFIX), encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        return {}  # no language has it, or English alone
    return _plain_texts(text, subject) or _any_texts(text, subject)


def _plain_texts(text: str, subject: str) -> dict[str, str] | None:
    """Read `name = "text"` below `[tables]`; None where there is more to it.

    Nearly all of our files are no more than that, and a report has no time to import a parser.
    """
    texts: dict[str, str] = {}
    prefix = f"{subject}."
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            prefix = f"{subject}.{line[1:-1]}."
        elif line:
            name, equals, value = line.partition(' = "')
            if not equals or value[-1:] != '"' or '"' in value[:-1] or "\\" in value:
                return None
            texts[prefix + name] = value[:-1]
    return texts


def _any_texts(text: str, subject: str) -> dict[str, str]:
    import tomllib

    return {name: str(value) for name, value in flat(tomllib.loads(text), f"{subject}.")}
