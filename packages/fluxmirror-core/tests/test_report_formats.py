"""One report in every format: the same numbers, and nothing recorded becomes markup."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.usage import Cost
from fluxmirror_core.messages import languages, load_catalog, message
from fluxmirror_core.report import sections as s
from fluxmirror_core.report.as_html import render_html
from fluxmirror_core.report.as_json import render_json
from fluxmirror_core.report.as_text import render_text, width
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.sections import Change, Column, Figure, Money, Report, Section, Shown
from fluxmirror_core.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MONDAY: Final = date(2026, 11, 16)
NINE: Final = int(datetime(2026, 11, 16, 0, 5, tzinfo=UTC).timestamp() * 1000)
DOLLAR: Final = 10**12
MADE: Final = "FluxMirror 1.0.0 · 2026-11-22 09:00"
KIB: Final = 1024
HOSTILE: Final = (
    "a | b \\| c",
    "one\ntwo\r\n# three\n\n| four |",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m",
    "a\u202egpj.exe \u2066x\u2069 \u200f",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg onload='x'> ' onclick=\"x\" {{ 7*7 }} {% x %}",
    "</style></title></table><!-- -->&lt;&#60;&amp;",
    "`code` ``` ~~~ **bold** __init__ _x_ [a](http://b) ![i](j) <http://c> @user #1 :tada: $x$",
    "https://example.com/?a=b www.example.com mail@example.com",
    "# title", "- item", "1. item", "> quote", "    indented", "```", "---", "\\_x\\_",
    "שלום /tmp/مرحبا.txt", "日本語한국어中文ﾃﾞｰﾀ", "\ud800 \udfff \ufeff \x00",
    "`" * 50, "x" * 1_000_000, "\U0001d54f" * 100_000, "|" * 10_000,
)  # fmt: skip
LANGUAGES: Final = languages()


def voice(language: str = "en", mask: Callable[[str], str] | None = None) -> Voice:
    """Make the voice of somebody in Seoul."""
    return Voice(load_catalog(language), ZoneInfo("Asia/Seoul"), "/home/mira", mask)


def dollars(amount: float, unpriced: int = 0) -> Money:
    """Make an amount."""
    return Money((Cost("USD", int(amount * DOLLAR)),), unpriced)


def day_of(number: int) -> date:
    """Give a day of the week."""
    return date.fromordinal(MONDAY.toordinal() + number)


def heat() -> Section:
    """Make a week's heat map: work in the daytime, less at its end."""
    rows = tuple(
        (
            day,
            *(
                (hour * 37 + day * 11) % (90 - day * 13) if 8 < hour < 20 else 0
                for hour in range(24)
            ),
        )
        for day in range(7)
    )
    hours = tuple(Column(f"{hour:02}", s.NUMBER, str(hour)) for hour in range(24))
    columns = (Column(message("column.time"), s.WEEKDAY, "weekday"), *hours)
    return Section(message("work.section.heat_map"), "heat", columns, rows, key="heat_map")


def figures() -> Section:
    """Make the figures of a head."""
    return Section(
        message("work.section.figures"),
        "figures",
        key="figures",
        figures=(
            Figure("calls", message("column.calls"), s.NUMBER, 12_345, 9_876, Change(5, 4)),
            Figure("sessions", message("column.sessions"), s.NUMBER, 42, 0, Change(42, 0)),
            Figure("failures", message("column.failed"), s.SHARE, 0.0625, 0.145, Change(3, 7)),
            Figure("active_minutes", message("column.time"), s.MINUTES, 1_510, 1_510, Change(1, 1)),
            Figure("ratio", message("column.count"), s.DECIMAL, 2.345),
            Figure(
                "cost", message("cost.section.today"), s.MONEY, dollars(87.5, 3), dollars(12.25),
                Change(87.5, 12.25),
            ),
        ),
    )  # fmt: skip


def week() -> Report:
    """Make the report of a week that has something of every kind."""
    tools = (
        ("Bash", 5_432, 0.44, 210),
        ("Edit", 3_210, 0.26, 12),
        ("Read", 2_345, 0.19, 0),
        ("mcp__github__get_issue", 1_000, 0.081, 1),
        ("TodoWrite", 358, 0.0289, 0),
    )
    return Report(
        message("day.title.date_of_agent", agent="Claude Code", date=MONDAY, zone="Asia/Seoul"),
        (
            figures(),
            Section(
                message("work.section.narrative"),
                "paragraph",
                rows=((message("coverage.remedy.half_hooks", agent="claude-code"),),),
                key="narrative",
            ),
            Section(
                message("work.section.days"),
                "trend",
                (
                    Column(message("cost.key.day"), s.DATE, "date"),
                    Column(message("column.calls"), s.NUMBER, "calls"),
                    Column(message("column.failed"), s.SHARE, "failure_rate"),
                    Column(message("column.outcome"), s.WORD, "outcome"),
                ),
                tuple(
                    (
                        day_of(n),
                        calls,
                        share,
                        message("outcome.denied" if n % 2 else "outcome.failed"),
                    )
                    for n, (calls, share) in enumerate(
                        (
                            (2_345, 0.145),
                            (3_210, 0.03),
                            (1_800, 0.004),
                            (2_990, 0.998),
                            (2_000, 0.05),
                            (0, None),
                            (0, None),
                        )
                    )
                ),
                key="days",
            ),
            Section(
                message("work.section.hours"),
                "strip",
                (
                    Column(message("column.time"), s.HOUR, "hour"),
                    Column(message("column.calls"), s.NUMBER, "calls"),
                ),
                tuple((h, (h * 91) % 700 if 8 < h < 20 else 0) for h in range(24)),
                key="hours",
            ),
            heat(),
            Section(
                message("day.section.tools"),
                "bars",
                (
                    Column(message("column.tool"), s.NAME, "tool"),
                    Column(message("column.calls"), s.NUMBER, "calls"),
                    Column("%", s.SHARE, "share"),
                    Column(message("column.failed"), s.NUMBER, "failed"),
                ),
                tools,
                key="tools",
                shown=4,
            ),
            Section(
                message("cost.section.agent"),
                "bars",
                (
                    Column(message("column.agent"), s.AGENT, "agent"),
                    Column(message("cost.column.cost"), s.MONEY, "cost"),
                ),
                (
                    ("claude-code", dollars(80.25)),
                    ("codex-cli", dollars(7.25, 3)),
                    ("gemini-cli", Money((), 5)),
                ),
                note=message("cost.note.unpriced"),
                key="agents",
            ),
            Section(
                message("day.section.edited"),
                "table",
                (
                    Column(message("column.path"), s.PATH, "path"),
                    Column(message("column.count"), s.NUMBER, "writes"),
                    Column(message("column.unknown"), s.CHANGE, "change"),
                ),
                (
                    ("/home/mira/code/app/src/app/__init__.py", 31, Change(31, 62)),
                    ("/home/mira/code/app/src/app/parser.py", 30, Change(30, 25)),
                    ("/home/mira/code/app/docs/설명서.md", 12, Change(0, 0)),
                    ("/etc/hosts", 2, Change(2, 0)),
                ),
                key="files_written",
                shown=3,
            ),
            Section(
                message("day.section.read"),
                "table",
                (
                    Column(message("column.path"), s.PATH, "path"),
                    Column(message("column.count"), s.NUMBER, "reads"),
                ),
                (("/home/mira/code/app/README.md", 9), ("/usr/include/stdio.h", 1)),
                key="files_only_read",
            ),
            Section(
                message("day.section.shell"),
                "table",
                (
                    Column(message("column.time"), s.CLOCK, "time"),
                    Column(message("column.command"), s.COMMAND, "command"),
                    Column(message("column.outcome"), s.OUTCOME, "outcome"),
                    Column(message("cost.column.first"), s.DATE, "first"),
                ),
                (
                    (NINE, "uv run pytest -q | tail -3", "failed", MONDAY),
                    (NINE + 60_000, "grep -rn '**' `pwd`", "ok", date(2025, 12, 31)),
                    (NINE + 120_000, "", "interrupted", MONDAY),
                ),
                key="commands",
            ),
            Section(
                message("work.section.highlights"),
                "points",
                rows=(
                    (message("day.none.never", agent="Claude Code"),),
                    (message("cost.explain.project", name="my__app__"),),
                ),
                key="highlights",
            ),
            Section(message("coverage.section.findings"), "table", (Column("x"),), key="nothing"),
        ),
        subtitle=date_range(MONDAY, day_of(6)),
        key="week",
        facts={"first": MONDAY, "last": day_of(6), "timezone": "Asia/Seoul", "agent": None},
        footer=(message("coverage.line.whole", percent="99.6"),),
    )


def busy() -> Report:
    """Make the report of a busy month, as large as one gets."""
    path = (
        "/home/mira/code/a-rather-long-name/packages/some-package/src/some_package/module_{:02}.py"
    )
    days = tuple((day_of(n), 9_999_999 - n, dollars(1_234.5 + n), 30 + n) for n in range(31))
    hours = tuple(Column(f"{hour:02}", s.NUMBER, str(hour)) for hour in range(24))
    heat_rows = tuple((day, *(12_345 * (hour + day + 1) for hour in range(24))) for day in range(7))
    files = tuple((path.format(n), 99 - n, Change(99 - n, 40 + n)) for n in range(20))
    shells = tuple(
        (NINE + n * 60_000, f"uv run pytest -q {path.format(n)}", message("outcome.failed"))
        for n in range(30)
    )
    names = tuple((f"mcp__some_server__some_tool_{n:02}", 5_000 - n, 0.05, n) for n in range(15))
    more = (
        Section("Days", "trend", (
            Column("Day", s.DATE), Column("Calls", s.NUMBER), Column("Cost", s.MONEY),
            Column("Minutes", s.MINUTES)), days),
        Section("Heat", "heat", (Column("", s.WEEKDAY), *hours), heat_rows),
        *[Section("Files", "table", (
            Column("Path", s.PATH), Column("Writes", s.NUMBER), Column("Change", s.CHANGE),
        ), files)] * 2,
        *[Section("Names", "bars", (
            Column("Tool", s.NAME), Column("Calls", s.NUMBER), Column("%", s.SHARE),
            Column("Failed", s.NUMBER)), names)] * 3,
        Section("Commands", "table", (
            Column("Time", s.CLOCK), Column("Command", s.COMMAND), Column("Outcome")), shells),
    )  # fmt: skip
    return week()._replace(sections=(figures(), figures(), *more))


def hostile(text: str) -> Report:
    """Make a report that has a recorded string wherever one may stand."""
    kinds: tuple[s.Kind, ...] = (s.TEXT, s.NAME, s.AGENT, s.PATH, s.COMMAND)
    columns = tuple(Column(text, kind, f"key_{kind}") for kind in kinds)
    numbers = (Column(text, s.NAME, "name"), Column(text, s.NUMBER, "number"))
    table = Section(text, "table", columns, ((text,) * len(kinds),), text, (text,), "table")
    return Report(
        text,
        (
            Section(text, "figures", figures=(Figure("one", text, s.NAME, text, text),)),
            table,
            Section(text, "bars", numbers, ((text, 3),), key="bars"),
            Section(text, "trend", numbers, ((text, 3),), key="trend"),
            Section(text, "heat", numbers, ((text, 3),), key="heat"),
            Section(text, "points", rows=((text,), (message("cost.explain.project", name=text),))),
            Section(text, "paragraph", rows=((text,),)),
        ),
        text,
        "week",
        {"project": text},
        (text, message("coverage.remedy.half_hooks", agent=text)),
    )


class Page(HTMLParser):
    """Reads a page, and complains of what is not closed."""

    EMPTY: Final = ("meta", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is opened."""
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is closed at once."""
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last, and nothing else."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect texts."""
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """Refuse: we write none."""
        raise AssertionError(data)


def tables(text: str) -> Iterator[list[str]]:
    """Give the lines of each table of a Markdown text."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith(("| ", "|-")):
            block.append(line)
        elif block:
            yield block
            block = []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_week_reads_as_it_should(
    language: str, same_as_golden: Callable[[str, str], None]
) -> None:
    """To a person on a terminal, to one with a browser, and to a program."""
    report, told = week(), voice(language)
    same_as_golden(f"report.{language}.md", render_text(report, told))
    same_as_golden(f"report.{language}.html", render_html(report, told, MADE) + "\n")
    facts = json.dumps(render_json(report, told), indent=2, ensure_ascii=False)
    same_as_golden("report.json", facts + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_as_wide_in_every_line(language: str) -> None:
    """Also where East Asian characters take two columns."""
    found = list(tables(render_text(week(), voice(language))))
    assert len(found) == 4
    for lines in found:
        assert len({width(line) for line in lines}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_small_and_asks_for_nothing(language: str) -> None:
    """It may be forwarded, and opened offline."""
    text = render_html(week(), voice(language), MADE)
    page = Page(text)
    assert len(text.encode()) < 60 * KIB
    assert f'<html lang="{"zh-Hans" if language == "zh" else language}">' in text
    assert not {"script", "img", "link", "iframe", "object", "embed", "form", "a"} & set(page.tags)
    names = {name for _, name in page.attributes}
    assert not {"href", "src", "style", "srcset", "action"} & names
    assert not [name for name in names if name.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text


def test_a_busy_month_is_small_too() -> None:
    """A chat takes it as an attachment, and a phone opens it."""
    assert len(render_html(busy(), voice("ko"), MADE).encode()) < 60 * KIB


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_recorded_string_becomes_markup_of_a_page(text: str) -> None:
    """Tags and attributes are those of a harmless report."""
    plain, attacked = (Page(render_html(hostile(one), voice(), MADE)) for one in ("x", text))
    extra = {"bdi", "code", "wbr"}
    assert set(attacked.tags) - extra <= set(plain.tags)
    assert attacked.attributes <= plain.attributes
    assert {tag: plain.tags.count(tag) for tag in set(plain.tags) - extra} == {
        tag: attacked.tags.count(tag) for tag in set(plain.tags) - extra
    }
    shown = "".join(attacked.texts).replace("\n", "").replace("\u00a0", " ")
    assert shown.isprintable()
    render_html(hostile(text), voice(), MADE).encode()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_recorded_string_breaks_out_of_its_place_in_markdown(text: str) -> None:
    """Every line is one that a harmless report has, and every table has its columns."""
    plain, attacked = (render_text(hostile(one), voice()) for one in ("x", text))
    assert len(plain.splitlines()) == len(attacked.splitlines())
    for before, after in zip(tables(plain), tables(attacked), strict=True):
        assert len({width(line) for line in after}) == 1
        for old, new in zip(before, after, strict=True):
            bare = new.replace("\\\\", "").replace("\\|", "")
            assert bare.count("|") == old.count("|")
    fences = [line for line in attacked.splitlines() if re.fullmatch(r" {0,3}`{3,}[^`]*", line)]
    assert fences == ["```text", "```"] * 3
    assert attacked.replace("\n", "").isprintable()
    attacked.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/app_main.py", "src/app_main.py"),
        ("__init__.py", "`__init__.py`"),
        ("**/*.py", "`**/*.py`"),
        ("a<b>c", "`a<b>c`"),
        ("[x](y)", "`[x](y)`"),
        ("https://x.y", "`https://x.y`"),
        ("a `b` c", "`` a `b` c ``"),
        ("@types/node", "`@types/node`"),
        ("C:\\dir\\x", "C:\\dir\\x"),
        ("a < b && c", "a < b && c"),
        ("~/x", "~/x"),
    ],
)
def test_what_markdown_would_obey_is_code(text: str, shown: str) -> None:
    """Anything else is left as it is, so that a terminal has it plainly."""
    report = Report("T", (Section("S", "points", rows=((text,),)),))
    assert render_text(report, voice()).splitlines()[-1] == f"- {shown}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[click", "](javascript:alert(1))"),
        ("a*b", "c*d"),
        ("~~x", "y~~"),
        ("~/x", "~/y"),
        ("_x", "y_"),
        ("$x", "y$"),
        ("<", ">"),
        ("a<", "b"),
        ("C:\\", "D:\\"),
    ],
)
def test_two_values_of_a_sentence_make_no_markup_together(first: str, second: str) -> None:
    """Each holds but one half of it."""
    sentence = message("clause.about", what=Shown(s.NAME, first), told=second)
    report = Report("T", (Section("S", "points", rows=((sentence,),)),))
    line = render_text(report, voice()).splitlines()[-1]
    assert not re.search(r"[*~_$<\[\]\\]", re.sub(r"`[^`]*`", "", line.removeprefix("- ")))
    assert first in line
    assert second in line


def test_a_figure_without_a_value_has_a_dash() -> None:
    """As on a page; so has what was before, and what has no change says so."""
    nothing = Figure("rate", "Rate", s.SHARE, None)
    one = Figure("calls", "Calls", s.NUMBER, 2, 1, Change(2, 1))
    for times in ((), ("now", "then")):
        section = Section("S", "figures", figures=(nothing, one), times=times)
        text = render_text(Report("T", (section,)), voice())
        assert re.search(r"\| Rate +\| +\u2013 \| +\u2013 \| +n/a \|", text)
        page = render_html(Report("T", (section,)), voice(), MADE)
        assert page.count("n/a") == 1


@pytest.mark.parametrize("kind", ["figures", "changes"])
@pytest.mark.parametrize(("only", "head", "value"), [("now", "Today", 2), ("before", "Then", 0)])
def test_what_has_nothing_to_be_compared_with_stands_alone(
    kind: s.Look, only: Literal["now", "before"], head: str, value: int
) -> None:
    """To people, who would read a column of noughts; programs have both."""
    figures = (
        Figure("calls", "Calls", s.NUMBER, 2, 0, Change(2, 0)),
        Figure("rate", "Rate", s.SHARE, 0.04, None),
    )
    section = Section("S", kind, figures=figures, times=("Today", "Then"), only=only)
    report = Report("T", (section,))
    lines = render_text(s.for_people(report), voice()).splitlines()
    assert [cell.strip() for cell in lines[4].split("|")] == ["", "Figure", head, ""]
    assert [cell.strip() for cell in lines[6].split("|")] == ["", "Calls", str(value), ""]
    page = render_html(s.for_people(report), voice(), MADE)
    assert "n/a" not in page
    assert "Before" not in page
    assert render_json(report, voice())["figures"]["calls"] == {
        "value": 2, "before": 0, "change": None
    }  # fmt: skip


def test_a_share_beside_its_change_in_points_has_a_decimal() -> None:
    """4% that became 4% by +0.9 points would be read as a mistake."""
    rate = Figure("rate", "Rate", s.SHARE, 0.045, 0.036)
    for kind in ("figures", "changes"):
        report = Report("T", (Section("S", kind, figures=(rate,)),))
        text, page = render_text(report, voice()), render_html(report, voice(), MADE)
        for told in ("4.5%", "3.6%", "+0.9 pp"):
            assert told in text
            assert told in page


def test_json_is_the_same_in_every_language() -> None:
    """And comes back from its text as it was."""
    facts = [render_json(week(), voice(language)) for language in LANGUAGES]
    assert all(one == facts[0] for one in facts)
    assert json.loads(json.dumps(facts[0])) == facts[0]
    assert facts[0]["days"][0] == {
        "date": "2026-11-16", "calls": 2_345, "failure_rate": 0.145, "outcome": "failed"
    }  # fmt: skip
    assert facts[0]["agents"][1]["cost"] == {"costs": {"USD": "7.25"}, "unpriced_responses": 3}
    assert facts[0]["figures"]["calls"] == {"value": 12_345, "before": 9_876, "change": 0.25}
    assert facts[0]["commands"][0]["time"] == "2026-11-16T00:05:00.000Z"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_json_has_strings_as_they_were_recorded(text: str) -> None:
    """To its last character."""
    facts = json.loads(json.dumps(render_json(hostile(text), voice())))
    assert facts["table"][0] == {
        f"key_{kind}": text for kind in ("text", "name", "agent", "path", "command")
    }


def test_secrets_are_masked_before_anything_is_cut() -> None:
    """In every place of every format: a mask that comes later does not know half a secret."""
    secret = "sk-" + "x" * 300
    told = voice(mask=lambda text: text.replace(secret, "***"))
    report = hostile(f"a {secret} b")
    for text in (
        render_text(report, told),
        render_html(report, told, MADE),
        json.dumps(render_json(report, told)),
    ):
        assert "sk-" not in text
        assert "a *** b" in text


def numbers(text: str) -> set[str]:
    """Give the numbers of a text as they are shown."""
    return set(re.findall(r"\d[\d,.]*", text))


def test_text_and_page_show_the_same_cells() -> None:
    """Whatever a person reads in one of them stands in the other."""
    report = week()
    for section in report.sections:
        only = Report("T", (section,))
        text = render_text(only, voice())
        page = " ".join(Page(render_html(only, voice(), "")).texts)
        if section.kind != "heat":
            assert numbers(text) <= numbers(page), section.key


def test_empty_sections_are_left_out() -> None:
    """A heading over nothing says nothing."""
    for kind in ("table", "bars", "strip", "trend", "heat", "points", "paragraph", "figures"):
        section = Section("Nothing", kind, (Column("a"), Column("b", s.NUMBER)), note="why")
        report = Report("T", (section,))
        assert "Nothing" not in render_text(report, voice())
        assert "Nothing" not in render_html(report, voice(), MADE)


def test_bars_of_several_currencies_are_not_drawn() -> None:
    """They would say nothing about each other; the amounts still stand."""
    columns = (Column("a", s.NAME), Column("b", s.MONEY))
    rows = (("x", dollars(1)), ("y", Money((Cost("EUR", DOLLAR), Cost("USD", DOLLAR)))))
    report = Report("T", (Section("S", "bars", columns, rows),))
    text = render_text(report, voice())
    assert "█" not in text
    assert "€1.00 + $1.00" in text
    assert "<rect" not in render_html(report, voice(), MADE)


def test_a_page_tells_more_rows_than_it_shows() -> None:
    """JSON has all there are."""
    report = week()
    text, page = render_text(report, voice()), render_html(report, voice(), MADE)
    assert "… and 1 more" in text
    assert "… and 1 more" in page
    assert len(render_json(report, voice())["files_written"]) == 4


def trend(days: int, *more: Column) -> str:
    """Write a page with a trend of so many days, and so many columns beside its number."""
    columns = (Column("Day", s.DATE), Column("Calls", s.NUMBER), *more)
    rows = tuple((day_of(n), n + 1, *(1_000_000,) * len(more)) for n in range(days))
    return render_html(Report("T", (Section("S", "trend", columns, rows),)), voice(), MADE)


def test_a_table_that_tells_more_than_its_chart_is_seen_at_once() -> None:
    """Beside the chart where it fits, else below; of a long time it can be opened."""
    number = Column("More", s.NUMBER)
    assert '<section class="lone p2">' in trend(7)
    assert '<section class="beside">' in trend(7, number)
    assert '<section class="below">' in trend(7, *[number] * 6)
    assert "<details>" not in trend(7, number)
    assert "<details>" in trend(31, number)


def test_narrow_sections_stand_beside_each_other() -> None:
    """One without a neighbour is not stretched; one with long cells needs the whole width."""
    narrow = Section("S", "table", (Column("a", s.NAME), Column("b", s.NUMBER)), (("x", 1),))
    long_text = Section("S", "table", (Column("a"), Column("b")), (("x " * 40, "y"),))
    page = render_html(Report("T", (narrow,) * 3 + (long_text,)), voice(), MADE)
    assert re.findall(r"<section[^>]*>", page) == [
        '<section class="half p2">',
        '<section class="half p2">',
        '<section class="lone p2">',
        '<section class="p3">',
    ]


def test_a_chart_names_its_numbers_to_those_who_cannot_see_it() -> None:
    """By a name, a title on each mark, and a table of the same."""
    page = render_html(week(), voice(), MADE)
    assert page.count('role="img" aria-label="') == 3
    assert "<title>Mon 09:00: 63</title>" in page
    assert "<title>Tue 17 Nov: 3,210</title>" in page


def test_a_text_needs_no_template_and_no_parser() -> None:
    """A terminal has its report before a page's tools would be loaded."""
    script = (
        "import sys; from zoneinfo import ZoneInfo;"
        "from fluxmirror_core.messages import load_catalog;"
        "from fluxmirror_core.report.as_text import render_text;"
        "from fluxmirror_core.report.sections import Report;"
        "from fluxmirror_core.report.voice import Voice;"
        "render_text(Report('T', ()), Voice(load_catalog('ko'), ZoneInfo('UTC'), ''));"
        "assert not {'jinja2', 'tomllib', 'decimal', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
