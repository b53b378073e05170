"""What doctor says of the spool: what waits, what was set aside, what was refused."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_store import aside, spool_reader

from fluxmirror_cli.health.row import ERROR, OFF, OK, WARN, Row, duration, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_STALE_S: Final = 86_400
_CLOCK_S: Final = 60
"""Clocks of file systems may be a little ahead of the machine's."""
_DRAIN: Final = "run `fluxmirror drain`"


def examine_spool(places: Places) -> Iterator[Row]:
    """Look at everything that is not in the database yet, or never will be."""
    spool = places.spool
    if not os.path.exists(spool):
        yield Row("spool", OFF, "none yet; the first hook makes it", facts={"path": spool})
        return
    try:
        status = spool_reader.status(spool)
        yield _waiting(spool, status)
        if status.bad:
            yield _bad(spool, status)
        if status.refused or status.full:
            yield _refused(status)
    except OSError as error:
        detail = f"{spool}: {error.strerror or error}"
        yield Row("spool", ERROR, detail, "check its permissions", {"path": spool})


def _waiting(spool: str, status: spool_reader.SpoolStatus) -> Row:
    oldest_ms = None if status.oldest_mtime_ns is None else status.oldest_mtime_ns // 1_000_000
    facts = {
        "path": spool,
        "waiting": status.waiting,
        "waiting_bytes": status.bytes,
        "oldest_ms": oldest_ms,
        "bad": status.bad,
        "refused": status.refused,
        "full": status.full,
    }
    told = f"{spool}: {status.waiting:,} waiting"
    if oldest_ms is None:
        return Row("spool", OK, told, facts=facts)
    told += f" ({size(status.bytes)})"
    age_s = time.time() - oldest_ms / 1e3
    if age_s < -_CLOCK_S:
        ahead = f"{told}, the oldest from the future, in {duration(-age_s)}"
        return Row("spool", WARN, ahead, f"check this machine's clock, then {_DRAIN}", facts)
    told += f", the oldest for {duration(max(age_s, 0))}"
    if age_s > _STALE_S:
        return Row("spool", WARN, told, _DRAIN, facts)
    return Row("spool", OK, told, facts=facts)


def _bad(spool: str, status: spool_reader.SpoolStatus) -> Row:
    directory = os.path.join(spool, "bad")
    reasons = aside.count_reasons(spool)
    told = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.items())
    return Row(
        "bad",
        WARN,
        f"{status.bad:,} set aside: {told}",
        f"look into {directory}; delete what you do not need;"
        " `fluxmirror drain --again` after an upgrade",
        {"path": directory, "files": status.bad, "reasons": reasons},
    )


def _refused(status: spool_reader.SpoolStatus) -> Row:
    told = f"{status.refused:,} refused because the spool was full"
    facts = {"refused": status.refused, "full": status.full}
    if status.full:
        return Row("refused", WARN, f"{told}; it is full now", _DRAIN, facts)
    return Row("refused", WARN, told, facts=facts)
