"""Layers are merged key by key, each value knows its source, and what is broken stays shut."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.inputs import FileText, Inputs, find_project_file, user_path
from fluxmirror_core.config.load import last_good_path, load, remembered_directory
from fluxmirror_core.config.project_rules import ProjectRules, Rules
from fluxmirror_core.config.resolution import Source, layers_of
from fluxmirror_core.config.resolve import private_values, resolve
from fluxmirror_core.config.toml_text import read_toml
from fluxmirror_core.config.trust import distrust, is_trusted, trust, trust_path
from fluxmirror_core.paths import Places, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
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
    assert layers[1].where.endswith(".fluxmirror.toml:1")


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
    assert said in problem.sentence
    assert found.settings(machine.env).self_noise_enabled
    assert problem.hint


def test_an_unknown_key_is_answered_with_the_nearest(machine: Machine) -> None:
    """A slip is told as one."""
    machine.user("timezon = 'UTC'\n")
    assert "timezone" in machine.load().problems[0].hint
    machine.user("")
    [problem] = machine.load(FLUXMIRROR_TIMEZON="UTC", FLUXMIRROR_KIND="claude").problems
    assert problem.where == "FLUXMIRROR_TIMEZON"
    assert "FLUXMIRROR_TIMEZONE" in problem.hint


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


@pytest.mark.parametrize("kind", ["directory", "unreadable", "loop"])
def test_a_file_that_cannot_be_read_is_told_and_shuts(machine: Machine, kind: str) -> None:
    """Never a traceback, never a silent default."""
    path = user_path(machine.places)
    if kind == "directory":
        os.makedirs(path)
    elif kind == "loop":
        os.makedirs(os.path.dirname(path))
        os.symlink(path, path)
    elif os.geteuid() == 0:
        pytest.skip("root reads everything")
    else:
        machine.user("language = 'korean'\n")
        os.chmod(path, 0)
    found = machine.load()
    assert path in found.problems[0].sentence
    assert found.unknown


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
    assert hint in found.problems[0].hint


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
    for text in ("[capture]\nenabled = false\n", "[capture]\nenabled = 0\n", "[capture"):
        machine.project(text)
        assert not ProjectRules().rules_of(source).is_recorded


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
    told, said = private_values(FileText("f", data)), read_toml(data).values
    for last_good in (good, None):
        found = resolve(inputs, last_good)
        kept = {key: layers[0].value for key, layers in found.values.items()}
        slips = any("there is no key" in problem.sentence for problem in found.problems)
        for key, value in good.items():
            as_said = kept.get(key) == (said if told is None else told).get(key, "nothing")
            gone = told is not None and key not in told and key not in kept
            stays = kept.get(key) == value
            assert as_said or gone or stays or key in found.unknown or slips, (key, data)
        if told is None:
            assert found.problems
