"""Codex CLI's rows: `{timestamp, ordinal, type, payload}`."""

from __future__ import annotations

from typing import Any, Final

from transcripts.shape import row_template

_CLI: Final = "0.169.0"
_PASSED_ON: Final = {
    "turn_id": "%(turn)s",
    "create_time": "=create_time",
    "content_item_kinds": ["user.text"],
    "content_item_metadata": [{"provenance": {"type": "user"}}],
}
_USED: Final = {
    "thread_id": "%(thread)s",
    "turn_id": "%(turn)s",
    "session_id": "%(session)s",
    "root_turn_id": "%(turn)s",
    "response_id": "%(response)s",
    "usage": "=usage",
    "turn_token_usage": "=turn_usage",
    "thread_token_usage": "=thread_usage",
}
"""What a response used, and all so far; a compaction repeats it."""
_RETAINED: Final = {
    "retained_source": {
        "id": {"message_id": "msg_%(id)s", "turn_id": "%(turn)s", "role": "user"},
        "revision": "retained_%(id)s",
        "complete": True,
    }
}
_NO_SERVERS: Final = {"mcp_attribution": {"status": "none"}}
_TOKENS: Final = {
    "input_tokens": "=input",
    "cached_input_tokens": "=cached",
    "cache_write_input_tokens": 0,
    "output_tokens": "=output",
    "reasoning_output_tokens": "=reasoning",
    "total_tokens": "=total",
}
TOKENS: Final = row_template(_TOKENS)
NO_TOKENS: Final = row_template({**dict.fromkeys(_TOKENS, 0), "total_tokens": 6866})


def _row(kind: str, payload: object, **more: object) -> str:
    head = {"timestamp": "%(at)s", "ordinal": "=ordinal", "type": kind}
    return row_template({**head, "payload": payload, **more})


def _event(kind: str, **payload: object) -> str:
    return _row("event_msg", {"type": kind, **payload})


def _meta(more: dict[str, object], at_end: dict[str, object] | None = None) -> str:
    return _row(
        "session_meta",
        {
            "account_scoped": True,
            "session_id": "%(session)s",
            "id": "%(thread)s",
            **more,
            "cwd": "%(cwd)s",
            "runtime_workspace_roots": ["%(cwd)s"],
            "originator": "codex_cli_rs",
            "cli_version": _CLI,
            "source": "=source",
            "thread_source": "%(thread_source)s",
            **(at_end or {}),
            "model_provider": "openai",
            "base_instructions": {
                "text": "%(text)s",
                "provenance": {"type": "model", "model": "%(model)s"},
            },
            "history_mode": "paginated",
            "context_window": {"window_id": "%(window)s"},
        },
    )


META: Final = _meta({"timestamp": "%(at)s"})
FORK_META: Final = _meta({"forked_from_id": "%(origin)s", "timestamp": "%(at)s"})
SUBAGENT_META: Final = _meta(
    {"parent_thread_id": "%(session)s", "timestamp": "%(at)s"},
    {"agent_nickname": "Euler", "multi_agent_version": "v1"},
)
SUBAGENT_SOURCE: Final = row_template(
    {
        "subagent": {
            "thread_spawn": {
                "parent_thread_id": "%(session)s",
                "depth": 1,
                "agent_path": None,
                "agent_nickname": "Euler",
                "agent_role": None,
            }
        }
    }
)

TASK_STARTED: Final = _event(
    "task_started",
    turn_attribution={
        "turn_id": "%(turn)s",
        "turn_trigger": "exec",
        "parent_turn_id": None,
        "initiating_agent_path": None,
        "root_turn_id": "%(turn)s",
    },
    turn_id="%(turn)s",
    root_turn_id="%(turn)s",
    started_at="=seconds",
    model_context_window=258_400,
    collaboration_mode_kind="default",
)
TASK_COMPLETE: Final = _event(
    "task_complete",
    root_turn_id="%(turn)s",
    turn_id="%(turn)s",
    last_agent_message="%(text)s",
    started_at="=seconds",
    completed_at="=seconds",
    duration_ms=1001,
    time_to_first_token_ms=305,
)
WORLD: Final = _row(
    "world_state",
    {
        "full": True,
        "state": {
            "agents_md": {},
            "apps_instructions": False,
            "collaboration_mode": {
                "mode": "default",
                "model": "%(model)s",
                "instructions": "%(hash)s",
            },
            "context_window_guidance": "",
            "environments": {
                "environments": {
                    "local": {"cwd": "%(cwd)s", "status": "available", "shell": "bash"},
                },
                "current_date": "%(day)s",
                "timezone": "Etc/UTC",
                "filesystem": "<filesystem></filesystem>",
            },
            "environments_instructions": False,
            "git_attribution": False,
            "host_skills": {"body": "%(text)s", "includeInstructions": True},
            "managed_developer_instructions": {},
            "model": "%(model)s",
            "model_catalog": "%(hash)s",
            "multi_agent_mode": {},
            "permissions": {"instructions": "%(hash)s", "approved_command_prefixes": []},
            "persistent_mode": {},
            "plugins_instructions": False,
            "realtime": {"active": False},
            "skills": {"includeInstructions": True},
            "tools": {"multi_agent_v1": "Tools for spawning and managing sub-agents."},
        },
    },
)
_MODE: Final = {
    "mode": "default",
    "settings": {
        "model": "%(model)s",
        "reasoning_effort": None,
        "developer_instructions": None,
    },
}
TURN_CONTEXT: Final = _row(
    "turn_context",
    {
        "turn_id": "%(turn)s",
        "root_turn_id": "%(turn)s",
        "disabled_plugin_ids": [],
        "cwd": "%(cwd)s",
        "approval_policy": "never",
        "approvals_reviewer": "user",
        "permission_profile": {"type": "disabled"},
        "model": "%(model)s",
        "comp_hash": "2911",
        "collaboration_mode": _MODE,
        "multi_agent_version": "v1",
        "realtime_active": False,
        "summary": "none",
        "sandbox_policy": {"type": "danger-full-access"},
    },
)
SETTINGS: Final = _event(
    "thread_settings_applied",
    thread_id="%(thread)s",
    thread_settings={
        "model": "%(model)s",
        "model_provider_id": "openai",
        "approval_policy": "never",
        "approvals_reviewer": "user",
        "requested_approvals_reviewer": "user",
        "permission_profile": {"type": "disabled"},
        "cwd": "%(cwd)s",
        "runtime_workspace_roots": ["%(cwd)s"],
        "collaboration_mode": _MODE,
        "disabled_plugin_ids": [],
    },
)


def _item(item: dict[str, Any]) -> str:
    return _event(
        "item_completed",
        thread_id="%(thread)s",
        turn_id="%(turn)s",
        item=item,
        started_at_ms="=begun",
        completed_at_ms="=ended",
    )


def _response_item(payload: dict[str, Any], **metadata: object) -> str:
    passed = _PASSED_ON if payload["type"] == "message" else {"turn_id": "%(turn)s"}
    passed_on = {"internal_chat_message_metadata_passthrough": passed}
    counted = {"history_sequence": "=ordinal", "sampled_through_sequence": 0}
    return _row(
        "response_item",
        {**payload, **passed_on},
        metadata={**counted, "client_authored": False, **metadata},
    )


SYSTEM_MESSAGE: Final = _response_item(
    {
        "type": "message",
        "id": "msg_%(id)s",
        "role": "developer",
        "content": [{"type": "input_text", "text": "%(text)s"}],
    },
    **_NO_SERVERS,
)
USER_MESSAGE: Final = _response_item(
    {
        "type": "message",
        "id": "msg_%(id)s",
        "role": "user",
        "content": [{"type": "input_text", "text": "%(text)s"}],
    },
    **_RETAINED,
    user_input_order=0,
    **_NO_SERVERS,
)
USER_ITEM: Final = _item(
    {
        "type": "UserMessage",
        "id": "%(id)s",
        "content": [{"type": "text", "text": "%(text)s", "text_elements": []}],
    }
)
SAID: Final = _response_item(
    {
        "type": "message",
        "status": "completed",
        "id": "msg_%(id)s",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "%(text)s", "annotations": []}],
    },
    **_RETAINED,
    user_input_order=1,
)
SAID_ITEM: Final = _item(
    {
        "type": "AgentMessage",
        "id": "msg_%(id)s",
        "content": [{"type": "Text", "text": "%(text)s"}],
    }
)
SUMMED_UP: Final = _response_item(
    {
        "type": "message",
        "status": "completed",
        "id": "msg_%(id)s",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "%(text)s", "annotations": []}],
    },
    compaction_output=True,
)
COMPACTED: Final = _row(
    "compacted",
    {
        "message": "%(text)s",
        "replacement_history": [
            {
                "type": "message",
                "id": "msg_%(id)s",
                "role": "user",
                "content": [{"type": "input_text", "text": "%(text)s"}],
                "internal_chat_message_metadata_passthrough": _PASSED_ON,
            }
        ],
        "replacement_history_metadata": [
            {
                "history_sequence": 8,
                "sampled_through_sequence": 3,
                "client_authored": False,
                **_RETAINED,
                "user_input_order": 0,
                **_NO_SERVERS,
            }
        ],
        "retained_context": {
            "verified_answers": [],
            "incomplete": False,
            "user_messages": [],
            "user_messages_incomplete": False,
            "assistant_messages": [],
            "assistant_messages_incomplete": False,
            "next_order": 2,
        },
        "window_number": 1,
        "first_window_id": "%(id)s",
        "previous_window_id": "%(id)s",
        "window_id": "%(id)s",
        "compaction_response_id": "%(response)s",
        "latest_token_usage_record": _USED,
        "resume_metadata": {
            "dynamic_tools": {"thread_id": "%(thread)s", "tools": []},
            "multi_agent_version": "v1",
            "last_started_turn_id": "%(turn)s",
            "previous_turn_settings": {
                "model": "%(model)s",
                "comp_hash": "2911",
                "realtime_active": False,
            },
        },
    },
)
COMPACTION_ITEM: Final = _item({"type": "ContextCompaction", "id": "%(id)s"})

CALL: Final = _response_item(
    {
        "type": "function_call",
        "status": "completed",
        "id": "i%(call)s",
        "name": "%(name)s",
        "=namespace": None,
        "arguments": "%(asked)s",
        "call_id": "%(call)s",
    },
    user_input_order=2,
)
PATCH: Final = _response_item(
    {
        "type": "custom_tool_call",
        "id": "i%(call)s",
        "status": "completed",
        "call_id": "%(call)s",
        "name": "apply_patch",
        "input": "%(asked)s",
    }
)
OUTPUT: Final = _response_item(
    {
        "type": "function_call_output",
        "id": "fco_%(id)s",
        "call_id": "%(call)s",
        "output": "=output",
    },
    fallback_token_limit_override=12_000,
)
PATCH_OUTPUT: Final = _response_item(
    {
        "type": "custom_tool_call_output",
        "id": "ctco_%(id)s",
        "call_id": "%(call)s",
        "output": "=output",
    },
    fallback_token_limit_override=12_000,
)
_DURATION: Final = {"secs": "=secs", "nanos": "=nanos"}
SHELL_ITEM: Final = _item(
    {
        "type": "CommandExecution",
        "id": "%(call)s",
        "process_id": "42954",
        "command": ["/bin/bash", "-lc", "%(command)s"],
        "cwd": "file://%(cwd)s",
        "parsed_cmd": [{"type": "unknown", "cmd": "%(command)s"}],
        "source": "unified_exec_startup",
        "status": "%(status)s",
        "aggregated_output": "%(text)s",
        "exit_code": "=exit_code",
        "duration": _DURATION,
    }
)
PATCH_ITEM: Final = _item(
    {
        "type": "FileChange",
        "id": "%(call)s",
        "changes": {"%(cwd)s/cart.py": {"type": "add", "content": "%(text)s"}},
        "status": "%(status)s",
        "stdout": "",
        "stderr": "",
    }
)
MCP_ITEM: Final = _item(
    {
        "type": "McpToolCall",
        "id": "%(call)s",
        "server": "tracker",
        "tool": "find",
        "arguments": {"message": "%(command)s"},
        "readOnlyHint": True,
        "status": "%(status)s",
        "result": {"content": [{"type": "text", "text": "%(text)s"}]},
        "duration": _DURATION,
    }
)
SPAWN_ITEM: Final = _item(
    {
        "type": "CollabAgentToolCall",
        "id": "%(call)s",
        "tool": "spawn_agent",
        "status": "completed",
        "sender_thread_id": "%(thread)s",
        "receiver_thread_ids": ["%(receiver)s"],
        "receiver_agents": [{"thread_id": "%(receiver)s", "agent_nickname": "Euler"}],
        "prompt": "%(command)s",
        "model": "%(model)s",
        "reasoning_effort": "medium",
        "agents_states": {"%(receiver)s": "pending_init"},
    }
)

USED: Final = _row("token_usage_record", _USED)
COUNTED: Final = _event(
    "token_count",
    info={
        "total_token_usage": "=thread_usage",
        "last_token_usage": "=usage",
        "last_usage_includes_reasoning": False,
        "model_context_window": 258_400,
    },
    rate_limits={
        "limit_id": "codex",
        "limit_name": None,
        "primary": None,
        "secondary": None,
        "credits": None,
        "individual_limit": None,
        "spend_control_reached": None,
        "plan_type": None,
        "rate_limit_reached_type": None,
    },
)
UNKNOWN: Final = _row("usage_forecast", {"usage": {"input_tokens": 99_999, "output_tokens": 9}})
