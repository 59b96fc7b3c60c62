"""What a picture of a graph shows: nodes, edges, one derivative's paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from micrograd_like.formula import Derivative, Expr, Name, Quantity
from micrograd_like.graph import Role
from visualize.options import Detail

if TYPE_CHECKING:
    from micrograd_like.derivation import Derivation

NO_NAME = Name("")


@dataclass(frozen=True, slots=True)
class Held:
    """A parameter that a neuron's box has taken in: its name, and its number if it has one."""

    name: Quantity
    value: float | None


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the picture."""

    #: Its name, or #3 for the third node where there is no name of its own.
    key: str
    #: The quantity it is, or an empty name.
    name: Quantity
    #: What it is there for.
    role: Role
    #: How it is computed from the nodes before it; None for leaves and neurons.
    formula: Expr | None
    #: The name of the operation's row, where the node is a single one; a neuron's is its
    #: activation's.
    operation: str
    #: Its number; None where it rests on a name that has none.
    value: float | None
    #: ∂output/∂node, NaN where it does not exist; None where there is none yet, or no number.
    gradient: float | None
    #: The layer of the network it belongs to, from 1; 0 for none.
    layer: int = 0
    #: The neuron of that layer, from 1; 0 for none.
    neuron: int = 0
    #: Whether it lies between the highlighted derivative's two names.
    on_path: bool = False
    #: Of a neuron its bias, if it has one.
    bias: Held | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """``head`` is computed from ``tail``."""

    tail: str
    head: str
    #: ∂head/∂tail, the other inputs held fixed; NaN where it does not exist; None from a constant,
    #: which has none, and where it rests on a name without a number.
    local: float | None
    #: The same as a formula, where the edge runs between names; else None.
    formula: Expr | None = None
    #: The rule that gives the formula.
    rule: str = ""
    #: Whether the highlighted derivative has it as a factor.
    on_path: bool = False
    #: Into a neuron, the weight that the tail is multiplied by.
    weight: Held | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A graph at one moment."""

    #: The key of the node that all others lead to.
    output: str
    #: How much of the graph a node stands for.
    detail: Detail
    #: Inputs before their users.
    nodes: tuple[Node, ...]
    #: In the order of their heads, then of the operands.
    edges: tuple[Edge, ...]
    #: What the gradients differentiate, or an empty name where only the nodes know.
    of: Quantity = NO_NAME
    #: The highlighted derivative, or None.
    path: Derivative | None = None
    #: Its number.
    path_value: float | None = None
    #: The same worked out, between names; else None.
    derivation: Derivation | None = None
