"""Claude Code's rows, in the dialects of three of its versions."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from transcripts.shape import row_template

_ENV: Final = {
    "userType": "external",
    "entrypoint": "cli",
    "cwd": "%(cwd)s",
    "sessionId": "%(session)s",
    "version": "2.1.329",
    "gitBranch": "main",
}
_NO_SERVER_TOOLS: Final = {"web_search_requests": 0, "web_fetch_requests": 0}
_CACHE_CREATION: Final = {
    "ephemeral_1h_input_tokens": "=hour",
    "ephemeral_5m_input_tokens": "=minutes",
}


class Dialect(NamedTuple):
    """Templates of the rows that every version writes, each in that version's own shape."""

    version: str
    prompt: str
    answer: str
    result: str
    usage: str
    tells_reasoning: bool
    tells_tiers: bool


def _message(usage: str, ending: dict[str, Any]) -> dict[str, Any]:
    return {
        "=id": None,
        "type": "message",
        "role": "assistant",
        "model": "%(model)s",
        "content": ["=block"],
        "stop_reason": "=stop",
        "stop_sequence": None,
        "usage": usage,
        **ending,
    }


_NEW: Final = Dialect(
    version="2.1.329",
    prompt=row_template(
        {
            "parentUuid": "=parent",
            "isSidechain": "=side",
            "promptId": "%(prompt)s",
            "=agent": None,
            "type": "user",
            "message": {"role": "user", "content": "%(text)s"},
            "uuid": "%(uuid)s",
            "timestamp": "%(at)s",
            "permissionMode": "acceptEdits",
            "promptSource": "user",
            "turnOrigin": "user",
            "turnPosition": {"promptIndex": "=turn", "turnIndex": "=turn"},
            **_ENV,
        }
    ),
    answer=row_template(
        {
            "parentUuid": "=parent",
            "isSidechain": "=side",
            "=agent": None,
            "message": _message("=usage", {"stop_details": None}),
            "=stream": None,
            "apiBlockIndex": "=index",
            "requestRef": "%(ref)s",
            "=request": None,
            "requestedModel": "%(model)s",
            "promptCacheRequested": "5m",
            "=made_for": None,
            "type": "assistant",
            "uuid": "%(uuid)s",
            "timestamp": "%(at)s",
            "effort": "medium",
            "perTurnEffort": "medium",
            "madeBy": "model",
            **_ENV,
        }
    ),
    result=row_template(
        {
            "parentUuid": "=parent",
            "isSidechain": "=side",
            "promptId": "%(prompt)s",
            "=agent": None,
            "type": "user",
            "message": {"role": "user", "content": ["=block"]},
            "uuid": "%(uuid)s",
            "timestamp": "%(at)s",
            "toolUseResult": "=display",
            "=sandboxed": None,
            "sourceToolAssistantUUID": "%(source)s",
            "permissionDecision": {"decision": "accept", "source": "config", "reasonType": "mode"},
            **_ENV,
        }
    ),
    usage=row_template(
        {
            "input_tokens": "=input",
            "cache_creation_input_tokens": "=written",
            "cache_read_input_tokens": "=read",
            "output_tokens": "=output",
            "output_tokens_details": {"thinking_tokens": "=reasoning"},
            "server_tool_use": _NO_SERVER_TOOLS,
            "service_tier": "standard",
            "cache_creation": _CACHE_CREATION,
            "inference_geo": "",
            "iterations": [],
            "speed": "standard",
            "fallback_credit": None,
        }
    ),
    tells_reasoning=True,
    tells_tiers=True,
)


def _older(version: str, usage: dict[str, Any], *, tells_tiers: bool) -> Dialect:
    """Make the dialect of versions before 2.1: the environment first, and less of all."""
    begin = {
        "parentUuid": "=parent",
        "isSidechain": "=side",
        "userType": "external",
        "cwd": "%(cwd)s",
        "sessionId": "%(session)s",
        "version": version,
        "gitBranch": "main",
        "=agent": None,
    }
    end = {"uuid": "%(uuid)s", "timestamp": "%(at)s"}
    user = {"type": "user", "message": {"role": "user", "content": "%(text)s"}}
    result = {"type": "user", "message": {"role": "user", "content": ["=block"]}}
    answer = {"message": _message("=usage", {}), "=request": None, "type": "assistant"}
    return Dialect(
        version=version,
        prompt=row_template({**begin, **user, **end}),
        answer=row_template({**begin, **answer, **end}),
        result=row_template({**begin, **result, **end, "toolUseResult": "=display"}),
        usage=row_template(usage),
        tells_reasoning=False,
        tells_tiers=tells_tiers,
    )


_OLD_USAGE: Final = {
    "input_tokens": "=input",
    "cache_creation_input_tokens": "=written",
    "cache_read_input_tokens": "=read",
    "output_tokens": "=output",
    "service_tier": "standard",
}
NEW: Final = _NEW
FLAT: Final = _older("2.0.37", {**_OLD_USAGE, "cache_creation": _CACHE_CREATION}, tells_tiers=True)
"""Wrote subagents into files beside their session's."""
INLINE: Final = _older("1.0.93", _OLD_USAGE, tells_tiers=False)
"""Wrote subagents into the session's file, and no tiers of cache writes."""

TEXT_BLOCK: Final = row_template({"type": "text", "text": "%(text)s"})
THINKING_BLOCK: Final = row_template(
    {
        "type": "thinking",
        "thinking": "%(text)s",
        "signature": "%(signature)s",
    }
)
CALL_BLOCK: Final = row_template(
    {
        "type": "tool_use",
        "id": "%(id)s",
        "name": "%(tool)s",
        "input": "=asked",
    }
)
_RESULT: Final = {"tool_use_id": "%(id)s", "type": "tool_result", "content": "=content"}
RESULT_BLOCK: Final = row_template(_RESULT)
JUDGED_RESULT_BLOCK: Final = row_template({**_RESULT, "is_error": "=failed"})

QUEUED: Final = row_template(
    {
        "type": "queue-operation",
        "operation": "enqueue",
        "timestamp": "%(at)s",
        "sessionId": "%(session)s",
        "content": "%(text)s",
    }
)
DEQUEUED: Final = row_template(
    {
        "type": "queue-operation",
        "operation": "dequeue",
        "timestamp": "%(at)s",
        "sessionId": "%(session)s",
    }
)
LATCH: Final = row_template({"type": "atis-latch", "atis": "", "sessionId": "%(session)s"})
LAST_PROMPT: Final = row_template(
    {
        "type": "last-prompt",
        "lastPrompt": "%(text)s",
        "leafUuid": "%(uuid)s",
        "sessionId": "%(session)s",
    }
)
TOOLS_USED: Final = row_template(
    {
        "type": "tools-used",
        "tools": "=tools",
        "sessionId": "%(session)s",
    }
)
REQUEST_BLOB: Final = row_template(
    {
        "type": "api-request-blob",
        "sessionId": "%(session)s",
        "=agent": None,
        "hash": "%(hash)s",
        "message": {"role": "user", "content": [{"type": "text", "text": "%(text)s"}]},
    }
)
REQUEST: Final = row_template(
    {
        "type": "api-request",
        "sessionId": "%(session)s",
        "=agent": None,
        "id": "%(ref)s",
        "timestamp": "%(at)s",
        "version": "2.1.329",
        "querySource": "repl_main_thread",
        "shapeHash": "%(hash)s",
        "params": {
            "model": "%(model)s",
            "betas": ["claude-code-20250219", "interleaved-thinking-2025-05-14"],
            "max_tokens": 128_000,
            "thinking": {"type": "adaptive", "display": "updates"},
            "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
            "output_config": {"effort": "medium"},
        },
        "=base": None,
        "keep": "=turn",
        "tail": ["%(hash)s"],
        "cacheControl": [{"path": ["system", 0], "value": {"type": "ephemeral"}}],
        "requestDigest": "%(hash)s",
    }
)


def _attachment(attachment: dict[str, Any], *, rendered: bool = True) -> str:
    shown = {
        "rendered": [{"content": "<system-reminder>\n%(text)s\n</system-reminder>"}],
        "renderedRole": "system",
    }
    return row_template(
        {
            "parentUuid": "=parent",
            "isSidechain": "=side",
            "=agent": None,
            "attachment": attachment,
            "type": "attachment",
            "uuid": "%(uuid)s",
            "timestamp": "%(at)s",
            **(shown if rendered else {}),
            **_ENV,
        }
    )


_TOOL_NAMES: Final = ["CronCreate", "NotebookEdit", "WebFetch", "mcp__tracker__find"]
ATTACHMENTS: Final = (
    _attachment(
        {
            "type": "environment",
            "snapshot": {
                "workingDirectory": "%(cwd)s",
                "isWorktree": False,
                "isGitRepo": True,
                "additionalWorkingDirectories": [],
                "platform": "linux",
                "shell": "bash",
                "osVersion": "Linux 6.18.44",
            },
        }
    ),
    _attachment(
        {
            "type": "model",
            "identity": {
                "modelId": "%(model)s",
                "marketingName": "%(model)s",
                "knowledgeCutoff": "June 2026",
            },
            "text": "You are powered by the model %(model)s.",
        }
    ),
    _attachment(
        {
            "type": "deferred_tools_delta",
            "addedNames": _TOOL_NAMES,
            "addedLines": _TOOL_NAMES,
            "removedNames": [],
            "wireHiddenNames": [],
            "readdedNames": [],
            "pendingMcpServers": [],
            "needsAuthMcpServers": [],
            "failedMcpServers": [],
        }
    ),
    _attachment(
        {
            "type": "agent_listing_delta",
            "addedTypes": ["general-purpose"],
            "addedLines": ["- general-purpose: %(text)s"],
            "builtInTypes": ["general-purpose"],
            "builtInPluginTypes": [],
            "removedTypes": [],
            "isInitial": True,
            "showConcurrencyNote": True,
        }
    ),
    _attachment(
        {
            "type": "mcp_instructions_delta",
            "addedNames": ["tracker"],
            "addedBlocks": ["## tracker\n%(text)s"],
            "removedNames": [],
        }
    ),
    _attachment(
        {
            "type": "skill_listing",
            "content": "%(text)s",
            "skillCount": 2,
            "isInitial": True,
            "names": ["init", "security-review"],
            "digests": ["9f2c41aa07d35be8", "41d0be77a6c2395f"],
        }
    ),
    _attachment(
        {
            "type": "auto_mode",
            "autoModeConsentFlow": False,
            "finishExposedWork": False,
            "bashFirst": True,
            "bashFirstSteer": "relaxed",
            "steerOnly": True,
            "bypass": True,
        }
    ),
    _attachment({"type": "session_context", "context": {}}, rendered=False),
    _attachment({"type": "date", "date": "%(day)s"}),
    _attachment(
        {
            "type": "remote_session_change",
            "url": None,
            "commit": "",
            "pr": "",
            "sendUserFileHint": False,
            "managedCommit": False,
            "managedPr": False,
        }
    ),
    _attachment(
        {
            "type": "prompt_snapshot",
            "systemPrompt": ["%(text)s", "%(text)s"],
            "reminderFold": False,
            "echoWireToolInputs": False,
            "contextRendering": "announced",
        },
        rendered=False,
    ),
)
"""What every thread begins with."""
REMINDER: Final = _attachment({"type": "silent_turn_reminder", "text": "%(text)s"})
KEPT_FILE: Final = _attachment(
    {
        "type": "file",
        "filename": "%(cwd)s/cart.py",
        "content": {
            "type": "text",
            "file": {
                "filePath": "%(cwd)s/cart.py",
                "content": "%(text)s",
                "numLines": 3,
                "startLine": 1,
                "totalLines": 3,
            },
        },
        "displayPath": "cart.py",
        "savedCopyFraming": {"enveloped": False},
    }
)
MODE: Final = row_template({"type": "mode", "mode": "normal", "sessionId": "%(session)s"})
REQUEST_SHAPE: Final = row_template(
    {
        "type": "api-request-shape",
        "sessionId": "%(session)s",
        "=agent": None,
        "shapeHash": "%(hash)s",
        "timestamp": "%(at)s",
        "version": "2.1.329",
        "shape": {"system": [{"type": "text", "text": "%(text)s"}], "tools": []},
    }
)
STOP_HOOKS: Final = row_template(
    {
        "parentUuid": "=parent",
        "isSidechain": False,
        "type": "system",
        "subtype": "stop_hook_summary",
        "hookCount": 1,
        "hookInfos": [{"command": "sh shim.sh claude Stop", "durationMs": 22}],
        "hookErrors": [],
        "failedHookErrorIndexes": [],
        "hookAdditionalContext": [],
        "preventedContinuation": False,
        "stopReason": "",
        "hasOutput": False,
        "level": "suggestion",
        "timestamp": "%(at)s",
        "uuid": "%(uuid)s",
        "toolUseID": "%(ref)s",
        **_ENV,
    }
)
COMPACTED: Final = row_template(
    {
        "parentUuid": None,
        "logicalParentUuid": "=parent",
        "isSidechain": False,
        "type": "system",
        "subtype": "compact_boundary",
        "content": "Conversation compacted",
        "isMeta": False,
        "timestamp": "%(at)s",
        "uuid": "%(uuid)s",
        "level": "info",
        "compactMetadata": {
            "trigger": "auto",
            "preTokens": "=before",
            "preCompactOrganizationsCoverStart": False,
            "durationMs": 97,
            "preservedSegment": {
                "headUuid": "%(uuid)s",
                "anchorUuid": "%(uuid)s",
                "tailUuid": "%(uuid)s",
            },
            "preservedMessages": {
                "anchorUuid": "%(uuid)s",
                "uuids": ["%(uuid)s"],
                "allUuids": ["%(uuid)s"],
            },
            "postTokens": 15_000,
            "cumulativeDroppedTokens": 0,
        },
        **_ENV,
        "slug": "composed-brewing-wind",
    }
)
SUMMARY: Final = row_template(
    {
        "parentUuid": "=parent",
        "isSidechain": False,
        "promptId": "%(prompt)s",
        "type": "user",
        "message": {"role": "user", "content": "%(text)s"},
        "isVisibleInTranscriptOnly": True,
        "isCompactSummary": True,
        "uuid": "%(uuid)s",
        "timestamp": "%(at)s",
        "turnPosition": {"promptIndex": "=turn", "turnIndex": "=turn"},
        **_ENV,
        "slug": "composed-brewing-wind",
    }
)
SYNTHETIC: Final = row_template(
    {
        "parentUuid": "=parent",
        "isSidechain": False,
        "type": "assistant",
        "uuid": "%(uuid)s",
        "timestamp": "%(at)s",
        "message": {
            "diagnostics": None,
            "id": "%(ref)s",
            "container": None,
            "model": "<synthetic>",
            "role": "assistant",
            "stop_details": None,
            "stop_reason": "stop_sequence",
            "stop_sequence": "",
            "type": "message",
            "usage": {
                "output_tokens_details": None,
                "input_tokens": 0,
                "output_tokens": 0,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "server_tool_use": _NO_SERVER_TOOLS,
                "service_tier": None,
                "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
                "inference_geo": None,
                "iterations": None,
                "speed": None,
                "fallback_credit": None,
            },
            "content": [{"type": "text", "text": "%(text)s"}],
            "context_management": None,
        },
        "=error": None,
        "isApiErrorMessage": "=failed",
        **_ENV,
    }
)
UNKNOWN: Final = row_template(
    {
        "type": "usage-forecast",
        "sessionId": "%(session)s",
        "timestamp": "%(at)s",
        "message": {"id": "%(ref)s", "model": "claude-opus-5-5"},
        "usage": {"input_tokens": 99_999, "output_tokens": 99_999},
    }
)
COST_STATE: Final = row_template(
    {
        "type": "cost-state",
        "sessionId": "%(session)s",
        "totalCostUSD": 0,
        "totalAPIDuration": 182,
        "totalAPIDurationWithoutRetries": 173,
        "totalToolDuration": 104,
        "totalLinesAdded": 4,
        "totalLinesRemoved": 1,
        "totalDuration": 2304,
        "startTime": "=start",
        "modelUsage": "=models",
        "hasUnknownModelCost": True,
    }
)
MODEL_USAGE: Final = row_template(
    {
        "inputTokens": "=input_tokens",
        "outputTokens": "=output_tokens",
        "thinkingTokens": "=reasoning_tokens",
        "cacheReadInputTokens": "=cache_read_tokens",
        "cacheCreationInputTokens": "=written",
        "cacheCreationEphemeral5mInputTokens": "=cache_write_5m_tokens",
        "cacheCreationEphemeral1hInputTokens": "=cache_write_1h_tokens",
        "webSearchRequests": 0,
        "costUSD": 0,
    }
)
AGENT_DISPLAY: Final = row_template(
    {
        "status": "completed",
        "prompt": "%(asked)s",
        "agentId": "%(agent)s",
        "agentType": "general-purpose",
        "toolsUsed": ["Bash"],
        "harnessNoteCount": 1,
        "harnessTailCount": 0,
        "harnessSectionHash": "da2a03ebaa589e38",
        "content": [{"type": "text", "text": "%(text)s"}],
        "resolvedModel": "%(model)s",
        "totalDurationMs": "=lasted",
        "totalTokens": 1640,
        "totalToolUseCount": 1,
        "usage": "=usage",
        "toolStats": {
            "readCount": 0,
            "searchCount": 0,
            "bashCount": 1,
            "editFileCount": 0,
            "linesAdded": 0,
            "linesRemoved": 0,
            "otherToolCount": 0,
        },
        "canContinueAgent": True,
    }
)
META: Final = row_template(
    {
        "agentType": "general-purpose",
        "isBuiltIn": True,
        "description": "sub task",
        "toolUseId": "%(call)s",
        "spawnDepth": 1,
        "requestShape": "foreground",
        "requestNonInteractive": False,
        "model": "%(model)s",
        "pickedEffortModel": "%(model)s",
        "finished": True,
    }
)
