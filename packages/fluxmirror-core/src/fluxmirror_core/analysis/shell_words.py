"""What a shell command runs: the program that says most about it, and whether that runs tests."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.shell_lines import steps_of
from fluxmirror_core.analysis.shell_programs import (
    ALSO_TESTS,
    COMPOSE,
    FAMILIES,
    GOALS,
    INTERPRETER_VALUES,
    INTERPRETERS,
    KEYWORDS,
    NOT_RUN,
    RUN_WORDS,
    SCRIPT_RUNNERS,
    SCRIPTS,
    SETTING,
    SHELLS,
    SILENT,
    TESTS,
    WINDOWS_COMMAND,
    WINDOWS_SHELLS,
    WRAPPERS,
)
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST: Final = 1_000
"""Letters of a command line that are looked at."""
LONGEST_WORD: Final = 40
"""Letters of a word of a name that are kept."""
DEEPEST: Final = 4
"""Command lines within command lines that are looked into."""
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_NAME: Final = re.compile(r"(?=.*[^\W\d])\w[\w.+@-]*")
_WORD: Final = re.compile(r"[A-Za-z:@][\w:.@/-]*")
_VERSION: Final = re.compile(r"[0-9.]+$")
_TEST_WORD: Final = re.compile(r"(?:[\w.@/-]*:)*tests?(?:[:_-][\w:.-]*|[A-Z]\w*)?")
_TEST_SCRIPT: Final = re.compile(r"(?:run[-_]?)?tests?(?:\.\w+)?")
_SHELL_COMMAND: Final = re.compile(r"-[A-Za-z]*c")
_SHELL_VALUES: Final = frozenset(("-o", "-O", "--rcfile", "--init-file"))
_MODULE: Final = (["-m"], ["--module"])
_SUFFIX: Final = re.compile(r"\.(?:exe|cmd|bat)$", re.IGNORECASE)


class Run(NamedTuple):
    """What one step of a command line runs."""

    name: str
    is_test: bool = False


_NOTHING: Final = Run("")


def program_of(command: str) -> str:
    """Name what a command line runs: `pytest`, `git commit`, `npm test`; empty where nothing says.

    A command of several steps goes by the first that runs tests, else by the first that does more
    than prepare, else by the first. Directories, variables and what merely runs another program
    are left out.
    """
    return _run_of(command[:LONGEST]).name


def is_test_run(command: str) -> bool:
    """Tell whether any step of a command line runs tests."""
    return _run_of(command[:LONGEST]).is_test


@lru_cache(maxsize=16_384)
def _run_of(command: str) -> Run:
    return _chosen(_runs(command, DEEPEST))


def _chosen(runs: Iterable[Run]) -> Run:
    """Choose the step that a command line goes by."""
    found = [run for run in runs if run.name]
    telling = [run for run in found if run.is_test]
    telling = telling or [run for run in found if run.name.partition(" ")[0] not in SETTING]
    return next(iter(telling or found), _NOTHING)


def _runs(line: str, depth: int) -> Iterator[Run]:
    if depth:
        for step in steps_of(line):
            yield _run(step, depth)


def _run(step: Sequence[str], depth: int) -> Run:
    """Say what one step runs."""
    # A list of arguments is written down with commas.
    words = [word.removesuffix(",") for word in step]
    name = ""
    while words := _without_prefix(words):
        word, rest = words[0], words[1:]
        name = _bare(word)
        if name in SILENT or not (_NAME.fullmatch(name) or name in SETTING):
            return _NOTHING
        if name in SHELLS or name in WINDOWS_SHELLS:
            return _of_shell(name, rest, depth)
        inner = _wrapped(name, rest) or _interpreted(name, rest)
        if inner is None:
            return _named(name, word, rest)
        if name in SCRIPT_RUNNERS and _TEST_WORD.fullmatch(inner[0]):
            return Run(_two_words(name, inner[0]), is_test=not NOT_RUN.intersection(inner))
        words = inner
    return Run(name)


def _without_prefix(words: Sequence[str]) -> list[str]:
    """Leave out keywords and variables before a command."""
    at = 0
    while at < len(words) and (words[at] in KEYWORDS or _VARIABLE.match(words[at])):
        at += 1
    return list(words[at:])


def _of_shell(name: str, rest: Sequence[str], depth: int) -> Run:
    """Say what a shell runs: a command line, else a script with tests, else itself."""
    line = _line_for(name, rest)
    if line:
        return _chosen(_runs(line, depth - 1))
    words = _after_options(rest, _SHELL_VALUES)
    if words and _is_test_script(words[0]):
        return Run(_bare(words[0])[:LONGEST_WORD], not NOT_RUN.intersection(words[1:]))
    return Run(name)


def _line_for(name: str, rest: Sequence[str]) -> str:
    """Give the command line that a shell is told to run; empty where it is told none."""
    for at, word in enumerate(rest):
        if name in WINDOWS_SHELLS:
            is_told = word.lower() in WINDOWS_COMMAND
        else:
            is_told = bool(_SHELL_COMMAND.fullmatch(word))
        if is_told:
            return " ".join(rest[at + 1 :])
    return ""


def _wrapped(name: str, rest: Sequence[str]) -> list[str] | None:
    """Give the command that a wrapper runs; None where it runs none, or is no wrapper."""
    wrapper = WRAPPERS.get(_table_name(name))
    if wrapper is None or (name == "command" and rest[:1] in (["-v"], ["-V"])):
        return None
    words = _after_options(rest, wrapper.values)
    if name in COMPOSE and words[:1] == ["compose"]:
        words = _after_options(words[1:], wrapper.values)
    if name == "yarn" and words[:1] == ["workspace"]:
        return ["yarn", *words[2:]] if words[2:] else None
    if wrapper.verbs:
        if not words or words[0] not in wrapper.verbs:
            return None
        words = _after_options(words[1:], wrapper.values)
    words = words[wrapper.arguments :]
    return (words[1:] if words[:1] in _MODULE else words) or None


def _interpreted(name: str, rest: Sequence[str]) -> list[str] | None:
    """Give the module or the script that an interpreter runs, where it counts as a program."""
    if _VERSION.sub("", name) not in INTERPRETERS:
        return None
    words = _after_options(rest, INTERPRETER_VALUES)
    if not words or _module(words):
        return _module(words)
    script = _bare(words[0])
    counts = script in SCRIPTS or script in TESTS or _is_test_script(words[0])
    return words if counts else None


def _module(words: Sequence[str]) -> list[str] | None:
    """Give what follows a `-m`."""
    return list(words[1:]) or None if words[:1] in _MODULE else None


def _named(name: str, word: str, rest: Sequence[str]) -> Run:
    """Name a program that runs nothing else, with the word that says what it does."""
    runs = not NOT_RUN.intersection(rest)
    if name not in FAMILIES:
        tests = name in TESTS or _is_test_script(word) or (name == "node" and "--test" in rest)
        return Run(name[:LONGEST_WORD], tests and runs)
    wrapper = WRAPPERS.get(_table_name(name))
    values = FAMILIES[name] | wrapper.values if wrapper else FAMILIES[name]
    words = _goals(rest, values) if name in GOALS else _next_word(name, rest, values)
    tested = next((one for one in words if _tests(name, one)), None)
    chosen = tested or next(iter(words), "")
    return Run(_two_words(name, chosen), tested is not None and runs)


def _table_name(name: str) -> str:
    return "docker" if name in COMPOSE else name


def _next_word(name: str, rest: Sequence[str], values: frozenset[str]) -> list[str]:
    """Give the word that says what is done, in a list; an empty one where none does."""
    words = _after_options(rest, values)
    if name in SCRIPT_RUNNERS and words[:1] and words[0] in RUN_WORDS:
        words = _after_options(words[1:], values) or words
    return words[:1] if words[:1] and _WORD.fullmatch(words[0]) else []


def _goals(rest: Sequence[str], values: frozenset[str]) -> list[str]:
    """Give all words that are no options."""
    goals, words = [], list(rest)
    while words := _after_options(words, values):
        if _WORD.fullmatch(words[0]):
            goals.append(words[0])
        words = words[1:]
    return goals


def _tests(name: str, word: str) -> bool:
    return bool(_TEST_WORD.fullmatch(word)) or word in TESTS or f"{name} {word}" in ALSO_TESTS


def _after_options(words: Sequence[str], values: frozenset[str]) -> list[str]:
    """Leave out options, the words that they take, and a `--`; a `-m` names a module and stays."""
    at = 0
    while at < len(words) and words[at][:1] in ("-", "+") and words[at] not in ("-m", "--module"):
        if words[at] == "--":
            return list(words[at + 1 :])
        # The last one may lack the word that it takes: lines are cut.
        at += 2 if words[at] in values else 1
    return list(words[at:])


def _is_test_script(word: str) -> bool:
    """Tell whether a word is a file that is called as tests are."""
    name = word.replace("\\", "/").rpartition("/")[2]
    return bool(_TEST_SCRIPT.fullmatch(name)) and (name != word or "." in name)


def _two_words(name: str, word: str) -> str:
    return f"{name} {word[:LONGEST_WORD]}".rstrip()


def _bare(word: str) -> str:
    """Give a program's name without its directory, and what Windows puts behind it."""
    name = word.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _SUFFIX.sub("", name)
