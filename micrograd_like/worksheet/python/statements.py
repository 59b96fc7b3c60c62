"""From a program's steps and what they mean to the statements of a worksheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, names, nodes, rewrite
from micrograd_like.worksheet.python.costs import assumed_costs, written_costs
from micrograd_like.worksheet.python.early import with_early_costs
from micrograd_like.worksheet.python.expected import Expected, Line
from micrograd_like.worksheet.python.layers import LAYER_COST
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings, times
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.supposing import Suppositions
from micrograd_like.worksheet.records import Part, Place, Statement

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
    finder, meanings, doubts = _chosen(recorder, read.told)
    writer = _Writer(finder, meanings, doubts, recorder.guessed)
    for at in range(len(finder.steps)):
        read.reads += (replace(statement, step=at + 1) for statement in writer.written(at))
    read.reads = [*_numbered(read.reads)]
    for step in finder.steps:
        read.older.update(zip(step.names, step.older, strict=False))
    return read


def _chosen(recorder: Recorder, told: list[str]) -> tuple[Finder, Meanings, dict[Place, str]]:
    """The cost under which most lines are right, and why others would make some right too."""
    earlier = with_early_costs(recorder)
    finder = Finder(earlier)
    if len(finder.steps) > _MOST_STEPS or not finder.points:
        return finder, Meanings({}), {}
    written = [finder.as_it_is(cost) for _, cost in written_costs(finder)]
    best = max([*written, finder.as_it_is({})], key=lambda m: m.rank)
    assumed = []
    for one in assumed_costs(finder):
        other = Finder(one.recorder, finder)
        if other.points:
            assumed.append((other, other.as_it_is(one.cost), one.title))
    nothing = (finder, Meanings({}), "")
    found, most, title = max(assumed, key=lambda one: one[1].rank, default=nothing)
    enough = best.score + (2 if best.score else 1)
    if most.score < enough or (best.score and (most.wrong or not _is_unusual(finder, best))):
        costs = [m for m in written if m is not best and not best.found.keys() & m.cost.keys()]
        others = [(finder, m, _base(finder, m)) for m in costs]
        doubts = _right_otherwise(others, "")
        if earlier is not recorder:  # what stands below may only be looked at
            doubts = {**_right_otherwise(assumed, "the cost stands below; "), **doubts}
        return finder, Suppositions(finder, best.cost).meanings(), doubts
    told.append(f"assumed: the cost is {title}")
    others = [one for one in assumed if one[1] is not most]
    meanings = Suppositions(found, most.cost).meanings()
    return found, meanings, _right_otherwise(others, "the cost is not written; ")


def _is_unusual(finder: Finder, meanings: Meanings) -> bool:
    """True for a cost that is rather looked at than differentiated: a mean of moduli, say."""
    formulas = (finder.steps[at].formulas[0] for at in meanings.cost)
    functions = {call.function for formula in formulas for call in nodes(formula, Call)}
    return not meanings.cost or bool(functions & {"abs", "sqrt", "select", "maximum"})


def _base(finder: Finder, meanings: Meanings) -> str:
    return next((finder.steps[at].base for at in meanings.cost), "")


def _right_otherwise(
    others: Sequence[tuple[Finder, Meanings, str]], reason: str
) -> dict[Place, str]:
    """The places of what is right under one of several other costs."""
    found: dict[Place, str] = {}
    for finder, meanings, title in others:
        right = [at for at, meaning in meanings.found.items() if meaning.agrees]
        right += [at for at, rate in meanings.updates.items() if rate is not None]
        for at in right:
            found.setdefault(finder.steps[at].place, f"{reason}it is right for {title}")
    return found


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
        self, finder: Finder, meanings: Meanings, doubts: Mapping[Place, str], guessed: bool
    ) -> None:
        self.finder, self.meanings, self.doubts = finder, meanings, doubts
        self.guessed = guessed
        costs = [finder.steps[at] for at in meanings.cost]
        self.assumed = any(not s.place.line and s.base != LAYER_COST for s in costs)
        self._expected = Expected(finder, meanings)
        self._stands_for: dict[str, Expr] = {}
        self._forward = finder.forward([*meanings.cost])

    def written(self, at: int) -> Iterator[Statement]:
        """The statements of a step, one for each element."""
        step = self.finder.steps[at]
        meaning = self.meanings.found.get(at)
        if meaning is not None:
            yield from self._derivatives(at, step, meaning)
            return
        sure = at not in self.meanings.updates and not self.guessed
        misshapen = self._expected.of_another_shape(at) if sure else None
        if misshapen is not None:
            claim, line = misshapen
            said = self._statement(
                step, Derivative(claim.of[0], claim.wrt[0]), self._meant(step.formulas[0])
            )
            yield replace(said, expected=line.text, slip=line.slip)
            return
        rate = self.meanings.updates.get(at)
        for place, (name, formula) in enumerate(zip(step.names, step.formulas, strict=True)):
            expr = self._meant(formula)
            doubt = ""
            if rate is not None:
                expr = self._update(at, place, rate)
                doubt = "it is a step along a gradient, perhaps of a part of the cost"
            elif at in self.meanings.updates:
                doubt = self._another_rule(at, formula)
            yield self._statement(step, name, expr, doubt)

    def _derivatives(self, at: int, step: Step, meaning: Meaning) -> Iterator[Statement]:
        repeats = len(meaning.wrt) // len(step.names)
        own = zip(
            step.names * repeats, step.formulas * repeats, meaning.of, meaning.wrt, strict=True
        )
        line = Line() if meaning.agrees else self._expected.gradient(at)
        doubt = "" if meaning.agrees else self._in_doubt(at, step)
        for name, formula, of, wrt in own:
            slope = Derivative(of, wrt)
            expr = times(self._meant(formula), 1 / meaning.factor)
            said = self._statement(step, slope, expr, doubt)
            yield replace(said, expected=line.text, slip=line.slip)
            if repeats == 1:
                self._stands_for[name] = times(slope, meaning.factor)

    def _in_doubt(self, at: int, step: Step) -> str:
        """Why a gradient that is not what it claims to be is no proof of a mistake."""
        behind = self.finder.is_behind(at, self.meanings)
        if self.guessed and not behind and self.finder.is_sized(at, self.meanings.found[at]):
            return "the number of samples is not given"
        if self.assumed and self.finder.inputs(at) <= self._forward | self.finder.starts:
            return "the cost is not written"
        return self._given_anew(step)

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
            doubt=doubt or self.doubts.get(step.place, ""),
            defines="implied" if step.hidden else "",
        )

    def _meant(self, formula: Expr) -> Expr:
        """The formula, derivatives in the place of what stands for them."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Name):
                return None
            return Number(0) if self.finder.begins_sum(node) else self._stands_for.get(node)

        return rewrite(formula, rule)

    def _update(self, at: int, place: int, rate: Expr) -> Expr:
        """An update that is right, as what it is: w − rate·∂cost/∂w."""
        older = self.finder.steps[at].older[place]
        cost = self.finder.cost_at(at, self.meanings)
        assert cost is not None
        return Call("sub", (older, Call("mul", (rate, Derivative(cost, older)))))

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
