"""What an agent's commands change is written down before and put back, whatever happens between."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration import journal, packages
from fluxmirror_cli.registration.agent_home import BY_ID, CLAUDE, COPILOT, OPENCODE
from fluxmirror_cli.registration.agent_program import FoundAgent
from fluxmirror_cli.registration.foundation import lay_foundation, plan_foundation
from fluxmirror_cli.registration.installation import (
    ALREADY,
    FAILED,
    INSTALLED,
    REMOVED,
    carry_out,
    plan_installation,
)
from fluxmirror_cli.registration.owned_file import digest
from fluxmirror_cli.registration.removal import (
    carry_out_removal,
    plan_removal,
    remove_everything,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.turn import one_at_a_time

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.registration.installation import Outcome

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, links, and agents in sh")
MINE = '{\n  // mine\n  "a": 1\n}\n'
THEIRS = '{"a":1,"enabledPlugins":{"fluxmirror@fluxmirror":true}}'

PLACE = '"extraKnownMarketplaces":{"fluxmirror":{"source":{"path":"/there"}}}'


@pytest.fixture
def situation(flux_home: Path) -> Situation:
    """Nothing installed yet."""
    return survey(os.environ, sys.platform)


@pytest.fixture
def settings(home: Path) -> Path:
    """A person's settings for Copilot, where comments may be."""
    file = home / ".copilot" / "settings.json"
    file.parent.mkdir()
    file.write_text(MINE)
    if sys.platform != "win32":
        file.chmod(0o640)
    return file


def killed_after(deed: str, path: Path) -> None:
    """Have a process begin an installation, do this to a file, and end without another word."""
    code = (
        "import os, pathlib, sys\n"
        "from fluxmirror_cli.registration import agent_home, journal, situation\n"
        "there = situation.survey(os.environ, sys.platform)\n"
        "with journal.journaled(there, agent_home.BY_ID['copilot-cli']):\n"
        f"    path = pathlib.Path({str(path)!r}); {deed}; os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9


def kept_files(situation: Situation) -> dict[str, bytes]:
    """Give what the record on disk keeps for Copilot: path → bytes of before."""
    done = survey(situation.env, sys.platform).done(COPILOT)
    return {kept.path: journal.bytes_before(kept) for kept in (*done.pending, *done.journal)}


def test_it_is_on_disk_before_the_agent_begins(situation: Situation, settings: Path) -> None:
    """Killed at any moment, nobody's comments are gone."""
    with journal.journaled(situation, BY_ID[COPILOT]):
        assert kept_files(situation)[str(settings)] == MINE.encode()
    assert kept_files(situation) == {}, "nothing was changed"


@posix
def test_what_a_killed_installation_left_is_mended_by_the_next(
    situation: Situation, settings: Path
) -> None:
    """The agent's writing gets the person's wording and mode."""
    killed_after(f"path.unlink(); path.write_text({THEIRS!r})", settings)
    later = survey(situation.env, sys.platform)
    assert later.done(COPILOT).pending
    journal.settle(later, BY_ID[COPILOT])
    assert settings.read_text().startswith('{\n  // mine\n  "a": 1,\n  "enabledPlugins": {')
    assert settings.stat().st_mode & 0o777 == 0o640
    again = survey(situation.env, sys.platform).done(COPILOT)
    assert again.pending == ()
    assert [journal.bytes_before(kept) for kept in again.journal] == [MINE.encode()]


@posix
def test_what_a_killed_installation_left_can_be_uninstalled(
    situation: Situation, settings: Path, home: Path
) -> None:
    """To the byte and the mode, though the agent's own undoing writes the file anew."""
    program = home / "copilot"
    program.write_text(f"#!/bin/sh\nrm -f {settings}; echo '{{\"a\":1}}' > {settings}\n")
    program.chmod(0o755)
    theirs = THEIRS.replace(":true", f":true}},{PLACE}")[:-1]
    killed_after(f"path.unlink(); path.write_text({theirs!r})", settings)
    later = survey(situation.env, sys.platform)
    removal = plan_removal(later, BY_ID[COPILOT], str(program))
    assert removal.commands
    assert carry_out_removal(later, removal).state == REMOVED
    assert settings.read_text() == MINE
    assert settings.stat().st_mode & 0o777 == 0o640
    assert remove_everything(later) == [later.packages]
    assert sorted(os.listdir(home)) == [".copilot", "copilot"]


@posix
def test_what_could_not_be_put_back_is_put_back_by_the_next_try(
    situation: Situation, settings: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no success until all of it is, and the only copy stays as long."""
    program = home / "copilot"
    program.write_text(f'#!/bin/sh\nrm -f {settings}; echo \'{{"a":1,"left":1}}\' > {settings}\n')
    program.chmod(0o755)
    theirs = THEIRS.replace(":true", f":true}},{PLACE}")[:-1]
    with journal.journaled(situation, BY_ID[COPILOT]):
        settings.write_text(theirs)

    def refuse(_: object) -> None:
        raise RegistrationError("it is no good day")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "put_back", refuse)
        removal = plan_removal(situation, BY_ID[COPILOT], str(program))
        outcome = carry_out_removal(situation, removal)
    assert (outcome.state, str(outcome.sentence)) == (
        FAILED,
        "taken out, but it is no good day",
    )
    later = survey(situation.env, sys.platform)
    removal = plan_removal(later, BY_ID[COPILOT], str(program))
    assert carry_out_removal(later, removal).state == REMOVED
    assert settings.read_text() == MINE


def test_what_a_person_wrote_after_a_killed_one_stays(situation: Situation, settings: Path) -> None:
    """Their new comment is not in what was kept: the later wording is theirs."""
    killed_after(f"path.write_text({THEIRS!r})", settings)
    settings.write_text('{"a": 2 /* new */}')
    journal.settle(survey(situation.env, sys.platform), BY_ID[COPILOT])
    assert settings.read_text() == '{"a": 2 /* new */}'


@posix
def test_a_link_and_its_targets_mode_come_back(
    situation: Situation, settings: Path, home: Path
) -> None:
    """An agent that renames a new file over a link parts it from the dotfiles."""
    target = home / "dotfiles.json"
    settings.rename(target)
    settings.symlink_to(target)
    with journal.journaled(situation, BY_ID[COPILOT]):
        settings.unlink()
        settings.write_text(THEIRS)
    assert settings.is_symlink()
    assert "// mine" in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_an_agent_spoils_is_put_back(situation: Situation, settings: Path) -> None:
    """No JSON came of it: it is as before, and that is said."""
    with (
        pytest.raises(RegistrationError, match="as it was before"),
        journal.journaled(situation, BY_ID[COPILOT]),
    ):
        settings.write_text("{ spoilt")
    assert settings.read_text() == MINE


def test_what_cannot_be_put_back_is_kept(situation: Situation, settings: Path) -> None:
    """The only copy is not thrown away with the registration."""
    with journal.journaled(situation, BY_ID[COPILOT]):
        settings.write_text('{"a":1,"b":2}')
    os.link(settings, f"{settings}.other")
    failed = journal.undo(situation, BY_ID[COPILOT], {str(settings)})
    said = [str(line).partition(": ")[2] for line in failed]
    assert said == ["it is one file under several names"]
    assert kept_files(situation)[str(settings)] == MINE.encode()


def test_what_somebody_changed_between_two_installations_is_not_put_back(
    situation: Situation, settings: Path
) -> None:
    """The bytes from before the first would end their work."""
    for text in ('{"a":1,"b":2}', '{"a":1,"b":2,"c":3,"d":4}'):
        with journal.journaled(situation, BY_ID[COPILOT]):
            settings.write_text(text)
        settings.write_text(settings.read_text().replace("}", ', "c": 3}'))
    kept = situation.done(COPILOT).journal
    assert [journal.is_unchanged(one) for one in kept] == [False]


def test_no_copy_of_what_is_not_ours_to_change(situation: Situation, home: Path) -> None:
    """Keys and tokens lie beside the settings: none of them goes into our record."""
    for agent, names in {
        ".claude": (".credentials.json", "settings.local.json"),
        ".gemini": ("gemini-credentials.json", "oauth_creds.json"),
        ".codex": ("auth.json",),
        ".copilot": ("config.json",),
    }.items():
        (home / agent).mkdir()
        for name in names:
            (home / agent / name).write_text("secret")
    (home / ".claude.json").write_text('{"primaryApiKey": "secret"}')
    for agent_home in BY_ID.values():
        if agent_home.id == OPENCODE:
            continue
        with journal.journaled(situation, agent_home):
            kept = survey(situation.env, sys.platform).done(agent_home.id).pending
        assert kept, agent_home.id
        assert all(b"secret" not in journal.bytes_before(one) for one in kept), agent_home.id


@pytest.fixture
def opencode() -> FoundAgent:
    """OpenCode, which needs no program of its own to be installed into."""
    return FoundAgent(BY_ID[OPENCODE], "/nowhere/opencode", "1.0.0")


def install(situation: Situation, agent: FoundAgent) -> Outcome:
    """Do what the command does."""
    plan = plan_installation(situation, agent)
    lay_foundation(situation, plan_foundation(situation))
    return carry_out(situation, plan)


def uninstall(situation: Situation, agent: FoundAgent) -> Outcome:
    """Do what the command does."""
    return carry_out_removal(situation, plan_removal(situation, agent.home, agent.program))


def test_a_persons_own_command_is_neither_replaced_nor_removed(
    situation: Situation, opencode: FoundAgent, home: Path
) -> None:
    """A name says nothing of who wrote a file."""
    mine = home / ".config" / "opencode" / "command" / "fluxmirror" / "today.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(RegistrationError, match="is left alone: it is not as FluxMirror wrote it"):
        install(situation, opencode)
    assert uninstall(situation, opencode).state != REMOVED
    assert mine.read_text() == "mine"


def test_our_file_that_a_person_changed_stays(
    situation: Situation, opencode: FoundAgent, home: Path
) -> None:
    """It is said which; the others go."""
    assert install(situation, opencode).state == INSTALLED
    config = home / ".config" / "opencode"
    edited = config / "command" / "fluxmirror" / "today.md"
    edited.write_text("edited")
    outcome = uninstall(situation, opencode)
    assert outcome.state == REMOVED
    assert f"{edited}, changed since, stays" in str(outcome.sentence)
    assert [path for path in config.rglob("*") if path.is_file()] == [edited]


def test_an_older_file_of_ours_is_replaced(
    situation: Situation, opencode: FoundAgent, home: Path
) -> None:
    """The record knows what we wrote, whatever today's package says."""
    assert install(situation, opencode).state == INSTALLED
    module = home / ".config" / "opencode" / "plugin" / "fluxmirror.js"
    module.write_text("older")
    done = situation.done(OPENCODE)
    told = {**dict(done.written)}
    told[str(module)] = digest(b"older")
    situation.record[OPENCODE] = done._replace(written=tuple(told.items()))
    install(situation, opencode)
    assert module.read_text() != "older"


def test_nothing_is_removed_where_nothing_was_installed(
    situation: Situation, flux_home: Path
) -> None:
    """`FLUXMIRROR_HOME` may be a project with an `agents` and a `program` of its own."""
    (flux_home / "agents" / "mine").mkdir(parents=True)
    (flux_home / "agents" / "mine" / "x.txt").write_text("mine")
    (flux_home / "program").write_text("/usr/bin/mine\n")
    assert remove_everything(situation) == []
    assert (flux_home / "agents" / "mine" / "x.txt").exists()
    assert (flux_home / "program").exists()
    with pytest.raises(RegistrationError, match="is not FluxMirror's"):
        lay_foundation(situation, plan_foundation(situation))
    assert os.listdir(flux_home / "agents") == ["mine"]


@posix
def test_a_newer_plugin_is_left_alone(situation: Situation, home: Path) -> None:
    """An older FluxMirror on PATH must not undo an update; 0.10 is newer than 0.9."""
    lay_foundation(situation, plan_foundation(situation))
    plugin = home / ".gemini" / "extensions" / "fluxmirror"
    plugin.mkdir(parents=True)
    (plugin / "gemini-extension.json").write_text('{"name": "fluxmirror", "version": "9.9.0"}')
    plan = plan_installation(situation, FoundAgent(BY_ID["gemini-cli"], "/nowhere", "0.61.0"))
    assert (plan.state, plan.commands) == (ALREADY, [])
    assert "of version 9.9.0, newer than this" in str(plan.sentence)
    assert packages.version_numbers("0.10.0") > packages.version_numbers("0.9.0")


def test_a_plugin_whose_files_are_gone_is_broken(situation: Situation, home: Path) -> None:
    """Without its data directory nothing is recorded, whatever the agent's own files say."""
    where = str(home / "gone")
    for name, text in {
        "plugins/known_marketplaces.json": '{"fluxmirror": {"source": {"source": "directory"},'
        f'"installLocation": "{where}"}}}}',
        "plugins/installed_plugins.json": '{"plugins": {"fluxmirror@fluxmirror": [{}]}}',
        "settings.json": '{"enabledPlugins": {"fluxmirror@fluxmirror": true}}',
    }.items():
        file = home / ".claude" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("\\", "\\\\"))
    assert situation.standing(BY_ID[CLAUDE]).registered == "broken"


def test_settings_that_are_not_read_are_broken(situation: Situation, home: Path) -> None:
    """The plugin is switched on in a file with a comment: Claude Code ignores all of it."""
    test_a_plugin_whose_files_are_gone_is_broken(situation, home)
    (home / "gone" / "plugins" / "fluxmirror").mkdir(parents=True)
    assert situation.standing(BY_ID[CLAUDE]).registered == "plugin"
    file = home / ".claude" / "settings.json"
    file.write_text(f"// mine\n{file.read_text()}")
    standing = situation.standing(BY_ID[CLAUDE])
    assert (standing.registered, str(standing.unread)) == ("broken", f"{file}: it has comments")


def test_one_registration_at_a_time(home: Path) -> None:
    """The later waits, and says so when it waited long enough; nothing is left of it."""
    with (
        one_at_a_time(os.environ),
        pytest.raises(RegistrationError, match="another `fluxmirror install`"),
        one_at_a_time(os.environ, wait_s=0.0),
    ):
        pass
    with one_at_a_time(os.environ):
        pass
    assert sys.platform == "win32" or list(home.iterdir()) == []
