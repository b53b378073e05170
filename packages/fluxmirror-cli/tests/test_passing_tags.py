"""A masked project is asked for by the name that a report gave it, whoever has a key or not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from fluxmirror_core.paths import here
from fluxmirror_store.tag_key import KEY_BYTES, key_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]
    Call = Callable[..., AgentEvent]

NOON: Final = 1_741_176_000_000
"""2025-03-05 12:00 in UTC."""
TAGGED: Final = re.compile(r"\[REDACTED:user:[0-9a-f]{4}\]-web")


@pytest.fixture
def week(run_here: Run, record: Run, call: Call, flux_home: Path, tmp_path: Path) -> Run:
    """Report a week of projects whose names are masked in part, in a database from elsewhere."""
    path = tmp_path / "elsewhere.db"
    names = ("lumen-web", "lumen-api", "tide-web", "lumen-old", "tide-old")
    calls = [
        call(NOON + number, path=f"/srv/{name}/a.py", project=f"/srv/{name}", cwd=f"/srv/{name}")
        for number, name in enumerate(names)
    ]
    record(calls, path=path)
    (flux_home / "config").mkdir(parents=True)
    (flux_home / "config" / "config.toml").write_text(
        "[redaction]\npatterns = ['lumen', 'tide(?=-old)']\n"
    )

    def run(*arguments: str) -> Any:  # noqa: ANN401 - what the command said
        days = ("--to", "2025-03-05", "--tz", "UTC")
        return run_here("week", *days, "--db", str(path), *arguments)

    return run


def masked_name(week: Run) -> str:
    """Give how a report calls the project."""
    found = TAGGED.search(week().out)
    assert found
    return found.group()


@pytest.mark.parametrize("has_key", [False, True])
def test_a_masked_name_is_given_back(week: Run, *, has_key: bool) -> None:
    """Its tag is another one in every run where there is no key."""
    if has_key:
        key = Path(key_path(here().spool))
        key.parent.mkdir(parents=True)
        key.write_bytes(b"k" * KEY_BYTES)
    told = week("--project", masked_name(week))
    assert (told.err, told.code) == ("", 0)
    assert "1 call " in told.out
    assert TAGGED.search(told.out)


@pytest.mark.parametrize("asked", ["[REDACTED:user:0000]-web", "[redacted:user]-web", "lumen-web"])
def test_any_tag_will_do_without_a_key(week: Run, asked: str) -> None:
    """And so do none, as a hint has it, and the name itself."""
    told = week("--project", asked)
    assert (told.err, told.code) == ("", 0)


@pytest.mark.parametrize("asked", ["[REDACTED:user:0000]-wev", "zzz"])
def test_a_hint_without_a_key_has_no_tags(week: Run, asked: str) -> None:
    """They would be others in the next run."""
    told = week("--project", asked)
    assert told.code == 2
    assert "[REDACTED:user]-web" in told.err
    assert not TAGGED.search(told.err.splitlines()[1])


def test_what_only_tags_tell_apart_is_named_by_a_path(week: Run) -> None:
    """Neither name is of one project alone in the next run."""
    told = week("--project", "[REDACTED:user:0000]-old")
    assert told.code == 2
    assert "several projects are called" in told.err
    assert "name it by a path in it" in told.err
    assert week("--project", "/srv/tide-old/a.py").code == 0
