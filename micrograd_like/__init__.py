"""micrograd_like: a scalar autograd engine that shows its work.

What is imported from here is loaded when it is first used, so that a command that needs
little starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from micrograd_like import losses, nn, optim, training
    from micrograd_like.derivation import derive
    from micrograd_like.engine import Constant, Value, apply, grad
    from micrograd_like.errors import (
        CompileError,
        DomainError,
        MicrogradLikeError,
        ModelFileError,
        WorksheetError,
    )
    from micrograd_like.numeric import gradcheck
    from micrograd_like.tape.compiling import compile_graph
    from micrograd_like.worksheet import Worksheet

_HOME = {
    "CompileError": "errors",
    "Constant": "engine",
    "DomainError": "errors",
    "MicrogradLikeError": "errors",
    "ModelFileError": "errors",
    "Value": "display",  # the engine's, as notebooks show it
    "Worksheet": "worksheet",
    "WorksheetError": "errors",
    "apply": "engine",
    "compile_graph": "tape.compiling",
    "derive": "derivation",
    "grad": "engine",
    "gradcheck": "numeric",
}
_MODULES = ("losses", "nn", "optim", "training")

__all__ = [
    "CompileError",
    "Constant",
    "DomainError",
    "MicrogradLikeError",
    "ModelFileError",
    "Value",
    "Worksheet",
    "WorksheetError",
    "apply",
    "compile_graph",
    "derive",
    "grad",
    "gradcheck",
    "losses",
    "nn",
    "optim",
    "training",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"micrograd_like.{name}")
    if name in _HOME:
        return getattr(import_module(f"micrograd_like.{_HOME[name]}"), name)
    raise AttributeError(f"module 'micrograd_like' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
