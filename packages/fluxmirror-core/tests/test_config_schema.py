"""What the schema accepts it gives back; what it refuses it refuses with a sentence."""

from __future__ import annotations

import inspect
import json
import os

import pytest
from fluxmirror_core.agents import AGENTS
from fluxmirror_core.config.editing import with_values, without_key
from fluxmirror_core.config.languages import LANGUAGES, find_language, parse_language
from fluxmirror_core.config.schema import (
    KEYS,
    check_value,
    find_key,
    parse_value,
    parse_values,
)
from fluxmirror_core.config.settings import Settings, field_of
from fluxmirror_core.config.toml_text import read_toml
from fluxmirror_core.errors import ConfigError, FluxMirrorError
from hypothesis import example, given
from hypothesis import strategies as st


def test_settings_and_schema_have_the_same_keys() -> None:
    """A key with a field only, or a field without a key, would be set and have no effect."""
    assert [field_of(name) for name in KEYS] == list(Settings._fields)


def test_every_default_is_a_value_its_key_accepts() -> None:
    """What holds without a file can be written into one."""
    for key in KEYS.values():
        if key.default is not None:
            value = list(key.default) if isinstance(key.default, tuple) else key.default
            assert check_value(key, value) == key.default


def test_every_agent_that_is_recorded_has_a_switch() -> None:
    """A new agent gets its key with its row."""
    switches = {name.split(".")[1] for name in KEYS if name.startswith("agents.")}
    assert switches == {agent.id for agent in AGENTS if agent.hook_events}


def test_every_variable_is_named_after_its_key() -> None:
    """`FLUXMIRROR_<KEY>`, and no two alike."""
    assert KEYS["agents.codex-cli.enabled"].variable == "FLUXMIRROR_AGENTS_CODEX_CLI_ENABLED"
    assert len({key.variable for key in KEYS.values()}) == len(KEYS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("language", "ko", "korean"),
        ("language", "KO_KR.UTF-8", "korean"),
        ("language", " 日本語 ", "japanese"),
        ("timezone", "KST", "Asia/Seoul"),
        ("timezone", "new york", "America/New_York"),
        ("storage.retention_days", "90", 90),
        ("capture.enabled", "off", False),
        ("capture.enabled", "Yes", True),
        ("capture.payloads", "full", "full"),
        ("redaction.patterns", r"ACME-\d+", (r"ACME-\d+",)),
        ("redaction.patterns", r'["a+", "[bc]"]', ("a+", "[bc]")),
        ("redaction.patterns", "[abc]x", ("[abc]x",)),
        ("redaction.patterns", "[1]", ("[1]",)),
        ("redaction.patterns", "", ()),
        ("storage.path", "~/x/../events.db", os.path.expanduser("~/events.db")),
    ],
)
def test_words_are_read_as_they_are_meant(name: str, text: str, value: object) -> None:
    """Aliases and spellings become the one form that is stored."""
    if name == "storage.path":
        value = os.path.expanduser("~/events.db")  # the test's own home
    assert parse_value(KEYS[name], text) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("language", "klingon", "klingon"),
        ("timezone", "Asia/Soul", "Asia/Soul"),
        ("timezone", "+09:00", "+09:00"),
        ("storage.retention_days", "0", "1 or more"),
        ("storage.retention_days", "ninety", "whole number"),
        ("storage.path", "events.db", "absolute path"),
        ("storage.path", "/a\0b", "absolute path"),
        ("capture.payloads", "some", "none, input or full"),
        ("capture.enabled", "flase", "true or false"),
        ("redaction.patterns", "(", "parenthesis"),
        ("redaction.patterns", "x*", "empty text"),
        ("language", "\udcff", "UTF-8"),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(name: str, text: str, said: str) -> None:
    """It names the key or the value, and what would do."""
    with pytest.raises(ConfigError) as caught:
        parse_value(KEYS[name], text)
    assert said in str(caught.value)


def test_toml_is_taken_at_its_word() -> None:
    """A number in quotes is none: the file has types."""
    with pytest.raises(ConfigError, match="whole number"):
        check_value(KEYS["storage.retention_days"], "90")
    with pytest.raises(ConfigError, match="true or false"):
        check_value(KEYS["capture.enabled"], 1)


def test_several_words_are_one_list_or_one_value() -> None:
    """`New York` needs no quotes, and patterns come one by one."""
    assert parse_values(KEYS["timezone"], ("New", "York")) == "America/New_York"
    assert parse_values(KEYS["redaction.patterns"], ("a+", "b+")) == ("a+", "b+")


def test_a_mistyped_key_is_answered_with_the_nearest() -> None:
    """By its whole name, or by its last part."""
    for typed, meant in (("langage", "language"), ("payloads", "capture.payloads")):
        with pytest.raises(ConfigError) as caught:
            find_key(typed)
        assert meant in str(caught.value.hint)
    assert find_key("Language").name == "language"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_understood_by_its_name_and_code(language: str) -> None:
    """In English and as the catalogues are called."""
    assert find_language(language.upper()) == parse_language(LANGUAGES[language]) == language


_TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["ko", "kst", "true", "off", "0", "7", "none", "full", "/x", "~/y", '["a"]']),
    st.lists(st.text(max_size=9), max_size=3).map(json.dumps),
)


@given(
    st.sampled_from(sorted(KEYS)), _TEXTS, st.sampled_from(["", "# mine\nlanguage = 'english'\n"])
)
@example("redaction.patterns", '["a", "a"]', "")
@example("redaction.patterns", "\x7f\u2028", "")
@example("storage.path", "/\u00a0\t'\"\\", "")
def test_whatever_set_accepts_load_accepts_and_gives_back(
    name: str, text: str, before: str
) -> None:
    """The file gives back the very value, or nothing was accepted and a sentence says why."""
    key = KEYS[name]
    try:
        value = parse_value(key, text)
        written = with_values(before, {name: value}, "config.toml")
    except FluxMirrorError:  # anything else would be a crash
        return
    told = read_toml(written.encode("utf-8"))
    assert told.faults == []
    assert check_value(key, told.values[name]) == value
    assert written.startswith(before.splitlines(keepends=True)[0] if before else "")


@given(st.sampled_from(sorted(KEYS)))
def test_what_was_set_can_be_taken_out_without_a_trace(name: str) -> None:
    """A table that was made for the key goes with it."""
    values = {"storage.path": "/x", "mirror": "/y", "timezone": "UTC", "language": "korean"}
    key = KEYS[name]
    default = key.default if key.default is not None else values.get(name, 7)
    value = values.get(name, list(default) if isinstance(default, tuple) else default)
    before = "# mine\n[other]\nx = 1\n"
    after = without_key(with_values(before, {name: value}, "f"), name, "f")
    assert after is not None
    assert read_toml(after.encode()).values == {"other.x": 1}
    assert "# mine" in after


def test_comments_order_and_layout_stay() -> None:
    """The file is its owner's."""
    before = "# top\n\ntimezone='UTC'   # here\n\n[capture] # c\npayloads = \"full\"\n# end\n"
    after = with_values(before, {"capture.payloads": "none", "language": "korean"}, "f")
    for kept in ("# top\n", "timezone='UTC'   # here\n", "[capture] # c\n", "# end\n"):
        assert kept in after


def test_a_broken_file_is_not_changed() -> None:
    """What cannot be read cannot be kept."""
    with pytest.raises(ConfigError, match=r"f:1 is no TOML"):
        with_values("language = \n", {"mirror": "/x"}, "f")
    with pytest.raises(ConfigError, match="no table"):
        with_values("storage = 3\n", {"storage.path": "/x"}, "f")


def test_each_meaning_is_a_sentence() -> None:
    """They are printed as they stand."""
    for key in KEYS.values():
        assert str(key.meaning).endswith(".")
        assert inspect.cleandoc(str(key.meaning)) == str(key.meaning)
        assert str(key.expects) != key.expects.message_id
