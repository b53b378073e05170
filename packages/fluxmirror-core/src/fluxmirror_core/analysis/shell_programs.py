"""Programs as far as a command line's name depends on them: tables that are read, not understood.

`docs/reference/metrics.md` shows them; what is missing is added here.
"""

from __future__ import annotations

from typing import Final

from fluxmirror_core.named_tuple import NamedTuple


class Wrapper(NamedTuple):
    """What runs the command that follows it."""

    values: frozenset[str]
    """Its options that take the next word with them."""
    arguments: int
    """How many words of its own come before the command."""
    verbs: frozenset[str]
    """It runs a command only behind one of these words; empty where it always does."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _wrapper(values: str = "", arguments: int = 0, verbs: str = "") -> Wrapper:
    return Wrapper(_words(values), arguments, _words(verbs))


KEYWORDS: Final = _words("if then elif else while until do ! { } [[")
"""What may stand before a command of a step."""
SILENT: Final = _words("fi done esac for foreach case select function in ]] ]")
"""A step that begins so runs nothing."""
SETTING: Final = _words(
    "cd chdir pushd popd export unset set setlocal source . echo printf sleep wait true false"
    " : test [ exit return local declare readonly shift trap umask ulimit shopt alias eval"
    " activate nvm conda Set-Location Push-Location Pop-Location Write-Host Write-Output"
    " Start-Sleep Import-Module"
)
"""What prepares or ends a command, and is not what it is about."""
WRAPPERS: Final = {
    "sudo": _wrapper("-u -g -h -p -C -D -R -T -U"),
    "doas": _wrapper("-u -C"),
    "env": _wrapper("-u -C --unset --chdir"),
    "time": _wrapper("-f -o"),
    "nice": _wrapper("-n"),
    "ionice": _wrapper("-c -n"),
    "timeout": _wrapper("-s -k --signal --kill-after", 1),
    "gtimeout": _wrapper("-s -k --signal --kill-after", 1),
    "xargs": _wrapper("-n -I -P -L -d -a -s -E"),
    "stdbuf": _wrapper("-i -o -e"),
    "watch": _wrapper("-n"),
    "exec": _wrapper("-a"),
    "command": _wrapper(),
    "builtin": _wrapper(),
    "nohup": _wrapper(),
    "setsid": _wrapper(),
    "caffeinate": _wrapper("-t -w"),
    "entr": _wrapper(),
    "xvfb-run": _wrapper("-n -s --server-num --server-args"),
    "cross-env": _wrapper(),
    "dotenv": _wrapper("-e -f -v"),
    "npx": _wrapper("-p --package -w --workspace"),
    "bunx": _wrapper("-p --package"),
    "uvx": _wrapper("--from --with -p --python"),
    "corepack": _wrapper(),
    "uv": _wrapper(
        "--with --with-editable --with-requirements -p --python --project --directory --extra"
        " --group --only-group --env-file --package --index --index-url",
        verbs="run",
    ),
    "poetry": _wrapper("-C -P --directory --project", verbs="run"),
    "pdm": _wrapper("-p --project", verbs="run"),
    "hatch": _wrapper("-e --env", verbs="run"),
    "pipenv": _wrapper(verbs="run"),
    "rye": _wrapper(verbs="run"),
    "pixi": _wrapper("-e --environment --manifest-path", verbs="run"),
    "pipx": _wrapper("--spec --python", verbs="run"),
    "conda": _wrapper("-n --name -p --prefix --cwd", verbs="run"),
    "mamba": _wrapper("-n --name -p --prefix --cwd", verbs="run"),
    "micromamba": _wrapper("-n --name -p --prefix --cwd", verbs="run"),
    "coverage": _wrapper("--source --rcfile --include --omit --data-file", verbs="run"),
    "bundle": _wrapper(verbs="exec"),
    "npm": _wrapper("-w --workspace -C --prefix", verbs="exec x"),
    "pnpm": _wrapper("-C --dir --filter -F", verbs="exec dlx"),
    "yarn": _wrapper("--cwd", verbs="exec dlx"),
    "bun": _wrapper("--cwd", verbs="x"),
    "direnv": _wrapper(arguments=1, verbs="exec"),
    "mise": _wrapper(verbs="exec x"),
    "asdf": _wrapper(verbs="exec"),
    "doppler": _wrapper("-p -c --project --config", verbs="run"),
    "op": _wrapper("--env-file", verbs="run"),
    "docker": _wrapper(
        "-e --env --env-file -u --user -w --workdir -v --volume -p --publish --name --network"
        " --mount --platform --entrypoint -l --label -f --file --project-name --profile --context",
        1,
        "exec run",
    ),
}
"""By name. What they run is the program, not they."""
COMPOSE: Final = _words("docker docker-compose podman podman-compose")
"""Programs whose options and verbs are those of `docker`, a word `compose` before them or not."""
SHELLS: Final = _words("bash sh zsh dash ksh fish")
"""What stands behind an option that ends in `c` is a command line itself."""
WINDOWS_SHELLS: Final = _words("powershell pwsh cmd")
WINDOWS_COMMAND: Final = _words("-command -c /c /k")
"""What stands behind one of these, in letters of any size, is a command line itself."""
INTERPRETERS: Final = _words("python py pypy node php ruby perl")
"""A number behind the name is none of it."""
INTERPRETER_VALUES: Final = _words("-W -X -r --require --loader --import")
"""Their options that take the next word with them."""
SCRIPTS: Final = _words("manage.py artisan")
"""Scripts that count as a program, whatever runs them."""
RUN_WORDS: Final = _words("run run-script")
_OPTIONS: Final = {
    "git": "-C -c --git-dir --work-tree --namespace",
    "gh": "-R --repo",
    "cargo": "--manifest-path --config -Z -C",
    "go": "-C",
    "kubectl": "-n --namespace --context --kubeconfig --cluster",
    "terraform": "",
    "make": "-C -f -I -j -o -W",
    "gmake": "-C -f -I -j -o -W",
    "just": "-f --justfile -d --working-directory",
    "mvn": "-f -pl -P -s -T -gs",
    "mvnw": "-f -pl -P -s -T -gs",
    "gradle": "-p -b -c -I -g",
    "gradlew": "-p -b -c -I -g",
    "xcodebuild": "-scheme -project -workspace -destination -configuration -sdk -derivedDataPath",
    "rake": "-f",
    "ant": "-f -buildfile",
    "turbo": "--filter -F",
}
_WITHOUT_OPTIONS: Final = _words(
    "anchor apt apt-get artisan aws az bazel bazelisk brew bun bundle cabal composer conda coverage"
    " craco cypress dart deno docker docker-compose dotnet dune flutter forge gcloud gleam hardhat"
    " hatch helm inv invoke lein lerna manage.py melos meson mise mix ng npm nvm nx pdm pip pip3"
    " pipenv pixi playwright pnpm podman podman-compose poe poetry rails react-scripts rustup rye"
    " sbt stack swift systemctl task uv vue-cli-service yarn zig"
)
FAMILIES: Final = {
    **dict.fromkeys(_WITHOUT_OPTIONS, frozenset[str]()),
    **{name: _words(options) for name, options in _OPTIONS.items()},
}
"""Programs whose next word says what is done, and their options that take a word with them.

A program that is a wrapper too has the options of both.
"""
SCRIPT_RUNNERS: Final = _words(
    "bun composer craco hatch lerna npm nx pdm pipenv pixi pnpm poetry rye turbo yarn"
)
"""Programs that run what a project has given a name: the word behind a `run` says what is done."""
GOALS: Final = _words("make gmake just rake ant mvn mvnw gradle gradlew xcodebuild sbt lein")
"""Programs that are given several things to do at once: one that tests goes before the others."""
TESTS: Final = _words(
    "pytest py.test pytest-3 unittest nosetests nose2 trial ward stestr tox nox behave robot"
    " jest vitest mocha ava karma jasmine tap testcafe wtr qunit rspec cucumber minitest"
    " phpunit pest behat phpspec codecept ctest bats busted gotestsum ginkgo prove newman"
)
"""Programs that run tests."""
ALSO_TESTS: Final = frozenset(
    {
        "npm t",
        "npm tst",
        "cargo t",
        "cargo nextest",
        "cargo tarpaulin",
        "cargo llvm-cov",
        "make check",
        "gmake check",
        "make distcheck",
        "gradle check",
        "gradlew check",
        "mvn verify",
        "mvnw verify",
        "mvn integration-test",
        "mvnw integration-test",
        "rake spec",
        "rails spec",
        "sbt testOnly",
        "sbt testQuick",
        "dotnet vstest",
        "dune runtest",
        "bazel coverage",
        "cypress run",
    }
)
"""Names that run tests, though none of their words says so."""
NOT_RUN: Final = _words(
    "--version --help -h --collect-only --co --no-run --list --list-tests --listTests --fixtures"
    " --markers --setup-plan"
)
"""With one of these words a step runs no tests."""
