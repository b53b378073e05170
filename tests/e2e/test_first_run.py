"""The first run as a new user meets it: asked at a terminal, answered wrongly, and undone."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fluxmirror_core.report.as_text import width

from tests.e2e.first_runs import RUN, facts, put_agent, run, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.first_runs import Entry

    Answers = list[tuple[str, str]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

NEW = 'case "$1" in --version) echo 9.9.9;; *) echo "no such command" >&2; exit 1;; esac'
"""An agent that no plugin can be put into: its settings file is used."""
CTRL_C, CTRL_D = "\x03", "\x04"
LANGUAGE = r"\[english, from LANG\] "
ZONE = r"\[[\w/]+, from [\w' ]+\] "
PAYLOADS = r"\[input, the default\] "
RETENTION = r"\[for ever, the default\] "
RECORDED = r"\[all, the default\] "
CLAUDE = r"Claude Code does\? \[Y/n/all/none\] "
QWEN = r"Qwen Code does\? \[Y/n/all/none\] "
IMPORT = r"so far\? \[Y/n\] "
COLUMNS = 80

QUIET = 'case "$1" in --version) echo 9.9.9;; *) exit 1;; esac'
"""The same, without a word."""


class Said(NamedTuple):
    """What the dialogue says in one language."""

    zone: str
    for_ever: str
    register: str
    reads: str
    try_out: str


SAID = {
    "korean": Said(
        "날짜를 나누는 기준 시간대",
        "무기한",
        "Claude Code 활동을 기록할까요",
        "세션 파일 1개(336 B)를",
        "\n지금 해 볼 수 있는 세 가지:\n",
    ),
    "japanese": Said(
        "日付を区切るタイムゾーン",
        "無期限",
        "Claude Code の活動を記録しますか",
        "セッションファイル1件",
        "\nまず試せる3つのコマンド",
    ),
    "chinese": Said(
        "划分日期所用的时区",
        "永久",
        "要记录 Claude Code 的活动吗",
        "1 个会话文件",
        "\n可以马上试试这三个命令",
    ),
}
SETTINGS = {
    ".claude/settings.json": (
        '{\n    "model": "opus",\n    "hooks": {"Stop": [{"hooks": '
        '[{"type": "command", "command": "notify-send done"}]}]}\n}'
    ),
    ".qwen/settings.json": '// mine\n{\n  "model": {"name": "x"}, // still\n  "$version": 4\n}\n',
    ".gemini/settings.json": '{\r\n\t// mine\r\n\t"general": {"enableAutoUpdate": false}\r\n}\r\n',
    ".codex/config.toml": '# mine\nmodel = "x" # still\n\n[tui]\nnotifications = false\n',
    ".copilot/settings.json": '// mine\n{"banner": "never"}\n',
    ".config/opencode/opencode.jsonc": '{\n  // mine\n  "share": "disabled",\n}\n',
}
"""As people have them; the first with a hook of somebody else's."""


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for agents on PATH, where no real one is; and a language that is known."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where a demo is made
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    return folder


@pytest.fixture
def session_file(home: Path) -> Path:
    """A session file of Claude Code that tells of one response and its call."""
    use = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "make"}}
    told = {
        "type": "assistant",
        "sessionId": "s",
        "cwd": "/p",
        "version": "2.1.0",
        "timestamp": "2026-11-20T12:00:00.000Z",
        "message": {
            "id": "m1",
            "role": "assistant",
            "model": "claude-opus-4-5",
            "content": [use],
            "usage": {"input_tokens": 1_000, "output_tokens": 100},
        },
    }
    path = home / ".claude/projects/-p/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(told) + "\n")
    return path


@pytest.fixture
def settled(home: Path) -> Path:
    """A home whose owner has settings for every agent."""
    for name, text in SETTINGS.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        file.chmod(0o640)
    return home


def converse(*arguments: str, answers: Answers, code: int = 0) -> str:
    """Run the command at a terminal, wait for each question, and answer it; gives what it shows."""
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-c", RUN, *arguments],
        encoding="utf-8",
        timeout=60,
        dimensions=(50, COLUMNS),
    )
    child.logfile_read = shown = io.StringIO()
    for question, answer in answers:
        child.expect(question)
        child.send(answer)
        # Python does not see a Ctrl-C that comes just before it begins to wait for the answer.
        while answer == CTRL_C and child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1.0):
            child.send(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code, shown.getvalue()
    return shown.getvalue().replace("\r\n", "\n")


def english_left(shown: str) -> list[str]:
    """Give the lines with two English words in a row that are no code, path or name."""
    shown = re.sub(r"`[^`]*`|Claude Code|claude plugin .*|config show|--\S+|\S*/\S*", "", shown)
    return [line for line in shown.splitlines() if re.search("[A-Za-z]{2,} +[A-Za-z]{2,}", line)]


def unbroken(shown: str) -> str:
    """Give what is shown as if the terminal were as wide as anybody likes."""
    return " ".join(shown.split())


def config(home: Path) -> str:
    """Read the configuration file; empty when there is none."""
    file = home / ".config" / "fluxmirror" / "config.toml"
    return file.read_text("utf-8") if file.exists() else ""


def try_out(shown: str) -> None:
    """Run every command that was suggested: each shows something right away."""
    suggested = shown.partition("Three things to try:\n")[2].splitlines()
    commands = [line.strip().partition("  ")[0].split() for line in suggested if line.strip()]
    assert len(commands) == 3
    for program, *arguments in commands:
        assert program.endswith("fluxmirror")
        assert run(*arguments).stdout


def test_a_new_user_gets_through_with_wrong_answers_and_all(home: Path, agents: Path) -> None:
    """Each is explained with a guess and asked again; what follows works; doctor is content."""
    put_agent(agents, "claude")
    put_agent(agents, "qwen")
    shown = converse(
        "init",
        answers=[
            (LANGUAGE, "koraen\r"),
            (LANGUAGE, "Eng\r"),
            (ZONE, "Asia/Soul\r"),
            (ZONE, "seoul\r"),
            (CLAUDE, "perhaps\r"),
            (CLAUDE, "\r"),
            (QWEN, "n\r"),
        ],
    )
    assert "there is no language called 'koraen'; did you mean korean?" in shown
    assert "there is no time zone called 'Asia/Soul'; did you mean Asia/Seoul" in unbroken(shown)
    assert "\n  say yes, no, all or none\n" in shown
    assert config(home) == 'timezone = "Asia/Seoul"\n'
    assert "Claude Code: installed; registered in " in unbroken(shown)
    assert "Qwen Code: left as it is\n" in shown
    assert "start these agents anew" in shown
    assert all(len(line) <= COLUMNS for line in _own_lines(shown))
    try_out(shown)
    run("doctor")


@pytest.mark.parametrize("language", SAID)
def test_the_dialogue_goes_on_in_the_language_that_was_chosen(
    home: Path, agents: Path, session_file: Path, language: str
) -> None:
    """From the next question to the last line, a wrong answer's explanation included."""
    put_agent(agents, "claude", QUIET)
    said = SAID[language]
    shown = converse(
        "init",
        "--advanced",
        answers=[
            (LANGUAGE, f"{language}\r"),
            (re.escape(said.zone), "Asia/Soul\r"),
            (r"\[[\w/]+", "KST\r"),
            (r"\[input", "full\r"),
            (re.escape(f"[{said.for_ever}"), "365\r"),
            (r"\[all", "claude\r"),
            (re.escape(said.register), "\r"),
            (re.escape(said.reads), "\r"),
        ],
    )
    _, _, after = shown.partition(f"{language}\n")
    assert said.try_out in after
    assert f"language = {language}\n" in after
    # The table of health is between the two, with names for programs to look for.
    steps, _, _ = after.partition("\x1b[1m")
    assert english_left(steps) == []
    assert english_left(after.partition(said.try_out)[2]) == []
    assert all(width(line) <= COLUMNS for line in _own_lines(after))
    again = facts("init", "--retention-days", said.for_ever)
    assert again["written"] == ["storage.retention_days taken out"], "English, for programs"


def test_what_was_typed_while_nobody_asked_is_no_answer(home: Path, agents: Path) -> None:
    """An agent's command may take seconds, and an impatient Return agrees to nothing."""
    import pexpect

    begun, go = agents / "begun", agents / "go"
    os.mkfifo(begun)
    os.mkfifo(go)
    wait = f"[ -p {go} ] && {{ echo >{begun}; cat <{go}; rm {go}; }}; exit 1"
    put_agent(agents, "claude", f'case "$1" in --version) echo 1.0.0;; *) {wait};; esac')
    put_agent(agents, "qwen")
    child = pexpect.spawn(
        sys.executable, ["-c", RUN, "install"], encoding="utf-8", timeout=60, dimensions=(50, 80)
    )
    child.expect(CLAUDE)
    child.send("y\r")
    begun.read_text()
    child.send("y\r")
    child.expect("y\r\n")  # the terminal has it
    go.write_text("")
    child.expect(QWEN)
    child.send("n\r")
    child.expect("Qwen Code: left as it is")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_terminal_without_the_letters_gets_english_names(
    home: Path, agents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that it cannot write; an answer in UTF-8 is understood all the same."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    language = r"\[english, the default\] "
    shown = converse("init", answers=[(language, "日本語\r"), (ZONE, "KST\r")])
    assert "Language of reports: english, korean, japanese, chinese\n" in shown
    assert 'language = "japanese"\n' in config(home)


def _own_lines(shown: str) -> list[str]:
    """Give the lines that are not a path longer than any terminal."""
    return [line for line in shown.splitlines() if "/" not in line and "\x1b" not in line]


def test_bare_returns_write_no_configuration(home: Path, agents: Path) -> None:
    """What this machine tells is not frozen: a zone goes on following it."""
    before = tree(home)
    shown = converse("init", answers=[(LANGUAGE, "\r"), (ZONE, "\r")])
    assert tree(home) == before
    try_out(shown)
    run("doctor")


def test_advanced_asks_for_what_is_kept_and_of_whom(home: Path, agents: Path) -> None:
    """Only what differs from what was shown is written; who is not recorded is not offered."""
    put_agent(agents, "claude")
    put_agent(agents, "qwen")
    shown = converse(
        "init",
        "--advanced",
        answers=[
            (LANGUAGE, "\r"),
            (ZONE, "\r"),
            (PAYLOADS, "ful\r"),
            (PAYLOADS, "full\r"),
            (RETENTION, "a year\r"),
            (RETENTION, "365\r"),
            (RECORDED, "clade\r"),
            (RECORDED, "claude, gemini\r"),
            (CLAUDE, "none\r"),
        ],
    )
    assert "must be none, input or full, not 'ful'; did you mean full?" in unbroken(shown)
    assert "or say `for ever`" in unbroken(shown)
    assert "there is no agent called 'clade'; did you mean claude-code?" in shown
    assert "Qwen Code does?" not in shown
    told = facts("init", "--non-interactive")
    answers = {one["key"]: one["value"] for one in told["answers"]}  # type: ignore[attr-defined]
    assert answers["capture.payloads"] == "full"
    assert answers["storage.retention_days"] == 365
    assert [key for key, value in answers.items() if value is False] == [
        f"agents.{agent}.enabled" for agent in ("qwen-code", "codex-cli", "copilot-cli", "opencode")
    ]
    assert "language" not in config(home)


def test_what_was_configured_is_the_default_and_stays(home: Path, agents: Path) -> None:
    """Its comments, its order, and what nobody asked about."""
    file = home / ".config" / "fluxmirror" / "config.toml"
    file.parent.mkdir(parents=True)
    text = '# mine\nlanguage = "english" # still\n\n[self_noise]\nenabled = true\n'
    file.write_text(text)
    shown = converse(
        "init",
        answers=[
            (r"\[english, from ~/\.config/fluxmirror/config\.toml:2\] ", "\r"),
            (ZONE, "KST\r"),
        ],
    )
    assert "configured: timezone = Asia/Seoul\n" in shown
    assert text.partition("\n\n")[0] in config(home)
    assert 'timezone = "Asia/Seoul"\n' in config(home)
    run("uninstall", "--all")
    assert config(home) == text


def test_session_files_are_read_when_somebody_agrees(
    home: Path, agents: Path, session_file: Path
) -> None:
    """What agents left so far is there at once, and what is suggested shows it."""
    answers = [(LANGUAGE, "\r"), (ZONE, "\r"), (IMPORT, "n\r")]
    assert "Read 1 session file (" in converse("init", answers=answers)
    assert not (home / ".local/share/fluxmirror/events.db").exists()
    shown = converse("init", answers=[*answers[:-1], (IMPORT, "\r")])
    assert "session file read (0.0 MB): 1 new response, 1 call that no hook" in unbroken(shown)
    assert "fluxmirror cost" in shown
    try_out(shown)
    assert "Read 1 session file" not in converse("init", answers=answers[:-1])


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
@pytest.mark.parametrize("question", range(4))
def test_stopping_at_any_question_leaves_nothing_half_done(
    session_file: Path, settled: Path, agents: Path, question: int, key: str
) -> None:
    """Everything is asked before anything is done."""
    put_agent(agents, "claude")
    before = tree(settled)
    answers = [(LANGUAGE, "en\r"), (ZONE, "KST\r"), (CLAUDE, "y\r"), (IMPORT, "y\r")]
    wanted, _ = answers[question]
    shown = converse("init", answers=[*answers[:question], (wanted, key)], code=130)
    assert shown.endswith("\nfluxmirror: stopped; nothing was done before that\n")
    assert tree(settled) == before


def test_stopping_in_the_middle_tells_what_was_done(home: Path, agents: Path) -> None:
    """An agent's own command is ended with it; doing the same again completes it."""
    stuck = 'case "$1" in --version) echo 1.0.0;; *) kill -INT $PPID; sleep 60;; esac'
    put_agent(agents, "claude", stuck)
    done = run("init", "--timezone", "KST", "--agents", "claude", code=130)
    file = home / ".config/fluxmirror/config.toml"
    assert done.stderr == (
        "fluxmirror: stopped; Claude Code may be half done: do the same again to complete it;"
        f" done so far: {file} written\n"
    )
    put_agent(agents, "claude")
    run("init", "--timezone", "KST", "--agents", "claude")
    run("uninstall", "--all")
    assert tree(home) == {}


def test_init_and_uninstall_leave_a_home_as_it_was(settled: Path, agents: Path) -> None:
    """Every byte and mode of it, other people's hooks included; also when it was done twice."""
    for name in ("claude", "qwen", "gemini", "codex", "copilot", "opencode"):
        put_agent(agents, name, NEW)
    before = tree(settled)
    answers = [(LANGUAGE, "en\r"), (ZONE, "KST\r"), (CLAUDE, "all\r")]
    shown = converse("init", answers=answers, code=1)
    assert shown.count(": installed; ") == 5
    assert "Codex CLI: failed; registered in " in unbroken(shown), (
        "it does not answer whom it trusts"
    )
    changed = tree(settled)
    assert changed[".claude/settings.json"] != before[".claude/settings.json"]
    run("init", "--timezone", "KST", "--agents", "all", code=1)
    assert _without_caches(tree(settled)) == _without_caches(changed), "twice changes nothing"
    run("uninstall", "--all")
    assert tree(settled) == before


def test_a_purge_is_confirmed(session_file: Path, settled: Path, agents: Path) -> None:
    """A bare return deletes nothing; what would go is shown and counted before."""
    put_agent(agents, "claude", NEW)
    before = tree(settled)
    run("init", "--yes", "--timezone", "KST")
    done = tree(settled)
    question = r"Go ahead\? \[y/N\] "
    shown = converse("uninstall", "--purge", answers=[(question, "\r")])
    assert "This deletes 1 event, 1 response for good; " in unbroken(shown)
    assert "remove ~/.local/share/fluxmirror/events.db\n" in shown
    assert shown.endswith("nothing was changed\n")
    assert _without_caches(tree(settled)) == _without_caches(done)
    shown = converse("uninstall", "--purge", answers=[(question, "y\r")])
    assert "Claude Code: taken out\n" in shown
    assert tree(settled) == before


def test_what_init_alone_wrote_is_asked_for_once(home: Path, agents: Path) -> None:
    """Where no agent is registered there is still something to take out."""
    run("init", "--timezone", "KST")
    question = r"Take out .*config\.toml\? \[Y/n\] "
    assert "nothing was changed" in converse("uninstall", answers=[(question, "n\r")])
    assert config(home)
    converse("uninstall", answers=[(question, "\r")])
    assert tree(home) == {}


def _without_caches(found: dict[str, Entry]) -> dict[str, Entry]:
    return {path: entry for path, entry in found.items() if ".cache" not in path}
