"""`fluxmirror config` as a person uses it: on a terminal, in scripts, on broken files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.schema import KEYS, parse_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_PROGRAM = "from fluxmirror_cli.entry import main; raise SystemExit(main())"
VALUES = {
    "language": ("ja", "ko"),
    "timezone": ("PST", "KST"),
    "storage.path": ("/a.db", "/b.db"),
    "storage.retention_days": ("30", "31"),
    "archive.retention_days": ("40", "41"),
    "capture.enabled": ("on", "off"),
    "capture.payloads": ("none", "full"),
    "capture.output_bytes": ("4", "5"),
    "session_files": ("on", "off"),
    "mirror": ("/a", "/b"),
    "redaction.patterns": ("a", "b"),
    "self_noise.enabled": ("off", "on"),
    "self_noise.repo_paths": ("/a", "/b"),
    "reports.git": ("off", "on"),
    "reports.directory": ("/a", "/b"),
    **{name: ("on", "off") for name in KEYS if name.startswith("agents.")},
}
"""What each key is set to, one after another."""


def run(*arguments: str, at: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command; gives what it printed."""
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONUTF8": "1"} | env,
        cwd=at,
    )


def config(*arguments: str, at: Path | None = None, **env: str) -> str:
    """Run `fluxmirror config …`, which has to go well; gives what it printed."""
    ran = run("config", *arguments, at=at, **env)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.fixture
def file(flux_home: Path) -> Path:
    """Where the user's file is, or will be."""
    return flux_home / "config" / "config.toml"


def test_a_key_is_set_shown_explained_and_unset(file: Path) -> None:
    """The file is made by the first `set`, and is its owner's alone."""
    assert config("set", "language", "한국어") == "language = korean\n"
    assert file.read_text(encoding="utf-8") == 'language = "korean"\n'
    assert file.stat().st_mode & 0o777 == 0o600
    assert config("get", "language") == "korean\n"
    told = json.loads(config("explain", "language", "--json", LC_ALL="ja_JP.UTF-8"))
    assert [layer["value"] for layer in told["layers"]] == ["korean", "japanese", "english"]
    told = config("explain", "language", LC_ALL="ja")
    assert f"적용  사용자 파일  korean    {file}:1\n" in told
    assert config("unset", "language").startswith("language = english, ")
    assert file.read_text(encoding="utf-8") == ""
    assert sorted(os.listdir(file.parent)) == ["config.toml"]


@pytest.mark.parametrize("name", KEYS)
def test_every_key_is_shown_and_explained(flux_home: Path, name: str) -> None:
    """With its meaning, and with how to set it."""
    told = config("explain", name)
    assert str(KEYS[name].meaning) in told
    assert KEYS[name].variable in told
    assert f"\n{name} " in config("show")


def test_get_of_a_key_without_a_value_exits_1(flux_home: Path) -> None:
    """As scripts ask for it."""
    ran = run("config", "get", "storage.path")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert config("get", "capture.enabled") == "true\n"
    assert json.loads(config("get", "redaction.patterns", "--json"))["value"] == []


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("set", "language", "klingon"), "klingon", "한국어"),
        (("set", "langage", "ko"), "langage", "language"),
        (("set", "capture.payloads", "some"), "none, input or full", "explain"),
        (("get", "nothing.like.it"), "nothing.like.it", "config show"),
    ],
)
def test_what_is_refused_leaves_the_file_unchanged(
    file: Path, arguments: Sequence[str], said: str, hint: str
) -> None:
    """One sentence and a hint, exit 5."""
    config("set", "mirror", "/m")
    before = file.read_bytes()
    ran = run("config", *arguments)
    assert ran.returncode == 5
    [sentence, advice] = ran.stderr.splitlines()
    assert said in sentence
    assert hint in advice
    assert file.read_bytes() == before


@pytest.mark.parametrize("text", ["language = \n", "\xff", "[a"])
def test_a_broken_file_is_not_written_to(file: Path, text: str) -> None:
    """It stays as it is, and its line is named."""
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("latin-1"))
    ran = run("config", "set", "language", "ko")
    assert ran.returncode == 5
    assert str(file) in ran.stderr
    assert file.read_bytes() == text.encode("latin-1")


def test_a_directory_in_place_of_the_file_is_a_sentence(file: Path) -> None:
    """Never a traceback."""
    file.mkdir(parents=True)
    ran = run("config", "set", "language", "ko")
    assert (ran.returncode, len(ran.stderr.splitlines())) == (5, 2)
    shown = run("config", "show")
    assert shown.returncode == 0
    assert "it is a directory" in shown.stdout


def test_a_link_is_followed_and_rights_stay(file: Path, tmp_path: Path) -> None:
    """Many keep their configuration elsewhere and link to it."""
    target = tmp_path / "dotfiles.toml"
    target.write_text("# mine\n")
    target.chmod(0o640)
    file.parent.mkdir(parents=True)
    file.symlink_to(target)
    config("set", "language", "ko")
    assert file.is_symlink()
    assert target.read_text(encoding="utf-8") == '# mine\nlanguage = "korean"\n'
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_does_not_count_is_said_when_it_is_set(flux_home: Path) -> None:
    """Something stronger says otherwise."""
    ran = run("config", "set", "language", "ko", FLUXMIRROR_LANGUAGE="ja")
    assert ran.returncode == 0
    assert ran.stderr == "fluxmirror: FLUXMIRROR_LANGUAGE の値 japanese が優先されます\n"


def test_a_process_for_every_key_and_none_loses_what_another_wrote(file: Path) -> None:
    """Each sets its key again and again, while all the others set theirs."""
    again = (
        "import sys\n"
        "from fluxmirror_cli.entry import main\n"
        "key, *values = sys.argv[1:]\n"
        "for value in values:\n"
        "    sys.argv[1:] = ['config', 'set', key, value]\n"
        "    assert main() == 0\n"
    )
    assert VALUES.keys() == KEYS.keys()
    running = [
        subprocess.Popen([sys.executable, "-c", again, key, *values], stdout=subprocess.DEVNULL)
        for key, values in VALUES.items()
    ]
    assert {process.wait() for process in running} == {0}
    told = json.loads(config("show", "--json"))["keys"]
    wanted = {key: parse_values(KEYS[key], values[-1:]) for key, values in VALUES.items()}
    assert {one["key"]: one["value"] for one in told} == json.loads(json.dumps(wanted))
    assert sorted(os.listdir(file.parent)) == ["config.toml"]


def test_a_project_file_is_trusted_by_its_content(flux_home: Path, tmp_path: Path) -> None:
    """Without a terminal it takes a word."""
    project = tmp_path / "app"
    project.mkdir()
    (project / ".fluxmirror.toml").write_text("language = 'ko'\n")
    before = run("config", "get", "language", at=project)
    assert before.stdout == "english\n"
    assert "config trust" in before.stderr
    refused = run("config", "trust", at=project)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "현재 내용을 신뢰합니다" in config("trust", "--yes", at=project)
    assert config("get", "language", at=project) == "korean\n"
    assert str(project) in config("trust", "--list")
    (project / ".fluxmirror.toml").write_text("language = 'ja'\n")
    assert run("config", "get", "language", at=project).stdout == "english\n"
    assert "changed since" in config("trust", "--list")
    assert "revoked" in config("trust", "--revoke", at=project)
    ran = run("config", "trust", at=tmp_path)
    assert (ran.returncode, ".fluxmirror.toml" in ran.stderr) == (5, True)


def test_git_is_run_for_no_project_that_is_not_trusted(flux_home: Path, tmp_path: Path) -> None:
    """A repository of anybody's does not decide that programs are run in it."""
    (tmp_path / ".fluxmirror.toml").write_text("[reports]\ngit = true\n")
    before = run("config", "get", "reports.git", at=tmp_path)
    assert (before.stdout, "config trust" in before.stderr) == ("false\n", True)
    config("trust", "--yes", at=tmp_path)
    assert config("get", "reports.git", at=tmp_path) == "true\n"


def test_an_older_file_is_taken_over_once_and_kept(flux_home: Path) -> None:
    """What it says still holds; what had no effect, or would delete now, is only noted."""
    directory = flux_home / "config"
    directory.mkdir(parents=True)
    old = {
        "schema_version": 1,
        "language": "ko",
        "timezone": "Asia/Tokyo",
        "storage": {"kind": "sqlite", "path": None, "retention_days": "30"},
        "agents": {"gemini-cli": {"enabled": "no"}, "claude-desktop": {"enabled": True}},
        "wrapper": {"kind": "bash"},
        "redaction": {"patterns": ["ACME-[0-9]+", "b+"]},
    }
    (directory / "config.json").write_text(json.dumps(old))
    ran = run("config", "show", "--json")
    assert "config.json.old" in ran.stderr
    told = {one["key"]: one["value"] for one in json.loads(ran.stdout)["keys"]}
    assert (told["language"], told["timezone"]) == ("korean", "Asia/Tokyo")
    assert told["agents.gemini-cli.enabled"] is False
    assert told["redaction.patterns"] == ["ACME-[0-9]+", "b+"]
    assert told["storage.retention_days"] is None
    text = (directory / "config.toml").read_text(encoding="utf-8")
    assert "#   storage.retention_days = 30\n" in text
    assert '#   wrapper.kind = "bash"\n' in text
    assert json.loads((directory / "config.json.old").read_text()) == old
    assert run("config", "show").stderr == ""


def test_what_an_older_file_masks_and_cannot_be_understood_shuts(flux_home: Path) -> None:
    """It is taken over as it stands, named with its line, and everything waits."""
    directory = flux_home / "config"
    directory.mkdir(parents=True)
    old = {"redaction": {"patterns": ["ACME-[0-9]+", "("]}, "odd\nname": 1}
    (directory / "config.json").write_text(json.dumps(old))
    ran = run("drain")
    assert ran.returncode == 5
    assert "config.toml" in ran.stderr
    assert "parenthesis" in ran.stderr
    assert run("config", "get", "redaction.patterns").returncode == 5
    config("set", "redaction.patterns", "ACME-[0-9]+")
    assert run("drain").returncode == 0


def test_a_key_that_is_not_understood_is_not_its_default(file: Path) -> None:
    """A script that asks must not read what does not hold."""
    file.parent.mkdir(parents=True)
    file.write_text("[capture]\nenabled = 'off'\n")
    ran = run("config", "get", "capture.enabled")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "not understood" in run("config", "explain", "capture.enabled").stdout
    assert run("config", "get", "language").stdout == "english\n"


def test_a_deleted_directory_is_no_reason_to_fail(flux_home: Path, tmp_path: Path) -> None:
    """A shell may stand in one; `-P`, as the installed command looks for no modules there."""
    gone = tmp_path / "gone"
    script = (
        "from fluxmirror_cli.entry import main; import os; "
        f"os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); raise SystemExit(main())"
    )
    for arguments in (["config", "path"], ["config", "show"]):
        gone.mkdir(exist_ok=True)
        ran = subprocess.run(
            [sys.executable, "-P", "-c", script, *arguments], capture_output=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, b"")


def test_an_older_file_that_is_none_is_said_and_kept(flux_home: Path) -> None:
    """Nothing is recorded meanwhile, as it may have held patterns."""
    directory = flux_home / "config"
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{")
    assert "is no JSON" in run("config", "show").stderr
    assert run("drain").returncode == 5
    assert (directory / "config.json").read_text() == "{"


def test_the_path_is_that_of_the_file(file: Path) -> None:
    """Whether it is there or not."""
    assert config("path") == f"{file}\n"
    assert json.loads(config("path", "--json"))["user"] == str(file)


def test_edit_needs_a_terminal(flux_home: Path) -> None:
    """An agent cannot use an editor."""
    ran = run("config", "edit")
    assert (ran.returncode, "config set" in ran.stderr) == (2, True)
