"""A graph as a person reads it: between its named nodes."""

from __future__ import annotations

from micrograd_like.graph.labels import Label, quantity_of
from micrograd_like.graph.named import MAX_UNNAMED, Link, NamedGraph, constant
from micrograd_like.graph.paths import depending, path_count, paths, reached
from micrograd_like.graph.roles import (
    ROLES,
    Role,
    is_called_cost,
    is_called_rate,
    learned,
    letters,
    named_roles,
    roles,
)

__all__ = [
    "MAX_UNNAMED",
    "ROLES",
    "Label",
    "Link",
    "NamedGraph",
    "Role",
    "constant",
    "depending",
    "is_called_cost",
    "is_called_rate",
    "learned",
    "letters",
    "named_roles",
    "path_count",
    "paths",
    "quantity_of",
    "reached",
    "roles",
]
