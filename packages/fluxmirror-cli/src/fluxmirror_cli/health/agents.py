"""What doctor says of the agents: how each is registered, and whether its hooks are heard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.health.heard import SILENT, Heard, how_heard
from fluxmirror_cli.health.row import ERROR, MEND, OFF, OK, WARN, Row
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, CODEX, name_of
from fluxmirror_cli.registration.agent_program import find_program
from fluxmirror_cli.registration.installed_version import installed_version
from fluxmirror_cli.registration.leftovers import find_leftovers
from fluxmirror_cli.registration.program_record import read_program, record_path
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_cli.health.evidence import Evidence
    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.standing import Standing

_LOOK: Final = "mend that file"
_CLEAN: Final = "run `fluxmirror install --clean`"
_Verdict = tuple[str, str, str]
"""Status, what is so, and what to do about it."""


def examine_agents(evidence: Evidence) -> Iterator[Row]:
    """Look at agents and registrations; no agent is started."""
    try:
        situation, standings = evidence.situation, evidence.standings
    except RegistrationError as error:
        yield Row("agents", WARN, str(error), str(error.hint))
        return
    if not evidence.settings.capture_enabled:
        remedy = "`fluxmirror config set capture.enabled true` switches it on"
        yield Row("capture", OFF, "nothing new is recorded: capture.enabled is false", remedy)
    rows = [row for agent in AGENT_HOMES for row in _agent(evidence, agent, standings[agent.id])]
    if not rows:
        remedy = "run `fluxmirror install` once there is one"
        yield Row("agents", OFF, "none is on this machine, as far as one can see", remedy)
    yield from rows
    if any(standing.registered != "no" for standing in standings.values()):
        yield from _program(situation.data)
    for leftover in find_leftovers(situation):
        facts = {"agent": leftover.agent}
        yield Row("left over", WARN, leftover.sentence, _CLEAN, facts)


def _agent(evidence: Evidence, agent: AgentHome, standing: Standing) -> Iterator[Row]:
    """Tell of an agent that is here, or was."""
    program = find_program(agent, os.environ)
    has_files = any(file.agent == agent.id for file in evidence.found.files)
    if standing.registered == "no" and not program and not has_files:
        return
    version = installed_version(agent, program) if program else ""
    heard = how_heard(evidence, agent.id)
    status, detail, remedy = _judge(evidence, agent, standing, heard)
    if standing.registered == "no" and program is None:
        remedy = ""  # there is nothing to install into
    told = f"{_name(agent, program, version)}: {detail}"
    facts = {
        "agent": agent.id,
        "program": program,
        "version": version or None,
        "enabled": evidence.settings.is_recorded(agent.id),
        "registered": standing.registered,
        "recorded": _is_recorded(evidence, agent, standing),
        "package_version": standing.version or None,
        "current": standing.current if standing.registered != "no" else None,
        "trust": standing.trust or None,
        **_heard_facts(heard),
    }
    yield Row(agent.id, status, told, remedy, facts)


def _is_recorded(evidence: Evidence, agent: AgentHome, standing: Standing) -> bool:
    """Tell whether its hooks run, and are let in."""
    is_wanted = evidence.settings.capture_enabled and evidence.settings.is_recorded(agent.id)
    return is_wanted and standing.registered in {"plugin", "settings", "both"}


def _name(agent: AgentHome, program: str | None, version: str) -> str:
    if program is None:
        return f"{name_of(agent.id)} (not on PATH)"
    return f"{name_of(agent.id)} {version or '(version not known)'}"


def _heard_facts(heard: Heard) -> Mapping[str, object]:
    return {
        "last_event_ms": heard.last_ms,
        "last_event_is_exact": heard.is_exact,
        "last_used_ms": heard.used_ms,
        "missed_calls": heard.missed,
        "session_files": heard.files,
    }


def _judge(evidence: Evidence, agent: AgentHome, standing: Standing, heard: Heard) -> _Verdict:
    if not evidence.settings.is_recorded(agent.id):
        return _switched_off(evidence, agent)
    if standing.registered == "no" and not standing.trouble:
        read = f"; its session files are read ({heard.files:,})" if heard.files else ""
        return OFF, f"no hooks of ours{read}", f"run `fluxmirror install {agent.id}`"
    registration = _registration(agent, standing)
    if registration[0] != OK:
        return registration
    if heard.verdict == SILENT:
        return WARN, f"{registration[1]}, but silent: {heard.told}", _wake(agent)
    return OK, f"{registration[1]}; {heard.told}", ""


def _switched_off(evidence: Evidence, agent: AgentHome) -> _Verdict:
    if not evidence.settings.capture_enabled:
        return OFF, "not recorded, as capture is switched off", ""
    key = f"agents.{agent.id}.enabled"
    todo = f"`fluxmirror config set {key} true` switches it on"
    return OFF, f"not recorded: {key} is false", todo


def _registration(agent: AgentHome, standing: Standing) -> _Verdict:
    """Say how it is registered."""
    install = f"run `fluxmirror install {agent.id}`"
    if standing.trouble:
        return WARN, f"its settings cannot be read: {standing.trouble}", "look into that file"
    if standing.registered == "broken":
        return ERROR, _why_broken(standing), _LOOK if standing.unread else install
    troubles = {
        "both": (WARN, "registered twice, as a plugin and in its settings", _CLEAN),
        "untrusted": (ERROR, "it does not run our hooks: not trusted, or switched off", install),
        "modified": (
            ERROR,
            "it does not run our hooks, as they changed since it trusted them",
            install,
        ),
        "disabled": (
            OFF,
            "our plugin is switched off in it",
            "switch it on there to have it recorded",
        ),
    }
    if standing.registered in troubles:
        return troubles[standing.registered]
    if not standing.current:
        return WARN, f"an older package ({standing.version or 'no version'})", install
    version = standing.version
    by_plugin = standing.registered == "plugin"
    where = f"by plugin {version}" if by_plugin else f"by hooks of {version} in its settings"
    trusted = ", trusted" if agent.id == CODEX else ""
    return OK, f"recorded {where}{trusted}", ""


def _why_broken(standing: Standing) -> str:
    if standing.unread:
        return f"not recorded, as it does not read its settings file ({standing.unread})"
    return "registered, but what its hooks run is gone"


def _wake(agent: AgentHome) -> str:
    trust = "has it trust our hooks" if agent.id == CODEX else "registers them anew"
    return (
        f"start it anew; if that does not help, `fluxmirror install {agent.id}` {trust},"
        f" and `fluxmirror coverage --agent {agent.id}` tells what is missing"
    )


def _program(data: str) -> Iterator[Row]:
    """Look at what the hooks start at the end of a turn, and the slash commands at all."""
    program, record = read_program(data), record_path(data)
    facts = {"path": record, "program": program}
    if program is None:
        detail = f"{record} does not say where the program is"
    elif not os.access(program, os.X_OK):
        detail = f"{record} names {program}, which is not there"
    else:
        return
    yield Row("program path", WARN, detail, MEND, facts)
