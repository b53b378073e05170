"""`fluxmirror archive`: compressed copies of the agents' session files, kept on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.messages import message
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.names import archive_directory
from fluxmirror_store.archiving.restoring import restore_copies
from fluxmirror_store.archiving.run import archive_session_files, files_to_archive
from fluxmirror_store.archiving.upkeep import prune_copies, verify_copies
from fluxmirror_store.importing.session_files import find_session_files, of_recorded

from fluxmirror_cli.agent_words import agent_named
from fluxmirror_cli.configured import chosen_zone, here, settings, settings_to_capture
from fluxmirror_cli.kept_since import asked_for, days_ago
from fluxmirror_cli.options import Command, Group, json_option, not_empty
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.progress import ImportProgress
from fluxmirror_cli.results.archive_facts import (
    archived_facts,
    copies_facts,
    pruned_facts,
    restored_facts,
    verified_facts,
    waiting_facts,
)
from fluxmirror_cli.results.archive_text import (
    archived_text,
    copies_text,
    pruned_text,
    restored_text,
    verified_text,
    waiting_text,
)

if TYPE_CHECKING:
    from fluxmirror_cli.kept_since import KeptSince


@click.group(
    "archive",
    cls=Group,
    invoke_without_command=True,
    no_args_is_help=False,
    examples=("fluxmirror archive", "fluxmirror archive --agent claude-code --dry-run"),
)
@click.option("--agent", metavar="NAME", callback=not_empty, help="Copy one agent's files only.")
@click.option("--dry-run", is_flag=True, help="Say what would be copied, and copy nothing.")
@json_option
@click.pass_context
def command(context: click.Context, *, agent: str | None, dry_run: bool, as_json: bool) -> None:
    """Keep compressed copies of the agents' session files.

    With them go their companions: small files without which an agent does not show a session again.
    Copies hold what the sessions held, secrets included. They stay on this machine, where only
    you can read them, also when an agent deletes its own files. Nothing is copied but by a call
    of this command; what has not changed since the last call is not copied again.
    """
    if context.invoked_subcommand is not None:
        if agent is not None or dry_run or as_json:
            raise UsageError(
                message("archiving.refused.options_before", command=context.invoked_subcommand),
                hint=message("archiving.hint.options", command=context.invoked_subcommand),
            )
        return
    wanted = settings_to_capture()
    session_files = find_session_files(os.environ, agent_named(agent) if agent else None)
    found = of_recorded(session_files, wanted)
    if dry_run:
        waiting = files_to_archive(here(), found)
        told = Result(lambda: waiting_facts(waiting), lambda: waiting_text(waiting))
        show(told, as_json=as_json)
        return
    progress = ImportProgress()
    try:
        archived = archive_session_files(here(), found, os.environ, progress)
    finally:
        progress.clear()
    result = Result(lambda: archived_facts(archived), lambda: archived_text(archived))
    show(result, as_json=as_json)
    context.exit(ExitCode.WARNING if archived.problems else ExitCode.OK)


@command.command(
    "list",
    cls=Command,
    examples=("fluxmirror archive list", "fluxmirror archive list --agent codex-cli --json"),
)
@click.option("--agent", metavar="NAME", callback=not_empty, help="List one agent's files only.")
@json_option
def list_copies(*, agent: str | None, as_json: bool) -> None:
    """List the copies, by agent and session file."""
    wanted = agent_named(agent) if agent else None
    copies = [copy for copy in known_copies(here()) if wanted in {None, copy.agent}]
    copies.sort(key=lambda copy: (copy.agent, copy.source, copy.id))
    directory = archive_directory(here())
    result = Result(
        lambda: copies_facts(copies, directory),
        lambda: copies_text(copies, wanted, directory, chosen_zone()),
    )
    show(result, as_json=as_json)


@command.command("verify", cls=Command, examples=("fluxmirror archive verify",))
@json_option
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> None:
    """Read every copy from end to end; exit 1 when one is damaged."""
    progress = ImportProgress()
    try:
        verified = verify_copies(here(), progress)
    finally:
        progress.clear()
    result = Result(lambda: verified_facts(verified), lambda: verified_text(verified))
    show(result, as_json=as_json)
    context.exit(ExitCode.WARNING if verified.damaged else ExitCode.OK)


@command.command(
    "restore",
    cls=Command,
    examples=(
        "fluxmirror archive restore --all --to ~/restored",
        "fluxmirror archive restore 4f1c2b9e-45d1-4af7-9c1e-2f36b196818e --to ~/restored",
    ),
)
@click.argument("wanted", metavar="[PATH|SESSION]", required=False, callback=not_empty)
@click.option("--all", "everything", is_flag=True, help="Restore all that is archived.")
@click.option("--agent", metavar="NAME", callback=not_empty, help="Restore one agent's files only.")
@click.option(
    "--to",
    "directory",
    metavar="DIR",
    required=True,
    callback=not_empty,
    help="Where to; laid out as below the agent's own directory.",
)
@json_option
@click.pass_context
def restore(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    wanted: str | None,
    everything: bool,
    agent: str | None,
    directory: str,
    as_json: bool,
) -> None:
    """Write session files as they were; no file is ever written over.

    PATH is a session file's, as it was, or a copy's, as `archive list --json` tells it, or that of
    a folder such files lay in; SESSION is a session's id, or six characters or more of how it
    begins. With its file come others that tell of its responses, as those of forks do. Files of
    several agents go into a folder for each; exit 1 when some could not be restored.
    """
    if wanted is not None and everything:
        both = message("archiving.refused.both", wanted=repr(wanted))
        raise UsageError(both, hint=message("usage_error.leave_one_out"))
    if wanted is None and not everything and agent is None:
        hint = message("archiving.hint.what")
        raise UsageError(message("archiving.refused.nothing_said"), hint=hint)
    progress = ImportProgress()
    agent_id = agent_named(agent) if agent else None
    try:
        restoration = restore_copies(here(), wanted, directory, agent_id, progress)
    finally:
        progress.clear()
    result = Result(
        lambda: restored_facts(restoration, directory),
        lambda: restored_text(restoration, directory),
    )
    show(result, as_json=as_json)
    context.exit(ExitCode.WARNING if restoration.left else ExitCode.OK)


@command.command(
    "prune",
    cls=Command,
    examples=(
        "fluxmirror archive prune --older-than 365d --dry-run",
        "fluxmirror archive prune --older-than 2026-01-01",
    ),
)
@click.option(
    "--older-than",
    "asked",
    metavar="90d|YYYY-MM-DD",
    callback=not_empty,
    help="How long, or since when, the session file must have been gone; else"
    " `archive.retention_days`.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@json_option
def prune(*, asked: str | None, dry_run: bool, as_json: bool) -> None:
    """Delete copies of session files that have been gone for some days.

    What the database knows of them stays. With `archive.retention_days` set this is done by itself,
    once a day.
    """
    since = _since(asked)
    copies = prune_copies(here(), since.ms, dry_run=dry_run)
    result = Result(
        lambda: pruned_facts(copies, since, dry_run=dry_run),
        lambda: pruned_text(copies, dry_run=dry_run),
    )
    show(result, as_json=as_json)


def _since(asked: str | None) -> KeptSince:
    if asked is not None:
        return asked_for(asked, chosen_zone())
    days = settings().archive_retention_days
    if days is None:
        hint = message("archiving.hint.limit")
        raise UsageError(message("archiving.refused.no_limit"), hint=hint)
    return days_ago(days, chosen_zone())
