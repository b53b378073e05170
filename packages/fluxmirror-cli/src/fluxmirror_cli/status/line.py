"""`fluxmirror status --prompt`: one line for a shell prompt, from a small cache.

A road of its own, as the hook has one: a prompt waits for it. It opens no database and drains
nothing; when the figures may be old it starts a command that works them out anew, behind whoever
looks. Whatever goes wrong, the prompt gets nothing and exit code 0.
"""

from __future__ import annotations

import os
import sys
import time

from fluxmirror_core.paths import here
from fluxmirror_core.private import make_directory

from fluxmirror_cli.output import emit
from fluxmirror_cli.own_command import may_leave, own_command

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.paths import Places

USUAL = "{calls} calls, {tokens} tokens, {cost}, {age} ago"
"""What is shown where no `--format` asks for something else."""
REFRESH = ("status", "--refresh-cache")

_MAGIC = "fluxmirror-status/1"
_MAX_BYTES = 65_536
_OLD_S = 300
"""Session files tell of work that no hook tells of: so old figures are worked out anew."""
_PAUSE_S = 10
"""So long after one start nobody starts another: an agent at work fills the spool all the time."""
_LOOKED_AT_S = 86_400
"""A prompt that nobody saw for so long is not kept fresh behind the hooks any more."""
_MINUTE, _HOUR, _DAY, _DAYS = 60, 3_600, 86_400, 172_800


class Cache:
    """What the line is made of; a plain class, as a `NamedTuple` would bring `typing` along."""

    __slots__ = ("calls", "cost", "database", "last_ms", "marks", "spool", "tokens", "until_ms")

    def __init__(  # noqa: PLR0913 - one argument per field, named at every call
        self,
        *,
        until_ms: int,
        last_ms: int,
        calls: str,
        tokens: str,
        cost: str,
        database: str,
        spool: str,
        marks: str,
    ) -> None:
        self.until_ms = until_ms
        """When the day ends whose figures these are, in UTC milliseconds."""
        self.last_ms = last_ms
        """When the last event was; 0 when there is none."""
        self.calls = calls
        self.tokens = tokens
        self.cost = cost
        """As they are shown."""
        self.database = database
        self.spool = spool
        self.marks = marks
        """What `change_marks` said before the figures were worked out."""


def run(arguments: Sequence[str]) -> None:
    """Print the line, or nothing, and see to it that the next one is no older.

    Args:
        arguments: `--format TEXT`, also as `--format=TEXT`; anything else is ignored.
    """
    places = here()
    now_s = time.time()
    cache = read_cache(places)
    try:
        if cache is not None and cache.last_ms and now_s * 1000 < cache.until_ms:
            emit(f"{build_line(cache, _asked_format(arguments), now_s)}\n")
    finally:
        if cache is None or _is_old(places, cache, now_s):
            _start_refresh(places, now_s)


def refresh_if_looked_at(places: Places) -> None:
    """Behind a drain: have the figures worked out anew, where a prompt shows them.

    Raises:
        OSError: no process can be started.
    """
    now_s = time.time()
    looked_s, written_s = (now_s - _mtime_ns(one) / 1e9 for one in _files(places))
    if looked_s < _LOOKED_AT_S and written_s > _PAUSE_S:
        _start(places)


def build_line(cache: Cache, wanted: str, now_s: float) -> str:
    """Fill in `{calls}`, `{tokens}`, `{cost}` and `{age}`; all else stays as it is."""
    for name, value in (
        ("{calls}", cache.calls),
        ("{tokens}", cache.tokens),
        ("{cost}", cache.cost),
        ("{age}", age_text(now_s - cache.last_ms / 1000)),
    ):
        wanted = wanted.replace(name, value)
    return wanted


def age_text(age_s: float) -> str:
    """Write an age in one unit: `12s`, `3m`, `5h`, `4d`; what lies ahead is no age."""
    for below, unit, letter in ((_MINUTE, 1, "s"), (_HOUR, _MINUTE, "m"), (_DAYS, _HOUR, "h")):
        if age_s < below:
            return f"{max(int(age_s // unit), 0)}{letter}"
    return f"{int(age_s // _DAY)}d"


def cache_path(places: Places) -> str:
    """Say where the cache is: another one for every database that a variable names."""
    own = os.environ.get("FLUXMIRROR_DB") or os.environ.get("FLUXMIRROR_STORAGE_PATH") or ""
    plain = "".join(letter if letter.isalnum() else "_" for letter in own)
    return os.path.join(places.cache, f"status-{plain[-100:]}" if own else "status")


def read_cache(places: Places) -> Cache | None:
    """Read the cache; None where there is none, or none of ours."""
    try:
        # What is no file must not keep a prompt waiting.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(cache_path(places), flags)
        try:
            line = os.fsdecode(os.read(descriptor, _MAX_BYTES))
        finally:
            os.close(descriptor)
        return _parse_cache(line)
    except (OSError, ValueError):
        return None


def write_cache(places: Places, cache: Cache) -> None:
    """Write the cache, for its owner alone, so that nobody ever reads half of it.

    Raises:
        OSError: it cannot be written.
        ValueError: a path has a character that the cache cannot hold.
    """
    told = [
        _MAGIC,
        str(cache.until_ms),
        str(cache.last_ms),
        cache.calls,
        cache.tokens,
        cache.cost,
        cache.database,
        cache.spool,
        cache.marks,
        "\n",
    ]
    if any("\t" in one or "\n" in one for one in told[:-1]):
        raise ValueError("a tab or a line feed in a path")
    path = cache_path(places)
    make_directory(places.cache)
    new = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(os.fsencode("\t".join(told)))
        os.replace(new, path)
    except OSError:
        if os.path.exists(new):
            os.unlink(new)
        raise


def change_marks(database: str, spool: str) -> str:
    """Give what differs as soon as anything is put into the spool or the database."""
    paths = (os.path.join(spool, "new"), database, f"{database}-wal")
    return " ".join(str(_mtime_ns(path)) for path in paths)


def _parse_cache(line: str) -> Cache | None:
    """Read the one line of a cache.

    Raises:
        ValueError: it is none.
    """
    magic, until_ms, last_ms, calls, tokens, cost, database, spool, marks, end = line.split("\t")
    if (magic, end) != (_MAGIC, "\n"):
        return None
    return Cache(
        until_ms=int(until_ms),
        last_ms=int(last_ms),
        calls=calls,
        tokens=tokens,
        cost=cost,
        database=database,
        spool=spool,
        marks=marks,
    )


def _asked_format(arguments: Sequence[str]) -> str:
    """Tolerant, because a prompt shows a complaint at every line."""
    wanted = USUAL
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if name == "--format":
            wanted = value if equals else next(waiting, USUAL)
    return wanted


def _is_old(places: Places, cache: Cache, now_s: float) -> bool:
    if now_s * 1000 >= cache.until_ms or cache.marks != change_marks(cache.database, cache.spool):
        return True
    return not 0 <= now_s - _mtime_ns(cache_path(places)) / 1e9 < _OLD_S


def _files(places: Places) -> tuple[str, str]:
    """Give the file whose time is when a prompt last asked for new figures, and the cache."""
    path = cache_path(places)
    return f"{path}.asked", path


def _start_refresh(places: Places, now_s: float) -> None:
    """Start the command that writes the cache, unless somebody just did."""
    asked, _ = _files(places)
    if 0 <= now_s - _mtime_ns(asked) / 1e9 < _PAUSE_S:
        return
    make_directory(places.cache)
    os.close(os.open(asked, os.O_WRONLY | os.O_CREAT, 0o600))
    os.utime(asked)
    _start(places)


def _start(places: Places) -> None:
    if sys.platform == "win32":
        from fluxmirror_cli import background

        background.start(*REFRESH)
    else:
        if may_leave(places):
            os.chdir("/")
        _spawn(own_command(*REFRESH))


def _spawn(command: list[str]) -> None:
    """Start a process that holds nothing of ours; `subprocess` takes longer to load than this."""
    if sys.platform != "win32":
        nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        try:
            os.posix_spawn(command[0], command, os.environ, file_actions=nothing, setsid=True)
        except NotImplementedError:  # an older system library
            os.posix_spawn(command[0], command, os.environ, file_actions=nothing, setpgroup=0)


def _mtime_ns(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
