"""What an agent does in a turn: look, change, test, and again until the tests pass."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.demo.voices import Deed

if TYPE_CHECKING:
    from random import Random

    from fluxmirror_cli.demo.conversation import Conversation
    from fluxmirror_cli.demo.projects import Project

_ASKS_SERVER: Final = 0.25
_SERVER_FAILS: Final = 0.08
_DELEGATES: Final = 0.2
_CHANGES_FILE: Final = 0.3
_WRITES_ANEW: Final = 0.1
_TEST_FAILS: Final = 0.3
_IS_DENIED: Final = 0.12
_WRAPS_UP: Final = 0.6
_NOT_ALLOWED: Final = ("git push --force", "rm -rf build")
_FAILURE: Final = "FAILED tests/test_orders.py::test_total - assert 41.99 == 42"


class Work:
    """One agent's work on one project in one session."""

    def __init__(self, talk: Conversation, project: Project, root: str, random: Random) -> None:
        self._talk = talk
        self._project = project
        self._root = root
        self._random = random
        self._file = self._some_source()

    def turn(self) -> None:
        """Work through one prompt."""
        self._talk.prompt(self._random.choice(self._project.prompts))
        self._talk.wait(2, 20)
        for deed in self._look():
            self._talk.call(deed, self._random.randrange(3, 60))
        if self._happens(_ASKS_SERVER):
            self._ask_server()
        if self._happens(_DELEGATES):
            self._delegate()
        while not self._change_and_test():
            pass
        self._wrap_up()
        self._talk.stop()

    def _look(self) -> list[Deed]:
        search = Deed("search", self._random.choice(self._project.patterns))
        documents = [Deed("read", self._path(name)) for name in self._some_documents()]
        self._file = self._some_source()
        return [search, *documents, Deed("read", self._file)]

    def _change_and_test(self) -> bool:
        """Edit a little and run a check; gives whether it passed."""
        for _ in range(self._random.randrange(1, 4)):
            if self._happens(_CHANGES_FILE):
                self._file = self._some_source()
            act = "write" if self._happens(_WRITES_ANEW) else "edit"
            self._talk.call(Deed(act, self._file), self._random.randrange(5, 50))
        failed = self._happens(_TEST_FAILS)
        test = self._random.choice(self._project.tests)
        deed = Deed("shell", test, _FAILURE, exit_code=1) if failed else Deed("shell", test)
        self._talk.call(deed, self._random.randrange(800, 45_000))
        return not failed

    def _ask_server(self) -> None:
        tool, argument, value = self._random.choice(self._project.server_tools)
        deed = Deed("mcp", value, mcp=(self._project.server, tool, argument))
        if self._happens(_SERVER_FAILS):
            deed = deed._replace(answer="not found", exit_code=1)
        self._talk.call(deed, self._random.randrange(80, 1500))

    def _delegate(self) -> None:
        deeds = [(deed, self._random.randrange(3, 60)) for deed in self._look()]
        self._talk.delegate(Deed("task", "Find everything that depends on it"), deeds)

    def _wrap_up(self) -> None:
        if self._happens(_IS_DENIED):
            self._talk.denied(Deed("shell", self._random.choice(_NOT_ALLOWED)))
        elif self._happens(_WRAPS_UP):
            deed = Deed("shell", self._random.choice(self._project.commands))
            self._talk.call(deed, self._random.randrange(30, 900))

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _some_source(self) -> str:
        """Choose a file, the first ones of a project far more often."""
        names = self._project.sources
        weights = [1 / place for place in range(1, len(names) + 1)]
        return self._path(self._random.choices(names, weights)[0])

    def _some_documents(self) -> list[str]:
        names = self._project.documents
        return self._random.sample(names, min(self._random.randrange(1, 4), len(names)))

    def _path(self, name: str) -> str:
        return os.path.join(self._root, *name.split("/"))
