"""Every word has an id, every id a word in each language, and all languages say the same."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_core import messages
from fluxmirror_core.analysis import losses
from fluxmirror_core.analysis.explanation import Named
from fluxmirror_core.analysis.usage import MAIN, TIMES, By
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.flat import flat
from fluxmirror_core.messages import (
    Catalog,
    counted,
    languages,
    load_catalog,
    message,
    read_texts,
)
from fluxmirror_core.transcripts.response import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGES: Final = Path(__file__).parents[2]
TRANSLATED: Final = [code for code in languages() if code != "en"]
WALKED: Final = "help."
"""What begins so is held to the commands, beside which its English stands: `test_help_page`."""
ID: Final = re.compile(r"[a-z_]+(?:\.(?:[a-z_0-9]+|\{\}))+")
CODE: Final = re.compile(r"`[^`]*`")
SPEAKS: Final = re.compile("catalog|core.messages import")
PLACEHOLDER: Final = re.compile(r"\{[a-z]*\}")
ASIAN: Final = r"[\u3040-\u30ff\u4e00-\u9fff]"
LOSSES: Final = (losses.NO_HOOK, losses.NO_RECORD, losses.HALF_HOOKS, losses.NO_END)
COMPUTED: Final[dict[str, Iterable[str]]] = {
    "cost.column.{}": ("input", "output", "cached", "written", "cache", "tokens", "responses"),
    "cost.explain.title.{}": (*Named, *TIMES, MAIN),
    "cost.explain.{}": ("byte", "row"),
    "cost.key.{}": By,
    "cost.kind.{}": (*Tokens._fields, "request"),
    "cost.section.{}": By,
    "coverage.column.{}": (
        "calls", "both", "hooks_only", "files_only", "explained", "unexplained", "in_part"
    ),
    "coverage.line.{}": ("one_source", "in_part"),
    "coverage.missing.{}": LOSSES,
    "coverage.missing_between.{}": LOSSES,
    "coverage.missing_since.{}": LOSSES,
    "coverage.reason.{}": (
        losses.NEVER_HOOKED, losses.HOOKED_LATER, losses.HOOKLESS_TOOL, losses.NOT_RUN,
        losses.ELSEWHERE, losses.NO_FILE, losses.UNREAD, losses.LAST_SIGN, losses.YOUNG,
        losses.OLDER_PROGRAM, losses.OTHER_DATABASE,
    ),
    "coverage.remedy.{}": LOSSES,
    "coverage.title.{}": ("all", "of_agent"),
    "money.{}": ("usd", "eur", "gbp", "cny"),
}  # fmt: skip
"""What stands for `{}` in an id that the source puts together."""


def translations(language: str) -> dict[str, str]:
    """Give the texts of a language whose English is in a catalog."""
    texts = read_texts(language).items()
    return {one: text for one, text in texts if not one.startswith(WALKED)}


def placeholders(text: str) -> set[str]:
    """Name the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def asked_ids() -> set[str]:
    """Find the ids in the source of whatever asks a catalog; `{}` is what is put in."""
    tables = {message_id.partition(".")[0] for message_id in read_texts("en")}
    texts = (file.read_text("utf-8") for file in PACKAGES.glob("*/src/**/*.py"))
    found = {one for text in texts if SPEAKS.search(text) for one in strings(ast.parse(text))}
    return {one for one in found if ID.fullmatch(one) and one.partition(".")[0] in tables}


def strings(tree: ast.AST) -> Iterator[str]:
    """Give every string of a module, `{}` for each value in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = node.values
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts
            )


def test_placeholders_are_filled() -> None:
    """Values go in as they are: their own braces mean nothing."""
    catalog = Catalog({"greeting": "Hello {name}"})
    assert catalog.text("greeting", name="{name} {0}") == "Hello {name} {0}"


def test_a_message_is_said_in_whatever_language_at_last() -> None:
    """What it is made of is said in the same language, and `str` is English."""
    inner = counted("coverage.line.in_part", 2)
    outer = message("complaint.hint", hint=inner)
    assert str(outer) == "hint: 2 calls told in part"
    assert load_catalog("ko").say(outer) == "힌트: 일부만 기록된 호출 2건"
    assert load_catalog("ko").say("/a/path") == "/a/path"


def test_an_id_without_text_stands_for_itself() -> None:
    """A forgotten text is seen, and stops nobody."""
    assert Catalog({}).text("day.title") == "day.title"


def test_what_a_language_lacks_is_said_in_english() -> None:
    """A translation that is behind is better than none."""
    assert Catalog({"day.more": "…"}).text("column.agent") == "Agent"


def test_one_thing_is_told_apart_where_the_language_does() -> None:
    """English has two forms; the others say a number and a thing."""
    line = "coverage.line.in_part"
    assert load_catalog("en").counted(line, 1) == "1 call told in part"
    assert load_catalog("en").counted(line, 1_234) == "1,234 calls told in part"
    assert load_catalog("ko").counted(line, 1) == "일부만 기록된 호출 1건"
    assert load_catalog("ko").counted(line, 1, count="1K") == "일부만 기록된 호출 1K건"


@pytest.mark.parametrize("language", ["xx", "../locales/en", ""])
def test_an_unknown_language_is_english(language: str) -> None:
    """What is no catalog's name is not looked for either."""
    assert load_catalog(language).language == "en"


def test_there_is_a_catalog_of_every_language_that_can_be_configured() -> None:
    """And no other."""
    assert tuple(sorted(LANGUAGES.values())) == languages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_ids_of_english(language: str) -> None:
    """No language says less than English does; none of them has a singular."""
    english, texts = read_texts("en"), translations(language)
    singular = {f"{one.removesuffix('.other')}.one" for one in english if one.endswith(".other")}
    singular &= set(english)
    assert singular
    assert set(texts) == set(english) - singular


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_and_the_code_of_english(language: str) -> None:
    """Commands, keys and file names are typed as they are, in whatever language."""
    english = read_texts("en")
    for message_id, text in translations(language).items():
        assert placeholders(text) == placeholders(english[message_id]), message_id
        assert sorted(CODE.findall(text)) == sorted(CODE.findall(english[message_id])), message_id


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_in_a_translation(language: str) -> None:
    """Where a text is the same it has no word in it."""
    english = read_texts("en")
    same = [text for one, text in translations(language).items() if text == english[one]]
    said = (PLACEHOLDER.sub("", CODE.sub("", text)) for text in same)
    assert not [text for text in said if re.search("[a-z]{2}", text)]


def test_korean_needs_no_particle_that_depends_on_a_placeholder() -> None:
    """Nobody knows whether an agent's name ends in a consonant."""
    particle = re.compile(r"\}(?:을|를|은|는|이|가|과|와|로|으로)(?![가-힣])")
    assert not [text for text in read_texts("ko").values() if particle.search(text)]


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_punctuation_beside_full_width_characters_is_full_width(language: str) -> None:
    """A comma of half the width beside them looks lost."""
    half = re.compile(rf"{ASIAN}[,.;:!?()]|[,;!?(]{ASIAN}")
    assert not [text for text in read_texts(language).values() if half.search(text)]


def test_chinese_keeps_a_space_to_letters_and_digits() -> None:
    """As Chinese developers write, code included; a project's name stands in quotes."""
    close = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9`{]|[A-Za-z0-9`}][\u4e00-\u9fff]")
    texts = (text.replace("{project}", "\u201c\u201d") for text in read_texts("zh").values())
    assert not [text for text in texts if close.search(text)]


def test_every_id_is_used_and_every_used_id_has_a_text() -> None:
    """The catalog and the code that asks it do not drift apart, put-together ids included."""
    asked = asked_ids()
    assert {one for one in asked if "{}" in one} == set(COMPUTED)
    used = {one for one in asked if "{}" not in one}
    used |= {one.replace("{}", name) for one, names in COMPUTED.items() for name in names}
    texts = read_texts("en")
    numbered = {one for one in used if f"{one}.other" in texts}
    forms = {f"{one}.{form}" for one in numbered for form in ("one", "other")}
    assert (used - numbered) | forms == set(texts)


@pytest.mark.parametrize("language", languages())
def test_a_catalog_is_read_as_toml_reads_it(language: str) -> None:
    """Most files are read without a parser, and nobody should notice."""
    folder = Path(messages.__file__).parent / "locales" / language
    for file in folder.glob("*.toml"):
        texts = dict(flat(tomllib.loads(file.read_text("utf-8")), f"{file.stem}."))
        assert messages._read_subject(language, file.stem) == texts


def test_a_report_reads_its_texts_without_a_parser() -> None:
    """It would cost more than the report itself."""
    script = (
        "import sys; from fluxmirror_core.messages import load_catalog as load;"
        "[load('ko').text(f'{name}.x') for name in"
        " ('card', 'clause', 'column', 'cost', 'day', 'join', 'money', 'time', 'unit')];"
        "assert 'tomllib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
