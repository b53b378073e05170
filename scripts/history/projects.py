"""The twelve made-up projects: their directories, their files, and what is run in them."""

from __future__ import annotations

from typing import Final, NamedTuple

from history.draw import Draw, Weighted
from history.words import THINGS

CODE: Final = "/home/dev/code"
_DOCUMENTS: Final = ("README.md", "CHANGELOG.md", "docs/architecture.md", "docs/decisions.md")
_POPULARITY: Final = 0.9
"""Exponent of Zipf's law: the second file is used about half as often as the first."""
_PARTS_PER_FILE: Final = 1 / 40


class Toolkit(NamedTuple):
    """What a project is made with."""

    source: str
    """Where a source file lies: `{part}`, `{name}`."""
    test: str
    """Where its test lies."""
    documents: tuple[str, ...]
    tests: tuple[str, ...]
    """Commands that fail now and then: `{test}`, `{folder}`, `{thing}`."""
    commands: tuple[str, ...]


_PYTHON: Final = Toolkit(
    "src/{part}/{name}.py",
    "tests/{part}/test_{name}.py",
    ("pyproject.toml", "docker-compose.yml"),
    (
        "uv run pytest -q",
        "uv run pytest {test} -x",
        "uv run pytest {test} -k {thing}",
        "uv run mypy {folder}",
        "uv run ruff check {folder}",
    ),
    ("uv sync", "uv run alembic upgrade head", "docker compose up -d {thing}", "uv lock --check"),
)
_WEB: Final = Toolkit(
    "src/{part}/{name}.tsx",
    "src/{part}/{name}.test.tsx",
    ("package.json", "vite.config.ts", "tsconfig.json"),
    ("npm test -- --run", "npx vitest run {test}", "npx tsc --noEmit", "npm run lint"),
    ("npm ci", "npm run build", "npm outdated", "npx vite build --mode staging && du -sh dist"),
)
_RUST: Final = Toolkit(
    "crates/{part}/src/{name}.rs",
    "crates/{part}/tests/{name}.rs",
    ("Cargo.toml", "rust-toolchain.toml"),
    ("cargo test", "cargo test -p {thing}", "cargo clippy --all-targets", "cargo check"),
    ("cargo fmt", "cargo build --release", "cargo tree -p {thing}", "cargo update -p {thing}"),
)
_GO: Final = Toolkit(
    "internal/{part}/{name}.go",
    "internal/{part}/{name}_test.go",
    ("go.mod", "Makefile"),
    ("go test ./...", "go test ./{folder}/... -run {thing}", "go vet ./...", "golangci-lint run"),
    ("go build ./...", "go mod tidy", "make generate", "gofmt -l ."),
)
_INFRA: Final = Toolkit(
    "modules/{part}/{name}.tf",
    "environments/{part}/{name}.tfvars",
    ("Makefile", ".github/workflows/deploy.yml"),
    ("terraform validate", "make lint", "tflint --chdir {folder}"),
    (
        "terraform plan -var-file={test}",
        "kubectl --context staging get pods -n {thing}",
        "kubectl --context staging logs deploy/{thing} --tail={number}",
    ),
)
_NOTES: Final = Toolkit(
    "notes/{part}/{name}.md",
    "scripts/{part}_{name}.py",
    ("index.md",),
    ("python scripts/index.py --check", "markdownlint {folder}"),
    ("ls {folder}", "python scripts/index.py --write"),
)
_EVERYWHERE: Final = (
    *("git status --short",) * 4,
    *("git diff --stat",) * 2,
    "git diff {file}",
    "git log --oneline -{number}",
    "git add -A && git commit -m '{Deed} the {thing} of the {other}'",
    "git switch -c {deed}-{thing}",
    "git show --stat HEAD~{number}",
    "ls -la {folder}",
    "wc -l {file}",
    "head -{number} {file}",
    "find {folder} -name '*{thing}*'",
    "du -sh {folder}",
    "curl -s http://localhost:8080/{thing}/{number} | jq .{other}",
)
_TOOLKITS: Final = {
    "harbor-api": (_PYTHON, 900, 22),
    "lumen-web": (_WEB, 1_400, 18),
    "tide-infra": (_INFRA, 260, 8),
    "quay-engine": (_RUST, 700, 13),
    "buoy-relay": (_GO, 500, 9),
    "anchor-cli": (_RUST, 180, 6),
    "ledger-sync": (_PYTHON, 420, 8),
    "gull-mobile": (_WEB, 650, 6),
    "reef-data": (_PYTHON, 350, 5),
    "mast-design": (_WEB, 300, 3),
    "knot-proxy": (_GO, 150, 2),
    "field-notes": (_NOTES, 120, 2),
}
"""Project → what it is made with, how many source files it has, how often it is worked on."""
_OWN_COMMANDS: Final = 0.3


class Source(NamedTuple):
    """A source file of a project, and the file that tests it; both below the project's root."""

    path: str
    test: str


class Project:
    """A project, and chance about what is in it."""

    def __init__(self, name: str, seed: int) -> None:
        toolkit, files, self.weight = _TOOLKITS[name]
        draw = Draw(seed, f"project {name}")
        self.name = name
        self.root = f"{CODE}/{name}"
        self._toolkit = toolkit
        self._parts = draw.random.sample(THINGS, 3 + int(files * _PARTS_PER_FILE))
        sources = [self.new_source(draw) for _ in range(files)]
        self.sources = Weighted(sources, [1 / at**_POPULARITY for at in range(1, files + 1)])
        self.documents = (*_DOCUMENTS, *toolkit.documents)

    def new_source(self, draw: Draw) -> Source:
        """Name a source file that is most likely not there yet."""
        gaps = {"part": draw.pick(self._parts), "name": draw.worded("{deed}_{thing}_{number}")}
        return Source(self._toolkit.source.format(**gaps), self._toolkit.test.format(**gaps))

    def test_command(self, draw: Draw, source: Source) -> str:
        """Give a command that tests or checks a source file, or more than that."""
        return self._filled(draw, draw.pick(self._toolkit.tests), source)

    def command(self, draw: Draw, source: Source) -> str:
        """Give any other command."""
        own = draw.chance(_OWN_COMMANDS)
        return self._filled(draw, draw.pick(self._toolkit.commands if own else _EVERYWHERE), source)

    def _filled(self, draw: Draw, template: str, source: Source) -> str:
        if "{" not in template:
            return template
        folder = source.path.rpartition("/")[0]
        places = {"file": source.path, "test": source.test, "folder": folder}
        for name, place in places.items():
            template = template.replace(f"{{{name}}}", place)
        return draw.worded(template)


def build_projects(seed: int) -> Weighted[Project]:
    """Make up all projects."""
    projects = [Project(name, seed) for name in _TOOLKITS]
    return Weighted(projects, [project.weight for project in projects])
