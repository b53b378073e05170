"""The table of metrics has a row for every figure of a report."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.metrics import BY_KEY, METRICS
from fluxmirror_core.analysis.terms import TERMS
from fluxmirror_core.messages import languages, load_catalog


def test_every_metric_has_a_key_of_its_own() -> None:
    """And its texts are its own: nobody mixed two of them up."""
    assert len(BY_KEY) == len(METRICS)
    for metric in METRICS:
        assert metric.name.message_id == f"metric.name.{metric.key}"
        assert metric.definition.message_id == f"metric.definition.{metric.key}"


@pytest.mark.parametrize("language", languages())
def test_no_two_metrics_have_one_name(language: str) -> None:
    """A person who asks for one by its name gets that one."""
    names = [load_catalog(language).say(metric.name) for metric in METRICS]
    assert len(set(names)) == len(names)


def test_every_term_has_a_key_of_its_own() -> None:
    """No metric has it either, and its definition is its own."""
    keys = [term.key for term in TERMS]
    assert len({*keys, *BY_KEY}) == len(TERMS) + len(METRICS)
    assert [term.definition.message_id for term in TERMS] == [
        f"term.definition.{key}" for key in keys
    ]
