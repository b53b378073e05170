"""A report's plain command line means without click what it means with it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import pytest
from fluxmirror_cli.command_table import COMMANDS, COMPLETION, REPORTS
from fluxmirror_cli.reports.click_command import click_command
from fluxmirror_cli.reports.quick_reader import read_words
from fluxmirror_core.errors import UsageError
from fluxmirror_core.paths import here
from fluxmirror_store import spool
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.option_rows import OptionRow
    from fluxmirror_cli.reports.command import ReportCommand

CALL: Final = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash"}'
RUN: Final = "import sys; from fluxmirror_cli.entry import main; code = main();"
LOADED: Final = f"{RUN} print(*sys.modules, file=sys.stderr); sys.exit(code)"
SLOW: Final = {
    *("argparse", "ast", "asyncio", "base64", "calendar", "click", "concurrent", "copy", "csv"),
    *("dataclasses", "decimal", "dis", "email", "fractions", "gettext", "glob", "hashlib", "html"),
    *("http", "inspect", "ipaddress", "jinja2", "locale", "logging", "multiprocessing", "ntpath"),
    *("pathlib", "pickle", "platform", "pydantic", "random", "secrets", "selectors", "shutil"),
    *("signal", "socket", "statistics", "string", "subprocess", "tempfile", "textwrap"),
    *("threading", "tokenize", "tomllib", "traceback", "urllib", "uuid", "zipfile"),
}
"""Modules that take a report longer to load than it has."""
RARE: Final = {
    "fluxmirror_cli.app",
    "fluxmirror_cli.options",
    "fluxmirror_core.config.resolve",
    "fluxmirror_core.detail",
    "fluxmirror_core.wire",
    "fluxmirror_store.drain",
    "fluxmirror_store.importing.run",
    "fluxmirror_store.importing.sources",
    "fluxmirror_store.legacy",
    "fluxmirror_store.spool_reader",
}
"""Our own, for what seldom happens."""


def report_called(name: str) -> ReportCommand:
    """Give a report's description."""
    module = next(module for command, module, _ in COMMANDS if command == name)
    report: ReportCommand = importlib.import_module(module).REPORT
    return report


ALL: Final = {name: report_called(name) for name in REPORTS}
TEXTS: Final = st.text(min_size=1).filter(lambda text: text.strip() and text[0] != "-")
WORDS: Final = st.one_of(
    st.sampled_from(("", " ", "-", "--", "-h", "--help", "--gti", "--format=", "--json=1", "list")),
    st.sampled_from(("2026-11-20", "week", "ko", "Klingon", "json", "html", "own", "-x", "--x")),
    TEXTS,
)


def meant(report: ReportCommand, words: list[str], *, by_click: bool) -> object:
    """Give what the command would be asked, or the sentence by which that is refused."""
    asked: list[object] = []

    def note(*wish: object, **more: object) -> None:
        asked.append((wish, more))

    noting = report._replace(run=note)
    try:
        if by_click:
            command = click_command(noting)
            with command.make_context(report.name, list(words)) as context:
                command.invoke(context)
        else:
            values = read_words(noting, words)
            assert values is not None
            noting.answer(values)
    except UsageError as error:
        return str(error)
    return asked


def written(row: OptionRow, data: st.DataObject) -> list[str]:
    """Write an option as somebody may, with a value that it takes."""
    name = data.draw(st.sampled_from((*row.names, *filter(None, [row.opposite]))))
    if not row.takes_value():
        return [name]
    known = ("ko", "日本語", "EN") if row.parse else row.choices
    value = data.draw(st.sampled_from(known) if known else TEXTS | st.just("-"))
    return data.draw(st.sampled_from(([name, value], [f"{name}={value}"])))


@pytest.mark.parametrize("name", REPORTS)
@given(data=st.data())
def test_plain_lines_mean_what_click_reads(name: str, data: st.DataObject) -> None:
    """Every option in every way to write it, in any order, flags also twice, words between."""
    report = ALL[name]
    rows = data.draw(
        st.lists(
            st.sampled_from(report.options()),
            max_size=6,
            unique_by=lambda row: row.field if row.takes_value() else object(),
        )
    )
    needed = sum(word.is_needed for word in report.words)
    plain = data.draw(st.lists(TEXTS, min_size=needed, max_size=len(report.words)))
    parts = [*(written(row, data) for row in rows), *([word] for word in plain)]
    words = [word for part in data.draw(st.permutations(parts)) for word in part]
    assert meant(report, words, by_click=False) == meant(report, words, by_click=True)


@pytest.mark.parametrize("name", REPORTS)
@given(data=st.data())
def test_whatever_is_read_is_read_as_click_does(name: str, data: st.DataObject) -> None:
    """Of lines of any kind: what is odd is left to click, and nothing is guessed."""
    report = ALL[name]
    names = [one for row in report.options() for one in row.names]
    options = st.sampled_from((*names, *(f"{one}={one}" for one in names), "--no-git"))
    words = data.draw(st.lists(options | WORDS, max_size=6))
    if read_words(report, words) is not None:
        assert meant(report, words, by_click=False) == meant(report, words, by_click=True)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("today", "--help"),
        ("today", "-h"),
        ("today", "word"),
        ("today", "--gti"),
        ("today", "--dat 2026-11-20"),
        ("today", "--date"),
        ("today", "--date --json"),
        ("today", "--date="),
        ("today", "--json=yes"),
        ("today", "--lang Klingon"),
        ("today", "--format pdf"),
        ("today", "-- --json"),
        ("today", "--agent claude --agent codex"),
        ("today", "--project=. --json --project=."),
        ("week", "--from 2026-11-01 --since 2026-11-02"),
        ("week", "--no-git=1"),
        ("week", "--git --no-git"),
        ("week", "--no-git --json --git"),
        ("agent", ""),
        ("agent", "claude codex"),
        ("agents", "list"),
        ("compare", "today yesterday week"),
    ],
)
def test_what_is_odd_is_left_to_click(name: str, line: str) -> None:
    """It has the words for it."""
    assert read_words(ALL[name], line.split()) is None


def test_every_option_of_a_report_is_clicks_too() -> None:
    """Both come from one table, the contrary of a flag included."""
    for report in ALL.values():
        options = [one for one in click_command(report).params if isinstance(one, click.Option)]
        told = [(tuple(one.opts), tuple(one.secondary_opts), one.name) for one in options]
        assert told == [
            (row.names, (row.opposite,) if row.opposite else (), row.field)
            for row in report.options()
        ]


def run(code: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **variables},
    )


@pytest.mark.parametrize("line", ["today", "week --json", "compare", "agents", "agent claude"])
def test_a_report_loads_little(flux_home: Path, line: str) -> None:
    """Nothing that takes long to load, and none of our own that is for what seldom happens."""
    spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})
    assert run(f"{RUN} sys.exit(code)", "today").returncode == 0
    done = run(LOADED, *line.split())
    assert done.returncode == 0
    loaded = set(done.stderr.splitlines()[-1].split())
    # Time zones are needed; in Python 3.13 they load `threading`.
    before = set(run("import sys, zoneinfo; print(*sys.modules)").stdout.split())
    assert "fluxmirror_store.activity_queries" in loaded
    assert not (loaded - before) & (SLOW | RARE)


def test_a_mistake_is_told_in_clicks_words(flux_home: Path) -> None:
    """As of any other command: where click has to read the line, it does."""
    done = run(f"{RUN} sys.exit(code)", "today", "--nowhere", "2026-11-20")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--nowhere" in done.stderr
    assert "fluxmirror today --help" in done.stderr


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("week --agent claude --agent=codex", "--agent is given more than once"),
        ("week --last 2d --last 3d --last 4d", "more than once\n  hint: give it once"),
        ("week --since 2026-11-01 --since 2026-11-02", "--since is given more than once"),
        ("week --from 2026-11-01 --since 2026-11-02", "--from and --since are the same option"),
        ("week --git --no-git", "--git and --no-git contradict each other\n  hint: leave one out"),
        ("week --no-git --json --git", "--git and --no-git contradict each other"),
        ("sqlite --header --no-header x", "--header and --no-header contradict each other"),
        ("coverage --agent claude --agent codex", "--agent is given more than once"),
    ],
)
def test_an_option_that_says_two_things_is_a_mistake(line: str, told: str, flux_home: Path) -> None:
    """One of them would be forgotten silently, as if the report were of both."""
    done = run(f"{RUN} sys.exit(code)", *line.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_flag_is_the_same_twice(flux_home: Path) -> None:
    """So is a list: its option may be there for each of its values."""
    assert run(f"{RUN} sys.exit(code)", "today", "--json", "--json").returncode == 0
    assert run(f"{RUN} sys.exit(code)", "week", "--no-git", "--no-git").returncode == 0


def test_help_is_given_whatever_else_is_there(flux_home: Path) -> None:
    """Who asks for it may not know yet what is wrong with the line."""
    done = run(f"{RUN} sys.exit(code)", "week", "--git", "--no-git", "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_shell_that_completes_is_answered(flux_home: Path) -> None:
    """A line that could be run is not, while its next word is looked for."""
    variables: dict[str, Any] = {COMPLETION: "bash_complete", "COMP_WORDS": "fluxmirror today --da"}
    done = run(f"{RUN} sys.exit(code)", "today", **variables, COMP_CWORD="2")
    assert done.stdout.splitlines() == ["plain,--date"]
