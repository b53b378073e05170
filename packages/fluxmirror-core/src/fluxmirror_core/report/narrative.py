"""A period in a paragraph: rules over its figures, the same words for the same figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.joining import sentences, together
from fluxmirror_core.report.sections import AGENT, COMMAND, NAME, SHARE, Section, Shown
from fluxmirror_core.report.titles import project_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.analysis.themes import WeekTheme
    from fluxmirror_core.analysis.work import Summary, Work
    from fluxmirror_core.messages import Message
    from fluxmirror_core.report.joining import Value

_NAMED: Final = 2
"""Agents and languages that are named; of more, how many."""
_SHAPES: Final = {
    "idle": message("narrative.shape.light"),
    "light": message("narrative.shape.light"),
    "investigating": message("narrative.shape.investigating"),
    "writing": message("narrative.shape.writing"),
    "reading": message("narrative.shape.reading"),
    "balanced": message("narrative.shape.balanced"),
}
_SINGLE: Final = {"weekend": "narrative.single.weekend", "weekday": "narrative.single.weekday"}
"""Of a period with calls on one day."""
_PATTERNS: Final = {
    "weekend": "narrative.pattern.weekend",
    "weekday": "narrative.pattern.weekday",
    "steady": "narrative.pattern.steady",
    "other": "narrative.pattern.other",
}
_ONLY_DAY: Final = {
    "shipping": message("narrative.only_day.shipping"),
    "building": message("narrative.only_day.building"),
    "polishing": message("narrative.only_day.polishing"),
    "light": message("narrative.only_day.light"),
}
_EVERY_DAY: Final = {
    "shipping": message("narrative.every_day.shipping"),
    "building": message("narrative.every_day.building"),
    "polishing": message("narrative.every_day.polishing"),
    "light": message("narrative.every_day.light"),
}
_SOME_DAYS: Final = {
    "shipping": "narrative.some_days.shipping",
    "building": "narrative.some_days.building",
    "polishing": "narrative.some_days.polishing",
}
"""A light period has light days alone."""

_TRENDS: Final = {
    (True, True): ("narrative.more_day_part", "narrative.fewer_day_part"),
    (True, False): ("narrative.more_day", "narrative.fewer_day"),
    (False, True): ("narrative.more_part", "narrative.fewer_part"),
    (False, False): ("narrative.more", "narrative.fewer"),
}
"""By whether the period is one day, and whether it is compared up to a time: more, and fewer."""


def day_narrative(work: Work, earlier: Summary | None, *, is_part: bool) -> Section:
    """Tell a day with at least one call."""
    return _paragraph(
        (_SHAPES[work.shape],), _who(work), _files(work), _programs(work),
        _trend(work, earlier, is_part=is_part),
    )  # fmt: skip


def span_narrative(work: Work, earlier: Summary | None, *, is_part: bool) -> Section:
    """Tell several days with at least one call among them."""
    return _paragraph(
        (_days(work.theme),), _who(work), _files(work), _programs(work),
        _trend(work, earlier, is_part=is_part),
    )  # fmt: skip


def _paragraph(*found: Iterable[Message]) -> Section:
    whole = sentences(sentence for some in found for sentence in some)
    title = message("work.section.narrative")
    return Section(title, "paragraph", rows=((whole,),), key="narrative")


def _days(theme: WeekTheme) -> Message:
    """Say on how many days there was work, and how many of them the theme is of.

    A theme goes by days: the files of all of them together may say another thing.
    """
    if theme.active_days == 1:
        return message(_SINGLE[theme.pattern], theme=_ONLY_DAY[theme.theme])
    if theme.theme_days == theme.active_days:
        about = _EVERY_DAY[theme.theme]
    else:
        about = counted(_SOME_DAYS[theme.theme], theme.theme_days)
    return message(_PATTERNS[theme.pattern], count=f"{theme.active_days:,}", theme=about)


def _who(work: Work) -> Iterator[Message]:
    values = {
        "agents": _agents(work),
        "calls": counted("insight.calls", work.summary.totals.calls),
        "sessions": counted("insight.sessions", work.summary.totals.sessions),
    }
    named = [one for one in work.projects if one.name]
    if not named:
        yield message("narrative.who", **values)
    elif len(named) == 1:
        yield message("narrative.who_in_one", **values, project=project_name(named[0].name))
    else:
        yield counted(
            "narrative.who_in_several",
            len(named),
            **values,
            project=project_name(named[0].name),
            share=Shown(SHARE, named[0].share),
        )


def _agents(work: Work) -> Value:
    names = tuple(Shown(AGENT, one.agent) for one in work.agents)
    if len(names) <= _NAMED:
        return together(names)
    return counted("narrative.and_more", len(names) - 1, first=names[0])


def _files(work: Work) -> Iterator[Message]:
    files = work.summary.totals.files
    written = counted("narrative.written", files.written)
    read = counted("narrative.read", files.only_read)
    new = f"{files.new:,}"
    if files.written and files.only_read:
        text = "narrative.wrote_new" if files.new else "narrative.wrote"
        yield message(text, written=written, new=new, read=read)
    elif files.written:
        text = "narrative.wrote_new_only" if files.new else "narrative.wrote_only"
        yield message(text, written=written, new=new)
    elif files.only_read:
        alone = counted("narrative.read_alone", files.only_read)
        yield message("narrative.only_read", read=alone)
    else:
        yield message("narrative.no_files")
    languages = tuple(Shown(NAME, one.language) for one in work.languages[:_NAMED])
    if languages:
        yield message("narrative.languages", languages=together(languages))


def _programs(work: Work) -> Iterator[Message]:
    if work.programs:
        first = work.programs[0]
        run = Shown(COMMAND, first.name)
        if first.failed:
            yield counted(
                "narrative.ran_failed", first.calls, program=run, failed=f"{first.failed:,}"
            )
        else:
            yield counted("narrative.ran", first.calls, program=run)


def _trend(work: Work, earlier: Summary | None, *, is_part: bool) -> Iterator[Message]:
    change = (
        None if earlier is None else percent_change(work.summary.totals.calls, earlier.totals.calls)
    )
    if change:
        period = work.summary.scope.period
        more, fewer = _TRENDS[period.first == period.last, is_part]
        yield message(more if change > 0 else fewer, percent=f"{abs(change):,}")
