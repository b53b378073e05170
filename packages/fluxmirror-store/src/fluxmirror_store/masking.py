"""The redactor of what is shown: older databases hold what nobody masked when it was captured."""

from __future__ import annotations

import os

from fluxmirror_core.redact import Redactor

from fluxmirror_store.tag_key import KEY_BYTES, read_key


def redactor_to_show(spool: str, patterns: tuple[str, ...]) -> Redactor:
    """Make the redactor that masks what is printed, with the key of this installation.

    Reading makes no key: without one, equal secrets get equal tags as long as it lives.

    Args:
        spool: the directory that holds the key; it need not be there.
        patterns: regular expressions of what its user wants masked as well.
    """
    return Redactor(_key(spool) or os.urandom(KEY_BYTES), patterns)


def _key(spool: str) -> bytes | None:
    try:
        return read_key(spool)
    except OSError:
        return None
