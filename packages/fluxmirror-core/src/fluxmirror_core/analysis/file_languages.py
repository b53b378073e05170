"""In which languages the files of a period are written, guessed from their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.analysis.activity import Activity

_EXTENSIONS: Final = {
    "Rust": "rs",
    "TypeScript": "ts tsx mts cts",
    "JavaScript": "js jsx mjs cjs",
    "Python": "py pyi",
    "Go": "go",
    "Java": "java",
    "Kotlin": "kt kts",
    "Swift": "swift",
    "Ruby": "rb",
    "C": "c h",
    "C++": "cpp cc hpp hh cxx",
    "C#": "cs",
    "Markdown": "md",
    "TOML": "toml",
    "YAML": "yaml yml",
    "JSON": "json",
    "SQL": "sql",
    "Shell": "sh bash zsh",
    "HTML": "html htm",
    "CSS": "css scss sass less",
    "Frontend": "vue svelte",
}
LANGUAGES: Final = {
    extension: name for name, extensions in _EXTENSIONS.items() for extension in extensions.split()
}
"""By extension, in small letters and without its dot."""


class LanguageFiles(NamedTuple):
    """A language and how many files are written in it."""

    language: str
    files: int


def file_languages(activity: Activity) -> tuple[LanguageFiles, ...]:
    """Count the files that were read or written by language, most first, then by name.

    A file's language is told by what stands behind the last dot of its name; files without one,
    and those that `LANGUAGES` does not know, are in none.
    """
    counts: dict[str, int] = {}
    for language in _languages(activity.reads.keys() | activity.writes.keys()):
        counts[language] = counts.get(language, 0) + 1
    rows = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(LanguageFiles(*row) for row in rows)


def _languages(files: Iterable[str]) -> Iterable[str]:
    for file in files:
        stem, _, extension = file.rpartition(".")
        language = LANGUAGES.get(extension) or LANGUAGES.get(extension.lower())
        # A name that begins with its only dot has no extension.
        if language and stem and stem[-1] not in "/\\":
            yield language
