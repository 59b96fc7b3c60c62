"""Colours and shapes. Every role has a shape of its own, so that colour is never needed.

The hues are Okabe and Ito's, told apart by colour-blind readers; their lightness differs in
print. Text has a contrast of 4.5 or more on every fill, light and dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from micrograd_like.graph import Role

#: Graphviz's shape and style for each role.
SHAPES: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        "given": ("box", ""),
        "parameter": ("octagon", ""),
        "computed": ("box", "rounded"),
        "output": ("box", "rounded"),
        "constant": ("box", ""),
    }
)

#: How much wider and higher than its text the box of each role is.
AROUND: Mapping[Role, tuple[int, int]] = MappingProxyType(
    {
        "given": (24, 16),
        "parameter": (36, 20),
        "computed": (24, 16),
        "output": (32, 24),
        "constant": (10, 6),
    }
)

#: Colours of a page, and of roles by the marks of :data:`micrograd_like.graph.ROLES`.
LIGHT = MappingProxyType(
    {
        "paper": "#ffffff",
        "ink": "#1b1f24",
        "muted": "#57606a",
        "line": "#6e7781",
        "input": "#e2f0fa",
        "input-line": "#0072b2",
        "parameter": "#fdeed7",
        "parameter-line": "#b35900",
        "interior": "#f4f5f7",
        "interior-line": "#6e7781",
        "output": "#daf1e9",
        "output-line": "#00795a",
        "group": "#fafbfc",
        "group-line": "#c8ced5",
        "path": "#a1266f",
    }
)
DARK = MappingProxyType(
    {
        "paper": "#14181d",
        "ink": "#e8eaed",
        "muted": "#a3abb5",
        "line": "#8b949e",
        "input": "#10314a",
        "input-line": "#56b4e9",
        "parameter": "#432f10",
        "parameter-line": "#e69f00",
        "interior": "#23282f",
        "interior-line": "#8b949e",
        "output": "#0d3a2e",
        "output-line": "#2fc59b",
        "group": "#191e24",
        "group-line": "#3d444d",
        "path": "#f48fc4",
    }
)
