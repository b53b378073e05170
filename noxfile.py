"""Every check of this repository, by name; plain `nox` runs what CI runs."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2026.2"
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = [
    "lint",
    "types",
    "manifests",
    "workflows",
    "packages",
    "build",
    "tests",
    "slow",
    "agents",
]

ROOT = Path(__file__).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
SHELLS = (
    ("sh", "-n"),
    ("dash", "-n"),
    ("bash", "-n"),
    ("busybox", "sh", "-n"),
    ("zsh", "--emulate", "sh", "-n"),
)
AGENT_WORKERS = ("--numprocesses=2", "--dist=loadgroup")  # one agent's tests share its home
BENCHES = ("hook", "drain", "transcripts", "reports")
IMPORT_ALL = ("python", "-I", "scripts/import_all.py")


def sync(session: nox.Session, *groups: str) -> None:
    """Put the workspace and these dependency groups, as locked, into the session's environment."""
    wanted = [f"--group={group}" for group in groups]
    session.run_install("uv", "sync", "--quiet", "--frozen", "--no-default-groups", *wanted)


def members() -> dict[str, str]:
    """Map each distribution of the workspace to its import name."""
    names = {}
    for manifest in sorted(ROOT.glob("packages/*/pyproject.toml")):
        name = tomllib.loads(manifest.read_text(encoding="utf-8"))["project"]["name"]
        names[name] = next(manifest.parent.glob("src/*/__init__.py")).parent.name
    return names


def scripts(suffix: str, shebang: str = "") -> list[str]:
    """List what we ship or run with this suffix, or with this first line."""
    folders = ("wrappers", "scripts", ".ci", "plugins", "gemini-extension")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    start = shebang.encode()
    return sorted(
        str(file.relative_to(ROOT))
        for file in files
        if file.suffix == suffix or (shebang and file.read_bytes().startswith(start))
    )


def installed(session: nox.Session, pinned: Path) -> str:
    """Install from npm what is pinned in a folder, or find it installed; tells where."""
    pins = [pinned / name for name in ("package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in pins)).hexdigest()
    name = f"{pinned.name}-{digest[:12]}"
    folder, half = session.cache_dir / name, session.cache_dir / f"{name}.half"
    if not folder.is_dir():
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for file in pins:
            shutil.copy(file, half)
        # Not `npm ci`: a registry may lack what other platforms' packages are called for.
        npm = ("npm", "install", "--no-audit", "--no-fund", "--loglevel=error")
        session.run_install(*npm, f"--prefix={half}", external=True)
        half.rename(folder)
    return str(folder.resolve())


def ccusage(session: nox.Session) -> dict[str, str]:
    """Install the ccusage that we are compared with; tells the bench where, or nothing."""
    try:
        return {"FLUXMIRROR_BENCH_CCUSAGE": installed(session, ROOT / "scripts" / "ccusage")}
    except CommandFailed:
        return {}  # without npm or a network: the bench says that it is not there


def run_pytest(session: nox.Session, marker: str) -> None:
    """Run the tests of one marker expression, a few at a time."""
    sync(session, "test")
    # An expression of the caller's own may well select nothing here.
    success = [0, 5] if session.posargs else [0]
    session.run(
        *("pytest", "--numprocesses=auto", "--maxprocesses=4", "-m", marker),
        *session.posargs,
        success_codes=success,
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Style and syntax: Python, shell in every shell that is here, JavaScript."""
    session.run_install("uv", "sync", "--quiet", "--frozen", "--only-group=lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    for shell in SHELLS:
        if shutil.which(shell[0]):
            for script in scripts(".sh", "#!/bin/sh"):
                session.run(*shell, script, external=True, silent=True)
    if shutil.which("node"):
        for script in scripts(".mjs"):
            session.run("node", "--check", script, external=True, silent=True)


@nox.session
def types(session: nox.Session) -> None:
    """Strict types, tests included."""
    sync(session, "test", "types", "nox")
    session.run("mypy")
    for folder in sorted({file.parent for file in ROOT.glob("packages/*/tests/*.py")}):
        session.run("mypy", str(folder.relative_to(ROOT)))


@nox.session
def manifests(session: nox.Session) -> None:
    """The agents' packages and page are what `manifests/source.yaml` says; else the drift."""
    sync(session, "manifests")
    session.run("python", "scripts/build_manifests.py", "--check")
    session.run("python", "scripts/build_agents_page.py", "--check")


@nox.session
def workflows(session: nox.Session) -> None:
    """What GitHub runs, read by zizmor, and by actionlint where it is installed."""
    session.run_install("uv", "sync", "--quiet", "--frozen", "--only-group=workflows")
    session.run("zizmor", "--offline", "--quiet", "--pedantic", "--no-progress", ".github")
    if shutil.which("actionlint"):
        # It does not know yet how a workflow names another of its own repository.
        ours = r"\$/\.github/workflows/"
        session.run("actionlint", "-ignore", ours, external=True)


@nox.session(venv_backend="none")
def packages(session: nox.Session) -> None:
    """Import every module of each package where only what it declares is installed."""
    for name, module in members().items():
        session.run(
            *("uv", "run", "--quiet", "--isolated", "--frozen", "--no-default-groups"),
            *("--package", name, "--python", sys.executable),
            *(*IMPORT_ALL, module),
        )


@nox.session(reuse_venv=False)
def build(session: nox.Session) -> None:
    """Build every package, install the wheels where nothing is, and start the command."""
    dist = Path(session.create_tmp()) / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run_install("uv", "build", "--quiet", "--all-packages", "--out-dir", str(dist))
    session.install(*map(str, sorted(dist.glob("*.whl"))))
    for module in members().values():
        session.run(*IMPORT_ALL, module)
    session.run("fluxmirror", "--version")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All quick tests, on each Python that is here."""
    run_pytest(session, "not slow and not agents")


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that run real processes in number, or many examples."""
    run_pytest(session, "slow")


@nox.session
def agents(session: nox.Session) -> None:
    """The real command-line agents, each against a scripted model, in throw-away homes."""
    sync(session, "test")
    env = {"FLUXMIRROR_TEST_AGENTS": installed(session, ROOT / "tests" / "agents")}
    session.run("pytest", *AGENT_WORKERS, "-m", "agents", *session.posargs, env=env)


@nox.session
def bench(session: nox.Session) -> None:
    """Print how fast we are, as ratios against named floors; nothing is asserted.

    `nox -s bench -- transcripts --megabytes 20` runs one of them, with its own options.
    """
    sync(session)
    names = session.posargs[:1] or BENCHES
    wanted = "transcripts" in names and "--no-ccusage" not in session.posargs
    env = ccusage(session) if wanted else {}
    if "reports" in names:
        env["FLUXMIRROR_BENCH_HISTORY"] = str(session.cache_dir.resolve())
    for name in names:
        session.run("python", f"scripts/bench_{name}.py", *session.posargs[1:], env=env)


@nox.session(reuse_venv=False)
def dist(session: nox.Session) -> None:
    """Build what a release publishes into dist/, install its wheels where nothing is, and start."""
    session.run("python", "scripts/build_dist.py")
    session.install(*map(str, sorted(ROOT.glob("dist/packages/*.whl"))))
    session.run("fluxmirror", "--version")


@nox.session
def bump(session: nox.Session) -> None:
    """Make a new version: `nox -s bump -- X.Y.Z [--dry-run]`."""
    session.run_install("uv", "sync", "--quiet", "--frozen", "--only-group=manifests")
    # Its exit codes are for whoever typed the version, and nox has only 1.
    session.run("python", "scripts/bump.py", *session.posargs)
