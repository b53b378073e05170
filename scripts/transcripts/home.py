"""The home that agents leave behind: transcripts on disk, and the plan of what they tell."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from transcripts.plan import Call, Plan, Telling, Usage
from transcripts.story import DAY_MS, HOUR_MS, ZONE_HOURS

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[str], str | None]

BIG_ROW: Final = 3_000_000


class Transcript:
    """One JSONL file in the making: its rows, and what each tells of a response.

    `session` is the session that a person started; `torn` stands behind the last whole row.
    """

    def __init__(self, agent: str, session: str, path: str, end_ms: int = 0) -> None:
        self.agent = agent
        self.session = session
        self.path = path
        self.rows: list[str] = []
        self.told: dict[int, Telling] = {}
        self.turn_ends: list[int] = []
        self.torn = b""
        self.end_ms = end_ms

    def add(self, row: str, at_ms: int) -> None:
        """Append a row that tells of no response."""
        self.rows.append(row)
        self.end_ms = max(self.end_ms, at_ms)

    def tell(
        self, row: str, key: str | None, told: tuple[int, str, Usage], calls: tuple[Call, ...] = ()
    ) -> None:
        """Append a row that tells of a response: its id if it has one, time, model and usage."""
        number = len(self.rows)
        own = f"{self.path}:{number}" if key is None else key
        at_ms, model, usage = told
        self.told[number] = Telling(
            self.agent, own, at_ms, self.path, self.session, model, usage, calls
        )
        self.add(row, at_ms)

    def repeat(
        self, of: Transcript, rows: int, change: Change, again_ms: int | None = None
    ) -> None:
        """Append the first rows of another file.

        Args:
            of: the other file.
            rows: how many of its rows.
            change: gives a row as it stands here; None where it is left out.
            again_ms: the time that they say here; without it they say their own.
        """
        for number, row in enumerate(of.rows[:rows]):
            changed = change(row)
            if changed is None:
                continue
            if number in of.told:
                told = of.told[number]
                at_ms = told.at_ms if again_ms is None else again_ms
                self.told[len(self.rows)] = told._replace(
                    at_ms=at_ms, path=self.path, session=self.session
                )
            self.rows.append(changed)
        self.end_ms = max(self.end_ms, again_ms or of.end_ms)

    def copy_to(self, path: str) -> Transcript:
        """Give the same file in another place."""
        copy = Transcript(self.agent, self.session, path, self.end_ms)
        copy.repeat(self, len(self.rows), lambda row: row)
        copy.torn = self.torn
        return copy

    def respaced(self) -> Transcript:
        """Give the same file as an editor wrote it that likes spaces."""
        spaced = Transcript(self.agent, self.session, self.path, self.end_ms)
        spaced.repeat(self, len(self.rows), _with_spaces)
        return spaced


def _with_spaces(row: str) -> str:
    return json.dumps(json.loads(row), ensure_ascii=False)


class Home:
    """A directory that is filled like a home, and the plan that grows with it."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.plan = Plan()
        self.files = 0
        self.bytes = 0

    def put(self, transcript: Transcript) -> None:
        """Write a transcript, and take what it tells into the plan."""
        content = "".join([f"{row}\n" for row in transcript.rows]).encode()
        self.write(transcript.path, content + transcript.torn, transcript.end_ms)
        self.plan.tellings += transcript.told.values()
        self._meet_what_rows_show(transcript)

    def write(self, path: str, content: bytes, at_ms: int) -> None:
        """Write a file, last changed at a time of its own story."""
        full = self.path_of(path)
        with open(full, "wb") as file:
            file.write(content)
        self.settle(full, at_ms)

    def path_of(self, path: str) -> str:
        """Give where a file of the home is, its folder made."""
        full = os.path.join(self.root, *path.split("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        return full

    def settle(self, full: str, at_ms: int) -> None:
        """Count a written file, and date it."""
        os.utime(full, ns=(at_ms * 1_000_000, at_ms * 1_000_000))
        self.files += 1
        self.bytes += os.path.getsize(full)

    def _meet_what_rows_show(self, transcript: Transcript) -> None:
        plan = self.plan
        plan.meet("line_of_3_mb", sum(len(row) >= BIG_ROW for row in transcript.rows))
        if transcript.torn:
            plan.meet("torn_last_line")
        times = [told.at_ms for told in transcript.told.values()]
        if len({time // DAY_MS for time in times}) > 1:
            plan.meet("over_midnight_utc")
        if len({(time + ZONE_HOURS * HOUR_MS) // DAY_MS for time in times}) > 1:
            plan.meet("over_midnight_in_zone")
