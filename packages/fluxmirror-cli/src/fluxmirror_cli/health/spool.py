"""What doctor says of the spool: what waits, what was set aside, what was refused."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.stored_reasons import said_reason
from fluxmirror_store import aside, spool_reader

from fluxmirror_cli.health.clauses import about, besides, in_brackets, joined, named
from fluxmirror_cli.health.elapsed import duration
from fluxmirror_cli.health.row import ERROR, OFF, OK, WARN, Row, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

_STALE_S: Final = 86_400
_CLOCK_S: Final = 60
"""Clocks of file systems may be a little ahead of the machine's."""
_DRAIN: Final = message("doctor.run", command="fluxmirror drain")


def examine_spool(places: Places) -> Iterator[Row]:
    """Look at everything that is not in the database yet, or never will be."""
    spool = places.spool
    if not os.path.exists(spool):
        yield Row("spool", OFF, message("doctor_records.no_spool"), facts={"path": spool})
        return
    try:
        status = spool_reader.status(spool)
        yield _waiting(spool, status)
        if status.bad:
            yield _bad(spool, status)
        if status.refused or status.full:
            yield _refused(status)
    except OSError as error:
        told = about(spool, error.strerror or str(error))
        remedy = message("doctor_records.check_rights")
        yield Row("spool", ERROR, told, remedy, {"path": spool})


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
    waiting = message("doctor_records.waiting", count=f"{status.waiting:,}")
    if oldest_ms is None:
        return Row("spool", OK, about(spool, waiting), facts=facts)
    told: Sayable = about(spool, in_brackets(waiting, size(status.bytes)))
    age_s = time.time() - oldest_ms / 1e3
    if age_s < -_CLOCK_S:
        ahead = joined((told, message("doctor_records.from_future", duration=duration(-age_s))))
        return Row("spool", WARN, ahead, message("doctor_records.check_clock"), facts)
    told = joined((told, message("doctor_records.oldest", duration=duration(max(age_s, 0)))))
    if age_s > _STALE_S:
        return Row("spool", WARN, told, _DRAIN, facts)
    return Row("spool", OK, told, facts=facts)


def _bad(spool: str, status: spool_reader.SpoolStatus) -> Row:
    directory = os.path.join(spool, "bad")
    reasons = aside.count_reasons(spool)
    told = named(in_brackets(said_reason(one), f"{times:,}") for one, times in reasons.items())
    number = message("doctor_records.set_aside", count=f"{status.bad:,}")
    return Row(
        "bad",
        WARN,
        about(number, told),
        message("doctor_records.look_into", path=directory),
        {"path": directory, "files": status.bad, "reasons": reasons},
    )


def _refused(status: spool_reader.SpoolStatus) -> Row:
    told = message("doctor_records.refused", count=f"{status.refused:,}")
    facts = {"refused": status.refused, "full": status.full}
    if status.full:
        full = besides(told, message("doctor_records.full_now"))
        return Row("refused", WARN, full, _DRAIN, facts)
    return Row("refused", WARN, told, facts=facts)
