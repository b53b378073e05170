"""Several things said as one, in every language."""

from __future__ import annotations

import pytest
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.phrases import all_of, any_of, did_you_mean, listed, some_of

ANY: dict[str, str] = {
    "en": "a or b or c",
    "ko": "a 또는 b 또는 c",
    "ja": "a または b または c",
    "zh": "a 或 b 或 c",
}
SOME: dict[str, str] = {
    "en": "a, b and 1,000 more",
    "ko": "a, b 외 1,000개",
    "ja": "a、b ほか1,000件",
    "zh": "a、b，另有 1,000 个",  # noqa: RUF001 - as Chinese lists
}
GUESS: dict[str, str] = {
    "en": "did you mean a?",
    "ko": "혹시 a인가요?",
    "ja": "もしかして a ですか？",  # noqa: RUF001 - as Japanese asks
    "zh": "是不是想输入 a？",  # noqa: RUF001 - as Chinese asks
}


@pytest.mark.parametrize("language", ANY)
def test_each_language_joins_in_its_own_way(language: str) -> None:
    """The word or the mark between two things belongs to a language."""
    catalog = load_catalog(language)
    assert catalog.say(any_of(["a", "b", "c"])) == ANY[language]
    assert catalog.say(some_of(["a", "b", *["c"] * 1_000], 2)) == SOME[language]
    assert catalog.say(did_you_mean(["a"])) == GUESS[language]


def test_one_thing_alone_is_itself() -> None:
    """There is nothing to put beside it."""
    assert any_of(["a"]) == all_of(["a"]) == listed(["a"]) == some_of(["a"], 1) == "a"


def test_the_last_of_some_is_said_rather_than_counted() -> None:
    """`c` takes less room than `1 more`."""
    catalog = load_catalog("en")
    assert catalog.say(some_of(["a", "b", "c"], 2)) == "a, b, c"
    assert catalog.say(some_of(["a", "b", "c", "d"], 2)) == "a, b and 2 more"


def test_what_is_joined_may_be_a_message() -> None:
    """It is said in the language of the whole."""
    told = all_of([did_you_mean(["a"]), "b"])
    assert load_catalog("en").say(told) == "did you mean a? and b"
    assert load_catalog("ko").say(told) == "혹시 a인가요?, b"
