"""What an agent does in a turn: look, add or change, test, and again until the tests pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_cli.demo.voices import Deed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from fluxmirror_cli.demo.checkout import Checkout
    from fluxmirror_cli.demo.conversation import Conversation
    from fluxmirror_cli.demo.projects import Check

_ASKS_SERVER: Final = 0.25
_SERVER_FAILS: Final = 0.08
_DELEGATES: Final = 0.2
_LOOKS_IN_VAIN: Final = 0.08
_CHECK_FAILS: Final = 0.25
_IS_DENIED: Final = 0.12
_WRAPS_UP: Final = 0.6
_FILES_AT_ONCE: Final = 3
_LASTING_PARTS: Final = 2
"""So many files of what is added are worked on later: not its documentation, not its style."""
_NOT_ALLOWED: Final = ("git push --force", "rm -rf build")
NO_FILE: Final = "File does not exist."


class Work:
    """One agent's work on one project in one session."""

    def __init__(self, talk: Conversation, checkout: Checkout, random: Random) -> None:
        self._talk = talk
        self._checkout = checkout
        self._project = checkout.project
        self._random = random
        self._known: set[str] = set()
        """Files that were read or made: agents edit no other."""
        self._files: Sequence[str] = self._some_sources()
        """What is worked on, the most edited first."""

    def improve(self) -> None:
        """Work through a prompt that asks for a change."""
        self._talk.prompt(self._random.choice(self._project.prompts))
        self._look_around()
        if self._happens(_ASKS_SERVER):
            self._ask_server()
        if self._happens(_DELEGATES):
            self._delegate()
        self._edit_some()
        self._check_until_it_passes(self._random.choice(self._project.checks))
        self._finish()

    def build(self) -> None:
        """Work through a prompt that asks for something new, if there is anything left to add."""
        feature = self._checkout.next_feature()
        if feature is None:
            self.improve()
            return
        self._talk.prompt(self._project.feature_prompt.format(feature.name))
        self._look_around()
        for path in feature.files:
            self._talk.call(Deed("write", path), self._random.randrange(5, 50))
        for path in feature.files[:_LASTING_PARTS]:
            self._checkout.add(path, self._talk.now_ms)
        self._known.update(feature.files)
        self._edit(self._checkout.path(self._project.entry))
        self._files = feature.files
        self._check_until_it_passes(self._project.checks[0])
        commit = f'git add -A && git commit -m "Add {feature.name}"'
        self._talk.call(Deed("shell", commit), self._random.randrange(30, 90))
        self._talk.stop()

    def _look_around(self) -> None:
        self._talk.wait(2, 20)
        for deed in self._look():
            self._talk.call(deed, self._random.randrange(3, 60))

    def _look(self) -> list[Deed]:
        search = Deed("search", self._random.choice(self._project.patterns))
        names = self._project.documents
        some = self._random.sample(names, min(self._random.randrange(1, 4), len(names)))
        documents = [Deed("read", self._checkout.path(name)) for name in some]
        if self._happens(_LOOKS_IN_VAIN):
            missing = self._checkout.path(self._project.missing)
            documents.append(Deed("read", missing, NO_FILE, exit_code=1))
        return [search, *documents]

    def _edit_some(self) -> None:
        for _ in range(self._random.randrange(1, 4)):
            weights = [1 / place**2 for place in range(1, len(self._files) + 1)]
            self._edit(self._random.choices(self._files, weights)[0])

    def _edit(self, path: str) -> None:
        if path not in self._known:
            self._talk.call(Deed("read", path), self._random.randrange(3, 60))
            self._known.add(path)
        self._talk.call(Deed("edit", path), self._random.randrange(5, 50))

    def _check_until_it_passes(self, check: Check) -> None:
        while self._happens(_CHECK_FAILS):
            failed = Deed("shell", check.command, check.failure, exit_code=1)
            self._talk.call(failed, self._random.randrange(800, 45_000))
            self._edit_some()
        self._talk.call(Deed("shell", check.command), self._random.randrange(800, 45_000))

    def _ask_server(self) -> None:
        tool, argument, value = self._random.choice(self._project.server_tools)
        deed = Deed("mcp", value, mcp=(self._project.server, tool, argument))
        if self._happens(_SERVER_FAILS):
            deed = deed._replace(answer="not found", exit_code=1)
        self._talk.call(deed, self._random.randrange(80, 1500))

    def _delegate(self) -> None:
        deeds = [(deed, self._random.randrange(3, 60)) for deed in self._look()]
        self._talk.delegate(Deed("task", "Find everything that depends on it"), deeds)

    def _finish(self) -> None:
        if self._happens(_IS_DENIED):
            self._talk.denied(Deed("shell", self._random.choice(_NOT_ALLOWED)))
        elif self._happens(_WRAPS_UP):
            deed = Deed("shell", self._random.choice(self._project.commands))
            self._talk.call(deed, self._random.randrange(30, 900))
        self._talk.stop()

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def _some_sources(self) -> list[str]:
        """Choose what the session is about, the first files of a project more often."""
        paths = self._checkout.sources(self._talk.now_ms)
        weights = [1 / place for place in range(2, len(paths) + 2)]
        return list(dict.fromkeys(self._random.choices(paths, weights, k=_FILES_AT_ONCE)))
