"""What a command line runs, and whether that is tests: told from words alone, whatever they are."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.shell_words import LONGEST, is_test_run, program_of
from hypothesis import given
from hypothesis import strategies as st

TESTS = [
    ("pytest -q", "pytest"),
    ("cd x && pytest -q", "pytest"),
    ("ruff check . && mypy && pytest", "pytest"),
    ("pytest || true", "pytest"),
    ("pytest&", "pytest"),
    ("(cd web && npm test)", "npm test"),
    ("result=$(pytest -q); echo $result", "pytest"),
    ("if ! make -j 4 test; then echo bad; fi", "make test"),
    ("for f in $(ls *.py); do python -m pytest $f; done", "pytest"),
    ("timeout -k 5 60 pytest 2>&1 | tail -5", "pytest"),
    ('CI=1 FOO="a b" npx vitest run', "vitest"),
    ("cross-env CI=1 jest", "jest"),
    ("bash -lc 'cd web && npm test -- --run'", "npm test"),
    ("bash, -lc, cd x && uv run pytest -q", "pytest"),
    ("/bin/bash -euxo pipefail -c 'pytest'", "pytest"),
    ("sh -c \"bash -c 'pytest'\"", "pytest"),
    ("uv run --with pytest-cov pytest", "pytest"),
    ("uv run python -m coverage run -m pytest", "pytest"),
    ("python3.11 -m unittest discover", "unittest"),
    (r"C:\Python311\python.exe -m pytest tests", "pytest"),
    (r'& "C:\Program Files\nodejs\node.exe" --test', "node"),
    ("$env:CI='1'; npm test", "npm test"),
    ('powershell -ExecutionPolicy Bypass -Command "cd x; dotnet test"', "dotnet test"),
    ("cmd /c npm run test:unit", "npm test:unit"),
    ("mvn -q clean verify", "mvn verify"),
    ("./gradlew :app:testDebugUnitTest", "gradlew :app:testDebugUnitTest"),
    ("docker compose exec -T web pytest -q", "pytest"),
    ("docker run --rm -it -v x:y image go test ./...", "go test"),
    ("yarn workspace web test", "yarn test"),
    ("pnpm --filter web test", "pnpm test"),
    ("poetry run test", "poetry test"),
    ("nx run web:test", "nx web:test"),
    ("php artisan test", "artisan test"),
    ("python manage.py test app", "manage.py test"),
    ("bundle exec rspec", "rspec"),
    ("xcodebuild -scheme App test", "xcodebuild test"),
    ("cargo +nightly test", "cargo test"),
    ("bash scripts/test.sh", "test.sh"),
    ("scripts/test", "test"),
    ("source .venv/bin/activate; python -m pytest", "pytest"),
    ("a\\\n b\npytest", "pytest"),
]
OTHERS = [
    ("git add -A && git commit -m 'run pytest'", "git add"),
    ('git commit -m "$(cat <<\'E\'\nsays "so" (x)\npytest\nE\n)"', "git commit"),
    ("cat <<'E' > test.sh\npytest\nE\nls", "cat"),
    ("python - <<E\nimport x\npytest", "python"),
    ('grep -rn "pytest && x" .', "grep"),
    ("echo done # pytest", "echo"),
    ("command -v pytest", "command"),
    ("which pytest", "which"),
    ("pip install pytest", "pip install"),
    ("python -m pip install -U pip", "pip install"),
    ("python -c 'import pytest'", "python"),
    ("pytest --collect-only", "pytest"),
    ("cargo test --no-run", "cargo test"),
    ("test -f x", "test"),
    ("[ -f x ] && make", "make"),
    ("cd x; ls -la | head", "ls"),
    ("cd /tmp", "cd"),
    ("sleep 2; echo waited", "sleep"),
    ("sudo -u postgres psql -c 'select 1'", "psql"),
    ("npm run build", "npm build"),
    ("cargo run x", "cargo run"),
    ("docker run image", "docker run"),
    ("kubectl -n ns get pods", "kubectl get"),
    ("git -C dir status", "git status"),
    ("npx tsc --noEmit", "tsc"),
    ("env FOO=1", "env"),
    ("cd /a/very/long/path && pyt…", "cd"),
    ("npm tes…", "npm"),
    ("git -C", "git"),
    ("docker run -e", "docker run"),
    ("command -m", "command"),
    ("bash ./test.sh --list", "test.sh"),
    ("$FOO bar", ""),
    ("   ", ""),
    ("", ""),
]
HOSTILE = [
    "(" * LONGEST,
    "`" * LONGEST,
    "'" * LONGEST,
    '"$(' * LONGEST,
    "\\" * LONGEST,
    "<<a\n" * LONGEST,
    "&>" * LONGEST,
    "bash -c " * LONGEST,
    "sudo " * LONGEST,
    "a:" * LONGEST + "test",
    "x" * 1_000_000,
]


@pytest.mark.parametrize(("command", "program"), TESTS)
def test_a_command_line_that_runs_tests_goes_by_them(command: str, program: str) -> None:
    """Whatever stands around them: steps, variables, runners, shells, containers."""
    assert program_of(command) == program
    assert is_test_run(command)


@pytest.mark.parametrize(("command", "program"), OTHERS)
def test_all_others_go_by_the_first_program_that_does_something(command: str, program: str) -> None:
    """A word of tests in a text, an argument or a comment runs none."""
    assert program_of(command) == program
    assert not is_test_run(command)


@pytest.mark.parametrize("command", HOSTILE, ids=lambda text: text[:8])
def test_no_command_line_is_too_much(command: str) -> None:
    """It ends, and no name is longer than a table can show."""
    assert len(program_of(command)) <= 100


def test_command_lines_in_command_lines_are_followed_for_a_while() -> None:
    """Three deep, as nobody means it deeper."""
    assert is_test_run("sh -c sh -c sh -c pytest")
    assert not is_test_run("sh -c sh -c sh -c sh -c pytest")


@given(st.text(alphabet=st.sampled_from(" \n\t;|&<>()`'\"\\$#-=abct/.:,"), max_size=200))
def test_any_text_says_something_or_nothing(command: str) -> None:
    """Never an error, and always the same."""
    name = program_of(command)
    assert name == program_of(command)
    assert name.isprintable()
