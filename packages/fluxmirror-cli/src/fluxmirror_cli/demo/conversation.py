"""Conversation: one session of one agent, as the captures its hooks leave behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.wire.reader import Capture

from fluxmirror_cli.demo.voices import tool_call, tool_result

if TYPE_CHECKING:
    from random import Random

    from fluxmirror_cli.demo.voices import Deed, Message, Voice


class Conversation:
    """Tells one hook after the other; every telling moves its clock on."""

    def __init__(self, voice: Voice, home: str, root: str, start_ms: int, random: Random) -> None:
        self.now_ms = start_ms
        self.captures: list[Capture] = []
        self._voice = voice
        self._events = BY_ID[voice.agent].hook_events
        self._root = root
        self._random = random
        self._session = self._new_id()
        self._turn = self._new_id()
        self._transcript = f"{home}/{voice.transcript.format(session=self._session)}"
        self._env = {voice.variable: root} if voice.variable else {}
        self._helper: Message = {}
        self._told("SessionStart", {"source": "startup"})

    def wait(self, shortest_s: float, longest_s: float) -> None:
        """Let time pass."""
        self.now_ms += int(self._random.uniform(shortest_s, longest_s) * 1000)

    def prompt(self, text: str) -> None:
        """Begin a turn."""
        self._turn = self._new_id()
        self._told(self._voice.events["prompt"], {"prompt": text, "submitted_prompt": text})

    def call(self, deed: Deed, duration_ms: int) -> None:
        """Make a call that runs."""
        call = self._begin(deed)
        self.now_ms += duration_ms
        event = self._voice.events["failed" if self._fails_by_event(deed) else "after"]
        self._told(event, call | tool_result(self._voice, deed, duration_ms))
        self.wait(1, 9)

    def denied(self, deed: Deed) -> None:
        """Ask for a call that the user does not allow, with an agent that tells so."""
        if "PermissionRequest" not in self._events:
            return
        call = self._begin(deed)
        self._told("PermissionRequest", call)
        self.wait(4, 40)

    def delegate(self, deed: Deed, helper_deeds: list[tuple[Deed, int]]) -> None:
        """Let a subagent do something."""
        call = self._begin(deed)
        started_ms = self.now_ms
        if "SubagentStart" in self._events:
            number = f"a{self._random.getrandbits(60):015x}"
            self._helper = {"agent_id": number, "agent_type": "Explore"}
        self._told("SubagentStart", {})
        for one, duration_ms in helper_deeds:
            self.call(one, duration_ms)
        self._told("SubagentStop", {})
        self._helper = {}
        result = tool_result(self._voice, deed, self.now_ms - started_ms)
        self._told(self._voice.events["after"], call | result)

    def stop(self) -> None:
        """End the turn."""
        self._told(self._voice.events["stop"], {"last_assistant_message": "Done."})

    def end(self) -> None:
        """End the session."""
        self._told("SessionEnd", {"reason": "other"})

    def _begin(self, deed: Deed) -> Message:
        call = tool_call(self._voice, deed, self._root)
        if self._voice.numbers_calls:
            number = f"{self._random.getrandbits(96):024x}"
            call |= {"tool_use_id": f"toolu_{number}"}
            if self._voice.agent == "qwen-code":
                call |= {"tool_call_id": f"call_{number}"}
        self._told(self._voice.events["before"], call)
        return call

    def _fails_by_event(self, deed: Deed) -> bool:
        """Codex tells a failed command only in its session file."""
        return bool(deed.exit_code) and self._voice.agent != "codex-cli"

    def _told(self, event: str, members: Message) -> None:
        if event not in self._events:
            return
        message = {
            "session_id": self._session,
            "transcript_path": self._transcript,
            "cwd": self._root,
            "hook_event_name": event,
            **self._voice.added(self._turn, self.now_ms),
            **self._helper,
            **members,
        }
        self.captures.append(
            Capture(
                name=self._new_id(),
                words=(self._voice.registration, event),
                env=self._env,
                payload=json.dumps(message).encode(),
                captured_ms=self.now_ms,
            )
        )
        self.now_ms += self._random.randrange(5, 40)

    def _new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))
