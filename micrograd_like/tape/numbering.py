"""The different computations of a graph, each with a number.

Leaves become columns of the samples, parameters or constants. What follows from constants is
computed here, and what is computed twice has one number. Loops only: a graph may be as deep as
it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.engine import Constant, Value, apply, topological_order
from micrograd_like.errors import CompileError, printable
from micrograd_like.tape.nodes import CONSTANT, INPUT, PARAMETER

#: What a computation depends on: constants alone, parameters too, the samples.
FIXED, UNIFORM, VARYING = 0, 1, 2


@dataclass(slots=True)
class Table:
    """Different computations: operation, operands, level and users of each.

    data:    a constant's value, the column of an input, the place of a parameter
    value:   the first Value that computes it
    """

    ops: list[str]
    operands: list[tuple[int, ...]]
    levels: list[int]
    users: list[int]
    data: list[float]
    labels: dict[int, str]
    numbers: dict[Value, int]
    notes: list[str]


def numbered(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
) -> Table:
    """Every different computation behind the outputs, operands before their users.

    Errors: CompileError for an input that no output depends on.
    """
    t = Table([], [], [], [], [], {}, {}, [])
    seen: dict[Any, int] = {}

    def leaf(value: Value, op: str, level: int, data: float) -> None:
        t.numbers[value] = len(t.ops)
        _append(t, op, (), level, data)
        if value.label:
            t.labels[t.numbers[value]] = value.label

    for place, value in enumerate(inputs):
        leaf(value, INPUT, VARYING, place)
    for place, value in enumerate(parameters):
        leaf(value, PARAMETER, UNIFORM, place)
    numbers, levels, users = t.numbers, t.levels, t.users
    reached: set[Value] = set()
    for output in outputs:
        for value in _order(output, reached, numbers):
            if value in numbers:
                continue
            op = value.op
            if not op:
                key: Any = repr(value.data)
                if not isinstance(value, Constant):
                    t.notes.append(_note(value))
                    key = value
                if key not in seen:
                    seen[key] = len(t.ops)
                    _append(t, CONSTANT, (), FIXED, value.data)
                numbers[value] = seen[key]
                continue
            operands = tuple([numbers[i] for i in value.inputs])
            key = (op, operands)
            number = seen.get(key)
            if number is None:
                level = max([levels[o] for o in operands])
                number = seen[key] = len(t.ops)
                if level == FIXED:
                    data = apply(op, *(t.data[o] for o in operands)).data
                    _append(t, CONSTANT, (), FIXED, data)
                else:
                    _append(t, op, operands, level, 0.0)
                    for o in operands:
                        users[o] += 1
                if value.label:
                    t.labels[number] = value.label
            numbers[value] = number
    _check_use(t, outputs, inputs, parameters)
    return t


def _check_use(
    t: Table, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
) -> None:
    """An input that nothing depends on is a mistake, a parameter merely has no gradient."""
    for kind, nodes in (("input", inputs), ("parameter", parameters)):
        for place, value in enumerate(nodes):
            if t.users[t.numbers[value]] or value in outputs:
                continue
            name = printable(value.label) or f"{kind} {place}"
            if kind == "input":
                raise CompileError(
                    f"compile_graph: the output does not depend on the input {name} = "
                    f"{value.data!r}; expected the very Value that the graph was built from"
                )
            t.notes.append(f"the output does not depend on {name}: its gradient is 0")


def _append(t: Table, op: str, operands: tuple[int, ...], level: int, data: float) -> None:
    t.ops.append(op)
    t.operands.append(operands)
    t.levels.append(level)
    t.users.append(0)
    t.data.append(data)


def _order(output: Value, reached: set[Value], leaves: dict[Value, int]) -> list[Value]:
    """The nodes behind the output in order; not what lies behind an input of the tape."""
    if output in leaves:
        return []
    if any(leaf.inputs for leaf in leaves):
        reached |= {leaf for leaf in leaves if leaf.inputs}
    return topological_order(output, reached)


def _note(value: Value) -> str:
    name = printable(value.label) or "a leaf without a label"
    return (
        f"{name} = {value.data!r} is neither an input nor a parameter: it is the constant "
        f"{value.data!r}"
    )
