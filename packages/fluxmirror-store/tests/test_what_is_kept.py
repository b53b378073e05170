"""What is kept of what was captured, and of what session files tell: as the settings say."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.config.settings import FULL, NONE, Settings
from fluxmirror_core.transcripts.problem import SLOW_PATTERN, Problem
from fluxmirror_store import spool, spool_reader, tally
from fluxmirror_store.drain import Drained, drain
from fluxmirror_store.importing.run import Imported, import_session_files
from fluxmirror_store.importing.session_files import find_session_files, of_recorded
from fluxmirror_store.importing.waiting import Wanted
from fluxmirror_store.tally import tallied

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

    Rows = Callable[..., list[dict[str, Any]]]

SECRET = "ghp_" + "a1B2" * 9
TAG = r"\[REDACTED:[a-z_]+:[0-9a-f]{4}\]"
SLOW = r"(.*a){25}c"
CALL = {
    "session_id": "s",
    "prompt_id": "p",
    "cwd": "/p",
    "hook_event_name": "PostToolUse",
    "tool_name": "Bash",
    "tool_use_id": "t",
    "tool_input": {"command": "echo EMP-1234"},
    "tool_response": {"stdout": f"EMP-1234 {SECRET}", "stderr": ""},
}
FULLY = Settings(capture_payloads=FULL)


LATER_MS = 1_767_268_801_000
"""A second later than what is captured at no time in particular."""


class NoPrices:
    """Knows no price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> None:
        """Give none."""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], str]:
    """Make a directory whose own file says something; its path."""

    def make(told: str) -> str:
        directory = tmp_path / f"project-{len(list(tmp_path.iterdir()))}"
        directory.mkdir()
        (directory / ".fluxmirror.toml").write_text(told, encoding="utf-8")
        return str(directory)

    return make


@pytest.fixture
def session_file(home: Path) -> Callable[..., None]:
    """Have a session's file of Claude Code tell of a response and of its call, with its end."""

    def tell(
        cwd: str, call_id: str = "t", output: object = "done", command: str = "echo EMP-1234"
    ) -> None:
        path = home / ".claude/projects/-p/s.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        given = {"command": command}
        use = {"type": "tool_use", "id": call_id, "name": "Bash", "input": given}
        result = {"type": "tool_result", "tool_use_id": call_id, "content": output}
        common = {
            "sessionId": "s",
            "cwd": cwd,
            "version": "2.1.0",
            "timestamp": "2026-11-20T12:00:00.000Z",
        }
        asked = {
            "id": f"r-{call_id}",
            "model": "m",
            "role": "assistant",
            "content": [use],
            "usage": {"input_tokens": 3, "output_tokens": 2},
        }
        with path.open("a", encoding="utf-8") as file:
            for kind, message in (("assistant", asked), ("user", {"content": [result]})):
                file.write(json.dumps({"type": kind, "message": message, **common}) + "\n")

    return tell


@pytest.fixture
def read(home: Path, places: Places) -> Callable[..., Imported]:
    """Import what is in the home."""

    def imported(settings: Settings, **wanted: Any) -> Imported:  # noqa: ANN401 - of Wanted
        found = find_session_files({"HOME": str(home)})
        return import_session_files(places, settings, found, NoPrices(), Wanted(**wanted))

    return imported


def waiting(places: Places) -> list[str]:
    """Names of the files that wait in the spool."""
    return os.listdir(spool_reader.new_path(places.spool, ""))


def everything(db: sqlite3.Connection) -> str:
    """All that a database holds, as one text."""
    return "\n".join(db.iterdump())


def counts(db: sqlite3.Connection, kind: str) -> dict[str, int]:
    """How often something was counted, by agent."""
    return {line.agent: line.times for line in tallied(db) if line.kind == kind}


# Payloads


def test_input_is_kept_and_what_came_out_is_not_unless_asked(
    places: Places, capture: Callable[..., str], rows: Rows
) -> None:
    """Sizes and the hash of what came out are kept in any case."""
    capture(CALL)
    drain(places, Settings())
    (kept,) = rows(table="event JOIN payload ON event_id = id")
    assert kept["input_json"] == '{"command":"echo EMP-1234"}'
    assert (kept["output_text"], len(kept["output_sha256"])) == (None, 32)


def test_none_keeps_no_payload(places: Places, capture: Callable[..., str], rows: Rows) -> None:
    """Sizes, the hash and what reports show stay."""
    capture(CALL)
    capture({**CALL, "hook_event_name": "UserPromptSubmit", "prompt": "go " * 200})
    drain(places, Settings(capture_payloads=NONE))
    kept = rows(table="event LEFT JOIN payload ON event_id = id")
    assert [row["input_json"] for row in kept] == [None, None]
    call = next(row for row in kept if row["tool"])
    assert (call["detail"], call["input_bytes"]) == ("echo", 27)
    assert (call["output_text"], len(call["output_sha256"])) == (None, 32)
    assert call["output_bytes"] > 0


@pytest.mark.parametrize(
    ("told", "detail", "path"),
    [
        ({"tool_name": "Bash", "tool_input": {"command": "X=1 cat hush"}}, "cat", None),
        ({"tool_name": "Read", "tool_input": {"file_path": "a.py"}}, "a.py", "/p/a.py"),
        ({"tool_name": "Grep", "tool_input": {"pattern": "hush"}}, "", None),
        ({"tool_name": "WebFetch", "tool_input": {"url": "https://hush.example"}}, "", None),
        ({"tool_name": "Agent", "tool_input": {"description": "hush"}}, "", None),
        ({"tool_name": "mcp__a__b", "tool_input": {"name": "hush"}}, "", None),
        ({"hook_event_name": "UserPromptSubmit", "prompt": "hush"}, "", None),
        ({"hook_event_name": "Notification", "message": "hush"}, "", None),
        ({"hook_event_name": "PermissionDenied", "reason": "hush"}, "echo", None),
        ({"hook_event_name": "SessionStart", "source": "startup"}, "startup", None),
        ({"hook_event_name": "SubagentStop", "agent_type": "explorer"}, "explorer", None),
    ],
)
def test_none_keeps_programs_and_paths_alone(
    places: Places,
    capture: Callable[..., str],
    rows: Rows,
    db: sqlite3.Connection,
    told: dict[str, object],
    detail: str,
    path: str | None,
) -> None:
    """What reports are about; nothing that anybody wrote, asked or searched."""
    capture({**CALL, **told})
    drain(places, Settings(capture_payloads=NONE))
    (kept,) = rows()
    assert (kept["detail"], kept["path"]) == (detail, path)
    assert "hush" not in everything(db)


def test_full_keeps_what_came_out_without_its_secrets(
    places: Places, capture: Callable[..., str], rows: Rows
) -> None:
    """An object is kept as JSON."""
    capture(CALL)
    drain(places, FULLY)
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    told = json.loads(kept["output_text"])
    assert re.fullmatch(rf"EMP-1234 {TAG}", told["stdout"])


@pytest.mark.parametrize("before", [0, 900, 980, 995, 1000, 9170, 9185, 9192, 9200])
@pytest.mark.parametrize("is_object", [True, False])
def test_secret_at_the_limit_is_masked_before_it_is_cut(
    places: Places, capture: Callable[..., str], rows: Rows, before: int, *, is_object: bool
) -> None:
    """Half a secret is one too; and what is looked at is bounded."""
    text = "x " * (before // 2) + SECRET + " y" * 20_000
    capture({**CALL, "tool_response": {"stdout": text} if is_object else text})
    drain(places, FULLY._replace(capture_output_bytes=1000))
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    assert 950 < len(kept["output_text"]) <= 1000
    assert "ghp_" not in kept["output_text"]


def test_output_is_cut_to_bytes_and_whole_letters(
    places: Places, capture: Callable[..., str], rows: Rows
) -> None:
    """A small one is kept whole."""
    capture({**CALL, "tool_response": "한국어" * 50_000})
    capture({**CALL, "tool_use_id": "u", "tool_response": "ok\x00\ud800"}, at_ms=LATER_MS)
    drain(places, FULLY._replace(capture_output_bytes=100))
    long, short = (row["output_text"] for row in rows(table="payload JOIN event ON event_id = id"))
    assert long == ("한국어" * 50)[:33]
    assert short == "ok\x00?"


@pytest.mark.parametrize(
    "output",
    [[1] * 50_000, [{"id": number} for number in range(20_000)], {"stdout": "a" * 100_000}],
    ids=["numbers", "rows", "text"],
)
def test_as_much_of_an_object_is_kept_as_was_asked_for(
    places: Places, capture: Callable[..., str], rows: Rows, output: object
) -> None:
    """Whatever it is made of."""
    capture({**CALL, "tool_response": output})
    drain(places, FULLY)
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    assert len(kept["output_text"]) == FULLY.capture_output_bytes


def test_session_files_tell_what_came_out(
    session_file: Callable[..., None], read: Callable[..., Imported], rows: Rows
) -> None:
    """Of calls no hook saw, and of those whose hooks did not keep it."""
    session_file("/p", output=f"made {SECRET}")
    read(FULLY)
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    assert re.fullmatch(rf"made {TAG}", kept["output_text"])


def test_full_import_fills_in_what_came_out(
    session_file: Callable[..., None], read: Callable[..., Imported], rows: Rows
) -> None:
    """Of calls that were stored before anybody wanted it, while their file is there."""
    session_file("/p")
    read(Settings())
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    assert kept["output_text"] is None
    read(FULLY, full=True)
    (kept,) = rows(table="payload JOIN event ON event_id = id")
    assert kept["output_text"] == "done"


def test_session_files_keep_no_payload_either(
    session_file: Callable[..., None], read: Callable[..., Imported], rows: Rows
) -> None:
    """With `none`."""
    session_file("/p")
    read(Settings(capture_payloads=NONE))
    (kept,) = rows(table="event JOIN payload ON event_id = id")
    assert (kept["input_json"], kept["output_text"], kept["input_bytes"]) == (None, None, 27)


def test_calls_without_ids_find_their_records_without_inputs(
    places: Places,
    capture: Callable[..., str],
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    rows: Rows,
) -> None:
    """By what is shown of them, and by how long it was."""
    settings = Settings(capture_payloads=NONE)
    session_file("/p", "a")
    moment_ms = 1_795_176_000_000
    for command in ("echo EMP-1234", "echo again", "make"):
        nameless = {**CALL, "tool_use_id": None, "tool_input": {"command": command}}
        capture(nameless, at_ms=moment_ms)
    drain(places, settings)
    read(settings)
    told = {(row["detail"], row["input_bytes"]): row["sources"] for row in rows()}
    assert told == {("echo", 27): "hook,transcript", ("echo", 24): "hook", ("make", 18): "hook"}


# Agents


def test_agent_that_is_off_is_counted_and_not_stored(
    places: Places, capture: Callable[..., str], db: sqlite3.Connection, rows: Rows
) -> None:
    """Its files are gone, and the others' are there."""
    capture(CALL)
    capture({"session_id": "q", "hook_event_name": "SessionStart"}, "qwen")
    capture({"session_id": "q", "hook_event_name": "Stop"}, "qwen")
    drained = drain(places, Settings(agents_qwen_code_enabled=False))
    assert drained == Drained(files=3, events=1, off=2)
    assert [row["agent"] for row in rows()] == ["claude-code"]
    assert counts(db, tally.OFF) == {"qwen-code": 2}
    assert waiting(places) == []


def test_nothing_is_stored_when_capture_is_off(
    places: Places,
    capture: Callable[..., str],
    drop: Callable[..., None],
    db: sqlite3.Connection,
    rows: Rows,
) -> None:
    """Not even what cannot be understood, of which a part might be read one day."""
    capture(CALL)
    capture(b"no json")
    capture(b'{"session_id": "s"}', "gemini")
    drop("torn", b'fluxmirror-spool/1\ttorn\tcodex\n{"hook_ev')
    drained = drain(places, Settings(capture_enabled=False))
    assert drained == Drained(files=4, off=4)
    assert rows() == []
    assert counts(db, tally.OFF) == {"claude-code": 2, "codex-cli": 1, "gemini-cli": 1}
    assert waiting(places) == []
    assert not os.path.exists(os.path.join(places.spool, "bad"))


def test_mirror_has_nothing_of_what_is_off(
    places: Places, capture: Callable[..., str], tmp_path: Path
) -> None:
    """No copy of what is not kept."""
    capture(CALL)
    drain(places, Settings(capture_enabled=False, mirror=str(tmp_path / "mirror")))
    assert list(tmp_path.rglob("*.jsonl")) == []


@pytest.mark.parametrize(
    "off",
    [Settings(agents_claude_code_enabled=False), Settings(capture_enabled=False)],
    ids=["agent", "everything"],
)
def test_session_files_of_an_agent_that_is_off_are_not_read(
    off: Settings,
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    rows: Rows,
    db: sqlite3.Connection,
) -> None:
    """Neither usage nor calls; the day the agent is on again, they are."""
    session_file("/p")
    assert read(off).files == 0
    assert db.execute("SELECT count(*) FROM source").fetchone() == (0,)
    assert read(Settings()).responses == 1
    assert len(rows()) == 1


def test_files_of_an_agent_that_was_switched_off_are_not_gone(
    home: Path,
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    db: sqlite3.Connection,
) -> None:
    """They lie where they lay."""
    session_file("/p")
    read(Settings())
    other = home / ".codex/sessions/2026/11/20/rollout-1.jsonl"
    other.parent.mkdir(parents=True)
    other.write_text("{}\n", encoding="utf-8")
    off = Settings(agents_claude_code_enabled=False)
    read(off)
    assert db.execute("SELECT count(*) FROM source WHERE gone_ms IS NOT NULL").fetchone() == (0,)
    left = of_recorded(find_session_files({"HOME": str(home)}), off)
    assert [file.agent for file in left.files] == ["codex-cli"]


# Directories


def test_project_may_have_nothing_recorded(
    places: Places,
    capture: Callable[..., str],
    project: Callable[[str], str],
    db: sqlite3.Connection,
    rows: Rows,
) -> None:
    """In its directory alone; every event of it is counted."""
    private = project("[capture]\nenabled = false\n")
    capture({**CALL, "cwd": private})
    capture({**CALL, "cwd": private, "hook_event_name": "UserPromptSubmit", "prompt": "hush"})
    capture({**CALL, "tool_use_id": "u"})
    assert drain(places, Settings()) == Drained(files=3, events=1, off=2)
    assert [row["cwd"] for row in rows()] == ["/p"]
    assert counts(db, tally.OFF) == {"claude-code": 2}
    assert "hush" not in everything(db)


def test_project_directory_counts_wherever_the_call_ran(
    places: Places, project: Callable[[str], str], rows: Rows
) -> None:
    """An agent of a private project that looks into another directory is still at its work."""
    private = project("[capture]\nenabled = false\n")
    env = {"CLAUDE_PROJECT_DIR": private}
    spool.put(places.spool, json.dumps(CALL).encode(), ("claude",), env)
    spool.put(places.spool, b"no json", ("claude",), env)
    assert drain(places, Settings()) == Drained(files=2, off=2)
    assert rows() == []


def test_what_nobody_can_read_of_a_private_project_is_deleted(
    places: Places,
    capture: Callable[..., str],
    drop: Callable[..., None],
    project: Callable[[str], str],
    db: sqlite3.Connection,
) -> None:
    """Its bytes name the directory; elsewhere they are kept, for a newer program to read."""
    private = json.dumps(project("[capture]\nenabled = false\n"))
    capture(f'{{"cwd":{private},"prompt":"hush" broken'.encode(), "codex")
    drop("torn", f'fluxmirror-spool/1\ttorn\tcodex\n{{"cwd":{private},"prompt":"hu'.encode())
    capture(b'{"cwd":"/p" broken', "codex")
    assert drain(places, Settings()) == Drained(files=3, bad=1, off=2)
    assert counts(db, tally.OFF) == {"codex-cli": 2}
    bad = Path(places.spool, "bad")
    assert [b"/p" in path.read_bytes() for path in bad.iterdir() if path.is_file()] == [True]


def test_project_file_that_nobody_understands_has_nothing_recorded(
    places: Places, capture: Callable[..., str], project: Callable[[str], str]
) -> None:
    """Somebody wanted less recorded, and nobody can tell how much less."""
    capture({**CALL, "cwd": project("[capture\n")})
    assert drain(places, Settings()).off == 1


def test_project_that_says_true_switches_nothing_on(
    places: Places, capture: Callable[..., str], project: Callable[[str], str]
) -> None:
    """It may only have less kept."""
    capture({**CALL, "cwd": project("[capture]\nenabled = true\n")})
    assert drain(places, Settings(capture_enabled=False)).off == 1


def test_patterns_of_a_project_are_masked_beside_the_users(
    places: Places,
    capture: Callable[..., str],
    project: Callable[[str], str],
    rows: Rows,
) -> None:
    """There, and nowhere else; equal secrets have equal tags in both."""
    directory = project('[redaction]\npatterns = ["nova"]\n')
    said = {"command": "echo EMP-1234 nova"}
    capture({**CALL, "cwd": directory, "tool_input": said})
    capture({**CALL, "tool_use_id": "u", "tool_input": said}, at_ms=LATER_MS)
    drain(places, Settings(redaction_patterns=(r"EMP-\d{4}",)))
    there, elsewhere = (row["detail"] for row in rows())
    assert re.fullmatch(rf"echo {TAG} {TAG}", there)
    assert re.fullmatch(rf"echo {TAG} nova", elsewhere)
    assert there.split()[1] == elsewhere.split()[1]


def test_session_files_have_nothing_of_a_private_directory(
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    project: Callable[[str], str],
    rows: Rows,
) -> None:
    """Neither calls nor usage; the rest of the same file is read, and once."""
    private = project("[capture]\nenabled = false\n")
    session_file("/p", "b")
    session_file(private, "a")
    session_file(private, "c")
    imported = read(Settings())
    assert (imported.responses, imported.calls) == (1, 1)
    assert [row["call_id"] for row in rows()] == ["b"]
    assert [row["key"] for row in rows(table="response")] == ["r-b"]
    assert read(Settings()).files == 0
    os.unlink(os.path.join(private, ".fluxmirror.toml"))
    assert read(Settings(), full=True).calls == 2


def test_session_that_began_in_a_private_directory_is_private_to_its_end(
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    project: Callable[[str], str],
    rows: Rows,
) -> None:
    """As its hooks are, whose agent tells the project's directory; in what is added later too."""
    private = project("[capture]\nenabled = false\n")
    session_file(private, "a")
    session_file("/p", "b")
    settings = Settings(redaction_patterns=("project-",))  # masked in what is remembered of a file
    assert (read(settings).calls, read(settings).responses) == (0, 0)
    session_file("/p", "c")
    imported = read(settings)
    assert (imported.calls, imported.responses, rows(), rows(table="response")) == (0, 0, [], [])


def test_subagent_of_a_private_session_is_private(
    home: Path,
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    project: Callable[[str], str],
    rows: Rows,
) -> None:
    """Wherever it works; its calls are in a file of its own."""
    session_file("/p", "a")
    session = home / ".claude/projects/-p/s.jsonl"
    own = session.parent / "s/subagents/agent-1.jsonl"
    own.parent.mkdir(parents=True)
    session.rename(own)
    session_file(project("[capture]\nenabled = false\n"), "b")
    assert read(Settings()).calls == 0
    assert rows() == []


def test_patterns_of_a_project_hold_for_its_session_files(
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    project: Callable[[str], str],
    db: sqlite3.Connection,
) -> None:
    """What is told of its calls is masked like what its hooks told."""
    session_file(project('[redaction]\npatterns = ["EMP-[0-9]+"]\n'))
    read(FULLY)
    assert "EMP-1234" not in everything(db)
    assert "REDACTED:user:" in everything(db)


# Patterns


def test_patterns_mask_everything_that_is_stored(
    places: Places, capture: Callable[..., str], db: sqlite3.Connection, tmp_path: Path
) -> None:
    """Inputs, outputs, details, names; and the mirror has no more than the database."""
    capture({**CALL, "tool_input": {"command": "x EMP-1234", "EMP-1234": ["EMP-1234", 1234]}})
    capture({**CALL, "cwd": "/home/EMP-1234", "tool_use_id": "u", "tool_name": "EMP-1234"})
    settings = FULLY._replace(
        redaction_patterns=(r"EMP-\d{4}", "1234"), mirror=str(tmp_path / "mirror")
    )
    assert drain(places, settings).events == 2
    (mirrored,) = (tmp_path / "mirror").rglob("*.jsonl")
    for told in (everything(db), mirrored.read_text(encoding="utf-8")):
        assert "EMP-1234" not in told
        assert "REDACTED:user:" in told


def test_slow_pattern_hides_more_and_stops_nothing(
    places: Places,
    capture: Callable[..., str],
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    db: sqlite3.Connection,
    rows: Rows,
) -> None:
    """The value is masked whole, and counted."""
    settings = FULLY._replace(redaction_patterns=(SLOW,))
    capture({**CALL, "tool_input": {"command": "a" * 4000}})
    capture({**CALL, "tool_use_id": "u"}, at_ms=LATER_MS)
    drain(places, settings)
    slow, quick = (row["detail"] for row in rows())
    assert re.fullmatch(TAG, slow)
    assert quick == "echo EMP-1234"
    assert counts(db, tally.SLOW_PATTERN)["claude-code"] >= 1
    session_file("/p", "v", output="b" + "a" * 4000)
    imported = read(settings)
    assert imported.problems["claude-code", Problem(SLOW_PATTERN)] == 1


# Noise


def test_questions_to_ourselves_are_marked_for_who_wants_them_hidden(
    places: Places,
    capture: Callable[..., str],
    session_file: Callable[..., None],
    read: Callable[..., Imported],
    rows: Rows,
    tmp_path: Path,
) -> None:
    """Kept like any other, from hooks and from session files."""
    for number, cwd in enumerate((str(tmp_path), "/p")):
        asked = {"command": "fluxmirror today"}
        call = {**CALL, "tool_use_id": str(number), "tool_input": asked, "cwd": cwd}
        capture(call, at_ms=LATER_MS + number)
    capture(CALL)
    settings = Settings(self_noise_enabled=True, self_noise_repo_paths=(str(tmp_path),))
    drain(places, settings)
    assert [row["self_noise"] for row in rows()] == [0, 1, 0]
    session_file(str(tmp_path), "told", command="fluxmirror cost")
    read(settings)
    assert [row["self_noise"] for row in rows("call_id = 'told'")] == [1]
