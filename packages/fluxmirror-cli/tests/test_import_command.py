"""`fluxmirror import`, and the import that comes before a report, as a person meets them."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fluxmirror_cli import background, imported
from fluxmirror_cli.commands.import_ import command
from fluxmirror_cli.drained import drained_database, opened_database
from fluxmirror_cli.imported import EVERYTHING, USAGE, import_when_due
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_core.paths import here
from fluxmirror_store import lock
from fluxmirror_store.database import connect_to_read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.usefixtures("flux_home")


def run(*arguments: str) -> Result:
    """Run `fluxmirror import` in this process."""
    return CliRunner().invoke(command, arguments)


def count(table: str = "response") -> int:
    """Count the rows of a table."""
    with closing(connect_to_read(here().database)) as db:
        number: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return number


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that were started in the background; none really is."""
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(background, "start", lambda *arguments: commands.append(arguments))
    return commands


def test_what_was_read_is_a_sentence(respond: Callable[..., Path]) -> None:
    """With what was odd counted, and listed when asked for."""
    path = respond("a")
    with path.open("a") as file:
        file.write('{"type":"brand-new","version":"9.9"}\nno json\n')
    told = run().output
    assert told.startswith("1 session file read (0.0 MB): 1 new response, 1 call that no hook")
    assert "2 odd things in them; --verbose lists them" in told
    listed = run("--verbose").output
    assert listed.startswith("nothing new in 1 session file\n")
    assert "1  Claude Code: bad line\n" in listed
    assert "1  Claude Code 9.9: unknown record: brand-new\n" in listed
    assert run("--full", "--verbose").output.splitlines()[1:] == listed.splitlines()[1:]
    path.write_text("")
    respond("b")
    assert "rewritten file" in run("--verbose").output


def test_no_files_is_no_error() -> None:
    """A machine without any agent."""
    assert run().output == "there are no session files of any agent here\n"
    assert run("--dry-run").output == "nothing new\n"


def test_dry_run_reads_nothing(respond: Callable[..., Path]) -> None:
    """It says what would be read; no database is made."""
    respond("a")
    assert "Claude Code        1 file" in run("--dry-run").output
    assert not os.path.exists(here().database)
    (file,) = json.loads(run("--dry-run", "--json").output)["files"]
    assert (file["agent"], file["bytes"] > 0) == ("claude-code", True)


def test_json_tells_what_was_done(respond: Callable[..., Path]) -> None:
    """For scripts."""
    respond("a")
    told = json.loads(run("--json").output)
    assert (told["files"], told["new_responses"], told["new_calls"]) == (1, 1, 1)
    assert told["problems"] == []


def test_one_agent_can_be_asked_for(respond: Callable[..., Path]) -> None:
    """By its id, its name or its word; another word is refused with a guess."""
    respond("a")
    assert run("--agent", "codex").output == "there are no session files of any agent here\n"
    assert "1 session file read" in run("--agent", "claude").output
    wrong = run("--agent", "cladue-code").exception
    assert isinstance(wrong, UsageError)
    assert "claude-code" in str(wrong.hint)


@pytest.mark.parametrize("arguments", [("--quiet", "--verbose"), ("--since", "yesterday")])
def test_wrong_usage_is_told(arguments: tuple[str, ...]) -> None:
    """In one sentence."""
    assert isinstance(run(*arguments).exception, UsageError)


def test_quiet_says_nothing(respond: Callable[..., Path]) -> None:
    """It is what runs in the background."""
    respond("a")
    assert run("--quiet").output == ""
    assert count() == 1


def test_wrong_prices_keep_nothing_from_being_read(respond: Callable[..., Path]) -> None:
    """Costs are unknown, and said to be; the next import that knows prices fills them in."""
    respond("a")
    os.makedirs(here().config)
    prices = os.path.join(here().config, "prices.toml")
    with open(prices, "w", encoding="utf-8") as file:
        file.write("[[price]]\nmodel = 3\n")
    done = run()
    assert "1 new response" in done.output
    assert "costs are unknown for now" in done.stderr
    with drained_database(None) as db:
        assert db.execute("SELECT cost_pico FROM response").fetchall() == [(None,)]
    os.unlink(prices)
    respond("b")
    run()
    with drained_database(None) as db:
        assert db.execute("SELECT cost_pico FROM response").fetchall() == [(7_500_000_000,)] * 2


def test_what_cannot_be_read_is_told(
    respond: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sum without it is not whole."""
    respond("a")
    real = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith(".codex/sessions"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    os.makedirs(os.path.expanduser("~/.codex/sessions"))
    monkeypatch.setattr(os, "scandir", refusing)
    with opened_database(None) as opened:
        assert not opened.is_complete
    assert "1 session file or folder of Codex CLI cannot be read" in capsys.readouterr().err


def test_a_report_reads_first(respond: Callable[..., Path], started: list[tuple[str, ...]]) -> None:
    """Without any set-up; nothing is left for later."""
    respond("a")
    with drained_database(None) as db:
        assert db.execute("SELECT cost_pico FROM response").fetchone() == (7_500_000_000,)
        assert db.execute("SELECT sources FROM event").fetchall() == [("transcript",)]
    assert not started


def test_a_report_leaves_the_rest_to_the_background(
    respond: Callable[..., Path],
    started: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And says so."""
    monkeypatch.setattr(imported, "_BUDGET_S", {EVERYTHING: -1.0, USAGE: -1.0})
    for number in range(3):
        path = respond(f"r{number}", session=f"s{number}")
        with path.open("a") as file:
            file.write("x" * (9 << 20))
    with drained_database(None):
        pass
    assert started == [("import", "--quiet")]
    assert "older session files still being read in the background" in capsys.readouterr().err


def test_cost_waits_for_no_call(
    respond: Callable[..., Path],
    started: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its figures are whole, so nothing is said; the calls are read behind it."""
    monkeypatch.setattr(imported, "_LITTLE", 1)
    respond("a")
    with drained_database(None, USAGE) as db:
        assert db.execute("SELECT count(*) FROM response").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM event").fetchone() == (0,)
    assert started == [("import", "--quiet")]
    assert not capsys.readouterr().err


def test_session_files_can_be_left_alone(
    respond: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By who does not want them read; the command by that name still does."""
    respond("a")
    monkeypatch.setenv("FLUXMIRROR_SESSION_FILES", "false")
    with drained_database(None) as db:
        assert db.execute("SELECT count(*) FROM response").fetchone() == (0,)
    assert "1 new response" in run().output


def test_a_second_importer_is_left_to_its_work(
    respond: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A report shows what there is, and says that more is coming."""
    respond("a")
    with opened_database(None) as opened:
        assert opened.is_complete
    respond("b")
    with (
        lock.held(os.path.join(here().spool, "import.lock")),
        opened_database(None) as opened,
    ):
        assert not opened.is_complete
        assert "still being read in the background" in capsys.readouterr().err


def test_as_long_as_the_first_importer_is_at_work_nobody_can_tell(
    respond: Callable[..., Path],
) -> None:
    """There is no database yet, and a report without one would say that nothing happened."""
    respond("a")
    os.makedirs(here().spool)
    with (
        lock.held(os.path.join(here().spool, "import.lock")),
        pytest.raises(StoreError, match="cannot tell what happened"),
        opened_database(None),
    ):
        pass


def test_hooks_have_it_done_once_a_day(respond: Callable[..., Path]) -> None:
    """Agents delete old files, whether anybody looked at a report or not."""
    respond("a")
    os.makedirs(here().spool)
    import_when_due(here(), Settings())
    import_when_due(here(), Settings())
    assert not os.path.exists(here().database)
    mark = os.path.join(here().spool, "imported")
    os.utime(mark, (time.time() - 90_000,) * 2)
    import_when_due(here(), Settings())
    assert count() == 1
    respond("b")
    import_when_due(here(), Settings())
    assert count() == 1
    os.utime(mark, (time.time() - 90_000,) * 2)
    import_when_due(here(), Settings(session_files=False))
    assert count() == 1
