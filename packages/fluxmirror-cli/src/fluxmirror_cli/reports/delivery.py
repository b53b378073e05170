"""Where a report goes, and in which format: to the output, into a file, before a person's eyes."""

from __future__ import annotations

import os
import stat
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import OutputError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.sections import for_people

from fluxmirror_cli.output import complain, emit, json_text, terminal_room
from fluxmirror_cli.reports.wish import HTML, JSON, SUFFIXES, TEXT
from fluxmirror_cli.speech import own_catalog, unwritable_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.report.sections import Report
    from fluxmirror_core.report.voice import Voice

    from fluxmirror_cli.reports.wish import ReportWish

VERSION: Final = 2
"""Of the shape of the JSON."""
_FOLDER: Final = "reports"
_OPEN: Final = ("/dev/stderr", "/dev/fd/")
_NUMBERED: Final = 9
_READ_AND_WRITE: Final = 0o666


def deliver(report: Report, voice: Voice, asked: ReportWish, name: str) -> None:
    """Write a report where it is wanted.

    Args:
        report: what there is to say.
        voice: how to say it.
        asked: the format, and where it goes.
        name: of the command, for the name of a file.

    Raises:
        OutputError: it cannot be written there.
    """
    text = _rendered(report, voice, asked)
    if not asked.goes_into_file():
        if asked.form != JSON:
            _tell_of_letters()
        emit(text)
        return
    named = asked.out
    if named is not None:
        path = _put_into(named, text)
    else:
        from fluxmirror_cli.reports.file_names import build_file_name

        path = _put_aside(build_file_name(name, report.facts or {}), asked.form, text)
    size = len(text.encode())
    # Of the terminal's language, which need not be that of the file.
    told = voice.in_language(own_catalog())
    emit(f"{told.say(counted('delivery.written', size, path=path))}\n")
    if asked.opens:
        _open(path)


def _tell_of_letters() -> None:
    """Say that the report is in another language than somebody chose, as the output is."""
    language = unwritable_language()
    if language is not None:
        encoding = getattr(sys.stdout, "encoding", "")
        complain(
            message("delivery.no_letters", language=language.capitalize(), encoding=encoding),
            message("delivery.with_letters"),
        )


def _rendered(report: Report, voice: Voice, asked: ReportWish) -> str:
    if asked.form == JSON:
        from fluxmirror_core.report.as_json import render_json

        return json_text({"version": VERSION, **render_json(report, voice)})
    shown = for_people(report)
    if asked.form == HTML:
        from fluxmirror_core.report.as_html import render_html

        return render_html(shown, voice, _made())
    from fluxmirror_core.report.as_text import render_text

    for_terminal = asked.form == TEXT and asked.out is None
    return render_text(shown, voice, terminal_room() if for_terminal else None)


def _put_into(path: str, text: str) -> str:
    """Write the file that was named, in place of another one, whose mode it gets."""
    if _takes_as_it_comes(path):
        _write_into(path, text)
        return path
    from fluxmirror_cli.new_file import new_file

    place = _behind_link(path)
    with new_file(place, replace=True, mode=_mode_of(place)) as file:
        file.write(text)
    return path


def _behind_link(path: str) -> str:
    """Give the path that a link leads to, as a shell's `>` would follow it; else the path itself.

    Raises:
        OutputError: somebody else made the link, who may not say which file of ours is replaced.
    """
    if not os.path.islink(path):
        return path
    if sys.platform != "win32" and os.lstat(path).st_uid != os.geteuid():
        raise OutputError(
            message("delivery.foreign_link", path=path), hint=message("delivery.name_target")
        )
    return os.path.realpath(path)


def _takes_as_it_comes(path: str) -> bool:
    """Tell whether it is no file to be replaced: a device, such as `/dev/null`, or what is open.

    `/dev/fd/63` is a pipe, or another name of a file that somebody opened, who would not see a new
    one in its place.
    """
    try:
        return stat.S_ISCHR(os.stat(path).st_mode) or path.startswith(_OPEN)
    except OSError:
        return False


def _write_into(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", newline="") as taker:
            taker.write(text)
    except OSError as error:
        raise _not_written(path, error) from error


def _mode_of(path: str) -> int | None:
    """Give who may read and write a file; None where there is none."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode) & _READ_AND_WRITE
    except OSError:
        return None


def _put_aside(stem: str, form: str, text: str) -> str:
    """Write a new file into a folder that is its owner's alone; gives its path.

    Args:
        stem: its name without an ending; where that is taken, a number or the time comes behind it.
        form: of the report.
        text: what to write.

    Raises:
        OutputError: it cannot be written.
    """
    from fluxmirror_core.private import make_directory

    folder = reports_folder()
    try:
        make_directory(folder)
        for again in _endings():
            path = os.path.join(folder, f"{stem}{again}.{SUFFIXES[form]}")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            _write_whole(descriptor, path, text)
            return path
    except OSError as error:
        raise _not_written(folder, error) from error
    raise OutputError(message("delivery.full", path=folder), hint=message("delivery.name_file"))


def _endings() -> Iterator[str]:
    """Give what comes behind a name until one is free: a few numbers, then what time it is."""
    yield ""
    yield from (f"-{number}" for number in range(2, _NUMBERED + 1))
    yield f"{datetime.now(UTC):-%Y%m%d-%H%M%S-%f}"


def _not_written(path: str, error: OSError) -> OutputError:
    from fluxmirror_core.system_reasons import system_reason

    return OutputError(
        message("delivery.not_written", path=path, reason=system_reason(error)),
        hint=message("delivery.name_file"),
    )


def _write_whole(descriptor: int, path: str, text: str) -> None:
    """Write a new file; what cannot be written whole is taken away again."""
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except BaseException:
        os.unlink(path)
        raise


def reports_folder() -> str:
    """Say where reports go that nobody named a file for."""
    from fluxmirror_cli.configured import here, settings

    return settings().reports_directory or os.path.join(here().data, _FOLDER)


def _open(path: str) -> None:
    from fluxmirror_cli.reports.browser import show_page

    if not show_page(path):
        complain(message("delivery.not_opened", path=path), message("delivery.open_it"))


def _made() -> str:
    """Say when and by what a report was made."""
    from fluxmirror_cli.command_table import VERSION as PROGRAM

    return f"fluxmirror {PROGRAM} · {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"
