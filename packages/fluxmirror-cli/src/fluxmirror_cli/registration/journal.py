"""What an agent's own commands change, written down before they run and put back afterwards.

The agents write a registration their own way: comments, order, modes and links of a person's
settings are lost, and their own undoing leaves some of it behind. So each of the few files that
they are known to write is kept whole before the first command. After it the person's wording, mode
and link are given back; at uninstalling the file itself, if nobody else changed it since. What any
run of an agent writes besides (caches, logs, state) is the agent's, and stays.
"""

from __future__ import annotations

import base64
import codecs
import contextlib
import os
import stat
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, QWEN
from fluxmirror_cli.registration.dialect import check_read
from fluxmirror_cli.registration.jsonc import JsoncError, find_comments, parse_jsonc, plain
from fluxmirror_cli.registration.owned_file import digest, read_owned
from fluxmirror_cli.registration.registration_record import DATA, Kept, save_record
from fluxmirror_cli.registration.restating import restate
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    check_writable,
    read_file,
    read_settings,
    relink,
    remove_settings,
    replace_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.settings_file import SettingsFile
    from fluxmirror_cli.registration.situation import Situation

_WRITTEN: Final = {
    CLAUDE: ("plugins/known_marketplaces.json", "plugins/installed_plugins.json"),
    # Its state of before the last change, which names us once we are out.
    QWEN: ("extension-store/state.previous.json",),
    GEMINI: ("extension_integrity.json",),
    CODEX: ("config.toml",),
}
"""What registering writes beside the settings file; seen with the versions in `agent_home`."""
_ANOTHER: Final = "another"
"""Stands for the digest of a file that somebody else changed between two installations."""


def commanded_files(situation: Situation, agent: AgentHome) -> list[str]:
    """List the files that an agent's commands write when they register a plugin."""
    settings = agent.settings_path(situation.env)
    names = [os.path.join(*name.split("/")) for name in _WRITTEN.get(agent.id, ())]
    files = [os.path.join(agent.root(situation.env), name) for name in names]
    if agent.id == COPILOT:
        # It locks its settings beside them: beside the link, and where the link leads.
        files += sorted({f"{settings}.lock", f"{os.path.realpath(settings)}.lock"})
    return files if agent.id == CODEX else [settings, *files]


def check_files(situation: Situation, agent: AgentHome) -> None:
    """Refuse, before an agent is run, what could not be given back afterwards.

    An agent replaces a file that is read-only, or one whose link leads into a store, unasked.

    Raises:
        RegistrationError: one of the files may not be written, or its agent does not read it.
    """
    for path in commanded_files(situation, agent):
        check_writable(read_file(path))
        if path == agent.settings_path(situation.env) or path.endswith(".toml"):
            check_read(agent.id, read_settings(path))


@contextlib.contextmanager
def journaled(
    situation: Situation, agent: AgentHome, meant: Callable[[str], str] = lambda text: text
) -> Iterator[None]:
    """Write down what is there, and after the block give it its wording, mode and link back.

    Args:
        situation: this machine.
        agent: whose commands are run in the block.
        meant: what the agent wrote into its settings → what it should have written.

    Raises:
        RegistrationError: a file cannot be read or written, or its wording is lost for good:
            then it has its bytes of before.
    """
    settle(situation, agent)  # what one that died has left
    files = sorted({*commanded_files(situation, agent), agent.settings_path(situation.env)})
    done = situation.done(agent.id)
    made = {*done.made, *(one for path in files for one in missing_directories(path))}
    pending = tuple(keep(path) for path in files)
    note_own_directories(situation)
    _save(situation, agent, pending=pending, made=tuple(sorted(made)))
    try:
        yield
    finally:
        settle(situation, agent, meant)


def settle(
    situation: Situation, agent: AgentHome, meant: Callable[[str], str] = lambda text: text
) -> None:
    """Give what is pending its wording, mode and link back, and join it to the journal.

    Raises:
        RegistrationError: as `journaled`.
    """
    done = situation.done(agent.id)
    if not done.pending:
        return
    failed: RegistrationError | None = None
    for kept in done.pending:
        try:
            is_worded = kept.path == agent.settings_path(situation.env)
            _give_back(kept, meant if is_worded else None)
        except RegistrationError as error:
            failed = error
    if failed is None:
        journal = tuple(join(done.journal, done.pending))
        _save(situation, agent, pending=(), journal=journal)
    else:
        raise failed


def undo(situation: Situation, agent: AgentHome, ours: Iterable[str]) -> list[Sayable]:
    """Put back what our commands changed, where nobody else changed it since.

    Args:
        situation: this machine.
        agent: which agent.
        ours: the files that are still as our commands left them.

    Returns:
        Why something could not be put back, a sentence each.
    """
    failed: list[Sayable] = []
    for kept in situation.done(agent.id).journal:
        try:
            if kept.path in ours:
                put_back(kept)
        except RegistrationError as error:
            failed.append(error.sentence)
    remove_directories(situation.done(agent.id).made)
    return failed


def put_back(kept: Kept) -> None:
    """Give a file its bytes, mode and link of before, or take it away.

    Raises:
        RegistrationError: it could not be done.
    """
    if kept.link is not None:
        relink(kept.path, kept.link)
    file = read_file(kept.path)
    if kept.before is None:
        if file.raw is not None:
            remove_settings(file)
        return
    content = bytes_before(kept)
    if file.raw != content:
        replace_bytes(file, content)
    _give_mode(kept)


def is_unchanged(kept: Kept) -> bool:
    """Tell whether a file is still as our commands left it."""
    return digest(read_owned(kept.path)) == kept.after


def bytes_before(kept: Kept) -> bytes:
    """Give what a file held; nothing when there was none."""
    return base64.b64decode(kept.before or "")


def text_before(journal: Iterable[Kept], path: str) -> str:
    """Give the text of a settings file before our installation; nothing when there was none."""
    found = [kept for kept in journal if kept.path == path]
    return bytes_before(found[0]).decode("utf-8-sig", "replace") if found else ""


def missing_directories(path: str) -> list[str]:
    """List the directories that will have to be made for a file."""
    missing = []
    directory = os.path.dirname(path)
    while not os.path.exists(directory) and os.path.dirname(directory) != directory:
        missing.append(directory)
        directory = os.path.dirname(directory)
    return missing


def note_own_directories(situation: Situation) -> None:
    """Note, before anything is written there, which directories our own will need."""
    missing = missing_directories(os.path.join(situation.data, "any"))
    if missing:
        done = situation.done(DATA)
        situation.record[DATA] = done._replace(made=tuple(sorted({*done.made, *missing})))


def remove_directories(made: Iterable[str]) -> None:
    """Remove directories, where nothing is in them any more."""
    for path in sorted(made, reverse=True):
        with contextlib.suppress(OSError):  # somebody's things are in it
            os.rmdir(path)


def keep(path: str) -> Kept:
    """Give a file as it is now, before anything is done to it.

    Raises:
        RegistrationError: it cannot be read.
    """
    link = os.readlink(path) if os.path.islink(path) else None
    file = read_file(path)
    if file.raw is None:
        return Kept(path, None, None, link)
    mode = stat.S_IMODE(os.stat(file.target).st_mode)
    return Kept(path, base64.b64encode(file.raw).decode("ascii"), mode, link)


def _give_back(kept: Kept, meant: Callable[[str], str] | None) -> None:
    """Give a file that an agent wrote its wording, mode and link back.

    Args:
        kept: what was there.
        meant: what the agent wrote → what it should have; None for a file nobody words.
    """
    if kept.link is not None:
        relink(kept.path, kept.link)
    file = read_file(kept.path)
    if file.raw is None:
        return
    _give_mode(kept)
    if meant is None or kept.before is None or file.raw == bytes_before(kept):
        return
    _reword(read_settings(kept.path), bytes_before(kept), meant)


def _reword(file: SettingsFile, before: bytes, meant: Callable[[str], str]) -> None:
    was = before.decode("utf-8-sig", "replace")
    if not set(find_comments(file.text)) <= set(find_comments(was)):
        return  # somebody wrote in it since: theirs is the later wording
    wanted = meant(file.text)
    text = restate(was, wanted) if was.strip() else wanted
    if text is None and _is_json(was):
        replace_bytes(file, before)
        raise RegistrationError(message("registration.not_worded", path=file.path))
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    content = mark + (wanted if text is None else text).encode()
    if content != file.raw:
        replace_bytes(file, content)


def _is_json(text: str) -> bool:
    try:
        return isinstance(plain(parse_jsonc(text)), dict)
    except JsoncError:
        return False


def _give_mode(kept: Kept) -> None:
    if kept.mode is None:
        return
    target = os.path.realpath(kept.path)
    try:
        if stat.S_IMODE(os.stat(target).st_mode) != kept.mode:
            os.chmod(target, kept.mode)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RegistrationError(
            message("registration.mode_lost", path=kept.path, reason=reason)
        ) from error


def join(old: Iterable[Kept], pending: Iterable[Kept]) -> Iterator[Kept]:
    """Join two installations: what was before the first, what is after the last.

    A file that is as it was before is left out.
    """
    known = {kept.path: kept for kept in old}
    for kept in pending:
        first = known.pop(kept.path, None)
        now = read_owned(kept.path)
        before = bytes_before(kept) if kept.before is not None else None
        if first is None and now == before:
            continue
        after = digest(now)
        if first is not None and first.after != digest(before):
            after = _ANOTHER
        yield (first or kept)._replace(after=after)
    yield from known.values()


def _save(situation: Situation, agent: AgentHome, **fields: object) -> None:
    situation.record[agent.id] = situation.done(agent.id)._replace(**fields)  # type: ignore[arg-type]
    save_record(situation.data, situation.record)
