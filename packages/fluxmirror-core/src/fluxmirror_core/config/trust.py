"""Trust: project files whose every key their user wants to count, each by its content.

Every command looks for such a file, and few find one: `json` and `hashlib` are loaded for those.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.atomic import replace_file
from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places

_NAME: Final = "trusted.json"


def is_trusted(places: Places, path: str, data: bytes) -> bool:
    """Tell whether a project file was trusted just as it is now."""
    return trusted_files(places).get(os.path.realpath(path)) == _digest(data)


def trust(places: Places, path: str, data: bytes) -> None:
    """Trust a project file as it is; any change of it takes that back.

    Raises:
        OSError: it cannot be written down.
    """
    known = trusted_files(places)
    _save(places, known | {os.path.realpath(path): _digest(data)})


def distrust(places: Places, path: str) -> bool:
    """Take the trust in a project file back; tells whether there was any.

    Raises:
        OSError: it cannot be written down.
    """
    known = trusted_files(places)
    if known.pop(os.path.realpath(path), None) is None:
        return False
    _save(places, known)
    return True


def trusted_files(places: Places) -> dict[str, str]:
    """Give the digests of the files that are trusted, by path; a broken record trusts none."""
    import json

    try:
        with open(trust_path(places), encoding="utf-8") as file:
            known = json.load(file)
    except (OSError, ValueError):
        return {}
    is_record = isinstance(known, dict) and all(isinstance(one, str) for one in known.values())
    return known if is_record else {}


def trust_path(places: Places) -> str:
    """Say where it is written down."""
    return os.path.join(places.data, _NAME)


def _digest(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _save(places: Places, known: dict[str, str]) -> None:
    import json

    make_directory(places.data)
    text = json.dumps(known, indent=2, sort_keys=True) + "\n"
    replace_file(trust_path(places), text.encode("utf-8"))
