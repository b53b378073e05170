"""Write docs/reference/agents.md: what each agent tells of its work, and what fills the gaps.

    python scripts/build_agents_page.py [--check]

From `fluxmirror_core.agents`, from what `manifests/source.yaml` registers, and from what the
recorded payloads were read to mean, `tests/payloads/expected.toml`: what no recording shows is not
claimed. With `--check` nothing is written: what differs is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fluxmirror_core.agents import AGENTS, AgentSpec
from page import settle
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "reference" / "agents.md"
NOTE: Final = (
    "<!-- Written by scripts/build_agents_page.py; change what it reads, not this page. -->\n"
)
Meaning = dict[str, Any]
"""What one recorded event means, as `expected.toml` has it."""


class Agent(NamedTuple):
    """One agent, and everything the page is written from."""

    spec: AgentSpec
    entry: dict[str, Any]
    """Its entry in the source."""
    meanings: list[Meaning]

    @property
    def hooks(self) -> dict[str, Any]:
        """What it registers; empty when nothing."""
        hooks: dict[str, Any] = self.entry.get("hooks", {})
        return hooks

    @property
    def calls(self) -> list[Meaning]:
        """The recorded tool calls."""
        return [meaning for meaning in self.meanings if meaning["kind"] == "tool_call"]

    def shows(self, field: str) -> bool:
        """Tell whether a recorded tool call has the field."""
        return any(field in call for call in self.calls)


def main() -> int:
    """Write or check the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    return settle(PAGE, render_page(load_agents()), check=parser.parse_args().check)


def load_agents() -> list[Agent]:
    """Read everything, for each agent that tells of its work."""
    entries = YAML(typ="safe").load(ROOT / "manifests" / "source.yaml")["agents"]
    meanings = load_meanings()
    return [
        Agent(
            spec,
            entries[spec.id],
            [meaning for meaning in meanings if meaning["agent"] == spec.id],
        )
        for spec in AGENTS
        if spec.package
    ]


def load_meanings() -> list[Meaning]:
    """Read what the recorded payloads mean; a batch is as many as it holds."""
    path = ROOT / "tests" / "payloads" / "expected.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).values()
    return [meaning for entry in entries for meaning in entry.get("calls", [entry])]


# The page


def render_page(agents: list[Agent]) -> str:
    """Give the whole page."""
    parts = [
        NOTE + "# What each agent tells\n",
        "Read off recorded payloads of the agents: what no recording shows stands here as no.\n",
        render_table(agents),
        render_gaps(agents),
        *map(render_agent, agents),
    ]
    return "\n".join(parts)


def render_table(agents: list[Agent]) -> str:
    """Give the table: a row for each question, a column for each agent."""
    rows = [[question, *map(answer, agents)] for question, answer in QUESTIONS.items()]
    head = ["", *(agent.spec.name for agent in agents)]
    return _table([head, *rows])


def render_gaps(agents: list[Agent]) -> str:
    """Give what fills each gap, and for whom there is one."""
    rows = [["what is missing", "with", "what fills the gap"]]
    for gap in GAPS:
        names = [agent.spec.name for agent in agents if gap.is_there(agent)]
        if names:
            everyone = len(names) == len(agents)
            rows.append([gap.name, "all" if everyone else ", ".join(names), gap.filled])
    return "## Gaps\n\n" + _table(rows)


def render_agent(agent: Agent) -> str:
    """Give the section of one agent: what is registered, and what is not."""
    lines = [f"## {agent.spec.name}\n"]
    if not agent.hooks:
        heard = _code(agent.spec.hook_events)
        return "\n".join([*lines, f"A module inside the agent hears {heard}.\n"])
    lines.append(f"Registered under the word `{agent.hooks['word']}`: ")
    lines[-1] += f"{_code(agent.hooks['events'])}.\n"
    reasons = [[f"`{name}`", reason] for name, reason in agent.hooks["withheld"].items()]
    return "\n".join([*lines, _table([["not registered", "because"], *reasons])])


# What is asked of every agent


def call_id(agent: Agent) -> str:
    """Say whether a call's two events name the call."""
    return "yes" if agent.shows("call_id") else "no"


def duration(agent: Agent) -> str:
    """Say whose figure a call's duration is."""
    return "its own" if agent.shows("duration_ms") else "no"


def outcomes(agent: Agent) -> str:
    """Name the ends other than well that its hooks tell of a call."""
    told = {str(call["outcome"]) for call in agent.calls} - {"ok", "unknown"}
    return ", ".join(sorted(told)) or "no"


def exit_code(agent: Agent) -> str:
    """Say whether a shell command's exit code is told, wherever it has to be read from."""
    return "yes" if agent.shows("exit_code") else "no"


def subagent(agent: Agent) -> str:
    """Say whether a call tells that a subagent made it."""
    return "yes" if agent.shows("subagent") else "no"


def model(agent: Agent) -> str:
    """Say whether the model is named, in calls or only elsewhere."""
    if agent.shows("model"):
        return "in calls"
    return "elsewhere" if any("model" in meaning for meaning in agent.meanings) else "no"


def mcp_naming(agent: Agent) -> str:
    """Show how a tool of an MCP server is called."""
    names = [call for call in agent.calls if "mcp_server" in call]
    if not names:
        return "no recording"
    call = names[0]
    shape = call["tool"].replace(call["mcp_server"], "SERVER", 1)
    return f"`{shape.replace(call['mcp_tool'], 'TOOL')}`"


def project(agent: Agent) -> str:
    """Name the variable that holds the project's directory."""
    return f"`{agent.spec.project_variable}`" if agent.spec.project_variable else "first `cwd`"


def slash_command(agent: Agent) -> str:
    """Show what is typed for a slash command."""
    return f"`{agent.entry['commands']['call'].format(name='today')}`"


def session_files(agent: Agent) -> str:
    """Say where it keeps its session files."""
    return ", ".join(f"`~/{agent.spec.home}/{glob}`" for glob in agent.spec.transcripts)


QUESTIONS: Final[dict[str, Callable[[Agent], str]]] = {
    "id of a call": call_id,
    "duration of a call": duration,
    "ends told beside well": outcomes,
    "exit code of a shell": exit_code,
    "calls of subagents marked": subagent,
    "model": model,
    "a tool of an MCP server": mcp_naming,
    "project's directory": project,
    "session files": session_files,
    "a slash command": slash_command,
}


class Gap(NamedTuple):
    """Something an agent may not tell."""

    name: str
    is_there: Callable[[Agent], bool]
    filled: str


GAPS: Final = (
    Gap(
        "the id of a call",
        lambda agent: call_id(agent) == "no",
        "its two events are paired by session, tool and input, first in first out",
    ),
    Gap(
        "the duration of a call",
        lambda agent: duration(agent) == "no",
        "the time between its two events, and it is marked as that",
    ),
    Gap(
        "the exit code of a shell command",
        lambda agent: exit_code(agent) == "no",
        "the session file; what that does not tell either is `unknown`",
    ),
    Gap(
        "that a call was denied or rejected",
        lambda agent: not {"denied", "rejected"} & set(outcomes(agent).split(", ")),
        "Claude Code's and Qwen Code's batch events name calls that never began, the session"
        " files name the others; a call without any end stays `unknown`",
    ),
    Gap(
        "the model of a call",
        lambda agent: model(agent) != "in calls",
        "the session file",
    ),
    Gap(
        "tokens and cost",
        lambda _: True,
        "the session file",
    ),
    Gap("what went over the wire to an MCP server", lambda _: True, "the proxy: not built yet"),
)


# Markdown


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(rows: list[list[str]]) -> str:
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *body, ""])


if __name__ == "__main__":
    sys.exit(main())
