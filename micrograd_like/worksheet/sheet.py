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

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from micrograd_like.engine import Value
from micrograd_like.errors import DomainError, WorksheetError, did_you_mean
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    derivatives,
    exact_number,
    names_in,
    nodes,
)
from micrograd_like.graph import reachable
from micrograd_like.notation import normal_name, quantity
from micrograd_like.worksheet.builder import Builder, UndefinedError, stands_in
from micrograd_like.worksheet.reader import MAX_PROPOSALS, Reading, read_source
from micrograd_like.worksheet.readers import format_of, formats, most_bytes, text_of
from micrograd_like.worksheet.records import Part, Place, Problem, Statement
from micrograd_like.worksheet.resolution.assumptions import with_assumptions
from micrograd_like.worksheet.resolution.choosing import BEHIND
from micrograd_like.worksheet.resolution.kinds import kind_of
from micrograd_like.worksheet.resolution.numbers import computed, unlike
from micrograd_like.worksheet.resolution.renaming import rename
from micrograd_like.worksheet.resolution.resolve import Resolved, resolve
from micrograd_like.worksheet.sources.code_names import key as spelled
from micrograd_like.worksheet.tokens.characters import lookalikes, lookalikes_told
from micrograd_like.worksheet.tokens.spelling import index_letters, instance

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report

#: Names told of to somebody who asks for another.
_MOST_NAMES = 30


class Worksheet:
    """A worksheet that has been read: statements, the graph, and what could not be read.

    Attributes:
        reading: What was read.
        statements: Every line that could be read.
        problems: Every line that could not, each with its place.
        names: The graph: every name's node.
        definitions: The statement that gives each name its value, that part first.
        unreadable: Those of the problems that are not of a statement.
        failures: The others, by the place of the statement whose formula could not be computed.
        lines: The text, line by line.
        told: What was decided for the whole document, in words.
        passed: What was passed over, for it claims nothing: formulas behind an "if".
        formulas: What gives each name its value, also where names without one stand in it.
        assumed: Numbers that names without one are taken to have, so that formulas compare.
        symbols: Nodes of these names and of all that rests on them, apart from ``names``.
        older: For every later version of a name the one before.
        inferred: Numbers that names take from figures in their place.
        opaque: Names whose dependence on others is not known: why.
        doubts: Names about which nothing is sure: why.
        not_understood: Names that a line gives which was read, but says nothing of them here.
    """

    def __init__(self, reading: Reading) -> None:
        if not isinstance(reading, Reading):
            raise TypeError(
                f"Worksheet: expected what was read, got {type(reading).__name__}; "
                "Worksheet.parse(text) and Worksheet.read(path) make worksheets"
            )
        self.reading = reading
        self._builder = Builder()
        self.names = self._builder.names
        self.definitions: dict[Quantity, Statement] = {}
        self.unreadable = list(reading.problems)
        self.failures: dict[Place, Problem] = {}
        self.lines, self._cells = reading.lines, reading.cells
        self.told, self.passed = reading.told, reading.passed
        self._others = reading.others
        self._elements = {n: reading.names.elements(n, s) for n, s in reading.names.arrays.items()}
        arrays = {name: own for own in self._elements.values() for name in own}
        self._array_of = {n: array for array, own in self._elements.items() for n in own}
        read = (reading.reads, reading.problems, reading.hidden, reading.sections)
        resolved = resolve(*read, arrays)
        self.older, self.inferred = {**resolved.older, **reading.older}, resolved.inferred
        self.opaque = {**resolved.opaque, **reading.opaque}
        self.doubts = {**resolved.doubts, **reading.doubts}
        for array, why in [*self.doubts.items()]:
            self.doubts.update(dict.fromkeys(self._elements.get(array, ()), why))
        self._defined = {name for name in resolved.definers if not stands_in(name)}
        made = [
            read if builds < 0 else _building(read, builds, self.older)
            for read, builds in zip(resolved.reads, resolved.builds, strict=True)
        ]
        self.statements = [
            statement
            for statement, read in zip(made, resolved.reads, strict=True)
            if read.defines not in BEHIND
        ]
        for name, formula in resolved.formulas.items():
            place = resolved.definers[name]
            self._define(name, formula, made[place] if place >= 0 else None)
        self._fail_skipped(resolved, made)
        lines = (str(s.left) for s in self.statements if not s.parts and (s.doubt or s.blank))
        self.not_understood = {n for name in lines for n in (name, *self._elements.get(name, ()))}
        self._counts = reading.names.counts
        whole = with_assumptions(resolved, self._builder, self._counts)
        self.formulas, self.assumed, self._whole = whole
        self._in_symbols = self._whole.names
        self.symbols = {n: v for n, v in self._in_symbols.items() if n not in self.names}
        self._as_read = _state(self._whole)
        self._lookalikes = lookalikes(self.assumed, self._defined)
        self.told += tuple(lookalikes_told(self._defined, self._lookalikes))
        for given, number in self.assumed.items():
            self.definitions[given] = _given(given, Number(number))
        for name, formula in self.formulas.items():
            place = resolved.definers[name]
            if place >= 0 and made[place].builds >= 0:
                self.definitions[name] = _defining(made[place], formula)
            elif name in self.inferred:
                self.definitions[name] = _given(name, self.inferred[name])
        self.problems = sorted(
            [*self.unreadable, *self.failures.values()], key=lambda problem: problem.place
        )

    @classmethod
    def parse(cls, text: str, *, format: str | None = None) -> Worksheet:
        """Read a worksheet from its text. One bad line does not keep the others from being read.

        Args:
            text: The text.
            format: ``text``, ``markdown``, ``latex``, ``python`` or ``notebook``; without one,
                the content tells.

        Raises:
            WorksheetError: The text is beyond the bounds (1 MB, 10,000 lines), or the format is
                none of these. All else stands in :attr:`problems`.
            TypeError: It is no text.
        """
        if not isinstance(text, str):
            raise TypeError(f"Worksheet.parse: expected text, got {type(text).__name__}")
        if format is not None and format not in formats():
            raise WorksheetError(f"expected a format among {', '.join(formats())}; got {format!r}")
        return cls(read_source(formats()[format or format_of(text)].source(text)))

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Worksheet:
        """Read a file: text, Markdown, LaTeX, Python or a notebook, by how its name ends.

        Where the name does not tell, the content does. Of Markdown with blocks fenced by
        ``worksheet``, only these are read.

        Raises:
            OSError: It cannot be opened.
            WorksheetError: It is no text, too large, a document without a formula, or bears a
                notebook's name and is none.
        """
        path = Path(path)
        with path.open("rb") as file:
            return cls.decode(file.read(most_bytes(path.suffix) + 1), str(path))

    @classmethod
    def decode(cls, data: bytes, name: str = "") -> Worksheet:
        """Read the bytes of a file of this name: see :meth:`read`.

        Raises:
            WorksheetError: As for a file.
        """
        suffix = Path(name).suffix
        text = text_of(data, suffix)
        chosen = formats()[format_of(text, suffix)]
        source = chosen.source(text)
        if chosen.expects and not (source.rows or source.reads or source.problems):
            raise WorksheetError(f"{name!r} has no worksheet in it: {chosen.expects}")
        return cls(read_source(source))

    @classmethod
    def from_graph(cls, output: Value) -> Worksheet:
        """The worksheet of a graph: names from its labels, fresh ones where there are none.

        Unlabelled operations that are used once are written inside their user's formula.

        Raises:
            WorksheetError: The graph is beyond the bounds of a worksheet.
            TypeError: It is no ``Value``.
        """
        if not isinstance(output, Value):
            raise TypeError(f"from_graph: expected a Value, got {type(output).__name__}")
        from micrograd_like.worksheet.from_graph import reading_of

        return cls(reading_of(output))

    def __eq__(self, other: object) -> bool:
        """True for a worksheet that says the same, wherever on its lines."""
        if not isinstance(other, Worksheet):
            return NotImplemented
        return [(s.kind, str(s)) for s in self.statements] == [
            (s.kind, str(s)) for s in other.statements
        ]

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
        """The node of a name, as people may write it.

        Raises:
            WorksheetError: It has no node; the message proposes near names.
        """
        plain_name = self._as_here(name)
        if plain_name in self.names:
            return self.names[plain_name]
        if plain_name in self.symbols:
            return self.symbols[plain_name]
        if plain_name in self._builder.broken:
            raise WorksheetError(f"{name!r} could not be computed")
        if self.unread(plain_name):
            raise WorksheetError(f"{name!r} stands on a line that could not be read")
        names = [*self.names, *self.symbols]
        near = did_you_mean(plain_name, names)
        if not near and 0 < len(names) <= _MOST_NAMES:
            near = f"; it has {', '.join(names)}"
        raise WorksheetError(f"the worksheet has no {name!r}{near}")

    def derivative(self, written: str) -> tuple[Value, Value]:
        """The nodes A and B of a derivative written ``dA/dB`` or ``∂A/∂B``.

        Where A rests on a name without a number, both are of the graph in symbols.

        Raises:
            WorksheetError: It has another form, or the worksheet does not have the names.
            TypeError: It is no text.
        """
        if not isinstance(written, str):
            raise TypeError(f"derivative: expected text such as 'dE/dw5', got {written!r}")
        asked = quantity(written)
        if not isinstance(asked, Derivative):
            raise WorksheetError(f"expected a derivative such as dE/dw5, got {written!r}")
        of, wrt = (self._as_here(str(side)) for side in (asked.of, asked.wrt))
        if of in self.symbols and wrt in self._in_symbols:
            return self._in_symbols[of], self._in_symbols[wrt]
        return self.node(str(asked.of)), self.node(str(asked.wrt))

    def derivatives(self, written: str) -> list[tuple[Value, Value]]:
        """The nodes of a derivative, or where A or B is an array those of each element.

        Raises:
            WorksheetError: It has another form, or the worksheet does not have the names.
        """
        asked = quantity(written)
        if not isinstance(asked, Derivative):
            return [self.derivative(written)]
        above, below = (
            self._elements.get(self._as_here(str(side)), [str(side)])
            for side in (asked.of, asked.wrt)
        )
        return [(self.node(of), self.node(wrt)) for of in above for wrt in below]

    def array_of(self, elements: Sequence[Quantity]) -> Quantity | None:
        """The array that has just these elements: y' of y1' and y2', ∂L/∂a of ∂L/∂a1 and ∂L/∂a2."""
        if all(isinstance(element, Name) for element in elements):
            arrays = (a for a, own in self._elements.items() if own == [*map(str, elements)])
            return next(map(Name, arrays), None)
        slopes = [element for element in elements if isinstance(element, Derivative)]
        if len(slopes) < len(elements):
            return None
        above, below = (
            side[0] if len(side) == 1 else self.array_of(side)
            for side in (
                [*dict.fromkeys(slope.of for slope in slopes)],
                [*dict.fromkeys(slope.wrt for slope in slopes)],
            )
        )
        return None if above is None or below is None else Derivative(above, below)

    def readings(self) -> list[Worksheet]:
        """The worksheet in every way in which it may be read, itself first."""
        return [self, *(Worksheet(other()) for other in self._others)]

    def _as_here(self, name: str) -> str:
        """A name as the worksheet has it: code has names of its own, such as w[0] and y_hat."""
        return name if name in self._in_symbols else normal_name(name)

    def graph_as_read(self) -> Builder | None:
        """What has built the graph of all :attr:`formulas`, names without a number at assumed ones.

        Returns:
            None where somebody has set its numbers or labels since.
        """
        return self._whole if _state(self._whole) == self._as_read else None

    def line(self, place: Place) -> str:
        """The line of the document on which something stands."""
        return self.lines[self._cells.line(place) - 1]

    def place(self, line: int) -> Place:
        """Where a line stands, by its number in :attr:`lines`, from 1."""
        return self._cells.place(Place(line=line))

    def check(self) -> Report:
        """Mark the worksheet line by line (see :mod:`micrograd_like.marking`)."""
        from micrograd_like.marking import check

        return check(self)

    def cost(self) -> Value:
        """The quantity that the worksheet differentiates most; without any, its last result.

        One with a number is taken before one in symbols.

        Raises:
            WorksheetError: The worksheet computes nothing.
        """
        lefts = [s.left for s in self.statements]
        taken = Counter(str(left.of) for left in lefts if isinstance(left, Derivative))
        for known in (self.names, self.symbols):
            if wanted := [name for name in known if name in taken]:
                # Of several differentiated equally often, the one furthest on.
                return known[max(reversed(wanted), key=lambda name: taken[name])]
        for known in (self.names, self.symbols):
            if defined := [name for name, node in known.items() if node.op]:
                return known[defined[-1]]
        raise WorksheetError("the worksheet computes nothing: expected a line like y = 2x + 1")

    def problems_in_symbols(self) -> list[Problem]:
        """The problems that remain where a name may do without a number."""
        symbolic = {
            s.place
            for s in self.statements
            if s.left in self.symbols
            and all(self._lookalikes.keys().isdisjoint(names_in(part.expr)) for part in s.parts)
        }
        gone = {place for place in self.failures if place in symbolic}
        return [problem for problem in self.problems if problem not in map(self.failures.get, gone)]

    # From statements to the graph.

    def _define(self, name: Name, formula: Expr, statement: Statement | None) -> None:
        try:
            self._builder.define(name, formula)
        except (UndefinedError, DomainError) as error:
            if statement is not None and statement.place not in self.failures:
                self.failures[statement.place] = self._failure(error, statement)

    def _fail_skipped(self, resolved: Resolved, made: Sequence[Statement]) -> None:
        """Formulas in names that nothing defines, before the one that was taken instead."""
        for place, statement in enumerate(made):
            if statement.kind != "claim" or not isinstance(statement.left, Name):
                continue
            later = resolved.definers.get(statement.left, -1) > place
            if not later or statement.place in self.failures:
                continue
            for name in names_in(statement.parts[0].expr) if statement.parts else ():
                if name in resolved.free:
                    error = UndefinedError(name)
                    self.failures[statement.place] = self._failure(error, statement)
                    break

    def _failure(self, error: Exception, statement: Statement) -> Problem:
        part = statement.parts[max(statement.builds, 0)]
        place, message = part.place, str(error)
        if isinstance(error, UndefinedError):
            name = error.name
            written = name.plain if isinstance(name, Name) else str(name)
            place = part.names.get(written, place)
            message = message or self._undefined(str(name))
        return Problem(place, message, self.line(place))

    def unread(self, name: str) -> bool:
        """True if a line that could not be read gives the name its value."""
        return any(problem.name in (name, self.whole_of(name)) for problem in self.unreadable)

    def whole_of(self, name: str) -> str:
        """The array whose element a name is; else the name."""
        return self._array_of.get(name, name)

    def rests_on(self, names: Iterable[str]) -> set[Name]:
        """The names that these rest on, themselves with them."""

        def inputs(name: Name) -> Iterable[Name]:
            return names_in(self.formulas[name]) if name in self.formulas else ()

        return {*reachable(map(Name, names), inputs)}

    def hidden_below(self, name: str) -> list[str]:
        """Why a slope of this name may leave something out: what it rests on is known in part.

        Below it stands a name that has figures alone, or that an unread line would have defined.
        """
        found = self.rests_on([self._as_here(name)])
        told = [self.opaque[below] for below in sorted(found) if below in self.opaque]
        lost = [below for below in sorted(found) if self.unread(below)]
        return told + [f"{name} stands on a line that could not be read" for name in lost]

    def doubt(self, statement: Statement) -> str:
        """Why a disagreement of the statement is no proof of a mistake, or ""."""
        if statement.doubt:
            return statement.doubt
        exprs = [statement.left, *(part.expr for part in statement.parts)]
        exprs += [] if statement.subject is None else [statement.subject]
        if self._says_again(statement):
            return f"it says again what {statement.left} is, and which values are meant is not said"
        mentioned = {name for expr in exprs for name in names_in(expr)}
        below = self.rests_on(mentioned)
        if letters := next((n for n in sorted(mentioned) if _is_one_of(n, below)), None):
            return f"which of the others {letters} is, is not said"
        for doubtful, why in (*self.doubts.items(), *self._parts_given.items()):
            if doubtful in below:
                return why
        mine = self.rests_on(names_in(exprs[0]))
        for name in (n for part in statement.parts for n in names_in(part.expr)):
            if name in self.assumed and name not in mine and name not in self._counts:
                return self.nothing_defines(name)
        if statement.subject is not None:  # log P = Σ …, where nothing says what P is
            own = {*names_in(statement.subject)} & self.assumed.keys()
            said = [{*names_in(part.expr)} for part in statement.parts]
            if own and any(own.isdisjoint(self.rests_on(names)) for names in said if names):
                return self.nothing_defines(min(own))
        for key in (q for expr in exprs for q in derivatives(expr)):
            behind = self.rests_on(names_in(key.of)) - {*names_in(key.wrt)}
            if self.unread(str(key)):
                return f"{str(key)!r} stands on a line that could not be read"
            for hidden, why in self.opaque.items():
                if hidden in behind:
                    return why
            if key.of in behind - self.rests_on(names_in(key.wrt)) and key.of in self.assumed:
                return f"{key.of} is defined nowhere"
            if any(map(self._is_in_figures, behind)) and (cut := self.independent(key)):
                return cut
        slopes = (self.formulas[name] for name in mine if name in self.formulas)
        named = (slope for slope in slopes if isinstance(slope, Derivative))  # g = dE/dθ
        return next(filter(None, map(self.independent, [statement.left, *named])), "")

    def _says_again(self, statement: Statement) -> bool:
        """True for the very formula of a name, in which some names have other values by now.

        In a program it is known which: the reader says what is expected there.
        """
        known = isinstance(statement.left, Name) and statement.left in self.formulas
        if not known or statement.slip is not None or statement.expected:
            return False
        stated = self.formulas[statement.left]  # type: ignore[index]
        again = [part.expr for part in statement.parts if part.expr != stated]
        return any(_spelled(expr) == _spelled(stated) for expr in again)

    @cached_property
    def _parts_given(self) -> dict[str, str]:
        """Givens below what is computed that may be parts of it: z = 0.5 below h = tanh(w*x).

        They have the number of such a part, and no formula has them.
        """
        below, late = False, dict[Name, Number]()
        for read in self.statements:
            below |= read.kind == "definition"
            if below and read.kind == "given" and isinstance(read.left, Name):
                number = exact_number(self.formulas.get(read.left, read.left))
                late.update({} if number is None else {read.left: number})
        for formula in self.formulas.values() if late else ():
            for name in names_in(formula):
                late.pop(name, None)
        if not late:
            return {}
        values: dict[object, float] = {Name(n): v.data for n, v in self._in_symbols.items()}
        calls = (c for f in self.formulas.values() for c in nodes(f, Call) if c is not f)
        parts = [part for c in calls if (part := computed(c, values)) is not None]
        return {
            name: f"{name} may be a part of a formula above, which comes to {number.value:g}"
            for name, number in late.items()
            if any(not unlike(number, Number(part, 12), 0.5) for part in parts)
        }

    def _is_in_figures(self, name: Name) -> bool:
        """True for what has decimal figures for its formula: what they stand for is not known."""
        formula = self.formulas.get(name)
        if formula is None or exact_number(formula) is not None or [*names_in(formula)]:
            return False
        return any(number.places is not None for number in nodes(formula, Number))

    def independent(self, key: Quantity) -> str:
        """Why a derivative that comes out as 0 may be none: what joins the two was not read."""
        if not isinstance(key, Derivative):
            return ""
        of, wrt = {*names_in(key.of)}, {*names_in(key.wrt)}
        below = self.rests_on(of)
        if not below.isdisjoint(wrt) or not self.rests_on(wrt).isdisjoint(of):
            return ""
        return f"nothing here makes {key.of} depend on {key.wrt}"

    def nothing_defines(self, name: str) -> str:
        """That a name, or the array whose element it is, is not defined."""
        shown = name if name in self._defined else self.whole_of(name)
        return f"Nothing defines {str(shown)!r} in this worksheet"

    def without_number(self, expr: Expr) -> bool:
        """True if the expression rests on names that have no number."""
        return bool(self.assumed) and not self.rests_on(names_in(expr)).isdisjoint(self.assumed)

    def _undefined(self, name: str) -> str:
        if self.unread(name):
            return f"{name!r} stands on a line that could not be read"
        if name in self._defined:  # in a circle
            return f"{name!r} could not be computed"
        proposing = len(self.unreadable) + len(self.failures) < MAX_PROPOSALS
        near = ""
        if proposing:
            others = self._defined - {name}
            near = lookalikes([name], others).get(name) or did_you_mean(name, others)
        return f"{name!r} is not defined up to here{near}"


def _building(read: Statement, builds: int, older: Mapping[Name, Name]) -> Statement:
    """The statement with the part that gives its left side a value, and its kind."""
    return replace(read, kind=kind_of(read, builds, older), builds=builds)


def _defining(statement: Statement, formula: Expr) -> Statement:
    """The statement as a definition: the part that gives the value first, as it was understood."""
    built = statement.parts[statement.builds]
    if statement.builds == 0 and built.expr is formula:
        return statement
    others = tuple(part for part in statement.parts if part is not built)
    return replace(statement, parts=(replace(built, expr=formula), *others), builds=0)


def _given(name: Name, number: Number) -> Statement:
    """A value that no line gives: taken from figures, or assumed so that formulas compare."""
    return Statement(Place(), "", name, (Part(number, "", Place()),), kind="given", builds=0)


def _spelled(expr: Expr) -> Expr:
    """The expression with each name as it is spelled, whichever of its values is meant."""
    return rename(expr, {name: Name(spelled(name)) for name in names_in(expr)})


def _is_one_of(name: Name, others: Collection[Name]) -> bool:
    """True for a name such as z_j beside z1: one of them, which is not said."""
    return any(
        instance(name, letter, number) in others
        for letter in index_letters(name)
        for number in range(1, 10)
    )


def _state(builder: Builder) -> list[tuple[str, str, float]]:
    """What a graph's nodes are called, and their numbers."""
    nodes = (*builder.names.items(), *builder.hidden.items())
    return [(name, node.label, node.data) for name, node in nodes]
