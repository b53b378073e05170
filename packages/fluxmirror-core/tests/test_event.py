"""The record everything else speaks of: its words and its columns are a contract."""

from __future__ import annotations

from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BATCH, BEFORE, AgentEvent, Kind, Outcome

KINDS = """
tool_call prompt session_start session_end turn_end turn_failed subagent_start subagent_end
permission_request permission_denied compaction_start compaction_end notification signal torn
"""
OUTCOMES = "ok failed denied rejected interrupted unknown"
COLUMNS = """
uid twin_uid kind ts_ms ended_ms agent evidence session subagent subagent_type turn call_id
hook_event model tool tool_canonical tool_class mcp_server mcp_tool detail cwd project repo path
outcome error exit_code duration_ms duration_source input_bytes output_bytes host user sources
self_noise phases pair_key schema_version response_key
"""


def test_kinds_are_the_words_scripts_filter_by() -> None:
    """A kind that is renamed breaks every query somebody wrote."""
    assert [str(kind) for kind in Kind] == KINDS.split()


def test_outcomes_are_the_words_scripts_filter_by() -> None:
    """An outcome that is renamed breaks every query somebody wrote."""
    assert [str(outcome) for outcome in Outcome] == OUTCOMES.split()


def test_columns_come_first_and_the_payload_behind_them() -> None:
    """The writer cuts the record in two at `input_json`."""
    apart = ["input_json", "output_sha256", "output_text"]
    assert list(AgentEvent._fields) == [*COLUMNS.split(), *apart]


def test_phases_are_bits_of_their_own() -> None:
    """Each telling adds its bit; the numbers stand in databases."""
    assert (BEFORE, AFTER, BATCH, ASKED, ANSWERED) == (1, 2, 4, 8, 16)
