"""Qwen Code's rows: those of a session, of a subagent, and of its telemetry."""

from __future__ import annotations

from typing import Final

from transcripts.shape import row_template

CWD: Final = "/home/ada/code/shop"
_HEAD: Final = {
    "uuid": "%(uuid)s",
    "parentUuid": "=parent",
    "sessionId": "%(session)s",
    "timestamp": "%(at)s",
}
_VERSION: Final = {"cwd": CWD, "version": "0.24.4"}
_SIDE: Final = {"agentId": "%(agent)s", "agentName": "general-purpose", "isSidechain": True}
_TOKENS: Final = {
    "promptTokenCount": "=input",
    "candidatesTokenCount": "=output",
    "thoughtsTokenCount": "=thoughts",
    "totalTokenCount": "=total",
    "cachedContentTokenCount": "=cached",
}


def _main(kind: str, provenance: str, **more: object) -> str:
    return row_template({**_HEAD, "type": kind, "provenance": provenance, **_VERSION, **more})


def _side(kind: str, **more: object) -> str:
    return row_template({**_HEAD, "type": kind, **_VERSION, **_SIDE, **more})


def _telemetry(event: dict[str, object]) -> str:
    name = {"event.name": "qwen-code.%(event)s", "event.timestamp": "%(at)s"}
    payload = {"uiEvent": {**name, **event}}
    return _main("system", "system", subtype="ui_telemetry", systemPayload=payload)


PROMPT: Final = _main(
    "user", "real_user", message={"role": "user", "parts": [{"text": "%(text)s"}]}
)
SIDE_PROMPT: Final = _side("user", message={"role": "user", "parts": [{"text": "%(text)s"}]})
RESPONDED: Final = _telemetry(
    {
        "response_id": "%(response)s",
        "=subagent": None,
        "model": "%(model)s",
        "status_code": 200,
        "duration_ms": 228,
        "input_token_count": "=input",
        "output_token_count": "=output",
        "cached_content_token_count": "=cached",
        "thoughts_token_count": "=thoughts",
        "total_token_count": "=total",
        "prompt_id": "%(session)s########0",
        "auth_type": "openai",
        "ttft_ms": 220,
    }
)
CALLED: Final = _telemetry(
    {
        "call_id": "%(call)s",
        "function_name": "%(tool)s",
        "function_args": "=args",
        "duration_ms": "=lasted",
        "status": "%(status)s",
        "execution_status": "%(status)s",
        "success": "=success",
        "=server": None,
        "decision": "auto_accept",
        "prompt_id": "%(session)s########0",
        "response_id": "%(response)s",
        "tool_type": "native",
        "content_length": 134,
    }
)
ANSWER: Final = _main(
    "assistant",
    "assistant_output",
    model="%(model)s",
    message={"role": "model", "parts": "=parts"},
    usageMetadata=_TOKENS,
)
SIDE_ANSWER: Final = _side(
    "assistant",
    message={"role": "model", "parts": "=parts"},
    usageMetadata=_TOKENS,
    agentRunId="%(uuid)s",
    agentRound=1,
)
SIDE_ASKED: Final = _side("assistant", message={"role": "model", "parts": "=parts"})
_RESPONSE: Final = {
    "functionResponse": {
        "id": "%(call)s",
        "name": "%(tool)s",
        "response": {"%(key)s": "%(text)s"},
    }
}
RESULT: Final = _main(
    "tool_result",
    "tool_result",
    message={"role": "user", "parts": [_RESPONSE]},
    toolCallResult={
        "callId": "%(call)s",
        "status": "%(status)s",
        "resultDisplay": "=display",
        "=error": None,
        "executionStatus": "%(status)s",
    },
)
SIDE_RESULT: Final = _side(
    "tool_result",
    message={"role": "user", "parts": [_RESPONSE]},
    toolCallResult={"callId": "%(call)s", "durationMs": "=lasted"},
)
COMPRESSED: Final = _main(
    "system",
    "system",
    subtype="chat_compression",
    systemPayload={
        "info": {
            "originalTokenCount": "=input",
            "newTokenCount": 90,
            "newTokenCountIsEstimated": True,
            "compressionStatus": 1,
            "triggerReason": "auto",
            "originalTokenCountIsEstimated": False,
        },
        "compressedHistory": [{"role": "user", "parts": [{"text": "%(text)s"}]}],
        "completedToolCallIds": [],
    },
)
SNAPSHOT: Final = _main(
    "system",
    "system",
    subtype="attribution_snapshot",
    systemPayload={
        "snapshot": {
            "type": "attribution-snapshot",
            "version": 1,
            "surface": "cli",
            "fileStates": {},
            "promptCount": 1,
            "promptCountAtLastCommit": 0,
        }
    },
)
TEXT_DISPLAY: Final = '"%(text)s"'
_SHELL_DISPLAY: Final = row_template(
    {
        "type": "shell_result",
        "version": 1,
        "directory": CWD,
        "exitCode": "=exit_code",
        "signal": None,
        "pid": None,
        "outcome": "%(shell)s",
        "outputFiles": [],
        "output": "%(text)s",
        "text": "%(text)s",
        "error": None,
        "notices": [],
        "truncated": False,
    }
)
_FILE_DISPLAY: Final = row_template(
    {
        "fileDiff": "%(text)s",
        "fileName": "cart.py",
        "filePath": f"{CWD}/src/cart.py",
        "originalContent": "",
        "newContent": "%(text)s",
        "diffStat": {
            "model_added_lines": 2,
            "model_removed_lines": 0,
            "model_added_chars": 6,
            "model_removed_chars": 0,
            "user_added_lines": 0,
            "user_removed_lines": 0,
            "user_added_chars": 0,
            "user_removed_chars": 0,
        },
    }
)
_AGENT_DISPLAY: Final = row_template(
    {
        "type": "task_execution",
        "subagentName": "general-purpose",
        "taskDescription": "sub task",
        "taskPrompt": "%(word)s",
        "executionMode": "foreground",
        "subagentSessionReady": True,
        "status": "completed",
        "tokenCount": 80,
        "toolCalls": [],
        "terminateReason": "GOAL",
        "result": "%(text)s",
        "executionSummary": {
            "rounds": 2,
            "totalDurationMs": 516,
            "totalToolCalls": 1,
            "successfulToolCalls": 1,
            "failedToolCalls": 0,
            "successRate": 100,
            "inputTokens": 2400,
            "outputTokens": 80,
            "thoughtTokens": 14,
            "cachedTokens": 600,
            "totalTokens": 2480,
            "toolUsage": [
                {
                    "name": "run_shell_command",
                    "count": 1,
                    "success": 1,
                    "failure": 0,
                    "totalDurationMs": 117,
                    "averageDurationMs": 117,
                }
            ],
        },
    }
)
DISPLAYS: Final = {
    "shell": _SHELL_DISPLAY,
    "edit": _FILE_DISPLAY,
    "write": _FILE_DISPLAY,
    "agent": _AGENT_DISPLAY,
}
SUBAGENT: Final = (
    '"subagent_name":"general-purpose","subagent_id":"%s","subagent_type":"general-purpose",'
    '"subagent_task_name":"sub task",'
)
UNKNOWN: Final = _main("usage_forecast", "system", usageMetadata={"promptTokenCount": 99_999})
SAID: Final = row_template({"text": "%(text)s"})
ASKED: Final = row_template(
    {"functionCall": {"id": "%(call)s", "name": "%(tool)s", "args": "=args"}}
)
TOOLS: Final = {
    "shell": (
        "run_shell_command",
        row_template({"command": "%(word)s", "is_background": False, "description": "Look"}),
    ),
    "read": ("read_file", row_template({"file_path": "src/cart.py"})),
    "edit": (
        "edit",
        row_template(
            {"file_path": "src/cart.py", "old_string": "%(word)s", "new_string": "%(text)s"}
        ),
    ),
    "write": ("write_file", row_template({"file_path": "src/cart.py", "content": "%(text)s"})),
    "search": ("grep_search", row_template({"pattern": "%(word)s"})),
    "mcp": ("mcp__tracker__find", row_template({"message": "%(word)s"})),
    "agent": (
        "agent",
        row_template(
            {
                "description": "sub task",
                "prompt": "%(word)s",
                "subagent_type": "general-purpose",
                "run_in_background": False,
            }
        ),
    ),
}
