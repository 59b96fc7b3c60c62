"""Value numbering: the different computations of a graph, each with a number.

Leaves become columns of the samples, parameters or constants. What follows from constants is
folded, and of common subexpressions one is kept. Loops only: a graph may be as deep as it
likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from micrograd_like.engine import Constant, Value, apply, topological_order
from micrograd_like.errors import CompileError, printable
from micrograd_like.tape.nodes import CONSTANT, INPUT, PARAMETER

#: What a computation depends on: constants alone, parameters too, the samples.
FIXED, UNIFORM, VARYING = 0, 1, 2


class ValueNumbering:
    """The computations behind some outputs, operands before their users.

    Attributes:
        ops, operands, levels, users: Of each: its operation, the numbers of its operands, what it
            depends on, and how many others read it.
        data: A constant's value, the column of an input, the place of a parameter.
        labels: By number, where somebody gave it one.
        numbers: The number of each Value.
        notes: What the user should know of the leaves.

    Raises:
        CompileError: No output depends on an input, and another leaf may have been meant.
    """

    def __init__(
        self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
    ) -> None:
        self.ops: list[str] = []
        self.operands: list[tuple[int, ...]] = []
        self.levels: list[int] = []
        self.users: list[int] = []
        self.data: list[float] = []
        self.labels: dict[int, str] = {}
        self.numbers: dict[Value, int] = {}
        self.notes: list[str] = []
        self._known: dict[Any, int] = {}
        self._place_leaves(inputs, INPUT, VARYING)
        self._place_leaves(parameters, PARAMETER, UNIFORM)
        # The graph is cut at a leaf of the tape, whatever it was computed from.
        cut = {leaf for leaf in self.numbers if leaf.inputs}
        reached = set(cut)
        for output in outputs:
            if output not in cut:
                self._number(topological_order(output, reached))
        self._check_use(outputs, inputs, parameters)

    def _place_leaves(self, leaves: Iterable[Value], op: str, level: int) -> None:
        for place, leaf in enumerate(leaves):
            number = self.numbers[leaf] = self._new(op, (), level, place)
            if leaf.label:
                self.labels[number] = leaf.label

    def _number(self, order: list[Value]) -> None:
        """Give every Value in order its number."""
        numbers, known = self.numbers, self._known
        for value in order:
            if value in numbers:
                continue
            if not value.op:
                numbers[value] = self._constant(value)
                continue
            operands = tuple([numbers[i] for i in value.inputs])
            key = (value.op, operands)
            number = known.get(key)
            if number is None:
                number = known[key] = self._computation(value.op, operands)
                if value.label:
                    self.labels[number] = value.label
            numbers[value] = number

    def _constant(self, leaf: Value) -> int:
        """A leaf that is neither an input nor a parameter; equal numbers in a formula are one."""
        key: Any = repr(leaf.data)
        if not isinstance(leaf, Constant):
            self.notes.append(_note(leaf))
            key = leaf
        if key not in self._known:
            self._known[key] = self._new(CONSTANT, (), FIXED, leaf.data)
        return self._known[key]

    def _computation(self, op: str, operands: tuple[int, ...]) -> int:
        levels, users = self.levels, self.users
        level = max([levels[o] for o in operands])
        if level == FIXED:
            folded = apply(op, *(self.data[o] for o in operands))
            return self._new(CONSTANT, (), FIXED, folded.data)
        for o in operands:
            users[o] += 1
        return self._new(op, operands, level, 0.0)

    def _new(self, op: str, operands: tuple[int, ...], level: int, data: float) -> int:
        self.ops.append(op)
        self.operands.append(operands)
        self.levels.append(level)
        self.users.append(0)
        self.data.append(data)
        return len(self.ops) - 1

    def _check_use(
        self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
    ) -> None:
        """What the outputs do not depend on is noted: its gradient is 0.

        Raises:
            CompileError: It is an input, and there are leaves that are not known, one of which
                may have been meant.
        """
        unknown = bool(self.notes)
        for kind, leaves in (("input", inputs), ("parameter", parameters)):
            for place, value in enumerate(leaves):
                if self.users[self.numbers[value]] or value in outputs:
                    continue
                name = printable(value.label) or f"{kind} {place}"
                if kind == "input" and unknown:
                    raise CompileError(
                        f"compile_graph: the output does not depend on the input {name} = "
                        f"{value.data!r}; expected the very Value that the graph was built from"
                    )
                self.notes.append(f"the output does not depend on {name}: its gradient is 0")


def _note(value: Value) -> str:
    name = printable(value.label) or "a leaf without a label"
    return (
        f"{name} = {value.data!r} is neither an input nor a parameter: it is the constant "
        f"{value.data!r}"
    )
