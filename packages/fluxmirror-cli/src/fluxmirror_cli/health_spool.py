"""What doctor says of the spool: what waits, what was set aside, what was refused."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_store import aside, spool_reader

from fluxmirror_cli.health_row import ERROR, OK, WARN, Row, duration, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_STALE_S: Final = 86_400
_CLOCK_S: Final = 60
"""Clocks of file systems may be a little ahead of the machine's."""


def examine_spool(places: Places) -> Iterator[Row]:
    """Look at everything that is not in the database yet, or never will be."""
    try:
        status = spool_reader.status(places.spool)
        yield _waiting(places.spool, status)
        yield _bad(places.spool, status)
        yield _refused(status)
    except OSError as error:
        detail = f"{places.spool}: {error.strerror or error}"
        yield Row("spool", ERROR, detail, "check its permissions")


def _waiting(spool: str, status: spool_reader.SpoolStatus) -> Row:
    facts = f"{spool}: {status.waiting:,} waiting ({size(status.bytes)})"
    if status.oldest_mtime_ns is None:
        return Row("spool", OK, facts)
    age_s = time.time() - status.oldest_mtime_ns / 1e9
    if age_s < -_CLOCK_S:
        ahead = f"{facts}, the oldest from the future, in {duration(-age_s)}"
        return Row("spool", WARN, ahead, "check this machine's clock, then run `fluxmirror drain`")
    facts += f", the oldest for {duration(max(age_s, 0))}"
    if age_s > _STALE_S:
        return Row("spool", WARN, facts, "run `fluxmirror drain`")
    return Row("spool", OK, facts)


def _bad(spool: str, status: spool_reader.SpoolStatus) -> Row:
    if not status.bad:
        return Row("bad", OK, "0 set aside")
    directory = os.path.join(spool, "bad")
    reasons = aside.count_reasons(spool)
    told = ", ".join(f"{reason} ({count:,})" for reason, count in reasons.items())
    return Row(
        "bad",
        WARN,
        f"{status.bad:,} set aside: {told}",
        f"look into {directory}; delete what you do not need;"
        " `fluxmirror drain --again` after an upgrade",
    )


def _refused(status: spool_reader.SpoolStatus) -> Row:
    facts = f"{status.refused:,} refused because the spool was full"
    if status.full:
        return Row("refused", WARN, f"{facts}; the spool is full now", "run `fluxmirror drain`")
    return Row("refused", WARN if status.refused else OK, facts)
