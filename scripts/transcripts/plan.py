"""The plan: what the written transcripts tell, row by row, and which hard cases they hold."""

from __future__ import annotations

from typing import Final, NamedTuple

CASES: Final = {
    "call_without_end": "tool calls whose end nothing tells",
    "call_id_in_two_sessions": "sessions whose call ids are also those of other sessions' calls",
    "cache_write_both_tiers": "responses that wrote cache for five minutes and for an hour",
    "cache_write_sum_only": "responses with cache writes and no word on their tier",
    "codex_cumulative_row": "rows of running totals, which are no response",
    "codex_subagent_file": "files of a Codex subagent",
    "compaction": "compactions of a session's history",
    "error_row": "rows that say an API error, with a usage of zeros",
    "fork": "sessions that begin with the rows of another, under a session id of their own",
    "gemini_rewritten_row": "rows that stand again under the same id, with their tool calls",
    "identical_copy": "files that are copies of another file",
    "line_of_3_mb": "rows of at least 3 MB",
    "long_context": "responses to more than 200,000 tokens",
    "model_change": "sessions that went on with another model",
    "no_message_id": "responses without a message id, known by file and position alone",
    "no_request_id": "Claude responses without a request id",
    "non_ascii": "texts that were made to hold more than ASCII",
    "nul_escape": "texts with an escaped NUL",
    "over_midnight_in_zone": "sessions on both sides of midnight in the zone of nine hours",
    "over_midnight_utc": "sessions on both sides of midnight UTC",
    "second_machine": "sessions of another machine in the same project's folder",
    "sidechain_flat": "subagent files beside their session's",
    "sidechain_inline": "subagent rows inside a session's file",
    "sidechain_nested": "subagent files in a folder of their session's",
    "spaced_json": "files that an editor wrote again, with a space after each colon and comma",
    "split_growing": "responses over several rows whose usage grows",
    "split_over_midnight": "responses whose rows stand on both sides of midnight UTC",
    "split_peak_not_last": "responses over several rows whose last row does not hold the most",
    "split_response": "responses over several rows",
    "subagent": "subagents of the other agents: Gemini, Qwen, Copilot, OpenCode",
    "synthetic_row": "rows of the model `<synthetic>`, which no model made",
    "torn_in_a_character": "last lines that end within a character",
    "torn_last_line": "last lines that end before their row does",
    "unknown_model": "responses of models that no price list knows",
    "unknown_row": "rows of kinds that nobody has seen yet",
    "usage_beside_responses": "usage blocks in rows that are no responses",
    "zero_usage": "responses of a real model whose counts are all 0",
}
"""Each hard case, and what is counted of it."""


class Usage(NamedTuple):
    """What one response used, in tokens, the same whatever the provider's own convention.

    Read from and written to the cache is apart from `input_tokens`; `output_tokens` includes
    `reasoning_tokens`.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def prompt_tokens(self) -> int:
        """Give all that was sent: not cached, read from the cache, written to it."""
        written = self.cache_write_5m_tokens + self.cache_write_1h_tokens
        return self.input_tokens + self.cache_read_tokens + written


class Call(NamedTuple):
    """A tool call as the agent names it; its outcome is `ok`, `failed` or `unknown`."""

    id: str
    tool: str
    outcome: str


class Telling(NamedTuple):
    """One row that tells of a response; several rows may tell of the same.

    `key` is the response's own id, or the file and the number of the row when it has none.
    `session` is the session that a person started, for a subagent too.
    """

    agent: str
    key: str
    at_ms: int
    path: str
    session: str
    model: str
    usage: Usage
    calls: tuple[Call, ...]


class Plan:
    """All that was written, in words of our own."""

    def __init__(self) -> None:
        self.tellings: list[Telling] = []
        self.cases = dict.fromkeys(CASES, 0)

    def meet(self, case: str, times: int = 1) -> None:
        """Count a hard case, one of `CASES`."""
        self.cases[case] += times
