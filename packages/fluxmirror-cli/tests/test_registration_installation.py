"""What is planned for an agent, before anything is done."""

from __future__ import annotations

import os

import pytest
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, OPENCODE, AgentHome
from fluxmirror_cli.registration.agent_program import FoundAgent
from fluxmirror_cli.registration.installation import plan_installation
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import survey


@pytest.mark.parametrize("agent", AGENT_HOMES, ids=lambda agent: agent.id)
def test_an_agent_whose_hooks_could_not_run_is_refused(agent: AgentHome) -> None:
    """A hook that cannot start would have some agents deny every tool."""
    found = FoundAgent(agent, "agent.exe", "")
    there = survey(os.environ, "linux")._replace(platform="win32")
    if found.id == OPENCODE:
        assert plan_installation(there, found).changes
    else:
        with pytest.raises(RegistrationError, match="cannot be recorded on Windows yet"):
            plan_installation(there, found)
