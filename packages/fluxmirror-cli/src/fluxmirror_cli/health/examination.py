"""What doctor looks at."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fluxmirror_core.config.load import load
from fluxmirror_core.paths import places as own_places

from fluxmirror_cli.health.agents import examine_agents
from fluxmirror_cli.health.config import examine_config
from fluxmirror_cli.health.coverage import examine_coverage
from fluxmirror_cli.health.database import examine_database
from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.health.files import examine_files
from fluxmirror_cli.health.hooks import examine_hooks
from fluxmirror_cli.health.oddities import examine_oddities
from fluxmirror_cli.health.prices import examine_prices
from fluxmirror_cli.health.program import examine_program
from fluxmirror_cli.health.redaction import examine_redaction
from fluxmirror_cli.health.sources import examine_sources
from fluxmirror_cli.health.spool import examine_spool
from fluxmirror_cli.health.troubles import examine_troubles

if TYPE_CHECKING:
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.health.row import Row


def examine(places: Places) -> list[Row]:
    """Look at everything; nothing is changed."""
    evidence = Evidence(places, _settings())
    return [
        *examine_program(),
        *examine_config(),
        *examine_agents(evidence),
        *examine_hooks(evidence),
        *examine_coverage(evidence),
        *examine_sources(evidence),
        *examine_oddities(evidence),
        *examine_database(places),
        *examine_spool(places),
        *examine_redaction(evidence.settings),
        *examine_prices(places),
        *examine_files(places),
        *examine_troubles(places),
    ]


def _settings() -> Settings:
    """Give what holds on this machine, whatever the directory; faults have rows of their own."""
    own = own_places(os.environ, sys.platform)
    return load(os.environ, own, None).settings(os.environ)
