"""Figures that reports tell in sentences alone: what was said of them, and what should be."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fluxmirror_core
from fluxmirror_core.agents import AGENTS

from tests.independent import minutes
from tests.independent.calendars import local
from tests.independent.recompute import failure_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.independent.recompute import Part

    Difference = tuple[str, object, object]
    Said = dict[str, str] | None

ENGLISH = Path(fluxmirror_core.__file__).parent / "locales" / "en"


def sentence_differences(report: dict[str, Any], part: Part) -> Iterator[Difference]:
    """Compare what is said of a day, or of several, with the figures it is of."""
    if not part.calls or report["report"] not in {"day", "days"}:
        return
    several = report["report"] == "days"
    of_days = report["from"] != report["to"]
    focus, burst = (
        ("longest_focus_of_days", "burst_of_days") if of_days else ("longest_focus", "burst")
    )
    points = report["insights"]
    wanted = {
        f"insight.new_to_edited{'_shared' if _is_shared(part) else ''}": _new_to_edited(part),
        f"insight.{focus}": _longest_focus(part),
        f"insight.{burst}": _burst(part),
        **_rework(part),
        "insight.overlap": _overlap(part),
        "insight.busiest_day" if several else "insight.busiest_hour": (
            _busiest_day(part) if several else _busiest_hour(part)
        ),
    }
    for name, values in wanted.items():
        yield from _different(name, _said(name, points), values)
    if several:
        yield from _different(
            "thread", _said("highlight.thread", report.get("highlights", [])), _thread(part)
        )
    yield from _narrated(report["narrative"][0], part, several=several)


def change_differences(report: dict[str, Any], part: Part, before: Part) -> Iterator[Difference]:
    """Compare what two periods are said to differ by: their calls, and their failure rates."""
    points = report.get("insights", [])
    now, then = len(part.calls), len(before.calls)
    counts = {"now": _number(now), "before": _number(then)}
    percent = Fraction(100 * abs(now - then), then or 1)
    rounded = (percent + Fraction(1, 2)).__floor__()
    changed = {**counts, "percent": _number(rounded)} if rounded else None
    may_be = bool(now and then) and _are_alike(part, before)
    wanted: dict[str, Said] = {
        "insight.rose": changed if now > then else None,
        "insight.fell": changed if now < then else None,
        "insight.as_many": {"now": _number(now)} if now == then else None,
        "insight.about_as_many": counts if now != then and not rounded else None,
        **_rates(part, before),
    }
    for name, values in wanted.items():
        yield from _different(name, _said(name, points), values if may_be else None)


def _are_alike(part: Part, before: Part) -> bool:
    """Tell whether the lengths of two periods differ by at most a tenth of the longer."""
    shorter, longer = sorted(len(each.asked.days) for each in (part, before))
    return 10 * (longer - shorter) <= longer


def _rates(part: Part, before: Part) -> dict[str, Said]:
    """Tell what is said of two failure rates: nothing where they are alike, or of few calls."""
    now, then = (failure_rate(each.calls) for each in (part, before))
    known = [
        sum(call["outcome"] in {"ok", "failed"} for call in each.calls) for each in (part, before)
    ]
    more = (now or Fraction(0)) - (then or Fraction(0))
    is_told = min(known) >= 20 and abs(more) >= Fraction(3, 100)
    return {
        "insight.rate_rose": {} if is_told and more > 0 else None,
        "insight.rate_fell": {} if is_told and more < 0 else None,
    }


def _narrated(told: str, part: Part, *, several: bool) -> Iterator[Difference]:
    """Compare the first sentence of the paragraph, and the languages in it."""
    first = _days(part) if several else _text(f"narrative.shape.{part.shape()}")
    yield from _different("days" if several else "shape", told[: len(first)], first)
    for language, _ in part.languages()[:2]:
        yield from _different("language", language in told, True)  # noqa: FBT003 - it is said


def _days(part: Part) -> str:
    """Tell how many days had calls, and how many of them the theme is of."""
    theme, days, pattern = part.week_theme()
    active = part.figures["active_days"]
    if active == 1:
        about = _text(f"narrative.only_day.{theme}")
        return _text(f"narrative.single.{pattern}").format(theme=about)
    if days == active:
        about = _text(f"narrative.every_day.{theme}")
    else:
        form = "one" if days == 1 else "other"
        about = _text(f"narrative.some_days.{theme}.{form}").format(count=_number(days))
    return _text(f"narrative.pattern.{pattern}").format(count=_number(active), theme=about)


def _different(what: str, told: object, ours: object) -> Iterator[Difference]:
    if isinstance(told, dict) and isinstance(ours, dict):
        told = {name: value for name, value in told.items() if name in ours}
    if told != ours:
        yield what, told, ours


def _busiest_hour(part: Part) -> Said:
    hour, calls = part.busiest_hour()
    return {"hour": f"{hour:02}:00", "count": _number(calls)}


def _busiest_day(part: Part) -> Said:
    row = part.busiest_day()
    return {
        "count": _number(row["calls"]),
        "new": _number(row["new_files"]),
        "edited": _number(row["edited_files"]),
        "theme": _text(f"theme.{row['theme']}"),
    }


def _is_shared(part: Part) -> bool:
    """Tell whether a file is both new and edited."""
    return bool(part.new_files & part.edited_files)


def _new_to_edited(part: Part) -> Said:
    ratio = part.ratio()
    if not ratio:
        return None
    hundredths = (ratio * 100 + Fraction(1, 2)).__floor__()
    return {
        "new": _number(len(part.new_files)),
        "edited": _number(len(part.edited_files)),
        "ratio": f"{hundredths / 100:.2f}",
        "mode": _text(f"insight.mode.{part.mode()}"),
    }


def _longest_focus(part: Part) -> Said:
    block = part.longest_block()
    if block is None:
        return None
    return {
        "length": _length(block.length),
        "project": _project(block.project),
        "clock": f"{_shown(block.start, part):%H:%M}",
    }


def _project(name: str) -> str:
    """Name a project as sentences do: its name stands in quotes, and no name in none."""
    return name if name == _text("project.none") else f"\u201c{name}\u201d"


def _burst(part: Part) -> Said:
    _, peak = minutes.bursts(part.calls)
    if peak is None:
        return None
    return {"clock": f"{_shown(peak.minute, part):%H:%M}", "count": _number(peak.calls)}


def _rework(part: Part) -> dict[str, Said]:
    """Tell what is said of rework: one loop, some on as many files, or some on one file."""
    loops = part.figures["rework_loops"]
    most = max(part.rework.values(), default=0)
    values = {"count": _number(loops), "loops": _number(most)}
    return {
        "insight.rework": values if most > 1 else None,
        "insight.rework_even": {"count": values["count"]} if loops > most == 1 else None,
        "insight.rework_one": {} if loops == 1 else None,
    }


def _overlap(part: Part) -> Said:
    shared, pair = minutes.overlap(part.calls)
    if pair is None:
        return None
    return {"minutes": _length(shared), "one": _agent(pair[0]), "other": _agent(pair[1])}


def _thread(part: Part) -> Said:
    thread = part.main_thread()
    if thread is None:
        return None
    return {"writes": _number(thread[1]), "count": _number(thread[2])}


def _said(name: str, points: list[str]) -> Said:
    """Find the sentence of a text of the catalog; gives what it has in the text's places."""
    for pattern in _patterns(name):
        for point in points:
            if match := re.fullmatch(pattern, point):
                return match.groupdict()
    return None


@cache
def _patterns(name: str) -> list[str]:
    text = _entry(name)
    forms = text.values() if isinstance(text, dict) else [text]
    return [re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(form)) for form in forms]


def _text(name: str) -> str:
    return str(_entry(name))


def _entry(name: str) -> Any:  # noqa: ANN401 - a text, or its forms
    file, *keys = name.split(".")
    entry: Any = tomllib.loads((ENGLISH / f"{file}.toml").read_text(encoding="utf-8"))
    for key in keys:
        entry = entry[key]
    return entry


def _shown(minute: int, part: Part) -> datetime:
    return local(minute * minutes.MINUTE_MS, part.asked.zone)


def _length(length: int) -> str:
    hours, rest = divmod(length, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def _number(number: int) -> str:
    return f"{number:,}"


def _agent(name: str) -> str:
    return next((agent.name for agent in AGENTS if agent.id == name), name)
