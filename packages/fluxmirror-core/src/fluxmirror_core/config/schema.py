"""The schema: every key, what it may be, what it does. It validates, sets and loads.

Takes pydantic's tenth of a second to load: what only reads settings finds them remembered, and
never comes here.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from fluxmirror_core.config.languages import find_language
from fluxmirror_core.config.settings import Settings, field_of
from fluxmirror_core.errors import ConfigError, FluxMirrorError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.phrases import did_you_mean
from fluxmirror_core.user_patterns import pattern_fault
from fluxmirror_core.zones import find_zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.messages import Message, Sayable

_DEFAULTS: Final = Settings()
_LONGEST_DAYS: Final = 36_500
_MOST_BYTES: Final = 1 << 30
_SHOWN_CHARS: Final = 60
_NEAR: Final = 0.75
"""How much a name must be like a key to be taken for a slip of the keyboard."""
_VARIABLES: Final = str.maketrans(".-", "__")


class Key(NamedTuple):
    """One key of the configuration."""

    name: str
    kind: Any
    """Its type, as pydantic understands it."""
    expects: Message
    """What it may be: in English words that follow `must be`, in other languages a noun."""
    meaning: Message
    """What it does, in a sentence."""
    closing: str = ""
    """What a value that cannot be understood means: the layer below, unless it is `WAIT` or
    `UNSET`."""
    in_project: str = "never"
    """What a project's file may do with it: `tighten`, `trusted`, or `never`."""
    flag: str = ""
    """The option of commands that overrules it."""

    @property
    def is_private(self) -> bool:
        """Tell whether it decides what is kept, and where."""
        return bool(self.closing)

    @property
    def default(self) -> object:
        """Give what holds when nothing says otherwise; None for nothing at all."""
        return getattr(_DEFAULTS, field_of(self.name))

    @property
    def variable(self) -> str:
        """Name the environment variable that sets it."""
        return f"FLUXMIRROR_{self.name.upper().translate(_VARIABLES)}"

    @property
    def is_list(self) -> bool:
        """Tell whether it holds several values."""
        return isinstance(self.default, tuple)


TIGHTEN: Final = "tighten"
TRUSTED: Final = "trusted"
WAIT: Final = "wait"
"""What was last understood holds; without that nothing is recorded, and everything waits."""
UNSET: Final = "unset"
"""Nothing at all, whatever was understood before: the key has something deleted."""


def _language(text: str) -> str:
    return find_language(text)


def _zone(text: str) -> str:
    return find_zone(text).key


def _path(text: str) -> str:
    path = os.path.expanduser(text)
    if not os.path.isabs(path) or "\0" in path:
        raise ValueError(text)
    return os.path.normpath(path)


def _file(text: str) -> str:
    path = _path(text)
    if os.path.isdir(path):
        sentence = message("config_problem.is_directory", path=path)
        raise ConfigError(sentence, hint=message("config_problem.name_a_file"))
    return path


def _pattern(text: str) -> str:
    fault = pattern_fault(text)
    if fault:
        raise ConfigError(message("config_problem.bad_pattern", text=repr(text), reason=fault))
    return text


_Path = Annotated[str, AfterValidator(_path)]
_File = Annotated[str, AfterValidator(_file)]
_Days = Annotated[int, Field(ge=1, le=_LONGEST_DAYS)]
_DAYS: Final = message("config_keys.expects.days")
_SWITCH: Final = message("config_keys.expects.switch")


def _agent_key(agent: str, name: str) -> Key:
    return Key(
        f"agents.{agent}.enabled",
        bool,
        _SWITCH,
        message("config_keys.meaning.agent", agent=name),
        closing=WAIT,
    )


_ROWS: Final = (
    Key(
        "language",
        Annotated[str, AfterValidator(_language)],
        message("config_keys.expects.language"),
        message("config_keys.meaning.language"),
        in_project=TRUSTED,
        flag="--lang",
    ),
    Key(
        "timezone",
        Annotated[str, AfterValidator(_zone)],
        message("config_keys.expects.zone"),
        message("config_keys.meaning.zone"),
        in_project=TRUSTED,
        flag="--tz",
    ),
    Key(
        "storage.path",
        _File,
        message("config_keys.expects.file"),
        message("config_keys.meaning.database"),
        closing=WAIT,
        flag="--db",
    ),
    Key(
        "storage.retention_days",
        _Days,
        _DAYS,
        message("config_keys.meaning.retention"),
        closing=UNSET,
    ),
    Key(
        "archive.retention_days",
        _Days,
        _DAYS,
        message("config_keys.meaning.archive_retention"),
        closing=UNSET,
    ),
    Key(
        "capture.enabled",
        bool,
        _SWITCH,
        message("config_keys.meaning.capture"),
        closing=WAIT,
        in_project=TIGHTEN,
    ),
    Key(
        "capture.payloads",
        Literal["none", "input", "full"],
        message("config_keys.expects.payloads"),
        message("config_keys.meaning.payloads"),
        closing=WAIT,
    ),
    Key(
        "capture.output_bytes",
        Annotated[int, Field(ge=0, le=_MOST_BYTES)],
        message("config_keys.expects.bytes"),
        message("config_keys.meaning.output_bytes"),
        closing=WAIT,
    ),
    Key(
        "session_files",
        bool,
        _SWITCH,
        message("config_keys.meaning.session_files"),
        closing=WAIT,
    ),
    Key(
        "mirror",
        _Path,
        message("config_keys.expects.path"),
        message("config_keys.meaning.mirror"),
        closing=WAIT,
    ),
    Key(
        "redaction.patterns",
        list[Annotated[str, Field(min_length=1), AfterValidator(_pattern)]],
        message("config_keys.expects.patterns"),
        message("config_keys.meaning.patterns"),
        closing=WAIT,
        in_project=TIGHTEN,
    ),
    Key(
        "self_noise.enabled",
        bool,
        _SWITCH,
        message("config_keys.meaning.self_noise"),
    ),
    Key(
        "self_noise.repo_paths",
        list[_Path],
        message("config_keys.expects.paths"),
        message("config_keys.meaning.self_noise_paths"),
    ),
    Key(
        "reports.git",
        bool,
        _SWITCH,
        message("config_keys.meaning.reports_git"),
        in_project=TRUSTED,
        flag="--git",
    ),
    Key(
        "reports.directory",
        _Path,
        message("config_keys.expects.path"),
        message("config_keys.meaning.reports_directory"),
    ),
    _agent_key("claude-code", "Claude Code"),
    _agent_key("qwen-code", "Qwen Code"),
    _agent_key("gemini-cli", "Gemini CLI"),
    _agent_key("codex-cli", "Codex CLI"),
    _agent_key("copilot-cli", "Copilot CLI"),
    _agent_key("opencode", "OpenCode"),
)
KEYS: Final = {key.name: key for key in _ROWS}
"""Every key by its name, in the order they are shown."""


def find_key(name: str) -> Key:
    """Give the key called `name`, in whatever case.

    Raises:
        ConfigError: there is none; the hint tells the one most like it.
    """
    key = KEYS.get(name.strip().casefold())
    if key is None:
        sentence = message("config_problem.no_key", name=repr(name))
        raise ConfigError(sentence, hint=nearest_key(name))
    return key


def nearest_key(name: str) -> Sayable:
    """Give a hint that tells the keys that a name may have been meant to be."""
    meant = meant_keys(name)[:2]
    return did_you_mean(meant) if meant else message("config_problem.list_keys")


def meant_keys(name: str) -> list[str]:
    """Give the keys that an unknown name may have been meant to be, the likeliest first.

    A name in a table of ours, a table's own name, and the last part of a key alone are all meant,
    besides those that are nearly a key.
    """
    from difflib import get_close_matches

    word = name.strip().casefold().strip(".")
    table, _, last = word.rpartition(".")
    near = get_close_matches(word, KEYS, n=2, cutoff=_NEAR)
    inside = [key for key in KEYS if key.startswith(f"{word}.") or word.startswith(f"{key}.")]
    beside = [key for key in KEYS if table and key.rpartition(".")[0] == table]
    ends = {key: key.rpartition(".")[2] for key in KEYS}
    alike = get_close_matches(last, set(ends.values()), n=1, cutoff=_NEAR)
    bare = [key for key in KEYS if not table and ends[key] in alike]
    return list(dict.fromkeys((*near, *inside, *beside, *bare)))


def check_value(key: Key, value: object, *, strict: bool = True) -> Any:  # noqa: ANN401 - each key has a type of its own
    """Give a value in its canonical form, as `Settings` holds it.

    Args:
        key: whose value it is.
        value: as TOML has it.
        strict: whether `"30"` is no number.

    Raises:
        ConfigError: it is none that the key may have.
    """
    try:
        checked = TypeAdapter[Any](key.kind).validate_python(value, strict=strict)
    except ValidationError as error:
        raise _refused(key, value) from error
    except ConfigError:
        raise
    except FluxMirrorError as error:
        sentence = message("config_problem.at", where=key.name, reason=error.sentence)
        raise ConfigError(sentence, hint=error.hint) from error
    return tuple(checked) if key.is_list else checked


def parse_value(key: Key, text: str) -> Any:  # noqa: ANN401 - each key has a type of its own
    """Read a value from words: of a command line, of an environment variable.

    A list is written as JSON, `["a", "b"]`; any other text is a list of one.

    Raises:
        ConfigError: it is none that the key may have.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ConfigError(
            message("config_problem.no_utf8_value", key=key.name, text=repr(text))
        ) from error
    return check_value(key, _listed(text) if key.is_list else text.strip(), strict=False)


def parse_values(key: Key, texts: Sequence[str]) -> Any:  # noqa: ANN401 - each key has a type of its own
    """Read a value from the words of a command line: several of them are a list.

    Raises:
        ConfigError: it is none that the key may have.
    """
    if len(texts) == 1:
        return parse_value(key, texts[0])
    if not key.is_list:
        return parse_value(key, " ".join(texts))
    return tuple(one for text in texts for one in parse_value(key, text))


def _listed(text: str) -> list[object]:
    if text.lstrip().startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            return [text]  # a regular expression may begin with a bracket
        is_list = isinstance(listed, list) and all(isinstance(one, str) for one in listed)
        return listed if is_list else [text]
    return [text] if text else []


def _refused(key: Key, value: object) -> ConfigError:
    shown = repr(value)
    if len(shown) > _SHOWN_CHARS:
        shown = f"{shown[:_SHOWN_CHARS]}…"
    return ConfigError(
        message("config_problem.must_be", key=key.name, expects=key.expects, shown=shown),
        hint=message("config_problem.explain", key=key.name),
    )
