"""What each node of a graph is there for: decided here, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from micrograd_like.engine import Constant, Parameter, Value
from micrograd_like.formula import Quantity

#: given: a number one starts from; parameter: one that training changes; constant: a number
#: that stands in a formula; computed; output: what all others lead to.
Role = Literal["given", "parameter", "constant", "computed", "output"]
#: What the weights and biases of a sum may be.
PARAMETERS: tuple[Role, ...] = ("parameter",)


class Called(NamedTuple):
    """What a role is called.

    Attributes:
        mark: In the styles and the data of a picture, and among its colours.
        word: Beside a node, and in a legend.
        one: Counted, in words.
        many: The same in the plural.
    """

    mark: str
    word: str
    one: str
    many: str


#: Every role, in the order of a legend.
ROLES: Mapping[Role, Called] = MappingProxyType(
    {
        "given": Called("input", "input", "input", "inputs"),
        "parameter": Called("parameter", "parameter", "parameter", "parameters"),
        "computed": Called("interior", "computed", "computed node", "computed nodes"),
        "output": Called("output", "output", "output", "outputs"),
        "constant": Called("constant", "number", "number in a formula", "numbers in formulas"),
    }
)

#: Σ x·w and Σ x·w + b, as single operations.
_WEIGHTED_SUMS = ("wsum", "affine")
#: What a learning rate is called where nothing else says which given it is.
_RATES = ("alpha", "eta", "lr", "rate", "learning_rate", "epsilon", "gamma", "mu")
#: What a cost is called where nothing else says which quantity is the cost.
_COST = re.compile(r"(E|L|C|J|loss|cost|err|error|mse|sse|ce|bce|nll)(_?(tot|total|all))?", re.I)


def roles_of(
    order: Sequence[Value], output: Value, parameters: Collection[Value] = ()
) -> dict[Value, Role]:
    """The role of every node of a graph.

    Parameters are those named as such, every :class:`~micrograd_like.engine.Parameter`, the
    weights and biases of weighted sums, and what is added to a product with a parameter in it:
    b and c of b + c + w·x. What a parameter multiplies is an input, and stays one where it is
    added (x of x + w·x).

    Args:
        order: The nodes, inputs before their users.
        output: The one that all others lead to.
        parameters: Leaves that are known to be parameters.
    """
    found: dict[Value, Role] = {}
    inputs = {input for node in order for input in weighted(node)[0]}
    weights = {leaf for node in order for leaf in weighted(node)[1]}
    for node in order:
        if node.inputs:
            found[node] = "computed"
        elif isinstance(node, Parameter) or node in parameters or node in weights:
            found[node] = "parameter"
        elif isinstance(node, Constant) and node not in inputs:
            found[node] = "constant"
        else:
            found[node] = "given"
    for bias in _biases(order, found):
        found[bias] = "parameter"
    found[output] = "output"
    return found


def weighted(node: Value) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """The inputs of a weighted sum, and its weights with the bias; two times none of others."""
    if node.op not in _WEIGHTED_SUMS:
        return (), ()
    middle = len(node.inputs) // 2
    return node.inputs[:middle], node.inputs[middle:]


def _biases(order: Sequence[Value], found: dict[Value, Role]) -> set[Value]:
    """The given leaves that are terms of a sum with a product of a parameter in it."""
    products: set[Value] = set()  # and the sums that have one among their terms
    multiplied: set[Value] = set()
    for node in order:
        if node.op == "mul" and any(found[i] in PARAMETERS for i in node.inputs):
            multiplied.update(node.inputs)
            products.add(node)
        elif node.op in _WEIGHTED_SUMS:
            multiplied.update(weighted(node)[0])
            products.add(node)
        elif node.op == "add" and not products.isdisjoint(node.inputs):
            products.add(node)
    terms: set[Value] = set()
    for node in reversed(order):
        if node.op == "add" and (node in products or node in terms):
            terms.update(node.inputs)
    return {node for node in terms - multiplied if found[node] == "given"}


def named_roles(
    names: Iterable[Quantity], given: Collection[Quantity], renewed: Collection[Quantity]
) -> dict[Quantity, Role]:
    """The roles of a worksheet's names, as far as they do not hang on which of them is asked for.

    Args:
        names: All of them.
        given: Those whose formula is a number.
        renewed: Those that are a new value of another, which an update gives it.
    """
    found: dict[Quantity, Role] = {}
    for name in names:
        if name in renewed:
            found[name] = "parameter"
        else:
            found[name] = "given" if name in given else "computed"
    return found


def learned(
    leaves: Iterable[str], renewed: Collection[str], named: Collection[str] = ()
) -> set[str]:
    """The leaves that are parameters by what a worksheet updates, or by what somebody calls them.

    One weight that is updated stands for its namesakes of other numbers: w1 for w2, w3, …

    Args:
        leaves: The names a graph starts from.
        renewed: The names that updates give a new value.
        named: Names of parameters, or the letters of several.
    """
    calls = {*named, *renewed, *map(letters, renewed)}
    return {leaf for leaf in leaves if leaf in calls or letters(leaf) in calls}


def letters(name: str) -> str:
    """The name without its number and primes: w for w12'."""
    return name.rstrip("'").rstrip("0123456789").rstrip("_")


def is_called_rate(name: Quantity) -> bool:
    """True for a name by which learning rates go: α, η, lr; α1 too."""
    return str(name).rstrip("'0123456789_") in _RATES


def is_called_cost(name: Quantity) -> bool:
    """True for a name by which costs go: E, L, loss; E_total too."""
    return _COST.fullmatch(str(name).rstrip("'0123456789")) is not None
