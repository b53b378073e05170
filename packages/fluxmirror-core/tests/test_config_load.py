"""Layers are merged key by key, each value knows its source, and what is broken stays shut."""

from __future__ import annotations

import os
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.inputs import FileText, Inputs, find_project_file, user_path
from fluxmirror_core.config.load import last_good_path, load, remembered_directory
from fluxmirror_core.config.project_rules import ProjectRules, Rules
from fluxmirror_core.config.resolution import Source, layers_of
from fluxmirror_core.config.resolve import private_values, resolve
from fluxmirror_core.config.trust import distrust, is_trusted, trust, trust_path
from fluxmirror_core.flat import flat
from fluxmirror_core.paths import Places, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.config.resolution import Resolution


class Machine:
    """A home, a repository in it, and what is configured there."""

    def __init__(self, home: Path) -> None:
        self.env = {"HOME": str(home), "FLUXMIRROR_HOME": str(home / "flux")}
        self.places: Places = places(self.env, sys.platform)
        self.repository = home / "work" / "app"
        (self.repository / ".git").mkdir(parents=True)
        (self.repository / "src").mkdir()

    def user(self, text: str | bytes) -> None:
        """Write the user's file."""
        path = user_path(self.places)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def project(self, text: str) -> Path:
        """Write the repository's file."""
        path = self.repository / ".fluxmirror.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, **env: str) -> Resolution:
        """Load the configuration inside the repository."""
        return load(self.env | env, self.places, str(self.repository / "src"))


@pytest.fixture
def machine(home: Path) -> Machine:
    """A machine where nothing is configured yet."""
    return Machine(home)


def test_nothing_configured_makes_no_file(machine: Machine) -> None:
    """Looking leaves no trace."""
    before = sorted(os.listdir(machine.env["HOME"]))
    assert machine.load().settings(machine.env).language == "english"
    assert sorted(os.listdir(machine.env["HOME"])) == before


def test_each_layer_is_stronger_than_the_ones_below(machine: Machine) -> None:
    """Environment > project > user > inferred > default."""
    machine.user('language = "japanese"\n')
    machine.project('language = "ko"\n')
    trust(machine.places, find_project_file(str(machine.repository)) or "", b'language = "ko"\n')
    env = {"LANG": "en_GB.UTF-8", "FLUXMIRROR_LANGUAGE": "中文"}
    layers = layers_of("language", machine.load(**env), machine.env | env)
    assert [(layer.value, layer.source) for layer in layers] == [
        ("chinese", Source.ENVIRONMENT),
        ("korean", Source.PROJECT),
        ("japanese", Source.USER),
        ("english", Source.INFERRED),
        ("english", Source.DEFAULT),
    ]
    assert str(layers[1].where).endswith(".fluxmirror.toml:1")


def test_a_user_file_with_one_key_resets_no_other(machine: Machine) -> None:
    """What the machine tells still counts."""
    machine.user("[capture]\npayloads = 'none'\n")
    env = machine.env | {"TZ": "Europe/Madrid", "LC_ALL": "ko_KR.UTF-8"}
    found = machine.load().settings(env)
    assert (found.capture_payloads, found.timezone, found.language) == (
        "none",
        "Europe/Madrid",
        "korean",
    )


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("[capture]\npayloads = 'nonee'\n", ":2", "none, input or full"),
        ("language = 3\n", ":1", "language must be"),
        ("\nlangage = 'ko'\n", ":2", "langage"),
        ("timezone = 'Mars/X'\n", ":1", "Mars/X"),
        ("storage = 3\n", ":1", "storage"),
        ("[capture\n", ":1", "no TOML"),
    ],
)
def test_a_broken_key_is_named_with_file_and_line(
    machine: Machine, text: str, where: str, said: str
) -> None:
    """And everything else the file says counts."""
    machine.user(text + "[self_noise]\nenabled = true\n")
    found = machine.load()
    [problem] = found.problems
    assert problem.where == f"{user_path(machine.places)}{where}"
    assert said in str(problem.sentence)
    assert found.settings(machine.env).self_noise_enabled
    assert problem.hint


def test_an_unknown_key_is_answered_with_the_nearest(machine: Machine) -> None:
    """A slip is told as one."""
    machine.user("timezon = 'UTC'\n")
    assert "timezone" in str(machine.load().problems[0].hint)
    machine.user("")
    [problem] = machine.load(FLUXMIRROR_TIMEZON="UTC", FLUXMIRROR_KIND="claude").problems
    assert problem.where == "FLUXMIRROR_TIMEZON"
    assert "FLUXMIRROR_TIMEZONE" in str(problem.hint)


def test_a_variable_that_cannot_be_meant_leaves_the_layer_below(machine: Machine) -> None:
    """Its name is told."""
    machine.user("language = 'korean'\n")
    found = machine.load(FLUXMIRROR_LANGUAGE="klingon")
    assert found.problems[0].where == "FLUXMIRROR_LANGUAGE"
    assert found.settings(machine.env).language == "korean"


_SHUT = "[redaction]\npatterns = ['ACME-[0-9]+']\n[capture]\npayloads = 'none'\n"


@pytest.mark.parametrize(
    "broken",
    [
        _SHUT.replace("'none'", "none"),
        _SHUT.replace("'none'", "'nought'"),
        _SHUT.replace("[0-9]+", "([0-9]+"),
        _SHUT[:-20],
        _SHUT.replace("patterns", "paterns"),
        "\xff",
    ],
    ids=["no TOML", "no such value", "no such pattern", "cut", "no such key", "no UTF-8"],
)
def test_private_keys_fail_closed(machine: Machine, broken: str) -> None:
    """They stay as they were when the file could last be read; without that nothing is known."""
    machine.user(broken.encode("latin-1"))
    assert machine.load().unknown
    machine.user(_SHUT)
    assert machine.load().unknown == []
    machine.user(broken.encode("latin-1"))
    found = machine.load()
    assert found.problems
    assert found.unknown == []
    kept = found.settings(machine.env)
    assert (kept.redaction_patterns, kept.capture_payloads) == (("ACME-[0-9]+",), "none")


def test_what_was_shut_can_be_opened_again(machine: Machine) -> None:
    """The last good file is the newest one that could be read, not the tightest."""
    machine.user(_SHUT)
    machine.load()
    machine.user("")
    machine.load()
    machine.user("[")
    assert machine.load().settings(machine.env).capture_payloads == "input"


def test_a_private_variable_that_cannot_be_meant_shuts(machine: Machine) -> None:
    """Nobody can tell what its owner wants."""
    found = machine.load(FLUXMIRROR_CAPTURE_ENABLED="flase")
    assert found.unknown == ["capture.enabled"]


@pytest.mark.parametrize("kind", ["directory", "unreadable", "loop", "nothing", "pipe", "long"])
def test_a_file_that_cannot_be_read_is_told_and_shuts(machine: Machine, kind: str) -> None:
    """Never a traceback, never a silent default, and nobody waits for a pipe."""
    path = user_path(machine.places)
    machine.user("language = 'korean'\n" if kind != "long" else "#" * (1 << 20) + "\n")
    if kind == "unreadable":
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        os.chmod(path, 0)
    elif kind != "long":
        os.unlink(path)
        made: dict[str, Callable[[str], None]] = {
            "directory": os.makedirs,
            "loop": lambda path: os.symlink(path, path),
            "nothing": lambda path: os.symlink(f"{path}.away", path),
            "pipe": os.mkfifo,
        }
        made[kind](path)
    found = machine.load()
    assert path in str(found.problems[0].sentence)
    assert found.unknown


def test_a_file_in_the_place_of_the_directory_shuts(machine: Machine) -> None:
    """What is there is no configuration, and not none either."""
    os.makedirs(machine.places.data)
    with open(machine.places.config, "w", encoding="utf-8") as file:
        file.write("in the way")
    assert machine.load().unknown


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[capture]\nenabled = 'off'\n", ["capture.enabled"]),
        ("[capture]\nenabled = no\n", ["capture.enabled"]),
        ("capture = false\n", ["capture.enabled"]),
        ("enabled = false\n", ["capture.enabled"]),
        ("[capture]\noff = true\n", ["capture.enabled"]),
        ("payloads = 'none'\n", ["capture.payloads"]),
        ("patterns = ['x']\n", ["redaction.patterns"]),
        ("redaction = ['x']\n", ["redaction.patterns"]),
        ("[session_files]\nenabled = false\n", ["session_files"]),
        ("[agents.qwen]\nenabled = false\n", ["agents.qwen-code.enabled"]),
        ("[storage]\npath = 'relative'\n", ["storage.path"]),
        ("[storage\npath = '/x'\n", ["storage.path"]),
        ("[redaction]\npatterns = ['a+', '(']\n", ["redaction.patterns"]),
        ("[redaction]\npatterns = [\n'a+',\n\"\\d\",\n]\n", ["redaction.patterns"]),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_asked_for_and_not_understood_waits(
    machine: Machine, text: str, keys: list[str], *, is_known: bool
) -> None:
    """Whoever just asked for less must not get what was before, as nothing was said of it."""
    if is_known:
        machine.user("language = 'korean'\n")
        assert machine.load().unknown == []
    machine.user(text)
    assert set(keys) <= set(machine.load().unknown)


@pytest.mark.parametrize("text", ["[studio]\nport = 1\n", "[ai]\nprovider = 'off'\n", "x = 1\n"])
def test_a_key_of_another_version_stops_nothing(machine: Machine, text: str) -> None:
    """It is named; everything else goes on."""
    machine.user(text)
    found = machine.load()
    assert found.unknown == []
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    "text", ["[storage]\nretention_days = '10 years'\n", "[storage]\nretention_days = 365 days\n"]
)
def test_a_key_that_deletes_deletes_nothing_when_it_is_not_understood(
    machine: Machine, text: str
) -> None:
    """Neither by what it seems to say nor by what it said before."""
    machine.user("[storage]\nretention_days = 3\n")
    assert machine.load().settings(machine.env).storage_retention_days == 3
    machine.user(text)
    found = machine.load()
    assert found.settings(machine.env).storage_retention_days is None
    assert found.unknown == []


def test_the_good_patterns_of_a_broken_list_are_added_to_the_last_good(machine: Machine) -> None:
    """More masked is what its owner wants in either case."""
    machine.user("[redaction]\npatterns = ['a+']\n")
    machine.load()
    machine.user("[redaction]\npatterns = ['b+', '(']\n")
    assert machine.load().settings(machine.env).redaction_patterns == ("a+", "b+")


def test_the_last_good_file_is_the_last_one_seen(machine: Machine) -> None:
    """Also when what it says was remembered from an earlier time."""
    opened, shut = "", "[capture]\nenabled = false\n"
    for text in (opened, opened, shut, opened, shut):
        machine.user(text)
        machine.load()
    machine.user("[")
    assert not machine.load().settings(machine.env).capture_enabled


def test_a_misspelt_variable_shuts_what_it_may_mean(machine: Machine) -> None:
    """Nobody behind a hook sees a warning."""
    found = machine.load(FLUXMIRROR_CAPTURE_ENABLE="false")
    assert found.unknown == ["capture.enabled"]


def test_what_was_understood_is_of_one_home(machine: Machine, tmp_path: Path) -> None:
    """`~` is another place for another user."""
    machine.user("mirror = '~/m'\n")
    for name in ("a", "b"):
        os.environ["HOME"] = str(tmp_path / name)
        assert machine.load().settings(machine.env).mirror == str(tmp_path / name / "m")


def test_a_project_file_tightens_unasked(machine: Machine) -> None:
    """Its patterns are added to the user's, and it may switch the recording off."""
    machine.user("[redaction]\npatterns = ['a']\n")
    machine.project("[redaction]\npatterns = ['b', 'a']\n[capture]\nenabled = false\n")
    found = machine.load(FLUXMIRROR_CAPTURE_ENABLED="true").settings(machine.env)
    assert found.redaction_patterns == ("a", "b")
    assert not found.capture_enabled


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("language = 'ko'\n", "config trust"),
        ("[capture]\nenabled = true\n", "only switch it off"),
        ("[storage]\npath = '/tmp/x.db'\n", "config set storage.path"),
        ("[agents.codex-cli]\nenabled = false\n", "config set agents.codex-cli.enabled"),
        ("mirror = '/tmp/m'\n", "config set mirror"),
    ],
)
def test_a_project_file_opens_nothing_unasked(machine: Machine, text: str, hint: str) -> None:
    """A checked-out repository is somebody else's."""
    machine.project(text)
    found = machine.load()
    assert found.values == {}
    assert hint in str(found.problems[0].hint)


def test_trust_is_in_a_files_content(machine: Machine) -> None:
    """Any change takes it back, and so does its owner."""
    path = machine.project("language = 'ko'\n")
    trust(machine.places, str(path), path.read_bytes())
    assert machine.load().settings(machine.env).language == "korean"
    assert os.stat(trust_path(machine.places)).st_mode & 0o777 == 0o600
    machine.project("language = 'ja'\n")
    assert machine.load().settings(machine.env).language == "english"
    machine.project("language = 'ko'\n")
    assert distrust(machine.places, str(path))
    assert not distrust(machine.places, str(path))
    assert machine.load().settings(machine.env).language == "english"
    with open(trust_path(machine.places), "w", encoding="utf-8") as file:
        file.write("[1]")
    assert not is_trusted(machine.places, str(path), path.read_bytes())


def test_a_project_file_is_looked_for_up_to_the_repositorys_root(machine: Machine) -> None:
    """Not above it, and outside of a repository not above the directory."""
    above = machine.repository.parent / ".fluxmirror.toml"
    above.write_text("")
    assert find_project_file(str(machine.repository / "src")) is None
    assert find_project_file(str(above.parent)) == str(above)
    path = machine.project("")
    assert find_project_file(str(machine.repository / "src")) == str(path)


def test_a_directorys_rules_are_its_projects(machine: Machine) -> None:
    """A file that cannot be understood was put there to have less recorded."""
    source = str(machine.repository / "src")
    assert ProjectRules().rules_of(source) == Rules()
    machine.project("[redaction]\npatterns = ['x+']\n")
    assert ProjectRules().rules_of(source) == Rules(is_recorded=True, patterns=("x+",))
    machine.project("[ai]\nprovider = 'off'\n")
    assert ProjectRules().rules_of(source) == Rules()
    many = [f"p{number}" for number in range(51)]
    for text in (
        "[capture]\nenabled = false\n",
        "[capture]\nenabled = 0\n",
        "[capture]\noff = true\n",
        "capture = false\n",
        "enabled = false\n",
        "[capture",
        f"[redaction]\npatterns = {many}\n",
        "#" * (1 << 17),
    ):
        machine.project(text)
        assert not ProjectRules().rules_of(source).is_recorded, text[:40]


@pytest.mark.parametrize("made", ["nothing", "zero", "pipe", "directory"])
def test_what_is_no_file_keeps_its_directory_private_and_nobody_waiting(
    machine: Machine, made: str
) -> None:
    """A repository may come with links to anything."""
    path = machine.repository / ".fluxmirror.toml"
    if made == "nothing":
        path.symlink_to("away")
    elif made == "zero":
        path.symlink_to("/dev/zero")
    elif made == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert not ProjectRules().rules_of(str(machine.repository / "src")).is_recorded
    assert machine.load().problems


def test_rules_add_up_towards_the_root(machine: Machine) -> None:
    """A repository inside of a private directory is private, and so is a folder in none."""
    above = machine.repository.parent / ".fluxmirror.toml"
    above.write_text("[redaction]\npatterns = ['a+']\n")
    machine.project("[redaction]\npatterns = ['b+']\n")
    source = str(machine.repository / "src")
    assert ProjectRules().rules_of(source).patterns == ("b+", "a+")
    above.write_text("[capture]\nenabled = false\n")
    assert not ProjectRules().rules_of(source).is_recorded
    assert not ProjectRules().rules_of(str(above.parent / "notes" / "sub")).is_recorded
    if os.geteuid() == 0:
        os.chown(above, 12345, 12345)
        assert ProjectRules().rules_of(source).is_recorded


def test_what_was_understood_is_remembered_until_something_changes(machine: Machine) -> None:
    """In few files that only their owner can read."""
    for number in range(1, 40):
        machine.user(f"[storage]\nretention_days = {number}\n")
        for _ in range(2):
            assert machine.load().settings(machine.env).storage_retention_days == number
    names = os.listdir(remembered_directory(machine.places))
    assert len(names) <= 16
    for name in names:
        path = os.path.join(remembered_directory(machine.places), name)
        assert os.stat(path).st_mode & 0o777 == 0o600
        with open(path, "w", encoding="utf-8") as file:
            file.write("rubbish")
    assert machine.load().settings(machine.env).storage_retention_days == number


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(machine: Machine) -> None:
    """What would save time is left out."""
    machine.user("language = 'korean'\n")
    with open(machine.places.cache, "w", encoding="utf-8") as in_the_way:
        in_the_way.write("a file where a directory should be")
    os.makedirs(last_good_path(machine.places))
    assert machine.load().settings(machine.env).language == "korean"


_FILE = """\
# mine
language = "korean"
timezone = "Asia/Seoul"

[redaction]
patterns = ["ACME-[0-9]+", 'x"y']

[capture]
payloads = "none"

[agents.codex-cli]
enabled = false
"""


@pytest.mark.slow
@settings(
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(_FILE)), st.integers(0, 12), st.text(max_size=6).map(str.encode)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_no_edit_brings_a_silent_default(
    machine: Machine, edits: list[tuple[int, int, bytes]]
) -> None:
    """After any edit each private key is as the file says, as it was, or nothing is recorded."""
    data = _FILE.encode()
    for at, length, inserted in edits:
        data = data[:at] + inserted + data[at + length :]
    good = private_values(FileText("f", _FILE.encode()))
    assert good is not None
    inputs = Inputs({}, [], FileText("f", data), None, is_project_trusted=False)
    for last_good in (good, {}, None):
        found = resolve(inputs, last_good)
        kept = {key: layers[0].value for key, layers in found.values.items()}
        said = _strictly(data)
        assert said is not None or found.problems
        for key, value in good.items():
            is_tighter = isinstance(value, list) and set(value) <= set(_items(kept.get(key)))
            is_closed = is_tighter or kept.get(key) == value or key in found.unknown
            if said is not None and (key in said or not found.problems):
                # It is TOML, and names the key or nothing odd: what it says is what is wanted.
                assert kept.get(key) == said.get(key) or is_closed, (key, data)
            elif last_good is good and said is None and not _may_be_gone(key, data):
                is_said = key in kept and _a_line_says(data, key, kept[key])
                assert is_closed or is_said, (key, data)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _strictly(data: bytes) -> dict[str, object] | None:
    """Read a text as TOML itself does: as a whole or not at all."""
    try:
        return dict(flat(tomllib.loads(data.decode("utf-8-sig"))))
    except ValueError:
        return None


def _a_line_says(data: bytes, key: str, value: object) -> bool:
    """Tell whether one line of a text, which is TOML for itself, gives a key a value."""
    told = map(_strictly, data.splitlines())
    return {key.rpartition(".")[2]: value} in told


def _may_be_gone(key: str, data: bytes) -> bool:
    """Tell whether an edit took the very name out of the text."""
    return key.rpartition(".")[2].encode() not in data
