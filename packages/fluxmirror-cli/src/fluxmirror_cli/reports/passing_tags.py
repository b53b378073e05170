"""Names of projects where a tag is of this run alone: asked for and told without it."""

from __future__ import annotations

import re
from typing import Final

from fluxmirror_core.analysis.projects import ProjectNames
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

_TAG: Final = re.compile(r"(\[REDACTED:[a-z_]{1,20}):[0-9a-f]{4}\]")


class NamesWithPassingTags(ProjectNames):
    """Finds a project by the name that another run gave it, whose tags nobody can make again.

    Tags still tell the projects of a report apart: without them all of a kind would be one.
    """

    def names(self) -> list[str]:
        """Give the names of all projects without their tags, in the order of the alphabet."""
        return sorted({_without_tags(name) for name in super().names()})

    def find(self, asked: str, directory: str | None = None) -> frozenset[str]:
        """Give the roots of the project that is asked for, whichever tags its name has.

        Args:
            asked: as `ProjectNames` has it.
            directory: as `ProjectNames` has it.

        Raises:
            UsageError: there is no such project, or there are several.
        """
        wanted = _without_tags(asked).casefold()
        same = [name for name in super().names() if _without_tags(name).casefold() == wanted]
        if len(same) > 1:
            raise UsageError(
                message("project.ambiguous", asked=repr(asked)),
                hint=message("project.name_path"),
            )
        return super().find(same[0] if same else asked, directory)


def _without_tags(name: str) -> str:
    return _TAG.sub(r"\1]", name)
