"""The truth about a set of transcripts, from the plan of what they tell and from nothing else.

A *response* is what a model answered once. Every row with its id tells of it; a row without an id
is a response by itself. A response

- used the element-wise maximum of what its rows say;
- happened at the time of its first row, and belongs to the session and the model of that row: the
  first by time, then by path;
- counts also when all its counts are 0; rows of the model `<synthetic>`, running totals and usage
  blocks in rows of other kinds are no responses.

*Ids*, and what tells of a response: Claude `message.id` of an `assistant` row; Codex `response_id`
of a `token_usage_record` row; Gemini `id` of a `gemini` row; Qwen `response_id` of an
`api_response` in the session's own file; Copilot `apiCallId` of a `session.usage_record`; OpenCode
`id` of an assistant's `message`, at its `time_created`.

*Tokens* mean the same whatever the provider's own convention: `input_tokens` were neither read
from the cache nor written to it, `output_tokens` includes `reasoning_tokens`. So of Codex,
Gemini, Qwen and Copilot the cached tokens are taken off the input; Gemini's thoughts and
OpenCode's reasoning are added to the output. Cache writes without a word on their tier are for
five minutes.

A *session* is what a person started: a subagent's responses and calls are its parent session's.
Gemini's subagents name their parent in the folder they lie in, OpenCode's in `parent_id`.

Qwen tells each response twice or three times, and only its `ui_telemetry` rows have the response's
id; what an `assistant` row or a subagent's file says is the same again. A compaction's response is
in such a row alone. Claude's compactions are in its closing `cost-state` row alone, so they are
not in this truth.

*Calls* are the tool calls that a transcript names, with the agent's own name and id. `ok` and
`failed` follow the exit code where there is one (Gemini has it in the result's text), else the
agent's own word; `unknown` is a call whose end nothing tells.

*Cost* is in dollars, the sum of each response priced at its own time; null when no response of the
sum has a price. `unpriced_responses` are those of models without one.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from transcripts.plan import Call, Usage
from transcripts.shape import day_of
from transcripts.story import DAY_MS, HOUR_MS, ZONE_HOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from transcripts.plan import Plan, Telling

    Price = Callable[[Usage, str, int], Decimal | None]

_LONG = 200_000


class Response(NamedTuple):
    """One response, all its rows taken together."""

    agent: str
    at_ms: int
    session: str
    model: str
    usage: Usage
    calls: tuple[Call, ...]
    cost: Decimal | None

    @property
    def day(self) -> str:
        """Give its day in UTC."""
        return day_of(self.at_ms // DAY_MS)

    @property
    def zone_day(self) -> str:
        """Give its day in the other zone."""
        return day_of((self.at_ms + ZONE_HOURS * HOUR_MS) // DAY_MS)


class Sum:
    """Responses added up."""

    def __init__(self) -> None:
        self.responses = 0
        self.unpriced = 0
        self._usages: list[Usage] = []
        self._cost = Decimal(0)

    def add(self, response: Response) -> None:
        """Take a response in."""
        self.responses += 1
        self._usages.append(response.usage)
        if response.cost is None:
            self.unpriced += 1
        else:
            self._cost += response.cost

    def told(self) -> dict[str, Any]:
        """Give the sum as the truth file holds it."""
        columns = zip(*self._usages, strict=True)
        tokens = dict(zip(Usage._fields, map(sum, columns), strict=True))
        cost = None if self.unpriced == self.responses else f"{self._cost:f}"
        counts = {"responses": self.responses, "unpriced_responses": self.unpriced}
        return {**counts, **tokens, "cost": cost}


def build_responses(plan: Plan, price: Price | None) -> list[Response]:
    """Take each response's rows together, in the order of their times.

    Args:
        plan: what was written.
        price: prices a response; without it no response has a cost.
    """
    rows: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for telling in plan.tellings:
        rows[telling.agent, telling.key].append(telling)
    responses = [_response(tellings, price) for tellings in rows.values()]
    return sorted(responses, key=lambda response: (response.at_ms, response.agent))


def _response(tellings: list[Telling], price: Price | None) -> Response:
    first = min(tellings, key=lambda telling: (telling.at_ms, telling.path))
    usage = Usage(*map(max, zip(*(telling.usage for telling in tellings), strict=True)))
    calls = {call.id: call for telling in tellings for call in telling.calls}
    cost = price(usage, first.model, first.at_ms) if price else None
    session, model = first.session, first.model
    return Response(first.agent, first.at_ms, session, model, usage, tuple(calls.values()), cost)


def count_cases(plan: Plan, responses: Iterable[Response]) -> dict[str, int]:
    """Give how often each hard case is there; some are seen only in whole responses."""
    cases = dict(plan.cases)
    for response in responses:
        usage = response.usage
        both = bool(usage.cache_write_5m_tokens and usage.cache_write_1h_tokens)
        cases["cache_write_both_tiers"] += both
        cases["long_context"] += usage.prompt_tokens > _LONG
        cases["unknown_model"] += "nova" in response.model
        cases["zero_usage"] += not any(usage)
    return cases


def build_truth(plan: Plan, responses: list[Response]) -> dict[str, Any]:
    """Add the responses up in every way a report does."""
    return {
        "total": _sum(responses),
        "by_agent": _sums(responses, ("agent",)),
        "by_day": _sums(responses, ("day",)),
        "by_day_in_zone": {
            "offset_hours": ZONE_HOURS,
            "days": _sums(responses, ("zone_day",)),
        },
        "by_agent_model": _sums(responses, ("agent", "model")),
        "by_agent_model_day": _sums(responses, ("agent", "model", "day")),
        "by_session": _sums(responses, ("agent", "session")),
        "cases": count_cases(plan, responses),
    }


def build_calls(responses: list[Response]) -> dict[str, dict[str, list[dict[str, str]]]]:
    """List each agent's tool calls by session, in the order in which they were asked for."""
    calls: dict[str, dict[str, list[dict[str, str]]]] = {}
    for response in responses:
        if response.calls:
            sessions = calls.setdefault(response.agent, {})
            its = sessions.setdefault(response.session, [])
            its += [call._asdict() for call in response.calls]
    return calls


def _sum(responses: list[Response]) -> dict[str, Any]:
    whole = Sum()
    for response in responses:
        whole.add(response)
    return whole.told()


def _sums(responses: list[Response], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Add up by attributes of the responses; one row each, sorted by them."""
    sums: dict[tuple[str, ...], Sum] = defaultdict(Sum)
    for response in responses:
        sums[tuple(getattr(response, key) for key in keys)].add(response)
    return [dict(zip(keys, at, strict=True)) | its.told() for at, its in sorted(sums.items())]
