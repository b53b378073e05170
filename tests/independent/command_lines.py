"""What a command line runs: the chapter "Tests and programs" of docs/reference/metrics.md.

Numbers in comments are those of its points.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tests.independent.page import lists_of, two_word_programs, wrappers

LISTS = lists_of("## Tests and programs")
KEYWORDS = LISTS["keywords"]
SILENT = LISTS["silent words"]
SETTING = LISTS["setting words"]
SHELLS = LISTS["shells"]
WINDOWS_SHELLS = LISTS["Windows shells"]
WINDOWS_COMMAND_WORDS = LISTS["Windows command words"]
DOCKER_FAMILY = LISTS["the `docker` family"]
INTERPRETERS = LISTS["interpreters"]
INTERPRETER_OPTIONS = LISTS["options of interpreters that take a word"]
SCRIPTS = LISTS["scripts"]
SCRIPT_RUNNERS = LISTS["script runners"]
OF_SEVERAL_GOALS = LISTS["programs of several goals"]
TEST_PROGRAMS = LISTS["programs that run tests"]
TEST_NAMES = LISTS["names that test"]
KEEPING_WORDS = LISTS["words that keep from testing"]
WRAPPERS = wrappers()
TWO_WORDS = two_word_programs()
SHELL_OPTIONS = ("-o", "-O", "--rcfile", "--init-file")

LONGEST_LINE = 200
LONGEST_WORD = 40
DEEPEST = 3
REDIRECTIONS = (
    "&>>", ">>&", ">>|", "<<<", "<<-", "&>", ">>", ">&", ">|", "<<", "<&", "<>", ">", "<",
)  # fmt: skip
HEREDOCS = ("<<", "<<-")
ESCAPED_IN_QUOTES = '"\\$`'
ESCAPED = " \t\"'\\$`&;|()<>#"
BLANKS = " \t\r"
STEP_ENDS = ";|&()`\n"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
SAYING = re.compile(r"(?=.*[^\W\d])\w[\w.+@-]*")
COUNTING_WORD = re.compile(r"[A-Za-z:@][\w:.@/-]*")
SHELL_COMMAND_WORD = re.compile(r"-[A-Za-z]*c")
TEST_WORD = re.compile(r"(?:[\w.@/-]*:)*tests?(?:[:_-][\w:.-]*|[A-Z]\w*)?")
TEST_SCRIPT = re.compile(r"(?:run[_-]?)?tests?(\.\w+)?")


class Run(NamedTuple):
    """What a step, or a whole command line, is."""

    program: str
    tests: bool


@cache
def read_command(detail: str | None) -> Run | None:
    """Tell what the `detail` of a shell call runs; None where it says nothing."""
    return _command_line((detail or "")[:LONGEST_LINE], 0)


def _command_line(text: str, depth: int) -> Run | None:
    """Point 8: of several steps the one that counts."""
    runs = [run for words in split_steps(text) if (run := _step(words, depth))]
    testing = [run for run in runs if run.tests]
    working = [run for run in runs if run.program.split(" ")[0] not in SETTING]
    return next(iter([*testing, *working, *runs]), None)


class _Reader:
    """Points 1 and 2: a command line, read from left to right, becomes steps of words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.steps: list[list[str]] = []
        self.step: list[str] = []
        self.word: str | None = None
        self.redirection = ""
        self.ends_of_texts: list[str] = []

    def read(self) -> list[list[str]]:
        """Read all of it."""
        while self.at < len(self.text):
            self._take()
        self._end_step()
        return self.steps

    def _take(self) -> None:
        letter = self.text[self.at]
        if letter == "'":
            self._single_quotes()
        elif letter == '"':
            self._double_quotes()
        elif letter == "\\":
            self._backslash()
        elif letter == "#" and self.word is None:
            end = self.text.find("\n", self.at)
            self.at = len(self.text) if end < 0 else end
        elif redirection := self._redirection():
            self._redirect(redirection)
        else:
            self.at += 1
            self._plain(letter)

    def _plain(self, letter: str) -> None:
        if letter in BLANKS:
            self._end_word()
        elif letter in STEP_ENDS:
            self._end_step()
            if letter == "\n":
                self._leave_out_texts()
        else:
            self._add(letter)

    def _add(self, text: str) -> None:
        self.word = (self.word or "") + text

    def _single_quotes(self) -> None:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        self._add(self.text[self.at + 1 : end])
        self.at = end + 1

    def _double_quotes(self) -> None:
        self._add("")
        self.at += 1
        depth = 0
        while self.at < len(self.text):
            letter, following = self.text[self.at], self.text[self.at + 1 : self.at + 2]
            self.at += 1
            if letter == '"' and not depth:
                return
            if letter == "\\" and following and following in ESCAPED_IN_QUOTES:
                self._add(following)
                self.at += 1
                continue
            if letter == "$" and following == "(":
                depth += 1
                self.at += 1
                self._add("$(")
                continue
            if depth and letter in "()":
                depth += 1 if letter == "(" else -1
            self._add(letter)

    def _backslash(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following == "\n":
            self.at += 2
        elif following and following in ESCAPED:
            self._add(following)
            self.at += 2
        else:
            self._add("\\")
            self.at += 1

    def _redirection(self) -> str:
        return next((sign for sign in REDIRECTIONS if self.text.startswith(sign, self.at)), "")

    def _redirect(self, redirection: str) -> None:
        if self.word is not None and re.fullmatch(r"\d+", self.word):
            self.word = None
        self._end_word()
        self.redirection = redirection
        self.at += len(redirection)

    def _end_word(self) -> None:
        if self.word is None:
            return
        if not self.redirection:
            self.step.append(self.word.removesuffix(","))
        elif self.redirection in HEREDOCS:
            self.ends_of_texts.append(self.word)
        self.word, self.redirection = None, ""

    def _end_step(self) -> None:
        self._end_word()
        self.redirection = ""
        self.steps.append(self.step)
        self.step = []

    def _leave_out_texts(self) -> None:
        for end in self.ends_of_texts:
            while self.at < len(self.text):
                line, _, _ = self.text[self.at :].partition("\n")
                self.at += len(line) + 1
                if line.strip() == end:
                    break
        self.ends_of_texts = []


def split_steps(text: str) -> list[list[str]]:
    """Split a command line into its steps; each a list of words."""
    return _Reader(text).read()


def _step(words: list[str], depth: int) -> Run | None:
    """Point 3: find the name, and what stands behind it."""
    words = _from_command(words)
    if not words:
        return None
    name = _name(words[0])
    if name in SILENT or (name not in SETTING and not SAYING.fullmatch(name)):
        return None
    return _program(name, words, depth)


def _from_command(words: list[str]) -> list[str]:
    while words and (words[0] in KEYWORDS or VARIABLE.match(words[0])):
        words = words[1:]
    return words


def _name(word: str) -> str:
    name = re.split(r"[/\\]", word.rstrip("/\\"))[-1]
    return re.sub(r"\.(exe|cmd|bat)$", "", name, flags=re.IGNORECASE)


def _program(name: str, words: list[str], depth: int) -> Run | None:
    """Points 5 to 7, and 9: the program that runs, and whether it tests."""
    rest = words[1:]
    if name in SHELLS or name in WINDOWS_SHELLS:
        return _shell(name, rest, depth)
    if name in DOCKER_FAMILY or name in WRAPPERS:
        wrapped = _wrapped(name, rest)
        if wrapped:
            return _wrapped_run(name, wrapped, depth)
    interpreted = _interpreted(name, rest)
    if interpreted:
        return _step(interpreted, depth) if _from_command(interpreted) else Run(name, tests=False)
    return _own_run(name, words[0], rest)


def _shell(name: str, rest: list[str], depth: int) -> Run | None:
    """Point 5."""
    behind = _behind_command_word(name, rest)
    if behind:
        return _command_line(behind, depth + 1) if depth < DEEPEST else None
    left = _without_options(rest, frozenset(SHELL_OPTIONS))
    if left and _is_test_script(left[0]):
        return Run(_name(left[0])[:LONGEST_WORD], not _keeps(left[1:]))
    return Run(name, tests=False)


def _behind_command_word(name: str, rest: list[str]) -> str:
    for number, word in enumerate(rest):
        if name in WINDOWS_SHELLS:
            found = word.lower() in WINDOWS_COMMAND_WORDS
        else:
            found = SHELL_COMMAND_WORD.fullmatch(word) is not None
        if found:
            return " ".join(rest[number + 1 :])
    return ""


def _without_options(words: list[str], with_word: frozenset[str]) -> list[str]:
    """Point 4."""
    while words and words[0][:1] in {"-", "+"} and words[0] not in {"-m", "--module"}:
        if words[0] == "--":
            return words[1:]
        words = words[2:] if words[0] in with_word else words[1:]
    return words


def _wrapped(name: str, rest: list[str]) -> list[str]:
    """Point 6: the command that a wrapper runs; none where it is the program itself."""
    wrapper = WRAPPERS["docker" if name in DOCKER_FAMILY else name]
    if name == "command" and rest[:1] in (["-v"], ["-V"]):
        return []
    options = wrapper.with_word | TWO_WORDS.get(name, frozenset())
    left = _without_options(rest, options)
    if name in DOCKER_FAMILY and left[:1] == ["compose"]:
        left = _without_options(left[1:], options)
    if name == "yarn" and left[:1] == ["workspace"]:
        return ["yarn", *left[2:]] if left[2:] else []
    if wrapper.verbs:
        if not left or left[0] not in wrapper.verbs:
            return []
        left = _without_options(left[1:], options)
    left = left[wrapper.own_words :]
    if left[:1] in (["-m"], ["--module"]):
        left = left[1:]
    return left


def _wrapped_run(name: str, wrapped: list[str], depth: int) -> Run | None:
    if name in SCRIPT_RUNNERS and TEST_WORD.fullmatch(wrapped[0]):
        return Run(f"{name} {wrapped[0][:LONGEST_WORD]}", not _keeps(wrapped))
    return _step(wrapped, depth) if _from_command(wrapped) else Run(name, tests=False)


def _interpreted(name: str, rest: list[str]) -> list[str]:
    """Point 6: the module or the script that an interpreter runs, where it says more than it."""
    if name.rstrip("0123456789.") not in INTERPRETERS:
        return []
    left = _without_options(rest, frozenset(INTERPRETER_OPTIONS))
    if left[:1] in (["-m"], ["--module"]):
        return left[1:]
    known = (*SCRIPTS, *TEST_PROGRAMS)
    return left if left and (_name(left[0]) in known or _is_test_script(left[0])) else []


def _own_run(name: str, word: str, rest: list[str]) -> Run:
    """Points 7 and 9."""
    if name not in TWO_WORDS:
        tests = name in TEST_PROGRAMS or (name == "node" and "--test" in rest)
        tests = tests or _is_test_script(word)
        return Run(name[:LONGEST_WORD], tests and not _keeps(rest))
    wrapper = WRAPPERS.get("docker" if name in DOCKER_FAMILY else name)
    options = TWO_WORDS[name] | (wrapper.with_word if wrapper else frozenset())
    goal = _goal(name, rest, options)
    if not goal:
        return Run(name[:LONGEST_WORD], tests=False)
    program = f"{name[:LONGEST_WORD]} {goal[:LONGEST_WORD]}"
    return Run(program, _goal_tests(name, goal) and not _keeps(rest))


def _goal(name: str, rest: list[str], options: frozenset[str]) -> str:
    """Point 7: the word that a program is named with."""
    left = _without_options(rest, options)
    if name in OF_SEVERAL_GOALS:
        goals = [word for word in _goals(left, options) if COUNTING_WORD.fullmatch(word)]
        testing = [word for word in goals if _goal_tests(name, word)]
        return next(iter([*testing, *goals]), "")
    if name in SCRIPT_RUNNERS and left[:1] in (["run"], ["run-script"]):
        left = _without_options(left[1:], options) or left
    return left[0] if left and COUNTING_WORD.fullmatch(left[0]) else ""


def _goals(words: list[str], options: frozenset[str]) -> list[str]:
    goals: list[str] = []
    while words := _without_options(words, options):
        goals.append(words[0])
        words = words[1:]
    return goals


def _goal_tests(name: str, goal: str) -> bool:
    """Point 9, of a program of the second table."""
    of_tests = TEST_WORD.fullmatch(goal) is not None
    return of_tests or goal in TEST_PROGRAMS or f"{name} {goal}" in TEST_NAMES


def _is_test_script(word: str) -> bool:
    """Point 9: a script with tests."""
    match = TEST_SCRIPT.fullmatch(re.split(r"[/\\]", word)[-1])
    return match is not None and (match[1] is not None or "/" in word or "\\" in word)


def _keeps(words: list[str]) -> bool:
    return any(word in KEEPING_WORDS for word in words)
