"""From a graph of Values to nodes of a tape.

Products and sums are gathered into sums of products, wherever nobody else uses the parts; what
remains are rows of the operation table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from micrograd_like.engine import Value
from micrograd_like.errors import CompileError
from micrograd_like.formula import COMPARISONS, evaluate
from micrograd_like.ops import OPS
from micrograd_like.tape.nodes import (
    AFFINE,
    CONSTANT,
    INPUT,
    NONE,
    PARAMETER,
    PRODUCTS,
    ROW,
    Node,
    Nodes,
)
from micrograd_like.tape.rows import TAPE_ROWS
from micrograd_like.tape.value_numbering import VARYING, ValueNumbering

#: Reciprocals of constants beyond these could overflow where a division does not.
_LEAST, _MOST = 1e-30, 1e30


@dataclass(slots=True)
class Recorded:
    """The nodes, the outputs' among them, and what the user should know of the leaves."""

    nodes: Nodes
    outputs: list[int]
    notes: list[str]


@dataclass(slots=True)
class Sum:
    """A sum of products while it is put together, all factors being nodes.

    Attributes:
        x, w: Varying times uniform.
        left, right: Varying times varying.
        a, b: Uniform times uniform.
    """

    x: list[int] = field(default_factory=list)
    w: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    a: list[int] = field(default_factory=list)
    b: list[int] = field(default_factory=list)

    def absorb(self, other: Sum) -> None:
        """Add the other's terms; the longer list is kept, so a chain costs what it is long."""
        for name in ("x", "left", "a"):
            ours = getattr(self, name)
            if len(ours) < len(getattr(other, name)):
                twin = _FACTOR_OF[name]
                longer, longer_twin = getattr(other, name), getattr(other, twin)
                longer += ours
                longer_twin += getattr(self, twin)
                setattr(self, name, longer)
                setattr(self, twin, longer_twin)
            elif getattr(other, name):
                ours += getattr(other, name)
                twin = _FACTOR_OF[name]
                getattr(self, twin).extend(getattr(other, twin))

    def products(self) -> int:
        """How many products it has."""
        return len(self.x) + len(self.left) + len(self.a)


_FACTOR_OF = {"x": "w", "left": "right", "a": "b"}


def record(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
) -> Recorded:
    """The graph of ``outputs`` as nodes.

    Raises:
        CompileError: The output does not depend on an input.
    """
    return _Lowering(ValueNumbering(outputs, inputs, parameters)).recorded(outputs)


class _Lowering:
    """Turns the numbered computations into nodes, in order.

    Attributes:
        forms: For each computation its node, or a Sum that its only user may take over.
    """

    def __init__(self, numbering: ValueNumbering) -> None:
        self.t = numbering
        self.nodes = Nodes()
        self.forms: list[int | Sum] = []
        self.one = self.nodes.constant(1.0)
        self.minus_one = self.nodes.constant(-1.0)
        self.kept: set[int] = set()

    def recorded(self, outputs: Sequence[Value]) -> Recorded:
        t = self.t
        wanted = [t.numbers[o] for o in outputs]
        self.kept = set(wanted)
        handlers = self._handlers()
        nodes, forms = self.nodes, self.forms
        for number, op in enumerate(t.ops):
            handler = handlers.get(op)
            if handler is not None:
                forms.append(handler(t.operands[number]))
                if t.users[number] != 1 or number in self.kept:
                    self._node(number)
            elif op == INPUT:
                forms.append(nodes.add(Node(INPUT, True, number=t.data[number])))
            elif op == PARAMETER:
                forms.append(nodes.add(Node(PARAMETER, False, number=t.data[number])))
            elif op == CONSTANT:
                forms.append(nodes.constant(t.data[number]))
            else:
                forms.append(self._row(op, t.operands[number]))
            if number in t.labels and isinstance(made := forms[number], int):
                nodes.origin[made] = (op, t.labels[number])
        return Recorded(nodes, [self._node(number) for number in wanted], t.notes)

    def _node(self, number: int) -> int:
        """The node of a computation."""
        form = self.forms[number]
        if isinstance(form, int):
            return form
        node = self._made(form)
        self.forms[number] = node
        label = self.t.labels.get(number, "")
        if node not in self.nodes.origin:
            self.nodes.origin[node] = (self.t.ops[number], label)
        return node

    def _made(self, s: Sum) -> int:
        """A Sum as one node, or two where it has both kinds of products that vary."""
        nodes = self.nodes
        start = self._uniform(s) if s.a else NONE
        if not s.x and not s.left:
            return start
        if s.x or (start != NONE):
            if len(s.x) == 1 and s.w[0] == self.one and start == NONE and not s.left:
                return s.x[0]
            start = nodes.add(Node(AFFINE, True, start, s.x, s.w))
        if s.left:
            start = nodes.add(Node(PRODUCTS, True, start, s.left, s.right))
        return start

    def _uniform(self, s: Sum) -> int:
        """The part of a Sum that is the same for all samples, as one node."""
        if len(s.a) == 1 and self.one in (s.a[0], s.b[0]):
            return s.b[0] if s.a[0] == self.one else s.a[0]
        return self.nodes.add(Node(PRODUCTS, False, NONE, s.a, s.b))

    # Sums and products.

    def _handlers(self) -> dict[str, Callable[[tuple[int, ...]], Sum]]:
        return {
            "add": self._total,
            "sub": self._difference,
            "mul": self._product,
            "neg": lambda o: self._difference((None, o[0])),
            "total": self._total,
            "wsum": lambda o: self._weighted(o[: len(o) // 2], o[len(o) // 2 :]),
            "affine": lambda o: self._weighted(o[: len(o) // 2], o[len(o) // 2 : -1], o[-1]),
        }

    def _total(self, operands: Sequence[int]) -> Sum:
        total: Sum | None = None
        for operand in operands:
            form = self.forms[operand]
            if isinstance(form, int) or self.t.users[operand] != 1:
                if total is None:
                    total = Sum()
                self._put(total, self._node(operand), self.one)
            elif total is None:
                total = form
            else:
                total.absorb(form)
        return total or Sum()

    def _difference(self, operands: tuple[int | None, int]) -> Sum:
        first, second = operands
        total = Sum() if first is None else self._total((first,))
        form = self.forms[second]
        if isinstance(form, Sum) and form.products() == 1 and form.x:
            self._put(total, form.x[0], self._negative(form.w[0]))
        else:
            self._put(total, self._node(second), self.minus_one)
        return total

    def _negative(self, uniform: int) -> int:
        node = self.nodes[uniform]
        if node.kind == CONSTANT:
            return self.nodes.constant(-node.number)
        return self.nodes.add(Node(PRODUCTS, False, NONE, [self.minus_one], [uniform]))

    def _product(self, operands: Sequence[int]) -> Sum:
        a, b = operands
        total = Sum()
        self._put(total, self._node(a), self._node(b))
        return total

    def _weighted(self, xs: Sequence[int], ws: Sequence[int], b: int | None = None) -> Sum:
        node = self._node
        total = Sum() if b is None else self._total((b,))
        levels = self.t.levels
        if all(levels[x] == VARYING for x in xs) and all(levels[w] < VARYING for w in ws):
            total.x += [node(x) for x in xs]
            total.w += [node(w) for w in ws]
        else:
            for x, w in zip(xs, ws, strict=True):
                self._put(total, node(x), node(w))
        return total

    def _put(self, total: Sum, a: int, b: int) -> None:
        """Add the product of two nodes."""
        nodes = self.nodes
        if nodes[a].varies:
            if nodes[b].varies:
                total.left.append(a)
                total.right.append(b)
            else:
                total.x.append(a)
                total.w.append(b)
        elif nodes[b].varies:
            total.x.append(b)
            total.w.append(a)
        else:
            total.a.append(a)
            total.b.append(b)

    # Everything else.

    def _row(self, op: str, operands: tuple[int, ...]) -> int | Sum:
        if op not in TAPE_ROWS:
            return self._written_out(op, operands)
        made = self._as_product(op, operands)
        if made is None:
            made = self._emit(op, [self._node(o) for o in operands])
        self.nodes.origin.setdefault(made, (op, ""))
        return made

    def _as_product(self, op: str, operands: tuple[int, ...]) -> int | None:
        """A square, or a division by a constant, as a product."""
        if op not in ("pow", "div"):
            return None
        base, other = map(self._node, operands)
        number = self.nodes[other]
        if number.kind != CONSTANT:
            return None
        total = Sum()
        if op == "pow" and number.number == 2:
            self._put(total, base, base)
        elif op == "div" and _LEAST < abs(number.number) < _MOST:
            self._put(total, base, self.nodes.constant(1 / number.number))
        else:
            return None
        return self._made(total)

    def _emit(self, op: str, operands: list[int]) -> int:
        nodes = self.nodes
        varies = any(nodes[o].varies for o in operands)
        if varies:
            operands = [nodes.as_varying(o) for o in operands]
        return nodes.add(Node(ROW, varies, left=operands, name=op))

    def _written_out(self, op: str, operands: tuple[int, ...]) -> int:
        """A family of inputs that is none of the sums above, operation by operation."""
        row = OPS[op]
        given = tuple(self._node(o) for o in operands)
        bound = row.bind(tuple(map(_Operand, given)))
        functions: dict[str, Any] = {name: partial(self._called, name) for name in OPS}
        functions |= {name: partial(_undecided, op) for name in COMPARISONS}
        result: _Operand = evaluate(row.computed_value, bound, functions, self._number_operand)
        return result.node

    def _number_operand(self, number: float) -> _Operand:
        return _Operand(self.nodes.constant(float(number)))

    def _called(self, op: str, *operands: _Operand) -> _Operand:
        a, *others = (o.node for o in operands)
        total = Sum()
        if op == "mul":
            self._put(total, a, others[0])
        elif op in ("add", "sub"):
            self._put(total, a, self.one)
            self._put(total, others[0], self.one if op == "add" else self.minus_one)
        elif op == "neg":
            self._put(total, a, self.minus_one)
        else:
            return _Operand(self._emit(op, [a, *others]))
        return _Operand(self._made(total))


@dataclass(frozen=True, slots=True)
class _Operand:
    """A node, while the formula of a row is computed with nodes."""

    node: int


def _undecided(op: str, *_: object) -> bool:
    raise CompileError(f"compile_graph: {op} decides by its inputs, which a tape cannot")
