"""`fluxmirror cost` as a person and a script meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.cost import command
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

MEMBERS = [
    "key",
    "responses",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
    "tool_use_tokens",
    "cost",
    "currency",
    "unpriced_responses",
    "first",
    "last",
]
SESSION = "11111111-2222-4333-8444-555555555555"


def run(*arguments: str) -> Result:
    """Run `fluxmirror cost` in this process; what it raises is for the one place of errors."""
    zone = () if "--tz" in arguments else ("--tz", "UTC")
    return CliRunner().invoke(command, [*zone, *arguments], catch_exceptions=True)


def explain(*arguments: str) -> Result:
    """Run `fluxmirror cost explain` in this process."""
    return CliRunner().invoke(command, ["explain", *arguments, "--tz", "UTC"])


def told(*arguments: str) -> dict[str, Any]:
    """Run it, and read the JSON it prints."""
    done = run(*arguments, "--json")
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def answer(number: int, time: str, model: str, *tools: str) -> dict[str, Any]:
    """Make a row of Claude Code's transcript."""
    content = [
        {"type": "tool_use", "id": f"toolu_{number}{tool}", "name": tool, "input": {}}
        for tool in tools
    ]
    usage = {"input_tokens": 1_000, "output_tokens": 100, "cache_read_input_tokens": 10_000}
    message = {"id": f"msg_{number}", "role": "assistant", "model": model, "usage": usage}
    return {
        "type": "assistant",
        "uuid": f"u{number}",
        "sessionId": SESSION,
        "timestamp": time,
        "cwd": "/srv/app",
        "version": "2.1.300",
        "message": {**message, "content": content},
    }


@pytest.fixture
def transcript(home: Path, flux_home: Path) -> Path:
    """A session of Claude Code on 2 and 3 March 2026, read into the database."""
    rows = [
        answer(1, "2026-03-02T12:00:00.000Z", "claude-opus-5-5", "Read", "Edit"),
        answer(2, "2026-03-02T23:30:00.000Z", "claude-opus-5-5"),
        answer(3, "2026-03-03T12:00:00.000Z", "claude-nova-9", "Bash"),
    ]
    file = home / ".claude" / "projects" / "-srv-app" / f"{SESSION}.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    found = find_session_files(os.environ)
    import_session_files(here(), Settings(), found, open_book(here()), Wanted())
    return file


@pytest.mark.usefixtures("transcript")
def test_json_has_rows_and_their_total() -> None:
    """Exactly the members that are promised; money as text, to the last digit."""
    facts = told()
    assert [row["key"] for row in facts["rows"]] == ["2026-03-02", "2026-03-03"]
    assert all(list(row) == MEMBERS for row in (*facts["rows"], facts["total"]))
    (first, second), total = facts["rows"], facts["total"]
    assert (first["input_tokens"], first["cache_read_tokens"]) == (2_000, 20_000)
    # 2 x (1000 x 4 + 100 x 20 + 10,000 x 0.2) dollars per million.
    assert (first["cost"], first["currency"], first["unpriced_responses"]) == ("0.016", "USD", 0)
    assert (second["cost"], second["currency"], second["unpriced_responses"]) == (None, None, 1)
    assert (total["key"], total["responses"], total["cost"]) == (None, 3, "0.016")
    assert (total["first"], total["last"]) == (
        "2026-03-02T12:00:00.000Z",
        "2026-03-03T12:00:00.000Z",
    )
    assert facts["version"] == 1


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("day", ["2026-03-02", "2026-03-03"]),
        ("week", ["2026-W10"]),
        ("month", ["2026-03"]),
        ("agent", ["claude-code"]),
        ("model", ["claude-opus-5-5", "claude-nova-9"]),
        ("project", ["/srv/app"]),
        ("session", [SESSION]),
        ("subagent", ["main"]),
        ("tool", ["Edit + Read", "none", "Bash"]),
    ],
)
def test_it_is_added_up_by(by: str, keys: list[str]) -> None:
    """By time in its order, by all else the most expensive first; the total is always the same."""
    facts = told("--by", by)
    assert [row["key"] for row in facts["rows"]] == keys
    assert facts["total"]["responses"] == sum(row["responses"] for row in facts["rows"]) == 3


@pytest.mark.usefixtures("transcript")
def test_a_session_tells_its_agent_and_project() -> None:
    """What else a list of sessions needs."""
    (row,) = told("--by", "session")["rows"]
    assert (row["agent"], row["project"]) == ("claude-code", "/srv/app")
    (row,) = told("--by", "subagent")["rows"]
    assert (row["agent"], row["session"]) == (None, None)


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("arguments", "responses"),
    [
        (("--date", "2026-03-02"), 2),
        (("--since", "2026-03-03"), 1),
        (("--until", "2026-03-02"), 2),
        (("--since", "2026-03-02", "--until", "2026-03-03"), 3),
        (("--since", "2026-03-04"), 0),
        (("--agent", "Claude Code"), 3),
        (("--agent", "gemini"), 0),
        (("--date", "2026-03-03", "--tz", "Asia/Seoul"), 2),
    ],
)
def test_days_and_agents_are_chosen(arguments: tuple[str, ...], responses: int) -> None:
    """Both days are included, in the zone that was asked for."""
    assert told(*arguments)["total"]["responses"] == responses


@pytest.mark.usefixtures("transcript")
def test_csv_has_a_line_of_names_and_the_rows() -> None:
    """The same members; what is unknown is empty, and no total is mixed in."""
    lines = list(csv.DictReader(io.StringIO(run("--by", "model", "--csv").stdout)))
    assert list(lines[0]) == MEMBERS
    assert [(row["key"], row["cost"]) for row in lines] == [
        ("claude-opus-5-5", "0.016"),
        ("claude-nova-9", ""),
    ]
    sessions = list(csv.DictReader(io.StringIO(run("--by", "session", "--csv").stdout)))
    assert sessions[0]["project"] == "/srv/app"


@pytest.mark.usefixtures("transcript")
def test_a_person_gets_a_table_bars_and_what_is_unknown() -> None:
    """And the word that a subscription is billed otherwise."""
    done = run()
    assert done.exit_code == 0
    assert done.stdout.startswith("# What the models used (2026-03-02 to 2026-03-03, UTC)\n")
    assert "| Total      |         3 | 3.00K |    300 |  30.0K |       0 | $0.02+? |" in done.stdout
    assert f"2026-03-02 {'█' * 30} $0.02" in done.stdout
    assert "A subscription is billed otherwise." in done.stdout
    assert "| Claude Code | claude-nova-9 |         1 |" in done.stdout
    assert "`fluxmirror prices show MODEL`" in done.stdout


def test_nothing_recorded_is_no_error(flux_home: Path) -> None:
    """A line that helps; scripts get the usual shape."""
    done = run()
    assert (done.exit_code, "`fluxmirror import`" in done.stdout) == (0, True)
    facts = told()
    assert (facts["rows"], facts["total"]["responses"], facts["total"]["cost"]) == ([], 0, None)
    assert run("--csv").stdout == ",".join(MEMBERS) + "\n"
    assert "`fluxmirror import`" in explain().stdout


@pytest.mark.usefixtures("transcript")
def test_days_without_anything_name_those_with_something() -> None:
    """No report, no error."""
    done = run("--date", "2026-04-01")
    assert "What is recorded is from 2026-03-02 to 2026-03-03." in done.stdout


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--json", "--csv"), "two formats"),
        (("--date", "2026-03-02", "--since", "2026-03-02"), "--date is one day"),
        (("--since", "2026-03-03", "--until", "2026-03-02"), "2026-03-03 is after 2026-03-02"),
        (("--since", "yesterdy"), "is no date"),
        (("--agent", "zzz"), "there is no agent called 'zzz'"),
        (("--tz", "Mars"), "no time zone"),
        (("--db", ""), "--db is empty"),
        (("explain",), "--tz stands before `explain`"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    """With a hint each."""
    error = run(*arguments).exception
    assert isinstance(error, UsageError)
    assert told in str(error)
    assert error.hint


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("name", "kind", "responses"),
    [
        (SESSION, "session", 3),
        ("msg_2", "response", 1),
        ("toolu_1Edit", "call", 1),
        ("claude-code", "agent", 3),
        ("Claude Code", "agent", 3),
        ("claude-nova-9", "model", 1),
        ("/srv/app", "project", 3),
        ("2026-03-02", "day", 2),
        ("2026-W10", "week", 3),
        ("2026-03", "month", 3),
        ("2026-04", "month", 0),
        (SESSION[:6], "session", 3),
        (f"{SESSION[:12]}…", "session", 3),
        ("main", "subagent", 3),
        ("Bash", "tool", 1),
        ("Edit + Read", "tool", 1),
        ("Read+Edit", "tool", 1),
        ("none", "tool", 1),
        ("/srv/app/", "project", 3),
        ("app", "project", 3),
        ("srv/app/", "project", 3),
        ("CLAUDE-Nova-9", "model", 1),
        ("CLAUDE-CODE", "agent", 3),
        ("2026-w10", "week", 3),
        ("today", "day", 0),
        ("Yesterday", "day", 0),
    ],
)
def test_a_cost_is_explained_by_any_name(name: str, kind: str, responses: int) -> None:
    """Down to its responses, whose sum is the total."""
    facts = json.loads(explain(name, "--json").stdout)
    assert facts["of"]["kind"] == kind
    assert len(facts["responses"]) == facts["total"]["responses"] == responses
    assert list(facts["total"]) == MEMBERS


def test_every_place_leads_to_the_record(transcript: Path) -> None:
    """The line that begins at the offset is the response's, with the counts that are told."""
    facts = json.loads(explain(str(transcript), "--json").stdout)
    assert facts["of"]["kind"] == "file"
    assert len(facts["responses"]) == 3
    for one in facts["responses"]:
        with open(one["file"], "rb") as file:
            file.seek(one["offset"])
            message = json.loads(file.readline())["message"]
        assert (message["id"], message["usage"]) == (one["response"], one["raw"])
        assert one["gone"] is False


@pytest.mark.usefixtures("transcript")
def test_an_explanation_says_by_which_price() -> None:
    """Rates per million, and whose list they are from; None where nobody knows."""
    priced, unpriced = (
        json.loads(explain(name, "--json").stdout)["responses"][0] for name in ("msg_1", "msg_3")
    )
    assert (priced["cost"], priced["currency"]) == ("0.008", "USD")
    assert priced["price"]["provider"] == "anthropic"
    assert priced["price"]["per_million_tokens"]["output"] == "20.00"
    assert (unpriced["cost"], unpriced["currency"], unpriced["price"]) == (None, None, None)


def test_a_vanished_file_is_called_gone(transcript: Path) -> None:
    """What it told stays."""
    transcript.unlink()
    assert f"in {transcript} at byte 0 (gone)" in explain("msg_1").stdout


@pytest.mark.usefixtures("transcript")
def test_many_responses_are_cut_for_a_person() -> None:
    """The newest of them; the total is of all."""
    text = explain(SESSION, "--limit", "1").stdout
    assert "response msg_3" in text
    assert "response msg_2" not in text
    assert "| Cost " in text
    assert "$0.016 |" in text


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize("name", ["zzz", "unknown", SESSION[:5], "Write"])
def test_what_nothing_is_called_has_no_explanation(name: str) -> None:
    """Exit code of no data, and where names are found."""
    error = explain(name).exception
    assert isinstance(error, NoDataError)
    assert "--by session" in str(error.hint)


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        *[
            ((date,), f"{date!r} is no date")
            for date in (
                "2026-02-30",
                "2026-13",
                "2026-W60",
                "9999-12",
                "17.11.2026",
                "2026-8-1",
                "2026/08/01",
            )
        ],
        (("app", "--by", "week"), "'app' is no date"),
        (("2026-03-02", "--by", "week"), "'2026-03-02' is no week"),
        (("",), "ID or DATE is empty"),
        (("--last", "7d"), "limit what ID or DATE names"),
        (("app", "--agent", "zzz"), "there is no agent called 'zzz'"),
        (("app", "--since", "2026-03-03", "--until", "2026-03-02"), "2026-03-03 is after"),
    ],
)
def test_what_cannot_be_explained_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    """In words of the command line, with a hint each."""
    error = explain(*arguments).exception
    assert isinstance(error, UsageError)
    assert told in str(error)
    assert error.hint


@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(
    ("arguments", "responses"),
    [
        (("app", "--since", "2026-03-03"), 1),
        (("app", "--until", "2026-03-02"), 2),
        (("2026-W10", "--until", "2026-03-02"), 2),
        (("2026-03-02", "--agent", "gemini"), 0),
        (("app", "--agent", "claude"), 3),
        (("app", "--by", "project", "--session", SESSION[:8]), 3),
        (("app", "--month", "2026-03"), 3),
        (("--date", "2026-03-03"), 1),
        (("--week", "2026-W10"), 3),
    ],
)
def test_an_explanation_is_limited_as_a_cost_is(arguments: tuple[str, ...], responses: int) -> None:
    """To days, to an agent, to a session."""
    facts = json.loads(explain(*arguments, "--json").stdout)
    assert len(facts["responses"]) == facts["total"]["responses"] == responses


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
@pytest.mark.usefixtures("transcript")
@pytest.mark.parametrize(("columns", "is_whole"), [(80, False), (140, True)])
def test_a_terminal_gets_what_fits_and_a_pipe_the_whole(columns: int, is_whole: bool) -> None:  # noqa: FBT001 - a table's column
    """A session's id is cut where there is no room for it, and nowhere else."""
    import pty

    assert f"| {SESSION} | claude-code | 2026-03-02 |" in run("--by", "session").stdout
    main = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-c", main, "cost", "--by", "session"],
            stdout=theirs,
            check=True,
            env={**os.environ, "COLUMNS": str(columns), "PYTHONUTF8": "1"},
        )
        told = os.read(ours, 1 << 16).decode(errors="ignore")
    finally:
        os.close(ours)
        os.close(theirs)
    assert (f"| {SESSION} |" in told) is is_whole
    assert ("| Tokens |" in told) is not is_whole


@pytest.mark.usefixtures("transcript")
def test_what_several_things_are_called_asks_which() -> None:
    """Of several kinds `--by` says which; of one kind more of the name does."""
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE response SET model = NULL, project = '/x/app' WHERE key = 'msg_1'")
        db.execute("UPDATE response SET session = NULL WHERE key = 'msg_2'")
    error = explain("unknown").exception
    assert isinstance(error, UsageError)
    assert "'unknown' is a session and a model" in str(error)
    assert str(error.hint) == "`--by session` or `--by model` says which"
    facts = json.loads(explain("unknown", "--by", "model", "--json").stdout)
    assert [one["response"] for one in facts["responses"]] == ["msg_1"]
    error = explain("app").exception
    assert str(error) == "'app' may be any of 2 projects: /srv/app, /x/app"
    assert explain("x/app").stdout.startswith("# What the project /x/app cost")


@pytest.mark.usefixtures("transcript")
def test_ids_that_begin_anew_in_each_session_stay_apart() -> None:
    """A subagent and a call of one name in two sessions are two: `--session` says which."""
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE response SET subagent = 'helper-0' WHERE key <> 'msg_2'")
        db.execute("UPDATE response SET session = 'other' WHERE key = 'msg_3'")
        db.execute("UPDATE event SET call_id = 'call_0' WHERE call_id IS NOT NULL")
    for name, kind in (("helper-0", "subagent"), ("call_0", "call")):
        error = explain(name).exception
        assert isinstance(error, UsageError)
        assert str(error) == f"{kind} {name!r} is of 2 sessions: {SESSION}, other"
        assert str(error.hint) == "`--session ID` says which"
        facts = json.loads(explain(name, "--session", "other", "--json").stdout)
        assert [one["response"] for one in facts["responses"]] == ["msg_3"]


@pytest.mark.usefixtures("transcript")
def test_a_call_of_opencode_is_found_without_its_subagent() -> None:
    """Its ids stand behind the subagent's; a person knows the call's own."""
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE event SET call_id = 'ses_1/call_7' WHERE call_id = 'toolu_3Bash'")
    facts = json.loads(explain("call_7", "--json").stdout)
    assert (facts["of"]["name"], len(facts["responses"])) == ("ses_1/call_7", 1)


def test_a_session_file_may_be_relative(transcript: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell completes it."""
    monkeypatch.chdir(transcript.parent)
    assert json.loads(explain(transcript.name, "--json").stdout)["of"]["kind"] == "file"


@pytest.mark.usefixtures("transcript")
def test_another_database_without_responses_is_not_imported_into(tmp_path: Path) -> None:
    """A demo's or an archive's stands as it is."""
    path = str(tmp_path / "empty.db")
    connect_to_write(path).close()
    told = run("--db", path).stdout
    assert "No response of a model is in this database" in told
    assert "`fluxmirror import`" not in told


@pytest.mark.usefixtures("transcript")
def test_another_database_can_be_read(tmp_path: Path) -> None:
    """As it stands; what is not there is said."""
    path = here().database
    with closing(connect_to_read(path)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "other.db"),))
    assert told("--db", str(tmp_path / "other.db"))["total"]["responses"] == 3
    assert isinstance(run("--db", str(tmp_path / "none.db")).exception, NoDataError)


@pytest.mark.usefixtures("transcript")
def test_json_says_everything_in_any_encoding() -> None:
    """A script on a terminal without Korean gets the name, not question marks."""
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE response SET project = '/srv/한국어'")
    assert told("--by", "project")["rows"][0]["key"] == "/srv/한국어"
    plain = CliRunner(charset="ascii")
    written = plain.invoke(command, ["--by", "project", "--json"]).stdout
    assert "?" not in written
    assert json.loads(written)["rows"][0]["key"] == "/srv/한국어"
    assert explain(SESSION, "--json").stdout.isascii()


def test_cost_loads_little() -> None:
    """What a report does not need is not loaded: the slow ones by name."""
    probe = (
        "import sys; old = set(sys.modules); import fluxmirror_cli.commands.cost;"
        " print(*set(sys.modules) - old)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split() if not name.startswith("_")}
    ours = {"fluxmirror_cli", "fluxmirror_core", "fluxmirror_store"}
    assert loaded - sys.stdlib_module_names <= {"click", *ours}
    assert not loaded & {"asyncio", "csv", "dataclasses", "decimal", "difflib", "logging"}
