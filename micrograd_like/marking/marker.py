"""Marks a worksheet line by line: verdicts, causes and right workings, as records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from micrograd_like.errors import DomainError
from micrograd_like.formula import Derivative, Expr, Name, Quantity, quantities
from micrograd_like.graph import reached
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.contrast import contrast
from micrograd_like.marking.diagnosis import causes_of, is_explained
from micrograd_like.marking.effort import Effort, TooMuchError
from micrograd_like.marking.facts import Facts, Written
from micrograd_like.marking.hand import Figure, Hand, View
from micrograd_like.marking.judge import Judge
from micrograd_like.marking.judged import Judged
from micrograd_like.marking.learner import Learner
from micrograd_like.marking.local import Read, fits, local_reading
from micrograd_like.marking.older import of_older
from micrograd_like.marking.records import SOUND, VERDICTS, Cause, LineMark, PartMark, gravest
from micrograd_like.marking.working import working
from micrograd_like.worksheet import Statement, Worksheet
from micrograd_like.worksheet.indices import names_in
from micrograd_like.worksheet.records import FOR_ALL, Problem

#: Operations worked out for one worksheet; by hand it takes some ten thousand.
_MOST_OPERATIONS = 8_000_000
#: Wrong lines of which the causes are sought.
_MOST_EXPLAINED = 40
_BLANK = "This is not filled in yet"
#: Names and derivatives that may have been taken for another.
_MOST_NAMES, _MOST_DERIVATIVES = 200, 200


class Marker:
    """Marks one worksheet."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        written = Written(sheet)
        self.facts = Facts(written)
        self._explained = 0
        if unexplained := list(self._unexplained()):
            self.facts = Facts(written, unexplained)
        self.learner = Learner(self.facts)
        self.judge = Judge(self.facts, self.learner)

    def _unexplained(self) -> Iterator[Quantity]:
        """The updates without a derivative in them that no slip makes of gradient descent.

        Whoever writes them may well mean another rule.
        """
        view = View(Hand(self.facts.truth.here, self.facts))
        for name, update in self.facts.updates.items():
            if not update.right and not update.sure:
                statement = self.sheet.definitions[name]
                claim = Claim(
                    self.facts,
                    view,
                    name,
                    update.formula,
                    formula=statement.parts[0].expr,
                    update=update,
                    sure=False,
                    **self._spoken_of(statement, self.facts, name),
                )
                if not is_explained(causes_of(claim)):
                    yield name

    def _spoken_of(self, statement: Statement, facts: Facts, key: Quantity) -> dict[str, Any]:
        """What may have been taken for something else on a line: what stands above it.

        And what it is computed from, wherever that stands.
        """
        above = [s.left for s in self.sheet.statements if s.place < statement.place]
        of = key.of if isinstance(key, Derivative) else key
        names = dict.fromkeys(
            name
            for name in [*above, *sorted(reached(of, facts.inputs), key=str)]
            if name in facts.definitions and name != key
        )
        links = [Derivative(*link) for link in facts.locals]
        derivatives = dict.fromkeys(
            quantity
            for quantity in [*above, *links]
            if isinstance(quantity, Derivative) and {quantity.of, quantity.wrt} <= names.keys()
        )
        return {
            "names": list(names)[:_MOST_NAMES],
            "others": list(derivatives)[:_MOST_DERIVATIVES],
        }

    def lines(self) -> Iterator[LineMark]:
        """Every statement, and every line that could not be read, in order."""
        marks = [self._unreadable(problem) for problem in self.sheet.unreadable]
        with Effort(_MOST_OPERATIONS):
            marks += _folded(self._marked(), self.sheet)
        return iter(sorted(marks, key=lambda mark: mark.place))

    def _marked(self) -> list[LineMark]:
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
        found: dict[int, LineMark] = {}
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
        rows = (replace(problem.place, line=n) for n in range(first, problem.line + 1))
        source = " ".join(self.sheet.line(row).strip() for row in rows)
        where = f"line {problem.line}, column" if first != problem.line else "column"
        said = f"{where} {problem.column}: {problem.message}"
        return LineMark(replace(problem.place, line=first), source, "unreadable", problem=said)

    def _mark_or_problem(self, statement: Statement) -> LineMark:
        key = statement.left
        if statement.defines == FOR_ALL:
            return _line(statement, key, verdict="taken", rule="definition")
        try:
            problem = self._problem(statement, key)
            if not problem:
                return self._mark(statement, key)
        except TooMuchError:
            problem = "The worksheet is too large for all of it to be checked"
        parts = tuple(PartMark(part.source, "unchecked", part.place) for part in statement.parts)
        return _line(statement, key, verdict="unchecked", parts=parts, problem=problem)

    def _mark(self, statement: Statement, key: Quantity) -> LineMark:
        read = self._read(statement, key)
        facts, about = read.facts, read.key
        judged = self._in_doubt(statement, read.judged)
        verdict = gravest(part.verdict for part in judged)
        places = _places(statement)
        known: dict[str, Any] = {
            "expected": facts.true(about),
            "rule": "given" if statement.kind == "given" else read.rule,
            "places": places,
            "held": read.held,
        }
        if verdict == "wrong":
            known["causes"] = self._causes(statement, read, judged)
            accidents = [part for part in judged if _by_accident(part, judged)]
            known["accident"] = bool(accidents)
            for part in accidents[:1]:
                update = None if statement.kind == "claim" else facts.updates.get(about)
                right = about if update is None else update.formula
                known["contrast"] = contrast(facts, about, part.expr, right)
            known["working"] = working(facts, about, key)
        elif verdict == "unchecked":
            known["problem"] = next(part.problem for part in judged if part.problem)
        elif verdict == "follows":
            slips = frozenset[Quantity]().union(*(part.slips for part in judged))
            known["follows"] = tuple(sorted(slips, key=str))
            known["working"] = working(facts, about, key)
        if statement.blank and verdict != "wrong":
            verdict, known["problem"] = "unchecked", _BLANK
        if read.held:
            self.learner.state_locally(key, judged)
        else:
            self.learner.state(statement, key, judged)
        parts = tuple(PartMark(part.part.source, part.verdict, part.part.place) for part in judged)
        return _line(statement, key, verdict=verdict, parts=parts, **known)

    def _read(self, statement: Statement, key: Quantity) -> Read:
        """The line judged, as a local derivative where it is right as that alone."""
        judged = self.judge.parts(statement, key)
        wrong = any(part.verdict == "wrong" for part in judged)
        if wrong and (local := local_reading(self.facts, key)) is not None:
            locally = Judge(local.facts, self.learner.among(local.facts)).parts(
                statement, local.name
            )
            if fits(locally):
                return local.read(locally)
        return Read(self.facts, key, judged, self.facts.rule(key))

    def _in_doubt(self, statement: Statement, judged: list[Judged]) -> list[Judged]:
        """The parts, none of them wrong where the premises are not clean."""
        if all(part.verdict != "wrong" for part in judged):
            return judged
        doubt = self.sheet.doubt(statement) or of_older(self.facts, self.learner, statement)
        if not doubt:
            return judged
        return [
            replace(part, verdict="unchecked", problem=f"It does not agree, but {doubt}")
            if part.verdict == "wrong" and not self._contradicts(part, before)
            else part
            for before, part in zip([None, *judged], judged, strict=False)
        ]

    def _contradicts(self, part: Judged, before: Judged | None) -> bool:
        """True for a number that is not what the figures right before it give, as they stand."""
        if before is None or part.part.number is None or before.number or not before.numeric:
            return False
        given = self.judge.as_it_stands(before.part.expr)
        if given is None:
            return False
        rounded = part.part.approximate or given.low < given.high
        return not Figure.written(part.part.number, rounded).meets(given)

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
        if failure is not None and key not in self.sheet.formulas:
            return failure.message
        if isinstance(key, Derivative):
            for name in names_in(key):
                if name in self.sheet.assumed and (
                    name == key.of or name not in self.sheet.rests_on(names_in(key.of))
                ):
                    return f"Nothing defines {str(name)!r} in this worksheet"
        try:
            self.facts.true(key)
        except KeyError as error:
            name = error.args[0]
            if self.sheet.unread(name):
                return f"{str(name)!r} stands on a line that could not be read"
            return f"Nothing defines {str(name)!r} in this worksheet"
        except DomainError as error:
            return str(error)
        return ""

    def _causes(
        self, statement: Statement, read: Read, judged: Sequence[Judged]
    ) -> tuple[Cause, ...]:
        """The causes of the first part that is wrong: a formula before figures before a number.

        None where there are too many wrong lines above.
        """
        self._explained += 1
        if self._explained > _MOST_EXPLAINED:
            return ()
        key, learner = read.key, self.learner.among(read.facts)
        wrong = sorted(
            (part for part in judged if part.verdict == "wrong"),
            key=lambda part: (part.numeric, part.number),
        )[0]
        update = None
        if statement.kind != "claim" and isinstance(key, Name):
            update = self.facts.updates.get(key)
        target: Expr = update.formula if update is not None else key
        sound = isinstance(key, Name) or any(
            part.verdict in SOUND and not part.number for part in judged
        )
        return causes_of(
            Claim(
                read.facts,
                View(learner.hand),
                key,
                target,
                formula=None if wrong.numeric else wrong.expr,
                figure=wrong.figure,
                figures=wrong.expr if wrong.numeric and not wrong.number else None,
                off=wrong.off,
                fits=Judge(read.facts, learner).fits,
                sound=sound,
                update=update,
                **self._spoken_of(statement, read.facts, read.key),
            ),
        )


def _folded(marks: Iterable[LineMark], sheet: Worksheet) -> Iterator[LineMark]:
    """The marks, those of an array's elements as one: the gravest."""
    pairs = zip(marks, sheet.statements, strict=True)
    for _, group in groupby(pairs, key=_group()):
        together = [mark for mark, _ in group]
        worst = min(together, key=lambda mark: VERDICTS.index(mark.verdict))
        if len(together) > 1 and all(len(m.parts) == len(worst.parts) for m in together):
            columns = zip(*(mark.parts for mark in together), strict=True)
            parts = tuple(
                PartMark(
                    column[0].source,
                    gravest(part.verdict for part in column),
                    column[0].place,
                )
                for column in columns
            )
            worst = replace(worst, parts=parts)
        yield worst


def _group() -> Callable[[tuple[LineMark, Statement]], int]:
    """A key that is the same for the elements of one array: they are counted from 1."""
    count = 0

    def key(pair: tuple[LineMark, Statement]) -> int:
        nonlocal count
        count += pair[1].element < 2
        return count

    return key


def _by_accident(wrong: Judged, judged: Sequence[Judged]) -> bool:
    """True for a wrong formula whose number is right, in the line or as it stands."""
    numbers = [part for part in judged if part.number]
    in_line = any(part.verdict == "right" for part in numbers)
    return wrong.verdict == "wrong" and not wrong.numeric and (wrong.accident or in_line)


def _line(statement: Statement, key: Quantity, **known: Any) -> LineMark:
    read_as = statement.read_as
    return LineMark(statement.place, statement.source, left=key, read_as=read_as, **known)


#: Decimals of a right working where the learner wrote no number to take them from.
_PLACES = 4


def _places(statement: Statement) -> int:
    """The decimals of the last number that the learner wrote on the line."""
    numbers = [part.number for part in statement.parts if part.number is not None]
    places = [number.places for number in numbers if number.places is not None]
    return min(max(places[-1], 2), 15) if places else _PLACES
