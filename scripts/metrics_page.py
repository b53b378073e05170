"""The page of metrics: their definitions out of the program, and the rules they all share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis import patterns, shell_lines, shell_programs, shell_words, themes
from fluxmirror_core.analysis.file_languages import LANGUAGES
from fluxmirror_core.analysis.metrics import METRICS
from fluxmirror_core.analysis.patches import PATCH_TOOL, WHOLE_FILE_TOOLS
from fluxmirror_core.analysis.terms import TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INTRODUCTION: Final = """\
# Metrics

Every figure of a report, exactly enough to work it out again from what `fluxmirror export` writes:
the columns of the view `agent_events` for calls, and of `agent_responses` (`fluxmirror export
--what responses`) for cost and tokens ([database](database.md), [export](data-commands.md)).
`fluxmirror explain METRIC` says the short form in your language, and what any other word of a
report means.

## What is counted

**Calls.** A row of `agent_events` counts when `ts_ms` is not null and `self_noise` is 0. Rows of
the agent `setup` do not count once the database holds an event of any other agent, of whatever
kind and time; they do in a report of `--agent setup`. Texts are compared letter by letter; a null
text is an empty one unless the rule says otherwise, and a null `outcome` is `unknown`. The order
of calls is that of `ts_ms`, then of `id`.

**Periods.** A period holds the calls with `start_ms <= ts_ms < end_ms`. A local day begins with
the first second that the zone's clock shows its date (of a midnight shown twice the earlier one)
and ends when the next day begins: it may have 23 or 25 hours. A day that the zone skipped is none.
`fluxmirror window` prints the two bounds.

**The period before.** It has as many dates (those that the zone skipped are among them, so that
weekdays stay side by side), and ends where this one begins. As long as this one goes on (now is
before its end), it ends at the same time of day as now, as many days earlier, within its own
bounds, and the whole of this one, later calls too, is compared with it. A period that has not
begun is compared with none, nor is one before which all the days were skipped. `compare` takes the
period that begins later, or else ends later, for this one, and the other for that before it, which
it cuts so where both have as many dates or are both calendar months, and else not. A period from
instant to instant has the same number of milliseconds before it.

**Minutes.** A call is in the minute `ts_ms // 60000`, which is active then. Its local date,
weekday and hour are those that the zone's clock shows at that time.

**Projects.** The root of a call is the first of `repo`, `project`, `cwd` that is neither null nor
empty; without any the call is of no project. Roots whose repositories have the same remote
(`host/owner/name`, in letters of any size) are one project; any other root is a project of its
own. A project's name is as much of the end of its remote, or of its root with the home directory
as `~`, in whole parts between `/`, as no other project has, in letters of any size; it decides
ties. Others are those of all calls with a time and `self_noise` 0, whatever their agent. An export
has no remotes: without them each root stands for itself. Tables have a row for the calls of no
project, too: `(no project)`.

**Sessions.** A session is a pair of `agent` and a `session` that is not empty. What reports work
out of pauses and projects is called a work session, and is something else.

**Tools.** A tool's name is `mcp_server/mcp_tool` where both are known, else `tool`; calls without
one are in no row of tools. An MCP server's calls are those with its `mcp_server`.

**Ended.** A share of failures has the calls with the outcome `failed` above the line, and those
with `failed` or `ok` below it. Where there is nothing below the line there is no share.

**Order.** Lists have the largest number first, ties by name (path, id) in the order of code points.
Of several equal ones the earliest, or the first by name, is the busiest, the longest, the first.
Days, weekdays and hours are in their own order. Commands are the last 20 of the shell calls, or
all where that is 21, the oldest first, each the first 200 characters of `detail`.

**Rounding.** Figures are exact in JSON (shares to four decimals). People read shares in whole
percent, half a percent up; more than nothing and less than half a percent is `<1%`, less than
everything and 99.5 percent or more is `>99%`. A change is 100 x (now - before) / before; its size
is rounded to whole percent, half up, before it has its sign; in JSON it is a share of what was
before. Before 0 there is a change only if now is 0 too, of 0. Shares and rates have none: people
read two shares with one decimal (`<0.1%`, `>99.9%`) and the difference of what they read in
points (`pp`), also with one decimal, and of two rates, which have two decimals, the difference.
What has no change is `n/a`; where nothing at all was recorded of one of two times, people read the
figures of the other one alone.

## Files

**The file of a call** of the class `Read` or `Write` is `path` where it is not null, else `detail`,
cut to 4,096 characters; an empty one is none. It is **touched** unless the outcome is `failed`,
`denied` or `rejected`. A read touches it once as read, a write once as written.

**A patch** is a call with `tool_canonical` `{patch}`. Its input is the member `tool_input` of
`raw_json`, where that is the only member. Of the input, which is a text or has texts as members, in
their order, each line `*** Add File: NAME`, `*** Update File: NAME` or `*** Delete File: NAME` is
taken. The blanks around NAME go away. An absolute NAME is made normal (`.`, `..` and double `/` are
resolved without asking the disk); any other is joined to `project`, or to `cwd` where `project` is
null, and made normal, or stays as it is where there is no such directory. Each `Add` and each
`Update` is one write of that file, in this order; an `Add` makes it. Where no such line is found,
as when the input was not kept, the patch is one write of the file of the call.

**Whole writes** are writes with `tool_canonical` {whole}.
Where `path` is null, or longer than 4,096 characters, each makes its file.

**First touches.** Of a file with a `path`, the first call of the whole database that touched it
(calls with a time and `self_noise` 0, of any agent, of the class `Read` or `Write`, with this
`path`: of a patch the other files are not looked at) makes it, if it is a whole write.

**New and edited.** For each local day, within the period and the calls that are asked for: a file's
*makes* are the writes that make it, by a patch's `Add` or as a whole write without a `path`, and
one more if on this day it had a whole write with a `path`, and its first touch made it, on this
day, in the period, and by the agent that is asked for, if one is. A file is new on the day with any
makes, and edited on it with more writes than makes. Figures of a period count each file once that
was new, or edited, on any of its days.

**Only read** are the files of reads in the period that are not among the files of its writes.

**Languages** are told by what stands behind the last dot of a file's name, in letters of any size;
a name that begins with its only dot has none. Files of reads and writes count once each.

## Tests and programs

`detail` of a call of the class `Shell`, cut to 200 characters, is a command line, read as follows.
The lists of words stand below.

1. It is read from left to right. `'…'` is literal. In `"…"` a backslash before one of {in_quotes}
   makes that a letter; a `"` between a `$(` and its `)` (parentheses within are counted) does not
   end the quotes. Quotes that are never closed go on to the end. Outside quotes a backslash before
   a line feed goes away with it; before a blank, a tab or one of
   {escaped}
   it makes that a letter; before all else it stands for itself. A `#` where a word would begin
   leaves out the rest of the line. Blanks, tabs and carriage returns end a word.
2. Outside quotes a line feed and each of {breaks} end a step, but for the `&` of a redirection.
   Redirections are left out with the word that follows them in the step, and so is a word of
   digits alone that one follows at once: `&>>`, `&>`, `>>`, `>`, `>>&`, `>&`, `>>|`, `>|`, `<<<`,
   `<<-`, `<<`, `<&`, `<>`, `<`. The word behind a `<<` or `<<-` ends a text that begins on the
   next line and goes up to a line that is that word but for blanks around it, else to the end.
3. One `,` at a word's end is left out. Keywords and variables (`NAME=…`, `NAME+=…`) before a
   command are left out. What stands first then is its *name*: without `/` and `\\` at its end, then
   without all up to the last of them, and without an `.exe`, `.cmd` or `.bat` behind, in letters of
   any size. A step says nothing if the name is a silent word, or if it is neither a setting word
   nor made of letters, digits, `_`, `.`, `+`, `@`, `-`, with a letter or `_` among them, and a
   letter, a digit or `_` first.
4. *To leave out options* means to leave out words that begin with `-` or `+`, up to and with a
   `--`, or up to a `-m` or `--module`, which stays. An option that takes a word takes it along.
5. A shell: if a word is a `-`, letters and a `c`, the words behind it, joined by blanks, are a
   command line, and the step is what that is by these rules; of lines within one another {inside}
   are read, and a step that is a deeper one says nothing. A Windows shell: the same behind a
   Windows command word, in letters of any size. If there is no such line, or an empty one, options
   are left out (`-o`, `-O`, `--rcfile`, `--init-file` take a word): a script with tests (9) stands
   for the step, by its name; else the shell is the program.
6. A wrapper runs another command, to which points 3 to 7 apply anew. Its options are left out; if
   it has verbs, one of them has to follow, behind which options are left out again; then as many
   own words as the table says; then a `-m`. If nothing is left, or no verb stands there, the
   wrapper is the program itself; `command` also if `-v` or `-V` is the next word. The `docker`
   family is as `docker`, with a `compose` before the verb or not. `yarn workspace NAME WORD …`,
   options of `yarn` left out, is `yarn WORD …`. A script runner whose command begins with a word of
   tests (9) is named with it: `poetry test`. An interpreter, whatever digits and dots end its name,
   leaves out options and runs the module behind a `-m`, or the first word if its name is one of the
   scripts, if it is one of the programs that run tests, or if it is a script with tests; to these
   points 3 to 7 apply. Where only keywords and variables are left to run, the wrapper or
   interpreter goes by its name alone.
7. A program of the second table is named with the next word, options left out: `git commit`; a
   script runner with the one behind `run` or `run-script`, if there is one. A program of several
   goals is named with the first of its words that tests (9), else with the first; options, and what
   they take, are no such words. Only a word of letters, digits, `_`, `:`, `.`, `@`, `/`, `-` that
   begins with a letter of A to Z, a `:` or a `@` counts; without one the name stands alone. Any
   other program goes by its name. Names and words are cut to {longest_word} characters.
8. The command line goes by its first step that runs tests; else by the first whose name (its first
   word) is no setting word; else by the first that says anything.
9. **A step runs tests** if its program runs tests, if it is `node` with a word `--test`, or if it
   is a script with tests: a file `test`, `tests`, or either behind `run`, `run_` or `run-`, with or
   without one ending of letters, digits and `_`, that is called by a path or has an ending. A
   program of the second table runs tests if its word (7) is a word of tests, is a program that runs
   tests, or makes one of the names that test. A word of tests is `test` or `tests`; perhaps behind
   parts that end in `:`; perhaps with a `:`, `_` or `-` and letters, digits, `_`, `:`, `.`, `-`, or
   with a capital letter and letters, digits, `_` behind: `web:test`, `test:unit`, `testDebug`. With
   a word that keeps from testing behind the name (in a script runner's command: anywhere) it runs
   none.

{words}

### Wrappers

| program | options that take a word | own words | verbs |
| --- | --- | ---: | --- |
{wrappers}

### Programs whose next word says what is done

Those that are wrappers too have the options of both.

| program | options that take a word |
| --- | --- |
{families}

## Patterns

**The project of a minute** is the project with most calls in it, of equal ones the first by name;
calls of no project have no say, and a minute of such calls alone has no project. Where rules speak
of minutes with a project, the others are passed over as if they were not active.

**Focus blocks.** Minutes with a project, in their order, are cut where the project changes and
where two are more than {block_gap} minutes apart (`14:00` and `14:10` are not). A piece is a block
if last - first + 1 is {block} or more, which is its length.

**Bursts.** Calls of the minute >= {burst}, and calls of the minute x active minutes of the period
>= {burst_times} x calls of the period. Minutes in a row are one burst.

**Switches.** Neighbours among the minutes with a project that have different ones, and are
{switch_gap} minutes apart or less. The rate is switches x 60 / active minutes, those without a
project included.

**Overlap.** Active minutes with calls of two agents or more; the pair is that of the most such
minutes, a minute of three agents being one for each of three pairs.

**Rework loops.** Of each session (the agent's and with an id) in the order of calls: a write of a
file; a test run (a shell call that runs tests) that failed, with the outcome `failed`; or one
that ended otherwise, with any other outcome. Keep two sets, *written* and *failed*, both empty at
first. A write of a file that is in *failed* is a loop of that file, and takes it out of *failed*;
any write puts the file into *written*. A failed run moves *written* into *failed*. A run that
ended otherwise empties both. A session that is cut by the period begins anew with it.

**Themes.** A local day is light below {light} calls; shipping needs {shipping} calls and
{shipping_new} new files. The days of a period are all its local days, those without a call too.
Saturday and Sunday are the weekend. A period with active days of both sorts is steady from
{steady} active days on, if active days x {steady_part} >= days of the period. The main thread needs
{thread_days} local days with a write of the file, and {thread_writes} writes of files in the
period; a file's writes are those of the whole period.

## Cost

A response counts with `start_ms <= ts_ms < end_ms`. Its cost, by the list price that was found when
it was read or priced again, is `cost`, in `currency`; where `cost` is null it has no price, and is
counted as unpriced. Costs are added up by currency; without any response there is no cost. A cost
has a change where there is one currency on either side, and the same, and no response is unpriced.
Of an agent and of a project are the responses with that `agent`, and with a `project` that is a
root of it. Agents are in the order of what they cost, in whatever currency, those without any price
last; ties by all tokens, then by id. Input tokens are `input_tokens` and `tool_use_tokens`, cache
tokens those read from a cache and written to one.

## Extensions of languages

{languages}

## Definitions
"""

WORDS: Final = {
    "keywords": shell_programs.KEYWORDS,
    "silent words": shell_programs.SILENT,
    "setting words": shell_programs.SETTING,
    "shells": shell_programs.SHELLS,
    "Windows shells": shell_programs.WINDOWS_SHELLS,
    "Windows command words": shell_programs.WINDOWS_COMMAND,
    "the `docker` family": shell_programs.COMPOSE,
    "interpreters": shell_programs.INTERPRETERS,
    "options of interpreters that take a word": shell_programs.INTERPRETER_VALUES,
    "scripts": shell_programs.SCRIPTS,
    "script runners": shell_programs.SCRIPT_RUNNERS,
    "programs of several goals": shell_programs.GOALS,
    "programs that run tests": shell_programs.TESTS,
    "names that test": shell_programs.ALSO_TESTS,
    "words that keep from testing": shell_programs.NOT_RUN,
}


def metrics() -> str:
    """Give the page."""
    rows = [
        f"### {metric.key}\n\n**{metric.name}** ({metric.unit}). {metric.definition}\n"
        for metric in METRICS
    ]
    return "\n".join([_rules(), *rows, *_terms()])


def _terms() -> Iterator[str]:
    yield "## Other words of a report\n"
    for term in TERMS:
        yield f"### {term.key}\n\n**{term.name}**. {term.definition}\n"


def _rules() -> str:
    return INTRODUCTION.format(
        patch=PATCH_TOOL,
        whole=_codes(WHOLE_FILE_TOOLS, " or "),
        in_quotes=_letters(shell_lines.ESCAPED_IN_QUOTES),
        escaped=_letters(shell_lines.ESCAPED),
        breaks=_letters(shell_lines.BREAKS),
        inside=shell_words.DEEPEST - 1,
        longest_word=shell_words.LONGEST_WORD,
        words="\n".join(f"- {name}: {_sorted(words)}" for name, words in WORDS.items()),
        wrappers=_wrappers(),
        families=_families(),
        block_gap=patterns.BLOCK_GAP_MINUTES,
        block=patterns.BLOCK_MINUTES,
        burst=patterns.BURST_CALLS,
        burst_times=patterns.BURST_TIMES,
        switch_gap=patterns.SWITCH_GAP_MINUTES,
        light=themes.LIGHT_CALLS,
        shipping=f"{themes.SHIPPING_CALLS:,}",
        shipping_new=themes.SHIPPING_NEW,
        steady=themes.STEADY_DAYS,
        steady_part=themes.STEADY_PART,
        thread_days=themes.THREAD_DAYS,
        thread_writes=themes.THREAD_WRITES,
        languages=_languages(),
    )


def _wrappers() -> str:
    return "\n".join(
        f"| `{name}` | {_sorted(one.values)} | {one.arguments or ''} | {_sorted(one.verbs)} |"
        for name, one in sorted(shell_programs.WRAPPERS.items())
    )


def _families() -> str:
    return "\n".join(
        f"| `{name}` | {_sorted(options)} |"
        for name, options in sorted(shell_programs.FAMILIES.items())
    )


def _languages() -> str:
    names = dict.fromkeys(LANGUAGES.values())
    return "\n".join(
        f"- {name}: {_codes(one for one, language in LANGUAGES.items() if language == name)}"
        for name in names
    )


def _letters(letters: str) -> str:
    """Write each visible character as code."""
    shown = (letter for letter in letters if not letter.isspace())
    return " ".join("`` ` ``" if letter == "`" else f"`{letter}`" for letter in shown)


def _sorted(words: Iterable[str]) -> str:
    return _codes(sorted(words))


def _codes(words: Iterable[str], between: str = ", ") -> str:
    return between.join(f"`{word}`" for word in words)
