"""Packages whose names are loaded when they are first used.

The names stand once, in the stub beside the package: ``__init__.pyi`` holds imports that the
type checker reads, and that are carried out here one by one when somebody asks for a name. So
a command that needs little starts fast.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


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
