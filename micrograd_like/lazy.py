"""Packages whose names are loaded when they are first used.

The names stand once, in the stub beside the package: ``__init__.pyi`` holds imports that the
type checker reads, and that are carried out here one by one when somebody asks for a name. So
a command that needs little starts fast.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

#: Where this package is installed, and the others that come with it.
_HOME = Path(__file__).parent.parent


def attach(
    package: str, file: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package, from the stub beside it.

    Args:
        package: The package's ``__name__``.
        file: Its ``__file__``.
    """
    stub = ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, wanted = homes[name]
        if module == package:  # a module of the package itself
            return import_module(f"{module}.{wanted}")
        return getattr(import_module(module), wanted)

    return get, lambda: sorted(homes), sorted(homes)


def beside(package: str) -> None:
    """Import the package that is installed beside this one, whatever else has its name.

    A folder that Python looks into first may hold a file of the user's own by that name.

    Raises:
        ImportError: The user's own is imported already.
    """
    if package not in sys.modules:
        sys.path.insert(0, str(_HOME))
        try:
            import_module(package)
        finally:
            sys.path.remove(str(_HOME))
    found = Path(sys.modules[package].__file__ or "")
    if found.parent.parent != _HOME:
        raise ImportError(
            f"expected the package {package!r} that comes with micrograd_like, got {str(found)!r}, "
            "which has the same name; rename it"
        )
