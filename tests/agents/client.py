"""Client: one real agent, run headless in a home of its own against the scripted model."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.agents.model.script import Script

PATIENCE_S: Final = 120
"""When an agent is taken for hung; it needs 1 to 8 s."""
SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin"


class Ending(NamedTuple):
    """How a run ended, and what was on the screen."""

    code: int
    output: str
    errors: str


class Task(NamedTuple):
    """What one run is to do."""

    prompt: str
    resume: str | None = None
    """The session to go on with."""
    ask: bool = False
    """Whether calls need a permission, which nobody is there to give."""
    as_text: bool = False
    """Print what a person would see, not JSON lines."""
    compact: bool = False
    """Have the conversation compacted."""


class Client(ABC):
    """One agent: how it is set up offline, how it is run, how it calls its tools."""

    agent: ClassVar[str]
    """As `AgentSpec.id` has it."""
    program: ClassVar[str]
    json_lines: ClassVar[tuple[str, ...]] = ("--output-format", "stream-json")
    """Arguments that have it print JSON lines."""
    trusting: ClassVar[tuple[str, ...]]
    """Arguments that have it ask for no permission."""
    always: ClassVar[tuple[str, ...]] = ()
    session_key: ClassVar[str] = "session_id"
    """Where its JSON lines name the session."""
    chatter: ClassVar[str] = r"(?!)"
    """Lines it prints of its own accord: about any hook, or now and then."""
    compaction: ClassVar[str] = "/compact"
    """The prompt that has a resumed conversation compacted."""

    def __init__(self, clis: Path, home: Path, model_url: str) -> None:
        self.clis = clis
        self.home = home
        self.model_url = model_url
        self.settle()

    @abstractmethod
    def settle(self) -> None:
        """Write the settings of an offline run, with the MCP server, into the home."""

    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Give what the agent needs in its environment."""

    def arguments(self, task: Task) -> list[str]:
        """Give the command line behind the program."""
        return [
            *("-p", task.prompt, *self.always),
            *(() if task.as_text else self.json_lines),
            *(() if task.ask else self.trusting),
            *(("--resume", task.resume) if task.resume else ()),
        ]

    @abstractmethod
    def scripts(self, project: Path) -> dict[str, Script]:
        """Say each scenario's calls in the words of this agent."""

    def session(self, ending: Ending) -> str:
        """Find the session's id in the JSON lines of a run."""
        found = re.search(rf'"{self.session_key}":"([^"]+)"', ending.output)
        assert found, ending
        return found[1]

    def mcp_server(self) -> list[str]:
        """Give the command of the MCP server that the scripts call."""
        return [self.node, str(self.clis / "node_modules/.bin/mcp-server-everything"), "stdio"]

    @property
    def node(self) -> str:
        """The Node.js that came with the agents, as one of them needs a new one."""
        return str(self.clis / "node_modules/node/bin/node")

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give the whole environment of a run: nothing of the caller's gets in."""
        folders = (os.path.dirname(self.node), str(self.clis / "node_modules/.bin"), SYSTEM_PATH)
        return {
            "HOME": str(self.home),
            "PATH": os.pathsep.join(folders),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            **self.variables(),
            **(more or {}),
        }

    def start(
        self,
        task: Task,
        project: Path,
        env: Mapping[str, str] | None = None,
        before: tuple[str, ...] = (),
    ) -> subprocess.Popen[str]:
        """Start a run; `finish` waits for it.

        Args:
            task: what to do.
            project: where.
            env: what its environment has besides.
            before: what its command line begins with.
        """
        environment = self.environment(env)
        program = shutil.which(self.program, path=environment["PATH"])
        assert program, f"{self.program} is not among the installed agents"
        return subprocess.Popen(
            [*before, program, *self.arguments(task)],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(
        self,
        task: Task,
        project: Path,
        env: Mapping[str, str] | None = None,
        before: tuple[str, ...] = (),
    ) -> Ending:
        """Run it to its end; as `start`."""
        return finish(self.start(task, project, env, before))


def finish(process: subprocess.Popen[str]) -> Ending:
    """Wait for a run to end.

    Raises:
        AssertionError: it hangs; it was killed with all its children.
    """
    try:
        output, errors = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        raise AssertionError(f"the agent hangs\n{output}\n{errors}") from None
    return Ending(process.returncode, output, errors)
