"""Change: one file that is to be another, shown as a diff or made so."""

from __future__ import annotations

import difflib

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.settings_file import (
    SettingsFile,
    remove_settings,
    write_settings,
)


class Change(NamedTuple):
    """What one file will be."""

    file: SettingsFile
    text: str | None
    """None when it is to be removed."""

    @property
    def is_one(self) -> bool:
        """Whether anything changes at all."""
        return (None if self.file.raw is None else self.file.text) != self.text


def make_change(change: Change) -> None:
    """Write it, or remove it.

    Raises:
        RegistrationError: the file has changed since it was read, or cannot be written.
    """
    if not change.is_one:
        return
    if change.text is None:
        remove_settings(change.file)
    else:
        write_settings(change.file, change.text)


def render_diff(change: Change) -> str:
    """Show a change as `diff -u` does; empty when there is none."""
    path = change.file.path
    return "".join(
        _with_end(line)
        for line in difflib.unified_diff(
            _lines(change.file.text),
            _lines(change.text or ""),
            path if change.file.raw is not None else "/dev/null",
            path if change.text is not None else "/dev/null",
        )
    )


def _lines(text: str) -> list[str]:
    """Split as `diff` does: at newlines alone."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [
        line for line in text.split("\n")[-1:] if line
    ]


def _with_end(line: str) -> str:
    shown = line.replace("\r", "")
    return shown if shown.endswith("\n") else f"{shown}\n\\ No newline at end of file\n"
