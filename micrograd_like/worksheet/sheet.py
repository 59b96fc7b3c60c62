"""Worksheets: a hand calculation as plain text, read into a graph.

A new name with a single number is *given*; a new name with an expression is *defined*, and
its first part builds the graph; everything else a line says is a *claim*. A line that
defines a primed name from the unprimed one and a derivative is an *update*.

A derivative dA/dB inside a formula is part of the graph, and can be differentiated again.

>>> sheet = Worksheet.parse('''
... x = 2
... y = 3x^2 + 1 = 13
... dy/dx = 6x = 12''')
>>> sheet.names["y"].data, [statement.kind for statement in sheet.statements]
(13.0, ['given', 'definition', 'claim'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from micrograd_like.engine import Constant, Value, topological_order
from micrograd_like.errors import DomainError, WorksheetError, did_you_mean
from micrograd_like.formula import Derivative, Expr, Name, Number, Quantity, quantities
from micrograd_like.graph import constant
from micrograd_like.notation import normal_name, plain, quantity
from micrograd_like.ops import OPS
from micrograd_like.worksheet import syntax
from micrograd_like.worksheet.builder import Builder, UndefinedError
from micrograd_like.worksheet.syntax import Part, Problem

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report

Kind = Literal["given", "definition", "update", "claim"]

#: Names told of to somebody who asks for another.
_MOST_NAMES = 30

#: A formula written for a graph has about so many operations before parts of it get names.
_INLINE = 12


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a worksheet, read and classified.

    left:   the name or derivative it is about
    parts:  what is said to equal it; the first of a definition or update builds the graph
    blank:  True where a ? stands for what is still to be filled in
    """

    kind: Kind
    left: Quantity
    parts: tuple[Part, ...]
    line: int = field(compare=False)
    column: int = field(compare=False)
    source: str = field(compare=False)
    blank: bool = False

    def __str__(self) -> str:
        text = plain(self.left)
        for part in self.parts:
            text += f" {'≈' if part.approximate else '='} {plain(part.expr)}"
        return text + " = ?" * self.blank


class Worksheet:
    """A worksheet that has been read: statements, the graph, and what could not be read.

    statements:  every line that could be read
    problems:    every line that could not, each with its place
    names:       the graph: every name's node
    unreadable:  those of the problems that are not of a statement
    failures:    the others, by the line of the statement whose formula could not be computed
    lines:       the text, line by line
    """

    def __init__(
        self, statements: list[syntax.Statement], problems: list[Problem], lines: list[str]
    ) -> None:
        self._builder = Builder()
        self.names = self._builder.names
        #: The statement that gives each name its node, in the order of the graph.
        self.definitions: dict[Quantity, Statement] = {}
        self.unreadable = list(problems)
        self.failures: dict[int, Problem] = {}
        self.lines = lines
        self.statements = [self._take(statement) for statement in statements]
        self.problems = sorted(
            [*self.unreadable, *self.failures.values()], key=lambda p: (p.line, p.column)
        )

    @classmethod
    def parse(cls, text: str, *, markdown: bool = False) -> Worksheet:
        """Read a worksheet from its text. One bad line does not keep the others from being read.

        markdown:  True reads only the fenced blocks marked ``worksheet``

        Errors: WorksheetError for a text beyond the bounds (1 MB, 10,000 lines); TypeError
        for what is no text. All else stands in :attr:`problems`.
        """
        if not isinstance(text, str):
            raise TypeError(f"Worksheet.parse: expected text, got {type(text).__name__}")
        return cls(*syntax.read_statements(text, markdown))

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Worksheet:
        """Read a worksheet from a file; of a ``.md`` file, its ``worksheet`` blocks.

        Errors: OSError if it cannot be opened, WorksheetError if it is no text or too large.
        """
        path = Path(path)
        with path.open("rb") as file:
            data = file.read(syntax.MAX_BYTES + 1)
        markdown = path.suffix.lower() in (".md", ".markdown")
        text = syntax.decode(data)
        if markdown and not any(syntax.split_lines(text, markdown)):
            raise WorksheetError(
                f"{str(path)!r} has no worksheet in it: expected a block fenced by ```worksheet"
            )
        return cls.parse(text, markdown=markdown)

    @classmethod
    def from_graph(cls, output: Value) -> Worksheet:
        """The worksheet of a graph: names from its labels, fresh ones where there are none.

        Unlabelled operations that are used once are written inside their user's formula.

        Errors: WorksheetError for a graph beyond the bounds of a worksheet.
        """
        if not isinstance(output, Value):
            raise TypeError(f"from_graph: expected a Value, got {type(output).__name__}")
        sheet = cls.parse("\n".join(_lines_of(output)))
        if sheet.problems:
            raise WorksheetError(f"from_graph: {sheet.problems[0].message}")
        return sheet

    def __eq__(self, other: object) -> bool:
        """True for a worksheet that says the same, wherever on its lines."""
        if not isinstance(other, Worksheet):
            return NotImplemented
        return self.statements == other.statements

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        """The worksheet in plain form; reading it gives the same statements again."""
        return "\n".join(map(str, self.statements)) + ("\n" if self.statements else "")

    def __repr__(self) -> str:
        counts = f"{len(self.statements)} statements, {len(self.problems)} problems"
        return f"<Worksheet: {len(self.names)} names, {counts}>"

    def _repr_html_(self) -> str:
        """Notebooks show the lines."""
        from micrograd_like.writers.notebook import worksheet_html

        return worksheet_html(self)

    def node(self, name: str) -> Value:
        """The node of a name, as people may write it. Errors: WorksheetError, with near names."""
        plain_name = normal_name(name)
        if plain_name in self.names:
            return self.names[plain_name]
        if plain_name in self._builder.broken:
            raise WorksheetError(f"{name!r} could not be computed")
        if self.unread(plain_name):
            raise WorksheetError(f"{name!r} stands on a line that could not be read")
        near = did_you_mean(plain_name, self.names)
        if not near and 0 < len(self.names) <= _MOST_NAMES:
            near = f"; it has {', '.join(self.names)}"
        raise WorksheetError(f"the worksheet has no {name!r}{near}")

    def derivative(self, written: str) -> tuple[Value, Value]:
        """The nodes A and B of a derivative written ``dA/dB`` or ``∂A/∂B``.

        Errors: WorksheetError for another form, or for names the worksheet does not have.
        """
        if not isinstance(written, str):
            raise TypeError(f"derivative: expected text such as 'dE/dw5', got {written!r}")
        asked = quantity(written)
        if not isinstance(asked, Derivative):
            raise WorksheetError(f"expected a derivative such as dE/dw5, got {written!r}")
        return self.node(str(asked.of)), self.node(str(asked.wrt))

    def check(self) -> Report:
        """Mark the worksheet line by line (see :mod:`micrograd_like.marking`)."""
        from micrograd_like.marking import check

        return check(self)

    def cost(self) -> Value:
        """The quantity that the worksheet differentiates most; without any, its last result.

        Errors: WorksheetError for a worksheet that computes nothing.
        """
        lefts = [s.left for s in self.statements]
        taken = [left.of for left in lefts if isinstance(left, Derivative)]
        wanted = [name for name in taken if name in self.names]
        defined = [name for name, node in self.names.items() if node.op]
        if not wanted and not defined:
            raise WorksheetError("the worksheet computes nothing: expected a line like y = 2x + 1")
        # Of several differentiated equally often, the one furthest on.
        order = list(self.names)
        most = (
            max(wanted, key=lambda n: (wanted.count(n), order.index(n))) if wanted else defined[-1]
        )
        return self.names[most]

    # From statements to the graph.

    def _take(self, statement: syntax.Statement) -> Statement:
        kind = self._kind(statement)
        taken = Statement(
            kind,
            statement.left,
            statement.parts,
            statement.line,
            statement.column,
            statement.source,
            statement.blank,
        )
        if kind != "claim":
            self._define(taken)
        return taken

    def _kind(self, statement: syntax.Statement) -> Kind:
        left = statement.left
        if isinstance(left, Derivative) or left.name in self.names or not statement.parts:
            return "claim"
        first = statement.parts[0]
        if first.number is not None:  # after a formula that failed, a claim about it
            return "claim" if left.name in self._builder.broken else "given"
        older = (left.name[:end] for end in range(len(left.name.rstrip("'")), len(left.name)))
        if any(name in first.names for name in older) and _has_derivative(first.expr):
            return "update"
        return "definition"

    def _define(self, statement: Statement) -> None:
        assert isinstance(statement.left, Name)
        part = statement.parts[0]
        try:
            self._builder.define(statement.left, part.expr)
        except (UndefinedError, DomainError) as error:
            place, message = (part.line, part.column), str(error)
            if isinstance(error, UndefinedError):
                place = part.names.get(str(error.name), place)
                message = message or self._undefined(error.name)
            source = self.lines[place[0] - 1]
            self.failures[statement.line] = Problem(*place, message, source)
        else:
            self.definitions[statement.left] = statement

    def unread(self, name: Quantity | str) -> bool:
        """True if a line that could not be read gives the name its value."""
        begins = (re.match(r"\s*(\w+['′’]*)\s*[=≈]", p.source) for p in self.unreadable)
        return any(match and normal_name(match[1]) == name for match in begins)

    def _undefined(self, name: Quantity) -> str:
        if self.unread(name):
            return f"{str(name)!r} stands on a line that could not be read"
        proposing = len(self.unreadable) + len(self.failures) < syntax.MAX_PROPOSALS
        near = did_you_mean(str(name), self.names) if proposing else ""
        return f"{str(name)!r} is not defined up to here{near}"


def _has_derivative(expr: Expr) -> bool:
    return any(isinstance(quantity, Derivative) for quantity in quantities(expr))


# From a graph to statements.


def _lines_of(output: Value) -> Iterator[str]:
    order = topological_order(output)
    users: dict[Value, int] = dict.fromkeys(order, 0)
    for node in order:
        for input in node.inputs:
            users[input] += 1
    names: dict[Value, Name] = {}
    taken = {_usable(node.label) for node in order}
    taken -= {f"d{name}" for name in taken}  # dy/dx would read as a derivative
    fresh = {letter: _fresh(letter, taken) for letter in "vx"}
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
        names[node] = Name(name or next(fresh["v" if node.op else "x"]))
        formula = written[node] if node.op else Number(node.data)
        yield f"{names[node]} = {plain(formula)}"


def _usable(label: str) -> str:
    """The label as a worksheet's name, or "" where it cannot be one."""
    name = normal_name(label)
    return name if syntax.is_name(name) and name not in syntax.RESERVED else ""


def _fresh(letter: str, taken: set[str]) -> Iterator[str]:
    names = (f"{letter}{number}" for number in count(1))
    return (name for name in names if name not in taken and f"d{name}" not in taken)
