"""The reports as a person asks for them: which days, of whom, into which file."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]

RUN = "from fluxmirror_cli.entry import start; start()"
CROWDED = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (33_000, 33_000))
{RUN}
"""
"""As on a disk that is full: no file of more bytes than SQLite needs can be written."""
LONG = ("week", "--from", "2024-03-10", "--to", "2025-03-09", "--format", "html")
"""What takes more."""
NOON = int(datetime(2025, 3, 5, 12, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# Far from midnight in the one zone or the other, whenever this runs.
ZONE = "UTC" if 6 <= datetime.now(UTC).hour < 18 else "Etc/GMT+12"
TODAY = (datetime.now(UTC) - timedelta(hours=0 if ZONE == "UTC" else 12)).date()
DAYS = ("--tz", "UTC", "--json")
NAMES = ("today", "yesterday", "week", "month", "compare", "agents")
ONLY_POSIX = pytest.mark.skipif(os.name == "nt", reason="modes and special files are of POSIX")


@pytest.fixture(autouse=True)
def path(record: Run, call: Callable[..., AgentEvent]) -> str:
    """A database of two agents and two projects, now and in March 2025; gives its path."""
    app = {"project": "/srv/app", "cwd": "/srv/app"}
    web = {"project": "/srv/web", "cwd": "/srv/web"}
    now_ms = time.time_ns() // 1_000_000
    return str(
        record(
            [
                call(NOON, **app),
                call(NOON + HOUR_MS, agent="codex-cli", **web),
                call(NOON - 7 * DAY_MS, **app),
                call(now_ms, **app),
                call(now_ms - HOUR_MS, agent="codex-cli", **web),
                call(now_ms - DAY_MS - HOUR_MS, **app),
                # Later than now, of the day before: not of the time that today is compared with.
                call(now_ms - DAY_MS + HOUR_MS, **app),
                call(now_ms - DAY_MS + HOUR_MS, agent="codex-cli", **web),
            ]
        )
    )


def days_of(told: dict[str, Any]) -> tuple[str, str]:
    """Give the first and the last day that a report is of."""
    return told["from"], told["to"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("today",), TODAY),
        (("yesterday",), TODAY - timedelta(1)),
        (("week",), TODAY - timedelta(6)),
        (("month",), TODAY.replace(day=1)),
        (("agents",), TODAY - timedelta(6)),
        (("agent", "claude"), TODAY),
        (("agent", "claude", "--period", "week"), TODAY - timedelta(6)),
        (("compare",), TODAY),
        (("compare", "week"), TODAY - timedelta(6)),
    ],
)
def test_a_report_knows_its_time(words: tuple[str, ...], first: object, run_here: Run) -> None:
    """Nobody has to say when, to see what is going on."""
    told = json.loads(run_here(*words, "--tz", ZONE, "--json").out)
    assert told["from"] == str(first)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (("today", "--date", "2025-03-05"), ("2025-03-05", "2025-03-05")),
        (("today", "--from", "2025-03-03", "--to", "2025-03-05"), ("2025-03-03", "2025-03-05")),
        (("week", "--date", "2025-03-05"), ("2025-02-27", "2025-03-05")),
        (("week", "--week", "2025-W10"), ("2025-03-03", "2025-03-09")),
        (("week", "--to", "2025-03-05"), ("2025-02-27", "2025-03-05")),
        (("month", "--date", "2025-03-05"), ("2025-03-01", "2025-03-31")),
        (("month", "--month", "2025-03"), ("2025-03-01", "2025-03-31")),
        (("month", "--from", "2025-03-05", "--to", "2025-03-20"), ("2025-03-05", "2025-03-20")),
        (("yesterday", "--date", "2025-03-05"), ("2025-03-05", "2025-03-05")),
        (("agents", "--month", "2025-03"), ("2025-03-01", "2025-03-31")),
        (("agent", "claude", "--week", "2025-W10"), ("2025-03-03", "2025-03-09")),
        (("compare", "2025-W10", "2025-W09"), ("2025-03-03", "2025-03-09")),
        (("compare", "2025-03"), ("2025-03-01", "2025-03-31")),
    ],
)
def test_another_time_can_be_asked_for(
    words: tuple[str, ...], days: tuple[str, str], run_here: Run
) -> None:
    """Every report, of any days, in the same words."""
    assert days_of(json.loads(run_here(*words, *DAYS).out)) == days


def test_the_last_days_end_today(run_here: Run) -> None:
    """As many as are asked for, today among them."""
    told = json.loads(run_here("week", "--last", "2w", "--tz", ZONE, "--json").out)
    assert days_of(told) == (str(TODAY - timedelta(13)), str(TODAY))


@pytest.mark.parametrize("name", ["week", "month"])
def test_a_week_and_a_month_have_names_and_other_days_have_none(name: str, run_here: Run) -> None:
    """A title says what it is, not what it was asked as."""
    head = run_here(name, "--date", "2025-03-05", "--tz", "UTC").out.splitlines()[0]
    assert head == f"# What the agents did in a {name}"
    other = run_here(name, "--from", "2025-03-04", "--to", "2025-03-05", "--tz", "UTC").out
    assert other.startswith("# What the agents did\n\n4–5 March 2025 · UTC\n")  # noqa: RUF001


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("week", "--date", "2025-03-05", "--last", "7d"), "leave --date or --last out"),
        (("week", "--date", "2025-03-05", "--to", "2025-03-06"), "leave --date or --to out"),
        (("month", "--date", "2025-03-05", "--month", "2025-02"), "leave --date or --month out"),
        (("month", "--month", "2025-03", "--week", "2025-W10"), "leave --month or --week out"),
        (("agents", "--from", "2025-03-05", "--to", "2025-03-01"), "swap"),
        (("agent", "claude", "--period", "week", "--date", "2025-03-05"), "--date or --period out"),
        (("agent", "claude", "--agent", "codex"), "the agent is named twice"),
        (("agent",), "missing argument"),
        (("agents", "--json", "list"), "before `list`"),
        (("compare", "--date", "2025-03-05"), "as in `fluxmirror compare week last-week`"),
        (("today", "--json", "--format", "html"), "--json and --format html are two formats"),
        (("month", "2026-10"), "did you mean --month 2026-10?"),
        (("week", "2026-W47"), "did you mean --week 2026-W47?"),
        (("week", "last-week"), "did you mean --week 20"),
        (("week", "last", "month"), "did you mean --month 20"),
        (("today", "yesterday"), "did you mean `fluxmirror yesterday`?"),
        (("agent", "codex", "yesterday"), "did you mean --date yesterday?"),
        (("today", "2d"), "did you mean --last 2d?"),
        (("today", "nonsense"), "fluxmirror today --help"),
        (("today", "--git"), "it is an option of `fluxmirror week` and `fluxmirror month`"),
        (("today", "--git-authors", "all"), "`fluxmirror week` and `fluxmirror month`"),
        (("agent",), "the agents are claude-code"),
        (("compare", "wek"), "did you mean week?"),
        (("compare", "zzz"), "write today, yesterday, week"),
        (("compare", "today", "yesterday", "week"), "unexpected extra argument"),
        (("compare", "2999-01-01"), "2999-01-01 has not begun"),
        (("compare", "0001-01-01"), "there is no time before it to compare with"),
        (("compare", "20250305"), "did you mean 2025-03-05?"),
        (("agents", "claude"), "did you mean `fluxmirror agent claude`?"),
        (("agents", "2025-W10"), "did you mean --week 2025-W10?"),
        (("agents", "lst"), "did you mean `list`?"),
        (("agents", "--josn"), "no such option '--josn'\n  hint: did you mean `--json`?"),
        (("today", "--josn"), "no such option '--josn'\n  hint: did you mean `--json`?"),
        (("today", "--proj", "web"), "did you mean `--project`?"),
        (("today", "--open", "--format", "text"), "--open shows HTML alone"),
        (("today", "--open", "--json"), "--open shows HTML alone"),
        (("today", "--open", "--out", "a.md"), "--open shows HTML alone"),
        (("today", "--open", "--out", "z.json"), "leave --open out, or name a file that ends in"),
        (("today", "--open", "--out", "-"), "--out - is none"),
        (("today", "--out", "x/"), "x/ names a directory, and no file in it"),
        (("today", "--out", "x/", "--json"), "as in `--out x/report.json`"),
        (("today", "--out", ".json", "--open"), "--open shows HTML alone"),
        (("today", "--out", "a.pdf"), "a report cannot be written as .pdf"),
        (("today", "--out", "a.DOCX"), "and print it from the browser"),
        (("today", "--out", "a.xlsx"), "end the name in .md, .txt, .html or .json"),
        (("today", "--out", "a.html", "--json"), "--json and a file name that ends in .html"),
        (("today", "--out", "a.JSON", "--format", "text"), "leave --format text out"),
        (("today", "--out", "a.md", "--format", "html"), "two formats"),
        (("today", "--lang", "koren"), "did you mean korean?"),
        (("today", "--lang", "한국"), "did you mean korean?"),
        (("today", "--lang", "klingon"), "there are english (English), korean"),
        (("week", "--month", "2025-13"), "2025-13"),
        (("week", "--last", "0d"), "0d"),
        (("week", "--last", "9999999d"), "calendar"),
    ],
)
def test_what_contradicts_itself_is_a_usage_error(
    words: tuple[str, ...], told: str, run_here: Run
) -> None:
    """Exit code 2, and a sentence that helps; nothing was done."""
    done = run_here(*words)
    assert told in done.err
    assert (done.code, done.out) == (ExitCode.USAGE, "")


@pytest.mark.parametrize("name", NAMES)
def test_who_and_which_project_are_found_or_guessed(name: str, run_here: Run) -> None:
    """The same options in every report, with the same help when something is misspelt."""
    when = () if name == "compare" else ("--date", "2025-03-05")
    words = (name, *(("2025-03-05", "2025-03-04") if name == "compare" else when), *DAYS)
    told = json.loads(run_here(*words, "--agent", "Codex CLI", "--project", "web").out)
    assert (told["agent"], told["project"]) == ("codex-cli", "web")
    assert told["figures"]["calls"]["value"] == 1
    agent = run_here(*words, "--agent", "codx")
    project = run_here(*words, "--project", "wep")
    assert (agent.code, project.code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "did you mean codex-cli" in agent.err
    assert "did you mean web" in project.err


@pytest.mark.parametrize(
    ("language", "unknown", "help_begins"),
    [
        ("ko", "그런 이름의 에이전트가 없습니다", "사용법: "),
        ("ja", "というエージェントはありません", "使用法"),
        ("zh", "没有名为", "用法"),
    ],
)
def test_the_language_of_a_command_line_is_heard_before_all_else(
    language: str, unknown: str, help_begins: str, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the one that is configured, for what is wrong with the line, and for its help."""
    monkeypatch.setenv("FLUXMIRROR_LANGUAGE", "korean" if language != "ko" else "japanese")
    for words in (("--lang", language), (f"--lang={language}",)):
        assert unknown in run_here("today", "--agent", "zzz", *words).err
        assert run_here("week", "--help", *words).out.startswith(help_begins)
        assert run_here("cost", *words, "--help").out.startswith(help_begins)


def test_an_empty_report_says_what_it_is_compared_with(run_here: Run) -> None:
    """Mostly nothing; programs need not ask whether the member is there."""
    for name in ("today", "agents"):
        told = json.loads(run_here(name, "--date", "2020-01-01", *DAYS).out)
        assert (told["report"], told["before"]) == ("nothing", None)
    told = json.loads(run_here("compare", "2020-01-01", "2020-01-02", *DAYS).out)
    assert (told["report"], told["before"]["from"]) == ("nothing", "2020-01-01")
    assert json.loads(run_here("agents", "--date", "2025-03-05", *DAYS).out)["before"] is None


def test_a_comparison_of_nothing_names_what_compare_takes(run_here: Run) -> None:
    """It has no `--date`."""
    told = run_here("compare", "2020-01-01", "2020-01-02").out
    assert "(`fluxmirror compare 20" in told
    assert "--date" not in told + run_here("compare", "--help").out


def test_an_agents_report_is_of_that_agent_alone(run_here: Run) -> None:
    """By its name or its id; what is misspelt is guessed."""
    told = run_here("agent", "codex", "--date", "2025-03-05", "--tz", "UTC").out
    assert told.startswith("# What Codex CLI did\n")
    assert "Claude" not in told
    wrong = run_here("agent", "cluade code")
    assert (wrong.code, wrong.out) == (ExitCode.USAGE, "")
    assert "did you mean claude-code" in wrong.err


@pytest.mark.parametrize("words", [("today",), ("compare",), ("compare", "today", "yesterday")])
def test_today_is_compared_with_yesterday_up_to_the_same_time(
    words: tuple[str, ...], run_here: Run
) -> None:
    """In the morning nobody did less than on the whole of the day before."""
    began_ms = time.time_ns() // 1_000_000
    told = json.loads(run_here(*words, "--tz", ZONE, "--json").out)
    ended_ms = time.time_ns() // 1_000_000
    assert began_ms <= told["before"]["end_ms"] + DAY_MS <= ended_ms
    calls = told["figures"]["calls"]
    assert (calls["value"], calls["before"], calls["change"]) == (2, 1, 1.0)
    text = run_here(*words, "--tz", ZONE).out
    assert " up to " in text


def test_a_week_that_goes_on_is_compared_with_as_much_of_the_one_before(run_here: Run) -> None:
    """One that is over is compared with a whole one."""
    began_ms = time.time_ns() // 1_000_000
    running = json.loads(run_here("week", "--tz", ZONE, "--json").out)
    ended_ms = time.time_ns() // 1_000_000
    assert began_ms <= running["before"]["end_ms"] + 7 * DAY_MS <= ended_ms
    over = json.loads(run_here("week", "--week", "2025-W10", *DAYS).out)
    assert over["before"]["end_ms"] == over["start_ms"]
    assert over["figures"]["calls"] == {"value": 2, "before": 1, "change": 1.0}
    text = run_here("week", "--week", "2025-W10", "--tz", "UTC").out
    assert "\nCompared with 24 February – 2 March 2025.\n" in text  # noqa: RUF001


def test_what_has_not_begun_has_nothing_before_it(run_here: Run) -> None:
    """A period in the future is empty, and no error."""
    told = run_here("today", "--date", "2999-01-01", "--tz", "UTC")
    assert told.code == ExitCode.OK
    assert "\n\nThis time has not begun yet.\n\nThe last day with activity is " in told.out


@pytest.mark.parametrize(
    ("name", "asked_by"),
    [("today", "--date"), ("agents", "--date"), ("compare", "fluxmirror compare")],
)
def test_the_nearest_days_are_those_of_the_project_that_is_asked_for(
    name: str, asked_by: str, run_here: Run
) -> None:
    """Else whoever follows the hint finds nothing again."""
    when = ("2025-03-02", "2025-03-01") if name == "compare" else ("--date", "2025-03-02")
    app = run_here(name, *when, "--tz", "UTC", "--project", "app").out
    before = f"The last day with activity before then is 2025-02-26 (`{asked_by} 2025-02-26`)"
    assert f"{before}, the next one 2025-03-05" in app
    web = run_here(name, *when, "--tz", "UTC", "--project", "web", "--agent", "codex").out
    assert f"\n\nThe first day with activity is 2025-03-05 (`{asked_by} 2025-03-05`).\n" in web


def test_an_agent_of_other_projects_was_recorded_though(run_here: Run) -> None:
    """It is the project that is in the way."""
    told = run_here("week", "--project", "app", "--agent", "codex").out
    assert "without `--project` all projects are shown." in told
    assert "was recorded yet" not in told


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_a_report_goes_into_the_file_that_is_named(
    form: str, run_here: Run, tmp_path: Path
) -> None:
    """The same as on the output, and one line says so; another file of that name is replaced."""
    words = ("week", "--date", "2025-03-05", "--tz", "UTC", "--format", form)
    file = tmp_path / "report"
    file.write_text("old")
    done = run_here(*words, "--out", str(file))
    written = file.read_text(encoding="utf-8")
    size = len(written.encode())
    assert (done.out, done.err, done.code) == (f"wrote {file} ({size:,} bytes)\n", "", 0)
    assert sorted(os.listdir(tmp_path)) == ["home", "report"]
    direct = run_here(*words, "--out", "-").out
    made = " UTC</p>"
    assert direct.partition(made)[2] == written.partition(made)[2]
    assert form == "html" or direct == written


@ONLY_POSIX
def test_a_file_that_cannot_be_written_leaves_the_old_one(
    run_here: Run, tmp_path: Path, record: Run, call: Callable[..., AgentEvent]
) -> None:
    """A full disk costs nobody the report of last week; nothing half-written stays."""
    file = tmp_path / "report.html"
    file.write_text("old")
    record([call(NOON - day * DAY_MS, detail=f"make {day}" * 99) for day in range(300)])
    run_here("today")  # which adds up what there is
    words = (*LONG, "--out", str(file))
    done = subprocess.run(
        [sys.executable, "-c", CROWDED, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitCode.OUTPUT
    assert str(file) in done.stderr
    assert (file.read_text(), sorted(os.listdir(tmp_path))) == ("old", ["home", "report.html"])


@ONLY_POSIX
def test_a_full_disk_leaves_no_part_of_a_report_in_the_private_folder(
    run_here: Run, flux_home: Path, record: Run, call: Callable[..., AgentEvent]
) -> None:
    """Somebody who opens it would believe it."""
    record([call(NOON - day * DAY_MS, detail=f"make {day}" * 99) for day in range(300)])
    run_here("today")  # which adds up what there is
    done = subprocess.run(
        [sys.executable, "-c", CROWDED, *LONG], capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitCode.OUTPUT
    assert "the report could not be written into" in done.stderr
    assert os.listdir(flux_home / "reports") == []


@ONLY_POSIX
@pytest.mark.parametrize("kind", ["directory", "link to a directory", "pipe", "device"])
def test_only_files_are_replaced(kind: str, run_here: Run, tmp_path: Path) -> None:
    """Nobody means to write into a pipe or a folder by the name of a file."""
    place = tmp_path / "place"
    (tmp_path / "target").write_text("old")
    if kind == "directory":
        place.mkdir()
    elif kind == "link to a directory":
        (tmp_path / "place").symlink_to(tmp_path)
        place = tmp_path
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place = Path("/dev/full")
    done = run_here("today", "--out", str(place))
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    assert str(place) in done.err
    assert (tmp_path / "target").read_text() == "old"


@ONLY_POSIX
@pytest.mark.parametrize(
    "end", ["/dev/stdout | cat > {}", "/dev/stdout > {}", "/dev/fd/1 >> {}", "/dev/fd/7 7> {}"]
)
def test_what_is_open_already_is_written_into(end: str, path: str, tmp_path: Path) -> None:
    """These are names of whatever a shell opened, and that is not replaced."""
    place = tmp_path / "place"
    report = f'"{sys.executable}" -c "{RUN}" today --db "{path}" --date 2025-03-05'
    end = end.format(shlex.quote(str(place)))
    subprocess.run(["sh", "-c", f"{report} --out {end}"], check=True, stdout=subprocess.DEVNULL)
    assert place.read_text(encoding="utf-8").startswith("# ")


@ONLY_POSIX
def test_a_report_made_every_minute_has_a_name_each_time(run_here: Run, flux_home: Path) -> None:
    """A few numbers tell those of a day apart, the time of writing all others."""
    for _ in range(12):
        assert run_here("today", "--format", "html", "--date", "2025-03-05").code == ExitCode.OK
    names = sorted(path.name for path in (flux_home / "reports").iterdir())
    assert len(names) == 12
    assert "fluxmirror-today-2025-03-05-9.html" in names


@ONLY_POSIX
@pytest.mark.parametrize("old", ["old", None])
def test_a_link_leads_to_the_file_that_is_written(
    old: str | None, run_here: Run, tmp_path: Path
) -> None:
    """As `>` would write it; the link stays one."""
    link, target = tmp_path / "link.json", tmp_path / "target"
    if old is not None:
        target.write_text(old)
    link.symlink_to("target")
    done = run_here("today", "--out", str(link))
    assert done.out.startswith(f"wrote {link} ")
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))["report"] == "day"


@ONLY_POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes two users")
def test_a_link_of_somebody_else_leads_nowhere(run_here: Run, tmp_path: Path) -> None:
    """In a folder of everybody, it would say which file of ours is replaced."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    os.lchown(link, 65534, 65534)
    done = run_here("today", "--out", str(link))
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    assert f"{link} is a link that somebody else made" in done.err
    assert target.read_text() == "old"


@ONLY_POSIX
@pytest.mark.usefixtures("no_umask")
def test_a_replaced_file_keeps_its_mode_and_a_new_one_is_private(
    run_here: Run, tmp_path: Path
) -> None:
    """Who could read the report of last week can read this one."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("old")
    old.chmod(0o644)
    for file in (old, new):
        assert run_here("today", "--out", str(file)).code == ExitCode.OK
    assert stat.S_IMODE(old.stat().st_mode) == 0o644
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "more", "begins"),
    [
        ("a.html", (), "<!doctype html>"),
        ("a.HTML", (), "<!doctype html>"),
        ("a.htm", (), "<!doctype html>"),
        ("a.json", (), "{"),
        ("a.md", (), "# "),
        ("a.txt", (), "# "),
        ("a.markdown", (), "# "),
        ("a.", (), "# "),
        ("a.md", ("--format", "text"), "# "),
        ("a.txt", ("--format", "markdown"), "# "),
        ("a.csv", ("--format", "text"), "# "),
        ("a.2025-03-05", ("--json",), "{"),
    ],
)
def test_the_name_of_a_file_tells_its_format_unless_an_option_does(
    name: str, more: tuple[str, ...], begins: str, run_here: Run, tmp_path: Path
) -> None:
    """A browser is given a page, and nobody has to say it twice."""
    file = tmp_path / name
    assert run_here("today", "--out", str(file), *more).code == ExitCode.OK
    assert file.read_text(encoding="utf-8").startswith(begins)


@ONLY_POSIX
def test_a_device_is_written_to_and_stays(run_here: Run) -> None:
    """Whoever only wants to know whether it works writes to nowhere."""
    done = run_here("today", "--out", os.devnull)
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert done.out.startswith(f"wrote {os.devnull} (")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_folder_that_is_not_there_is_not_made(run_here: Run, tmp_path: Path) -> None:
    """A mistyped path is told, not created."""
    file = tmp_path / "nowhere" / "report.html"
    done = run_here("today", "--format", "html", "--out", str(file))
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    assert str(file) in done.err
    assert f"there is no directory {file.parent}" in done.err
    assert not file.parent.exists()


@pytest.mark.usefixtures("no_umask")
def test_html_goes_into_a_private_folder_under_a_name_of_its_own(
    run_here: Run, flux_home: Path
) -> None:
    """Whatever was made before stays; nobody else can read it."""
    words = ("week", "--date", "2025-03-05", "--format", "html")
    said = [run_here(*words).out for _ in range(3)]
    folder = flux_home / "reports"
    files = sorted(folder.iterdir())
    assert len(files) == 3
    assert {f"wrote {file} ({file.stat().st_size:,} bytes)\n" for file in files} == set(said)
    stem = "fluxmirror-week-2025-02-27--2025-03-05"
    assert [file.name for file in files] == [f"{stem}{end}.html" for end in ("-2", "-3", "")]
    if os.name != "nt":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_folder_of_reports_can_be_another(
    run_here: Run, tmp_path: Path, flux_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its key in the configuration, or by its variable."""
    folder = tmp_path / "mine"
    monkeypatch.setenv("FLUXMIRROR_REPORTS_DIRECTORY", str(folder))
    assert run_here("today", "--format", "html").out.startswith(f"wrote {folder}{os.sep}")
    monkeypatch.delenv("FLUXMIRROR_REPORTS_DIRECTORY")
    run_here("config", "set", "reports.directory", str(tmp_path / "other"))
    assert run_here("month", "--format", "html").code == ExitCode.OK
    assert len(os.listdir(tmp_path / "other")) == 1
    assert not (flux_home / "reports").exists()


def test_a_private_folder_that_cannot_be_one_is_said(run_here: Run, flux_home: Path) -> None:
    """With what to do instead."""
    (flux_home / "reports").write_text("")
    done = run_here("today", "--format", "html")
    assert (done.code, done.out) == (ExitCode.OUTPUT, "")
    folder = flux_home / "reports"
    assert f"the report could not be written into {folder}: Not a directory\n" in done.err
    assert "name a file with --out" in done.err


@ONLY_POSIX
def test_a_report_is_shown_in_a_browser(path: str, tmp_path: Path) -> None:
    """Where there is none, the file is there all the same, and its path is told."""
    programs = tmp_path / "bin"
    programs.mkdir()
    file = tmp_path / "week.html"
    words = ("week", "--db", path, "--date", "2025-03-05", "--open")

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", RUN, *words, *more],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PATH": str(programs), "LC_ALL": "C.UTF-8"},
        )

    without = run("--out", str(file))
    assert without.returncode == ExitCode.OK
    assert f"no browser could be started for {file}" in without.stderr
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run().stdout.partition(" (")[0].endswith(".html")
    for name in ("xdg-open", "open"):
        (programs / name).write_text("#!/bin/sh\necho noise\necho noise >&2\nexit 3\n")
        (programs / name).chmod(0o755)
    in_vain = run("--out", str(file))
    assert (in_vain.returncode, in_vain.stderr) == (ExitCode.OK, without.stderr)
    assert "noise" not in in_vain.stdout
    shown = tmp_path / "shown"
    os.mkfifo(shown)
    for name in ("xdg-open", "open"):
        (programs / name).write_text(f'#!/bin/sh\nexec >&- 2>&-\necho "$1" > {shown}\n')
        (programs / name).chmod(0o755)
    done = run("--out", str(file))
    assert (done.stderr, shown.read_text()) == ("", f"{file}\n")


def test_reports_of_a_terminal_that_is_gone_end_quietly(path: str) -> None:
    """`fluxmirror week | head -1` is no failure."""
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "week", "--db", path, "--date", "2025-03-05"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""


@pytest.mark.parametrize("config", ["", '[redaction]\npatterns = ["("]\n', "[redaction"])
@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_a_report_masks_tokens_whatever_the_patterns_are(
    config: str, form: str, run_here: Run, record: Run, call: Run, flux_home: Path, tmp_path: Path
) -> None:
    """Of an older program's calls, where the user's own patterns cannot be read."""
    token = "ghp_" + "x1Y2" * 9
    path = tmp_path / "token.db"
    record([call(NOON, detail=f"curl -H {token}", project="/srv/app")], path=path)
    (flux_home / "config").mkdir(exist_ok=True)
    (flux_home / "config" / "config.toml").write_text(config)
    told = run_here(
        *("today", "--date", "2025-03-05", "--tz", "UTC", "--db", str(path)),
        *("--format", form, "--out", str(tmp_path / "report")),
    )
    assert told.code == ExitCode.OK, told.err
    text = (tmp_path / "report").read_text()
    assert "curl -H [REDACTED:" in text
    assert token not in text


@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_a_pattern_of_a_whole_path_masks_its_parts(
    form: str, run_here: Run, record: Run, call: Run, flux_home: Path, tmp_path: Path
) -> None:
    """Also where a sentence shows but the name or the directory of a file."""
    edit = {"tool": "Edit", "tool_canonical": "Edit", "tool_class": "Write", "project": "/srv/app"}
    file = "/srv/app/merger/plan.md"
    path = tmp_path / "merger.db"
    record([call(NOON, detail=file, path=file, **edit)], path=path)
    (flux_home / "config").mkdir(exist_ok=True)
    (flux_home / "config" / "config.toml").write_text(
        "[redaction]\npatterns = ['/srv/app/merger/.+']\n"
    )
    told = run_here(
        *("week", "--to", "2025-03-05", "--tz", "UTC", "--db", str(path)),
        *("--format", form, "--out", str(tmp_path / "report")),
    )
    assert told.code == ExitCode.OK, told.err
    text = (tmp_path / "report").read_text()
    assert "Most was written in" in text
    assert "merger" not in text
    assert "plan.md" not in text


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
@pytest.mark.parametrize("asked", [(), ("--project", "hidden-merger")], ids=["all", "one"])
@pytest.mark.parametrize("name", ["today", "week", "compare", "agents"])
def test_a_pattern_of_a_projects_path_masks_its_name(
    form: str,
    asked: tuple[str, ...],
    name: str,
    run_here: Run,
    record: Run,
    call: Run,
    flux_home: Path,
    tmp_path: Path,
) -> None:
    """Who hides where a project lies hides what it is called after, in titles and tables alike."""
    edit = {"tool": "Edit", "tool_canonical": "Edit", "tool_class": "Write"}
    app, merger = "/srv/app", "/srv/deals/hidden-merger"
    path = tmp_path / "merger.db"
    record(
        [
            call(NOON + 60_000 * minute, path=f"{root}/a.py", project=root, cwd=root, **edit)
            for minute, root in enumerate([app, merger] * 4)
        ],
        path=path,
    )
    (flux_home / "config").mkdir(exist_ok=True)
    (flux_home / "config" / "config.toml").write_text(f"[redaction]\npatterns = ['{merger}']\n")
    days = ("2025-03-05",) if name == "compare" else ("--to", "2025-03-05")
    days = ("--date", "2025-03-05") if name == "today" else days
    told = run_here(
        *(name, *days, *asked, "--tz", "UTC", "--db", str(path)),
        *("--format", form, "--out", str(tmp_path / "report")),
    )
    assert told.code == ExitCode.OK, told.err
    text = (tmp_path / "report").read_text()
    assert "hidden-merger" not in text
    assert "deals" not in text
    assert ("[REDACTED:user:" in text) or name in ("compare", "agents")


@pytest.mark.parametrize("name", ["week", "month"])
def test_a_single_day_tells_its_commits_too(name: str, run_here: Run) -> None:
    """Where they are asked for, even if no repository is there any more."""
    asked = (name, "--from", "2025-03-05", "--to", "2025-03-05", "--tz", "UTC")
    assert "## Commits" in run_here(*asked, "--git").out
    assert json.loads(run_here(*asked, "--git", "--json").out)["commits"] == []
    assert "## Commits" not in run_here(*asked).out
    assert "## Commits" in run_here(*asked, "--git-authors", "all").out
    assert "## Commits" not in run_here(*asked, "--git-authors", "all", "--no-git").out
