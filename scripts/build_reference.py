"""Write the pages of docs/reference that the program itself can tell.

    python scripts/build_reference.py [--check]

With `--check` nothing is written: what differs is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS, help_text
from fluxmirror_cli.config_file import shown_value
from fluxmirror_core.config.schema import KEYS, TIGHTEN, TRUSTED, UNSET, WAIT
from fluxmirror_core.errors import ExitCode
from fluxmirror_store import migrations
from metrics_page import metrics
from page import settle

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Final = Path(__file__).parent.parent / "docs" / "reference"
NOTE: Final = "<!-- Written by scripts/build_reference.py; change the program, not this page. -->\n"
MEANINGS: Final[Mapping[str, str]] = {
    "OK": "Done; also when there was nothing to show.",
    "WARNING": "Something is to be looked at: `doctor` warns, `init` or `install` could not"
    " register an agent, a copy of `archive` is damaged, `config get` finds no value,"
    " `verify isolation` finds a session under two agents, `completion` leaves a file that"
    " somebody changed.",
    "USAGE": "The command line asks for something that does not exist.",
    "DOCTOR_ERROR": "`doctor` found an error.",
    "NO_DATA": "There is no database where `--db` says, or nothing to check.",
    "STORE": "The database cannot be used: newer, not ours, locked, or damaged; or there is none,"
    " and what was recorded could not be brought into one.",
    "CONFIG": "The configuration cannot be read or written, or says what cannot be.",
    "OUTPUT": "The output could not be written: a full disk, a file that is there already.",
    "INTERNAL": "An error nobody expected; the message names the file with the whole.",
    "INTERRUPTED": "Stopped by Ctrl-C.",
    "PIPE_CLOSED": "The reader of the output was gone before its end, as with `head -1`.",
}
VIEWS: Final = {
    "agent_events": "One row per tool call. Up to `raw_json` the columns are a contract.",
    "agent_timeline": "The same columns for every event: prompts, sessions …; `kind` says which.",
    "events": "MCP messages.",
    "agent_responses": "One row per response of a model; `response_key` is that of its calls.",
}
PROJECT: Final = {
    TIGHTEN: "yes, as far as it records less or masks more",
    TRUSTED: "once `fluxmirror config trust` lets it",
    "never": "no",
}
CLOSING: Final = {
    WAIT: "fails closed: what cannot be understood opens nothing",
    UNSET: "what cannot be understood deletes nothing",
}
CONFIGURATION: Final = """\
# Configuration

Nothing has to be configured. What can be, is in one file of yours, in TOML:
`fluxmirror config path` says where it is, `config set KEY VALUE` and `config edit` write it.

## Layers

Each key has its value from the first of these that names it; `fluxmirror config explain KEY`
shows them all.

1. the option of a command, as `--tz`
2. the environment: `FLUXMIRROR_` and the key, as `FLUXMIRROR_TIMEZONE`; a list is written as JSON
3. the project's file `.fluxmirror.toml`: in the current directory or above it, up to the root of
   its repository
4. your own file
5. what this machine tells: its locale, its time zone
6. the default

## A project's file

A repository may come from anybody, so its file may only have less recorded or more masked:
`[capture] enabled = false` switches the recording off for calls in its directory and below it,
also in repositories there; `[redaction] patterns = [...]`, at most 50, masks more in them. Both
count for what happens there, in whatever directory a report is made, without being trusted. For
the language and the time zone of reports, and for `reports.git`, read the file, then run
`fluxmirror config trust`; any change of the file takes the trust back.

A project's file that cannot be understood, or that seems to mean one of these keys and misses it,
switches the recording off for its directory. Above the root of a repository only files of your own,
or of root, count.

## When something is wrong

A line that is no TOML, an unknown key, a value that cannot be: each costs itself, and is named with
its line by the commands and by `fluxmirror doctor`. All other keys count.

Keys that decide what is kept, and where, fail closed. When your file, or a variable, names such a
key and it cannot be understood, or seems to mean it and misses it, what the file said of it when it
last could be understood holds on; of a list, with what can be understood of the new one added.
Where it never said anything of it, nobody can tell what you want: nothing is read out of the spool,
where everything waits until the file is mended. `fluxmirror drain` then says so and exits with 5.

Keys that have something deleted delete nothing as long as they cannot be understood.

## A `config.json` of an older version

It is taken over into the new file by the first command that reads it, and kept as
`config.json.old`. What has no effect any more is noted in the new file as a comment. What decides
what is kept and cannot be understood is taken over as it stands, and fails closed. So that nothing
is deleted by surprise, a comment is also what becomes of
`storage.retention_days`: it did nothing in older versions, and would have data deleted now.

## Keys
"""
MADE: Final = """
SELECT sql FROM sqlite_master
WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
ORDER BY type DESC, rowid
"""
"""Tables first, each kind in the order in which it was made."""


def main() -> int:
    """Write or check the pages; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    os.environ["FLUXMIRROR_LANGUAGE"] = "english"
    pages = {
        "commands.md": commands(),
        "configuration.md": configuration(),
        "database.md": database(),
        "exit-codes.md": exit_codes(),
        "metrics.md": metrics(),
    }
    return max([settle(PAGES / name, NOTE + text, check=check) for name, text in pages.items()])


def commands() -> str:
    """Give the page of commands: the help of each."""
    blocks = [("fluxmirror", help_text().rstrip())]
    with click.Context(group) as context:
        found = [(name, group.get_command(context, name)) for name, _, _ in COMMANDS]
    blocks += [
        one for name, command in found if command for one in helps(f"fluxmirror {name}", command)
    ]
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in blocks]
    return "\n".join(["# Commands\n", *sections])


def configuration() -> str:
    """Give the page of the configuration: its layers, and every key."""
    sections = [CONFIGURATION]
    for key in KEYS.values():
        default = "none" if key.default is None else f"`{shown_value(key.default)}`"
        lines = [
            f"- must be {key.expects}; default: {default}",
            f"- variable: `{key.variable}`" + (f"; option: `{key.flag}`" if key.flag else ""),
            f"- in a project's file: {PROJECT[key.in_project]}",
        ]
        if key.closing:
            lines.append(f"- {CLOSING[key.closing]}")
        sections.append(f"### {key.name}\n\n{key.meaning}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(sections)


def helps(name: str, command: click.Command) -> list[tuple[str, str]]:
    """Give a command's name and help, and those of the commands in it."""
    context = click.Context(command, info_name=name, terminal_width=88)
    blocks = [(name, command.get_help(context))]
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            if one := command.get_command(context, below):
                blocks += helps(f"{name} {below}", one)
    return blocks


def database() -> str:
    """Give the page of the database: the views' columns, the tables as they are made."""
    told = "SQLite, one file, written by the drain and the import alone."
    lines = ["# The database\n", told, ""]
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrations.upgrade(db)
        lines += [f"Schema version: {len(migrations.STEPS)} (`PRAGMA user_version`).\n"]
        for view, meaning in VIEWS.items():
            columns = ", ".join(f"`{row[1]}`" for row in db.execute(f"PRAGMA table_info({view})"))
            lines += [f"## View `{view}`\n", f"{meaning}\n", f"{columns}\n"]
        made = db.execute(MADE).fetchall()
    lines += ["## Tables\n", "They may change from version to version; the views do not.\n"]
    statements = [f"{textwrap.dedent(sql).strip()};" for (sql,) in made]
    return "\n".join([*lines, "```sql", *statements, "```", ""])


def exit_codes() -> str:
    """Give the page of exit codes."""
    # With second names: doctor's worst is a usage error's number.
    codes = ExitCode.__members__.items()
    rows = [f"| {code.value} | {MEANINGS[name]} |" for name, code in codes]
    note = "`fluxmirror hook` exits with 0 whatever happens.\n"
    return "\n".join(["# Exit codes\n", "| code | meaning |", "| ---: | --- |", *rows, "", note])


if __name__ == "__main__":
    sys.exit(main())
