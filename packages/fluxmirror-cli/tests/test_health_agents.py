"""Doctor tells how each agent is registered, by reading files alone."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health.agents import examine_agents
from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.registration.foundation import lay_foundation, plan_foundation
from fluxmirror_cli.registration.hook_entries import add_entries
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

PLUGIN = "fluxmirror@fluxmirror"
HELD = [{"hooks": [{"type": "command", "command": "true"}]}]
"""What a file of hooks holds for one event."""


@pytest.fixture(autouse=True)
def no_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH without any agent."""
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def situation(flux_home: Path) -> Situation:
    """Packages in their place, and no agent told of them."""
    there = survey(os.environ, sys.platform)
    lay_foundation(there, plan_foundation(there))
    return there


def rows() -> dict[str, Row]:
    """Give doctor's rows by component."""
    return {row.component: row for row in all_rows()}


def all_rows(chosen: Settings | None = None) -> list[Row]:
    """Give doctor's rows."""
    return list(examine_agents(Evidence(here(), chosen or Settings())))


def install_program(folder: Path, name: str) -> Path:
    """Put an agent's program into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("")
    program.chmod(0o755)
    return program


def write(path: Path, content: object) -> None:
    """Write JSON, and the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def install_claude(home: Path, packages: str) -> None:
    """Leave what `claude plugin install` leaves."""
    market = {"source": {"source": "directory", "path": packages}, "installLocation": packages}
    write(home / ".claude/plugins/known_marketplaces.json", {"fluxmirror": market})
    write(home / ".claude/plugins/installed_plugins.json", {"plugins": {PLUGIN: [{}]}})
    write(home / ".claude/settings.json", {"enabledPlugins": {PLUGIN: True}})


def enter_hooks(home: Path, situation: Situation) -> None:
    """Put our hooks into Claude's settings."""
    hooks = settings_hooks("claude-code", situation.bundle, situation.packages)
    settings = home / ".claude" / "settings.json"
    text = settings.read_text() if settings.exists() else "{}"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(
        add_entries(text, hooks, lambda command: is_ours(command, situation.packages)).text
    )


def trust(config: Path, event: str) -> None:
    """Leave what Codex leaves when one of our hooks is trusted."""
    with open(config, "a", encoding="utf-8") as file:
        file.write(f'[hooks.state."{PLUGIN}:hooks/codex.json:{event}:0:0"]\ntrusted_hash = "x"\n')


def test_a_machine_without_agents_is_fine(flux_home: Path) -> None:
    """Nothing to record is no fault; the next step is told."""
    (row,) = all_rows()
    assert (row.component, row.status) == ("agents", "off")
    assert "fluxmirror install" in str(row.remedy)


def test_an_agent_that_is_not_recorded_is_told(
    flux_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is its owner's choice, so no warning."""
    program = install_program(tmp_path, "claude")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (rows()["claude-code"].status, str(rows()["claude-code"].remedy)) == (
        "off",
        "run `fluxmirror install claude-code`",
    )
    assert rows()["claude-code"].facts["program"] == str(program)
    assert "version not known" in str(rows()["claude-code"].detail)


def test_what_its_owner_switched_off_warns_nobody(home: Path, situation: Situation) -> None:
    """An agent, or all: the row says by which key."""
    install_claude(home, "/gone")
    assert rows()["claude-code"].status == "error"
    (row,) = all_rows(Settings(agents_claude_code_enabled=False))
    assert (row.status, "agents.claude-code.enabled" in str(row.detail)) == ("off", True)
    for row in all_rows(Settings(capture_enabled=False)):
        assert row.status == "off"


def test_a_plugin_that_is_switched_off_warns_nobody(home: Path, situation: Situation) -> None:
    """It was switched off in the agent, by whoever wants it so."""
    install_claude(home, situation.packages)
    write(home / ".claude/settings.json", {"enabledPlugins": {PLUGIN: False}})
    assert rows()["claude-code"].status == "off"


def test_a_plugin_is_fine(home: Path, situation: Situation) -> None:
    """Registered, current, and the program's path written down: one row."""
    install_claude(home, situation.packages)
    assert [(row.component, row.status) for row in all_rows()] == [("claude-code", "ok")]
    assert rows()["claude-code"].facts["registered"] == "plugin"


def test_a_plugin_of_another_version_is_a_warning(home: Path, situation: Situation) -> None:
    """The copy that runs is compared, not a number."""
    install_claude(home, situation.packages)
    hooks = os.path.join(situation.packages, "plugins", "fluxmirror", "hooks", "hooks.json")
    with open(hooks, "a", encoding="utf-8") as file:
        file.write("\n")
    assert rows()["claude-code"].status == "warn"
    assert "older package" in str(rows()["claude-code"].detail)


def test_a_plugin_that_is_gone_is_an_error(home: Path, situation: Situation) -> None:
    """Its hooks fail in silence, as they must."""
    install_claude(home, "/gone")
    assert rows()["claude-code"].status == "error"


def test_hooks_in_settings_are_fine_too(home: Path, situation: Situation) -> None:
    """Where a plugin could not be had."""
    enter_hooks(home, situation)
    assert rows()["claude-code"].status == "ok"
    assert "in its settings" in str(rows()["claude-code"].detail)


def test_twice_is_a_warning_with_its_cure(home: Path, situation: Situation) -> None:
    """Every call would be told twice."""
    install_claude(home, situation.packages)
    enter_hooks(home, situation)
    assert rows()["claude-code"].status == "warn"
    assert str(rows()["claude-code"].remedy) == "run `fluxmirror install --clean`"
    assert rows()["left over"].status == "warn"


def test_an_unreadable_settings_file_is_told(home: Path, situation: Situation) -> None:
    """Nobody can say what hooks it has."""
    write(home / ".claude/settings.json", [])
    install = home / ".claude" / "plugins"
    install_claude(home, situation.packages)
    (home / ".claude" / "settings.json").write_text("{")
    assert install.is_dir()
    assert rows()["claude-code"].status == "warn"
    assert "cannot be read" in str(rows()["claude-code"].detail)


def test_untrusted_hooks_are_an_error(home: Path, situation: Situation) -> None:
    """Codex runs none of them, and says nothing."""
    cache = home / ".codex" / "plugins" / "cache" / "fluxmirror" / "fluxmirror" / "0.1.0"
    write(cache / ".claude-plugin" / "plugin.json", {"name": "fluxmirror", "version": "0.1.0"})
    config = home / ".codex" / "config.toml"
    config.write_text(f'[plugins."{PLUGIN}"]\nenabled = true\n')
    assert rows()["codex-cli"].status == "error"
    assert str(rows()["codex-cli"].remedy) == "run `fluxmirror install codex-cli`"
    write(cache / "hooks" / "codex.json", {"hooks": {"Stop": HELD, "PreToolUse": HELD}})
    trust(config, "stop")
    assert rows()["codex-cli"].status == "error", "one of two hooks is not enough"
    trust(config, "pre_tool_use")
    assert rows()["codex-cli"].status == "warn", "trusted by somebody, but of another version"
    config.write_text(config.read_text().replace('"x"', '"x"\nenabled = false', 1))
    assert rows()["codex-cli"].status == "error", "switched off is not run either"


def test_a_program_that_moved_is_a_warning(home: Path, situation: Situation) -> None:
    """The hooks start the drain by that path."""
    install_claude(home, situation.packages)
    record = os.path.join(situation.data, "program")
    with open(record, "w", encoding="utf-8") as file:
        file.write("/gone/fluxmirror\n")
    assert rows()["program path"].status == "warn"
    os.unlink(record)
    assert rows()["program path"].status == "warn"


def test_what_older_versions_left_is_told(home: Path, situation: Situation) -> None:
    """Old packages, backups of them, and hooks that run what is gone; nothing by its name alone."""
    write(home / ".claude/plugins/fluxmirror/.claude-plugin/plugin.json", {"name": "fluxmirror"})
    write(
        home / ".gemini/extensions/fluxmirror.backup-1/gemini-extension.json",
        {"name": "fluxmirror"},
    )
    write(
        home / ".gemini/extensions/fluxmirror-notes-backup/gemini-extension.json", {"name": "notes"}
    )
    hook = {"type": "command", "command": "$X/plugins/fluxmirror/hooks/run-hook.sh claude"}
    write(home / ".qwen/settings.json", {"hooks": {"PostToolUse": [{"hooks": [hook]}]}})
    told = [str(row.detail) for row in all_rows() if row.component == "left over"]
    assert len(told) == 3
    assert not any("notes" in detail for detail in told)
