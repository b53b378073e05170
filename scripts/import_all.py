"""Import every module of a package: `python -I scripts/import_all.py fluxmirror_core`.

Fails where a module imports what is not installed, so it is run where only the package's declared
dependencies are.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys


def module_names(package: str) -> list[str]:
    """List the package and all below it; a `__main__` would run, not load."""
    paths = importlib.import_module(package).__path__
    below = [module.name for module in pkgutil.walk_packages(paths, f"{package}.")]
    return [package, *(name for name in below if not name.endswith(".__main__"))]


if __name__ == "__main__":
    for name in module_names(sys.argv[1]):
        importlib.import_module(name)
