"""`fluxmirror sqlite`: run SQL on the database, read-only unless `--write` is given."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.changing import CHANGING, changed_by_hand
from fluxmirror_store.database import restrict_to_reading
from fluxmirror_store.statements import EXAMPLES, READING, Script, split_statements

from fluxmirror_cli.configured import here
from fluxmirror_cli.drained import WAIT_S, drained_database, is_usual_database
from fluxmirror_cli.masking import Mask, redactor_here
from fluxmirror_cli.options import Command, database_option, format_options
from fluxmirror_cli.output import complain, emit, is_terminal
from fluxmirror_cli.registration.choice import confirms, is_answered
from fluxmirror_cli.rows.as_csv import CsvWriter
from fluxmirror_cli.rows.as_json import JsonWriter
from fluxmirror_cli.rows.lines import LinesWriter
from fluxmirror_cli.rows.table import TableWriter
from fluxmirror_cli.rows.writer import print_pieces
from fluxmirror_cli.speech import say
from fluxmirror_cli.sql_asked import read_sql, read_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_store.statements import ResultSet

    from fluxmirror_cli.rows.writer import RowsWriter

_GROUPED, _OF_ONE_TOOL, _RESPONSES, _OLD_ROWS = EXAMPLES


class _Statement(Command):
    """A command whose argument may begin with a comment, `-- …`, that is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what begins like a comment of SQL for the argument."""
        end = args.index("--") if "--" in args else len(args)
        before, behind = args[:end], args[end + 1 :]
        commented = [word for word in before if self._is_commented(word)]
        options = [word for word in before if not self._is_commented(word)]
        words = commented + behind
        return super().parse_args(ctx, [*options, "--", *words] if words else options)

    def _is_commented(self, word: str) -> bool:
        options = {name for option in self.params for name in option.opts}
        is_long = word.startswith("--") and len(word.split()) > 1
        return is_long and word.partition("=")[0] not in options


@click.command(
    "sqlite",
    cls=_Statement,
    examples=(
        f'fluxmirror sqlite "{_GROUPED}"',
        f'fluxmirror sqlite --param t=Bash "{_OF_ONE_TOOL}"',
        f'fluxmirror sqlite --csv "{_RESPONSES}" > responses.csv',
        "fluxmirror sqlite --json - < questions.sql",
        f'fluxmirror sqlite --write "{_OLD_ROWS}"',
    ),
)
@click.argument("statement", required=False)
@click.option(
    "--param",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    help="The value of `:NAME` in the statement; may be given several times.",
)
@click.option(
    "--header/--no-header",
    default=None,
    help="Print the columns' names first; usual at a terminal and for CSV.",
)
@format_options
@database_option
@click.option("--write", "writes", is_flag=True, help="Let statements change rows, once agreed.")
@click.option("--yes", "-y", is_flag=True, help="With --write: agree beforehand.")
@click.pass_context
def command(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    statement: str | None,
    parameters: tuple[str, ...],
    header: bool | None,
    as_json: bool,
    as_csv: bool,
    database: str | None,
    writes: bool,
    yes: bool,
) -> None:
    """Run SQL on the database: one STATEMENT, or several with semicolons between.

    It comes from standard input when STATEMENT is `-`, or is left out and no terminal is there.
    The views agent_events, agent_timeline, agent_responses and events are the contract; tables may
    change. Secrets are masked in what is printed.
    """
    writer = _writer(header=header, as_json=as_json, as_csv=as_csv)
    if yes and not writes:
        raise UsageError(
            message("querying.yes_without_write"), hint=message("usage_error.leave_it_out")
        )
    statements = split_statements(read_sql(statement) or "")
    if not statements:
        raise click.MissingParameter(ctx=context, param_hint="'STATEMENT'", param_type="argument")
    values = read_values(parameters, statements)
    mask = Mask(redactor_here())
    if not writes:
        with drained_database(database) as db:
            restrict_to_reading(db)
            _print_results(Script(statements, values, READING, mask.text).run(db), writer, mask)
            emit(writer.end(None))
    elif yes or _is_agreed(database, len(statements)):
        _change(Script(statements, values, CHANGING, mask.text), database, writer, mask)
    else:
        complain(message("phrase.nothing_changed"))


def _writer(*, header: bool | None, as_json: bool, as_csv: bool) -> RowsWriter:
    """Choose how rows are printed: as it was asked, and for who reads it.

    Raises:
        UsageError: two ways were asked for at once.
    """
    if as_json and header is not None:
        other = "--header" if header else "--no-header"
        raise UsageError(
            message("querying.json_or_header", option=other),
            hint=message("usage_error.leave_one_out"),
        )
    on_terminal = is_terminal()
    if as_json:
        return JsonWriter()
    if as_csv:
        return CsvWriter(header=header is not False, on_terminal=on_terminal)
    if on_terminal:
        return TableWriter(shutil.get_terminal_size().columns, header=header is not False)
    return LinesWriter(header=header is True)


def _is_agreed(database: str | None, statements: int) -> bool:
    """Ask whether the database may be changed.

    Raises:
        UsageError: nobody is there to be asked.
        KeyboardInterrupt: somebody would rather stop.
    """
    if not is_answered():
        raise UsageError(message("querying.nobody_there"), hint=message("querying.add_yes"))
    path = one_line(database or here().database)
    question = counted("querying.let_change", statements, path=path)
    return confirms(question, otherwise=say(message("phrase.nothing_changed")))


def _change(script: Script, database: str | None, writer: RowsWriter, mask: Mask) -> None:
    """Run a script that may change the database, and say how much it changed."""
    with drained_database(database):
        pass  # what waited is changed with the rest; what is no database of ours is refused
    path = database or here().database
    if not os.path.exists(path):
        raise NoDataError(message("querying.nothing_recorded"))
    with changed_by_hand(path, _spools(database), WAIT_S) as db:
        _print_results(script.run(db), writer, mask)
    emit(writer.end(script.changed))
    if not isinstance(writer, JsonWriter):
        complain(counted("querying.changed", script.changed))


def _spools(database: str | None) -> list[str]:
    """Give the directories whose drains may write a database: ours, or those beside another."""
    if database is None or is_usual_database(database):
        return [here().spool]
    beside = (f"{database}.spool", os.path.join(os.path.dirname(database), "spool"))
    return [directory for directory in beside if os.path.isdir(directory)]


def _print_results(results: Iterable[ResultSet], writer: RowsWriter, mask: Mask) -> None:
    """Print results as they come, their secrets masked."""
    for result in results:
        columns = list(map(mask.text, result.columns))
        print_pieces(writer.result(columns, mask.masked(result.rows)))
