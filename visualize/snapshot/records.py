"""What a picture of a graph shows: nodes, edges, one derivative's paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from micrograd_like.formula import Derivative, Expr, Name, Quantity
from visualize.options import Detail

if TYPE_CHECKING:
    from micrograd_like.derivation import Derivation

Role = Literal["input", "parameter", "interior", "output", "constant"]
NO_NAME = Name("")


@dataclass(frozen=True, slots=True)
class Held:
    """A parameter that a neuron's box has taken in: its name, which may be empty, and number."""

    name: Quantity
    value: float


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the picture.

    key:        its name, or #3 for the third node where there is no name of its own
    name:       the quantity it is, or an empty name
    role:       input (given), parameter, interior (computed), output, or constant: a number
                that stands in a formula
    formula:    how it is computed from the nodes before it; None for leaves and neurons
    operation:  the name of the operation's row, where the node is a single one; a neuron's
                is its activation's
    value:      its number
    gradient:   ∂output/∂node, NaN where it does not exist; None where there is none yet
    layer:      the layer of the network it belongs to, from 1; 0 for none
    neuron:     the neuron of that layer, from 1; 0 for none
    on_path:    whether it lies between the highlighted derivative's two names
    bias:       of a neuron its bias, if it has one
    """

    key: str
    name: Quantity
    role: Role
    formula: Expr | None
    operation: str
    value: float
    gradient: float | None
    layer: int = 0
    neuron: int = 0
    on_path: bool = False
    bias: Held | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """``head`` is computed from ``tail``.

    local:    ∂head/∂tail, the other inputs held fixed; NaN where it does not exist; None
              from a constant, which has none
    formula:  the same as a formula, where the edge runs between names; else None
    rule:     the rule that gives the formula
    on_path:  whether the highlighted derivative has it as a factor
    weight:   into a neuron, the weight that the tail is multiplied by
    """

    tail: str
    head: str
    local: float | None
    formula: Expr | None = None
    rule: str = ""
    on_path: bool = False
    weight: Held | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A graph at one moment.

    output:      the key of the node that all others lead to
    detail:      how much of the graph a node stands for
    nodes:       inputs before their users
    edges:       in the order of their heads, then of the operands
    of:          what the gradients differentiate, or an empty name where only the nodes know
    path:        the highlighted derivative, or None
    path_value:  its number
    derivation:  the same worked out, between names; else None
    """

    output: str
    detail: Detail
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    of: Quantity = NO_NAME
    path: Derivative | None = None
    path_value: float | None = None
    derivation: Derivation | None = None
