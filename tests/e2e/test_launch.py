"""The launcher of the slash commands, in every shell it promises to run in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAUNCHER = ROOT / "wrappers" / "launch.sh"
PLACES: list[dict[str, Any]] = [
    row
    for row in tomllib.loads((ROOT / "tests" / "places.toml").read_text(encoding="utf-8"))["row"]
    if row["platform"] == "linux"
]
SHELLS = {
    "dash": ("dash",),
    "bash": ("bash",),
    "bash as sh": ("bash", "--posix"),
    "zsh": ("zsh",),
    "zsh as sh": ("zsh", "--emulate", "sh"),
    "busybox ash": ("busybox", "ash"),
}
# Whatever follows the first line: this file is a program that says what it was called with.
ECHO = f"#!{sys.executable} -IS\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
MISSING = "FluxMirror is not installed: run `pipx install fluxmirror`, then `fluxmirror install`.\n"
HOSTILE = {
    "a second command": '"; touch pwned #',
    "substitutions": "$(touch pwned) `touch pwned` ${HOME} $HOME $'\\''",
    "quotes": "it's \"so\" ' \" ''",
    "lines": "a\ntouch pwned\n",
    "a fence": "```\ntouch pwned\n```",
    "the end of a here-document": "x\nEOF\ntouch pwned",
    "backslashes": "\\ \\\\ \\n \\",
    "globs": "* ? [a-z] ~ {a,b} !x !!",
    "options": "--help -- -c",
    "no ASCII": "\u8a00\u8a9e \U0001f600",
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell runs it")


class Launcher:
    """launch.sh under one shell, with a home and a PATH of its own."""

    def __init__(self, name: str, base: Path) -> None:
        found = shutil.which(SHELLS[name][0])
        if found is None:
            pytest.skip(f"{SHELLS[name][0]} is not installed")
        self.program = [found, *SHELLS[name][1:], str(LAUNCHER)]
        self.base = base
        self.data = base / "flux mirror"
        self.bin = base / "bin"
        for folder in (self.data, self.bin):
            folder.mkdir()
        self.env = {"PATH": str(self.bin), "HOME": str(base), "FLUXMIRROR_HOME": str(self.data)}

    def run(self, *words: str) -> str:
        """Call it as an agent's model does; gives what it said, all of it on stdout."""
        done = subprocess.run(
            [*self.program, *words], env=self.env, cwd=self.base, capture_output=True, check=True
        )
        assert done.stderr == b""
        return done.stdout.decode()

    def put(self, path: Path, text: str = ECHO) -> Path:
        """Make an executable file."""
        path.write_text(text, encoding="utf-8")
        path.chmod(0o700)
        return path

    def record(self, path: Path) -> None:
        """Record a program as `fluxmirror install` does."""
        (self.data / "program").write_text(f"{path}\n", encoding="utf-8")


@pytest.fixture(params=SHELLS)
def launcher(request: pytest.FixtureRequest, tmp_path: Path) -> Launcher:
    """The launcher under every shell."""
    return Launcher(request.param, tmp_path)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_arrives_as_one_argument(launcher: Launcher, text: str) -> None:
    """Whatever was typed is data: nothing in it is run, nothing of it is lost."""
    launcher.record(launcher.put(launcher.base / "the program"))
    assert json.loads(launcher.run("today", text)) == ["slash", "today", text]
    assert not (launcher.base / "pwned").exists()


def test_forgotten_quotes_make_one_text_all_the_same(launcher: Launcher) -> None:
    """A model that leaves the quotes out is understood; no text is no argument."""
    launcher.record(launcher.put(launcher.base / "program"))
    words = json.loads(launcher.run("agent", "gemini-cli", "--period", "week"))
    assert words == ["slash", "agent", "gemini-cli --period week"]
    assert json.loads(launcher.run("doctor")) == ["slash", "doctor"]
    assert json.loads(launcher.run("today", "")) == ["slash", "today"]


def test_recorded_program_comes_before_the_one_on_path(launcher: Launcher) -> None:
    """What `fluxmirror install` recorded is what runs; when it is gone, PATH is asked."""
    launcher.put(launcher.bin / "fluxmirror", "#!/bin/sh\necho from PATH\n")
    recorded = launcher.put(launcher.base / "program", "#!/bin/sh\necho recorded\n")
    launcher.record(recorded)
    assert launcher.run("today") == "recorded\n"
    recorded.unlink()
    assert launcher.run("today") == "from PATH\n"


def test_path_recorded_with_a_carriage_return_is_found(launcher: Launcher) -> None:
    """Windows ends lines in its own way."""
    program = launcher.put(launcher.base / "program", "#!/bin/sh\necho recorded\n")
    (launcher.data / "program").write_bytes(f"{program}\r\n".encode())
    assert launcher.run("today") == "recorded\n"


def test_nothing_is_fetched_unasked(launcher: Launcher) -> None:
    """Without a program it is said how to install one, though `uvx` and `pipx` are there."""
    for tool in ("uvx", "pipx"):
        launcher.put(launcher.bin / tool)
    assert launcher.run("today") == MISSING
    (launcher.data / "launch").write_text("sh\n", encoding="utf-8")
    assert launcher.run("today", "-c 'touch pwned'") == MISSING
    assert not (launcher.base / "pwned").exists()


@pytest.mark.parametrize(("tool", "words"), [("uvx", []), ("pipx", ["run"])])
def test_program_is_fetched_by_the_tool_a_person_named(
    launcher: Launcher, tool: str, words: list[str]
) -> None:
    """The file `launch` is a person's consent, and says by what."""
    (launcher.data / "launch").write_text(f"{tool}\n", encoding="utf-8")
    assert launcher.run("today") == MISSING
    launcher.put(launcher.bin / tool)
    assert json.loads(launcher.run("today", "x y")) == [
        *words,
        "fluxmirror",
        "slash",
        "today",
        "x y",
    ]


def test_errors_are_told_where_the_agent_looks(launcher: Launcher) -> None:
    """Agents drop the output of a command that fails, so none does."""
    fails = "#!/bin/sh\necho out\necho 'fluxmirror: no' >&2\nexit 2\n"
    launcher.record(launcher.put(launcher.base / "program", fails))
    assert launcher.run("doctor") == "out\nfluxmirror: no\n"


def test_program_does_not_wait_for_input(launcher: Launcher) -> None:
    """Nobody is there to answer."""
    launcher.record(launcher.put(launcher.base / "program", "#!/bin/sh\nread -r x || echo none\n"))
    assert launcher.run("today") == "none\n"


@pytest.mark.parametrize("row", PLACES, ids=[row["name"] for row in PLACES])
def test_program_is_looked_for_where_it_is_recorded(
    row: dict[str, Any], launcher: Launcher
) -> None:
    """The launcher looks where paths.py says that the data lie."""
    data = Path(row["data"].format(base=launcher.base))
    if not data.is_relative_to(launcher.base):
        pytest.skip("outside what a test may write to")
    launcher.env = {"PATH": launcher.env["PATH"]}
    launcher.env |= {name: text.format(base=launcher.base) for name, text in row["env"].items()}
    data.mkdir(parents=True, exist_ok=True)
    program = launcher.put(launcher.base / "program", "#!/bin/sh\necho found\n")
    (data / "program").write_text(f"{program}\n", encoding="utf-8")
    assert launcher.run("today") == "found\n"
