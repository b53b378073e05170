"""The agents' packages: made from one source, whole, and safe in an agent's hands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fluxmirror_cli.commands.slash import SLASH_COMMANDS
from fluxmirror_core.agents import BY_ID
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
BUILT = (".claude-plugin", "plugins", "gemini-extension")
BUNDLE = "packages/fluxmirror-cli/src/fluxmirror_cli/bundle"
READ = ("manifests", "wrappers", "packages/fluxmirror-cli/pyproject.toml")
SOURCE: dict[str, Any] = YAML(typ="safe").load(ROOT / "manifests" / "source.yaml")
AGENTS: dict[str, dict[str, Any]] = SOURCE["agents"]
HOOKED = [agent for agent, entry in AGENTS.items() if "hooks" in entry]
COMMAND_FILES = [
    pytest.param(
        agent, name, ROOT / entry["package"] / pattern.format(name=name), id=f"{agent} {name}"
    )
    for agent, entry in AGENTS.items()
    for pattern in entry["commands"]["files"]
    for name in SLASH_COMMANDS
    if not pattern.endswith(".yaml")
]
INSTALLED = os.environ.get("FLUXMIRROR_TEST_AGENTS", "")
"""The directory that the agents are installed in, if they are; no test sees the variable itself."""
PLACEHOLDER = re.compile(r"\$ARGUMENTS|\{\{args\}\}")
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell runs it")


def script(name: str, *arguments: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a script of the repository, or of a copy of it."""
    return subprocess.run(
        [sys.executable, str(root / "scripts" / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the generator in a copy."""
    return script("build_manifests.py", *arguments, root=root)


def hook_commands(agent: str) -> dict[str, dict[str, Any]]:
    """Give what is registered, by event."""
    file = ROOT / AGENTS[agent]["package"] / AGENTS[agent]["hooks"]["file"]
    registered = json.loads(file.read_text(encoding="utf-8"))["hooks"]
    return {event: hook for event, [group] in registered.items() for hook in group["hooks"]}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the generator reads and writes, in a place where it may be spoiled."""
    (tmp_path / "scripts").mkdir()
    for name in ("build_manifests.py", "versions.py"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    for name in (*READ, *BUILT, BUNDLE):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target)
        else:
            shutil.copy(ROOT / name, target)
    return tmp_path


# The generator


def test_packages_are_what_the_source_says() -> None:
    """Nothing generated was edited, forgotten or left over; run scripts/build_manifests.py."""
    done = script("build_manifests.py", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_page_of_agents_is_what_the_program_says() -> None:
    """`scripts/build_agents_page.py --check` finds nothing to write."""
    done = script("build_agents_page.py", "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_packages_come_from_nothing_the_same(copy: Path) -> None:
    """Built where nothing was built before, they are equal to the last byte."""
    for name in (*BUILT, BUNDLE):
        shutil.rmtree(copy / name)
    assert build(copy).returncode == 0
    for name in (*BUILT, BUNDLE):
        built = {
            path.relative_to(copy): path for path in (copy / name).rglob("*") if path.is_file()
        }
        assert built
        for path, file in built.items():
            assert file.read_bytes() == (ROOT / path).read_bytes(), path


def test_line_taken_out_of_the_source_shows_as_a_diff(copy: Path) -> None:
    """Whoever drops an event by mistake reads which one, in which file."""
    source = copy / "manifests" / "source.yaml"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("        - StopFailure\n", "", 1), encoding="utf-8")
    done = build(copy, "--check")
    assert done.returncode == 1
    assert (
        "DRIFT: plugins/fluxmirror/hooks/hooks.json\n--- plugins/fluxmirror/hooks/hooks.json"
        in done.stdout
    )
    assert '-    "StopFailure": [\n' in done.stdout


def test_edited_file_shows_as_a_diff_and_is_written_again(copy: Path) -> None:
    """An edit of what is generated is seen, and lost at the next build."""
    page = copy / "gemini-extension" / "README.md"
    page.write_text(page.read_text(encoding="utf-8") + "By hand.\n", encoding="utf-8")
    done = build(copy, "--check")
    assert (done.returncode, done.stdout.count("DRIFT: ")) == (1, 1)
    assert "\n-By hand.\n" in done.stdout
    assert build(copy).stdout == "gemini-extension/README.md\n"
    assert build(copy, "--check").returncode == 0


def test_missing_and_left_over_files_are_named(copy: Path) -> None:
    """What is not there, and what nothing makes any more, is drift too."""
    (copy / "plugins" / "opencode" / "fluxmirror.js").unlink()
    backup = copy / "plugins" / "fluxmirror" / "hooks-backup" / "hooks.json"
    backup.parent.mkdir()
    backup.touch()
    done = build(copy, "--check")
    assert done.returncode == 1
    assert "DRIFT: plugins/opencode/fluxmirror.js\nis missing\n" in done.stdout
    assert "DRIFT: plugins/fluxmirror/hooks-backup/hooks.json\nis not made from" in done.stdout
    assert build(copy).returncode == 0
    assert not backup.parent.exists()


@posix
def test_lost_executable_bit_is_drift(copy: Path) -> None:
    """A shim that cannot be started is another file."""
    (copy / "plugins" / "fluxmirror" / "wrappers" / "shim.sh").chmod(0o644)
    assert "has not the mode 755" in build(copy, "--check").stdout


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("      word: gemini\n", "", "agent gemini-cli says nothing at `hooks.word`"),
        (
            "    description: What the agents did today\n",
            "",
            "command today says nothing at `description`",
        ),
        ("wrappers/opencode.mjs", "wrappers/nothing.mjs", "wrappers/nothing.mjs is missing"),
        ("claude.md.j2", "nothing.md.j2", "manifests/templates/nothing.md.j2 cannot be rendered"),
        ("product:\n", "product: [\n", "manifests/source.yaml cannot be read"),
    ],
)
def test_incomplete_source_is_told_in_a_sentence(
    copy: Path, old: str, new: str, sentence: str
) -> None:
    """What is missing is named; nothing is written."""
    source = copy / "manifests" / "source.yaml"
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = build(copy)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"build_manifests: {sentence}")
    assert "Traceback" not in done.stderr


def test_missing_source_is_told_in_a_sentence(copy: Path) -> None:
    """Without the source there is nothing to build from."""
    (copy / "manifests" / "source.yaml").unlink()
    done = build(copy, "--check")
    assert done.returncode == 1
    assert done.stderr == "build_manifests: manifests/source.yaml is missing\n"


# Hooks


def understood(agent: str, event: str) -> str:
    """Give the name under which an event is understood: Copilot takes Claude's spelling too."""
    return event[:1].lower() + event[1:] if agent == "copilot-cli" else event


@pytest.mark.parametrize("agent", HOOKED)
def test_every_event_is_registered_or_withheld_with_a_reason(agent: str) -> None:
    """No event that can be understood is forgotten, and none is registered that cannot."""
    hooks = AGENTS[agent]["hooks"]
    registered = [understood(agent, event) for event in hooks["events"]]
    withheld = hooks["withheld"]
    assert sorted([*registered, *withheld]) == sorted(BY_ID[agent].hook_events)
    assert all(withheld.values())


@pytest.mark.parametrize("agent", HOOKED)
def test_registration_words_are_the_agents_own_or_claudes(agent: str) -> None:
    """A word that means another agent would mislabel what no payload gives away."""
    word = AGENTS[agent]["hooks"]["word"]
    assert word in BY_ID[agent].kinds or (agent, word) == ("claude-code", "claude")


@pytest.mark.parametrize("agent", HOOKED)
def test_hooks_are_synchronous_and_time_out_in_the_agents_own_unit(agent: str) -> None:
    """10 is ten seconds here and ten milliseconds there; a file that several read has none."""
    for event, hook in hook_commands(agent).items():
        extra = {key: value for key, value in hook.items() if key not in ("type", "command")}
        if agent == "claude-code":
            assert extra == {}
        elif agent == "gemini-cli":
            assert extra == {"timeout": 10_000}
        else:
            key = "timeoutSec" if agent == "copilot-cli" else "timeout"
            clamped = agent == "codex-cli" and event in ("SessionEnd", "Interrupt")
            assert extra == {key: 3 if clamped else 10}


@posix
@pytest.mark.parametrize("agent", HOOKED)
def test_registered_command_records_the_event_silently(agent: str, tmp_path: Path) -> None:
    """Each command runs as it stands, out of a package whose path has a space and a quote."""
    package = tmp_path / "it's a package"
    shutil.copytree(ROOT / AGENTS[agent]["package"], package)
    for event, hook in hook_commands(agent).items():
        assert run_hook(agent, hook, package, tmp_path) == (0, b"", b""), event
    files = (tmp_path / "spool" / "new").iterdir()
    headers = [file.read_bytes().splitlines()[0].split(b"\t")[2] for file in files]
    word = AGENTS[agent]["hooks"]["word"]
    assert sorted(headers) == sorted(f"{word} {event}".encode() for event in hook_commands(agent))


@posix
@pytest.mark.parametrize("agent", HOOKED)
def test_registered_command_cannot_fail(agent: str, tmp_path: Path) -> None:
    """Without the package, and without `cat`, the agent sees silence and success."""
    event, hook = next(iter(hook_commands(agent).items()))
    assert run_hook(agent, hook, tmp_path / "gone", tmp_path) == (0, b"", b""), event


def run_hook(
    agent: str, hook: dict[str, Any], package: Path, data: Path
) -> tuple[int, bytes, bytes]:
    """Run a registered command as its agent does, with the package's path put in."""
    root = AGENTS[agent]["hooks"]["root"]
    done = subprocess.run(
        ["sh", "-c", hook["command"].replace(root, str(package))],
        input=b"{}",
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "FLUXMIRROR_HOME": str(data)},
    )
    return done.returncode, done.stdout, done.stderr


# Manifests


def test_every_manifest_has_the_name_and_what_it_names_is_there() -> None:
    """A path in a manifest that leads nowhere is silently no hook, or no command."""
    for entry in AGENTS.values():
        if "manifest" in entry:
            package = ROOT / entry["package"]
            manifest = json.loads((package / entry["manifest"]["file"]).read_text(encoding="utf-8"))
            assert manifest["name"] == "fluxmirror"
            named = [manifest.get(key) or [] for key in ("hooks", "commands", "skills")]
            for paths in named:
                for path in [paths] if isinstance(paths, str) else paths:
                    assert (package / path).exists(), path


def test_marketplace_lists_the_plugin_where_it_is() -> None:
    """Agents find the plugin from the listing alone."""
    listing = json.loads((ROOT / ".claude-plugin/marketplace.json").read_text(encoding="utf-8"))
    assert listing["name"] == "fluxmirror"
    assert [plugin["name"] for plugin in listing["plugins"]] == ["fluxmirror"]
    assert (ROOT / listing["plugins"][0]["source"] / ".claude-plugin" / "plugin.json").is_file()


def test_no_package_holds_a_backup() -> None:
    """An agent that finds a second package of one name says that it is loaded already."""
    names = [path.name for top in BUILT for path in (ROOT / top).rglob("*")]
    assert [name for name in names if "backup" in name.lower()] == []


@pytest.mark.agents
def test_agents_own_validators_are_content() -> None:
    """Claude Code and Gemini CLI find nothing wrong with their packages."""
    if not INSTALLED:
        pytest.skip("FLUXMIRROR_TEST_AGENTS names no directory of agents")
    programs = Path(INSTALLED) / "node_modules" / ".bin"
    for command in (
        ["claude", "plugin", "validate", "--strict", "plugins/fluxmirror"],
        ["claude", "plugin", "validate", "--strict", "."],
        ["gemini", "extensions", "validate", "gemini-extension"],
    ):
        done = subprocess.run(
            [programs / command[0], *command[1:]],
            cwd=ROOT,
            env={**os.environ, "GEMINI_CLI_TRUST_WORKSPACE": "true", "DISABLE_AUTOUPDATER": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr


# Slash commands


def prompt(file: Path) -> str:
    """Give what the model reads of a command."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".toml":
        return str(tomllib.loads(text)["prompt"])
    return text.split("\n---\n", 1)[1]


def front_matter(file: Path) -> dict[str, Any]:
    """Give what the agent reads of a command."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".toml":
        return tomllib.loads(text)
    loaded: dict[str, Any] = YAML(typ="safe").load(text.split("\n---\n", 1)[0])
    return loaded


def test_source_has_the_commands_that_the_program_takes() -> None:
    """The launcher hands over no name that the program refuses."""
    assert tuple(SOURCE["commands"]) == SLASH_COMMANDS


@pytest.mark.parametrize(("agent", "name", "file"), COMMAND_FILES)
def test_command_calls_the_launcher_and_nothing_else(agent: str, name: str, file: Path) -> None:
    """A command is a few lines around one call; the program does what there is to do."""
    text = prompt(file)
    launcher = AGENTS[agent]["commands"]["launcher"]
    assert f'sh "{launcher}" {name}' in text
    assert len(text.strip().splitlines()) <= 20
    assert not re.search(r"\b(?:sqlite3?|python3?|readlink|awk|sed|while|eval)\b", text)
    assert front_matter(file)["description"].endswith(SOURCE["commands"][name]["description"])


@pytest.mark.parametrize(("agent", "name", "file"), COMMAND_FILES)
def test_what_is_typed_is_no_part_of_a_command_that_runs_by_itself(
    agent: str, name: str, file: Path
) -> None:
    """No agent puts text into a shell command in a way that holds whatever the text is."""
    text = prompt(file)
    assert "!`" not in text
    assert "```!" not in text
    if PLACEHOLDER.search(text):
        assert "!{" not in text
        assert re.search(r"<typed>\n(\$ARGUMENTS|\{\{args\}\})\n</typed>", text)
        assert len(PLACEHOLDER.findall(text)) == 1


@pytest.mark.parametrize(("agent", "name", "file"), COMMAND_FILES)
def test_commands_are_for_people_not_for_the_model(agent: str, name: str, file: Path) -> None:
    """What the model is told of itself would change how an agent works."""
    if agent not in ("gemini-cli", "opencode"):  # which never tell the model of commands
        assert front_matter(file)["disable-model-invocation"] is True


@pytest.mark.parametrize(("agent", "name", "file"), COMMAND_FILES)
def test_only_calls_that_read_are_allowed_in_advance(agent: str, name: str, file: Path) -> None:
    """What changes settings asks each time; what reads is allowed for the launcher alone."""
    allowed = front_matter(file).get("allowed-tools")
    if agent != "claude-code" or SOURCE["commands"][name].get("changes"):
        assert allowed is None
    else:
        assert allowed == f'Bash(sh "${{CLAUDE_PLUGIN_ROOT}}/wrappers/launch.sh" {name}:*)'


@pytest.mark.parametrize("agent", AGENTS)
def test_init_asks_before_it_acts(agent: str) -> None:
    """Language, zone and consent come first; no agent runs anything before the model has asked."""
    entry = AGENTS[agent]
    pattern = next(iter(entry["commands"]["files"]))
    text = prompt(ROOT / entry["package"] / pattern.format(name="init"))
    call = text.index("sh ")
    for question in ("in which language", "in which time zone", "ask whether to go ahead"):
        assert text.index("Step 1.") <= text.index(question) < call
    assert "!{" not in text


def test_readme_of_each_package_lists_the_commands() -> None:
    """The README of each package lists all thirteen."""
    for package in SOURCE["packages"]:
        page = (ROOT / package / "README.md").read_text(encoding="utf-8")
        assert re.findall(r"^\| `/fluxmirror[:/](\w+)", page, re.MULTILINE) == list(SLASH_COMMANDS)
