"""Marks a worksheet line by line: verdicts, causes and right workings, as records."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Derivative,
    Name,
    Number,
    Quantity,
    derivatives,
    exact_number,
    names_in,
    nodes,
    quantities,
)
from micrograd_like.graph import reached
from micrograd_like.marking.diagnosis import OF_NUMBERS
from micrograd_like.marking.explain import Line, explained, unexplained
from micrograd_like.marking.facts import Facts, Written
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.judging.inverse import of_inverse
from micrograd_like.marking.judging.judge import Judge
from micrograd_like.marking.judging.judged import Judged, Read
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.judging.local import fits, local_reading
from micrograd_like.marking.judging.older import of_older
from micrograd_like.marking.judging.own_world import follows_in_own_world, read_in_own_world
from micrograd_like.marking.named import NamedDerivatives
from micrograd_like.marking.records import (
    MOST_EXPLAINED,
    SOUND,
    VERDICTS,
    Cause,
    LineMark,
    PartMark,
    gravest,
)
from micrograd_like.marking.updating.updates import decays_in_figures
from micrograd_like.marking.world.effort import Effort, TooMuchError
from micrograd_like.notation import text
from micrograd_like.worksheet import Statement, Worksheet
from micrograd_like.worksheet.records import FOR_ALL, Part, Place, Problem

#: Operations worked out for one worksheet; by hand it takes some ten thousand.
_MOST_OPERATIONS = 8_000_000
#: The same for what is said of wrong lines, before no more causes are sought.
_MOST_EXPLAINING = 1_500_000
#: That a matrix is its transpose, in several languages.
_SYMMETRIC = (
    "symmetric",
    "symmetrisch",
    "symétrique",
    "simétric",
    "simmetric",
    "симметричн",
    "对称",
)
_BLANK = "This is not filled in yet"
#: Decimals of a right working where the learner wrote no number to take them from.
_PLACES = 4


class Marker:
    """Marks one worksheet."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        written = Written(sheet)
        self.facts = Facts(written)
        if unsure := list(unexplained(sheet, self.facts)):
            self.facts = Facts(written, unsure)
        self.learner = Learner(self.facts)
        self.judge = Judge(self.facts, self.learner)
        self.named = NamedDerivatives(self.facts)
        self._wrong: list[Place] = []  # where there are wrong lines, in their order

    def lines(self, judged: Sequence[Line] | None = None) -> Iterator[LineMark]:
        """Every statement, and every line that could not be read, in order.

        Args:
            judged: The verdicts, where they are known.
        """
        marks = self.unread()
        count, left = 0, _MOST_EXPLAINING
        for line in self.verdicts() if judged is None else judged:
            count += line.mark.verdict == "wrong"
            sought = count <= MOST_EXPLAINED and left > 0
            with Effort(_MOST_OPERATIONS) as effort:
                marks.append(explained(self.sheet, line, causes=sought))
            left -= effort.used
        return iter(sorted(marks, key=lambda mark: mark.place))

    def unread(self) -> list[LineMark]:
        """The lines that could not be read."""
        return [self._unreadable(problem) for problem in self.sheet.unreadable]

    def verdicts(self) -> list[Line]:
        """The verdicts of all statements; no cause has been sought yet."""
        with Effort(_MOST_OPERATIONS):
            return list(_folded(sorted(self._marked(), key=lambda line: line.mark.place)))

    def _marked(self) -> list[Line]:
        """The marks of the statements, each marked behind those that state what it goes on from.

        A cost may stand before what it is computed from, and a number before its working.
        """
        statements = self.sheet.statements
        working: dict[Quantity, int] = {}
        stating: dict[Quantity, list[int]] = {}
        for place, statement in enumerate(statements):
            if len(statement.parts) > 1 or statement.kind == "definition":
                working.setdefault(statement.left, place)
            stating.setdefault(statement.left, []).append(place)
        found: dict[int, Line] = {}
        for start in range(len(statements)):
            stack = [start]
            while stack:
                place = stack[-1]
                uses = {key for part in statements[place].parts for key in quantities(part.expr)}
                before = [working.get(statements[place].left, place)]
                before += [at for key in uses for at in stating.get(key, ())]
                waiting = next((at for at in before if at not in found and at not in stack), None)
                if waiting is not None:
                    stack.append(waiting)
                    continue
                stack.pop()
                if place not in found:
                    found[place] = self._mark_or_problem(statements[place])
        return [found[place] for place in range(len(statements))]

    def _unreadable(self, problem: Problem) -> LineMark:
        first = problem.first or problem.line
        rows = (problem.place._replace(line=n) for n in range(first, problem.line + 1))
        source = " ".join(self.sheet.line(row).strip() for row in rows)
        where = f"line {problem.line}, column" if first != problem.line else "column"
        said = f"{where} {problem.column}: {problem.message}"
        return LineMark(problem.place._replace(line=first), source, "unreadable", problem=said)

    def _mark_or_problem(self, statement: Statement) -> Line:
        key = statement.left
        if statement.defines == FOR_ALL:
            return _line(statement, verdict="taken", rule="definition")
        if statement.slip is not None and not statement.parts:  # there is nothing to be held
            told, cause = statement.slip.detail, Cause(statement.slip.code)
            return _line(statement, verdict="wrong", problem=told, causes=(cause,))
        try:
            problem = self._problem(statement, key)
            if not problem:
                return self._mark_as_meant(statement)
            own = read_in_own_world(self.learner, statement) if self.learner.slips else None
            if own is not None:
                return self._mark_own(statement, own)
        except TooMuchError:
            problem = "The worksheet is too large for all of it to be checked"
        return self._unjudged(statement, problem)

    def _unjudged(self, statement: Statement, problem: str) -> Line:
        """A line with nothing to hold it against, but its own figures against one another."""
        parts = [PartMark(part.source, "unchecked", part.place) for part in statement.parts]
        for place, (before, part) in enumerate(pairwise(statement.parts), 1):
            if (given := self.judge.numbers.breaks_off(before, part)) is not None:
                parts[place] = replace(parts[place], verdict="wrong")
                return _line(
                    statement,
                    verdict="wrong",
                    parts=tuple(parts),
                    causes=(Cause(OF_NUMBERS),),
                    gives=_rounded(given, part),
                )
        return _line(statement, verdict="unchecked", parts=tuple(parts), problem=problem)

    def _mark_own(self, statement: Statement, read: Read) -> Line:
        """A line that the learner's slips alone make possible."""
        parts = tuple(PartMark(p.part.source, "follows", p.part.place) for p in read.judged)
        of = read.key.of if isinstance(read.key, Derivative) else read.key
        behind = reached(of, read.facts.inputs)
        follows = tuple(sorted(behind & self.learner.slips.keys(), key=str))
        self.learner.among(read.facts).state(statement, read)
        return _line(
            statement,
            verdict="follows",
            parts=parts,
            follows=follows,
            rule=read.rule,
            places=_places(statement),
        )

    def _mark_as_meant(self, statement: Statement) -> Line:
        """A line; as a derivative, where its name says so and nothing else can be meant."""
        read, meant = self._read(statement, statement.left), self.named.of(statement)
        if meant is None:
            return self._mark(statement, read)
        if not meant.doubt:
            self.learner.state(statement, read)  # the name itself is as it is defined
            return self._mark(meant.claim, self._read(meant.claim, meant.claim.left))
        if all(part.verdict in SOUND for part in read.judged):
            judged = [replace(p, verdict="unchecked", problem=meant.doubt) for p in read.judged]
            read = replace(read, judged=judged)
        return self._mark(statement, read)

    def _mark(self, statement: Statement, read: Read) -> Line:
        verdict = gravest(part.verdict for part in read.judged)
        known: dict[str, Any] = {
            "expected": read.facts.true(read.key),
            "rule": "given" if statement.kind == "given" else read.rule,
            "places": _places(statement),
            "held": read.held,
            "gives": next(filter(None, map(_gives, read.judged)), None),
        }
        if verdict == "unchecked":
            known["problem"] = next(part.problem for part in read.judged if part.problem)
        elif verdict == "follows":
            slips = frozenset[Quantity]().union(*(part.slips for part in read.judged))
            known["follows"] = tuple(sorted(slips, key=str))
        if statement.blank and verdict != "wrong":
            verdict, known["problem"] = "unchecked", _BLANK
        parts = tuple(PartMark(p.part.source, p.verdict, p.part.place) for p in read.judged)
        line = _line(statement, verdict=verdict, parts=parts, **known)
        if verdict in ("wrong", "follows"):
            asked = verdict == "wrong" and self._is_explained(statement.place)
            line = replace(line, read=read, learner=self.learner.as_now() if asked else None)
        self.learner.state(statement, read)
        return line

    def _is_explained(self, place: Place) -> bool:
        """False for a wrong line behind so many others that its causes are not sought."""
        above = bisect_left(self._wrong, place)
        if self._wrong[above : above + 1] != [place]:  # nor is it another element of an array
            self._wrong.insert(above, place)
        return above < MOST_EXPLAINED

    def _read(self, statement: Statement, key: Quantity) -> Read:
        """The line judged, as a local derivative where it is right as that alone."""
        named = bisect_left(self._wrong, statement.place) < MOST_EXPLAINED
        judged = self.judge.parts(statement, key, named)
        wrong = any(part.verdict == "wrong" for part in judged)
        if wrong and (local := local_reading(self.facts, key)) is not None:
            locally = Judge(local.facts, self.learner.among(local.facts)).parts(
                statement, local.name
            )
            if fits(locally):
                read = local.read(locally)
                return replace(read, judged=self._in_doubt(statement, read.judged))
        if wrong and (slips := follows_in_own_world(self.learner, statement)):
            judged = [
                replace(part, verdict="follows", slips=slips) if part.verdict == "wrong" else part
                for part in judged
            ]
        return Read(self.facts, key, self._in_doubt(statement, judged), self.facts.rule(key))

    def _in_doubt(self, statement: Statement, judged: list[Judged]) -> list[Judged]:
        """The parts, none of them wrong where the premises are not clean, nor right by chance."""
        unknown = self._is_cut_off(statement.left, judged)
        if not unknown and all(part.verdict != "wrong" for part in judged):
            return judged
        doubt = (
            self.sheet.doubt(statement)
            or self._doubt_of_cost(statement)
            or self._rests_on_doubt(statement)
            or self._is_another_rule(statement)
            or self._renews(statement)
            or self._is_of_symmetric(statement)
            or of_inverse(self.facts, statement.left, judged)
        )
        problem = f"What it should be is not sure: {doubt}" if doubt else ""
        problem = problem or of_older(self.facts, self.learner, statement)
        if not problem:
            return judged
        return [
            replace(part, verdict="unchecked", problem=problem)
            if (unknown or part.verdict == "wrong")
            and not self.judge.numbers.contradicts(part.part, before)
            else part
            for before, part in zip([None, *judged], judged, strict=False)
        ]

    def _doubt_of_cost(self, statement: Statement) -> str:
        """Why the slope that an update must go along is in doubt, or ""."""
        update = self.facts.updates.get(statement.left)
        if update is None:
            return ""
        slopes = [key for part in statement.parts for key in derivatives(part.expr)]
        cuts = map(self.sheet.independent, slopes if self.sheet.assumed else ())
        if cut := next(filter(None, cuts), ""):  # the cost is known as far as that
            return cut
        below = self.sheet.rests_on(names_in(update.gradient))
        return next((why for name, why in self.sheet.doubts.items() if name in below), "")

    def _is_cut_off(self, key: Quantity, judged: list[Judged]) -> bool:
        """True for what is said of a derivative which is 0 as far as is known, but that it is 0."""
        if not isinstance(key, Derivative) or self.facts.true(key):
            return False
        if self.facts.method(key) != Number(0):
            return False
        zero = Figure.exact(0.0)
        figures = [j.figure for j in judged if j.numeric and j.figure is not None]
        return not figures or not all(figure.meets(zero) for figure in figures)

    def _rests_on_doubt(self, statement: Statement) -> str:
        """That the number, or the formula, of something in the line is in doubt, or ""."""
        named = (key for part in statement.parts for key in quantities(part.expr))
        doubted = next((key for key in named if key in self.learner.doubted), None)
        return f"the number of {text(doubted)} is in doubt" if doubted is not None else ""

    def _is_of_symmetric(self, statement: Statement) -> str:
        """That an array's line may rest on what is only said: that a matrix is its transpose."""
        said = statement.element and any(
            word in line.lower() for line in self.sheet.lines for word in _SYMMETRIC
        )
        return "a matrix is said to be symmetric, which is made no use of" if said else ""

    def _renews(self, statement: Statement) -> str:
        """That a line such as g = g/m gives a name another value, not what it is, or ""."""
        key = statement.left
        itself = any(key in quantities(part.expr) for part in statement.parts[:1])
        if not itself or isinstance(key, Derivative) or key in self.facts.updates:
            return ""
        return f"{key} stands on both sides, as if it were renewed"

    def _is_another_rule(self, statement: Statement) -> str:
        """That figures take more than a gradient step, which is stated above, or ""."""
        update = self.facts.updates.get(statement.left)
        if update is None or statement.kind != "claim":
            return ""
        figures, number = statement.parts[0].expr, self.facts.true(update.weight)
        if quantities(figures) or exact_number(figures) is not None:
            return ""
        if decays_in_figures(figures, update.weight, number):
            return f"a part of {text(update.weight)} itself is in the step, unlike above"
        rate = exact_number(update.rate)
        if rate is None or any(n.value == rate.value for n in nodes(figures, Number)):
            return ""
        return f"the rate is another one than {text(rate)}, as above"

    def _problem(self, statement: Statement, key: Quantity) -> str:
        """Why there is nothing to hold the line against, or ""."""
        given = statement.kind == "claim" and key in self.facts.truth.sources
        if given and any(key in quantities(part.expr) for part in statement.parts):
            return f"{key} has its value already; write {key}' for the new one"
        if statement.blank and not statement.parts:
            return _BLANK
        if not statement.parts:
            return statement.doubt
        if statement.kind != "claim" and key in self.facts.doubts:
            return self.facts.doubts[key]
        failure = self.sheet.failures.get(statement.place)
        if failure is not None and isinstance(key, Name) and key not in self.sheet.formulas:
            return failure.message
        if isinstance(key, Derivative):
            for name in names_in(key):
                if name in self.sheet.assumed and (
                    name == key.of or name not in self.sheet.rests_on(names_in(key.of))
                ):
                    return self.sheet.nothing_defines(name)
        try:
            self.facts.true(key)
        except KeyError as error:
            name = error.args[0]
            if self.sheet.unread(name):
                return f"{str(name)!r} stands on a line that could not be read"
            return self.sheet.nothing_defines(name)
        except DomainError as error:
            return str(error)
        return ""


def _folded(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those of an array's elements as one: the gravest."""
    for _, group in groupby(lines, key=_group()):
        together = list(group)
        worst = min(together, key=lambda line: VERDICTS.index(line.mark.verdict))
        rows = [line.mark.parts for line in together]
        if len(rows) > 1 and all(len(row) == len(worst.mark.parts) for row in rows):
            parts = tuple(
                replace(column[0], verdict=gravest(part.verdict for part in column))
                for column in zip(*rows, strict=True)
            )
            worst = replace(worst, mark=replace(worst.mark, parts=parts))
        yield worst


def _group() -> Callable[[Line], int]:
    """A key that is the same for the elements of one array: they are counted from 1."""
    count = 0

    def key(line: Line) -> int:
        nonlocal count
        count += line.statement.element < 2
        return count

    return key


def _line(statement: Statement, **known: Any) -> Line:
    mark = LineMark(
        statement.place,
        statement.source,
        left=statement.left,
        read_as=statement.read_as,
        notation=statement.notation,
        **known,
    )
    return Line(mark, statement)


def _gives(judged: Judged) -> Number | None:
    """What the figures before a number give, in as many places."""
    return None if judged.gives is None else _rounded(judged.gives, judged.part)


def _rounded(value: float, part: Part) -> Number:
    """A value in as many places as a part is written with; figures put in have none."""
    places = _PLACES if part.number is None else part.number.places
    return Number(round(value, places or 0), places)


def _places(statement: Statement) -> int:
    """The decimals of the last number that the learner wrote on the line."""
    numbers = [part.number for part in statement.parts if part.number is not None]
    places = [number.places for number in numbers if number.places is not None]
    return min(max(places[-1], 2), 15) if places else _PLACES
