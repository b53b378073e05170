"""Completion in the shells themselves: loaded as a person loads it, asked as the Tab key asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
PROMPT = "ready> "
WIDE = 200
LOAD_BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


def shell(name: str) -> str:
    """Find a shell; the test is left out where there is none."""
    found = shutil.which(name)
    if found is None or sys.platform == "win32":
        pytest.skip(f"there is no {name} here")
    return found


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch, flux_home: Path) -> None:
    """The installed program is on PATH, and speaks to nobody's terminal."""
    directory = os.path.dirname(PROGRAM)
    monkeypatch.setenv("PATH", f"{directory}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TERM", "dumb")


def install(*arguments: str) -> None:
    """Install completion as a person does."""
    subprocess.run([PROGRAM, "completion", "install", *arguments], check=True, capture_output=True)


def bash(line: str) -> list[str]:
    """Have bash call what it calls at the Tab key, and print what it would offer."""
    words = line.split(" ")
    quoted = " ".join(f"'{word}'" for word in words)
    asked = f"""
        eval "$(fluxmirror completion bash)" || exit 3
        COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}
        _fluxmirror_completion fluxmirror
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    command = [shell("bash"), "--norc", "--noprofile", "-c", asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes() -> None:
    """Commands, and values behind an option, with and without an equals sign."""
    assert bash("fluxmirror toda") == ["today"]
    assert bash("fluxmirror today --agent qw") == ["qwen-code"]
    assert bash("fluxmirror today --agent = qw") == ["qwen-code"]
    assert bash("fluxmirror today --tz Europe/Madr") == ["Europe/Madrid"]


@pytest.mark.skipif(
    not os.path.exists(LOAD_BASH_COMPLETION), reason="the package bash-completion is not here"
)
@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_bash_finds_what_was_installed() -> None:
    """The package bash-completion loads it at the first Tab."""
    import pexpect

    install("bash")
    child = pexpect.spawn(
        shell("bash"),
        ["--norc", "--noprofile"],
        encoding="utf-8",
        dimensions=(24, WIDE),
        env={**os.environ, "PS1": PROMPT},
    )
    child.expect_exact(PROMPT)
    child.sendline(f". {LOAD_BASH_COMPLETION}")
    child.expect_exact(PROMPT)
    child.send("fluxmirror today --agent qw\t")
    child.expect_exact("qwen-code")
    child.close(force=True)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_zsh_completes_after_installing(home: Path) -> None:
    """With a start file of its own, that only had what its owner wrote."""
    import pexpect

    zsh = shell("zsh")
    (home / ".zshrc").write_text(f"PROMPT='{PROMPT}'\nunsetopt zle_bracketed_paste", "utf-8")
    install("zsh", "--rc")
    child = pexpect.spawn(zsh, ["-d", "-i"], encoding="utf-8", dimensions=(24, WIDE))
    child.expect_exact(PROMPT)
    child.send("fluxmirror toda\t")
    child.expect_exact("today ")
    child.send("--agent qw\t")
    child.expect_exact("qwen-code")
    child.close(force=True)


def test_zsh_completes_by_its_function_path(home: Path) -> None:
    """As the advice says that is printed where no start file is touched."""
    zsh = shell("zsh")
    install("zsh")
    asked = f"fpath+=({home}/.zfunc); autoload -Uz compinit; compinit -D; print $_comps[fluxmirror]"
    done = subprocess.run([zsh, "-f", "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "_fluxmirror\n"


def test_fish_completes_after_installing() -> None:
    """It looks for the file by the command's name, at the first Tab."""
    fish = shell("fish")
    install("fish")

    def offered(line: str) -> list[str]:
        asked = [fish, "-c", 'complete -C "$argv[1]"', line]
        done = subprocess.run(asked, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert offered("fluxmirror statu") == ["status\tToday in a few figures, also for a prompt."]
    assert offered("fluxmirror today --agent qw") == ["qwen-code\tQwen Code"]
    assert offered("fluxmirror today --tz europe/madr") == ["Europe/Madrid"]


def test_powershell_completes() -> None:
    """By the script it is given."""
    asked = (
        "fluxmirror completion powershell | Out-String | Invoke-Expression; "
        "(TabExpansion2 -inputScript 'fluxmirror toda' -cursorColumn 15).CompletionMatches"
        " | ForEach-Object CompletionText"
    )
    command = [shell("pwsh"), "-NoProfile", "-NonInteractive", "-Command", asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["today"]
