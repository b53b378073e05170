"""Values of parameters mean what somebody who types them expects."""

from __future__ import annotations

import pytest
from fluxmirror_cli.sql_asked import parse_value, read_values
from fluxmirror_core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Bash", "Bash"),
        ("", ""),
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("2.5", 2.5),
        ("null", None),
        ('"5"', "5"),
        ('"null"', "null"),
        (r'"a\nb"', "a\nb"),
        # Written as no number is written back: names, hashes, versions.
        ("007", "007"),
        ("-0", "-0"),
        ("1.10", "1.10"),
        ("1e5", "1e5"),
        ("12345e67", "12345e67"),
        ("+1", "+1"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("9223372036854775808", "9223372036854775808"),
        ("NaN", "NaN"),
        ("true", "true"),
        ('"', '"'),
        ('"a"b"', '"a"b"'),
    ],
)
def test_a_value_is_a_number_where_that_loses_nothing(text: str, value: object) -> None:
    """And text everywhere else; quotes make text of anything."""
    assert (parse_value(text), type(parse_value(text))) == (value, type(value))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("n",), "'n' gives no parameter a value"),
        (("=1",), "'=1' gives no parameter a value"),
        ((":n=1",), "':n=1' gives no parameter a value"),
        (("n=1", "n=2"), "the parameter n has two values"),
        (("nn=1",), "no statement has a parameter nn"),
    ],
)
def test_a_value_that_goes_nowhere_is_refused(given: tuple[str, ...], sentence: str) -> None:
    """A mistyped name must not look like a question without an answer."""
    with pytest.raises(UsageError) as caught:
        read_values(given, ["SELECT :n"])
    assert str(caught.value) == sentence
    assert caught.value.hint


def test_a_value_may_hold_what_a_name_cannot() -> None:
    """The first `=` is the one that counts."""
    assert read_values(["n=a=b"], ["SELECT :n"]) == {"n": "a=b"}
