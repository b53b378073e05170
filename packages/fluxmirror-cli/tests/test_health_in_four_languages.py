"""Doctor speaks four languages, each in columns that a terminal sees straight."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli import speech
from fluxmirror_cli.health.clauses import about, besides, in_brackets, joined, named
from fluxmirror_cli.health.elapsed import ago, duration
from fluxmirror_cli.health.examination import examine
from fluxmirror_cli.health.mend import DONE, FAILED, LEFT, PLANNED, Mended, find_repairs
from fluxmirror_cli.health.row import MEND, Row
from fluxmirror_cli.health.table import Look, doctor_result, render_table
from fluxmirror_cli.registration.foundation import lay_foundation, plan_foundation
from fluxmirror_cli.registration.situation import survey
from fluxmirror_core import journal
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.messages import counted, message, read_texts
from fluxmirror_core.paths import here
from fluxmirror_core.report.as_text import width
from fluxmirror_store import spool
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TRANSLATED = [name for name in LANGUAGES if name != "english"]
SUBJECTS = {
    *("clause", "doctor", "doctor_agents", "doctor_files", "doctor_records"),
    *("elapsed", "mend", "oddity", "archive_text", "status", "verify"),
}
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
NAMES = re.compile(r"`[^`]*`|'[^']*'|[!-.0-~]*/[!-~]*|Claude Code|Codex CLI|Gemini CLI")
"""Code, paths and names: what no language translates."""
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'
ODD = b'{"session_id":"s","prompt_id":"p","hook_event_name":"Brandnew"}'
PLUGIN = "fluxmirror@fluxmirror"
SESSION = b'{"type":"user","sessionId":"s","timestamp":"2026-01-01T12:00:00Z","message":{}}\n'
ROWS = [
    Row(
        "sqlite",
        "ok",
        message("doctor.program.wal_bug", version="3.40.1"),
    ),
    Row("config", "ok", about("/etc/flux.toml", counted("doctor.config.keys", 2))),
    Row(
        "claude-code",
        "warn",
        about(
            "Claude Code 2.1.0",
            message(
                "doctor_agents.silent",
                told=message("doctor_agents.by_plugin", version="0.1.0"),
                heard=besides(
                    counted("doctor_agents.heard.missed", 2),
                    message("doctor_agents.heard.last", ago=ago(0, 5 * 3_600_000)),
                ),
            ),
        ),
        message("doctor_agents.wake", agent="claude-code"),
    ),
    Row("hook time", "ok", counted("doctor_agents.hook_time", 1_500, half="32", most="64.5")),
    Row(
        "session files",
        "ok",
        besides(
            counted("doctor_files.waiting", 12, read="8", waiting="4"),
            message("doctor_files.gone", count="3"),
        ),
        message("doctor_files.will_be_read"),
    ),
    Row(
        "retention",
        "warn",
        besides(
            counted("doctor_files.deleted_from", 3, agent="Claude Code", date="2026-11-26"),
            message("doctor_files.not_read", count="1"),
        ),
        besides(
            message("doctor.run", command="fluxmirror import"),
            message("doctor_files.keeps_copies"),
        ),
    ),
    Row(
        "database",
        "ok",
        about(
            "/srv/a-folder-of-a-name/another-one/events.db",
            joined(
                (
                    counted("unit.events", 12_345),
                    message("doctor_records.size_free", size="9 MiB", free="3 MiB"),
                    message("doctor_records.schema", version=9),
                )
            ),
        ),
    ),
    Row(
        "sums",
        "warn",
        besides(
            counted("doctor_records.hours", 3),
            message(
                "doctor_records.adding_failed", ago=ago(0, 300_000), reason="OperationalError (3)"
            ),
        ),
        message("doctor_records.add_again", path="/srv/flux/logs/capture.log"),
    ),
    Row(
        "spool",
        "error",
        joined(
            (
                about(
                    "/srv/spool",
                    in_brackets(message("doctor_records.waiting", count="7"), "2 KiB"),
                ),
                message("doctor_records.oldest", duration=duration(3 * 86_400)),
            )
        ),
        message("doctor.run", command="fluxmirror drain"),
    ),
    Row(
        "bad",
        "warn",
        about(
            message("doctor_records.set_aside", count="2"),
            named(
                (
                    in_brackets(message("spool_reason.no_json"), "1"),
                    in_brackets(message("spool_reason.torn"), "1"),
                )
            ),
        ),
        message("doctor_records.look_into", path="/srv/spool/bad"),
    ),
    Row("permissions", "warn", counted("doctor.machine.open_paths", 3, path="/srv/flux"), MEND),
]
MENDED = [
    Mended("permissions", message("mend.close", path="/srv/flux"), DONE),
    Mended("spool", counted("mend.drain", 7), FAILED, message("draining.busy")),
    Mended("database", message("mend.upgrade", path="/srv/events.db"), PLANNED),
    Mended("spool", message("mend.harmless", locks=named(("drain.lock", "import.lock"))), LEFT),
]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this process speak a language, whatever its output could write."""

    def in_language(name: str) -> None:
        monkeypatch.setattr(speech, "_spoken", [speech.Language(name, is_chosen=True)])

    return in_language


@pytest.fixture
def troubled(home: Path, flux_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where much is wrong."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("claude", "codex", "gemini"):
        (programs / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    register(home)
    sessions = home / ".claude/projects/-srv-app"
    sessions.mkdir(parents=True)
    odd = SESSION.replace(b'"user"', b'"forecast","version":"9.1.2"')
    (sessions / "old.jsonl").write_bytes(SESSION + odd + b'{"type":"us')
    then = time.time() - 26 * 86_400
    os.utime(sessions / "old.jsonl", (then, then))
    os.symlink("loop", home / ".claude/projects/loop")
    for payload, env in ((CALL, {}), (b"no json", {}), (ODD, {"AI_AGENT": "claude-code_2-2-0_x"})):
        spool.put(here().spool, payload, ("claude", "PreToolUse"), env)
    spool.refuse(here().spool)
    drain(here(), Settings())
    waiting = spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})
    then = time.time() - 3 * 86_400
    os.utime(os.path.join(here().spool, "new", waiting), (then, then))
    journal.note(here().logs, "hook", "OSError")
    (flux_home / "logs/error-20260301-120000-7.log").touch()
    os.chmod(here().database, 0o644)
    return home


def register(home: Path) -> None:
    """Leave our plugin in Claude Code, and one that is not trusted in Codex."""
    there = survey(os.environ, sys.platform)
    lay_foundation(there, plan_foundation(there))
    market = {"fluxmirror": {"source": {"source": "directory"}, "installLocation": there.packages}}
    write(home / ".claude/plugins/known_marketplaces.json", market)
    write(home / ".claude/plugins/installed_plugins.json", {"plugins": {PLUGIN: [{}]}})
    write(home / ".claude/settings.json", {"enabledPlugins": {PLUGIN: True}})
    cache = home / ".codex/plugins/cache/fluxmirror/fluxmirror/0.1.0/.claude-plugin/plugin.json"
    write(cache, {"name": "fluxmirror", "version": "0.1.0"})
    (home / ".codex/config.toml").write_text(f'[plugins."{PLUGIN}"]\nenabled = true\n')


def write(path: Path, content: object) -> None:
    """Write JSON, and the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def english_left(text: str) -> list[str]:
    """Give the lines with two English words in a row."""
    return [line for line in text.splitlines() if WORDS.search(NAMES.sub("", line))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_said_as_it_is_written_down(
    speak: Callable[[str], None],
    same_as_golden: Callable[[str, str], None],
    home: Path,
    language: str,
) -> None:
    """Whole screens: of a small terminal, of a wide one, and of a repair."""
    speak(language)
    repair = doctor_result([], MENDED).text().partition("\n\n")[0]
    screens = [render_table(ROWS, Look(columns)) for columns in (80, 124)]
    same_as_golden(f"doctor.{LANGUAGES[language]}.txt", "\n".join([*screens, repair, ""]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [60, 80, 100, 120, 140])
def test_no_line_is_wider_than_the_terminal(
    speak: Callable[[str], None], home: Path, language: str, columns: int
) -> None:
    """Every column begins where the one above it does."""
    speak(language)
    table = render_table(ROWS, Look(columns)).splitlines()
    assert max(map(width, table)) <= columns
    details = [line for line in table if line.startswith("   ")]
    assert details
    assert all(line.startswith(" " * 24) for line in details)
    assert {width(line.partition("→")[0]) for line in table if "→" in line} in ({24}, room(columns))


def room(columns: int) -> set[int]:
    """Say where what to do stands beside the detail."""
    return {24 + (columns - 24) * 3 // 5 + 2}


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(
    speak: Callable[[str], None], troubled: Path, language: str
) -> None:
    """Neither in a row nor in a repair, wherever its words come from."""
    speak(language)
    rows = [row for row in examine(here()) if row.component != "unreadable"]  # the system's words
    assert len({row.component for row in rows}) > 15
    assert not english_left("\n".join(speech.say(row.detail) for row in rows))
    assert not english_left("\n".join(speech.say(row.remedy) for row in rows))
    assert not english_left("\n".join(speech.say(one.action) for one in find_repairs(here())))
    first, *_, last = render_table(rows, Look()).splitlines()
    assert not re.search("[A-Za-z]", first + last)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_has_english_in_it(language: str) -> None:
    """Also of what no test brings about."""
    texts = read_texts(LANGUAGES[language]).items()
    own = [text for message_id, text in texts if message_id.partition(".")[0] in SUBJECTS]
    assert len(own) > 200
    assert not english_left("\n".join(re.sub(r"\{\w+\}", "0", text) for text in own))


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_see_the_same_in_every_language(
    speak: Callable[[str], None], troubled: Path, language: str
) -> None:
    """Facts are in English, or in no language."""
    speak(language)
    mended = [*MENDED]
    told = doctor_result(examine(here()), mended).facts()
    details = {row["component"]: row["detail"] for row in told["rows"]}  # type: ignore[attr-defined]
    assert details["journal"] == "1 line of what went wrong: hook (1)"
    assert details["refused"] == "1 refused because the spool was full"
    assert "1 set aside: the payload is no JSON (1)" in details["bad"]
    assert json.dumps(told).isascii()
