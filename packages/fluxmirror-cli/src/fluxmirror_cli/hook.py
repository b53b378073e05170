"""`fluxmirror hook`: standard input → spool, then a drain that holds nothing of the agent's.

Runs under the guard of `entry.run_hook`. Imports nothing that `import os` has not loaded already,
the drain's half excepted, which starts when the agent has its answer.
"""

from __future__ import annotations

import os
import sys

from fluxmirror_core.paths import here
from fluxmirror_store.spool import put, update_full

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

_MOST_DESCRIPTORS = 65_536


def run(arguments: list[str]) -> None:
    """Record one payload.

    Args:
        arguments: `--kind K`, `--event E`, `--wait`, also as `--kind=K`; anything else is ignored.
    """
    os.umask(0o077)
    with open(0, "rb", closefd=False) as stdin:
        payload = stdin.read()
    options = _parse(arguments)
    places = here()
    name = put(places.spool, payload, _words(options), os.environ)
    if "wait" in options:
        _drain(places, name)
    elif sys.platform == "win32":
        from fluxmirror_cli import background  # it cannot fork

        background.launch("drain", "--quiet")
    elif os.fork() == 0:
        _leave_agent()
        _drain(places, name)


def _parse(arguments: list[str]) -> dict[str, str]:
    """Options by name; tolerant, because an agent takes a complaint for an answer."""
    options: dict[str, str] = {}
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.removeprefix("--").partition("=")
        if name in {"kind", "event"} and argument.startswith("--"):
            options[name] = value if equals else next(waiting, "")
        elif argument == "--wait":
            options["wait"] = ""
    return options


def _words(options: dict[str, str]) -> tuple[str, ...]:
    """The registration's words; an event needs a kind before it, and `claude` is the default."""
    kind, event = options.get("kind", ""), options.get("event", "")
    if event:
        return kind or "claude", event
    return (kind,) if kind else ()


def _leave_agent() -> None:
    """Leave the agent's session and let go of all its descriptors: it waits for open pipes."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    os.closerange(3, min(os.sysconf("SC_OPEN_MAX"), _MOST_DESCRIPTORS))


def _drain(places: Places, name: str) -> None:
    if name.endswith("00"):  # one in 256: a drain that always fails must not let the spool grow
        update_full(places.spool)
    from fluxmirror_cli.quiet_drain import drain_quietly

    drain_quietly()
    from fluxmirror_cli.status.line import refresh_if_looked_at

    refresh_if_looked_at(places)
