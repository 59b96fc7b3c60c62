"""A graph as a person reads it: between its named nodes.

On paper one writes a3 = z1·w5 + z2·w6 and ∂a3/∂w5 = z1, whatever number of elementary
operations lie between. A :class:`NamedGraph` folds the nodes without a label into the
formulas of those with one.
"""

from __future__ import annotations

from micrograd_like.engine import Constant, Value
from micrograd_like.formula import Call, Expr, Name, Number, simplify
from micrograd_like.ops import OPS
from micrograd_like.order import topological_order


class NamedGraph:
    """The named nodes that ``output`` depends on, and how each follows from the next.

    output:    the output's name
    values:    the number of every named node, as it is now, inputs before their users
    formulas:  for every named node that is computed, its formula in the names before it
    locals:    for every pair (of, wrt) of neighbours, ∂of/∂wrt as a formula
    partials:  for the same pairs, its number as the engine has it
    rules:     for the same pairs, the name of the rule

    The formulas are trees: this is for graphs of the size people work by hand.

    Errors: ValueError if the output has no label, or two nodes have the same one.
    """

    def __init__(self, output: Value) -> None:
        if not output.label:
            raise ValueError("expected an output with a label, such as E.label = 'E'")
        self.output = output.label
        self.values: dict[str, float] = {}
        self.formulas: dict[str, Expr] = {}
        self.locals: dict[tuple[str, str], Expr] = {}
        self.partials: dict[tuple[str, str], float] = {}
        self.rules: dict[tuple[str, str], str] = {}
        named = [node for node in topological_order(output) if node.label]
        for node in named:
            if node.label in self.values:
                raise ValueError(f"two nodes are named {node.label!r}; expected different names")
            self.values[node.label] = node.data
            if node.op:
                self._fold(node, set(named))

    def users(self, name: str) -> list[str]:
        """The named nodes that ``name`` acts on directly, in order of computation."""
        return [of for of, wrt in self.locals if wrt == name]

    def _fold(self, node: Value, named: set[Value]) -> None:
        """Write ``node`` and its local derivatives in terms of the named nodes before it."""
        region = topological_order(node, named - {node})
        written: dict[Value, Expr] = {}

        def operands(of: Value) -> tuple[Expr, ...]:
            return tuple(Name(i.label) if i.label else written[i] for i in of.inputs)

        for inner in region:
            written[inner] = (
                OPS[inner.op].written(operands(inner)) if inner.op else constant(inner.data)
            )
        self.formulas[node.label] = written[node]

        adjoints: dict[Value, Expr] = {node: Number(1)}
        numbers = dict.fromkeys([*region, *(i for n in region for i in n.inputs)], 0.0)
        numbers[node] = 1.0
        for inner in reversed(region):
            out = Name(inner.label) if inner.label else written[inner]
            for index, input in enumerate(inner.inputs):
                if isinstance(input, Constant):
                    continue
                partial = OPS[inner.op].partial(index, operands(inner), out)
                link: Expr = Call("mul", (adjoints[inner], partial))
                if input in adjoints:
                    link = Call("add", (adjoints[input], link))
                adjoints[input] = link
                numbers[input] += numbers[inner] * inner.partials[index]
        single = sum(not isinstance(inner, Constant) for inner in region) == 1
        rule = OPS[node.op].rule if single else "chain rule"
        for inner, derivative in adjoints.items():
            if inner.label and inner is not node:
                self.locals[node.label, inner.label] = simplify(derivative)
                self.partials[node.label, inner.label] = numbers[inner]
                self.rules[node.label, inner.label] = rule


def constant(number: float) -> Number:
    """A number of a formula; a whole one is exact, and so is written without decimals."""
    return Number(int(number) if number.is_integer() and abs(number) < 1e15 else number)
