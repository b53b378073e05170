"""The four languages, and every word by which people call them.

`fluxmirror --help` comes along here: imports nothing that a bare interpreter has not loaded.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

LANGUAGES: Final = {"english": "en", "korean": "ko", "japanese": "ja", "chinese": "zh"}
"""Name in the configuration → catalogue in `locales/`."""
NATIVE: Final = {"english": "English", "korean": "한국어", "japanese": "日本語", "chinese": "中文"}
"""How each calls itself."""
_WORDS: Final = {
    "english": "english en eng en_us en_gb 영어 英語 英语 anglais",
    "korean": "korean ko kr kor ko_kr 한국어 한국말 韓国語 韩语 韩文 朝鲜语",
    "japanese": "japanese ja jp jpn ja_jp 日本語 일본어 日语 日文 nihongo",
    "chinese": "chinese zh cn zho chi zh_cn zh_hans 中文 中国語 중국어 汉语 漢語 简体中文 mandarin",
}
_BY_WORD: Final = {word: name for name, words in _WORDS.items() for word in words.split()}
_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def parse_language(text: str) -> str | None:
    """Give the name of the language that a word means, in whatever case; None when it means none.

    A locale such as `ko_KR.UTF-8` is understood as well.
    """
    word = text.strip().casefold().replace("-", "_").partition(".")[0].partition("@")[0]
    return _BY_WORD.get(word) or _BY_WORD.get(word.partition("_")[0])


def find_language(text: str) -> str:
    """Give the name of the language that a word means.

    Raises:
        UsageError: it means none; the hint guesses which was meant, or names the four.
    """
    language = parse_language(text)
    if language is None:
        from fluxmirror_core.errors import UsageError
        from fluxmirror_core.messages import message
        from fluxmirror_core.phrases import did_you_mean, listed

        offered = listed([f"{name} ({NATIVE[name]})" for name in LANGUAGES])
        near = _near(text)
        raise UsageError(
            message("config_problem.no_language", text=repr(text)),
            hint=did_you_mean(near)
            if near
            else message("config_problem.languages", offered=offered),
        )
    return language


def _near(text: str) -> list[str]:
    """Name the languages that a mistyped word is like, the likeliest first."""
    from difflib import get_close_matches

    # Words for English in other languages are like too much else.
    words = [word for word in _BY_WORD if word != "anglais"]
    near = get_close_matches(text.strip().casefold(), words)
    return list(dict.fromkeys(_BY_WORD[word] for word in near))


def inferred_language(env: Mapping[str, str]) -> tuple[str, str] | None:
    """Give the language of the locale, and the variable that tells it; None when none does."""
    variable = next((name for name in _LOCALE_VARIABLES if env.get(name)), None)
    language = parse_language(env[variable]) if variable else None
    return (language, variable) if language and variable else None
