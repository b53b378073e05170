"""What `fluxmirror archive` tells programs: what was done with copies → facts of `--json`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_store.archiving.restoring import Restoration
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.archiving.run import Archived
    from fluxmirror_store.archiving.upkeep import Verified
    from fluxmirror_store.importing.session_files import SessionFile

    from fluxmirror_cli.kept_since import KeptSince


def archived_facts(archived: Archived) -> dict[str, Any]:
    """Tell what was copied."""
    return {
        "files": archived.files,
        "companions": archived.companions,
        "bytes": archived.bytes,
        "stored_bytes": archived.stored_bytes,
        "unchanged": archived.unchanged,
        "problems": [
            {"agent": agent, **problem._asdict(), "times": times}
            for (agent, problem), times in sorted(archived.problems.items())
        ],
    }


def waiting_facts(waiting: Sequence[SessionFile]) -> dict[str, Any]:
    """Tell what would be copied."""
    files = [{"agent": file.agent, "path": file.path, "bytes": file.size} for file in waiting]
    return {"files": files}


def copies_facts(copies: Sequence[Copy], directory: str) -> dict[str, Any]:
    """Tell which copies there are."""
    return {"directory": directory, "copies": [_copy_facts(copy) for copy in copies]}


def verified_facts(verified: Verified) -> dict[str, Any]:
    """Tell what is whole, and what is not."""
    damaged = [{"path": copy.path, "reason": str(reason)} for copy, reason in verified.damaged]
    return {"whole": verified.whole, "damaged": damaged, "unknown": verified.unknown}


def restored_facts(restoration: Restoration, directory: str) -> dict[str, Any]:
    """Tell what was written, and what could not be."""
    return {
        "directory": os.path.abspath(directory),
        "files": [
            {"path": file.path, "bytes": file.copy.size, "shared": file.is_shared}
            for file in restoration.files
        ],
        "left": [str(error) for error in restoration.left],
    }


def pruned_facts(copies: Sequence[Copy], since: KeptSince, *, dry_run: bool) -> dict[str, Any]:
    """Tell what was deleted, or would be."""
    return {
        "gone_before_ms": since.ms,
        "dry_run": dry_run,
        "copies": [copy.path for copy in copies],
        "freed_bytes": sum(copy.stored_size for copy in copies),
    }


def _copy_facts(copy: Copy) -> dict[str, Any]:
    return {
        "agent": copy.agent,
        "source": copy.source,
        "gone": not os.path.lexists(copy.source),
        "path": copy.path,
        "bytes": copy.size,
        "stored_bytes": copy.stored_size,
        "sha256": copy.sha256.hex(),
        "archived_ms": copy.archived_ms,
        "verified_ms": copy.verified_ms,
    }
