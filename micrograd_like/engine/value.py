"""Scalar reverse-mode automatic differentiation.

A :class:`Value` holds a number and remembers how it came about: its operation, its inputs
in order, and ∂output/∂input for each of them, recorded as the operation happens.
:meth:`Value.backward` applies the chain rule from the output to every node it depends on:

    ∂L/∂input += ∂L/∂node · ∂node/∂input        for every edge, users before their inputs.

Every operation is a row of :mod:`micrograd_like.ops`; the functions here are compiled from
those rows. Graphs are walked with loops, never by recursion, so their depth is bounded by
memory alone, and no reference cycles arise: a graph is freed with its last name.

>>> x, w = Value(2.0, "x"), Value(-3.0, "w")
>>> y = x * w + x
>>> y.backward()
>>> x.grad, w.grad
(-2.0, 2.0)
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from micrograd_like.engine import composed
from micrograd_like.engine.compiled import PYTHON_OPERATORS, function_source, some_partials
from micrograd_like.engine.messages import domain_error, missing_gradient
from micrograd_like.engine.numbers import as_float, described
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.pickling import add_to, added_to, fields, reduced, restored
from micrograd_like.errors import DomainError, did_you_mean, printable
from micrograd_like.formula import ARITHMETIC
from micrograd_like.ops import FLOAT, OPS, Functions, Op

if TYPE_CHECKING:
    from micrograd_like.engine.operations import Operations
else:  # the methods become attributes of Value, compiled from the table
    Operations = object


class Value(Operations):
    """A scalar node of a computation graph.

    Numbers on either side of an operator become :class:`Constant` leaves. Every operation
    of the table that is no operator is a method: ``x.sigmoid()``, ``x.maximum(y)``; so is what
    :mod:`micrograd_like.engine.composed` makes of them: ``x.leaky_relu()``.

    A Value has no room for weak references, which would make every node of a graph larger; a
    subclass with ``__slots__ = ("__weakref__",)`` has.

    Two Values are equal only if they are the same node, and every Value is true, as any object
    is: a graph holds its nodes in sets and dictionaries. ``<`` and its like compare numbers, so
    that ``max`` and ``sorted`` work; write ``v.data == 2.0`` for the number. ``float(v)``,
    ``int(v)``, and so ``math.exp(v)``, are numbers that have left the graph; ``v.exp()`` stays
    in it.

    Attributes:
        data: The number, always a float; may be set between passes, as optimisers do, to any real
            number: NumPy's, a Fraction, a Decimal. What rests on it is old from then on: build it
            anew, or call :meth:`recompute`.
        grad: ∂(output)/∂(this node), summed over all paths; 0.0 until a backward pass.
        label: The name a person gave it, or "".
        op: The name of the operation's row in the table, "" for a leaf.
        inputs: The operation's operands, in order.
        partials: ∂(this node)/∂(input) for each input, NaN where it does not exist.

    Raises:
        TypeError: ``data`` is not a real number.
        DomainError: ``data`` is NaN or infinite.
    """

    __slots__ = ("_data", "_grad", "inputs", "label", "op", "partials")

    _data: float
    _grad: float | None
    label: str
    op: str
    inputs: tuple[Value, ...]
    partials: tuple[float, ...]

    def __init__(self, data: float, label: str = "") -> None:
        if data.__class__ is not float:
            data = as_float(data)
        if not -math.inf < data < math.inf:
            raise DomainError(f"Value{_quoted(label)}: expected a finite number, got {data}")
        if not isinstance(label, str):
            raise TypeError(f"Value: expected a string as label, got {described(label)}")
        self._data = data
        self._grad = None
        self.label = label
        self.op = ""
        self.inputs = ()
        self.partials = ()

    def _set_data(self, number: float) -> None:
        if number.__class__ is not float:
            number = as_float(number)
        if not -math.inf < number < math.inf:
            name = f" of {printable(self.label)}" if self.label else ""
            raise DomainError(f"the data{name}: expected a finite number, got {number}")
        self._data = number

    if TYPE_CHECKING:
        data: float
    else:  # reading runs in C, without a Python call
        data = property(attrgetter("_data"), _set_data, doc="The number, always a float.")

    @property
    def grad(self) -> float:
        """∂(output)/∂(this node); 0.0 when no backward pass has reached the node."""
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, gradient: float | None) -> None:
        self._grad = None if gradient is None else as_float(gradient)

    @property
    def has_grad(self) -> bool:
        """False until a backward pass reaches the node, or its gradient is set."""
        return self._grad is not None

    leaky_relu, elu, silu, gelu = composed.leaky_relu, composed.elu, composed.silu, composed.gelu
    step, sign, atan2 = composed.step, composed.sign, composed.atan2

    # As a number.

    def item(self) -> float:
        """The number, as PyTorch's tensors give it."""
        return self._data

    def __float__(self) -> float:
        return self._data

    def __int__(self) -> int:
        return int(self._data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def __format__(self, form: str) -> str:
        return format(self._data, form) if form else str(self)

    def __pos__(self) -> Value:
        return self

    def __lt__(self, other: Value | float) -> bool:
        return self._data < _number_of(other)

    def __le__(self, other: Value | float) -> bool:
        return self._data <= _number_of(other)

    def __gt__(self, other: Value | float) -> bool:
        return self._data > _number_of(other)

    def __ge__(self, other: Value | float) -> bool:
        return self._data >= _number_of(other)

    def holds(self) -> bool:
        """True if the operation gives the same value and partials from what its inputs are now."""
        if self.op not in OPS:
            return True
        try:
            twin = apply(self.op, *self.inputs)
        except DomainError:
            return False
        return twin._data == self._data and all(map(_same, twin.partials, self.partials))

    def recompute(self) -> None:
        """Compute the graph behind this node again, from what its leaves are now.

        Raises:
            DomainError: An operation is not defined there; what comes before it has new numbers.
        """
        for node in topological_order(self):
            if node.inputs:
                twin = apply(node.op, *node.inputs)
                node._data, node.partials = twin._data, twin.partials

    def detach(self) -> Value:
        """A leaf with the same number and label: nothing flows through it."""
        return Value(self._data, self.label)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The inputs, by the name that drawings made for micrograd read."""
        return self.inputs

    @property
    def _op(self) -> str:
        """The operation, by the name that drawings made for micrograd read."""
        return self.op

    def __repr__(self) -> str:
        gradient = "no gradient yet" if self._grad is None else f"grad={self._grad!r}"
        parts = [repr(self.data), gradient]
        if self.label:
            parts.insert(1, f"label={self.label!r}")
        if self.op:
            operands = ", ".join(printable(i.label) or f"{i._data:.6g}" for i in self.inputs[:6])
            more = ", …" if len(self.inputs) > 6 else ""
            parts.append(f"{self.op}({operands}{more})")
        return f"{self.__class__.__name__}({', '.join(parts)})"

    def backward(self) -> None:
        """Add ∂self/∂leaf to ``leaf.grad`` for every leaf that self depends on.

        Leaves accumulate over calls, as in PyTorch, until their gradient is set to zero;
        the gradients of all other nodes start afresh. A node whose gradient is 0 passes
        nothing on. The slopes are those with which the graph was built, as in micrograd, though
        a number in it was set since: :func:`~micrograd_like.grad` looks, and refuses such a graph.

        Raises:
            DomainError: A gradient is not finite; the message names the node.
        """
        order = topological_order(self)
        leaves = []
        for node in order:
            if node.inputs:
                node._grad = 0.0
            else:
                leaves.append(node)
                if node._grad is None:
                    node._grad = 0.0
        self._grad = self.grad + 1.0
        kind, plain, isfinite = type, Value, math.isfinite
        for node in reversed(order):
            if gradient := node._grad:
                for input, partial in zip(node.inputs, node.partials):  # noqa: B905
                    # Python specialises a line for one class: nodes and parameters have one each.
                    if kind(input) is plain:
                        input._grad += partial * gradient  # type: ignore[operator]
                    else:
                        input._grad += partial * gradient  # type: ignore[operator]
        # A gradient that is not finite reaches the leaves: inf and NaN propagate.
        for leaf in leaves:
            if not isfinite(leaf._grad) and leaf.__class__ is not Constant:  # type: ignore[arg-type]
                error = _gradient_error(order)
                for node in order:
                    node._grad = node._grad if isfinite(node.grad) else None
                raise error

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Notebooks show the node's graph."""
        from micrograd_like.writers.notebook import value_bundle

        return value_bundle(self)

    def draw_dot(self, format: str = "svg", rankdir: str = "LR", **options: Any) -> Any:
        """The node's graph as a ``graphviz.Digraph``, as micrograd's own drawings give it.

        Args:
            format: The format that the Digraph renders itself in.
            rankdir: "LR" from left to right, "TB" from top to bottom.
            options: Those of :func:`visualize.draw_dot`.
        """
        from micrograd_like.writers.notebook import value_dot

        return value_dot(self, format, rankdir, **options)

    # Copying and pickling follow the graph with loops: Python's own way is recursive.

    def __copy__(self) -> Value:
        twin = restored(*fields(self))
        add_to(twin, added_to(self))
        return twin

    def __deepcopy__(self, memo: dict[Any, Any]) -> Value:
        copied: set[Value] = memo.setdefault(__name__, set())
        order = topological_order(self, copied)
        for node in order:
            *own, inputs, partials = fields(node)
            twins = tuple(memo[id(input)] for input in inputs)
            memo[id(node)] = restored(*own, twins, partials)  # type: ignore[call-arg]
        for node in order:  # what was added may lead back to any of them
            if extras := added_to(node):
                add_to(memo[id(node)], copy.deepcopy(extras, memo))
        twin: Value = memo[id(self)]
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        return reduced(self)


class Constant(Value):
    """A number that stands in a formula, such as the 2 in ``2 * x``.

    It is a leaf like any other, but nobody asks for its gradient: where the derivative
    with respect to it does not exist ((-2) ** y at y = 3), that is no error.
    """

    __slots__ = ()


class Parameter(Value):
    """A leaf that training changes: a weight or a bias."""

    __slots__ = ()


class Symbol(Value):
    """A leaf without a number: ``data`` stands in for one, so that a graph can be built.

    What rests on it has formulas and no numbers, save where the formula needs none of it.
    """

    __slots__ = ()


def _same(a: float, b: float) -> bool:
    """True for equal numbers, and for two that do not exist."""
    return a == b or (a != a and b != b)


def _number_of(operand: Value | float) -> float:
    return operand._data if isinstance(operand, Value) else as_float(operand)


def _operand(number: object) -> Any:
    """The operand as a node, or NotImplemented, so that Python asks the other operand."""
    if isinstance(number, Value):
        return number
    try:
        return Constant(as_float(number))
    except TypeError:
        return NotImplemented


def as_value(operand: object) -> Value:
    """The node itself, or a number as a :class:`Constant`.

    Raises:
        TypeError: It is neither a Value nor a real number.
    """
    return operand if isinstance(operand, Value) else Constant(as_float(operand))


def _quoted(label: str) -> str:
    return f" {label!r}" if label else ""


def _gradient_error(order: list[Value]) -> DomainError:
    """The error for gradients that are not finite, naming where the first one arose."""
    broken = [n for n in order if not math.isfinite(n.grad) and not isinstance(n, Constant)]
    return missing_gradient(broken[-1], order)


# The operations, compiled from the table.

#: Every operation by name, over nodes; a family is passed as one sequence of nodes.
OPERATIONS: dict[str, Callable[..., Value]] = {}


def apply(op: str, *operands: Value | float) -> Value:
    """The operation of the row named ``op``, applied to nodes or numbers in order.

    Inputs that form a family are given one after the other: ``apply("affine", x1, x2, w1,
    w2, b)`` is x1·w1 + x2·w2 + b.

    Raises:
        ValueError: The name is unknown.
        TypeError: The number of operands is wrong, or one is no number.
        DomainError: The operation is not defined or not finite.
    """
    if op not in OPS:
        raise ValueError(f"no operation named {op!r}{did_you_mean(op, OPS)}")
    nodes = tuple(map(as_value, operands))
    return OPERATIONS[op](*OPS[op].bound(nodes))


#: What the compiled functions see, all of them.
COMPILED: dict[str, Any] = {
    **FLOAT,
    "Value": Value,
    "Parameter": Parameter,
    "new": object.__new__,
    "inf": math.inf,
    "operand": _operand,
    "as_value": as_value,
    "domain_error": domain_error,
    "some_partials": some_partials,
}


def _compile(row: Op) -> None:
    """Make the row's function, and set it on Value as a method or an operator."""

    def function(name: str, strict: bool) -> Callable[..., Value]:
        exec(function_source(row, name, strict), COMPILED)
        made: Callable[..., Value] = COMPILED[f"apply_{name}"]
        made.__doc__ = f"{row.value}, with the partial derivatives {', '.join(row.partials)}."
        made.__module__, made.__name__, made.__qualname__ = __name__, name, f"Value.{name}"
        return made

    OPERATIONS[row.name] = function(row.name, strict=True)
    if row.name in PYTHON_OPERATORS:
        special = PYTHON_OPERATORS[row.name]
        forward = function(f"__{special}__", strict=False)
        setattr(Value, f"__{special}__", forward)
        if len(row.inputs) == 2:
            setattr(Value, f"__r{special}__", _reflected(forward))
    elif not row.families:
        setattr(Value, row.name, OPERATIONS[row.name])


def _reflected(forward: Callable[..., Value]) -> Callable[[Value, object], Value]:
    def reflected(self: Value, other: object) -> Value:
        left = _operand(other)
        return left if left is NotImplemented else forward(left, self)

    return reflected


for _row in OPS.values():
    _compile(_row)


def _on_nodes(name: str) -> Callable[..., Any]:
    """A function of the formula language over nodes and numbers alike."""

    def function(*operands: Any) -> Any:
        if any(isinstance(operand, Value) for operand in operands):
            return OPERATIONS[name](*map(as_value, operands))
        return FLOAT[name](*operands)

    return function


#: The functions of the formula language over nodes; conditions are engine.recording's.
ON_NODES: Functions = {
    **ARITHMETIC,
    **{row.name: _on_nodes(row.name) for row in OPS.values() if row.name not in ARITHMETIC},
}
