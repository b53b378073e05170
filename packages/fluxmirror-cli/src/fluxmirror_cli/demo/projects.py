"""The made-up projects: what is in them, and what is done there all day."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.named_tuple import NamedTuple


class Project(NamedTuple):
    """One project and the work in it."""

    name: str
    """Of its directory."""
    sources: tuple[str, ...]
    """Files that are edited, the most edited first."""
    documents: tuple[str, ...]
    """Files that are mostly read."""
    tests: tuple[str, ...]
    """Commands that can fail, as tests and linters do."""
    commands: tuple[str, ...]
    """Commands that do not."""
    patterns: tuple[str, ...]
    """What is searched for."""
    server: str
    """The MCP server that is asked here."""
    server_tools: tuple[tuple[str, str, str], ...]
    """Its tools: name, the one argument's name and value."""
    prompts: tuple[str, ...]


HARBOR: Final = Project(
    name="harbor-api",
    sources=(
        "src/harbor/orders.py",
        "tests/test_orders.py",
        "src/harbor/pricing.py",
        "src/harbor/api/routes.py",
        "tests/test_pricing.py",
        "src/harbor/db/session.py",
        "src/harbor/queue.py",
        "migrations/0042_order_status.sql",
        "src/harbor/settings.py",
    ),
    documents=(
        "README.md",
        "docs/architecture.md",
        "pyproject.toml",
        "src/harbor/models.py",
        "src/harbor/api/errors.py",
        "docker-compose.yml",
    ),
    tests=(
        "uv run pytest -q",
        "uv run pytest tests/test_orders.py -x",
        "uv run mypy src",
        "uv run ruff check src tests",
    ),
    commands=(
        "git status --short",
        "git diff --stat",
        'git log --oneline -10 | grep -E "order|price"',
        "docker compose up -d db",
        "uv run alembic upgrade head",
        'git commit -am "Keep the currency with the price"',
    ),
    patterns=("def total", "class Order", "raise HTTPException", "TODO"),
    server="github",
    server_tools=(
        ("get_issue", "issue_number", "418"),
        ("list_pull_requests", "state", "open"),
        ("add_issue_comment", "body", "Fixed in the order rewrite."),
    ),
    prompts=(
        "Orders in two currencies are summed up as if they were one. Find out why and fix it.",
        "Add a status column to orders, with a migration and tests.",
        "The pricing tests are slow. What takes so long?",
        "Rename Session to UnitOfWork everywhere.",
    ),
)

LUMEN: Final = Project(
    name="lumen-web",
    sources=(
        "src/components/Chart.tsx",
        "src/components/Chart.test.tsx",
        "src/pages/Dashboard.tsx",
        "src/styles/theme.css",
        "src/hooks/useSeries.ts",
        "src/components/Legend.tsx",
        "src/api/client.ts",
    ),
    documents=(
        "package.json",
        "vite.config.ts",
        "src/components/index.ts",
        "docs/design-tokens.md",
        "tsconfig.json",
    ),
    tests=("npm test -- --run", "npx tsc --noEmit", "npm run lint", "npm run build"),
    commands=(
        "git status --short",
        "npm install --no-audit d3-scale",
        "git switch -c chart-legend",
        "npx vite build --mode staging && du -sh dist",
        'git commit -am "Legend follows the theme"',
    ),
    patterns=("useSeries", "aria-label", "export default", "colorScheme"),
    server="playwright",
    server_tools=(
        ("browser_navigate", "url", "http://localhost:5173/dashboard"),
        ("browser_snapshot", "name", "dashboard"),
        ("browser_click", "element", "Legend toggle"),
    ),
    prompts=(
        "The legend overlaps the chart on narrow screens.",
        "Make the dashboard follow the system's dark mode.",
        "Write tests for useSeries, the empty series too.",
    ),
)

TIDE: Final = Project(
    name="tide-infra",
    sources=(
        "modules/network/main.tf",
        "environments/staging.tfvars",
        "modules/database/main.tf",
        ".github/workflows/deploy.yml",
        "scripts/rotate-logs.sh",
    ),
    documents=("README.md", "docs/runbook.md", "modules/network/variables.tf", "Makefile"),
    tests=("terraform validate", "make lint", "shellcheck scripts/*.sh"),
    commands=(
        "terraform plan -var-file=environments/staging.tfvars",
        "git diff",
        "kubectl --context staging get pods -n harbor",
        "make docs",
    ),
    patterns=("cidr_block", "desired_count", "secrets:"),
    server="grafana",
    server_tools=(
        ("query_prometheus", "query", "rate(http_requests_total[5m])"),
        ("list_alerts", "state", "firing"),
    ),
    prompts=(
        "Staging runs out of connections every night. Look at the pool and the alerts.",
        "Give the database module a variable for the backup window.",
    ),
)

FIELD_NOTES: Final = Project(
    name="field-notes",
    sources=(
        "notes/2026/birds.md",
        "scripts/index.py",
        "notes/2026/tides.md",
        "templates/page.html",
    ),
    documents=("README.md", "notes/how-to-count.md"),
    tests=("python scripts/index.py --check",),
    commands=("git add notes && git commit -m 'Sunday walk'", "ls notes/2026"),
    patterns=("heron", "low tide"),
    server="filesystem",
    server_tools=(("list_directory", "path", "notes/2026"),),
    prompts=("Make an index of all notes by place.", "Turn today's list into a table."),
)

WORKDAYS: Final = ((HARBOR, 5), (LUMEN, 4), (TIDE, 2))
"""Projects of a working day, with weights."""
WEEKENDS: Final = ((FIELD_NOTES, 4), (LUMEN, 1))
