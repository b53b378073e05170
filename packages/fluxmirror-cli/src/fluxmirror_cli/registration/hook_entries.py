"""Our hook entries in the text of an agent's settings: put in, found, taken out. Pure functions.

Five agents keep hooks alike:
`{"hooks": {EVENT: [{"hooks": [{"type": "command", "command": …}]}]}}`.
What is ours is told by its command, so nothing is asked of the format but to keep that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.jsonc import (
    JsoncError,
    alike,
    append,
    cut,
    members,
    parse_jsonc,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.messages import Message

    from fluxmirror_cli.registration.jsonc import Node

    IsOurs = Callable[[str], bool]
    """Tells a command of ours."""
    Hooks = Mapping[str, Mapping[str, object]]
    """Event → hook: its `command`, and what else the agent keeps with it, such as a time-out."""

HOOKS: Final = "hooks"
_COMMANDS: Final = ("command", "bash")
"""Where a hook may say what it runs; the second in Copilot alone."""
EMPTY: Final = "{}\n"
"""What a settings file that is not there, or holds nothing, is taken for."""


class EntriesError(Exception):
    """The text is not what an agent would read hooks from: nothing is changed then."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class HookEntry(NamedTuple):
    """One registered command."""

    event: str
    command: str


class Added(NamedTuple):
    """A text with our entries in it."""

    text: str
    made: tuple[str, ...]
    """What was not there before: `hooks`, and events of it; taken out again when empty."""


def find_entries(text: str) -> list[HookEntry]:
    """List the commands that are registered in a text, in its order.

    Raises:
        EntriesError: the text cannot be read, or its hooks are no hooks.
    """
    return [
        HookEntry(event, command)
        for event, array in _events(_root(text))
        for group in array.items
        for _, command in _commands(group.value)
    ]


def add_entries(
    text: str, hooks: Hooks, is_ours: IsOurs, made: tuple[str, ...] | None = None
) -> Added:
    """Register one hook per event, after those that are there.

    Entries of ours that say the same already are left alone; other entries of ours give way.

    Args:
        text: a settings file's whole text.
        hooks: event → hook, as the agent writes it.
        is_ours: tells a command of ours, of whatever version.
        made: what was made by the entries that give way; None when nobody knows.

    Raises:
        EntriesError: the text cannot be read, or its hooks are no hooks.
    """
    ours = [entry for entry in find_entries(text) if is_ours(entry.command)]
    wanted = [HookEntry(event, str(hook["command"])) for event, hook in hooks.items()]
    if sorted(ours) == sorted(wanted):
        return Added(text, made or ())
    if ours:
        text = take_entries(text, is_ours, made=made)
    wanted_value = _with_hooks(_value(text), hooks)
    new: list[str] = []
    for event, hook in hooks.items():
        text = _add_one(text, event, hook, new)
    _prove(text, wanted_value)
    return Added(text, tuple(new))


def take_entries(text: str, is_ours: IsOurs, *, made: tuple[str, ...] | None) -> str:
    """Take out every entry of ours, and what that leaves empty if it was ours too.

    Args:
        text: a settings file's whole text.
        is_ours: tells a command of ours.
        made: what `add_entries` made; None when nobody knows any more: then what gets empty goes.

    Raises:
        EntriesError: the text cannot be read, or its hooks are no hooks.
    """
    wanted = _without_hooks(_value(text), is_ours, made)
    while (smaller := _take_one(text, is_ours, made)) is not None:
        text = smaller
    _prove(text, wanted)
    return text


def _prove(text: str, wanted: object) -> None:
    """Read the result once more: a text that means anything else is refused, not written."""
    if not alike(_value(text), wanted):
        raise EntriesError(message("settings_file.why.not_editable"))


def _value(text: str) -> Any:  # noqa: ANN401 - whatever a person's settings hold
    value = plain(_root(text))
    list(_events(_root(text)))  # refuses what is not as hooks are
    return value


def _with_hooks(value: Any, hooks: Hooks) -> object:  # noqa: ANN401 - as above
    """Say what a text must mean when our hooks are in it."""
    registered = value.setdefault(HOOKS, {})
    for event, hook in hooks.items():
        if not isinstance(registered.setdefault(event, []), list):
            raise EntriesError(message("settings_file.why.event_no_list", event=event))
        registered[event].append({HOOKS: [hook]})
    return value


def _without_hooks(value: Any, is_ours: IsOurs, made: tuple[str, ...] | None) -> object:  # noqa: ANN401 - as above
    """Say what a text must mean when none of our hooks is in it any more."""
    registered = value.get(HOOKS, {})
    events = set(registered)
    for event, groups in list(registered.items()):
        if not isinstance(groups, list):
            continue
        left = [group for group in groups if not _is_emptied(group, is_ours)]
        if len(left) < len(groups) and not left and _may_go(event, made):
            del registered[event]
        else:
            registered[event] = left
    if events and not registered and _may_go(HOOKS, made):
        del value[HOOKS]
    return value


def _is_emptied(group: Any, is_ours: IsOurs) -> bool:  # noqa: ANN401 - as above
    """Take our hooks out of a group; gives whether it was there for them alone."""
    inner = group.get(HOOKS) if isinstance(group, dict) else None
    if not isinstance(inner, list):
        return _runs_ours(group, is_ours)
    left = [hook for hook in inner if not _runs_ours(hook, is_ours)]
    emptied = len(left) < len(inner) and not left
    inner[:] = left
    return emptied


def _runs_ours(hook: object, is_ours: IsOurs) -> bool:
    commands = [hook.get(key) for key in _COMMANDS] if isinstance(hook, dict) else []
    return any(isinstance(command, str) and is_ours(command) for command in commands)


def _root(text: str) -> Node:
    try:
        root = parse_jsonc(text)
    except JsoncError as error:
        raise EntriesError(message("settings_file.why.no_json", reason=error.sentence)) from error
    if root.kind != "object":
        raise EntriesError(message("settings_file.why.no_object"))
    return root


def _hooks(root: Node) -> Node | None:
    found = members(root, HOOKS)
    if len(found) > 1:
        raise EntriesError(message("settings_file.why.hooks_twice"))
    if found and found[0].value.kind != "object":
        raise EntriesError(message("settings_file.why.hooks_no_object"))
    return found[0].value if found else None


def _events(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield each event and the array of its groups; what is no array is somebody else's."""
    hooks = _hooks(root)
    seen = set()
    for item in hooks.items if hooks else ():
        event = str(item.key)
        if event in seen:
            raise EntriesError(message("settings_file.why.event_twice", event=event))
        seen.add(event)
        if item.value.kind == "array":
            yield event, item.value


def _commands(group: Node) -> Iterator[tuple[int, str]]:
    """Yield number and command of each hook in a group; in Copilot a group may be the hook."""
    for array in members(group, HOOKS):
        for number, hook in enumerate(array.value.items):
            yield from ((number, command) for command in _texts(hook.value))
    if not members(group, HOOKS):
        yield from ((-1, command) for command in _texts(group))


def _texts(hook: Node) -> Iterator[str]:
    for key in _COMMANDS:
        for item in members(hook, key) if hook.kind == "object" else ():
            if isinstance(item.value.scalar, str):
                yield item.value.scalar


def _add_one(text: str, event: str, hook: Mapping[str, object], made: list[str]) -> str:
    group = {HOOKS: [hook]}
    root = _root(text)
    hooks = _hooks(root)
    if hooks is None:
        made += (HOOKS, event)
        return append(text, root, HOOKS, {event: [group]})
    found = members(hooks, event)
    if not found:
        made.append(event)
        return append(text, hooks, event, [group])
    if found[0].value.kind != "array":
        raise EntriesError(message("settings_file.why.event_no_list", event=event))
    return append(text, found[0].value, None, group)


def _take_one(text: str, is_ours: IsOurs, made: tuple[str, ...] | None) -> str | None:
    """Take out one entry of ours, or None when there is none."""
    root = _root(text)
    hooks = _hooks(root)
    if hooks is None:
        return None
    for event, array in _events(root):
        for number, group in enumerate(array.items):
            numbers = [hook for hook, command in _commands(group.value) if is_ours(command)]
            if not numbers:
                continue
            inner = members(group.value, HOOKS)
            if inner and len(inner[0].value.items) > 1:
                return cut(text, inner[0].value, numbers[0])  # somebody's hooks stand beside it
            if len(array.items) > 1 or not _may_go(event, made):
                return cut(text, array, number)
            if len(hooks.items) > 1 or not _may_go(HOOKS, made):
                return cut(text, hooks, _index(hooks, event))
            return cut(text, root, _index(root, HOOKS))
    return None


def _may_go(name: str, made: tuple[str, ...] | None) -> bool:
    return made is None or name in made


def _index(container: Node, key: str) -> int:
    return next(number for number, item in enumerate(container.items) if item.key == key)


def means_nothing(text: str) -> bool:
    """Tell whether a text holds no settings at all: `{}`, and no comment either."""
    try:
        return not text.strip() or (plain(parse_jsonc(text)) == {} and not text.strip("{} \t\r\n"))
    except JsoncError:
        return False
