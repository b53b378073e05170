"""What doctor says of the agents: how each is registered, as its own files tell."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.health_row import ERROR, OFF, OK, WARN, Row
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, name_of
from fluxmirror_cli.registration.agent_program import find_program
from fluxmirror_cli.registration.leftovers import find_leftovers
from fluxmirror_cli.registration.program_record import read_program, record_path
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.standing import Standing

_MEND: Final = "mend that file"
_CLEAN: Final = "run `fluxmirror install --clean`"


def examine_agents() -> Iterator[Row]:
    """Look at the registrations; no agent is started."""
    try:
        situation = survey(os.environ, sys.platform)
        standings = [(agent, situation.standing(agent)) for agent in AGENT_HOMES]
    except RegistrationError as error:
        yield Row("agents", WARN, str(error), error.hint)
        return
    for agent, standing in standings:
        if standing.registered != "no" or find_program(agent, os.environ):
            yield _agent(agent, standing)
    if any(standing.registered != "no" for _, standing in standings):
        yield from _program(situation.data)
    for leftover in find_leftovers(situation):
        yield Row("left over", WARN, leftover.sentence, _CLEAN)


def _agent(agent: AgentHome, standing: Standing) -> Row:
    status, detail, remedy = _judge(agent, standing)
    return Row(agent.id, status, f"{name_of(agent.id)} {detail}", remedy)


def _judge(agent: AgentHome, standing: Standing) -> tuple[str, str, str]:
    """Give status, what is so, and what to do about it."""
    install = f"run `fluxmirror install {agent.id}`"
    if standing.trouble:
        return WARN, f"has settings that cannot be read: {standing.trouble}", "look into that file"
    if standing.registered == "no":
        return OFF, "is not recorded", f"{install} to record it"
    if standing.registered == "broken":
        return ERROR, _why_broken(standing), _MEND if standing.unread else install
    troubles = {
        "both": (WARN, "is registered twice, as a plugin and in its settings", _CLEAN),
        "untrusted": (ERROR, "does not run our hooks: not trusted, or switched off", install),
        "modified": (ERROR, "does not run our hooks: they changed since it trusted them", install),
        "disabled": (WARN, "has our plugin switched off", "switch it on in the agent itself"),
    }
    if standing.registered in troubles:
        return troubles[standing.registered]
    if not standing.current:
        return WARN, f"has an older package ({standing.version or 'no version'})", install
    where = "in its settings" if standing.registered == "settings" else "as a plugin"
    return OK, f"is recorded: registered {where}, package {standing.version}", ""


def _why_broken(standing: Standing) -> str:
    if standing.unread:
        return f"is not recorded: its settings file is not read by it ({standing.unread})"
    return "is registered, but what its hooks run is gone"


def _program(data: str) -> Iterator[Row]:
    """Look at what the hooks start at the end of a turn, and the slash commands at all."""
    program = read_program(data)
    if program is None:
        detail = f"{record_path(data)} does not say where the program is"
    elif not os.access(program, os.X_OK):
        detail = f"{record_path(data)} names {program}, which is not there"
    else:
        return
    yield Row("program path", WARN, detail, "run `fluxmirror install`")
