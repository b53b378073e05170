"""What doctor says of the agents: how each is registered, and whether its hooks are heard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import Message, Sayable, message

from fluxmirror_cli.health.clauses import about, besides
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

_CLEAN: Final = message("doctor.run", command="fluxmirror install --clean")
_RECORDED: Final = {
    "plugin": "doctor_agents.by_plugin",
    "settings": "doctor_agents.by_hooks",
}
_TRUSTED: Final = {
    "plugin": "doctor_agents.by_trusted_plugin",
    "settings": "doctor_agents.by_trusted_hooks",
}
"""How an agent is registered, by what its hooks came by."""
_Verdict = tuple[str, Sayable, Sayable]
"""Status, what is so, and what to do about it."""


def examine_agents(evidence: Evidence) -> Iterator[Row]:
    """Look at agents and registrations; no agent is started."""
    try:
        situation, standings = evidence.situation, evidence.standings
    except RegistrationError as error:
        yield Row("agents", WARN, error.sentence, error.hint)
        return
    if not evidence.settings.capture_enabled:
        remedy = _switch_on("capture.enabled")
        yield Row("capture", OFF, message("doctor_agents.capture_off"), remedy)
    rows = [row for agent in AGENT_HOMES for row in _agent(evidence, agent, standings[agent.id])]
    if not rows:
        remedy = message("doctor_agents.install_later")
        yield Row("agents", OFF, message("doctor_agents.none"), remedy)
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
    told = about(_name(agent, program, version), detail)
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


def _name(agent: AgentHome, program: str | None, version: str) -> Sayable:
    name = name_of(agent.id)
    if program is None:
        return message("doctor_agents.not_on_path", agent=name)
    return f"{name} {version}" if version else message("doctor_agents.no_version", agent=name)


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
        return OFF, _without_hooks(heard), _install(agent)
    registration = _registration(agent, standing)
    if registration[0] != OK:
        return registration
    if heard.verdict == SILENT:
        told = message("doctor_agents.silent", told=registration[1], heard=heard.told)
        return WARN, told, _wake(agent)
    return OK, besides(registration[1], heard.told), ""


def _without_hooks(heard: Heard) -> Message:
    if heard.files:
        return message("doctor_agents.no_hooks_but_files", count=f"{heard.files:,}")
    return message("doctor_agents.no_hooks")


def _install(agent: AgentHome) -> Message:
    return message("doctor.run", command=f"fluxmirror install {agent.id}")


def _switch_on(key: str) -> Message:
    return message("doctor_agents.switch_on", command=f"fluxmirror config set {key} true")


def _switched_off(evidence: Evidence, agent: AgentHome) -> _Verdict:
    if not evidence.settings.capture_enabled:
        return OFF, message("doctor_agents.off_with_capture"), ""
    key = f"agents.{agent.id}.enabled"
    return OFF, message("doctor_agents.off", key=key), _switch_on(key)


def _registration(agent: AgentHome, standing: Standing) -> _Verdict:
    """Say how it is registered."""
    install = _install(agent)
    if standing.trouble:
        told = message("doctor_agents.trouble", reason=standing.trouble)
        return WARN, told, message("doctor_agents.look")
    if standing.registered == "broken":
        return _broken(standing, install)
    troubles = {
        "both": (WARN, message("doctor_agents.twice"), _CLEAN),
        "untrusted": (ERROR, message("doctor_agents.untrusted"), install),
        "modified": (ERROR, message("doctor_agents.modified"), install),
        "disabled": (OFF, message("doctor_agents.disabled"), message("doctor_agents.enable")),
    }
    if standing.registered in troubles:
        return troubles[standing.registered]
    if not standing.current:
        return WARN, _older_package(standing), install
    how = _TRUSTED if agent.id == CODEX else _RECORDED
    return OK, message(how[standing.registered], version=standing.version), ""


def _broken(standing: Standing, install: Message) -> _Verdict:
    if standing.unread:
        told = message("doctor_agents.settings_unread", reason=standing.unread)
        return ERROR, told, message("doctor_agents.mend_file")
    return ERROR, message("doctor_agents.gone"), install


def _older_package(standing: Standing) -> Message:
    if standing.version:
        return message("doctor_agents.older_package", version=standing.version)
    return message("doctor_agents.package_without_version")


def _wake(agent: AgentHome) -> Message:
    if agent.id == CODEX:
        return message("doctor_agents.wake_by_trust", agent=agent.id)
    return message("doctor_agents.wake", agent=agent.id)


def _program(data: str) -> Iterator[Row]:
    """Look at what the hooks start at the end of a turn, and the slash commands at all."""
    program, record = read_program(data), record_path(data)
    facts = {"path": record, "program": program}
    if program is None:
        told = message("doctor_agents.no_program", path=record)
    elif not os.access(program, os.X_OK):
        told = message("doctor_agents.program_gone", path=record, program=program)
    else:
        return
    yield Row("program path", WARN, told, MEND, facts)
