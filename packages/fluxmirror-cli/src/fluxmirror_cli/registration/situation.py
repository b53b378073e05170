"""Situation: this machine as `install`, `uninstall`, `agents list` and doctor look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import places

from fluxmirror_cli.registration.packages import bundle_directory, packages_directory
from fluxmirror_cli.registration.registration_record import AgentRecord, load_record
from fluxmirror_cli.registration.standing import Standing, look_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_cli.registration.agent_home import AgentHome


class Situation(NamedTuple):
    """Where things are, and what we did so far."""

    env: Mapping[str, str]
    data: str
    bundle: str
    record: dict[str, AgentRecord]
    platform: str
    """As `sys.platform` names it."""

    @property
    def packages(self) -> str:
        """Where the packages are copied to."""
        return packages_directory(self.data)

    def done(self, agent: str) -> AgentRecord:
        """Give what we did to an agent."""
        return self.record.get(agent, AgentRecord())

    def standing(self, agent: AgentHome) -> Standing:
        """Look at how we stand with an agent, now."""
        return look_at(
            agent,
            self.env,
            packages=self.packages,
            bundle=self.bundle,
            record=self.done(agent.id),
        )


def survey(env: Mapping[str, str], platform: str, bundle: str = "") -> Situation:
    """Look where things are.

    Args:
        env: the environment.
        platform: as `sys.platform` names it.
        bundle: other packages than those of this installation.

    Raises:
        RegistrationError: this installation has no packages.
    """
    data = places(env, platform).data
    return Situation(env, data, bundle or bundle_directory(), load_record(data), platform)
