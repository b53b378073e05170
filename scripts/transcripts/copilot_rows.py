"""GitHub Copilot CLI's rows: `{type, data, id, timestamp, parentId}`."""

from __future__ import annotations

from typing import Final

from transcripts.shape import row_template

CWD: Final = "/home/ada/code/atlas"


def _event(kind: str, **data: object) -> str:
    return row_template(
        {
            "type": kind,
            "data": data,
            "=agent": None,
            "id": "%(id)s",
            "timestamp": "%(at)s",
            "parentId": "=parent",
        }
    )


START: Final = _event(
    "session.start",
    sessionId="%(session)s",
    version=1,
    producer="copilot-agent",
    copilotVersion="1.0.102",
    startTime="%(at)s",
    selectedModel="%(model)s",
    contextTier=None,
    context={"cwd": CWD},
    alreadyInUse=False,
    remoteSteerable=False,
)
PERMISSIONS: Final = _event(
    "session.permissions_changed",
    previousAllowAllPermissions=False,
    allowAllPermissions=True,
    previousAllowAllPermissionMode="off",
    allowAllPermissionMode="on",
)
CONFIGURED: Final = _event("subagent.configured", model="%(model)s", multiTurn=True)
MODEL_CHANGE: Final = _event(
    "session.model_change",
    source="agent",
    contextTier=None,
    newModel="%(model)s",
    reasoningEffort=None,
)
_PARENT_CALL: Final = {"=parent_call": None}
_SERVER: Final = {"=server": None}
PROMPT: Final = _event(
    "user.message",
    content="%(text)s",
    transformedContent="<current_datetime>%(at)s</current_datetime>\n\n%(text)s",
    messageId="%(interaction)s",
    supportedNativeDocumentMimeTypes=[],
    delivery="idle",
    interactionId="%(interaction)s",
    turnId="0",
    parentAgentTaskId="%(interaction)s",
)
SYSTEM: Final = _event(
    "system.message",
    role="system",
    content="%(text)s",
    metadata={"variables": {"gitCommitTrailer": {"sessionId": None, "coauthorEnabled": True}}},
    interactionId="%(interaction)s",
)
TURN_START: Final = _event(
    "assistant.turn_start", **_PARENT_CALL, turnId="%(turn)s", interactionId="%(interaction)s"
)
TURN_END: Final = _event("assistant.turn_end", **_PARENT_CALL, turnId="%(turn)s")
USED: Final = _event(
    "session.usage_record",
    usage={
        "model": "%(model)s",
        "modelDisplayName": "%(model)s",
        "inputTokens": "=input",
        "outputTokens": "=output",
        "cacheReadTokens": "=cached",
        "cacheWriteTokens": 0,
        "reasoningTokens": "=reasoning",
        "cost": 0.0,
        "duration": 17,
        "timeToFirstTokenMs": 15.919073000000001,
        "outputTtftMs": 15.948937,
        "interTokenLatencyMs": 0.07642333333333334,
        "initiator": "%(initiator)s",
        "interactionType": "conversation-agent",
        "isByok": False,
        "modelProvider": "other",
        "isAuto": False,
        "maxPromptTokens": 128_000,
        "transport": "http",
        "requestBodyBytes": 55_582,
        "requestBodyWireBytes": 55_582,
        "requestBodyEncoding": "identity",
        "apiCallId": "%(response)s",
        "rte": False,
        "apiEndpoint": "/chat/completions",
        **_PARENT_CALL,
        "accounting": {
            "sourceSessionId": "%(source)s",
            "sequence": "=sequence",
            "usageId": "%(response)s",
        },
        "aiCreditsStatus": "unavailable",
        "availableToolCount": 33,
        "toolTokenCount": 7384,
        "customToolCallCount": 0,
        "unmatchedToolResultCount": 0,
        "orphanToolCallCount": 0,
        "frontierSource": "estimated",
        "cacheDetailsReported": True,
        "numToolCalls": "=calls",
        "toolCounts": {},
        "finishReason": "tool_calls",
        "contentFilterTriggered": False,
    },
)
ANSWER: Final = _event(
    "assistant.message",
    messageId="%(interaction)s",
    originatingMessageId="%(interaction)s",
    model="%(model)s",
    content="%(text)s",
    toolRequests="=requests",
    **_PARENT_CALL,
    interactionId="%(interaction)s",
    turnId="%(turn)s",
    rte=False,
    apiCallId="%(response)s",
)
REQUEST: Final = row_template(
    {
        "toolCallId": "%(call)s",
        "name": "%(tool)s",
        "=server": None,
        "arguments": "=args",
        "type": "function",
        "intentionSummary": "%(word)s",
    }
)
CALL_START: Final = _event(
    "tool.execution_start",
    **_SERVER,
    toolCallId="%(call)s",
    toolName="%(tool)s",
    arguments="=args",
    **_PARENT_CALL,
    turnId="%(turn)s",
    model="%(model)s",
)
HOOK_START: Final = _event(
    "hook.start",
    hookInvocationId="%(hook)s",
    hookType="preToolUse",
    input={
        "sessionId": "%(session)s",
        "cwd": CWD,
        "toolCalls": [{"id": "%(call)s", "name": "%(tool)s", "args": "=args"}],
    },
)
HOOK_END: Final = _event(
    "hook.end", hookInvocationId="%(hook)s", hookType="preToolUse", success=True
)
_CALL_END_SHAPE: Final = {
    "toolCallId": "%(call)s",
    "model": "%(model)s",
    "interactionId": "%(interaction)s",
    "turnId": "%(turn)s",
    "rte": False,
    **_PARENT_CALL,
    "=shell": None,
    "success": "=success",
    "result": {"content": "%(text)s"},
    "toolTelemetry": {
        "properties": {"executionMode": "sync", "sandboxApplied": "false"},
        "metrics": {
            "context_token_limit": 128_000.0,
            "context_current_tokens": 12_010.0,
            "large_output_threshold_bytes": 20_480.0,
            "result_token_count": 17,
        },
    },
}
CALL_END: Final = _event("tool.execution_complete", **_CALL_END_SHAPE)
AGENT_STARTED: Final = _event(
    "subagent.started",
    toolCallId="%(call)s",
    agentName="general-purpose",
    agentDisplayName="sub-task",
    agentDescription="sub task",
    model="%(model)s",
    resumable=False,
    agentType="general-purpose",
    executionMode="sync",
)
AGENT_COMPLETED: Final = _event(
    "subagent.completed",
    toolCallId="%(call)s",
    agentName="general-purpose",
    agentDisplayName="sub-task",
    model="%(model)s",
    totalToolCalls=1,
    totalTokens=2480,
    durationMs=232,
)
UNKNOWN: Final = _event("session.usage_forecast", usage={"inputTokens": 99_999})
SHUTDOWN: Final = _event(
    "session.shutdown",
    accountingSnapshot={
        "totalPremiumRequestCost": 0.0,
        "totalUserRequests": 1,
        "totalNanoAiu": 0.0,
        "modelMetrics": "=models",
        "agentMetrics": {"main": {"totalApiDurationMs": 38, "modelMetrics": "=models"}},
        "currentModel": "%(model)s",
    },
    shutdownType="routine",
    totalPremiumRequests=0,
    totalNanoAiu=0,
    totalApiDurationMs=38,
    sessionStartTime="=start",
    codeChanges={"linesAdded": 3, "linesRemoved": 1, "filesModified": []},
    modelMetrics="=models",
    currentModel="%(model)s",
)
SERVER_TOLD: Final = '"mcpServerName":"tracker","mcpToolName":"find",'
TOOLS: Final = {
    "shell": ("bash", row_template({"command": "%(word)s", "description": "Look"})),
    "read": ("view", row_template({"path": "src/cart.py"})),
    "edit": (
        "edit",
        row_template({"path": "src/cart.py", "old_str": "%(word)s", "new_str": "%(text)s"}),
    ),
    "write": ("create", row_template({"path": "src/cart.py", "file_text": "%(text)s"})),
    "search": ("grep", row_template({"pattern": "%(word)s"})),
    "mcp": ("tracker-find", row_template({"message": "%(word)s"})),
    "agent": (
        "task",
        row_template({"name": "sub-task", "prompt": "%(word)s", "agent_type": "general-purpose"}),
    ),
}
