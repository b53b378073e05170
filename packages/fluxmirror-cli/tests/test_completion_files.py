"""Completion is put where shells look, and a home is afterwards as it was before, byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.completion.files import installed, remove_completion
from fluxmirror_cli.completion.places import detected_shell
from fluxmirror_core.errors import ExitCode, OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
PLACES = {
    "bash": ".local/share/bash-completion/completions/fluxmirror",
    "zsh": ".zfunc/_fluxmirror",
    "fish": ".config/fish/completions/fluxmirror.fish",
    "powershell": ".config/powershell/profile.ps1",
}

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the places are POSIX's; Windows asks its PowerShell"
)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror completion` as it is installed."""
    return subprocess.run(
        [PROGRAM, "completion", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )


def tree(home: Path) -> dict[str, bytes | None]:
    """Everything below a home, but for what FluxMirror keeps for itself."""
    found = sorted(home.rglob("*"))
    return {
        str(path.relative_to(home)): path.read_bytes() if path.is_file() else None
        for path in found
        if "fluxmirror" not in path.relative_to(home).parts[:3] and path.name != ".cache"
    }


@pytest.fixture
def own(home: Path) -> dict[str, bytes | None]:
    """A home with start files of its owner: no line feed at the end, foreign line ends, a link."""
    (home / "dotfiles").mkdir()
    (home / "dotfiles" / "zshrc").write_bytes(b"# mine\nalias x=y")
    (home / ".zshrc").symlink_to("dotfiles/zshrc")
    (home / ".bashrc").write_bytes(b"echo \xe2\x82\xac\r\n")
    (home / ".bashrc").chmod(0o640)
    (home / ".config").mkdir()
    for directory in (".cache", ".local/share", ".config/fluxmirror"):
        (home / directory).mkdir(parents=True)
    return tree(home)


@pytest.mark.parametrize("shell", PLACES)
def test_a_script_is_put_where_its_shell_looks(home: Path, shell: str) -> None:
    """Nothing else is touched, and a second time changes nothing."""
    done = run("install", shell)
    assert (done.returncode, done.stderr) == (0, "")
    file = home / PLACES[shell]
    printed = run(shell).stdout
    assert printed in file.read_text(encoding="utf-8")
    assert f"wrote {file}\n" in done.stdout
    assert installed() == [str(file)]
    assert f"{file} is as it should be\n" in run("install", shell).stdout


def test_everything_is_taken_out_byte_for_byte(home: Path, own: dict[str, bytes | None]) -> None:
    """Four shells, start files included, in another order than they were put in."""
    for shell in PLACES:
        rc = ["--rc"] if shell in {"bash", "zsh"} else []
        assert run("install", shell, *rc).returncode == 0
    assert (home / ".zshrc").is_symlink()
    assert b"alias x=y\n# >>> fluxmirror completion >>>\n" in (home / ".zshrc").read_bytes()
    assert len(installed()) == 6
    for shell in ("bash", "fish"):
        assert run("uninstall", shell).returncode == 0
    assert len(remove_completion()) == 3
    assert installed() == []
    assert tree(home) == own
    assert (home / ".zshrc").is_symlink()
    assert (home / ".bashrc").stat().st_mode & 0o777 == 0o640
    assert run("uninstall").stdout == "no completion is installed\n"


def test_what_was_written_around_it_since_stays(home: Path) -> None:
    """A start file is its owner's, and its lines are lines: also where the last one had no end."""
    for name, shell in ((".zshrc", "zsh"), (".bashrc", "bash")):
        file = home / name
        file.write_text("one" if shell == "zsh" else "one\n", encoding="utf-8")
        run("install", shell, "--rc")
        text = file.read_text(encoding="utf-8")
        file.write_text(f"zero\n{text}two\n", encoding="utf-8")
        run("uninstall")
        assert file.read_text(encoding="utf-8") == "zero\none\ntwo\n"


def test_what_was_changed_since_is_left_and_told(home: Path) -> None:
    """Nobody's words are lost; exit code 1 says that something is left."""
    run("install", "fish")
    file = home / PLACES["fish"]
    file.write_text("# mine now\n", encoding="utf-8")
    done = run("uninstall")
    assert done.returncode == ExitCode.WARNING
    assert done.stdout == f"{file} was changed since, and stays as it is\n"
    assert file.read_text(encoding="utf-8") == "# mine now\n"
    assert remove_completion() == []
    assert installed() == [str(file)]


def test_a_file_that_is_gone_is_forgotten(home: Path) -> None:
    """Somebody deleted it, and that is fine."""
    run("install", "fish")
    (home / PLACES["fish"]).unlink()
    assert run("uninstall").returncode == 0
    assert installed() == []
    assert not (home / ".config" / "fish").exists()


def test_a_file_of_somebody_else_is_no_place_of_ours(home: Path) -> None:
    """It is named, and stays."""
    file = home / PLACES["zsh"]
    file.parent.mkdir()
    file.write_text("# mine\n", encoding="utf-8")
    done = run("install", "zsh")
    assert done.returncode == ExitCode.WARNING
    assert f"{file} is not FluxMirror's" in done.stderr
    assert "hint:" in done.stderr
    assert installed() == []


def test_an_older_script_is_replaced(home: Path) -> None:
    """After an upgrade the same command brings the new one."""
    run("install", "fish")
    record = next(home.rglob("completion.json"))
    file = home / PLACES["fish"]
    text = file.read_text(encoding="utf-8")
    file.write_text("# older\n", encoding="utf-8")
    told = json.loads(record.read_text(encoding="utf-8"))
    told["files"][0][2] = "# older\n"
    record.write_text(json.dumps(told), encoding="utf-8")
    assert run("install", "fish").returncode == 0
    assert file.read_text(encoding="utf-8") == text
    assert installed() == [str(file)]


def test_a_dry_run_changes_nothing(home: Path, own: dict[str, bytes | None]) -> None:
    """It names the files."""
    done = run("install", "zsh", "--rc", "--dry-run")
    assert done.stdout.count("would write ") == 2
    assert tree(home) == own
    run("install", "zsh")
    before = tree(home)
    assert run("uninstall", "--dry-run").stdout.startswith("would take completion out of ")
    assert tree(home) == before


def test_json_tells_the_same(home: Path) -> None:
    """For scripts that set machines up."""
    told = json.loads(run("install", "fish", "--json").stdout)
    assert (told["version"], told["shell"], told["dry_run"]) == (1, "fish", False)
    assert told["files"] == [{"path": str(home / PLACES["fish"]), "state": "written"}]
    told = json.loads(run("uninstall", "--json").stdout)
    assert told["removed"] == [str(home / PLACES["fish"])]


@pytest.mark.parametrize(
    ("variable", "value", "shell", "place"),
    [
        ("BASH_COMPLETION_USER_DIR", "b", "bash", "b/completions/fluxmirror"),
        ("XDG_DATA_HOME", "d", "bash", "d/bash-completion/completions/fluxmirror"),
        ("XDG_CONFIG_HOME", "c", "fish", "c/fish/completions/fluxmirror.fish"),
        ("ZDOTDIR", "z", "zsh", "z/.zfunc/_fluxmirror"),
    ],
)
def test_places_follow_the_shells_own_variables(
    home: Path, variable: str, value: str, shell: str, place: str
) -> None:
    """Whoever moved a shell's files finds ours there."""
    assert run("install", shell, **{variable: str(home / value)}).returncode == 0
    assert (home / place).is_file()


def test_the_shell_is_that_of_the_user() -> None:
    """By SHELL; on Windows PowerShell needs no name."""
    assert detected_shell({"SHELL": "/usr/bin/zsh"}, "linux") == "zsh"
    assert detected_shell({"SHELL": "/opt/pwsh"}, "darwin") == "powershell"
    assert detected_shell({}, "win32") == "powershell"
    assert detected_shell({"SHELL": "C:\\bin/bash.exe"}, "win32") == "bash"
    for env in ({}, {"SHELL": "/bin/dash"}, {"SHELL": "/bin/sh"}):
        with pytest.raises(UsageError) as caught:
            detected_shell(env, "linux")
        assert "powershell" in str(caught.value.hint)


def test_a_start_file_is_for_shells_that_need_one() -> None:
    """Fish and PowerShell load what lies in their place."""
    done = run("install", "fish", "--rc")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")


def test_a_broken_record_is_told(home: Path, flux_home: Path) -> None:
    """Without it nobody knows what to give back."""
    flux_home.mkdir()
    (flux_home / "completion.json").write_text("{", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be read"):
        installed()
    done = run("install", "fish")
    assert done.returncode == ExitCode.OUTPUT
    assert not (home / PLACES["fish"]).exists()
