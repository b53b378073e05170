"""OpenCode's plugin module under Node.js, told what OpenCode tells it: real files and processes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.spool import EVIDENCE, LONGEST, MAGIC, MAX_BYTES, MAX_FILES
from fluxmirror_store.spool_reader import status

from tests.e2e.test_shim import PLACES, SILENCE, UNWRITABLE, WRAPPERS, Program, Shim

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.test_shim import Answer

SOURCE = WRAPPERS / "opencode.mjs"
OPENCODE = """
const hooks = await FluxMirror({ directory: "/project", worktree: "/" });
const call = (callID, more) => ({ tool: "bash", sessionID: "ses_1", callID, ...more });
const before = (input, args) => hooks["tool.execute.before"](input, { args });
const after = (input, output) => hooks["tool.execute.after"]({ ...input, args: {} }, output);
const bus = (type, properties) => hooks.event({ event: { id: "evt_1", type, properties } });
const part = (part) => bus("message.part.updated", { sessionID: part.sessionID, part, time: 1 });
const answer = (id, more) =>
  bus("message.updated", { info: { id, role: "assistant", modelID: "m", ...more } });
const end = (id, status, more) =>
  part({ ...call(id), messageID: "msg_1", type: "tool", state: { status, ...more } });
"""
"""Stands before every test's script: short words for what OpenCode does."""


class Plugin(Shim):
    """A copy of the module, and what it left in the spool."""

    def __init__(self, base: Path) -> None:
        super().__init__("node", base)
        self.file = "fluxmirror.mjs"
        self.script = base / self.file
        shutil.copy(SOURCE, self.script)

    def play(self, script: str, **options: Any) -> Answer:  # noqa: ANN401 - subprocess.run's own
        """Load the module in a process of its own and let `script` be OpenCode."""
        load = f'import {{ FluxMirror }} from "{self.script.as_uri()}";'
        return self.run("--input-type=module", "--eval", load + OPENCODE + script, **options)

    def command(self, *words: str) -> list[str]:
        """Argument vector of one process: the module is loaded by the script."""
        return [*self.program, *words]

    def messages(self) -> list[dict[str, Any]]:
        """What waits in the spool, as JSON, oldest first."""
        events = self.events()
        assert all(event.complete for event in events)
        return [json.loads(event.payload) for event in events]

    def kinds(self) -> list[str]:
        """The second words of what waits, in no order."""
        return sorted(event.words[1] for event in self.events())


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    """The module as it is."""
    return Plugin(tmp_path)


# What is written


def test_callback_becomes_one_spool_file(plugin: Plugin) -> None:
    """As docs/reference/spool.md has it, in directories of our own that nobody else can read."""
    assert plugin.play('await before(call("c1"), { command: "ls" });') == SILENCE
    event = plugin.event()
    assert event.complete
    assert event.words == ("opencode", "tool.execute.before")
    assert event.name == os.listdir(os.path.join(plugin.spool, "new"))[0]
    assert json.loads(event.payload) == {
        "kind": "tool.execute.before",
        "directory": "/project",
        "input": {"tool": "bash", "sessionID": "ses_1", "callID": "c1"},
        "output": {"args": {"command": "ls"}},
    }


def test_what_is_made_is_private(plugin: Plugin, no_umask: None) -> None:
    """Directories 0700, files 0600, whatever OpenCode's umask; which stays as it was."""
    script = 'await before(call("c1"), {}); if (process.umask() !== 0) throw new Error();'
    assert plugin.play(script) == SILENCE
    modes = {stat.S_IMODE(path.stat().st_mode) for path in plugin.data.rglob("*")}
    assert modes == {0o600, 0o700}


def test_only_the_named_variables_are_told(plugin: Plugin) -> None:
    """OpenCode's environment holds the keys of every provider."""
    evidence = {key: f"/a b/{key}/é*$HOME" for key in EVIDENCE} | {"QWEN_PROJECT_DIR": "/a\tb"}
    env = plugin.env | evidence | {"OPENAI_API_KEY": "sk-" + "x" * 40}
    assert plugin.play('await before(call("c1"), {});', env=env) == SILENCE
    del evidence["QWEN_PROJECT_DIR"]
    assert plugin.event().env == evidence
    (file,) = Path(plugin.spool, "new").iterdir()
    assert b"sk-" not in file.read_bytes()


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row["name"])
def test_places_follow_the_table(plugin: Plugin, row: dict[str, Any]) -> None:
    """The module, the shims and paths.py answer the same, on every platform."""
    env = {"PATH": plugin.env["PATH"]}
    env |= {key: value.replace("{base}", str(plugin.base)) for key, value in row["env"].items()}
    fake = f"Object.defineProperty(process, 'platform', {{value: '{row['platform']}'}});"
    (plugin.base / "platform.cjs").write_text(fake, encoding="utf-8")
    plugin.program += ["--require", str(plugin.base / "platform.cjs")]
    assert plugin.play('await before(call("c1"), {});', env=env) == SILENCE
    (event,) = plugin.events(row["spool"].replace("{base}", str(plugin.base)))
    assert event.complete


def test_name_met_again_gets_a_suffix(plugin: Plugin) -> None:
    """Never a truncation."""
    plugin.change("randomUUID();", '"same-name";')
    assert plugin.play('for (const c of "abc") await before(call(c), {});') == SILENCE
    told = {event.name: json.loads(event.payload)["input"]["callID"] for event in plugin.events()}
    assert told == {"same-name": "a", "same-name.1": "b", "same-name.2": "c"}


def test_two_hundred_at_once_are_two_hundred_events(plugin: Plugin) -> None:
    """Calls run side by side, in OpenCode itself and in several of them."""
    script = "await Promise.all([...Array(200).keys()].map((n) => before(call(String(n)), {})));"
    assert plugin.play(script) == SILENCE
    told = {int(message["input"]["callID"]) for message in plugin.messages()}
    assert told == set(range(200))


def test_fifty_megabytes_arrive(plugin: Plugin) -> None:
    """A tool may have written a large file."""
    script = 'await before(call("c1"), { content: "é\\n".repeat(17_000_000) });'
    assert plugin.play(script) == SILENCE
    (message,) = plugin.messages()
    assert message["output"]["args"]["content"] == "é\n" * 17_000_000


STRANGE = {
    "a number too large": ("10n ** 20n", str(10**20)),
    "a date": ("new Date(0)", "1970-01-01T00:00:00.000Z"),
    "not a number": ("NaN", None),
    "bytes": ("[new Uint8Array(9), 1]", [None, 1]),
    "functions and symbols": ("{ a() {}, b: Symbol(), c: 1 }", {"c": 1}),
    "a getter that throws": ("{ get a() { throw 1; }, b: 1 }", {"b": 1}),
    "a half of a character": ("'\\ud800'", "\ud800"),
    "a name of every object": ("JSON.parse('{\"__proto__\": 1}')", {"__proto__": 1}),
    "what refuses to be looked at": (
        "[new Proxy({}, { ownKeys() { throw 1; } }), 1]",
        [None, 1],
    ),
    "a circle": ("(() => { const a = { b: 1 }; a.a = a; return a; })()", {"b": 1}),
}


@pytest.mark.parametrize(("value", "expected"), STRANGE.values(), ids=STRANGE)
def test_what_json_cannot_hold_is_left_out(plugin: Plugin, value: str, expected: object) -> None:
    """A tool of another plugin may return anything; the rest of it arrives."""
    script = f'await after(call("c1"), {{ output: "text", metadata: {{ value: {value} }} }});'
    assert plugin.play(script) == SILENCE
    (message,) = plugin.messages()
    assert message["output"]["output"] == "text"
    assert message["output"]["metadata"].get("value") == expected


ENDLESS = {
    "depth": "let value = {}; for (let n = 0; n < 1e5; n++) value = { value };",
    "breadth": "let value = {}; for (let n = 0; n < 90; n++) value = { a: value, b: value };",
}


@pytest.mark.parametrize("build", ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_is_cut(plugin: Plugin, build: str) -> None:
    """The event is kept and can be read; OpenCode does not wait for ever."""
    script = f'{build} await after(call("c1"), {{ output: "text", metadata: {{ value }} }});'
    assert plugin.play(script) == SILENCE
    (message,) = plugin.messages()
    assert message["input"]["callID"] == "c1"


BUS = [
    "session.created",
    "session.idle",
    "permission.asked",
    "permission.replied",
    "message.updated",
    "message.part.updated",
]
SHAPES = ["undefined", "null", "5", "'x'", "[]", "{}", "{ event: null }", "{ event: {} }"]


@pytest.mark.parametrize("value", SHAPES)
def test_arguments_of_another_shape_go_unnoticed(plugin: Plugin, value: str) -> None:
    """What a plugin is given may change with any version; no callback rejects."""
    script = f"""
    for (const hook of Object.values(hooks)) await hook({value}, {value});
    for (const type of {BUS}) await bus(type, {value});
    """
    assert plugin.play(script) == SILENCE
    assert all(event.complete for event in plugin.events())


def test_files_and_images_are_left_out_of_results(plugin: Plugin) -> None:
    """What a call returned is told once; copies of whole files, and pictures, are not."""
    script = """
    const long = "x".repeat(5000);
    const diff = { file: "/a", before: long, after: long, additions: 1 };
    await after(call("c1"), { title: "t", output: long, attachments: [{ url: long }],
      metadata: { exit: 0, diff, preview: long } });
    await hooks["chat.message"]({ sessionID: "ses_1" }, { message: { id: "msg_1", system: long },
      parts: [{ type: "text", text: long }, { type: "file", filename: "a", url: long },
        { type: "text", text: long, synthetic: true }] });
    """
    assert plugin.play(script) == SILENCE
    result, prompt = sorted(plugin.messages(), key=lambda told: -len(told["kind"]))
    assert result["output"] == {
        "title": "t",
        "output": "x" * 5000,
        "metadata": {"exit": 0, "diff": {"file": "/a", "additions": 1}},
    }
    assert prompt["output"]["message"] == {"id": "msg_1"}
    assert prompt["output"]["parts"] == [
        {"type": "text", "text": "x" * 5000},
        {"type": "file", "filename": "a"},
        {"type": "text", "synthetic": True},
    ]


# What is taken from the bus


NOISE = """
await answer("msg_1");
for (let n = 0; n < 10_000; n++) {
  await bus("message.part.delta", { sessionID: "ses_1", messageID: "msg_1", delta: "word " });
}
for (const type of ["text", "reasoning", "step-start", "snapshot", "patch"]) {
  await part({ id: "prt_1", messageID: "msg_1", sessionID: "ses_1", type });
}
for (const type of ["file.edited", "file.watcher.updated", "catalog.updated", "session.updated",
  "session.status", "session.diff", "message.updated", "plugin.added", "todo.updated"]) {
  await bus(type, { sessionID: "ses_1", info: { id: "ses_1" } });
}
await end("c1", "pending"); await end("c1", "running");
"""


def test_nothing_is_written_of_what_says_nothing(plugin: Plugin) -> None:
    """A long answer is ten thousand events; a running call is told by its callback."""
    assert plugin.play(NOISE) == SILENCE
    assert not plugin.data.exists()


def test_life_of_a_session_is_written(plugin: Plugin) -> None:
    """As the bus tells it."""
    names = ["compacted", "created", "deleted", "error", "idle"]
    script = f"""
    const told = {{ sessionID: "ses_1" }};
    for (const name of {names}) await bus("session." + name, told);
    await hooks["experimental.session.compacting"](told, {{ context: [] }});
    """
    assert plugin.play(script) == SILENCE
    callback = "experimental.session.compacting"
    assert plugin.kinds() == [callback, *(f"session.{name}" for name in names)]


def test_end_of_a_call_is_told_once_without_what_the_callbacks_told(plugin: Plugin) -> None:
    """Its own times and its outcome; a part is updated again when its output is forgotten."""
    script = """
    const time = { start: 5, end: 9 };
    await answer("msg_1");
    await before(call("c1"), { command: "ls" });
    await after(call("c1"), { output: "text" });
    await end("c1", "completed", { input: {}, output: "text", metadata: { exit: 0 }, time });
    await end("c1", "completed", { time: { ...time, compacted: 10 } });
    await before(call("c2"), { command: "ls" });
    await end("c2", "error", { input: {}, error: "bad", time });
    await end("c3", "error", { input: { command: "ls" }, error: "bad", time });
    """
    assert plugin.play(script) == SILENCE
    told = [message["event"] for message in plugin.messages() if "event" in message]
    parts = [event["properties"]["part"] for event in told]
    time = {"start": 5, "end": 9}
    assert {part["callID"]: part["state"] for part in parts} == {
        "c1": {"status": "completed", "time": time, "metadata": {"exit": 0}},
        "c2": {"status": "error", "time": time, "error": "bad"},
        "c3": {"status": "error", "time": time, "error": "bad", "input": {"command": "ls"}},
    }
    assert len(parts) == 3


def test_what_a_fork_copies_is_not_told_again(plugin: Plugin) -> None:
    """Its answers are complete when they first appear; the session they are from told them."""
    script = """
    const finished = { type: "step-finish", messageID: "msg_2", sessionID: "ses_1", tokens: {} };
    await answer("msg_2", { time: { created: 1, completed: 2 } });
    await part(finished);
    await part({ ...call("c1"), messageID: "msg_2", type: "tool", state: { status: "completed" } });
    await answer("msg_1", { time: { created: 1 } });
    await part({ ...finished, messageID: "msg_1" });
    """
    assert plugin.play(script) == SILENCE
    (message,) = plugin.messages()
    assert message["event"]["properties"]["part"]["messageID"] == "msg_1"
    assert message["model"] == "m"


def test_events_say_which_session_they_are_a_part_of(plugin: Plugin) -> None:
    """A subagent has a session of its own, and may start another; OpenCode says so once."""
    script = """
    const session = (type, id, parentID, agent) =>
      bus(type, { sessionID: id, info: { id, parentID, agent, model: { id: "m-" + agent } } });
    await session("session.updated", "ses_1", undefined, "build");
    await session("session.created", "ses_2", "ses_1", "general");
    await session("session.updated", "ses_3", "ses_2", "explore");
    for (const id of ["ses_1", "ses_2", "ses_3"]) await before(call("c1", { sessionID: id }), {});
    """
    assert plugin.play(script) == SILENCE
    calls = [message for message in plugin.messages() if "input" in message]
    told = {
        message["input"]["sessionID"]: (message["agent"], message["model"], message.get("parent"))
        for message in calls
    }
    assert told == {
        "ses_1": ("build", "m-build", None),
        "ses_2": ("general", "m-general", "ses_1"),
        "ses_3": ("explore", "m-explore", "ses_1"),
    }


def test_subagent_that_goes_on_is_known_before_its_first_event(plugin: Plugin) -> None:
    """Nothing on the bus says so in time."""
    script = """
    await before(call("c1", { tool: "task" }), { task_id: "ses_2" });
    await before(call("c2", { tool: "task" }), { task_id: undefined });
    await before(call("c2", { tool: "task" }), { task_id: "ses_1" });
    await before(call("c3", { tool: "task", sessionID: "ses_2" }), { task_id: "ses_1" });
    await before(call("c1", { sessionID: "ses_2" }), {});
    """
    assert plugin.play(script) == SILENCE
    parents = {(told["input"]["callID"], told.get("parent")) for told in plugin.messages()}
    assert parents == {("c1", None), ("c2", None), ("c3", "ses_1"), ("c1", "ses_1")}


def test_reply_says_what_was_asked_for(plugin: Plugin) -> None:
    """The bus names only the request; the request names a permission, not the tool."""
    script = """
    const asked = { id: "per_1", sessionID: "ses_1", permission: "edit", tool: { callID: "c1" } };
    await before(call("c1", { tool: "write" }), {});
    await bus("permission.asked", asked);
    await bus("permission.replied", { sessionID: "ses_1", requestID: "per_1", reply: "reject" });
    await bus("permission.replied", { sessionID: "ses_1", requestID: "per_2", reply: "once" });
    """
    assert plugin.play(script) == SILENCE
    told = [message for message in plugin.messages() if "event" in message]
    events = {message["event"]["properties"].get("requestID"): message for message in told}
    assert events[None]["tool"] == events["per_1"]["tool"] == "write"
    assert events["per_1"]["asked"] == events[None]["event"]["properties"]
    assert "asked" not in events["per_2"]


# Nothing disturbs OpenCode


@pytest.mark.parametrize("spoil", UNWRITABLE.values(), ids=UNWRITABLE)
def test_unwritable_places_go_unnoticed(plugin: Plugin, spoil: Callable[[Shim], None]) -> None:
    """Every callback returns, nothing is printed."""
    spoil(plugin)
    script = """
    await before(call("c1"), { command: "ls" });
    await bus("session.idle", { sessionID: "ses_1" });
    await hooks.dispose();
    """
    assert plugin.play(script) == SILENCE


def test_file_that_cannot_be_finished_is_torn(plugin: Plugin) -> None:
    """As on a full disk: the loss can be seen."""
    plugin.change("fs.writeSync(file, bytes, done);", "failing(); function failing() { throw 1; }")
    assert plugin.play('await before(call("c1"), {});') == SILENCE
    assert not plugin.event().complete


def test_no_descriptor_stays_open(plugin: Plugin) -> None:
    """OpenCode runs for weeks; a write that fails closes its file too."""
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    script = """
    import fs from "node:fs";
    const open = () => fs.readdirSync("/proc/self/fd").length;
    await before(call("c0"), {});
    const first = open();
    for (let n = 0; n < 100; n++) await before(call("c" + n), {});
    for (let n = 0; n < 20; n++) await bus("session.idle", { sessionID: "ses_1" });
    if (open() > first) throw new Error(String(open()));
    """
    plugin.env["PATH"] = ""
    assert plugin.play(script) == SILENCE
    plugin.change("for (let done = 0;", "throw 1; for (let done = 0;")
    assert plugin.play(script) == SILENCE


def test_no_warning_of_too_many_listeners(plugin: Plugin) -> None:
    """OpenCode makes an instance of the plugin for every directory."""
    script = "for (let n = 0; n < 20; n++) await FluxMirror({ directory: String(n) });"
    assert plugin.play(script) == SILENCE


def test_one_function_is_exported() -> None:
    """OpenCode calls every export as a plugin, and refuses a module with another."""
    exported = [
        line for line in SOURCE.read_text(encoding="utf-8").splitlines() if "export" in line
    ]
    assert [line.partition("=")[0] for line in exported if line.startswith("export")] == [
        "export const FluxMirror "
    ]


# The spool's limit


def test_full_spool_refuses_and_counts(plugin: Plugin) -> None:
    """One byte per refused event."""
    Path(plugin.spool).mkdir(parents=True)
    Path(plugin.spool, "full").touch()
    assert plugin.play('for (const c of "abc") await before(call(c), {});') == SILENCE
    numbers = status(plugin.spool)
    assert (numbers.waiting, numbers.refused) == (0, 3)


@pytest.mark.parametrize("limit", ["200_000", "2 ** 30"])
def test_spool_is_marked_full_over_a_limit(plugin: Plugin, limit: str) -> None:
    """One event in 256 measures, while OpenCode goes on."""
    plugin.change('name.endsWith("00")', "true")
    assert plugin.play('for (const c of "ab") await before(call(c), {});') == SILENCE
    assert not status(plugin.spool).full
    plugin.script.write_text(
        plugin.script.read_text(encoding="utf-8").replace(f"= {limit};", "= 1;"), encoding="utf-8"
    )
    assert plugin.play('await before(call("c"), {});') == SILENCE
    assert status(plugin.spool).full


def test_limits_and_names_are_those_of_the_shims() -> None:
    """Four languages, one pair of figures."""
    text = SOURCE.read_text(encoding="utf-8")
    assert f"MAX_FILES = {MAX_FILES:_};" in text
    assert f"MAX_BYTES = 2 ** {MAX_BYTES.bit_length() - 1};" in text
    assert f"LONGEST = {LONGEST};" in text
    assert f'MAGIC = "{MAGIC.decode()}";' in text
    places = [text.index(key) for key in EVIDENCE]
    assert places == sorted(places)


# The program's start


ENDINGS = {
    "the end of a turn": 'await bus("session.idle", { sessionID: "ses_1" });',
    "the end of a session": 'await bus("session.deleted", { sessionID: "ses_1" });',
    "the end of an instance": 'await before(call("c1"), {}); await hooks.dispose();',
    "the end of the process": 'await before(call("c1"), {});',
    "a sudden end of the process": 'await before(call("c1"), {}); process.exit(0);',
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("recorded", [True, False], ids=["by its recorded path", "by PATH"])
def test_an_end_starts_the_program_behind_opencodes_back(
    plugin: Plugin, ending: str, *, recorded: bool
) -> None:
    """In a session of its own, without OpenCode's pipes, the event being complete."""
    program = Program(plugin.base / "my bin" if recorded else plugin.base / "bin")
    if recorded:
        plugin.data.mkdir()
        (plugin.data / "program").write_text(f"{program.path}\n", encoding="utf-8")
    else:
        plugin.env["PATH"] = f"{plugin.env['PATH']}:{program.path.parent}"
    # That the call returns at all says that no pipe was kept: the program may not end yet.
    assert plugin.play(ending) == SILENCE
    words, session, files, seen = program.wait()
    assert words == "drain --quiet"
    assert session not in {os.getsid(0), 0}
    assert "pipe:" not in files
    assert seen == f"fluxmirror-spool/1\t{plugin.event().name}\n"
    program.release()


def test_the_program_is_started_once_a_turn(plugin: Plugin) -> None:
    """Not for a subagent's end, and not again when nothing was written since."""
    script = """
    import { subscribe } from "node:diagnostics_channel";
    let started = 0;
    subscribe("child_process", () => started++);
    const check = (expected) => { if (started !== expected) throw new Error(String(started)); };
    const info = { id: "ses_2", parentID: "ses_1" };
    await bus("session.created", { sessionID: "ses_2", info });
    await bus("session.idle", { sessionID: "ses_2" });
    await before(call("c1"), {});
    check(0);
    await bus("session.idle", { sessionID: "ses_1" });
    check(1);
    await hooks.dispose();
    check(1);
    """
    assert plugin.play(script) == SILENCE


RECORDED = ["", "/nowhere/fluxmirror\n", "/usr\n", "$(touch owned); \0\n"]


@pytest.mark.parametrize("recorded", RECORDED)
def test_program_that_is_not_there_goes_unnoticed(plugin: Plugin, recorded: str) -> None:
    """The plugin alone starts a complete record."""
    plugin.data.mkdir()
    (plugin.data / "program").write_text(recorded, encoding="utf-8")
    script = 'await bus("session.idle", { sessionID: "ses_1" });'
    assert plugin.play(script, cwd=plugin.base) == SILENCE
    assert plugin.kinds() == ["session.idle"]
    assert not (plugin.base / "owned").exists()
