"""From a graph to a worksheet: names from its labels, and the formula of each as an expression."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from micrograd_like.engine import Constant, Value, topological_order
from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Call, Expr, Name, Number, nodes
from micrograd_like.graph import constant
from micrograd_like.notation import normal_name, plain
from micrograd_like.ops import OPS
from micrograd_like.worksheet.grammar.rules import MAX_OPERATIONS
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.reader import Reading
from micrograd_like.worksheet.records import Part, Place, Statement
from micrograd_like.worksheet.tokens.characters import MAX_BYTES, MAX_LINES
from micrograd_like.worksheet.tokens.lexer import is_name
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: A formula written for a graph has about so many operations before parts of it get names.
_INLINE = 12


def reading_of(output: Value) -> Reading:
    """The statements of a graph, as if they had been read.

    Raises:
        WorksheetError: The graph is beyond the bounds of a worksheet.
    """
    statements, size = [], 0
    for line, (name, formula) in enumerate(definitions_of(output), 1):
        if line > MAX_LINES:
            raise WorksheetError(f"from_graph: expected at most {MAX_LINES:,} names")
        if len(nodes(formula, Call)) > MAX_OPERATIONS:
            raise WorksheetError(
                f"from_graph: expected at most {MAX_OPERATIONS} operations in one formula; "
                "give parts of it names of their own"
            )
        left, right = f"{name} = ", plain(formula)
        size += len(left) + len(right) + 1
        if size > MAX_BYTES:
            raise WorksheetError(f"from_graph: expected at most {MAX_BYTES:,} characters")
        end = len(left) + len(right) + 1
        place = Place(line=line, column=len(left) + 1, end=end)
        whole = Place(line=line, column=1, end=end)
        statements.append(Statement(whole, left + right, name, (Part(formula, right, place),)))
    return Reading(statements, [], [s.source for s in statements], Names.of([]))


def definitions_of(output: Value) -> Iterator[tuple[Name, Expr]]:
    """Every name of the graph's worksheet with its formula or number, inputs before their users."""
    order = topological_order(output)
    users: dict[Value, int] = dict.fromkeys(order, 0)
    for node in order:
        for input in node.inputs:
            users[input] += 1
    names: dict[Value, Name] = {}
    taken = {_usable(node.label) for node in order}
    taken -= {f"d{name}" for name in taken}  # dy/dx would read as a derivative
    fresh = {True: _fresh(_unused("vsnqr", taken), taken), False: _fresh("x", taken)}
    used: set[str] = set()
    written: dict[Value, Expr] = {}
    sizes: dict[Value, int] = {}
    for node in order:
        name = _usable(node.label)
        if isinstance(node, Constant) and not name and node is not output:
            written[node], sizes[node] = constant(node.data), 0
            continue
        operands = tuple(names[i] if i in names else written[i] for i in node.inputs)
        sizes[node] = len(node.inputs) + sum(sizes[i] for i in node.inputs if i not in names)
        if node.op:
            written[node] = OPS[node.op].written(operands)
        if name in used or name not in taken:
            name = ""
        used.add(name)
        inline = node.op and not name and users[node] == 1 and sizes[node] <= _INLINE
        if inline and node is not output:
            continue
        names[node] = Name(name or next(fresh[bool(node.op)]))
        yield names[node], written[node] if node.op else Number(node.data)


def _usable(label: str) -> str:
    """The label as a worksheet's name, or "" where it cannot be one."""
    name = normal_name(label)
    return name if is_name(name) and name not in FUNCTIONS else ""


def _unused(letters: str, taken: set[str]) -> str:
    """The first letter that no numbered name has: v1 beside v11 and v12 looks like a weight."""
    numbered = {name[0] for name in taken if name[1:].lstrip("_").isdigit()}
    return next((letter for letter in letters if letter not in numbered), letters[0])


def _fresh(letter: str, taken: set[str]) -> Iterator[str]:
    names = (f"{letter}{number}" for number in count(1))
    return (name for name in names if name not in taken and f"d{name}" not in taken)
