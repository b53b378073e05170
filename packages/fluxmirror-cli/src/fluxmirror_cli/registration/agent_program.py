"""Agents' programs: found, asked for their version, run without a terminal and within a time."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home

from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.installed_version import installed_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_home import AgentHome

AWAY: Final = "fluxmirror-away-"
"""How a directory begins that agents are run in: Gemini CLI remembers it as a project."""
LIMIT_S: Final = 120.0
"""How long an agent's own command may take, in seconds; the slowest tried takes three."""
_VERSION_LIMIT_S: Final = 30.0
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SESSION_MARKS: Final = re.compile(
    r"(FLUXMIRROR_|PYTHON|CLAUDE_CODE_|CODEX_(?!HOME$)|COPILOT_(?!HOME$)).*"
    r"|CLAUDECODE|AI_AGENT|GEMINI_CLI|QWEN_CODE|VIRTUAL_ENV"
)
"""Ours, and what an agent sets for what it runs: `fluxmirror install` may run inside of one."""
_QUIETLY: Final = {
    "CI": "1",
    "NO_COLOR": "1",
    "TERM": "dumb",
    # No byte leaves the machine for what we start: no telemetry, no search for updates.
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "COPILOT_AUTO_UPDATE": "false",
    "COPILOT_OFFLINE": "true",
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    # `gemini extensions install` asks about the folder all the same, with nobody there to answer.
    "GEMINI_CLI_TRUST_WORKSPACE": "true",
}


class FoundAgent(NamedTuple):
    """An agent on this machine."""

    home: AgentHome
    program: str
    version: str
    """As the agent tells it; empty when it does not."""

    @property
    def id(self) -> str:
        """Its id, as in `fluxmirror_core.agents`."""
        return self.home.id


class Answer(NamedTuple):
    """What came of a command of an agent."""

    code: int | None
    """Its exit code; None when the time was over, or it could not be started."""
    output: str
    """Both streams, without colours."""
    limit_s: float | None = None
    """How long it was waited for, in seconds, where the time was over."""

    @property
    def last_line(self) -> Sayable:
        """The last line that says something, or why there is none."""
        if self.limit_s is not None:
            return message("registration.no_answer", seconds=f"{self.limit_s:.0f}")
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else message("registration.said_nothing")


def find_agents(env: Mapping[str, str]) -> list[FoundAgent]:
    """Find the agents whose program is on PATH or where its installer puts it."""
    found = []
    for agent in AGENT_HOMES:
        program = find_program(agent, env)
        if program is not None:
            found.append(FoundAgent(agent, program, _version(agent, program, env)))
    return found


def find_program(agent: AgentHome, env: Mapping[str, str]) -> str | None:
    """Give the absolute path of an agent's program, or None."""
    usual = [os.path.join(home(env), place) for place in agent.usual_places]
    path = os.pathsep.join([env.get("PATH", os.defpath), *usual])
    found = shutil.which(agent.program, path=path)
    return os.path.abspath(found) if found else None


def run_agent(
    arguments: Sequence[str], env: Mapping[str, str], *, limit_s: float = LIMIT_S
) -> Answer:
    """Run a command of an agent where it can neither ask nor hang.

    It has no terminal and nothing on standard input, works in an empty directory, and is ended,
    with everything it started in its group, when the time is over.
    """
    with _neutral_directory() as directory, tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                # A file, not a pipe: a process it leaves behind would keep a pipe open for ever.
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=quiet_environment(env),
                start_new_session=True,
            )
        except OSError as error:
            return Answer(None, error.strerror or str(error))
        try:
            code: int | None = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            end_group(process)
        output.seek(0)
        told = _ESCAPES.sub("", output.read().decode("utf-8", "replace"))
    return Answer(code, told, limit_s if code is None else None)


def quiet_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Give the environment for an agent's command, without what says that it is nested."""
    kept = {name: value for name, value in env.items() if not _SESSION_MARKS.fullmatch(name)}
    return kept | _QUIETLY


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started in its group."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def _neutral_directory() -> Iterator[str]:
    """Make a directory that says nothing: agents read settings of the project they start in."""
    directory = tempfile.mkdtemp(prefix=AWAY)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _version(agent: AgentHome, program: str, env: Mapping[str, str]) -> str:
    return installed_version(agent, program) or _told_version(program, env)


def _told_version(program: str, env: Mapping[str, str]) -> str:
    """Ask a program, in a home of its own: some write files into the home before they answer."""
    with _neutral_directory() as elsewhere:
        moved = {"HOME": elsewhere, "USERPROFILE": elsewhere}
        kept = {name: value for name, value in env.items() if not name.startswith("XDG_")}
        variables = {agent.variable for agent in AGENT_HOMES if agent.variable}
        asked = {name: value for name, value in kept.items() if name not in variables} | moved
        answer = run_agent([program, "--version"], asked, limit_s=_VERSION_LIMIT_S)
    found = _VERSION.search(answer.output) if answer.code == 0 else None
    return found[0] if found else ""
