"""The one line that says best what a tool call did."""

from __future__ import annotations

import pytest
from fluxmirror_core.detail import extract_detail, patched_paths, program_or_paths
from fluxmirror_core.tools import name_tool

SPECIFIED = [
    ("Bash", {"command": "make", "description": "Build it"}, "make"),
    ("Bash", {"description": "Build it"}, ""),
    ("run_shell_command", {"command": "ls\n-l\x1b[0m", "description": "d"}, "ls\n-l\x1b[0m"),
    ("BashOutput", {"bash_id": "b1", "shell_id": "s1"}, "b1"),
    ("BashOutput", {"shell_id": "s1"}, "s1"),
    ("KillBash", {"bash_id": "b1"}, "b1"),
    ("kill_shell", {"shell_id": "s1"}, "s1"),
    ("Read", {"file_path": "/a", "offset": 3}, "/a"),
    ("Write", {"file_path": "/a", "content": "text"}, "/a"),
    ("Edit", {"file_path": "/a", "old_string": "b", "new_string": "c"}, "/a"),
    ("MultiEdit", {"file_path": "/a", "edits": []}, "/a"),
    ("NotebookEdit", {"notebook_path": "/a.ipynb", "new_source": "b"}, "/a.ipynb"),
    ("NotebookEdit", {"file_path": "", "notebook_path": "/a.ipynb"}, "/a.ipynb"),
    ("read_file", {"absolute_path": "/a", "path": "b", "file_path": "c"}, "/a"),
    ("read_file", {"path": "b", "file_path": "c"}, "b"),
    ("read_file", {"file_path": "c"}, "c"),
    ("write_file", {"file_path": "c", "content": "text"}, "c"),
    ("edit_file", {"path": "b", "new": "text"}, "b"),
    ("replace", {"file_path": "c", "old_string": "b"}, "c"),
    ("read_many_files", {"absolute_path": "/a"}, "/a"),
    ("Grep", {"pattern": "p", "query": "q", "path": "/x"}, "p"),
    ("Grep", {"query": "q"}, "q"),
    ("search_file_content", {"pattern": "p"}, "p"),
    ("search_file_content", {"query": "q"}, "q"),
    ("Glob", {"pattern": "**/*.py", "path": "/x"}, "**/*.py"),
    ("glob", {"query": "q"}, ""),
    ("WebFetch", {"url": "https://a.example", "prompt": "read"}, "https://a.example"),
    ("WebSearch", {"query": "q"}, "q"),
    ("google_web_search", {"query": "q"}, "q"),
    ("Task", {"description": "d", "prompt": "p"}, "d"),
    ("Task", {"prompt": "p"}, "p"),
    ("TodoWrite", {"todos": [{"content": "a"}, {"content": "b"}]}, "[2 todos]"),
    ("TodoWrite", {"todos": []}, "[0 todos]"),
    ("TodoWrite", {"todos": "a, b"}, ""),
    ("TodoWrite", {}, ""),
    ("ExitPlanMode", {"plan": "1. a\n2. b"}, "1. a\n2. b"),
    ("save_memory", {"fact": "f", "content": "c"}, "f"),
    ("save_memory", {"content": "c"}, "c"),
]
NEWER = [
    ("read_many_files", {"paths": ["a.py", "b.py"]}, "a.py, b.py"),
    ("read_many_files", {"include": ["src/**", "docs/*"]}, "src/**, docs/*"),
    ("web_fetch", {"prompt": "sum up https://a.example"}, "sum up https://a.example"),
    ("list_directory", {"path": "/x"}, "/x"),
    ("list_directory", {"dir_path": "/x"}, "/x"),
    ("grep_search", {"pattern": "p"}, "p"),
    ("edit", {"filePath": "/a", "oldString": "b"}, "/a"),
    ("view", {"path": "/a"}, "/a"),
    ("Skill", {"skill": "s", "args": "x"}, "s"),
    ("SlashCommand", {"command": "/today"}, "/today"),
    ("AskUserQuestion", {"questions": [{"question": "A?"}, {"question": "B?"}]}, "A?, B?"),
    ("invoke_agent", {"agent_name": "x", "prompt": "p"}, "p"),
    ("bash", {"command": ["bash", "-lc", "ls"]}, "bash, -lc, ls"),
    ("invalid", {"tool": "no_such_tool", "error": "e"}, "no_such_tool"),
]
UNKNOWN = [
    ({"content": "c", "path": "/a"}, "/a"),
    ({"zebra": "z", "command": "ls", "description": "d"}, "ls"),
    ({"url": "https://a.example", "name": "n"}, "https://a.example"),
    ({"query": "q", "a": "first in key order"}, "q"),
    ({"message": "hello", "title": "t"}, "t"),
    ({"a": 5, "b": 3}, "a=5, b=3"),
    ({"deep": True, "ratio": 0.5, "label": "x"}, "deep=true, ratio=0.5, label=x"),
    ({"none": None, "list": [1], "object": {"path": "/a"}}, ""),
    ({"path": "", "name": "n"}, "n"),
    ({"path": ["/a", "/b"]}, "/a, /b"),
    ({"content": "x" * 201}, ""),
    ({"content": "x" * 201, "lines": 4}, "lines=4"),
    ({"path": "x" * 201, "name": "n"}, "n"),
    ({}, ""),
]
OTHER_TYPES = [None, True, 5, 0.5, [], [[["a"]]], {"command": "ls"}, [None, 1, {"x": "y"}]]
PATCH = """*** Begin Patch
*** Update File: src/a.py
*** Move to: src/b.py
@@
-*** Delete File: quoted.py
+x
*** Add File: dir with space/c.py
+*** Add File: in the text.py
*** Delete File: d.py
*** End Patch"""


def detail(raw: str, tool_input: object) -> str:
    """Extract what the tool's row and its input say."""
    return extract_detail(name_tool("claude-code", raw), tool_input)


@pytest.mark.parametrize(("raw", "tool_input", "expected"), SPECIFIED + NEWER)
def test_detail_of_a_known_tool_is_the_first_member_its_row_names(
    raw: str, tool_input: object, expected: str
) -> None:
    """Each row of the specification's table, and the gaps it wants closed."""
    assert detail(raw, tool_input) == expected


@pytest.mark.parametrize(("tool_input", "expected"), UNKNOWN)
def test_detail_of_an_unknown_tool_is_found_by_preference(
    tool_input: object, expected: str
) -> None:
    """A path, command, address or name first; then a short summary; never a long text."""
    assert detail("mcp__any__tool", tool_input) == expected
    assert detail("never_heard_of", tool_input) == expected


@pytest.mark.parametrize("value", OTHER_TYPES)
@pytest.mark.parametrize("raw", ["Bash", "Read", "TodoWrite", "apply_patch", "unknown", "Task"])
def test_input_of_another_type_gives_some_text(raw: str, value: object) -> None:
    """Neither the input nor a member of it has to be what the agent's manual says."""
    for tool_input in (value, {"command": value, "todos": value, "path": value}):
        assert isinstance(detail(raw, tool_input), str)


@pytest.mark.parametrize(
    ("raw", "text", "expected"),
    [
        ("Bash", "make all", "make all"),
        ("Bash", "x" * 500, "x" * 500),
        ("unknown", "short", "short"),
        ("unknown", "x" * 201, ""),
        ("Write", "x" * 201, ""),
    ],
)
def test_input_that_is_a_string_is_shown_unless_it_may_be_a_text(
    raw: str, text: str, expected: str
) -> None:
    """A command may be long; anything else that long may be a file's content."""
    assert detail(raw, text) == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("member", ["command", "input", "patch", "patchText", None])
def test_patch_names_its_files_in_order(ending: str, member: str | None) -> None:
    """Added, updated, deleted and moved files; lines of the patched text are none."""
    patch = PATCH.replace("\n", ending)
    tool = name_tool("codex-cli", "apply_patch")
    tool_input: object = patch if member is None else {member: patch}
    expected = ["src/a.py", "src/b.py", "dir with space/c.py", "d.py"]
    assert patched_paths(tool, tool_input) == expected
    assert extract_detail(tool, tool_input) == ", ".join(expected)


@pytest.mark.parametrize("patch", ["", "no patch at all", "*** Add File: ", "*** Add File:    \n"])
def test_patch_without_a_file_has_no_detail(patch: str) -> None:
    """The patch itself is never shown."""
    assert detail("apply_patch", {"command": patch}) == ""
    assert detail("apply_patch", patch) == ""


def test_patch_with_a_line_of_blanks_is_read_at_once() -> None:
    """A hostile line costs what its length is, not its square."""
    name = "a" + " " * 500_000 + "b"
    assert detail("apply_patch", {"command": f"*** Add File: {name}"}) == name


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("cat private-text", "cat"),
        ("make", "make"),
        ("  /usr/bin/python3 -c 'x'", "/usr/bin/python3"),
        ("./run.sh; ls", "./run.sh"),
        ("'/opt/tool' x", "/opt/tool"),
        ("ls\nsecret", "ls"),
        ("ls|wc", "ls"),
        ("bash, -lc, make", "bash"),
        ("C:\\Tools\\x.exe /s", "C:\\Tools\\x.exe"),
        ("TOKEN=secret make", "make"),
        ("A='b c' D=\"e f\" G= make x", "make"),
        ("TOKEN=secret", ""),
        ("TOKEN=$(cat the secret) make", ""),
        ("A=\"b$(echo 'c d')\" make", ""),
        ("(cd /x; ls)", ""),
        ("$HOME/bin/x", ""),
        ("[REDACTED:kv_secret:ab12] x", ""),
        ("", ""),
    ],
)
def test_program_of_a_command_is_its_first_word(command: str, program: str) -> None:
    """Behind its variables, whose values may be anything; nothing where it is no plain word."""
    assert program_or_paths(name_tool("claude-code", "Bash"), command) == program


@pytest.mark.parametrize(
    ("tool", "kept"),
    [
        ("Read", "x"),
        ("Write", "x"),
        ("apply_patch", "x"),
        ("Grep", ""),
        ("Task", ""),
        ("mcp__a__b", ""),
    ],
)
def test_only_paths_are_kept_of_other_tools(tool: str, kept: str) -> None:
    """A pattern, a task or a question is a text."""
    assert program_or_paths(name_tool("claude-code", tool), "x") == kept
