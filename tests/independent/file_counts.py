"""Files: the chapter "Files" of docs/reference/metrics.md."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from posixpath import isabs, join, normpath
from typing import TYPE_CHECKING, Any

from tests.independent.page import lists_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    Row = dict[str, Any]

NOT_TOUCHING = ("failed", "denied", "rejected")
WHOLE_WRITES = ("Write", "WriteFile")
LONGEST_PATH = 4_096
PATCH_LINE = re.compile(r"\*\*\* (Add|Update|Delete) File: (.*)")
LANGUAGE_OF = {
    ending: language
    for language, endings in lists_of("## Extensions of languages").items()
    for ending in endings
}


def file_of(call: Row) -> str:
    """Give the file of a call of the class `Read` or `Write`; empty where there is none."""
    path = call["path"]
    return ((call["detail"] or "") if path is None else path)[:LONGEST_PATH]


def touches(call: Row) -> bool:
    """Tell whether a call reads or writes its file."""
    return call["tool_class"] in {"Read", "Write"} and call["outcome"] not in NOT_TOUCHING


def read_file(call: Row) -> str:
    """Give the file that a call reads; empty where it reads none."""
    return file_of(call) if call["tool_class"] == "Read" and touches(call) else ""


def written(call: Row) -> list[tuple[str, bool]]:
    """Give each write of a file by a call, and whether it is a patch that adds the file."""
    if call["tool_class"] != "Write" or not touches(call):
        return []
    if call["tool_canonical"] == "ApplyPatch":
        lines = _patch_lines(call)
        if lines:
            return [
                (_file_named(call, name), word == "Add") for word, name in lines if word != "Delete"
            ]
    return [(file, False)] if (file := file_of(call)) else []


def _patch_lines(call: Row) -> list[tuple[str, str]]:
    """Take the lines that name files out of what a patch was given."""
    given = json.loads(call["raw_json"]) if call["raw_json"] else None
    if not isinstance(given, dict) or list(given) != ["tool_input"]:
        return []
    given = given["tool_input"]
    texts = list(given.values()) if isinstance(given, dict) else [given]
    lines = [line for text in texts if isinstance(text, str) for line in text.split("\n")]
    found = [match for line in lines if (match := PATCH_LINE.fullmatch(line.rstrip("\r")))]
    return [(match[1], match[2].strip()) for match in found if match[2].strip()]


def _file_named(call: Row, name: str) -> str:
    if isabs(name):
        return normpath(name)
    directory = call["cwd"] if call["project"] is None else call["project"]
    return normpath(join(directory, name)) if directory else name


def first_touches(calls: Iterable[Row]) -> dict[str, Row]:
    """Find the first call that touched each path: of all calls of the database, in their order."""
    first: dict[str, Row] = {}
    for call in calls:
        if call["path"] and touches(call):
            first.setdefault(call["path"], call)
    return first


def writes_of(calls: Iterable[Row]) -> Counter[str]:
    """Count the writes of each file."""
    return Counter(file for call in calls for file, _ in written(call))


def reads_of(calls: Iterable[Row]) -> Counter[str]:
    """Count the reads of each file."""
    return Counter(file for call in calls if (file := read_file(call)))


def new_and_edited(
    calls: list[Row], first: dict[str, Row], day_of: Callable[[Row], date], agent: str | None
) -> dict[date, tuple[set[str], set[str]]]:
    """Tell for each local day which files are new on it, and which are edited.

    Args:
        calls: those of the period that are asked for.
        first: the first call that touched each path, in the whole database.
        day_of: gives the local day of a call.
        agent: the agent that is asked for.
    """
    days: dict[date, tuple[set[str], set[str]]] = {}
    by_day: dict[date, list[Row]] = defaultdict(list)
    for call in calls:
        by_day[day_of(call)].append(call)
    for day, some in by_day.items():
        writes = writes_of(some)
        makes = Counter(
            file
            for call in some
            for file, adds in written(call)
            if adds or (_is_whole(call) and not _has_path(call))
        )
        whole = (call for call in some if _is_whole(call) and written(call))
        for path in {call["path"] for call in whole if _has_path(call)}:
            made = first[path]
            by_asked = agent is None or made["agent"] == agent
            if _is_whole(made) and day_of(made) == day and by_asked:
                makes[path] += 1
        days[day] = ({*makes}, {file for file in writes if writes[file] > makes[file]})
    return days


def _has_path(call: Row) -> bool:
    """Tell whether it is known what file a call is about; a longer path was cut for reports."""
    return call["path"] is not None and len(call["path"]) <= LONGEST_PATH


def _is_whole(call: Row) -> bool:
    return call["tool_canonical"] in WHOLE_WRITES


def languages_of(files: Iterable[str]) -> list[tuple[str, int]]:
    """Count files by language, most first."""
    counts = Counter(language for file in files if (language := language_of(file)))
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def language_of(file: str) -> str:
    """Tell the language of a file by its name; empty where that says none."""
    name = file.rsplit("/", 1)[-1]
    stem, dot, ending = name.rpartition(".")
    return LANGUAGE_OF.get(ending.lower(), "") if dot and stem else ""
