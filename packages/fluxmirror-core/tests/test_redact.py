"""Redactor: secrets go, everything around them stays, and what is no secret is left alone.

Every secret here is made up, and put together at run time.
"""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import pytest
from fluxmirror_core.redact import Redactor
from fluxmirror_core.redact_rules import RULES, names_secret
from hypothesis import given
from hypothesis import strategies as st

REDACTOR = Redactor(b"k" * 32)
TAG = re.compile(r"\[REDACTED:([a-z_]+):[0-9a-f]{4}\]")


def chars(count: int) -> str:
    """Letters and digits that look like a token's."""
    return ("aB3dE5gH7jK9mN1pQ" * (count // 16 + 1))[:count]


AWS_KEY = "AKIA" + "QX7" * 5 + "Z"
AWS_SECRET = "wJ/" + "aB3+" * 9 + "x"
GITHUB = "ghp_" + chars(36)
JWT = ".".join(("eyJ" + chars(20), "eyJ" + chars(30), chars(43)))
BASIC = base64.b64encode(b"someone:" + b"opensesame").decode()
PEM = "-----{} RSA PRIVATE KEY-----"
PEM_BODY = "\n".join([chars(64)] * 4)
BLOCK = f"{PEM.format('BEGIN')}\n{PEM_BODY}\n{PEM.format('END')}"

TOKENS = {
    AWS_KEY: "aws_key",
    "ASIA" + "QX7" * 5 + "Z": "aws_key",
    **{f"gh{letter}_" + chars(36): "github_pat" for letter in "pousr"},
    "github_pat_" + chars(22) + "_" + chars(40): "github_pat",
    "glpat-" + chars(20): "gitlab",
    "xox" + "b-123456789012-" + chars(24): "slack",
    "AIza" + chars(35): "google",
    "npm_" + chars(36): "npm",
    "pypi-AgE" + chars(60): "pypi",
    "sk_" + "live_" + chars(24): "stripe",
    "rk_" + "live_" + chars(24): "stripe",
    "sk-" + "ant-api03-" + chars(60): "provider_key",
    "sk-" + "proj-" + chars(700): "provider_key",
    JWT: "jwt",
    JWT + chars(900): "jwt",
    BLOCK: "private_key",
}

# What stands before the secret, the secret, what stands after it, and the kind.
PLACED = [
    ("aws_secret_access_key=", AWS_SECRET, "", "aws_secret"),
    ('AWS_SECRET_ACCESS_KEY: "', AWS_SECRET, '"', "aws_secret"),
    ("curl -H 'Authorization: Bearer ", "abcdefgh", "' https://h.example/x", "bearer"),
    ("Authorization: bearer ", chars(900), " next", "bearer"),
    ('{"header": "Bearer ', "abc.def-123", '"}', "bearer"),
    ("Authorization: Basic ", BASIC, "", "basic"),
    ("proxy says basic ", BASIC, " again", "basic"),
    ("Authorization: Token ", "abcdef12", "", "kv_secret"),
    ("authorization: ", "q" + chars(12), "", "kv_secret"),
    ("password=", "hunter2", " user=jane", "kv_secret"),
    ("export DB_PASS=", "dbPassXyz99", " && run", "kv_secret"),
    ("PASSWORD=", "password", "", "kv_secret"),
    ("DB_PASSWD=", "swordfish", "\nDB_USER=jane", "kv_secret"),
    ("password: ", "swordfish", "", "kv_secret"),
    ("the password: ", "hunter2", ", as always", "kv_secret"),
    ("API_KEY=", "abc", "", "kv_secret"),
    ("x-api-key: ", "abcdef", "", "kv_secret"),
    ("my secret = ", "topsecret", "", "kv_secret"),
    ("clientSecret: '", "two words", "'", "kv_secret"),
    ('{"password": "', r"a\"b c", '", "n": 1}', "kv_secret"),
    (r"{\"password\": \"", r"a\\\"b c", r"\", \"n\": 1}", "kv_secret"),
    ('"passphrase":\n    "', "swordfish", '"', "kv_secret"),
    ('password: str = "', "swordfish", '"', "kv_secret"),
    ('password = f"', "swordfish", '"', "kv_secret"),
    ('password = """', "sword fish", '"""', "kv_secret"),
    ("password='", "it", "'", "kv_secret"),
    ("mysql --password ", "swordfish", " --host h", "kv_secret"),
    ("mysql --db-password=", "swordfish", " --host h", "kv_secret"),
    ("gh --token ", "abcdef", " pr list", "kv_secret"),
    ('["x", "--api-key", "', "abcdef", '"]', "kv_secret"),
    ("curl -u jane:", "swordfish", " https://h.example/", "kv_secret"),
    ('curl --user "jane:', "swordfish", '" https://h.example/', "kv_secret"),
    ("requests.get(u, auth=('jane', '", "swordfish", "'))", "kv_secret"),
    ("postgres://jane:", "sword@fish", "@h.example/db", "kv_secret"),
    ("postgres://jane:", "sword/fish", "@h.example/db", "kv_secret"),
    ("redis://:", "swordfish", "@h.example", "kv_secret"),
    ("export GITHUB_TOKEN=", "abc", "", "kv_secret"),
    ("token=", "abc123def", "&page=2", "kv_secret"),
    ("auth_token: ", chars(1500), " next", "kv_secret"),
    ("Server=h;Password=", "abc", ";Database=d", "kv_secret"),
    ("<td>TOKEN=", "abc", "</td></tr>", "kv_secret"),
]

HARMLESS = [
    "the password is unset",
    "password=$PASSWORD",
    "if tests_pass==3: run_pass=run_pass(x)",
    "password=${PASSWORD:-} ${PASSWORD:?not set}",
    "password=$(pass show db)",
    "token=${TOKEN}",
    "secret=<your secret>",
    "api_key=your-api-key",
    "api_key=********",
    "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "secrets: inherit",
    "max_tokens=4096",
    "MAX_TOKEN=4096",
    "tokens: 12",
    "author=Jane",
    "auth=none",
    "auth=oauth2",
    "token_count=5",
    "tokenizer=abc123",
    "--token-limit 5",
    "nextPageToken=abc123456",
    "token: string;",
    "if token == null",
    "token = get_token(1)",
    "auth::login(x)",
    "password = getpass()",
    "password = self.password",
    'password = os.environ["DB"]',
    "connect(password=password)",
    "password: str",
    'password=""',
    "--password-stdin",
    "--password-file x",
    "mysqladmin --password PASSWORD",
    "docker build --secret id=mysecret,src=file",
    "private_key=/etc/ssl/x.pem",
    "key=value primary_key=True monkey=1",
    "process.env.PASSWORD and import.meta.env",
    "const password = process.env.PASSWORD",
    "the bearer of this letter, a bearer token.",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer <token>",
    "basic authentication works",
    "docker run -u 1000:1000 -u node:node image",
    "git push -u origin main",
    "sort -u a:b",
    "http://localhost:3000/@vite/client",
    "ssh://git@h.example:org/repo@v1",
    "npm i @scope/pkg",
    "task-list-of-things-to-do-1234567",
    AWS_KEY.lower(),
    AWS_KEY + "7",
    "x" + AWS_KEY,
    AWS_SECRET,
    "ghp_zz9",
    "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----",
]


@pytest.mark.parametrize(("secret", "kind"), TOKENS.items(), ids=lambda value: value[:12])
def test_a_token_of_known_format_is_masked_wherever_it_stands(secret: str, kind: str) -> None:
    """Only the token goes; the words around it stay."""
    masked = REDACTOR.text(f"before {secret} after")
    assert re.fullmatch(rf"before \[REDACTED:{kind}:[0-9a-f]{{4}}\] after", masked)


@pytest.mark.parametrize(("before", "secret", "after", "kind"), PLACED)
def test_a_secret_is_known_by_what_stands_before_it(
    before: str, secret: str, after: str, kind: str
) -> None:
    """Exactly the secret is replaced, quotes and neighbours stay."""
    masked = REDACTOR.text(before + secret + after)
    tag = TAG.search(masked)
    assert tag is not None
    assert (masked, tag[1]) == (before + tag[0] + after, kind)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays_the_same_object(text: str) -> None:
    """Placeholders, references, types, counts and prose are not masked."""
    assert REDACTOR.text(text) is text


@pytest.mark.parametrize(
    "text",
    [" .env ", "/srv/app/.env.staging:3", "<li>.env</li>", '".env"', "stagingenv", "shop.env_rows"],
)
def test_paths_of_environment_files_are_kept(text: str) -> None:
    """What is stored must tell which file was touched; a path holds no secret."""
    assert REDACTOR.text(text) is text


@pytest.mark.parametrize("newline", ["\n", "\\n", "\\\\n", "\r\n"])
def test_a_private_key_goes_to_its_end_marker(newline: str) -> None:
    """Body and markers go, whether newlines are real or escapes."""
    masked = REDACTOR.text(f'["{BLOCK}", 1]'.replace("\n", newline))
    assert re.fullmatch(r'\["\[REDACTED:private_key:[0-9a-f]{4}\]", 1\]', masked)


def test_a_private_key_without_its_end_goes_to_the_end_of_the_text() -> None:
    """A cut block leaves nothing of the body."""
    masked = REDACTOR.text("x " + BLOCK[:-40])
    assert re.fullmatch(r"x \[REDACTED:private_key:[0-9a-f]{4}\]", masked)


def test_two_secrets_on_one_line_are_masked_apart() -> None:
    """Each has its own tag; secrets that only touch are not joined."""
    masked = REDACTOR.text(f"{AWS_KEY} and {GITHUB}{PEM.format('BEGIN')}")
    assert TAG.findall(masked) == ["aws_key", "github_pat", "private_key"]


def test_a_value_that_two_rules_hit_has_one_mask() -> None:
    """The more particular rule names it, and nothing of the value is left."""
    assert re.fullmatch(r"token=\[REDACTED:github_pat:.{4}\]", REDACTOR.text(f"token={GITHUB}"))
    masked = REDACTOR.text(f"password=x{GITHUB}!y")
    assert re.fullmatch(r"password=\[REDACTED:kv_secret:.{4}\]", masked)


def test_equal_secrets_have_equal_tags_under_one_key_only() -> None:
    """The tag compares secrets of one installation and means nothing in another."""
    first, second = TAG.finditer(REDACTOR.text("password=hunter2 secret: 'hunter2'"))
    other = Redactor(b"o" * 32).text("password=hunter2")
    assert first[0] == second[0]
    assert first[0] not in other


def test_what_is_masked_is_not_masked_again_but_what_hangs_on_it_is() -> None:
    """A mask from elsewhere hides nothing but itself."""
    old = "password=[REDACTED:kv_secret:ab12]"
    assert REDACTOR.text(old) is old
    assert "hunter2" not in REDACTOR.text(old + "hunter2")


def test_letters_that_lower_to_two_do_not_move_the_mask() -> None:
    """The mask sits on the secret whatever alphabet stands before it."""
    assert re.fullmatch("İİİ password=" + TAG.pattern, REDACTOR.text("İİİ password=hunter2"))


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "db-passwd",
        "secret",
        "apiKey",
        "API_KEY",
        "x-api-key",
        "token",
        "auth",
        "Authorization",
        "accessToken",
        "client_secret",
        "private-key",
        "secretAccessKey",
    ],
)
def test_a_member_named_like_a_secret_is_masked_whole(name: str) -> None:
    """Whatever its value looks like; other types of value stay."""
    masked = REDACTOR.value({name: "two words", "n": {name: 1}, "e": [{name: ""}]})
    assert isinstance(masked, dict)
    assert re.fullmatch(r"\[REDACTED:kv_secret:.{4}\]", masked[name])
    assert (masked["n"], masked["e"]) == ({name: 1}, [{name: ""}])
    assert REDACTOR.value(masked) is masked


@pytest.mark.parametrize("name", ["author", "tokens", "max_tokens", "tokenizer", "key", "oauth"])
def test_a_member_with_another_name_is_judged_by_its_value(name: str) -> None:
    """Names that only resemble a secret's."""
    value = {name: "gpt"}
    assert not names_secret(name)
    assert REDACTOR.value(value) is value


def test_arguments_in_a_list_are_masked_after_their_flag() -> None:
    """An argument vector says the same as a command line."""
    command = ["mysql", "--password", "sword fish", "-u", "jane:swordfish", "-u", "jane", "--x", 1]
    masked = REDACTOR.value(command)
    assert isinstance(masked, list)
    assert "fish" not in str(masked)
    assert TAG.sub("*", "|".join(map(str, masked))) == "mysql|--password|*|-u|jane:*|-u|jane|--x|1"


def test_a_name_that_is_a_secret_is_masked() -> None:
    """Secrets stand in names too."""
    assert GITHUB not in str(REDACTOR.value({GITHUB: [None, True, 1.5]}))


def test_a_clean_value_stays_the_same_object() -> None:
    """Nothing is copied when there is nothing to mask."""
    value = {"a": ["b", {"c": None}], "d": "e" * 400}
    assert REDACTOR.value(value) is value


JSON_CELLS = ["a", {"b": "c", "d": ["e", {"f": "g"}]}, "h"]


@pytest.mark.parametrize("planted", [*TOKENS, *("".join(row[:3]) for row in PLACED)])
def test_a_json_document_stays_one(planted: str) -> None:
    """With a secret in any of its strings, masked as text or as a value."""
    for cell in "aceghbdf":
        document = json.dumps(JSON_CELLS).replace(f'"{cell}"', json.dumps(planted))
        assert _shape(json.loads(REDACTOR.text(document))) == _shape(JSON_CELLS)
        assert REDACTOR.may_hold_secret(document)
        assert TAG.search(json.dumps(REDACTOR.value(json.loads(document))))


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return [_shape(one) for one in value.values()]
    return [_shape(one) for one in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("secret", [f"password={chars(9)}", f"TOKEN={chars(9)}", *TOKENS])
def test_an_html_table_keeps_its_cells(secret: str) -> None:
    """Markup around a secret is not swallowed."""
    rows = "".join(f"<tr><td>{one}</td><td>{secret}</td></tr>" for one in range(5))
    masked = REDACTOR.text(f"<table>{rows}</table>")
    parser = _Cells()
    parser.feed(masked)
    assert (parser.cells, len(TAG.findall(masked))) == (10, 5)


class _Cells(HTMLParser):
    cells = 0

    def handle_endtag(self, tag: str) -> None:
        self.cells += tag == "td"


def test_nothing_of_a_secret_is_left_to_a_later_cut() -> None:
    """Masked first and cut then, as callers do, no part of it shows."""
    masked = REDACTOR.text(f"echo {AWS_KEY} {GITHUB}")
    assert not any(AWS_KEY[:6] in masked[:cut] or "ghp_" in masked[:cut] for cut in range(60))


KEYWORDS = sorted({keyword for rule in RULES for keyword in rule.keywords})


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_the_prefilter_knows_every_keyword(keyword: str) -> None:
    """It says yes wherever a rule would look; a URL without an `@` holds no password."""
    assert REDACTOR.may_hold_secret(f" {keyword}@")
    assert keyword != keyword.lower() or REDACTOR.may_hold_secret(f" {keyword.upper()}@")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("after", ["", "=", '="', ": ", "=$", "='", " a", "@", "a-"])
@pytest.mark.parametrize("keyword", [*KEYWORDS, "--token", "authorization: ", "://a:", "api_key"])
def test_hostile_repetition_stays_cheap(keyword: str, after: str) -> None:
    """Each keyword a hundred thousand characters long ends well within the limit."""
    unit = keyword + after
    REDACTOR.text(unit * (100_000 // len(unit)))


SECRETS = st.sampled_from([*TOKENS])
PIECES = st.sampled_from(
    [
        *KEYWORDS,
        *(text for text in HARMLESS if AWS_KEY not in text),
        *("".join(row[:3]) for row in PLACED),
        *"\"'\\=[]{}&\n",
        *(": ", "<td>", "$X", "Bearer ", "--", "api_key", "a1b2c3d4"),
        *("[REDACTED:kv_secret:ab12]", "[REDACTED:"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


@given(TEXTS, SECRETS, TEXTS)
def test_no_planted_secret_survives(before: str, secret: str, after: str) -> None:
    """Whatever stands around it."""
    assert secret not in REDACTOR.text(f"{before} {secret} {after}")


@given(TEXTS, st.sampled_from([row for row in PLACED if len(row[1]) > 4]), TEXTS)
def test_no_assigned_secret_survives(
    before: str, row: tuple[str, str, str, str], after: str
) -> None:
    """On a line of its own, whatever the other lines say."""
    line = "".join(row[:3])
    assert line not in REDACTOR.text(f"{before}\n{line}\n{after}")


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    """The second pass returns the same object."""
    masked = REDACTOR.text(text)
    assert REDACTOR.text(masked) is masked


@given(TEXTS)
def test_the_prefilter_never_says_no_wrongly(text: str) -> None:
    """Neither for a text nor for JSON that holds it; the scan behind the prefilter decides."""
    for one in (text, text.upper()):
        written = json.dumps({"t": one}, ensure_ascii=False)
        if REDACTOR._masked(one) is not one:
            assert REDACTOR.may_hold_secret(one)
            assert REDACTOR.may_hold_secret(written)
        if REDACTOR.value({one: "x"}) != {one: "x"}:
            assert REDACTOR.may_hold_secret(json.dumps({one: "x"}, ensure_ascii=False))
