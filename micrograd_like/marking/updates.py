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

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from itertools import product as product_of
from typing import TypeGuard

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    added,
    exact_number,
    factors,
    nodes,
    product,
    quantities,
    substitute,
    summed,
    terms,
    without,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.marking.truth import Truth
from micrograd_like.notation import text
from micrograd_like.worksheet import Statement, Worksheet

#: What a learning rate is called where no update says which given it is.
_RATES = ("alpha", "eta", "lr", "rate", "learning_rate", "epsilon", "gamma", "mu")
#: What a cost is called, where no derivative says which quantity is the cost.
_COST = re.compile(r"(E|L|C|J|loss|cost|err|error|mse|sse|ce|bce|nll)(_?(tot|total|all))?", re.I)
#: Factors that a rate may be made of; costs that are added up.
_MOST_FACTORS, _MOST_COSTS = 4, 8


@dataclass(frozen=True, slots=True)
class Update:
    """What an update must come to.

    rate, gradient:  of w' = w − rate·gradient; the gradient is ∂cost/∂w, or a sum of such
    formula:         the whole
    right:           True where what is written is this
    slope:           where it is not, what stands in the place of the gradient
    sure:            True where the line is meant as gradient descent whatever it says: a
                     derivative stands in it. Otherwise it is wrong only if a slip explains it
    """

    weight: Quantity
    rate: Expr
    gradient: Expr
    right: bool
    sure: bool
    slope: Expr | None = None

    @property
    def formula(self) -> Expr:
        """The weight less rate times gradient."""
        return Call("sub", (self.weight, Call("mul", (self.rate, self.gradient))))


def expected_updates(
    sheet: Worksheet, graph: NamedGraph | None, truth: Truth
) -> tuple[dict[Quantity, Update], dict[Quantity, str]]:
    """For every name that is an update, what it must come to; and why for some nothing can be said.

    truth:  of the definitions as they are written
    """
    rules = _Rules(sheet, graph, truth)
    found: dict[Quantity, Update] = {}
    doubts: dict[Quantity, str] = {}
    for name, statement in sheet.definitions.items():
        line = None if statement.kind == "given" else rules.line(name, statement)
        if line is None:
            continue
        if (update := rules.expected(line)) is not None:
            found[name] = update
        elif any(key.wrt == line.weight for key in line.derivatives) and not rules.costs(line):
            doubts[name] = f"Nothing up to here depends on {text(line.weight)}"
    return found, doubts


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that renews a weight, taken apart.

    written:  its formula, with the names that stand for parts of a step put in
    steps:    the terms beside the weight; none where it is no such sum
    forward:  what the costs are computed from, not going back through updates
    outside:  the names in it that have nothing to do with that
    foreign:  those that come from something else too: a velocity, a mean that is carried on
    """

    statement: Statement
    weight: Quantity
    written: Expr
    steps: tuple[Marked, ...]
    forward: frozenset[Quantity]
    outside: frozenset[Quantity] = frozenset()
    foreign: frozenset[Quantity] = frozenset()

    @property
    def derivatives(self) -> list[Derivative]:
        """The derivatives in it, each once."""
        return [leaf for leaf in quantities(self.written) if isinstance(leaf, Derivative)]

    @property
    def sure(self) -> bool:
        """True where a derivative stands in it."""
        return bool(self.derivatives)

    @property
    def rates(self) -> list[tuple[str, Name]]:
        """The factors of the steps that are rates, each once."""
        found = (pair for _, step in self.steps for pair in factors(step))
        return list(dict.fromkeys((m, f) for m, f in found if self.is_rate(f)))

    def is_rate(self, factor: Expr) -> TypeGuard[Name]:
        """True for a name that the forward pass does not use.

        Where the line has none, a slope called α may be the rate too.
        """
        names = self.outside or {name for name in self.forward if is_called_rate(name)}
        return isinstance(factor, Name) and factor in names


class _Rules:
    """What is known of the forward pass for all updates of a worksheet."""

    def __init__(self, sheet: Worksheet, graph: NamedGraph | None, truth: Truth) -> None:
        self.sheet, self.graph, self.truth = sheet, graph, truth
        #: The rates of the updates so far.
        self.known: dict[Name, None] = {}
        self.weights = {
            name
            for name, statement in sheet.definitions.items()
            if statement.kind == "given" or renewed(sheet, name)
        }

    # Lines.

    def line(self, name: Quantity, statement: Statement) -> _Line | None:
        """The line, if it renews a weight: by its name, or by a step along a derivative."""
        expr = statement.parts[0].expr
        weight = renewed(self.sheet, name) or self._stepped(expr, name)
        if weight is None or weight not in self.weights:
            return None
        written = self._opened(expr, statement, weight)
        line = _Line(statement, weight, written, _steps(written, weight), frozenset())
        line = replace(line, forward=frozenset(self._forward(line)))
        return replace(
            line, outside=frozenset(self._outside(line)), foreign=frozenset(self._foreign(line))
        )

    def _stepped(self, expr: Expr, name: Quantity) -> Quantity | None:
        """The given w of w ∓ rate·∂E/∂w, whatever the new name is; or of w ∓ rate·∂w/∂E."""
        summands = terms(expr)
        pairs = (summands, summands[::-1]) if len(summands) == 2 else ()
        for (sign, weight), (_, step) in pairs:
            if sign == "+" and isinstance(weight, Name) and weight != name:
                slopes = [f for m, f in factors(step) if isinstance(f, Derivative) and m == "*"]
                if any(weight in (slope.of, slope.wrt) for slope in slopes):
                    return weight
        return None

    def _opened(self, expr: Expr, statement: Statement, weight: Quantity) -> Expr:
        """The formula with names for parts of the step, g = ∂E/∂w, as what they stand for."""
        for _ in range(_MOST_FACTORS):
            parts: dict[str, Expr | tuple[Expr, ...]] = {
                name: formula
                for name in quantities(expr)
                if isinstance(name, Name) and (formula := self._part(name, statement, weight))
            }
            if not parts:
                break
            expr = substitute(expr, parts)
        return expr

    def _part(self, name: Quantity, statement: Statement, weight: Quantity) -> Expr | None:
        """What a name stands for that no later quantity of the forward pass is computed from."""
        defined = self.sheet.definitions.get(name)
        if defined is None or defined.kind != "definition" or name == weight:
            return None
        formula = defined.parts[0].expr
        if nodes(formula, Derivative):
            return formula
        users = [user for user in self._users(name, statement) if user != statement.left]
        own = [leaf for leaf in quantities(formula) if isinstance(leaf, Name)]
        forward = any(self._users(leaf, statement, name) for leaf in own)
        return formula if not users and forward and not _is_cost(name) else None

    # Costs.

    def _users(
        self, name: Quantity, statement: Statement, but: Quantity | None = None
    ) -> list[Quantity]:
        """What a name acts on in the forward pass, up to the update."""
        if self.graph is None:
            return []
        definitions = self.sheet.definitions
        return [
            user
            for user in self.graph.users.get(name, ())
            if user != but
            and user in definitions
            and definitions[user].place < statement.place
            and not renewed(self.sheet, user)
            and not nodes(definitions[user].parts[0].expr, Derivative)
        ]

    def _reached(self, line: _Line) -> list[Quantity]:
        """What the weight acts on in the forward pass, up to the update."""
        found: dict[Quantity, None] = {}
        stack = [line.weight]
        while stack:
            for user in self._users(stack.pop(), line.statement):
                if user not in found:
                    found[user] = None
                    stack.append(user)
        return list(found)

    def costs(self, line: _Line) -> list[Quantity]:
        """The quantities that the update may make small, the likeliest first."""
        reached = self._reached(line)
        ends = [name for name in reached if not self._users(name, line.statement)]
        asked = Counter(
            s.left.of
            for s in self.sheet.statements
            if isinstance(s.left, Derivative) and s.place < line.statement.place
        )
        main = [name for name, _ in asked.most_common(1) if name in reached]
        final = [*main, *(name for name in ends if name not in main)]
        for name in final:  # costs that are added up are costs themselves
            final += [part for part in self._summands(name, reached) if part not in final]
        named = [key.of for key in line.derivatives if key.of in final]
        like = [name for name in final if name in main or _is_cost(name)]
        rest = final if line.sure else []
        return list(dict.fromkeys([*named, *like, *rest]))[:_MOST_COSTS]

    def _summands(self, name: Quantity, reached: list[Quantity]) -> list[Quantity]:
        assert self.graph is not None
        slopes = ((part, self.graph.locals.get((name, part))) for part in reached)
        return [part for part, slope in slopes if isinstance(slope, Number)]

    def _gradients(self, line: _Line) -> list[Expr]:
        """∂cost/∂w for every cost, and for the sum and the mean of several."""
        costs = self.costs(line)
        single: list[Expr] = [Derivative(cost, line.weight) for cost in costs]
        ends = [c for c in costs if not self._users(c, line.statement)]
        if len(ends) < 2:
            return single
        whole = added(Derivative(cost, line.weight) for cost in ends)
        return [*single, whole, Call("div", (whole, Number(len(ends))))]

    def _forward(self, line: _Line) -> set[Quantity]:
        found = {line.weight, *self.costs(line)}
        stack = [*found]
        while stack:
            name = stack.pop()
            statement = self.sheet.definitions.get(name)
            if statement is None or statement.kind == "given" or renewed(self.sheet, name):
                continue
            for key in quantities(statement.parts[0].expr):
                for part in (key,) if isinstance(key, Name) else (key.of, key.wrt):
                    if part not in found:
                        found.add(part)
                        stack.append(part)
        return found

    def _outside(self, line: _Line) -> Iterator[Quantity]:
        for name in quantities(line.written):
            if isinstance(name, Name) and not self._computed_from(name) & line.forward:
                yield name

    def _foreign(self, line: _Line) -> Iterator[Quantity]:
        for name in (key for key in quantities(line.written) if isinstance(key, Name)):
            for part in self._computed_from(name):
                statement = self.sheet.definitions.get(part)
                given = statement is not None and statement.kind == "given"
                if part not in line.forward and (given or renewed(self.sheet, part)):
                    yield name

    def _computed_from(self, name: Quantity) -> set[Quantity]:
        found, stack = {name}, [name]
        while stack:
            statement = self.sheet.definitions.get(stack.pop())
            for key in quantities(statement.parts[0].expr) if statement is not None else ():
                new = {key} if isinstance(key, Name) else {key.of, key.wrt}
                stack += new - found
                found |= new
        return found

    # What is expected.

    def _rates(self, line: _Line) -> list[Expr]:
        """What may be the rate of the line, the likeliest first; each factor at most once."""
        numbers = _numbers(line)
        if line.rates:  # a number below 1 may lessen it
            less = [(m, n) for m, n in numbers if (n.value < 1) == (m == "*")]
            own = _products(line.rates)
            return [*own, *(_times(rate, some) for rate in own for some in _products(less))]
        written = [pair for pair in numbers if isinstance(pair[1].value, float)]
        if written:
            return _products(written)
        given = {name for name, s in self.sheet.definitions.items() if s.kind == "given"}
        named = [n for n in given if is_called_rate(n) and n not in line.forward]
        known = [rate for rate in self.known if rate not in line.forward]
        return [*dict.fromkeys([*known, *named])] or [*_products(numbers), Number(1)]

    def expected(self, line: _Line) -> Update | None:
        """What the line must come to; None where it is another rule, or no cost is there."""
        gradients = self._gradients(line)
        rates = self._rates(line) if gradients else []
        expr = line.statement.parts[0].expr
        for gradient, rate in product_of(gradients, rates):
            update = Update(line.weight, rate, gradient, True, line.sure)
            if self.truth.holds(expr, update.formula, [update.formula]):
                self.known |= dict.fromkeys(name for _, name in line.rates)
                return update
        if not gradients or not _along_a_slope(line):
            return None
        self.known |= dict.fromkeys(name for _, name in line.rates)
        slope = _slope(line, rates[0])
        return Update(line.weight, rates[0], gradients[0], False, line.sure, slope)


def renewed(sheet: Worksheet, name: Quantity) -> Name | None:
    """The name that this one renews: w of w' = w − …, or of w' = … − rate·∂E/∂w."""
    statement = sheet.definitions.get(name)
    if statement is None or not isinstance(name, Name):
        return None
    named = quantities(statement.parts[0].expr)
    slopes = {key.wrt for key in named if isinstance(key, Derivative)}
    return next((old for old in _older(sheet, name) if old in named or old in slopes), None)


def _older(sheet: Worksheet, name: Name) -> Iterator[Name]:
    """The names that one may renew, the newest first: w' and w for w'', w for w_new."""
    while name in sheet.older:
        name = Name(sheet.older[name])
        yield name
    shorter = [name[:end] for end in range(len(name) - 1, len(name.rstrip("'")) - 1, -1)]
    for old in (*shorter, re.sub(r"_?new$", "", name)):
        if old != name and Name(old) in sheet.definitions:
            yield Name(old)


def is_called_rate(name: Quantity) -> bool:
    """True for a name by which learning rates go: α, η, lr; α1 too."""
    return str(name).rstrip("'0123456789_") in _RATES


def _is_cost(name: Quantity) -> bool:
    return _COST.fullmatch(str(name).rstrip("'0123456789")) is not None


def _steps(expr: Expr, weight: Quantity) -> tuple[Marked, ...]:
    """The terms beside the weight, each with its sign; none where it is not there just once.

    Where it is not there at all, another name may stand in its place.
    """
    marked = [(sign, _without_ones(term)) for sign, term in terms(expr)]
    names = [term for _, term in marked if isinstance(term, Name)]
    base = weight if weight in quantities(expr) or len(names) != 1 else names[0]
    if [sign for sign, term in marked if term == base] != ["+"]:
        return ()
    return tuple((sign, term) for sign, term in marked if term != base)


def _without_ones(term: Expr) -> Expr:
    kept = [(mark, f) for mark, f in factors(term) if f != Number(1)]
    return product(kept) if kept else term


#: What a gradient may stand in: it is passed on by a factor.
_LINEAR = ("add", "sub", "mul", "div", "neg")


def _along_a_slope(line: _Line) -> bool:
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
    return alike and bool(rates[0] or line.sure or _numbers(line))


def _slope(line: _Line, rate: Expr) -> Expr:
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


def _numbers(line: _Line) -> list[tuple[str, Number]]:
    """The numbers that are factors of a step, each once, without their signs."""
    found: dict[tuple[str, Number], None] = {}
    for _, step in line.steps:
        for mark, factor in factors(step):
            number = exact_number(factor)
            if number is not None and number.value not in (0, 1):
                found.setdefault((mark, Number(abs(number.value), number.places)))
    return list(found)


def _times(rate: Expr, factor: Expr) -> Expr:
    return product([*factors(rate), *factors(factor)])


def _products(marked: Sequence[Marked]) -> list[Expr]:
    """The products of some of the factors, the longest first."""
    few = marked[:_MOST_FACTORS]
    sizes = range(len(few), 0, -1)
    return [product(list(some)) for size in sizes for some in combinations(few, size)]
