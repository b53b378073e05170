"""Redactor: secrets out of a string or a JSON value, by named rules.

Each secret becomes `[REDACTED:<kind>:<tag>]`; the tag is a keyed hash, so that equal secrets stay
comparable on one installation and tell nothing anywhere else. What is masked is the secret alone,
never a quote, bracket or markup beside it. `redact_rules.py` holds the rules, and says which of the
specification's rules is left out here and why; `user_patterns.py` runs those that a user adds.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.redact_rules import (
    EXACT_FINDERS,
    FOLDED_FINDERS,
    RULES,
    SLOW_WORDS,
    Rule,
    compiled,
    is_secret,
    names_secret,
)
from fluxmirror_core.user_patterns import SlowPatternError, UserPatterns

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

_WINDOW: Final = 512
"""How far a rule looks before it has matched; bounds what hostile text can cost."""
_TAG: Final = r"\[REDACTED:[a-z_]{1,20}:[0-9a-f]{4}\]"
# No atomic groups and possessive repeats anywhere: Python 3.11 before 3.11.5 gets them wrong.
_OPENING: Final = r"(?:[rbfuRBFU]{1,2}(?=[\"']))?(\"\"\"|'''|\\{0,7}[\"'`]|)"
_CLOSED: Final = {
    '"': r'(?:[^"\\\n]|\\.)*(?=")',
    "'": r"(?:[^'\\\n]|\\.)*(?=')",
    "`": r"(?:[^`\\\n]|\\.)*(?=`)",
    '\\"': r'(?:\\{4}|\\{2,3}[^\\]|\\[^"\\]|[^"\\])*(?=\\")',
}
"""Up to the closing quote, inner escaped quotes included; the last form is JSON within JSON."""
_UNQUOTED: Final = (
    r"(?:[^\s\"'`<&,;\\]+|'(?=\w)|\\[^\s\"'`]"
    r"|<(?!/?[a-zA-Z][^<>]{0,200}>)"  # markup goes on after the value
    r"|&(?!quot;|lt;|gt;|#|(?:amp;)?[\w.\[\]-]{1,64}=)"
    r"|[,;](?![ \t]?[\w-]{1,40}[\"']?[=:]))*"
)
_CLOSERS: Final = ",;:.)]}\\"
_USER: Final = "user"
"""The kind of what a user's pattern matched."""


class _Span(NamedTuple):
    start: int
    end: int
    kind: str


class Redactor:
    """Masks secrets with one installation's key.

    Args:
        key: the secret of this installation, at most 64 bytes, for the keyed tags.
        patterns: regular expressions of what a user wants masked as well.
    """

    def __init__(self, key: bytes, patterns: tuple[str, ...] = ()) -> None:
        self._key = key
        self._patterns = patterns
        self._user = UserPatterns(patterns) if patterns else None
        self.slow_values = 0
        """How many values were masked whole, because the patterns took too long with them."""
        self._exact = [compiled(pattern).search for pattern in EXACT_FINDERS]
        self._folded = [compiled(pattern).search for pattern in FOLDED_FINDERS]

    def with_patterns(self, patterns: tuple[str, ...]) -> Redactor:
        """Give one with the same key that masks what further patterns match as well."""
        return Redactor(self._key, tuple(dict.fromkeys(self._patterns + patterns)))

    def may_hold_secret(self, text: str) -> bool:
        """Say quickly whether `text`, or JSON as we write it, is worth a closer look.

        Returns:
            False only when `text()` would change nothing, nor `value()` of the JSON. JSON that
            spells plain letters as escapes must be decoded first.
        """
        # JSON spells a text so that a pattern which matches the text may not match the JSON.
        return self._user is not None or self._holds_keyword(text)

    def _holds_keyword(self, text: str) -> bool:
        for find in self._exact:
            if find(text):
                return True
        lowered = text.lower()
        for find in self._folded:
            if find(lowered):
                return True
        if any(word in lowered for word in SLOW_WORDS):
            return True
        return "@" in text and "://" in text

    def text(self, text: str) -> str:
        """Mask every secret in a string; the same object when there is none."""
        try:
            own = () if self._user is None else self._user.spans(text)
        except SlowPatternError:
            self.slow_values += 1
            return self._whole(text, _USER)
        if not own and not self._holds_keyword(text):
            return text
        masked = self._masked(text, own)
        while masked is not text:
            # What a rule hid from another one is found now. A user's pattern is run once: one
            # that matches beside what it matched before would go on and on.
            text, masked = masked, self._masked(masked)
        return text

    def value(self, value: object, *, numbers: bool = True) -> object:
        """Mask every secret in a JSON value: in strings at any depth, and in the names of members.

        A non-empty string that is a member named like a secret, or follows a flag named like one in
        a list of arguments, is masked whole.

        Args:
            value: what JSON has.
            numbers: whether a number becomes text where a user's pattern matches it.

        Returns:
            The same object when nothing was masked.

        Raises:
            RecursionError: it is nested deeper than the interpreter can follow.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return self._members(value, numbers=numbers)
        if isinstance(value, list):
            return self._items(value, numbers=numbers)
        return self._number(value) if numbers and self._user is not None else value

    def _number(self, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        written = str(value)
        masked = self.text(written)
        return value if masked is written else masked

    def _members(self, members: dict[str, object], *, numbers: bool) -> dict[str, object]:
        masked: dict[str, object] = {}
        changed = False
        for name, old in members.items():
            if isinstance(old, str) and names_secret(name):
                new: object = self._whole(old)
            else:
                new = self.value(old, numbers=numbers)
            safe_name = self.text(name)
            changed = changed or new is not old or safe_name is not name
            masked[safe_name] = new
        return masked if changed else members

    def _items(self, items: list[object], *, numbers: bool) -> list[object]:
        masked: list[object] = []
        before: object = None
        for old in items:
            if isinstance(before, str) and isinstance(old, str) and before.startswith("-"):
                masked.append(self._argument(before, old))
            else:
                masked.append(self.value(old, numbers=numbers))
            before = old
        same = all(new is old for new, old in zip(masked, items, strict=True))
        return items if same else masked

    def _argument(self, flag: str, item: str) -> str:
        if flag in ("-u", "-U", "--user", "--proxy-user"):
            return self._user_argument(flag, item)
        if flag.startswith("--") and names_secret(flag) and not item.startswith("-"):
            return self._whole(item)
        return self.text(item)

    def _user_argument(self, flag: str, item: str) -> str:
        flagged = f"{flag} {item}"
        masked = self.text(flagged)
        if masked is flagged:
            return self.text(item)
        told = masked.removeprefix(f"{flag} ")
        return self._whole(item, _USER) if told == masked else self.text(told)

    def _whole(self, value: str, kind: str = "kv_secret") -> str:
        return value if not value or compiled(_TAG).fullmatch(value) else self._mask(value, kind)

    def _mask(self, secret: str, kind: str) -> str:
        from hashlib import blake2b  # takes longer to load than texts without a secret to look at

        encoded = secret.encode("utf-8", "surrogatepass")
        return f"[REDACTED:{kind}:{blake2b(encoded, digest_size=2, key=self._key).hexdigest()}]"

    def _masked(self, text: str, own: Iterable[tuple[int, int]] = ()) -> str:
        """Mask once what the rules find, and the user's `own` places."""
        tags = _Tags(text)
        pieces: list[str] = []
        done = 0
        for span in _merged(self._spans(text, own)):
            for start, end in tags.outside(span.start, span.end):
                pieces += (text[done:start], self._mask(text[start:end], span.kind))
                done = end
        return "".join((*pieces, text[done:])) if pieces else text

    def _spans(self, text: str, own: Iterable[tuple[int, int]]) -> Iterator[_Span]:
        if self._user is None or self._holds_keyword(text):
            yield from _spans(text)
        for start, end in own:
            yield _Span(start, end, _USER)


class _Tags:
    """Where a text is masked already: nothing in there is masked again."""

    def __init__(self, text: str) -> None:
        found = compiled(_TAG).finditer(text) if "[REDACTED:" in text else ()
        self._text = text
        self._starts: list[int] = []
        self._ends: list[int] = []
        for match in found:
            self._starts.append(match.start())
            self._ends.append(match.end())

    def hold(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._ends[at]

    def outside(self, start: int, end: int) -> list[tuple[int, int]]:
        """Say what of a span is not masked yet; punctuation between two tags is no secret."""
        at = max(bisect_right(self._starts, start) - 1, 0)
        cuts = [start]
        while at < len(self._starts) and self._starts[at] < end:
            if self._ends[at] > start:
                cuts += (self._starts[at], self._ends[at])
            at += 1
        if len(cuts) == 1:
            return [(start, end)] if start < end else []
        pairs = zip(cuts[::2], (*cuts[1::2], end), strict=True)
        return [(a, b) for a, b in pairs if any(map(str.isalnum, self._text[a:b]))]


def _lowered(text: str) -> str:
    """Lower the case, keeping every position: one letter alone would become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.replace("\u0130", "i").lower()


def _spans(text: str) -> Iterator[_Span]:
    lowered = _lowered(text)
    tags = _Tags(text)
    for rule in RULES:
        for keyword in rule.keywords:
            where = lowered if keyword == keyword.lower() else text
            hit = where.find(keyword)
            while hit >= 0:
                secret = None if tags.hold(hit) else _secret_at(rule, text, hit, tags)
                if secret:
                    yield _Span(*secret, rule.kind)
                hit = where.find(keyword, max(hit + 1, secret[1] if secret else 0))


def _secret_at(rule: Rule, text: str, hit: int, tags: _Tags) -> tuple[int, int] | None:
    """Find the rule's secret at a keyword: judged by what the window shows, taken to its end."""
    head = _head(rule, text, hit)
    if head is None:
        return None
    quoted = False
    if rule.group is None:
        start, end, quoted = _assigned(text, head.end())
    else:
        start, end = head.span(rule.group)
    pieces = tags.outside(start, min(end, start + _WINDOW))
    seen = "".join(text[a:b] for a, b in pieces)
    if not seen or not is_secret(rule.floor, seen, quoted=quoted):
        return None
    if rule.group is None:
        named = not quoted and seen in _own_names(head.group())
        return None if named else (start, end if quoted else _unquoted_end(text, start, len(text)))
    if head.end() == hit + _WINDOW:
        longer = compiled(rule.pattern).match(text, head.start())
        end = longer.end(rule.group) if longer else end
    return start, end


def _head(rule: Rule, text: str, hit: int) -> re.Match[str] | None:
    pattern = compiled(rule.pattern)
    if not rule.reach:
        return pattern.match(text, hit, hit + _WINDOW)
    for match in pattern.finditer(text, max(hit - rule.reach, 0), hit + _WINDOW):
        if match.end() > hit:
            return match if match.start() <= hit else None
    return None


def _own_names(head: str) -> tuple[str, str]:
    """Tell how code and usage texts would repeat the name in a head, as in `password=password`."""
    match = compiled(r"-*([\w-]+)").match(head)
    name = match.group(1) if match else ""
    return name, name.upper()


def _assigned(text: str, at: int) -> tuple[int, int, bool]:
    """Find the value that begins at `at`: its start, its end, and whether it stands in quotes."""
    opening = compiled(_OPENING).match(text, at)
    start = opening.end() if opening else at
    quote = opening.group(1) if opening else ""
    end = _closing(text, start, quote) if quote else -1
    if end >= 0:
        return start, end, True
    return start, _unquoted_end(text, start, start + _WINDOW), False


def _closing(text: str, start: int, quote: str) -> int:
    """Find where a quoted value ends; -1 when it does not."""
    if quote not in _CLOSED:
        return text.find(quote, start)
    match = compiled(_CLOSED[quote]).match(text, start)
    return match.end() if match else -1


def _unquoted_end(text: str, start: int, limit: int) -> int:
    """Find where a value without quotes ends; what closes a sentence or bracket is left alone."""
    match = compiled(_UNQUOTED).match(text, start, limit)
    end = match.end() if match else start
    if end == limit < len(text):
        return end
    return start + len(text[start:end].rstrip(_CLOSERS))


def _merged(spans: Iterator[_Span]) -> list[_Span]:
    """Join what overlaps, named by the leftmost, then longest; what only touches stays apart."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
