"""The made-up projects: what is in them, and what is done there all day."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.named_tuple import NamedTuple


class Check(NamedTuple):
    """A command that can fail, as tests and linters do."""

    command: str
    failure: str
    """What it says then."""


class Project(NamedTuple):
    """One project and the work in it."""

    name: str
    """Of its directory."""
    sources: tuple[str, ...]
    """Files that are edited, the most edited first."""
    documents: tuple[str, ...]
    """Files that are mostly read."""
    missing: str
    """A file that is looked for and not there."""
    entry: str
    """The file that leads to whatever is added."""
    features: tuple[str, ...]
    """What is added in the course of time."""
    parts: tuple[str, ...]
    """The files that each of these consists of, with `{}` for its name; the most edited first."""
    checks: tuple[Check, ...]
    """Commands that can fail, the tests first."""
    commands: tuple[str, ...]
    """Commands that do not."""
    patterns: tuple[str, ...]
    """What is searched for."""
    server: str
    """The MCP server that is asked here."""
    server_tools: tuple[tuple[str, str, str], ...]
    """Its tools: name, the one argument's name and value."""
    feature_prompt: str
    """How something new is asked for, with `{}` for its name."""
    prompts: tuple[str, ...]
    """How changes are asked for."""


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
    missing="src/harbor/utils.py",
    entry="src/harbor/api/routes.py",
    features=(
        *("invoices", "refunds", "carriers", "shipments", "customs", "coupons", "addresses"),
        *("taxes", "returns", "warehouses", "suppliers", "webhooks", "audit", "exports", "labels"),
        *("quotes", "baskets", "payouts", "tariffs", "pallets", "manifests", "reminders", "limits"),
        *("disputes", "vouchers", "holidays", "ferries", "drivers", "claims", "budgets", "weights"),
    ),
    parts=("src/harbor/{}.py", "tests/test_{}.py", "src/harbor/api/{}.py", "docs/api/{}.md"),
    checks=(
        Check("uv run pytest -q", "FAILED tests/test_orders.py::test_total - assert 41.99 == 42"),
        Check("uv run pytest tests/test_orders.py -x", "E   KeyError: 'currency'"),
        Check("uv run mypy src", 'src/harbor/orders.py:88: error: "None" has no attribute "total"'),
        Check("uv run ruff check src tests", "src/harbor/pricing.py:3:8: F401 `decimal` unused"),
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
    feature_prompt="Add {} to the API, with tests.",
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
    missing="src/utils/index.ts",
    entry="src/pages/Dashboard.tsx",
    features=(
        *("Sparkline", "Tooltip", "DatePicker", "Gauge", "HeatMap", "Breadcrumb", "EmptyState"),
        *("Toast", "Drawer", "FilterBar", "Pagination", "AxisLabel", "ThemeSwitch", "Skeleton"),
        *("Avatar", "SearchBox", "Stepper", "Badge", "SplitPane", "CommandBar", "Treemap"),
        *("RangeSlider", "ColorScale", "KeyHint", "StatusDot", "Donut", "Timeline", "Ticker"),
        *("Histogram", "PinBoard", "Crosshair", "ZoomBar", "MiniMap", "Annotation", "Watermark"),
    ),
    parts=(
        "src/components/{}.tsx",
        "src/components/{}.test.tsx",
        "src/components/{}.module.css",
    ),
    checks=(
        Check("npm test -- --run", "FAIL  src/components/Chart.test.tsx > shows an empty series"),
        Check("npx tsc --noEmit", "src/components/Chart.tsx(41,7): error TS2322"),
        Check("npm run lint", "src/pages/Dashboard.tsx 12:9 error 'series' is never used"),
        Check("npm run build", "error during build: Could not resolve './Legend'"),
    ),
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
    feature_prompt="We need a {} component, with tests and a style of its own.",
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
    missing="modules/network/providers.tf",
    entry="environments/staging.tfvars",
    features=(
        *("cache", "bastion", "certificates", "dns", "alarms", "backups", "registry"),
        *("queues", "secrets", "cdn", "budget", "tracing", "vpn", "firewall", "search"),
        *("mail", "storage", "scheduler", "gateway", "metrics", "snapshots", "proxy", "quotas"),
    ),
    parts=("modules/{}/main.tf", "modules/{}/variables.tf", "modules/{}/outputs.tf"),
    checks=(
        Check("make test", "--- FAIL: TestNetworkModule (12.41s)"),
        Check("terraform validate", "Error: Unsupported argument"),
        Check("make lint", "modules/network/main.tf: not formatted"),
        Check("shellcheck scripts/*.sh", "scripts/rotate-logs.sh:14: SC2086"),
    ),
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
    feature_prompt="Write a module for {}, and use it in staging.",
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
    missing="notes/2026/index.md",
    entry="templates/page.html",
    features=("mudflat", "pier", "dunes", "estuary", "breakwater", "lighthouse"),
    parts=("notes/2026/{}.md",),
    checks=(Check("python scripts/index.py --check", "notes/2026/birds.md: no place"),),
    commands=("git add notes && git commit -m 'Sunday walk'", "ls notes/2026"),
    patterns=("heron", "low tide"),
    server="filesystem",
    server_tools=(("list_directory", "path", "notes/2026"),),
    feature_prompt="Start a page of notes for {}.",
    prompts=("Make an index of all notes by place.", "Turn today's list into a table."),
)

PROJECTS: Final = (HARBOR, LUMEN, TIDE, FIELD_NOTES)
WORKDAYS: Final = ((HARBOR, 5), (LUMEN, 4), (TIDE, 2))
"""Projects of a working day, with weights."""
WEEKENDS: Final = ((FIELD_NOTES, 4), (LUMEN, 1))
