"""Copies → session files as they were, wherever a person wants them; nothing is written over."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import NoDataError, StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

from fluxmirror_store.archiving import names
from fluxmirror_store.archiving.archive import nothing_archived, open_archive
from fluxmirror_store.archiving.copies import DamagedError, unpack
from fluxmirror_store.archiving.finding import find_copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Message
    from fluxmirror_core.paths import Places

    from fluxmirror_store.archiving.archive import Archive
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.importing.run import Progress


class Restored(NamedTuple):
    """A file that was given back."""

    copy: Copy
    path: str
    is_shared: bool = False
    """Whether it is not called after the session, but tells of its responses, too."""


class LeftError(StoreError):
    """One file was not given back; that says nothing of the others."""


class Restoration(NamedTuple):
    """What was given back, and what was not."""

    files: list[Restored]
    left: list[LeftError]
    """Why: a copy is damaged, a file or a link is in the way."""


def restore_copies(
    places: Places,
    wanted: str | None,
    directory: str,
    agent: str | None = None,
    progress: Progress | None = None,
) -> Restoration:
    """Write session files and their companions as they were into a directory.

    Args:
        places: where the archive is.
        wanted: the path of a session file, of a copy, or of a folder that such lay in, or a
            session's id or how it begins; None for all there is.
        directory: where to, laid out as below the agent's; when there are several agents, each
            has a folder of its own there. It is made when missing. No file of it is written over,
            and links in it that lead elsewhere are not followed.
        agent: id of the agent whose files are meant; None for all.
        progress: told how far it is, in bytes.

    Raises:
        NoDataError: there is no such copy.
        UsageError: several sessions begin so.
        StoreError: a file cannot be written, those before it are restored; or the only one that
            is meant was left.
    """
    with open_archive(places) as archive:
        copies, sharing = find_copies(archive, wanted, agent)
        if not copies:
            raise _no_copy(wanted, agent)
        each_apart = len({copy.agent for copy in copies}) > 1
        total, done = sum(copy.size for copy in copies), 0
        restoration = Restoration([], [])
        for copy in copies:
            below = names.original(copy.path)
            target = f"{copy.agent}/{below}" if each_apart else below
            try:
                restored = _restore(archive, copy, directory, target)
                restoration.files.append(restored._replace(is_shared=copy.id in sharing))
            except LeftError as error:
                restoration.left.append(error)
            done += copy.size
            if progress is not None:
                progress(done, total)
        if len(copies) == 1 and restoration.left:
            raise restoration.left[0]
        return restoration


def _no_copy(wanted: str | None, agent: str | None) -> NoDataError:
    if wanted is None and agent is None:
        return nothing_archived()
    return NoDataError(_without_copy(wanted, agent), hint=message("copies.list"))


def _without_copy(wanted: str | None, agent: str | None) -> Message:
    if agent is None:
        return message("copies.none_of", name=repr(wanted))
    name = BY_ID[agent].name
    if wanted is None:
        return message("copies.none_of_agent", agent=name)
    return message("copies.none_of_at_agent", name=repr(wanted), agent=name)


def _restore(archive: Archive, copy: Copy, directory: str, below: str) -> Restored:
    target = names.on_disk(os.path.abspath(directory), below)
    folder = os.path.dirname(target)
    with _restore_errors(target):
        if not _is_within(folder, directory):
            sentence = message("copies.linked_out", path=target, directory=directory)
            raise LeftError(sentence, hint=message("copies.other_directory"))
        make_directory(folder)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as private:
            whole = os.path.join(private, "file")
            if unpack(archive.place(copy.path), whole) != copy.content:
                raise DamagedError(message("copies.damage.other"))
            _name(whole, target)
    return Restored(copy, target)


def _is_within(folder: str, directory: str) -> bool:
    above = os.path.realpath(directory).rstrip(os.sep)
    return f"{os.path.realpath(folder)}{os.sep}".startswith(f"{above}{os.sep}")


def _name(whole: str, target: str) -> None:
    """Give a file its name, unless something has it already.

    Raises:
        FileExistsError: something has.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.replace(whole, target)


@contextlib.contextmanager
def _restore_errors(target: str) -> Iterator[None]:
    try:
        yield
    except DamagedError as error:
        sentence = message("copies.damaged", path=target, reason=error.reason)
        raise LeftError(sentence, hint=message("copies.verify")) from error
    except FileExistsError as error:
        hint = message("copies.move_away")
        raise LeftError(message("copies.taken", path=target), hint=hint) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            message("files.unwritable", path=target, reason=reason),
            hint=message("files.check_directory"),
        ) from error
