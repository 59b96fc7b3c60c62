"""Updates of a weight, and what gradient descent gives for each: w' = w − rate·∂cost/∂w.

What an update must come to is worked out from the definitions, before any line is judged. The
cost is what the worksheet makes small: a quantity at the end of the forward pass that depends on
the weight. The rate is what the forward pass does not use: a given such as α, or a number. A
line is right if it is w − rate·∂cost/∂w as a function of what it is computed from, for one of
the costs, in whatever factors it is written. The factors of a line that is not decide nothing
but which rate and which cost are meant.

Only w plus or minus one rate times something is held against this. Every other rule (momentum,
weight decay, Newton's) is a definition like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from itertools import product as product_of

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    added,
    derivatives,
    exact_number,
    factors,
    nodes,
    product,
    quantities,
    rewrite,
    summed,
    terms,
    without,
)
from micrograd_like.graph import NamedGraph, is_called_rate
from micrograd_like.marking.updating.forward import Forward
from micrograd_like.marking.updating.update_lines import (
    Line,
    numbers,
    numbers_of_rate,
    numbers_within,
    taken_apart,
)
from micrograd_like.marking.world.truth import Truth
from micrograd_like.marking.world.values import value
from micrograd_like.notation import text
from micrograd_like.worksheet import Worksheet

#: Factors that a rate may be made of.
_MOST_FACTORS = 4
#: Factors so near to 1 are 1.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Update:
    """What an update must come to.

    Attributes:
        rate, gradient: Of w' = w − rate·gradient; the gradient is ∂cost/∂w, or a sum of such.
        formula: The whole.
        right: True where what is written is this.
        slope: Where it is not, what stands in the place of the gradient.
        sure: True where the line is meant as gradient descent whatever it says: a derivative stands
            in it. Otherwise it is wrong only if a slip explains it.
        beside: What stands beside the weight, and may so stand in the gradient.
    """

    weight: Quantity
    rate: Expr
    gradient: Expr
    right: bool
    sure: bool
    slope: Expr | None = None
    beside: Sequence[Quantity] = ()

    @property
    def formula(self) -> Expr:
        """The weight less rate times gradient."""
        return Call("sub", (self.weight, Call("mul", (self.rate, self.gradient))))


def expected_updates(
    sheet: Worksheet, graph: NamedGraph | None, truth: Truth
) -> tuple[dict[Quantity, Update], dict[Quantity, str], set[Quantity]]:
    """For every name that is an update, what it must come to; and why for some nothing can be said.

    With them go the names of all that take a step along a slope.

    Args:
        sheet: The worksheet.
        graph: Between its names.
        truth: Of the definitions as they are written.
    """
    forward = Forward(sheet, graph)
    found: dict[Quantity, Update] = {}
    doubts: dict[Quantity, str] = {}
    stepping: set[Quantity] = set()
    rates: dict[Name, None] = {}
    for name in sheet.definitions:
        if (line := taken_apart(forward, name)) is None:
            continue
        if line.sure:
            stepping.add(name)
        if (update := _expected(line, forward, truth, rates)) is not None:
            found[name] = update
            stepping.add(name)
            rates |= dict.fromkeys(name for _, name in line.rates)
        elif any(key.wrt == line.weight for key in line.derivatives):
            if not line.costs:
                doubts[name] = f"Nothing up to here depends on {text(line.weight)}"
            elif name in forward.renewed and (_leaves(line) or _adds_the_rate(line)):
                doubts[name] = f"It is no step from {text(line.weight)} along a gradient"
    return found, doubts, stepping


def _expected(line: Line, forward: Forward, truth: Truth, known: Collection[Name]) -> Update | None:
    """What a line must come to; None where it is another rule, or no cost is there.

    Args:
        line: The line.
        forward: The forward pass.
        truth: Of the definitions.
        known: The rates of the updates so far.
    """
    gradients = _gradients(line, forward)
    rates = _rates(line, forward, known) if gradients else []
    expr = line.statement.parts[0].expr
    beside = forward.beside(line.weight, line.statement)
    for gradient, rate in product_of(gradients, rates):
        update = Update(line.weight, rate, gradient, True, line.sure, beside=beside)
        loose = line.weight in forward.sheet.assumed or _along_a_share(line, forward)
        if loose and not line.sure:
            update = _scaled(update, expr, truth)
        if truth.holds(expr, update.formula, belong=beside):
            return update
    if not gradients or not _along_a_slope(line) or _decays(line):
        return None
    return Update(line.weight, rates[0], gradients[0], False, line.sure, _slope(line, rates[0]))


def _leaves(line: Line) -> bool:
    """True for −α·∂E/∂w and (w − α)·∂E/∂w: no term is of the weight alone, decayed or not."""
    return all(
        line.weight not in quantities(term) or nodes(term, Derivative)
        for _, term in terms(line.written)
    )


def _adds_the_rate(line: Line) -> bool:
    """True for w − (α + ∂E/∂w): the rate is no factor of the step."""
    return any(line.is_rate(term) for _, term in line.steps)


def _along_a_share(line: Line, forward: Forward) -> bool:
    """True for a step along what is made of a slope: v = 0.9·∂E/∂w, whose factor is the rate's."""
    formulas = forward.sheet.formulas
    for name in {key for _, step in line.steps for key in quantities(step)}:
        made = formulas.get(name) if isinstance(name, Name) else None
        if isinstance(made, Call):
            below = (formulas.get(other) for other in forward.sheet.rests_on([str(name)]))
            if any(any(derivatives(formula)) for formula in below if formula is not None):
                return True
    return False


def _scaled(update: Update, expr: Expr, truth: Truth) -> Update:
    """The update with what the rate is multiplied by, which is any factor here."""
    step = value(Call("sub", (update.weight, expr)), truth.here)
    wanted = value(Call("mul", (update.rate, update.gradient)), truth.here)
    factor = step / wanted if step and wanted else 1.0
    if factor <= 0 or abs(factor - 1) < _SAME:
        return update
    return replace(update, rate=Call("mul", (Number(factor), update.rate)))


def _gradients(line: Line, forward: Forward) -> list[Expr]:
    """∂cost/∂w for every cost, for the sum of several, and for means over what is added up."""
    single: list[Expr] = [Derivative(cost, line.weight) for cost in line.costs]
    counts = zip(single, map(forward.summands, line.costs), strict=True)
    means = [Call("div", (gradient, Number(count))) for gradient, count in counts if count > 1]
    ends = [cost for cost in line.costs if not forward.users(cost, line.statement)]
    if len(ends) < 2:
        return [*single, *means]
    whole = added(Derivative(cost, line.weight) for cost in ends)
    return [*single, whole, Call("div", (whole, Number(len(ends)))), *means]


def _rates(line: Line, forward: Forward, known: Collection[Name]) -> list[Expr]:
    """What may be the rate of the line, the likeliest first; each factor at most once."""
    if line.rates:  # a number below 1 may lessen it
        less = [(m, n) for m, n in numbers_of_rate(line) if (n.value < 1) == (m == "*")]
        own = _products(line.rates)
        return [*own, *(_times(rate, some) for rate in own for some in _products(less))]
    written = numbers(line)
    for found in (written, numbers_within(line)):
        if fractions := [pair for pair in found if isinstance(pair[1].value, float)]:
            return _products(fractions)
    given = (name for name, role in forward.roles.items() if role == "given")
    rates = dict.fromkeys([*known, *filter(is_called_rate, given)])
    outside: list[Expr] = [rate for rate in rates if rate not in line.forward]
    return outside or [*_products(written), Number(1)]


#: What a gradient may stand in: it is passed on by a factor.
_LINEAR = ("add", "sub", "mul", "div", "neg")


def _along_a_slope(line: Line) -> bool:
    """True for w plus or minus one rate times what the forward pass gives.

    Not for what a rate alone is added for, nor for a derivative below a line or in a function.
    """
    for _, step in line.steps:
        rest = [(mark, f) for mark, f in factors(step) if not line.is_rate(f)]
        names = [key for _, f in rest for key in quantities(f)]
        if not names or (line.outside | line.foreign) & {*names}:
            return False
        below = (f for mark, f in rest if mark == "/")
        calls = (c for _, f in rest for c in nodes(f, Call) if c.function not in _LINEAR)
        if any(nodes(part, Derivative) for part in (*below, *calls)):
            return False
    rates = [{f for _, f in factors(step) if line.is_rate(f)} for _, step in line.steps]
    alike = bool(rates) and all(own == rates[0] for own in rates)
    return alike and bool(rates[0] or line.sure or numbers(line))


def _decays(line: Line) -> bool:
    """True for weight decay: a part of the weight itself is added to a derivative."""
    steps = [step for _, step in line.steps]
    sums = (call for step in steps for call in nodes(step, Call) if call.function in ("add", "sub"))
    return any(
        any(nodes(term, Derivative) for term in some)
        and any({*quantities(term)} - line.outside == {line.weight} for term in some)
        for some in (steps, *([term for _, term in terms(call)] for call in sums))
    )


def decays_in_figures(figures: Expr, weight: Quantity, number: float) -> bool:
    """True for weight decay in figures: the weight's number stands by itself and in the step.

    Args:
        figures: A step written in figures.
        weight: What it renews.
        number: Of the weight.
    """
    if number in (0.0, 1.0, -1.0):
        return False

    def rule(node: Expr) -> Expr | None:
        same = isinstance(node, Number) and abs(node.value) == abs(number)
        return weight if same else None

    whole = [term for _, term in terms(rewrite(figures, rule))]
    steps = [term for term in whole if not isinstance(term, Name | Derivative)]
    inside = (call for step in steps for call in nodes(step, Call))
    sums = [[t for _, t in terms(call)] for call in inside if call.function in ("add", "sub")]
    groups: list[Sequence[Expr]] = [steps, *sums]
    found = [[bool(quantities(term)) for term in group] for group in groups]
    return len(steps) < len(whole) and any(any(own) and not all(own) for own in found)


def _slope(line: Line, rate: Expr) -> Expr:
    """What stands in the place of the gradient: the steps without the rate, once, turned."""
    found: list[Marked] = []
    for sign, step in line.steps:
        marked = factors(step)
        for pair in factors(rate):
            alike = (p for p in marked if p[0] == pair[0] and _same(p[1], pair[1]))
            if (one := next(alike, None)) is not None:
                marked = without(marked, marked.index(one))
        found.append(("-" if sign == "+" else "+", product(marked)))
    return summed(found)


def _same(factor: Expr, rate: Expr) -> bool:
    number, other = exact_number(factor), exact_number(rate)
    return factor == rate if number is None or other is None else number.value == other.value


def _times(rate: Expr, factor: Expr) -> Expr:
    return product([*factors(rate), *factors(factor)])


def _products(marked: Sequence[Marked]) -> list[Expr]:
    """The products of some of the factors, the longest first."""
    few = marked[:_MOST_FACTORS]
    sizes = range(len(few), 0, -1)
    return [product(list(some)) for size in sizes for some in combinations(few, size)]
