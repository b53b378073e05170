"""Who may import whom, where SQL may be, and what an `__init__.py` holds: by reading the source."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Manifests = dict[Path, dict[str, Any]]

_IMPORT_NAMES = {"fluxmirror": "fluxmirror_cli"}
"""Distributions whose import name is not their own with underscores."""

_BEHIND_THE_SPOOL = re.compile(
    r"sqlite3|click|pydantic|jinja2|fluxmirror_ai|"
    r"fluxmirror_core\.(wire|redact|analysis|report|config|tools|pairing)|"
    r"fluxmirror_store\.(?!spool$|segment$)"
)
"""What capture must not reach; of the store it knows where bytes are put down, no more."""

_SQL = re.compile(
    r"\b(SELECT\s.*\bFROM|INSERT\s(OR\s\w+\s)?INTO|REPLACE\sINTO|UPDATE\s.*\bSET|DELETE\sFROM|"
    r"(CREATE|DROP|ALTER)\s(TEMP\s|UNIQUE\s)?(TABLE|VIEW|INDEX|TRIGGER)|PRAGMA\s\w|"
    r"BEGIN\s(IMMEDIATE|EXCLUSIVE|DEFERRED)|ATTACH\sDATABASE)\b",
    re.DOTALL,
)


class Module(NamedTuple):
    """One source file of a package."""

    name: str
    file: Path
    tree: ast.Module


def _read(file: Path, source: Path) -> Module:
    parts = file.relative_to(source).with_suffix("").parts
    name = ".".join(parts).removesuffix(".__init__")
    return Module(name, file, ast.parse(file.read_text(encoding="utf-8"), str(file)))


@pytest.fixture(scope="module")
def modules(manifests: Manifests) -> dict[str, Module]:
    """Every module of every package, by its dotted name."""
    read = [_read(f, pkg / "src") for pkg in manifests for f in sorted(pkg.glob("src/**/*.py"))]
    return {module.name: module for module in read}


def _targets(node: ast.AST, module: Module) -> Iterator[str]:
    """Yield what an import statement names, as absolute dotted names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module.file}:{node.lineno}: relative import"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imports(module: Module) -> set[str]:
    """Collect every import, wherever it stands."""
    return {name for node in ast.walk(module.tree) for name in _targets(node, module)}


def _is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _runs_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below that run when the module is imported."""
    if _is_for_types_only(node) or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _runs_on_import(child)


def _imports_on_import(module: Module) -> set[str]:
    """Collect the imports that importing this module carries out."""
    nodes = _runs_on_import(module.tree)
    return {name for node in nodes for name in _targets(node, module)}


def _reached(start: str, modules: dict[str, Module]) -> set[str]:
    """Follow imports from one module of ours; gives dotted names, foreign ones included."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        # `from package.module import thing` names a module one step up.
        own = name if name in modules else name.rpartition(".")[0]
        name = own if own in modules else name
        if name not in seen:
            seen.add(name)
            ahead += _imports_on_import(modules[name]) if name in modules else ()
    return seen


def _declared(project: dict[str, Any]) -> set[str]:
    names = [re.split(r"[^A-Za-z0-9._-]", item)[0] for item in project["dependencies"]]
    return {_IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}


def test_a_package_imports_only_what_it_declares(
    manifests: Manifests, modules: dict[str, Module]
) -> None:
    """Each pyproject.toml is the layering contract."""
    for folder, manifest in manifests.items():
        allowed = _declared(manifest["project"]) | sys.stdlib_module_names
        for module in modules.values():
            if module.file.is_relative_to(folder):
                own = module.name.partition(".")[0]
                tops = {name.partition(".")[0] for name in _imports(module)}
                assert tops - allowed <= {own}, module.file


def test_the_hook_reaches_the_spool_and_nothing_behind_it(modules: dict[str, Module]) -> None:
    """What an agent waits for neither parses nor opens a database."""
    reached = {
        name
        for start in ("fluxmirror_cli.entry", "fluxmirror_cli.hook")
        for name in _reached(start, modules)
    }
    assert "fluxmirror_store.spool" in reached
    assert sorted(filter(_BEHIND_THE_SPOOL.match, reached)) == []


def test_the_proxy_reaches_the_spool_and_nothing_behind_it(modules: dict[str, Module]) -> None:
    """What an MCP client waits for neither opens a database nor understands events."""
    for start in modules:
        if start.startswith("fluxmirror_proxy"):
            assert sorted(filter(_BEHIND_THE_SPOOL.match, _reached(start, modules))) == []


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    """Collect the strings that stand alone: documentation of a module, class, function or field."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _sql_in(module: Module) -> list[str]:
    documentation = _docstrings(module.tree)
    return [
        f"{module.file}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node not in documentation and _SQL.search(node.value)
    ]


def test_sql_lives_in_the_store_alone(modules: dict[str, Module]) -> None:
    """A change of the schema is a change of one package."""
    others = [m for m in modules.values() if not m.name.startswith("fluxmirror_store")]
    assert [place for module in others for place in _sql_in(module)] == []


def test_the_search_for_sql_finds_the_stores(modules: dict[str, Module]) -> None:
    """The promise above is not kept by a search that finds nothing."""
    assert any(_sql_in(m) for m in modules.values() if m.name.startswith("fluxmirror_store"))


def test_an_init_holds_a_docstring_and_nothing_else(modules: dict[str, Module]) -> None:
    """Importing a module never loads its neighbours."""
    for module in modules.values():
        if module.file.name == "__init__.py":
            assert ast.get_docstring(module.tree), module.file
            assert len(module.tree.body) == 1, module.file
