"""Scalar reverse-mode automatic differentiation: values, gradients of any order, gradcheck."""

from __future__ import annotations

from micrograd_like.engine.freshness import check_fresh
from micrograd_like.engine.gradient import accumulate, grad, link_as_graph
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.recording import record
from micrograd_like.engine.value import (
    ON_NODES,
    OPERATIONS,
    Constant,
    Parameter,
    Symbol,
    Value,
    apply,
    as_value,
)

__all__ = [
    "ON_NODES",
    "OPERATIONS",
    "Constant",
    "Parameter",
    "Symbol",
    "Value",
    "accumulate",
    "apply",
    "as_value",
    "check_fresh",
    "grad",
    "link_as_graph",
    "record",
    "topological_order",
]
