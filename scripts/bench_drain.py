"""How fast the drain is: events a second, microseconds and database bytes an event, memory.

    python scripts/bench_drain.py [--events N]

Fills a throw-away spool with payloads of about 1 KB, the two hooks of N/2 calls, and drains it in a
process of its own. The floor is what no drain can do without: to read each file, parse its JSON
and unlink it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Final

EVENTS: Final = 20_000
_DRAIN: Final = """
import resource, time
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store.drain import drain
started = time.perf_counter()
drained = drain(here(), Settings())
seconds = time.perf_counter() - started
people = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
print(drained.files, seconds, max(resource.getrusage(who).ru_maxrss for who in people))
"""
_FLOOR: Final = """
import json, os, sys, time
started = time.perf_counter()
for entry in sorted(os.scandir(sys.argv[1]), key=lambda entry: entry.stat().st_mtime_ns):
    with open(entry.path, "rb") as file:
        json.loads(file.read().split(b"\\n", 2)[1])
    os.unlink(entry.path)
print(time.perf_counter() - started)
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as home:
        floor_s = _floor(os.path.join(home, "floor"), events)
        few = _drain(os.path.join(home, "few"), events // 10)
        many = _drain(os.path.join(home, "many"), events)
        size = os.path.getsize(os.path.join(home, "many", "events.db"))
    files, seconds, peak_kib = many
    print(f"drain, {files:,} events of 1 KB: {files / seconds:,.0f} events a second")
    print(f"  {seconds / files * 1e6:.0f} µs an event, {size / files:.0f} database bytes an event")
    print(f"  {seconds / floor_s:.1f} times the floor (read, parse, unlink)")
    few_mib, many_mib = few[2] / 1024, peak_kib / 1024
    print(f"  at most {many_mib:.0f} MiB a process; {few_mib:.0f} MiB with a tenth of the files")


def _floor(directory: str, events: int) -> float:
    _fill(directory, events)
    done = _run(_FLOOR, {}, os.path.join(directory, "spool", "new"))
    return float(done)


def _drain(home: str, events: int) -> tuple[int, float, int]:
    _fill(home, events)
    files, seconds, peak_kib = _run(_DRAIN, {"FLUXMIRROR_HOME": home}).split()
    return int(files), float(seconds), int(peak_kib)


def _fill(home: str, events: int) -> None:
    new = os.path.join(home, "spool", "new")
    os.makedirs(new)
    start = time.time() - events
    for number in range(events):
        path = os.path.join(new, f"bench-{number:08}")
        with open(path, "wb") as file:
            file.write(_spooled(os.path.basename(path), number))
        os.utime(path, (start + number, start + number))


def _spooled(name: str, number: int) -> bytes:
    header = f"fluxmirror-spool/1\t{name}\tclaude\tCLAUDE_PROJECT_DIR=/srv/shop\n"
    return f"{header}{_payload(number)}\nfluxmirror-spool/1\t{name}\n".encode()


def _payload(number: int) -> str:
    """Give one of the two hooks' payloads of a call: every third edits a file, the rest run."""
    call, after = divmod(number, 2)
    session = f"{call // 200:08x}-45d1-4af7-9c1e-2f36b196818e"
    message: dict[str, object] = {
        "session_id": session,
        "transcript_path": f"/home/dev/.claude/projects/-srv-shop/{session}.jsonl",
        "cwd": "/srv/shop",
        "permission_mode": "default",
        "hook_event_name": "PostToolUse" if after else "PreToolUse",
        "tool_name": "Bash" if call % 3 else "Edit",
        "tool_input": _input(call),
        "tool_use_id": f"toolu_{call:024}",
    }
    if after:
        message |= {"tool_response": {"stdout": "collected 12 items\n" * 18}, "duration_ms": 41}
    return json.dumps(message)


def _input(call: int) -> dict[str, str]:
    if call % 3:
        command = (
            f"python -m pytest tests/test_basket_{call % 90}.py -q --maxfail=1 "
            + "-k not_slow " * 30
        )
        return {"command": command, "description": "Run the tests of the basket"}
    old = "    total = sum(line.price for line in basket)\n" * 5
    return {
        "file_path": f"/srv/shop/src/basket_{call % 90}.py",
        "old_string": old,
        "new_string": old,
    }


def _run(program: str, variables: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
