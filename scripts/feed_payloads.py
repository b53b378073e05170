"""Feed the recorded payloads below tests/payloads/ to a hook, one process per event.

Usage: feed_payloads.py COMMAND [ARGUMENT ...]
`{kind}` and `{event}` in the arguments become the words a registration would pass, as in
`feed_payloads.py fluxmirror hook --kind {kind} --event {event}`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PAYLOADS = Path(__file__).resolve().parent.parent / "tests" / "payloads"

KINDS = {"copilot-camel": "copilot"}
"""Registration words that differ from the folder's name."""

STAGES = (
    ("sessionstart", "event.session.created", "init"),
    ("userprompt", "beforeagent", "chat.message"),
    ("subagentstart",),
    ("pretooluse", "beforetool-", "tool.execute.before"),
    ("permission",),
    ("posttoolusefailure", "posttooluse", "aftertool-", "tool.execute.after"),
    ("posttoolbatch",),
    ("",),
    ("subagentstop",),
    ("stop", "agentstop", "afteragent", "event.session.idle"),
    ("sessionend",),
)
"""The order of a day's work, by the first letters of a file's name; `""` takes all others."""

INHERITED = (
    "CLAUDE_PROJECT_DIR",
    "COPILOT_PROJECT_DIR",
    "GEMINI_PROJECT_DIR",
    "QWEN_CODE_NO_RELAUNCH",
    "QWEN_PROJECT_DIR",
)
"""What an agent this runs under would have left in the environment; no part of a recording."""


class Recording(NamedTuple):
    """One recorded payload and the words of its registration."""

    file: Path
    kind: str
    event: str


def stage(name: str) -> int:
    """Place a payload's file name in STAGES."""
    name = name.lower()
    fitting = [n for n, starts in enumerate(STAGES) if any(starts) and name.startswith(starts)]
    return fitting[0] if fitting else STAGES.index(("",))


def event_of(file: Path) -> str:
    """Give the hook event's name: the file's up to the tool or the shape that follows it."""
    event = file.stem.partition("-")[0]
    if file.parent.name == "opencode":  # its names have dots of their own
        return event.removesuffix(".subagent")
    return event.partition(".")[0]


def recordings() -> list[Recording]:
    """List every payload, in an order in which it could have happened."""
    files = [file for file in PAYLOADS.glob("*/*.json") if not file.name.startswith("_")]
    files.sort(key=lambda file: (stage(file.name), file))
    return [
        Recording(file, KINDS.get(file.parent.name, file.parent.name), event_of(file))
        for file in files
    ]


def feed(command: list[str], recording: Recording, env: dict[str, str]) -> None:
    """Run the hook once, as an agent does.

    Raises:
        subprocess.CalledProcessError: it did not exit 0, which no hook may do.
    """
    words = {"{kind}": recording.kind, "{event}": recording.event}
    with recording.file.open("rb") as payload:
        subprocess.run(
            [words.get(word, word) for word in command], stdin=payload, env=env, check=True
        )


def main(command: list[str]) -> None:
    """Feed every recording to the command and say how many there were."""
    env = {name: value for name, value in os.environ.items() if name not in INHERITED}
    waiting = recordings()
    for recording in waiting:
        feed(command, recording, env)
    agents = len({recording.kind for recording in waiting})
    print(f"{len(waiting)} payloads of {agents} agents fed")


if __name__ == "__main__":
    main(sys.argv[1:])
