"""What a secret looks like: the rules of redaction, as data.

Token formats are those that the vendors publish; `redact.py` says how the rules are applied.

The specification's `env_path` rule is not here: `/srv/app/.env` tells where a file lies and holds
no secret. Masking it in stored data would destroy the record of what an agent touched, and would
hit `process.env` and `import.meta.env` all day. What shows a report to others may mask it there.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Floor(Enum):
    """How much a value must look like a secret before it is taken for one."""

    FORMAT = "the format alone is proof"
    PLAIN = "anything that is no placeholder"
    ASSIGNED = "anything that is no placeholder, word of code or reference"
    LITERAL = "as ASSIGNED, and neither a number nor a file's path"
    BEARER = "no plain word"
    BASE64 = "user and password in base64"
    RANDOM = "letters and digits as only machines mix them"


class Rule(NamedTuple):
    """One form of secret."""

    kind: str
    keywords: tuple[str, ...]
    """Where to look: lower-case ones in any case, those with a capital exactly as written."""
    pattern: str
    """Matched where a keyword begins; looks at most a window ahead before its first match."""
    group: int | None
    """The part that is masked; None: the assigned value that begins where the pattern ends."""
    floor: Floor
    reach: int = 0
    """How many characters before the keyword a match may begin."""


KEY_WORDS: Final = (
    "api",
    "access",
    "private",
    "signing",
    "encryption",
    "account",
    "auth",
    "master",
)
"""What makes a key a secret one: `api_key`, `privateKey` …"""

_SEPARATOR: Final = (
    r"(?:\\{0,3}[\"'`])?[ \t]{0,16}"
    r"(?::[ \t]{0,16}[A-Za-z][\w\[\]|. ]{0,30}=[ \t]{0,16}(?=[\"'])"  # password: str = "…"
    r"|(?:={1,3}>?|:=|:(?!:|//|-?\}|\?))(?:\s{0,64}(?=\\{0,3}[\"'])|[ \t]{0,16}))"
)
_PHRASE: Final = r"passw(?:or[dt]|d)(?:[_-]?confirm(?:ation)?)?\d{0,2}|passphrase"
_HIDDEN: Final = r"secret(?:[_-]?(?:access[_-]?)?key)?"
_KEY: Final = "(?:" + "|".join(rf"(?<={word})|(?<={word}[ _-])" for word in KEY_WORDS) + ")key"
_BEARING: Final = r"(?<!page)(?<!page[_-])(?<!next)(?<!next[_-])token"
_FLAG: Final = r"(?i)(?<![\w-])--(?:[a-z0-9]{1,20}-){0,4}"
_GAP: Final = r"(?:[ \t]{1,8}|[\"'],\s{0,16}(?=[\"']))(?!-)"
_HEADER: Final = rf"(?i)authorization{_SEPARATOR}[\"'\\]{{0,4}}"
_USERS: Final = r"(?:root|node|nobody|www-data|nginx|postgres|app|daemon|redis|mysql)"
_PEM: Final = r"(?:[A-Z0-9]{1,16} ){0,5}PRIVATE KEY(?: BLOCK)?-----"

RULES: Final = (
    Rule(
        "private_key",
        ("-----begin",),
        rf"(?s)-----BEGIN {_PEM}.*?(?:-----END {_PEM}|\Z)",
        0,
        Floor.FORMAT,
    ),
    Rule(
        "aws_key",
        ("AKIA", "ASIA"),
        r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])",
        0,
        Floor.FORMAT,
    ),
    Rule(
        "aws_secret",
        ("secret",),
        r"(?i)secret[_-]?access[_-]?key[^a-z0-9/+]{0,32}([a-z0-9][a-z0-9/+=]{39})",
        1,
        Floor.FORMAT,
    ),
    Rule(
        "github_pat",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[A-Za-z0-9]{36,}",
        0,
        Floor.FORMAT,
    ),
    Rule("github_pat", ("github_pat_",), r"github_pat_\w{40,}", 0, Floor.FORMAT),
    Rule("gitlab", ("glpat-",), r"glpat-[\w.-]{20,}", 0, Floor.FORMAT),
    Rule("slack", ("xox",), r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}", 0, Floor.FORMAT),
    Rule("google", ("AIza",), r"AIza[\w-]{35}", 0, Floor.FORMAT),
    Rule("npm", ("npm_",), r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36,}", 0, Floor.FORMAT),
    Rule("pypi", ("pypi-",), r"(?<![A-Za-z0-9])pypi-AgE[\w-]{32,}", 0, Floor.FORMAT),
    Rule(
        "stripe",
        ("sk_live_", "rk_live_"),
        r"(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{16,}",
        0,
        Floor.FORMAT,
    ),
    Rule("provider_key", ("sk-",), r"(?<![\w-])sk-[\w-]{20,}", 0, Floor.RANDOM),
    Rule("jwt", ("eyJ",), r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", 0, Floor.FORMAT),
    Rule("bearer", ("authorization",), rf"{_HEADER}bearer\s{{1,8}}([\w.~+/=-]+)", 1, Floor.PLAIN),
    Rule("bearer", ("bearer",), r"(?i)(?<!\w)bearer\s{1,8}([\w.~+/=-]+)", 1, Floor.BEARER),
    Rule("basic", ("authorization",), rf"{_HEADER}basic\s{{1,8}}([\w+/=-]+)", 1, Floor.PLAIN),
    Rule(
        "basic",
        ("basic",),
        r"(?i)(?<!\w)basic\s{1,8}([a-z0-9+/]{8,}={0,2})(?![\w+/=-])",
        1,
        Floor.BASE64,
    ),
    Rule(
        "kv_secret",
        ("authorization",),
        rf"{_HEADER}(?!bearer\b|basic\b)(?:[a-z][\w-]{{0,30}}[ \t]{{1,8}})?([^\s\"'\\<>,;]+)",
        1,
        Floor.BEARER,
    ),
    Rule(
        "kv_secret",
        ("://",),
        r"://[^\s/:@\[\"'<>]{0,200}:([^\s/\"'<>\\]+)@",
        1,
        Floor.PLAIN,
    ),
    Rule(
        "kv_secret",  # with a slash in it; a port is none
        ("://",),
        r"://[^\s/:@\[\"'<>]{0,200}:(?!\d{1,5}[/?#])([^\s@\"'<>\\]+)@",
        1,
        Floor.PLAIN,
    ),
    Rule(
        "kv_secret",  # curl -u user:password; equal names or numbers: user and group
        ("-u",),
        r"(?i)(?<!sort )(?:(?<![\w-])-u|(?<=[\s\"']-)-user|(?<=-proxy)-user)"
        r"(?:=|[\"']?,?[ \t]{1,8}|(?=[\"']))\\?[\"']?"
        rf"(?!\d+:\d+(?!\S))(?!({_USERS}):\1(?!\S))"
        r"[^\s:\"'/\\]{1,120}:(?!//|\\)([^\s\"'\\]+)",
        2,
        Floor.PLAIN,
    ),
    Rule(
        "kv_secret",
        ("passw", "passphrase"),
        rf"(?i)(?:{_PHRASE}){_SEPARATOR}",
        None,
        Floor.ASSIGNED,
    ),
    Rule("kv_secret", ("_pass",), r"(?i)(?<=[a-z0-9])_pass=(?![=\s])", None, Floor.ASSIGNED),
    Rule("kv_secret", ("secret",), rf"(?i){_HIDDEN}{_SEPARATOR}", None, Floor.ASSIGNED),
    Rule("kv_secret", ("key",), rf"(?i){_KEY}{_SEPARATOR}", None, Floor.LITERAL),
    Rule("kv_secret", ("token",), rf"(?i){_BEARING}{_SEPARATOR}", None, Floor.RANDOM),
    Rule("kv_secret", ("auth",), rf"(?i)auth{_SEPARATOR}", None, Floor.RANDOM),
    Rule("kv_secret", ("token", "auth"), r"(?:TOKEN|AUTH)=(?![=\s])", None, Floor.LITERAL),
    Rule(
        "kv_secret",  # auth=("user", "password")
        ("auth",),
        r"auth\s{0,4}=\s{0,4}\(\s{0,16}[\"'][^\"']{0,200}[\"'],\s{0,16}[\"']([^\"']+)",
        1,
        Floor.PLAIN,
    ),
    Rule(
        "kv_secret",
        ("passw", "passphrase"),
        rf"{_FLAG}(?:{_PHRASE}){_GAP}",
        None,
        Floor.ASSIGNED,
        reach=90,
    ),
    Rule(
        "kv_secret",
        ("secret", "token", "key"),
        rf"{_FLAG}(?:secret|secret-key|token|(?:{'|'.join(KEY_WORDS)})-?key)"
        rf"{_GAP}(?!(?:id|type|source|src)=)",
        None,
        Floor.LITERAL,
        reach=90,
    ),
    Rule("kv_secret", ("auth",), rf"{_FLAG}auth{_GAP}", None, Floor.RANDOM, reach=90),
)
"""All rules. Where two take the same text, the earlier one names it."""

EXACT_FINDERS: Final = (r"I(?:(?<=A[KS]I)A|(?<=AI)za)", r"J(?<=eyJ)")
"""Whether a text holds a keyword that counts as written only. Each starts at a rare letter: found
in half the time that one `in` per keyword takes."""
FOLDED_FINDERS: Final = (
    r"y(?:(?<=key)|(?<=py)pi-)",
    r"k(?:(?<=tok)en|(?<=[sr]k)(?:-|_live_))",
    r"w(?<=passw)",
    r"u(?:(?<=-u)|(?<=au)th)",
    r"_(?<=(?:gh[pousr]|npm)_)",
    r"b(?:earer|asic|_pat_|(?<=-b)egin)",
)
"""The same for the other keywords, in a text in lower case."""
SLOW_WORDS: Final = ("secret", "passphrase", "_pass", "glpat-", "xox")
"""Keywords without a rare letter."""

_SECRET_ENDINGS: Final = (
    *("password", "passwd", "passphrase", "secret", "secretkey", "token", "authorization"),
    *(f"{word}key" for word in KEY_WORDS),
)
_HARMLESS_ENDINGS: Final = ("pagetoken", "nexttoken")


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Say whether a member or flag of this name holds a secret; `-`, `_` and case do not matter."""
    plain = "".join(filter(str.isalnum, name)).lower()
    if plain == "auth":
        return True
    return plain.endswith(_SECRET_ENDINGS) and not plain.endswith(_HARMLESS_ENDINGS)


_WORDS: Final = frozenset(
    """
    none null nil true false undefined unset empty yes no on off auto default enabled disabled
    str string bytes int bool boolean number any object optional required secretstr
    basic bearer digest oauth oauth2 token ntlm negotiate apikey inherit
    a an the is are was has have must should can may will not to of for in if with from as it
    this that these your our their and or new await async lambda function typeof return
    flag option value field missing invalid incorrect expired
    """.split()  # noqa: SIM905 -- a list of eighty lines would not be read
)
"""What stands after a secret's name in prose, types and configuration, and is not the secret."""
_PLACEHOLDER: Final = (
    r"(?is:(?:\$[A-Za-z_]\w*|\$\d|\$\{[^}]*\}?|\$\(.*|\{\{.*|#\{.*|\{[^{}]*\}?"
    r"|<[A-Za-z][^<>]*>?|%\w+%|%s|%\(\w+\)s|!(?:secret|ref|sub|vault|env)\b"
    r"|[*x.…_-]{3,}|your[ _-].*|\\+)[,;:.)\]}/@&|]*)"
)
"""One placeholder and the punctuation behind it; a value may be several."""
_REFERENCE: Final = (
    r"(?s:(?:self|this|cls|os|sys|process|import|env|environ|args?|opts?|options|config|settings"
    r"|cfg|conf|params|props|req|request|ctx|context|secrets|vars?|local|data|module|inputs|user)"
    r"(?:\??\.[A-Za-z_]\w*|\[).*"
    r"|(?:[A-Za-z]*_\w*|[a-z]+(?:[A-Z][a-z]+)+|[A-Za-z_]\w*(?:\.\w+)+)\(.*"
    r"|(?:bytes|str|new|input|prompt|quote|getpass|getenv|read|open|load)\(.*"
    r"|[A-Za-z]+\((?:[^()\s]*\).*)?|[A-Za-z_]+\[\w*|\[.*)"
)
_PLAIN_WORD: Final = r"[A-Za-z]?[a-z]{0,15}(?:-[a-z]{1,15})*[.=]?|[A-Z_]{1,24}"
_FILE_PATH: Final = r"(?:~/|\.{1,2}/|/)[\w@/-]*\.[\w./-]*"
_ALGORITHM: Final = (
    r"(?:sha|hmac|md|utf|base|oauth|rs|es|hs|ps|aes|http|ed|x|pkcs|ntlmv|mb)\d{1,5}\w{0,3}"
)
_LETTERS, _DIGITS, _MIXED = 24, 16, 6
"""How long letters alone, digits alone and both together must be to look random."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is needed for the first time; letters are the ASCII ones."""
    return re.compile(pattern, re.ASCII)


def is_secret(floor: Floor, value: str, *, quoted: bool = False) -> bool:
    """Say whether `value`, found where a secret would stand, is one.

    Args:
        floor: how much is asked of it.
        value: the value, or the beginning of a long one.
        quoted: whether it stood in quotes, and so is no code.
    """
    if floor is Floor.FORMAT:
        return True
    if _is_placeholder(value):
        return False
    if floor in _JUDGES:
        return _JUDGES[floor](value)
    return (quoted or not _is_code(value)) and _reaches(floor, value)


def _is_placeholder(value: str) -> bool:
    """Say whether a value is nothing but placeholders, taken one by one from the left."""
    at = 0
    while at < len(value):
        found = compiled(_PLACEHOLDER).match(value, at)
        if found is None:
            return False
        at = found.end()
    return at > 0


def _is_code(value: str) -> bool:
    return value.lower() in _WORDS or compiled(_REFERENCE).fullmatch(value) is not None


def _reaches(floor: Floor, value: str) -> bool:
    if floor is Floor.ASSIGNED:
        return True
    if floor is Floor.LITERAL:
        return not value.isdecimal() and not compiled(_FILE_PATH).fullmatch(value)
    return not compiled(r"\s").search(value) and any(map(_is_random, _pieces(value)))


def _pieces(value: str) -> list[str]:
    return compiled(rf"[A-Za-z0-9]{{{_MIXED},}}").findall(value)


def _is_random(piece: str) -> bool:
    """Say whether a long enough run of letters and digits is beyond what people write."""
    if compiled(_ALGORITHM).fullmatch(piece.lower()):
        return False
    if piece.isalpha():
        return len(piece) >= _LETTERS and _humps(piece) * 4 > len(piece)
    return not piece.isdecimal() or len(piece) >= _DIGITS


def _humps(piece: str) -> int:
    return len(compiled("[a-z][A-Z]|[A-Z]{2}").findall(piece))


def _is_user_and_password(encoded: str) -> bool:
    from base64 import b64decode  # loaded with the first text that may be a password

    try:
        decoded = b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def _is_no_word(value: str) -> bool:
    return compiled(_PLAIN_WORD).fullmatch(value) is None


_JUDGES: Final[dict[Floor, Callable[[str], bool]]] = {
    Floor.PLAIN: bool,
    Floor.BASE64: _is_user_and_password,
    Floor.BEARER: _is_no_word,
}
"""The floors that do not ask whether a value is code."""
