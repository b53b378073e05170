"""A result → standard output: whatever its encoding can say, whatever became of its reader.

`--version` comes along here: imports nothing that a bare interpreter has not loaded already.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys

TYPE_CHECKING = False  # `--help` does without `typing`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmirror_core.errors import FluxMirrorError
    from fluxmirror_core.messages import Sayable

_PLAIN = {"→": "->", "…": "...", "·": ".", "\u2013": "-", "✓": "x", "↑": "^", "↓": "v"}
_PLAIN |= {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"}
_PLAIN |= {"「": '"', "」": '"', "『": '"', "』": '"'}
_PLAIN |= {"░": ":", "▒": "+", "▓": "*", "█": "#"}
_PLAINLY = "fluxmirror-plainly"
_CUT = "…"


def emit(text: str) -> None:
    """Print `text`; what the output's encoding cannot say is said plainly, or becomes a `?`.

    Raises:
        PipeClosedError: the reader is gone.
        OutputError: the output cannot be written.
    """
    try:
        _write(text)
    except (OSError, KeyboardInterrupt) as error:
        _abandon()
        if isinstance(error, OSError):
            raise _failure(error) from error
        raise


class Result:
    """What a command found out: as facts for programs, as text for people; one of them is asked.

    Args:
        facts: gives what `--json` prints beside its `version`.
        text: gives what a person reads, a line feed at its end.
        version: of the shape of the facts.
    """

    __slots__ = ("facts", "text", "version")

    def __init__(
        self, facts: Callable[[], Mapping[str, object]], text: Callable[[], str], version: int = 1
    ) -> None:
        self.facts = facts
        self.text = text
        self.version = version


def show(result: Result, *, as_json: bool) -> None:
    """Print a result, as `emit` does."""
    emit(json_text({"version": result.version, **result.facts()}) if as_json else result.text())


def json_text(facts: object) -> str:
    """Write facts as JSON, with a line feed at its end.

    What the output cannot say, or a terminal would obey, is spelt in plain letters: nothing is
    lost.
    """
    import json

    text = json.dumps(facts, indent=2, ensure_ascii=not says_everything())
    if not text.replace("\n", "").isprintable():
        text = json.dumps(facts, indent=2)
    return text + "\n"


def says_everything() -> bool:
    """Tell whether the output's encoding has every letter there is."""
    encoding = (sys.stdout.encoding if sys.stdout else None) or ""
    return encoding.lower().startswith("utf")


def complain(sentence: Sayable, hint: Sayable = "") -> None:
    """Say what went wrong on stderr, in the one style; there is nobody to tell when that fails.

    A path in it has no power over a terminal.
    """
    if sys.stderr is not None:
        from fluxmirror_core.messages import message

        from fluxmirror_cli.speech import say

        text = f"fluxmirror: {_harmless(say(sentence))}\n"
        if hint:
            text += f"  {_harmless(say(message('complaint.hint', hint=hint)))}\n"
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            return


def can_write(text: str) -> bool:
    """Tell whether the output's encoding has every character of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def is_terminal() -> bool:
    """Tell whether a person looks at the output."""
    return sys.stdout is not None and sys.stdout.isatty()


def terminal_room() -> int | None:
    """Give the columns of the terminal that a person looks at.

    None where there is none, where nobody knows them, and where a cut cannot be marked.
    """
    if not is_terminal() or not can_write(_CUT):
        return None
    from shutil import get_terminal_size

    return get_terminal_size((0, 0)).columns or None


def is_coloured() -> bool:
    """Tell whether a person looks at the output, on a terminal that knows colours."""
    if not is_terminal() or os.environ.get("NO_COLOR"):
        return False
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def _harmless(text: str) -> str:
    if text.isprintable():
        return text
    from fluxmirror_core.report.as_text import one_line

    return one_line(text)


def _write(text: str) -> None:
    if sys.stdout is None:  # closed before we were started
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_PLAINLY)
    sys.stdout.write(text)
    sys.stdout.flush()  # what goes wrong shows here, where it is handled


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in characters), error.end


codecs.register_error(_PLAINLY, _plainly)


def _abandon() -> None:
    """Let the interpreter's last flush go nowhere: it would fail once more, and say so."""
    if sys.stdout is not None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _failure(error: OSError) -> FluxMirrorError:
    from fluxmirror_core.errors import OutputError, PipeClosedError

    # Windows has a number of its own for a pipe that nobody reads.
    closed = error.errno == errno.EPIPE or (sys.platform == "win32" and error.errno == errno.EINVAL)
    if closed:
        return PipeClosedError("the reader of the output is gone")
    from fluxmirror_core.messages import message
    from fluxmirror_core.system_reasons import system_reason

    return OutputError(message("files.no_output", reason=system_reason(error)))
