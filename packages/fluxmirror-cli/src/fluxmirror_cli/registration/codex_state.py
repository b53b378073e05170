"""What Codex trusts, as its own file tells: a hook that is not trusted never runs, silently.

The digests in that file are Codex's own. What we can tell without starting it: whether each hook
has one, and whether the files are still those that it was last seen to trust.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.packages import list_files
from fluxmirror_cli.registration.plugin_commands import PLUGIN_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from fluxmirror_cli.registration.registration_record import TrustRecord

TRUSTED: Final = "trusted"
UNTRUSTED: Final = "untrusted"
MODIFIED: Final = "modified"
HOOKS_FILE: Final = "hooks/codex.json"
"""Where our package keeps the hooks for Codex, as Codex names it in its keys."""
_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)


def read_trust(
    root: str,
    plugin: str | None,
    settings: str,
    entries: Mapping[str, str],
    record: TrustRecord | None,
) -> str:
    """Tell whether Codex runs our hooks: `trusted`, `untrusted` or `modified`.

    Args:
        root: Codex's directory.
        plugin: the directory of our plugin; None when there is none.
        settings: the file whose hooks may be ours.
        entries: our hooks in that file, event → command.
        record: what was seen to be trusted when we asked Codex itself.
    """
    ours = _expected_keys(plugin, settings, entries)
    # An older Codex knows fewer events: what it listed when it was asked is all it can run.
    wanted = ours if record is None else set(record.keys)
    if not wanted or not wanted <= _running_keys(root) & ours:
        return UNTRUSTED
    if record is not None and record.content != content_digest(plugin, entries):
        return MODIFIED
    return TRUSTED


def _expected_keys(plugin: str | None, settings: str, entries: Mapping[str, str]) -> set[str]:
    """Name our hooks as Codex does: the file, the event, and the place in its list.

    Args:
        plugin: the directory of our plugin; None when there is none.
        settings: the file whose hooks may be ours.
        entries: our hooks in that file, event → command.
    """
    keys: set[str] = set()
    if plugin:
        for place, _, _ in _places(os.path.join(plugin, *HOOKS_FILE.split("/"))):
            keys.add(f"{PLUGIN_ID}:{HOOKS_FILE}:{place}")
    if entries:
        for place, event, command in _places(settings):
            if entries.get(event) == command:
                keys.add(f"{settings}:{place}")
    return keys


def _places(path: str) -> Iterator[tuple[str, str, str]]:
    """Yield the place in a file of hooks, as in `pre_tool_use:0:0`, the event, and the command."""
    try:
        for event, groups in json.loads(read_owned(path) or b"")["hooks"].items():
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", event).lower()
            for group, held in enumerate(groups):
                for hook, told in enumerate(held["hooks"]):
                    yield f"{name}:{group}:{hook}", event, told["command"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return  # Codex would not read it either


def trusted_keys(root: str) -> set[str]:
    """List the hooks that have a trusted digest in `config.toml`, switched off or not."""
    return {key for key, state in _states(root).items() if "trusted_hash" in state}


def _running_keys(root: str) -> set[str]:
    states = _states(root)
    return {key for key in trusted_keys(root) if states[key].get("enabled") is not False}


def _states(root: str) -> dict[str, dict[str, object]]:
    raw = read_owned(config_path(root))
    try:
        states = tomllib.loads((raw or b"").decode("utf-8"))["hooks"]["state"]
        return {key: state for key, state in states.items() if isinstance(state, dict)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def content_digest(plugin: str | None, entries: Mapping[str, str]) -> str:
    """Digest what Codex would run: every file of the plugin, every entry of the settings."""
    digest = hashlib.sha256()
    for name in sorted(list_files(plugin)) if plugin else ():
        digest.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        digest.update(read_owned(os.path.join(plugin or "", name)) or b"")
    for event, command in sorted(entries.items()):
        digest.update(f"\0{event}\0{command}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def config_path(root: str) -> str:
    """Say where Codex's configuration is."""
    return os.path.join(root, "config.toml")


def forget_trust(text: str, keys: Collection[str]) -> str:
    """Take the tables of these hooks out of a `config.toml`; every other byte stays.

    A text from which nothing else could be read afterwards comes back as it was.
    """
    smaller = text
    for key in keys:
        smaller = _without_table(smaller, f'[hooks.state."{key}"]')
    if _has_empty_state(smaller):
        smaller = _without_table(smaller, "[hooks.state]")
    return smaller if _expected(text, keys) == _parsed(smaller) else text


def _without_table(text: str, header: str) -> str:
    found = re.search(rf"^{re.escape(header)}[ \t]*\r?\n", text, re.MULTILINE)
    if found is None:
        return text
    following = _TABLE.search(text, found.end())
    end = following.start() if following else len(text)
    # The blank line before a table was written with it.
    blank = re.search(r"(?:(?<=\n)|\A)\r?\n\Z", text[: found.start()])
    start = blank.start() if blank else found.start()
    return text[:start] + _kept_comments(text[found.end() : end]) + text[end:]


def _kept_comments(table: str) -> str:
    """Keep what people wrote between one table and the next."""
    lines = table.splitlines(keepends=True)
    first = next((n for n, line in enumerate(lines) if line.lstrip().startswith("#")), len(lines))
    return "".join(lines[first:])


def _has_empty_state(text: str) -> bool:
    hooks = (_parsed(text) or {}).get("hooks")
    return isinstance(hooks, dict) and hooks.get("state") == {}


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _expected(text: str, keys: Collection[str]) -> dict[str, object] | None:
    """Say what a configuration must mean without these hooks."""
    parsed = _parsed(text)
    hooks = parsed.get("hooks") if parsed else None
    state = hooks.get("state") if isinstance(hooks, dict) else None
    if parsed is None or not isinstance(hooks, dict) or not isinstance(state, dict):
        return parsed
    hooks["state"] = {key: value for key, value in state.items() if key not in keys}
    if not hooks["state"]:
        del hooks["state"]
    if not hooks:
        del parsed["hooks"]
    return parsed
