"""What `uninstall` asks: all of it before anything is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.leaving.screens import describe_everything, describe_toll
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.choice import Asker, agrees, confirms, is_answered
from fluxmirror_cli.registration.removal import Removal
from fluxmirror_cli.registration.screens import from_home, outline, steps_of_removal, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_cli.leaving.everything import Everything
    from fluxmirror_cli.registration.installation import Outcome


def choose_what_stays(
    ours: Everything,
    shown: Sequence[Removal | Outcome],
    undone: Sequence[str],
    *,
    purging: bool,
) -> frozenset[str] | None:
    """Show what would be done, and ask whether it is to be.

    Args:
        ours: what is there.
        shown: what would be done to agents.
        undone: the files that would be given back besides.
        purging: whether what was recorded would be deleted.

    Returns:
        The agents that are left as they are; None when nothing at all is to be done.

    Raises:
        UsageError: nobody is there to be asked.
        KeyboardInterrupt: somebody would rather stop.
    """
    if not is_answered():
        hint = "registration.ask.add_yes" if purging else "registration.ask.name_agents"
        raise UsageError(message("registration.ask.nobody"), hint=message(hint))
    env = ours.situation.env
    outlines = [outline(steps_of_removal(one), env) for one in shown]
    outlines.append(from_home(describe_everything(ours, purging=purging), env))
    click.echo("".join(outlines), err=True)
    if purging:
        question = wrapped(message("leaving.go_ahead", toll=describe_toll(ours)))
        otherwise = message("phrase.nothing_changed")
        is_agreed = confirms(question, otherwise=otherwise)
        return frozenset() if is_agreed else None
    with Account().told_when_stopped():
        if not shown:
            paths = from_home(", ".join(undone), env)
            is_agreed = agrees(message("leaving.take_out", paths=paths))
            return frozenset() if is_agreed else None
        return _declined([one.home.id for one in shown if isinstance(one, Removal)])


def _declined(agents: Sequence[str]) -> frozenset[str]:
    """Ask for each agent."""
    asker = Asker(asks=True)
    return frozenset(
        one for one in agents if not asker.wants(message("uninstall.ask", agent=name_of(one)))
    )
