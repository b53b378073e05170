"""What is said of costs that are not whole."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.usage import Cost
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.report.figures import missing_prices
from fluxmirror_core.report.sections import Money

WHOLE = Money((Cost("USD", 7),))
PART = Money((Cost("USD", 7),), 1)
UNKNOWN = Money((), 1)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("costs", "marks"),
    [
        ([WHOLE, None, Money(())], (False, False)),
        ([WHOLE, PART], (True, False)),
        ([WHOLE, UNKNOWN], (False, True)),
        ([UNKNOWN, PART], (True, True)),
    ],
)
def test_the_marks_that_are_shown_are_explained(
    costs: list[Money | None], marks: tuple[bool, bool], language: str
) -> None:
    """And no others: whoever looks for one that is not there doubts the rest."""
    catalog = load_catalog(language)
    meaning = catalog.say(missing_prices(costs)).partition(" = ")[0]
    assert ("+?" in meaning, catalog.text("cost.unknown") in meaning) == marks
