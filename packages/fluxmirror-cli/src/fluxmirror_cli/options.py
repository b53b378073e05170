"""Options that several commands share, each declared once."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click
from fluxmirror_core.paths import Places, here, places

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")


def database_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--db FILE`."""
    return click.option(
        "--db",
        "database",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Read this database instead of the usual one.",
    )(command)


def json_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def chosen_places(database: str | None) -> Places:
    """Say where everything lies when `--db` may name another database than the usual one."""
    usual = here()
    if database is None or os.path.abspath(database) == os.path.abspath(usual.database):
        return usual
    return places({**os.environ, "FLUXMIRROR_DB": database}, sys.platform)
