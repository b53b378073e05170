"""Gemini CLI's rows: each an object, `{"$set": …}` where it changes the file's head."""

from __future__ import annotations

from typing import Final

from transcripts.shape import row_template

HEADER: Final = row_template(
    {
        "sessionId": "%(id)s",
        "projectHash": "%(hash)s",
        "startTime": "%(at)s",
        "lastUpdated": "%(at)s",
        "=directories": None,
        "kind": "%(kind)s",
    }
)
UPDATED: Final = row_template({"$set": {"lastUpdated": "%(at)s"}})
HISTORY: Final = row_template(
    {
        "$set": {
            "messages": [
                {
                    "id": "%(hash)s",
                    "timestamp": "%(at)s",
                    "type": "user",
                    "content": [{"text": "%(text)s"}],
                }
            ],
            "lastUpdated": "%(at)s",
        }
    }
)
SUMMARY: Final = row_template({"$set": {"summary": "%(text)s"}})
PROMPT: Final = row_template(
    {
        "id": "%(id)s",
        "timestamp": "%(at)s",
        "type": "user",
        "content": [{"text": "%(text)s"}],
    }
)
RETURNED: Final = row_template(
    {
        "id": "%(id)s",
        "timestamp": "%(at)s",
        "type": "user",
        "content": "=results",
    }
)
_ANSWER_SHAPE: Final = {
    "id": "%(id)s",
    "timestamp": "%(at)s",
    "type": "gemini",
    "content": "%(text)s",
    "thoughts": [],
    "tokens": {
        "input": "=input",
        "output": "=output",
        "cached": "=cached",
        "thoughts": "=thoughts",
        "tool": 0,
        "total": "=total",
    },
    "model": "%(model)s",
}
ANSWER: Final = row_template(_ANSWER_SHAPE)
ANSWER_WITH_CALLS: Final = row_template({**_ANSWER_SHAPE, "toolCalls": "=calls"})
RESULT: Final = row_template(
    {"functionResponse": {"id": "%(id)s", "name": "%(tool)s", "response": {"%(key)s": "%(text)s"}}}
)
CALL: Final = row_template(
    {
        "id": "%(id)s",
        "name": "%(tool)s",
        "args": "=args",
        "result": ["=result"],
        "status": "%(status)s",
        "timestamp": "%(at)s",
        "=agent": None,
        "resultDisplay": "=display",
        "description": "%(word)s",
        "displayName": "%(tool)s",
        "renderOutputAsMarkdown": True,
    }
)
TEXT_DISPLAY: Final = '"%(text)s"'
_FILE_DISPLAY: Final = row_template(
    {
        "fileDiff": "%(text)s",
        "fileName": "cart.py",
        "filePath": "/home/ada/code/shop/src/cart.py",
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
        "isNewFile": False,
        "isBuildFile": False,
    }
)
_SEARCH_DISPLAY: Final = row_template(
    {
        "summary": "Found 1 match",
        "matches": [
            {
                "filePath": "src/cart.py",
                "absolutePath": "/home/ada/code/shop/src/cart.py",
                "lineNumber": 2,
                "line": "%(word)s",
            }
        ],
    }
)
_AGENT_DISPLAY: Final = row_template(
    {
        "isSubagentProgress": True,
        "agentName": "generalist",
        "recentActivity": [
            {
                "id": "run_shell_command__call_0",
                "type": "tool_call",
                "content": "run_shell_command",
                "displayName": "Shell",
                "description": "%(word)s",
                "args": "",
                "status": "completed",
            }
        ],
        "state": "completed",
        "result": "%(text)s",
        "terminateReason": "GOAL",
    }
)
DISPLAYS: Final = {
    "edit": _FILE_DISPLAY,
    "write": _FILE_DISPLAY,
    "search": _SEARCH_DISPLAY,
    "agent": _AGENT_DISPLAY,
}
UNKNOWN: Final = row_template(
    {
        "id": "%(id)s",
        "timestamp": "%(at)s",
        "type": "usage_forecast",
        "tokens": {"input": 99_999, "output": 9, "cached": 0, "thoughts": 0, "tool": 0, "total": 0},
    }
)
TOOLS: Final = {
    "shell": ("run_shell_command", row_template({"command": "%(word)s", "description": "Look"})),
    "read": ("read_file", row_template({"file_path": "src/cart.py"})),
    "edit": (
        "replace",
        row_template(
            {
                "file_path": "src/cart.py",
                "old_string": "%(word)s",
                "new_string": "%(text)s",
                "instruction": "replace it",
            }
        ),
    ),
    "write": ("write_file", row_template({"file_path": "src/cart.py", "content": "%(text)s"})),
    "search": ("grep_search", row_template({"pattern": "%(word)s"})),
    "mcp": ("mcp_tracker_find", row_template({"message": "%(word)s"})),
    "agent": ("invoke_agent", row_template({"agent_name": "generalist", "prompt": "%(word)s"})),
}
