"""The shims in every shell they promise to run in: real processes, the worst of environments."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from fluxmirror_store.spool import EVIDENCE, LONGEST, MAGIC, MAX_BYTES, MAX_FILES
from fluxmirror_store.spool_reader import Spooled, new_path, oldest, read, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
WRAPPERS = ROOT / "wrappers"
PLACES: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "places.toml").read_text(encoding="utf-8")
)["row"]

SHELLS = {
    "dash": ("dash",),
    "bash": ("bash",),
    "bash as sh": ("bash", "--posix"),
    "zsh": ("zsh",),
    "zsh as sh": ("zsh", "--emulate", "sh"),
    "busybox ash": ("busybox", "ash"),
}
PROGRAMS = {shell: (*command, "shim.sh") for shell, command in SHELLS.items()} | {
    "router": ("dash", "router.sh"),
    "node": ("node", "shim.mjs"),
}
MEBIBYTE = 1 << 20
UUID_FILE = "/proc/sys/kernel/random/uuid"


class Answer(NamedTuple):
    """What an agent sees of a hook."""

    code: int
    output: bytes


SILENCE = Answer(0, b"")


def uninstalled_path() -> str:
    """Give PATH without directories that hold a `fluxmirror`: which one starts is the test's."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(
        folder for folder in folders if not os.path.exists(os.path.join(folder, "fluxmirror"))
    )


class Shim:
    """One wrapper under one program, with an environment of its own."""

    def __init__(self, name: str, base: Path) -> None:
        *program, self.file = PROGRAMS[name]
        found = shutil.which(program[0])
        if found is None:
            pytest.skip(f"{program[0]} is not installed")
        self.name = name
        self.program = [found, *program[1:]]
        self.script = WRAPPERS / self.file
        self.base = base
        self.data = base / "flux"
        self.spool = str(self.data / "spool")
        self.env = {"PATH": uninstalled_path(), "HOME": str(base / "home")}
        self.env["FLUXMIRROR_HOME"] = str(self.data)

    @property
    def is_shell(self) -> bool:
        """Whether shim.sh runs here, so that its text can be changed for a test."""
        return self.file == "shim.sh"

    def command(self, *words: str) -> list[str]:
        """Argument vector of one call."""
        return [*self.program, str(self.script), *words]

    def run(self, *words: str, payload: bytes = b"{}", **options: Any) -> Answer:  # noqa: ANN401 - subprocess.run's own
        """Call it as an agent would; exit code, and what came on either stream."""
        options.setdefault("env", self.env)
        done = subprocess.run(
            self.command(*words),
            input=payload,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **options,
        )
        return Answer(done.returncode, done.stdout)

    def change(self, old: str, new: str) -> None:
        """Run a copy of the script in which `new` stands for `old`."""
        text = self.script.read_text(encoding="utf-8")
        assert old in text
        self.script = self.base / self.file
        self.script.write_text(text.replace(old, new), encoding="utf-8")

    def events(self, spool: str = "") -> list[Spooled]:
        """Everything that waits in the spool."""
        spool = spool or self.spool
        return [read(new_path(spool, waiting.name)) for waiting in oldest(spool, 10_000)]

    def event(self) -> Spooled:
        """The one event that waits."""
        (event,) = self.events()
        return event


@pytest.fixture(params=PROGRAMS)
def shim(request: pytest.FixtureRequest, tmp_path: Path) -> Shim:
    """Every wrapper under every program."""
    return Shim(request.param, tmp_path)


@pytest.fixture(params=SHELLS)
def sh(request: pytest.FixtureRequest, tmp_path: Path) -> Shim:
    """shim.sh alone, under every shell."""
    return Shim(request.param, tmp_path)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what a detached process does; the test's own time limit ends it."""
    while not condition():
        time.sleep(0.01)


# What is written


PAYLOADS = {
    "JSON": b'{"tool_name": "Bash"}\n',
    "nothing": b"",
    "newlines": b"\n\n",
    "NUL": b"a\0b\0",
    "bytes that are no UTF-8": b"\xff\xfe\x80\xc3",
    "carriage returns": b"a\r\nb\r",
    "every byte, 200 KB": bytes(range(256)) * 800,
    "a trailer": b"\nfluxmirror-spool/1\tx\n",
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_payload_arrives_byte_for_byte(shim: Shim, payload: bytes) -> None:
    """Between header and trailer lies what stdin had, and nothing else."""
    assert shim.run("claude", "PostToolUse", payload=payload) == SILENCE
    event = shim.event()
    assert event.complete
    assert event.payload == payload
    assert event.words == ("claude", "PostToolUse")
    assert event.name == os.listdir(os.path.join(shim.spool, "new"))[0]


def test_fifty_megabytes_arrive(shim: Shim) -> None:
    """A tool may have written a large file."""
    payload = os.urandom(MEBIBYTE) * 50
    assert shim.run("claude", "PostToolUse", payload=payload) == SILENCE
    event = shim.event()
    assert event.complete
    assert event.payload == payload


def test_only_the_named_variables_are_told(shim: Shim) -> None:
    """Agents hand their API keys to hooks; the header has the evidence alone, in its order."""
    evidence = {key: f"/a b/{key}/é*$HOME" for key in EVIDENCE} | {"QWEN_CODE_NO_RELAUNCH": ""}
    secret = "sk-" + "x" * 40
    env = shim.env | evidence | {"ANTHROPIC_API_KEY": secret, "CLAUDE_PID": "1"}
    assert shim.run("claude", "Stop" * 2, env=env) == SILENCE
    event = shim.event()
    assert event.env == evidence
    with open(new_path(shim.spool, event.name), "rb") as file:
        header = file.readline()
    assert secret.encode() not in header
    told = [field.partition(b"=")[0].decode() for field in header.rstrip(b"\n").split(b"\t")[3:]]
    assert told == list(EVIDENCE)


def test_what_a_header_cannot_hold_is_left_out(shim: Shim) -> None:
    """A shell cannot escape without a process."""
    env = shim.env | {
        "CLAUDE_PROJECT_DIR": "/a\tb",
        "GEMINI_PROJECT_DIR": "/a\nb",
        "QWEN_PROJECT_DIR": "/a\rb",
        "COPILOT_PROJECT_DIR": "/" + "a" * 5000,
        "FLUXMIRROR_SELF_REPO": "/fine",
    }
    assert shim.run("cla\tude", "Post\nToolUse", env=env) == SILENCE
    event = shim.event()
    assert (event.words, event.env) == ((), {"FLUXMIRROR_SELF_REPO": "/fine"})
    assert event.complete


def test_a_value_that_is_no_utf8_is_told_byte_for_byte(sh: Shim) -> None:
    """File names are bytes on POSIX."""
    env = {os.fsencode(key): os.fsencode(value) for key, value in sh.env.items()}
    env[b"CLAUDE_PROJECT_DIR"] = b"/\xff\xfe"
    assert sh.run("claude", "PostToolUse", env=env) == SILENCE
    assert sh.event().env == {"CLAUDE_PROJECT_DIR": "/\udcff\udcfe"}


def test_what_is_made_is_private(shim: Shim) -> None:
    """Directories 0700, files 0600, whatever the agent's umask."""
    assert shim.run("claude", "PostToolUse", umask=0) == SILENCE
    modes = {stat.S_IMODE(path.stat().st_mode) for path in shim.data.rglob("*") if path.is_file()}
    assert modes == {0o600}
    for directory in (shim.data, shim.data / "spool", shim.data / "spool" / "new"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row["name"])
def test_places_follow_the_table(shim: Shim, row: dict[str, Any]) -> None:
    """Shims and paths.py answer the same, on every platform."""
    env = {"PATH": uninstalled_path()}
    env |= {key: value.replace("{base}", str(shim.base)) for key, value in row["env"].items()}
    _pretend(shim, row["platform"], env)
    assert shim.run("claude", "PostToolUse", env=env) == SILENCE
    (event,) = shim.events(row["spool"].replace("{base}", str(shim.base)))
    assert event.complete


def _pretend(shim: Shim, platform: str, env: dict[str, str]) -> None:
    """Make the shim believe that it runs on `platform`."""
    if shim.name == "router" and platform != "linux":
        pytest.skip("the router asks nobody for the platform")
    if shim.name == "node":
        fake = f"Object.defineProperty(process, 'platform', {{value: '{platform}'}});"
        (shim.base / "platform.cjs").write_text(fake, encoding="utf-8")
        shim.program += ["--require", str(shim.base / "platform.cjs")]
    elif platform == "win32":
        env |= {"OS": "Windows_NT", "OSTYPE": "msys"}
    elif platform == "darwin":
        shim.change("/System/Library/CoreServices", str(shim.base))


def test_two_hundred_at_once_are_two_hundred_events(shim: Shim) -> None:
    """Parallel tool calls, the spool not there yet, nothing lost and nothing mixed."""
    count = 200 if shim.name != "node" else 50
    with ThreadPoolExecutor(32) as pool:
        answers = list(
            pool.map(
                lambda number: shim.run("claude", "PostToolUse", payload=b"%d" % number),
                range(count),
            )
        )
    assert set(answers) == {SILENCE}
    events = shim.events()
    assert all(event.complete for event in events)
    assert sorted(int(event.payload) for event in events) == list(range(count))


def test_a_name_met_again_gets_a_suffix(sh: Shim) -> None:
    """Never a truncation: a process number comes round again."""
    (sh.base / "uuid").write_text("same-name\n", encoding="utf-8")
    sh.change(UUID_FILE, str(sh.base / "uuid"))
    for number in range(3):
        assert sh.run("claude", "PostToolUse", payload=b"%d" % number) == SILENCE
    told = {event.name: (event.payload, event.complete) for event in sh.events()}
    assert told == {
        "same-name": (b"0", True),
        "same-name.1": (b"1", True),
        "same-name.2": (b"2", True),
    }


def test_without_proc_the_shell_makes_a_name(sh: Shim) -> None:
    """MacOS and BSD; an environment that says RANDOM=… cannot lead out of the spool."""
    sh.change(UUID_FILE, str(sh.base / "nowhere"))
    env = sh.env | {"RANDOM": "/../../x", "EPOCHREALTIME": "1,5"}
    for number in range(20):
        assert sh.run("claude", "PostToolUse", payload=b"%d" % number, env=env) == SILENCE
    assert {int(event.payload) for event in sh.events() if event.complete} == set(range(20))


# Nothing disturbs the agent


def _no_change(_: Shim) -> None:
    """Nothing out of the ordinary."""


def _home_is_a_file(shim: Shim) -> None:
    shim.data.write_text("", encoding="utf-8")


def _spool_is_a_file(shim: Shim) -> None:
    shim.data.mkdir()
    Path(shim.spool).write_text("", encoding="utf-8")


def _new_is_a_file(shim: Shim) -> None:
    Path(shim.spool).mkdir(parents=True)
    Path(shim.spool, "new").write_text("", encoding="utf-8")


def _home_in_proc(shim: Shim) -> None:
    shim.env["FLUXMIRROR_HOME"] = "/proc/fluxmirror"


def _home_is_a_device(shim: Shim) -> None:
    shim.env["FLUXMIRROR_HOME"] = "/dev/null"


def _refused_is_a_directory(shim: Shim) -> None:
    Path(shim.spool, "refused").mkdir(parents=True)
    Path(shim.spool, "full").touch()


UNWRITABLE = {
    "the home is a file": _home_is_a_file,
    "the spool is a file": _spool_is_a_file,
    "new is a file": _new_is_a_file,
    "the home cannot be made": _home_in_proc,
    "the home is a device": _home_is_a_device,
    "full, and not to be counted": _refused_is_a_directory,
}


@pytest.mark.parametrize("spoil", UNWRITABLE.values(), ids=UNWRITABLE)
@pytest.mark.parametrize("event", ["PostToolUse", "Stop"])
def test_unwritable_places_go_unnoticed(
    shim: Shim, event: str, spoil: Callable[[Shim], None]
) -> None:
    """Exit 0, silence, and the payload is read to its end, so that no write breaks."""
    spoil(shim)
    assert feed(shim, 2 * MEBIBYTE, event) == SILENCE


def feed(shim: Shim, size: int, event: str = "PostToolUse", **options: Any) -> Answer:  # noqa: ANN401 - Popen's own
    """Write a payload as an agent does, to a pipe that must not break."""
    with subprocess.Popen(
        shim.command("claude", event),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=shim.env,
        **options,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"a" * size)
        process.stdin.close()
        output = process.stdout.read()
    return Answer(process.returncode, output)


JUNK_WORDS: dict[str, tuple[str, ...]] = {
    "none": (),
    "empty": ("", ""),
    "options": ("--help", "--version"),
    "dashes": ("--", "-"),
    "an option of the shell": ("-x", "-c"),
    "wildcards": ("*", "?[a-z]"),
    "quotes": ("'\"`$(touch>owned)`", "$HOME;touch>owned"),
    "percents": ("%s%d%n", "\\t\\n"),
    "endless": ("a" * 100_000, "b" * 100_000),
    "many": tuple("abc" * 100),
    "a third": ("claude", "PostToolUse", "more"),
}


@pytest.mark.parametrize("words", JUNK_WORDS.values(), ids=JUNK_WORDS)
def test_junk_arguments_go_unnoticed(shim: Shim, words: tuple[str, ...]) -> None:
    """Whatever a registration says, the event is recorded."""
    assert shim.run(*words, cwd=shim.base) == SILENCE
    assert shim.event().complete
    assert shim.event().words == tuple(word for word in words[:2] if 0 < len(word) < 4096)
    assert not (shim.base / "owned").exists()


HOSTILE = {
    "IFS": {"IFS": "/-l"},
    "ENV": {"ENV": "/nowhere"},
    "CDPATH": {"CDPATH": "/:/usr"},
    "LC_ALL": {"LC_ALL": "C.UTF-8"},
    "LANG": {"LANG": "tr_TR.UTF-8", "LC_CTYPE": "no_SUCH"},
    "PATH is empty": {"PATH": ""},
    "PATH leads nowhere": {"PATH": "/nowhere"},
    "names the shim uses": {"name": "../x", "data": "/x", "spool": "/x", "header": "x", "tab": "x"},
    "POSIXLY_CORRECT": {"POSIXLY_CORRECT": "1"},
    "shell options": {"SHELLOPTS": "errexit:nounset:noglob:pipefail"},
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_environment_goes_unnoticed(shim: Shim, hostile: dict[str, str]) -> None:
    """The event is recorded under any value an environment may hold."""
    assert shim.run("claude", "PostToolUse", env=shim.env | hostile) == SILENCE
    assert shim.event().complete


@pytest.mark.parametrize("option", ["-e", "-u", "-C", "-f"])
def test_shell_options_that_are_on_go_unnoticed(sh: Shim, option: str) -> None:
    """`set -e` and its kin, inherited."""
    sh.program.append(option)
    assert sh.run("claude", "Stop") == SILENCE
    assert sh.event().complete


DESCRIPTORS = {
    "stdin": "<&-",
    "stdout": ">&-",
    "stderr": "2>&-",
    "stdout and stderr": ">&- 2>&-",
    "all": "<&- >&- 2>&-",
}


@pytest.mark.parametrize("closed", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_closed_descriptors_go_unnoticed(shim: Shim, closed: str) -> None:
    """Something is recorded even then; without stdin it is torn."""
    command = ["sh", "-c", f'"$@" {closed}', "sh", *shim.command("claude", "PostToolUse")]
    done = subprocess.run(command, input=b"{}", capture_output=True, env=shim.env, check=False)
    assert Answer(done.returncode, done.stdout + done.stderr) == SILENCE
    without_stdin = "<" in closed
    assert shim.event().payload == (b"" if without_stdin else b"{}")
    if shim.name != "node":  # which opens what is closed on /dev/null
        assert shim.event().complete is not without_stdin


def test_readers_that_are_gone_go_unnoticed(shim: Shim) -> None:
    """Both streams are pipes nobody reads."""
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        shim.command("claude", "PostToolUse"),
        input=b"{}",
        stdout=theirs,
        stderr=theirs,
        env=shim.env,
        check=False,
    )
    os.close(theirs)
    assert done.returncode == 0
    assert shim.event().complete


def test_a_working_directory_that_is_gone_goes_unnoticed(shim: Shim) -> None:
    """An agent may delete the directory it works in."""
    gone = shim.base / "gone"
    command = ["sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', str(gone)]
    gone.mkdir()
    done = subprocess.run(
        [*command, *shim.command("claude", "PostToolUse")],
        input=b"{}",
        capture_output=True,
        env=shim.env,
        check=False,
    )
    complaint = b"getcwd"  # bash says so before it reads any script
    assert done.returncode == 0
    assert all(complaint in line for line in (done.stdout + done.stderr).splitlines())
    assert shim.event().complete


def test_without_cat_the_event_is_torn(sh: Shim) -> None:
    """A header alone tells that there was an event; the drain counts it."""
    sh.change("/bin:/usr/bin", "/nowhere")
    (sh.base / "bin").mkdir()
    mkdir = shutil.which("mkdir")
    assert mkdir is not None
    (sh.base / "bin" / "mkdir").symlink_to(mkdir)
    answer = sh.run("claude", "PostToolUse", env=sh.env | {"PATH": str(sh.base / "bin")})
    assert answer == SILENCE
    if sh.name != "busybox ash":  # which has a cat of its own
        assert (sh.event().payload, sh.event().complete) == (b"", False)


def _limit_file_size() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


def test_a_write_that_fails_halfway_leaves_a_torn_event(shim: Shim) -> None:
    """As on a full disk: the agent's write does not break, the loss can be seen."""
    answer = feed(shim, 2 * MEBIBYTE, preexec_fn=_limit_file_size, restore_signals=False)
    assert answer == SILENCE
    assert not shim.event().complete


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    target = tmp_path / "disk"
    target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(target)]
    if sys.platform != "linux" or os.getuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a file system")
    yield target
    subprocess.run(["umount", str(target)], check=True)


def test_a_full_disk_goes_unnoticed(shim: Shim, small_disk: Path) -> None:
    """The first event does not fit, the next cannot even begin."""
    shim.env["FLUXMIRROR_HOME"] = str(small_disk)
    for _ in range(3):
        assert feed(shim, 2 * MEBIBYTE) == SILENCE
    assert not any(event.complete for event in shim.events(str(small_disk / "spool")))


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that another user can reach."""
    directory = Path(tempfile.mkdtemp(prefix="fluxmirror-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def test_a_home_of_somebody_else_goes_unnoticed(shim: Shim, open_directory: Path) -> None:
    """Permissions bind everybody but root."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become somebody else")
    for file in WRAPPERS.iterdir():
        shutil.copy(file, open_directory)
    shim.script = open_directory / shim.file
    shim.env["FLUXMIRROR_HOME"] = str(open_directory / "flux")
    shim.program = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *shim.program]
    assert feed(shim, 2 * MEBIBYTE) == SILENCE
    assert not (open_directory / "flux").exists()


# The registered command


REGISTERED = 'sh "{script}" claude PostToolUse >/dev/null 2>&1 || true'


@pytest.mark.parametrize("missing", [False, True], ids=["there", "missing"])
def test_the_registered_command_cannot_fail(sh: Shim, *, missing: bool) -> None:
    """As agents run it; an uninstalled plugin is no reason to stop a tool."""
    script = sh.base / "nowhere.sh" if missing else sh.script
    done = subprocess.run(
        [*sh.program, "-c", REGISTERED.format(script=script)],
        input=b"{}",
        capture_output=True,
        env=sh.env,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert status(sh.spool).waiting == (0 if missing else 1)


@pytest.mark.parametrize("there", [("shim.sh", "shim.mjs"), ("shim.sh",), ("shim.mjs",), ()])
def test_the_router_takes_what_is_there(tmp_path: Path, there: tuple[str, ...]) -> None:
    """shim.sh, else shim.mjs, else nothing; silent in each case."""
    shim = Shim("router", tmp_path)
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for file in ("router.sh", *there):
        shutil.copy(WRAPPERS / file, tmp_path)
    shim.script = tmp_path / "router.sh"
    assert shim.run("claude", "PostToolUse") == SILENCE
    assert [event.words for event in shim.events()] == [("claude", "PostToolUse")] * bool(there)


def test_the_router_is_found_by_a_bare_name(tmp_path: Path) -> None:
    """`sh router.sh` in its own directory."""
    shim = Shim("router", tmp_path)
    command = [*shim.program, "router.sh", "claude", "PostToolUse"]
    subprocess.run(command, input=b"{}", env=shim.env, cwd=WRAPPERS, check=True)
    assert shim.event().complete


# The spool's limit


def test_a_full_spool_refuses_and_counts(shim: Shim) -> None:
    """One byte per refused event; the payload is still read to its end."""
    assert shim.run("claude", "PostToolUse") == SILENCE
    Path(shim.spool, "full").touch()
    for _ in range(3):
        assert feed(shim, 2 * MEBIBYTE) == SILENCE
    numbers = status(shim.spool)
    assert (numbers.waiting, numbers.refused) == (1, 3)


LIMITS = {"shim.sh": ("max_files=200000", "max_kib=1048576"), "shim.mjs": ("200_000", "2 ** 30")}


@pytest.mark.parametrize("limit", [0, 1], ids=["files", "bytes"])
def test_the_spool_is_marked_full_over_a_limit(shim: Shim, limit: int) -> None:
    """One call in 256 measures, behind the agent's back."""
    if shim.name == "router":
        pytest.skip("shim.sh does it")
    always = ("*00)", "*)") if shim.is_shell else ('name.endsWith("00")', "true")
    shim.change(*always)
    wanted = LIMITS[shim.file][limit]
    shim.change(wanted, f"{wanted.partition('=')[0]}=1" if shim.is_shell else "1")
    for _ in range(2):
        assert shim.run("claude", "PostToolUse") == SILENCE
    wait_until(lambda: status(shim.spool).full)
    before = status(shim.spool).refused  # the second call may have met the first one's marker
    assert shim.run("claude", "PostToolUse") == SILENCE
    assert status(shim.spool).refused == before + 1


def test_the_spool_is_not_marked_full_below_the_limits(sh: Shim) -> None:
    """The measuring process is waited for here, so that its answer is known."""
    sh.change("*00)", "*)")
    sh.change("9>&- &\n", "9>&-\n")
    assert sh.run("claude", "PostToolUse") == SILENCE
    assert not status(sh.spool).full


def test_the_limits_are_the_same_everywhere() -> None:
    """Three languages, one pair of figures."""
    shell = (WRAPPERS / "shim.sh").read_text(encoding="utf-8")
    node = (WRAPPERS / "shim.mjs").read_text(encoding="utf-8")
    assert f"max_files={MAX_FILES}\nmax_kib={MAX_BYTES >> 10}\nlongest={LONGEST}\n" in shell
    assert f"MAX_FILES = {MAX_FILES:_};" in node
    assert f"MAX_BYTES = 2 ** {MAX_BYTES.bit_length() - 1};" in node
    assert f"LONGEST = {LONGEST};" in node


@pytest.mark.parametrize("file", ["shim.sh", "shim.mjs", "shim.cmd"])
def test_every_shim_says_the_same_in_its_language(file: str) -> None:
    """The format's first word, the variables in their order, the events that end a turn."""
    text = (WRAPPERS / file).read_text(encoding="utf-8")
    assert MAGIC.decode() in text
    places = [text.index(key) for key in EVIDENCE]
    assert places == sorted(places)
    assert all(event in text for event in ENDS)
    assert str(LONGEST) in text


# The program's start


PROGRAM = """#!/bin/sh
read -r pid comm state parent group session rest </proc/self/stat
{ echo "$*"; echo $session; ls -l /proc/$$/fd; } >"$0.told"
for file in "$FLUXMIRROR_HOME"/spool/new/*; do tail -n 1 "$file"; done >"$0.seen"
echo started >"$0.started"
read -r line <"$0.leave"
echo done >"$0.left"
"""


class Program:
    """Stands for `fluxmirror`: tells through named pipes that it started and may leave."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "fluxmirror"
        self.path.write_text(PROGRAM, encoding="utf-8")
        self.path.chmod(0o755)
        for name in ("started", "leave", "left"):
            os.mkfifo(f"{self.path}.{name}")

    def wait(self) -> tuple[str, int, str, str]:
        """Wait for its start; arguments, session id, its descriptors, trailers it saw."""
        Path(f"{self.path}.started").read_text(encoding="utf-8")
        words, session, *files = Path(f"{self.path}.told").read_text(encoding="utf-8").splitlines()
        seen = Path(f"{self.path}.seen").read_text(encoding="utf-8")
        return words, int(session), "\n".join(files), seen

    def release(self) -> None:
        """Let it end, and wait for that."""
        Path(f"{self.path}.leave").write_text("\n", encoding="utf-8")
        Path(f"{self.path}.left").read_text(encoding="utf-8")


linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
ENDS = ["Stop", "SessionEnd", "AfterAgent", "agentStop", "sessionEnd"]


@linux_alone
@pytest.mark.parametrize("recorded", [True, False], ids=["by its recorded path", "by PATH"])
def test_the_end_of_a_turn_starts_the_program_behind_the_agents_back(
    shim: Shim, *, recorded: bool
) -> None:
    """In a session of its own, without the agent's pipes, the event being complete."""
    program = Program(shim.base / "my bin" if recorded else shim.base / "bin")
    if recorded:
        shim.data.mkdir()
        (shim.data / "program").write_text(f"{program.path}\n", encoding="utf-8")
    else:
        shim.env["PATH"] = f"{shim.env['PATH']}:{program.path.parent}"
    # Three descriptors of the agent's pipe; that the call returns at all says that none was kept,
    # for the program has not been allowed to end.
    shim.program = ["sh", "-c", 'exec "$@" 5>&1 9>&1', "sh", *shim.program]
    assert feed(shim, 10, "Stop") == SILENCE
    words, session, files, seen = program.wait()
    assert words == "drain --quiet"
    assert session not in {os.getsid(0), 0}
    assert "pipe:" not in files
    assert seen == f"fluxmirror-spool/1\t{shim.event().name}\n"
    program.release()


@linux_alone
@pytest.mark.parametrize("missing", [("setsid",), ("setsid", "perl")], ids=" and ".join)
def test_without_setsid_the_program_starts_as_well(sh: Shim, missing: tuple[str, ...]) -> None:
    """As on macOS: Perl stands in, and where that is missing too the agent's session must do."""
    for name in missing:
        sh.change(f"command -v {name};", "command -v no-such-program;")
    program = Program(sh.base / "bin")
    sh.env["PATH"] = f"{sh.env['PATH']}:{program.path.parent}"
    assert feed(sh, 10, "Stop") == SILENCE
    words, session, files, _ = program.wait()
    assert words == "drain --quiet"
    assert (session == os.getsid(0)) is ("perl" in missing)
    assert "pipe:" not in files
    program.release()


@linux_alone
@pytest.mark.parametrize("event", ENDS)
def test_every_event_that_ends_something_starts_the_program(shim: Shim, event: str) -> None:
    """Turns and sessions, in the agents' own words."""
    program = Program(shim.base / "bin")
    shim.env["PATH"] = f"{shim.env['PATH']}:{program.path.parent}"
    assert shim.run("claude", event) == SILENCE
    assert program.wait()[0] == "drain --quiet"
    program.release()


RECORDED = {
    "nothing": "",
    "a program that is gone": "/nowhere/fluxmirror\n",
    "a directory": "/usr\n",
    "junk": "$(touch owned); \0\n\n",
}


@pytest.mark.parametrize("recorded", RECORDED.values(), ids=RECORDED)
def test_a_program_that_is_not_there_goes_unnoticed(shim: Shim, recorded: str) -> None:
    """The plugin alone starts a complete record."""
    shim.data.mkdir()
    (shim.data / "program").write_text(recorded, encoding="utf-8")
    env = shim.env | {"PATH": os.path.dirname(shutil.which("cat") or "")}
    assert shim.run("claude", "Stop", env=env, cwd=shim.base) == SILENCE
    assert shim.event().complete
    assert not (shim.base / "owned").exists()


@linux_alone
def test_other_events_start_nothing(sh: Shim) -> None:
    """The program is started once a turn, not once a call."""
    log = sh.base / "log"
    program = Program(sh.base / "bin")
    program.path.write_text(f'#!/bin/sh\necho "$*" >>"{log}"\n', encoding="utf-8")
    sh.change("9>&- &\n", "9>&-\n")  # waited for here
    sh.env["PATH"] = f"{sh.env['PATH']}:{program.path.parent}"
    for event in ("PreToolUse", "PostToolUse", "UserPromptSubmit", "SubagentStop", "Stop"):
        assert sh.run("claude", event) == SILENCE
    assert log.read_text(encoding="utf-8") == "drain --quiet\n"
