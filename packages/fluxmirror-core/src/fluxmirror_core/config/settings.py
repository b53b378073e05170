"""Settings: what every program reads of the configuration, already valid.

Plain and quick to load. `schema.py` has the same keys with their types and meanings; a key's name
has dots and dashes where a field here has underscores.
"""

from __future__ import annotations

from typing import Final

from fluxmirror_core.named_tuple import NamedTuple

NONE: Final = "none"
INPUT: Final = "input"
FULL: Final = "full"
"""What of a payload is kept: nothing, what went in, or what came out as well."""

ENGLISH: Final = "english"


class Settings(NamedTuple):
    """The value of every key; the defaults are those of the schema."""

    language: str = ENGLISH
    """One of `languages.LANGUAGES`."""
    timezone: str = "UTC"
    """IANA name."""
    storage_path: str | None = None
    """The database; None for the usual place."""
    storage_retention_days: int | None = None
    """How long what was recorded is kept; None for ever."""
    archive_retention_days: int | None = None
    """How long copies of session files are kept; None for ever."""
    capture_enabled: bool = True
    capture_payloads: str = INPUT
    """`none`, `input` or `full`."""
    capture_output_bytes: int = 65_536
    """How much of what a tool gave back is kept with `full`."""
    session_files: bool = True
    """Whether the agents' session files are read."""
    mirror: str | None = None
    """A directory for a copy of every event as JSON lines; None for no copy."""
    redaction_patterns: tuple[str, ...] = ()
    """Regular expressions of what is masked beside the built-in rules."""
    self_noise_enabled: bool = False
    self_noise_repo_paths: tuple[str, ...] = ()
    """Where an agent's questions to FluxMirror itself are hidden in reports; empty for anywhere."""
    reports_git: bool = False
    """Whether reports ask git what was committed where agents worked."""
    reports_directory: str | None = None
    """Where HTML reports go; None for a folder beside the database."""
    agents_claude_code_enabled: bool = True
    agents_qwen_code_enabled: bool = True
    agents_gemini_cli_enabled: bool = True
    agents_codex_cli_enabled: bool = True
    agents_copilot_cli_enabled: bool = True
    agents_opencode_enabled: bool = True

    def is_recorded(self, agent: str) -> bool:
        """Tell whether what an agent does is kept at all."""
        switch = f"agents_{agent.replace('-', '_')}_enabled"
        return self.capture_enabled and bool(getattr(self, switch, True))


def field_of(key: str) -> str:
    """Give the field that holds a key's value."""
    return key.replace(".", "_").replace("-", "_")
