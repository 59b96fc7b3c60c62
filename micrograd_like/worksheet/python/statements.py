"""From a program's steps and what they mean to the statements of a worksheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import copysign

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    names,
    nodes,
    rewrite,
    terms,
)
from micrograd_like.worksheet.python.choosing import chosen_cost
from micrograd_like.worksheet.python.edits import is_one_edit_away
from micrograd_like.worksheet.python.expected import Expected, Line
from micrograd_like.worksheet.python.late import with_old_weights
from micrograd_like.worksheet.python.layers import LAYER_COST
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings, times
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.syntax import has_large_number, names_used
from micrograd_like.worksheet.records import Part, Place, Slip, Statement

#: Steps for which meanings are looked for.
_MOST_STEPS = 400


@dataclass
class Read:
    """What a program says.

    Attributes:
        reads: Its statements.
        older: For every later version of a name the one before.
        told: What was assumed, in words.
    """

    reads: list[Statement] = field(default_factory=list)
    older: dict[Name, Name] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def statements_of(recorder: Recorder) -> Read:
    """The statements of a program, each gradient as the derivative that it is or claims to be."""
    read = Read()
    finder, meanings, doubts = chosen_cost(recorder, read.told)
    finder, meanings, late = with_old_weights(finder, meanings)
    writer = _Writer(finder, meanings, doubts, recorder.guessed)
    for at in range(len(finder.steps)):
        if at in late:
            written = writer.held(at, late[at])
            read.reads += (replace(statement, step=at + 1) for statement in written)
            continue
        read.reads += (replace(statement, step=at + 1) for statement in writer.written(at))
    read.reads = [*_numbered(read.reads)]
    for at, step in enumerate(finder.steps):
        for name, old, formula in zip(step.names, step.older, step.formulas, strict=False):
            if finder.is_update(at) or ("+", old) not in terms(formula):  # a sum renews nothing
                read.older[name] = old
    return read


def _numbered(reads: list[Statement]) -> Iterator[Statement]:
    """The statements in their order, those of one place counted as its elements."""
    together = Counter(read.place for read in reads if not read.defines)
    count: Counter[Place] = Counter()
    for read in reads:
        count[read.place] += not read.defines
        several = not read.defines and together[read.place] > 1
        yield replace(read, element=count[read.place]) if several else read


class _Writer:
    """Writes the statements of one program."""

    def __init__(
        self, finder: Finder, meanings: Meanings, doubts: Mapping[Name, str], guessed: bool
    ) -> None:
        self.finder, self.meanings, self.doubts = finder, meanings, doubts
        self.guessed = guessed
        costs = [finder.steps[at] for at in meanings.cost]
        self.assumed = any(not s.place.line and s.base != LAYER_COST for s in costs)
        self._expected = Expected(finder, meanings)
        self._stands_for: dict[str, tuple[Expr, float]] = {}
        self._forward = finder.forward([*meanings.cost])

    def written(self, at: int) -> Iterator[Statement]:
        """The statements of a step, one for each element."""
        step = self.finder.steps[at]
        meaning = self.meanings.found.get(at)
        if meaning is not None:
            yield from self._derivatives(at, step, meaning)
            return
        gradient = at not in self.meanings.updates
        misshapen = self._expected.of_another_shape(at) if gradient else None
        if misshapen is not None and self._is_shaped(misshapen[1]):
            claim, line = misshapen
            said = self._statement(
                step, Derivative(claim.of[0], claim.wrt[0]), self._meant(step.formulas[0])
            )
            yield replace(said, expected=line.text, slip=line.slip)
            return
        rate = None if step.meant else self.meanings.updates.get(at)
        updates = at in self.meanings.updates and not step.meant
        if updates and rate is None and self._steps_otherwise(at):
            yield from self._as_slopes(at, step)
            return
        for place, (name, formula) in enumerate(zip(step.names, step.formulas, strict=True)):
            expr = self._meant(formula)
            doubt = ""
            if rate is None and at in self.meanings.updates:  # any positive rate will do
                expr = self._meant(formula, exactly=False)
            if rate is not None:
                expr = self._update(at, place, rate)
                doubt = "it is a step along a gradient, perhaps of a part of the cost"
            elif at in self.meanings.updates:
                doubt = self._another_rule(at, formula)
            yield self._statement(step, name, expr, doubt)

    def held(self, at: int, formulas: Sequence[Expr]) -> Iterator[Statement]:
        """The statements of a step as it should be, which is not shown, and what it is instead."""
        step, slip = self.finder.steps[at], Slip("updated-too-early")
        hidden = [*self.written(at)]
        lefts = [s.left for s in hidden] if at in self.meanings.found else [*step.names]
        if at not in self.meanings.found:
            place = step.place._replace(column=0, end=0)
            yield from (replace(s, place=place, source="", defines="implied") for s in hidden)
        for left, formula in zip(lefts, formulas, strict=True):
            said = self._statement(step, left, self._meant(formula))
            yield replace(said, held=True, slip=slip)

    def _is_shaped(self, line: Line) -> bool:
        """True where shapes that are chosen here are no excuse: a bias goes with its product."""
        axis = line.slip is not None and line.slip.code == "wrong-axis"
        return axis or not self.guessed

    def _derivatives(self, at: int, step: Step, meaning: Meaning) -> Iterator[Statement]:
        repeats = len(meaning.wrt) // len(step.names)
        own = zip(
            step.names * repeats, step.formulas * repeats, meaning.of, meaning.wrt, strict=True
        )
        agrees = meaning.agrees and not step.meant
        line = Line() if agrees else self._expected.gradient(at)
        doubt = "" if agrees else self._in_doubt(at, step, line)
        for name, formula, of, wrt in own:
            slope = Derivative(of, wrt)
            expr = times(self._meant(formula), 1 / meaning.factor)
            said = self._statement(step, slope, expr, doubt)
            yield replace(said, expected=line.text, slip=line.slip)
            if repeats == 1:
                self._stands_for[name] = (slope, meaning.factor)

    def _in_doubt(self, at: int, step: Step, line: Line) -> str:
        """Why a gradient that is not what it claims to be is no proof of a mistake."""
        if step.misfit:
            mended = bool(line.text) and names_used(line.text) <= names_used(step.source) | {"np"}
            return "" if mended or not self.guessed else f"{step.misfit}, of those chosen here"
        if step.meant and self.meanings.found[at].agrees:
            return ""
        behind = self.finder.is_behind(at, self.meanings)
        told = not has_large_number(step.source)
        sized = self.finder.is_sized(at, self.meanings.found[at])
        if self.guessed and not behind and not told and sized:
            return "the number of samples is not given"
        first = self.finder.inputs(at) <= self._forward | self.finder.starts
        settled = self._is_settled(at) or self._is_near(at)
        turned = self.finder.is_turned(at, self.meanings.found[at])
        if self.assumed and first and not turned and not settled:
            return "the cost is not written"
        return self._given_anew(step)

    def _is_near(self, at: int) -> bool:
        """True where a slip explains what is written: of another cost it would be no gradient."""
        meaning, formulas = self.meanings.found[at], self.finder.steps[at].formulas
        true = meaning.factor * self.finder.true(meaning.of, meaning.wrt)
        return is_one_edit_away(self.finder, at, formulas, true)

    def _is_settled(self, at: int) -> bool:
        """True where the gradient of some other weight is right: the assumed cost is the one."""
        moved = {n for update in self.meanings.updates for n in self.finder.steps[update].older}
        return any(
            meaning.agrees
            and moved.issuperset(meaning.wrt)
            and at not in self.finder.forward([other])
            for other, meaning in self.meanings.found.items()
        )

    def _given_anew(self, step: Step) -> str:
        """Why a gradient need not be that of the cost: it uses figures that were put in since."""
        for at in {self.finder.maker.get(n, -1) for f in step.formulas for n in names(f)}:
            base = self.finder.steps[at].base
            if at in self.finder.given and self.finder.versions_before(base, at):
                return f"{base} is given anew, and the cost is computed from the one before"
        return ""

    def _statement(
        self, step: Step, left: Name | Derivative, expr: Expr, doubt: str = ""
    ) -> Statement:
        return Statement(
            step.place,
            step.source,
            left,
            (Part(expr, step.source, step.place),),
            doubt=doubt or self.doubts.get(step.names[0], ""),
            defines="implied" if step.hidden else "",
        )

    def _meant(self, formula: Expr, exactly: bool = True) -> Expr:
        """The formula, derivatives in the place of what stands for them, with their factors."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Name):
                return None
            if self.finder.begins_sum(node):
                return Number(0)
            slope, factor = self._stands_for.get(node, (node, 1.0))
            return times(slope, factor if exactly else copysign(1.0, factor))

        return rewrite(formula, rule)

    def _update(self, at: int, place: int, rate: Expr) -> Expr:
        """An update that is right, as what it is: w − rate·∂cost/∂w, whatever the rate takes in."""
        rate = next(iter(nodes(rate, Name)), rate)
        older = self.finder.steps[at].older[place]
        cost = self.finder.cost_at(at, self.meanings)
        assert cost is not None
        return Call("sub", (older, Call("mul", (rate, Derivative(cost, older)))))

    def _steps_otherwise(self, at: int) -> bool:
        """True for an update without a gradient of its own that is none along the cost's.

        Other updates are right, or one slip away is one that is: it is no other rule.
        """
        step, cost = self.finder.steps[at], self.finder.cost_at(at, self.meanings)
        slopes = {s.wrt for f in step.formulas for s in nodes(self._meant(f), Derivative)}
        if cost is None or len(step.older) != len(step.names) or slopes & {*step.older}:
            return False
        if any(self._another_rule(at, f) for f in step.formulas):
            return False
        if any(rate is not None for rate in self.meanings.updates.values()):
            return True
        true = self.finder.true([cost] * len(step.older), step.older)
        moves = [_added(f, o) for f, o in zip(step.formulas, step.older, strict=True)]
        return not self.assumed and is_one_edit_away(self.finder, at, moves, -true)

    def _as_slopes(self, at: int, step: Step) -> Iterator[Statement]:
        """The derivatives that an update takes for the right ones, by the others' rate."""
        cost = self.finder.cost_at(at, self.meanings)
        assert cost is not None
        rates = [rate for rate in self.meanings.updates.values() if rate is not None]
        for older, formula in zip(step.older, step.formulas, strict=True):
            moved = _added(self._meant(formula), older)
            slope = Call("div", (Call("neg", (moved,)), rates[0] if rates else Number(1)))
            yield self._statement(step, Derivative(cost, older), slope)

    def _another_rule(self, at: int, formula: Expr) -> str:
        """Why an update that agrees with no gradient is no proof of a mistake."""
        older = self.finder.steps[at].older
        if sum(name in older for name in nodes(formula, Name)) != 1:
            return "this update may follow another rule"
        known = self.meanings.found.keys() | self.finder.starts
        for other in self.finder.inputs(at) - self._forward - known:
            if not self.finder.is_update(other):
                return f"what {self.finder.steps[other].base} is meant as is not told"
        return ""


def _added(formula: Expr, older: Name) -> Expr:
    """What an update adds to the value before."""
    total: Expr = Number(0)
    for sign, part in terms(formula):
        if part != older:
            total = Call("add" if sign == "+" else "sub", (total, part))
    return total
