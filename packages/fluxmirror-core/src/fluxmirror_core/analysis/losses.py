"""What is missing of a call, and the reasons for which nothing is to be expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.told_calls import FILES, HOOKS
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BATCH, BEFORE, Outcome
from fluxmirror_core.hook_facts import after_event, hook_facts
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.session_names import SessionFiles
    from fluxmirror_core.analysis.told_calls import FileSigns, OddCall, ToldCalls

NO_HOOK: Final = "no_hook"
"""No hook told of the call."""
NO_RECORD: Final = "no_record"
"""Its session file does not hold the call."""
HALF_HOOKS: Final = "half_hooks"
"""The hook before it, the one after it, or both are missing."""
NO_END: Final = "no_end"
"""Its session file does not hold its end."""

NEVER_HOOKED: Final = "never_hooked"
HOOKED_LATER: Final = "hooked_later"
HOOKLESS_TOOL: Final = "hookless_tool"
NOT_RUN: Final = "not_run"
ELSEWHERE: Final = "elsewhere"
NO_FILE: Final = "no_file"
UNREAD: Final = "unread"
OTHER_DATABASE: Final = "other_database"
"""Nobody reads session files into the database that is asked."""
LAST_SIGN: Final = "last_sign"
YOUNG: Final = "young"
OLDER_PROGRAM: Final = "older_program"

_HOMES: Final = r"(?:[A-Za-z]:)?[\\/](?:home|Users)[\\/][^\\/]+"
"""Where people's directories are, on any system."""


class Moment(NamedTuple):
    """When and where coverage is asked for."""

    now_ms: int
    hooks_ms: int
    """Whatever hooks told up to then is in the database."""
    files_ms: int
    """Whatever session files told up to then may be expected in them."""
    home: str
    """The user's home."""
    is_usual: bool = True
    """Whether it is asked of the database that session files are read into."""

    def is_new(self, call: OddCall, told_ms: int) -> bool:
        """Tell whether a call is newer than what was told; one from the future never is."""
        return told_ms < call.ended_ms <= self.now_ms


class Loss(NamedTuple):
    """Something that is missing of a call, and that nothing explains."""

    kind: str
    events: tuple[str, ...]
    """The hook events that are missing, by the agent's own names."""
    phases: int
    """The bits that would tell that it is not missing."""
    failed: bool | None
    """Whether it concerns calls that failed, those that did not, or None for all."""
    call: OddCall


class Judge:
    """Says of calls what is missing, or why it is not."""

    def __init__(self, told: ToldCalls, files: SessionFiles, moment: Moment) -> None:
        self._told = told
        self._files = files
        self._moment = moment
        self._with_batches = {count.agent for count in told.counts if count.phases & BATCH}

    def reason(self, call: OddCall) -> str | None:
        """Say why only one source told of a call; None when nothing explains it, or both did."""
        if not call.phases & HOOKS:
            return self._why_no_hook(call)
        return None if call.phases & FILES else self._why_no_record(call)

    def losses(self, call: OddCall) -> Iterator[Loss]:
        """Give what is missing of a call, without what has a reason."""
        facts = hook_facts(call.agent)
        if not call.phases & HOOKS:
            if self._why_no_hook(call) is None:
                yield Loss(NO_HOOK, (facts.before, facts.after), HOOKS, None, call)
            return
        if not call.phases & FILES:
            if self._why_no_record(call) is None:
                yield Loss(NO_RECORD, (), FILES, None, call)
        elif self._lacks_end(call):
            yield Loss(NO_END, (), ANSWERED, None, call)
        if half := self._half(call):
            yield half

    def _why_no_hook(self, call: OddCall) -> str | None:
        signs = self._told.hooked.get(_session(call))
        hooked_ms = self._told.agents[call.agent].hooked_ms
        is_hooked = signs is not None and signs.is_hooked
        if hooked_ms is None:
            return NEVER_HOOKED
        if call.ts_ms < hooked_ms or (signs is not None and signs.is_early):
            return HOOKED_LATER
        if not is_hooked and _is_foreign(call.cwd, self._moment.home):
            return ELSEWHERE
        if call.tool in hook_facts(call.agent).hookless_tools:
            return HOOKLESS_TOOL
        if self._may_not_have_run(call):
            return NOT_RUN
        return YOUNG if self._moment.is_new(call, self._moment.hooks_ms) else None

    def _may_not_have_run(self, call: OddCall) -> bool:
        facts = hook_facts(call.agent)
        if call.outcome in facts.batch_ends and call.agent not in self._with_batches:
            return True
        return call.outcome in facts.silent_ends or not call.phases & ANSWERED

    def _why_no_record(self, call: OddCall) -> str | None:
        files, signs = self._files.of(call), self._file_signs(call)
        if not files and (call.subagent is not None or signs is None or signs.filed_ms is None):
            return without_file(self._moment)
        if any(not file.is_whole for file in files):
            return UNREAD if self._moment.is_usual else OTHER_DATABASE
        if self._moment.is_new(call, self._moment.files_ms):
            return YOUNG
        return LAST_SIGN if signs is None or signs.last_ms <= call.ended_ms else None

    def _lacks_end(self, call: OddCall) -> bool:
        """Tell whether the file has gone on behind a call without saying how it ended."""
        if call.phases & (AFTER | ASKED | ANSWERED) != AFTER | ASKED:
            return False
        signs = self._file_signs(call)
        if any(not file.is_whole for file in self._files.of(call)):
            return False
        is_new = self._moment.is_new(call, self._moment.files_ms)
        return not is_new and bool(signs and signs.filed_ms and signs.filed_ms > call.ended_ms)

    def _half(self, call: OddCall) -> Loss | None:
        """Say which hook is missing of a call that others of its hooks told of."""
        facts = hook_facts(call.agent)
        hooked_ms = self._told.agents[call.agent].hooked_ms
        if not facts.before or hooked_ms is None or call.ts_ms < hooked_ms:
            return None
        if self._moment.is_new(call, self._moment.hooks_ms):
            return None
        after = after_event(facts, call.outcome, call.exit_code) if call.phases & ANSWERED else ""
        lacks_after = bool(after) and not call.phases & AFTER
        lacks_before = not call.phases & BEFORE and bool(call.phases & AFTER or lacks_after)
        # The first that was ever heard may be the end of a call that had begun before.
        lacks_before = lacks_before and call.ts_ms > hooked_ms
        failed = call.outcome == Outcome.FAILED if facts.after != facts.after_failure else None
        if lacks_before and lacks_after:
            return Loss(HALF_HOOKS, (facts.before, after), BEFORE | AFTER, failed, call)
        if lacks_before:
            return Loss(HALF_HOOKS, (facts.before,), BEFORE, None, call)
        return Loss(HALF_HOOKS, (after,), AFTER, failed, call) if lacks_after else None

    def _file_signs(self, call: OddCall) -> FileSigns | None:
        return self._told.filed.get(_session(call))


def without_file(moment: Moment) -> str:
    """Say why a call has no record where no session file is known."""
    return NO_FILE if moment.is_usual else OTHER_DATABASE


def _session(call: OddCall) -> tuple[str, str]:
    return call.agent, call.session or ""


def _is_foreign(directory: str | None, home: str) -> bool:
    """Tell whether a directory lies under the home of somebody else, or of another machine."""
    found = re.match(_HOMES, directory or "")
    return found is not None and not _is_same(found[0], home)


def _is_same(found: str, home: str) -> bool:
    ours = home.rstrip("\\/").replace("\\", "/").casefold()
    other = found.replace("\\", "/").casefold()
    # A home may lie deeper than usual: what is around it is not somebody else's.
    return ours == other or ours.startswith(f"{other}/")
