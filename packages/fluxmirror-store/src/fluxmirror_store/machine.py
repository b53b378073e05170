"""What a payload is read with here: the machine's names and key, and what its user wants kept."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

from fluxmirror_core import bounds
from fluxmirror_core.config.project_rules import ProjectRules
from fluxmirror_core.errors import StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import PayloadReader

from fluxmirror_store.tag_key import KEY_BYTES, key_path, read_key

if TYPE_CHECKING:
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places


def payload_reader(places: Places, settings: Settings) -> PayloadReader:
    """Make the reader of hook payloads of this machine and user."""
    return PayloadReader(event_builders(places, settings))


def event_builders(places: Places, settings: Settings) -> Builders:
    """Make what builds the events of this machine and user.

    Args:
        places: where the key of the tags lies that stand for secrets.
        settings: what the user wants kept, and masked.
    """
    user = os.environ.get("USER") or os.environ.get("USERNAME") or None
    host = platform.node() or None
    redactor = Redactor(_redaction_key(places.spool), settings.redaction_patterns)
    machine = Machine(
        Repositories(),
        bounds.cut_or_none(host, bounds.NAME_BYTES),
        bounds.cut_or_none(user, bounds.NAME_BYTES),
    )
    return Builders(redactor, machine, settings, ProjectRules())


def _redaction_key(spool: str) -> bytes:
    """Read the key of the tags that stand for secrets, made by who needs it first.

    With it equal secrets get equal tags; without it a tag tells nothing of the secret.
    """
    key = read_key(spool)
    if key is None:
        _make_key(key_path(spool))
        key = read_key(spool)
    if key is None:  # such as a link to nowhere in its place
        raise StoreError(
            message("database_file.no_key", path=key_path(spool)),
            hint=message("files.check_directory"),
        )
    return key


def _make_key(path: str) -> None:
    """Make a key, whole or not at all: with half of one anybody could tell a secret by its tag.

    Of several processes that make one at a time, the first to put it there has made it.
    """
    own = f"{path}.{os.getpid()}"
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
    if os.path.exists(path) and os.path.getsize(path) != KEY_BYTES:
        os.replace(own, path)
        return
    try:
        os.link(own, path)
    except FileExistsError:
        pass  # another was faster
    except OSError:  # a file system without links
        os.replace(own, path)
        return
    os.unlink(own)
