"""The slips people make, each predicting what it leads to.

A cause gives the formulas that a learner with this slip would have written (*guesses*), or
the formulas that were meant by what is written (*mends*: right once the slip is undone). It
is reported when one of them is what was written: as a formula, or as a number. The table is
ordered: where several match alike, the first is the likeliest. A slip of one operation's
derivative stands in the operation's own row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    added,
    fold,
    multiplied,
    parse,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.shape import (
    factors,
    has_condition,
    one_call_changed,
    product,
    replaced,
    summed,
    symbol,
    terms,
    times,
    without,
)
from micrograd_like.marking.truth import Key, leaves, numbers_in
from micrograd_like.ops import OPS
from micrograd_like.worksheet.builder import Builder, exact_number


@dataclass(frozen=True, slots=True)
class Guess:
    """A formula that a slip leads to, or that a slip has spoilt.

    wrote, meant:  the piece that the slip put, and the one that belongs there
    """

    expr: Expr
    wrote: Expr | None = None
    meant: Expr | None = None


Guesses = Callable[[Claim], Iterator[Guess]]
Mends = Callable[[Claim, Expr], Iterator[Guess]]
#: Whether a wrong number looks like this one, written wrongly.
Misread = Callable[[Figure, float], bool]


@dataclass(frozen=True, slots=True)
class Slip:
    """A cause of mistakes.

    code:      its stable name
    brief:     what it is, in a few words
    sentence:  what a teacher would say
    pointed:   the same with the pieces, where they are known: {wrote}, {meant}, {left} the quantity
    guesses:   formulas that it leads to
    mends:     formulas that are right once it is undone
    numbers:   formulas that it leads to, where only their number was written
    misread:   for slips of the pen: whether a number is another one with this slip
    few:       True if it guesses so little that a number of two digits is no coincidence
    general:   True for what other causes are special cases of
    """

    code: str
    brief: str
    sentence: str
    pointed: str = ""
    guesses: Guesses | None = None
    mends: Mends | None = None
    numbers: Guesses | None = None
    misread: Misread | None = None
    few: bool = False
    general: bool = False


# From the rows of the operation table.


def _rows(code: str) -> Guesses:
    def guesses(claim: Claim) -> Iterator[Guess]:
        for found, whole, wrote, meant in claim.row_slips:
            if found == code:
                yield Guess(whole, wrote, meant)

    return guesses


# Signs and factors.


def _sign(claim: Claim) -> Iterator[Guess]:
    """For instance dE/dŷ = y − ŷ; or a sign turned somewhere inside."""
    if claim.update:
        return
    yield Guess(Call("neg", (claim.right(),)))
    yield from _rows("sign")(claim)
    for form in claim.forms:
        for place, (sign, term) in enumerate(marked := terms(form)):
            if len(marked) > 1:
                turned = ("-" if sign == "+" else "+", term)
                yield Guess(summed([*marked[:place], turned, *marked[place + 1 :]]))
        if not has_condition(form):  # a sign turned in a condition is another condition
            for expr, old, new in one_call_changed(form, _other_sign):
                yield Guess(expr, new, old)


def _other_sign(call: Call) -> Iterator[tuple[Expr, Call | None]]:
    match call:
        case Call("add", operands):
            yield (turned := Call("sub", operands)), turned
        case Call("sub", operands):
            yield (turned := Call("add", operands)), turned
        case Call("neg", (operand,)):
            yield operand, None


def _constant_factor(claim: Claim) -> Iterator[Guess]:
    """2(ŷ − y) for ½(ŷ − y)²; or a step of another size."""
    if claim.update and isinstance(claim.target, Call):
        weight, step = claim.target.arguments
        for function in ("mul", "div"):
            yield Guess(Call("sub", (weight, Call(function, (step, Number(2))))))
        return
    yield from _rows("constant-factor")(claim)
    numbers = {2}
    for key in (claim.key.of, claim.key.wrt) if isinstance(claim.key, Derivative) else (claim.key,):
        for found in numbers_in(claim.facts.definitions.get(key, Number(2))):
            if isinstance(found.value, int) and 1 < abs(found.value) <= 100:
                numbers.add(abs(found.value))
    for number in map(Number, sorted(numbers)):
        yield Guess(Call("mul", (number, claim.right())))
        yield Guess(Call("div", (claim.right(), number)))
    for form in claim.forms:  # in the shape in which it is written
        for place, (mark, factor) in enumerate(marked := factors(form)):
            if exact_number(factor) is not None or (mark == "/" and _count(claim, factor)):
                yield Guess(product(without(marked, place)), meant=factor)


def _count(claim: Claim, factor: Expr) -> bool:
    """True for a given whole number, as the n of a mean."""
    number = claim.facts.truth.sources.get(factor.name, 0.5) if isinstance(factor, Name) else 0.5
    return number > 1 and number.is_integer()


def _log_base(claim: Claim) -> Iterator[Guess]:
    """−1/ŷ for −log10 ŷ; or the other logarithm's value."""
    yield from _rows("log-base")(claim)
    for form in claim.forms:
        for expr, old, new in one_call_changed(form, _other_logarithm):
            yield Guess(expr, new, old)
        for function in LOGARITHMS:
            if (expr := _all_logarithms(form, function)) != form:
                yield Guess(expr)


LOGARITHMS = ("log", "log10", "log2")


def _all_logarithms(form: Expr, function: str) -> Expr:
    """The formula with every logarithm to the same base."""

    def combine(node: Expr, parts: list[Expr]) -> Expr:
        if not isinstance(node, Call):
            return node
        return Call(function if node.function in LOGARITHMS else node.function, tuple(parts))

    result: Expr = fold(form, combine)
    return result


def _other_logarithm(call: Call) -> Iterator[tuple[Expr, Call]]:
    for function in LOGARITHMS if call.function in LOGARITHMS else ():
        if function != call.function:
            other = Call(function, call.arguments)
            yield other, other


def _mended_logarithm(claim: Claim, written: Expr) -> Iterator[Guess]:
    for expr, old, new in one_call_changed(written, _other_logarithm):
        yield Guess(expr, old, new)


# Links of the chain.


def _missing_factor(claim: Claim) -> Iterator[Guess]:
    """dE/dw5 = dE/dŷ · da3/dw5: a link left out of every path, or of one."""
    if len(claim.links) > 1:
        for link in claim.links:
            yield Guess(claim.chain({link: Number(1)}), meant=Derivative(*link))
        for place, path in enumerate(claim.paths if len(claim.paths) > 1 else ()):
            for link in path:
                short = [other for other in path if other != link]
                paths = [*claim.paths]
                paths[place] = short
                yield Guess(_over(claim, paths), meant=Derivative(*link))
    if isinstance(claim.key, Derivative):  # all above a name on the way, or all below it
        of, wrt = claim.key.of, claim.key.wrt
        for name in _between(claim):
            yield Guess(Derivative(name, wrt), meant=Derivative(of, name))
            yield Guess(Derivative(of, name), meant=Derivative(name, wrt))
    for form in claim.forms:  # in the shape in which it is written
        for place, (sign, term) in enumerate(marked := terms(form)):
            for part, (mark, factor) in enumerate(links := factors(term)):
                if len(links) > 1 and mark == "*" and exact_number(factor) is None:
                    rest = (sign, product(without(links, part)))
                    whole = summed([*marked[:place], rest, *marked[place + 1 :]])
                    yield Guess(whole, meant=factor)
    yield from _rows("missing-factor")(claim)


def _between(claim: Claim) -> list[str]:
    """The names on the way from what is differentiated by to what is differentiated."""
    assert isinstance(claim.key, Derivative)
    found = dict.fromkeys(name for link in claim.links for name in link)
    return [name for name in found if name not in (claim.key.of, claim.key.wrt)]


def _over(claim: Claim, paths: list[list[tuple[str, str]]]) -> Expr:
    locals_ = claim.facts.locals
    return added(multiplied([locals_[link] for link in path] or [Number(1)]) for path in paths)


def _extra_factor(claim: Claim) -> Iterator[Guess]:
    """A link counted twice, or one of the next step taken with it."""
    if not isinstance(claim.key, Derivative):
        return
    ends = {claim.key.of, claim.key.wrt, *(name for link in claim.links for name in link)}
    near = [link for link in claim.facts.locals if link[0] in ends or link[1] in ends]
    for link in [*claim.links, *(link for link in near if link not in claim.links)]:
        local = claim.facts.locals[link]
        if local not in (Number(1), Number(0)):
            extra = Derivative(*link)
            yield Guess(Call("mul", (claim.right(), local)), wrote=extra)
            for form in claim.forms:  # in the shape in which it is written
                yield Guess(product([*factors(form), *factors(local)]), wrote=extra)
    for form in claim.forms:  # in one path alone
        for place, (sign, term) in enumerate(marked := terms(form)):
            for mark, factor in factors(term) if len(marked) > 1 else ():
                if mark == "*" and exact_number(factor) is None:
                    twice = (sign, Call("mul", (term, factor)))
                    whole = summed([*marked[:place], twice, *marked[place + 1 :]])
                    yield Guess(whole, wrote=factor)
    for name in _between(claim):
        for key in (Derivative(claim.key.of, name), Derivative(name, claim.key.wrt)):
            yield Guess(Call("mul", (claim.right(), key)), wrote=key)


def _missing_path(claim: Claim) -> Iterator[Guess]:
    """dE/dx1 through h1 alone."""
    if not claim.several_ways:
        return
    for form in claim.forms:
        marked = terms(form)
        if len(marked) > 1:
            for place, (_, term) in enumerate(marked):
                yield Guess(summed(without(marked, place)), meant=term)
            for single in marked if len(marked) > 2 else ():
                yield Guess(summed([single]))


def _added_for_multiplied(claim: Claim) -> Iterator[Guess]:
    """dE/da3 + da3/dw5 for their product; or paths multiplied."""
    if not isinstance(claim.key, Derivative):
        return
    for path in claim.paths:
        if len(path) > 1:
            yield Guess(added(claim.facts.locals[link] for link in path))
    for form in claim.forms:
        marked = terms(form)
        if len(marked) > 1:
            yield Guess(product([pair for _, term in marked for pair in factors(term)]))
        for place, (sign, term) in enumerate(marked):  # one path's links added
            links = factors(term)
            if len(links) > 1 and all(mark == "*" for mark, _ in links):
                whole = (sign, added(factor for _, factor in links))
                yield Guess(summed([*marked[:place], whole, *marked[place + 1 :]]))


def _multiplied_again(claim: Claim, written: Expr) -> Iterator[Guess]:
    marked = terms(written)
    if len(marked) > 1:
        yield Guess(product([("*", term) for _, term in marked]))
    multiplied_ = factors(written)
    for place in range(1, len(multiplied_)):
        first, second = multiplied_[:place], multiplied_[place:]
        yield Guess(added((product(first), product(second))))


def _normalised_weights(claim: Claim) -> Iterator[Guess]:
    """The error split by w/Σw in place of w, at one layer or at each."""
    shares: dict[tuple[str, str], Expr] = {}
    for user, name in claim.links:
        weight = claim.facts.locals[user, name]
        if isinstance(weight, Name) and name not in claim.facts.truth.sources:
            row = [
                local
                for (other, input_), local in claim.facts.locals.items()
                if other == user
                and isinstance(local, Name)
                and input_ not in claim.facts.truth.sources
            ]
            if len(row) > 1:
                shares[user, name] = Call("div", (weight, added(row)))
    for link, share in shares.items():
        yield Guess(claim.chain({link: share}), share, claim.facts.locals[link])
    if len(shares) > 1:
        yield Guess(claim.chain(shares))


# One thing in the place of another.


def _others(claim: Claim, leaf: Key) -> Iterator[Key]:
    if isinstance(leaf, Derivative):
        wrt = [Derivative(leaf.of, name) for name in claim.names]
        of = [Derivative(key.of, leaf.wrt) for key in claim.others]
        others = dict.fromkeys((*claim.others, *wrt, *of))
        yield from (key for key in others if key != leaf and key.of != key.wrt)
    else:
        yield from (name for name in claim.names if name != leaf)


def _operand(accept: Callable[[Claim, Key, Key], bool]) -> Mends:
    """What is written, with one operand set right; ``accept`` says which (wrote, meant) count."""

    def mends(claim: Claim, written: Expr) -> Iterator[Guess]:
        for leaf in leaves(written):
            wrote = symbol(leaf)
            count = times(written, wrote)
            for other in _others(claim, leaf):
                if accept(claim, leaf, other):
                    meant = symbol(other)
                    yield Guess(replaced(written, wrote, meant), wrote, meant)
                    for place in range(count if count > 1 else 0):
                        yield Guess(replaced(written, wrote, meant, place), wrote, meant)

    return mends


def _operand_guesses(accept: Callable[[Claim, Key, Key], bool]) -> Guesses:
    """The right formula with one operand that a learner may take for another."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for form in claim.forms:
            for leaf in leaves(form):
                for other in _others(claim, leaf):
                    if accept(claim, other, leaf):
                        wrote, meant = symbol(other), symbol(leaf)
                        yield Guess(replaced(form, meant, wrote), wrote, meant)

    return guesses


def _too_early(claim: Claim, wrote: Key, meant: Key) -> bool:
    return isinstance(wrote, str) and wrote.endswith("'") and wrote.rstrip("'") == meant


def _transposed(claim: Claim, wrote: Key, meant: Key) -> bool:
    return isinstance(wrote, str) and claim.transposed.get(wrote) == meant


def _any_operand(claim: Claim, wrote: Key, meant: Key) -> bool:
    """Any other name of the same kind: a given for a given, a result for a result."""
    return True


def _swapped(claim: Claim, written: Expr) -> Iterator[Guess]:
    """da3/dw5 = w5: what is differentiated by, in place of what it is multiplied by."""
    if isinstance(claim.key, Derivative) and written == Name(claim.key.wrt):
        right = claim.forms[0]
        if claim.key.wrt not in leaves(right):  # x² by x is no product with another factor
            yield Guess(claim.right(), written, right)


def _all_too_early(claim: Claim) -> Iterator[Guess]:
    for form in claim.forms:
        early = form
        for leaf in leaves(form):
            if isinstance(leaf, str) and f"{leaf}'" in claim.facts.definitions:
                early = replaced(early, Name(leaf), Name(f"{leaf}'"))
        if early != form:
            yield Guess(early)


def _wrong_function(claim: Claim) -> Iterator[Guess]:
    yield from _rows("wrong-function")(claim)
    for form in claim.forms:
        for expr, old, new in one_call_changed(form, _other_function):
            yield Guess(expr, new, old)


def _mended_function(claim: Claim, written: Expr) -> Iterator[Guess]:
    for expr, old, new in one_call_changed(written, _other_function):
        yield Guess(expr, old, new)


def _other_function(call: Call) -> Iterator[tuple[Expr, Call]]:
    row = OPS.get(call.function)
    if row is None or row.arithmetic or row.families:
        return
    for other in OPS.values():
        if other.arithmetic or other.families or len(other.inputs) != len(row.inputs):
            continue
        if other is not row and not {other.name, row.name} <= {*LOGARITHMS}:
            changed = Call(other.name, call.arguments)
            yield changed, changed


# Costs.

#: Costs of a prediction p and a target t.
_COSTS = (
    "(p - t) ** 2 / 2",
    "(p - t) ** 2",
    "-log(p)",
    "-log10(p)",
    "-t * log(p)",
    "-t * log10(p)",
    "-(t * log(p) + (1 - t) * log(1 - p))",
    "-(t * log10(p) + (1 - t) * log10(1 - p))",
    "abs(p - t)",
    "-log(1 - p)",
)


@cache
def _cost_derivatives() -> tuple[tuple[Expr, Expr], ...]:
    """Each cost with its derivative by the prediction, from the engine."""
    found = []
    for cost in _COSTS:
        builder = Builder()
        builder.define("p", Number(0.3))
        builder.define("t", Number(0.6))
        builder.define("C", parse(cost))
        found.append((parse(cost), NamedGraph(builder.names["C"]).locals["C", "p"]))
    return tuple(found)


def _not_this_cost(claim: Claim) -> Iterator[Guess]:
    """For instance ŷ − y for −log10 ŷ, alone or as a link of the chain."""
    sources = claim.facts.truth.sources
    for cost, prediction in claim.links:
        if prediction in sources:
            continue
        targets = [name for name in claim.facts.inputs[cost] if name in sources]
        if not targets and isinstance(claim.key, Derivative) and cost == claim.key.of:
            targets = _targets(claim, prediction)
        for formula, derivative in _cost_derivatives():
            for target in targets if "t" in leaves(formula) else [prediction]:
                whole, local = (_put_in(e, prediction, target) for e in (formula, derivative))
                guess = claim.chain({(cost, prediction): local})
                yield Guess(guess, whole, claim.facts.definitions[cost])


def _put_in(expr: Expr, prediction: str, target: str) -> Expr:
    with_prediction = replaced(expr, Name("p"), symbol(prediction))
    return replaced(with_prediction, Name("t"), symbol(target))


def _targets(claim: Claim, prediction: str) -> list[str]:
    """Givens that the prediction does not come from."""
    graph = claim.facts.graph
    if graph is None:
        return []
    return [n for n in claim.sources() if prediction not in graph.dependents(n)]


# Updates.


def _ascent(claim: Claim) -> Iterator[Guess]:
    """W' = w + rate · dE/dw."""
    if claim.update and isinstance(claim.target, Call):
        yield Guess(Call("add", claim.target.arguments))


def _no_learning_rate(claim: Claim) -> Iterator[Guess]:
    """W' = w − dE/dw."""
    if claim.update and isinstance(claim.target, Call):
        weight, step = claim.target.arguments
        assert isinstance(step, Call)
        yield Guess(Call("sub", (weight, step.arguments[1])), meant=step.arguments[0])


# Slips of the pen and of the calculator.


def _degrees(claim: Claim) -> Iterator[Guess]:
    """An angle of 0.5 taken as 0.5 degrees."""
    for form in claim.forms:
        for expr, old, _ in one_call_changed(form, _in_degrees):
            yield Guess(expr, old)


_HALF_TURN = Number(math.pi / 180)


def _in_degrees(call: Call) -> Iterator[tuple[Expr, Call | None]]:
    if call.function in ("sin", "cos", "tan"):
        (angle,) = call.arguments
        yield Call(call.function, (Call("mul", (angle, _HALF_TURN)),)), None
    elif call.function in ("asin", "acos", "atan"):
        yield Call("div", (call, _HALF_TURN)), None


def _unit(figure: Figure) -> float:
    return figure.high - figure.low


def _off_by_one(figure: Figure, true: float) -> bool:
    """0.65 for 0.6562: truncated, or off by one in the last place."""
    unit = _unit(figure) or 1.0
    if not _unit(figure) and true.is_integer():  # nothing to round
        return False
    return 0 < abs(figure.center - true) < 1.5 * unit * (1 + 1e-9) and abs(true) > unit


def _digits(figure: Figure, true: float) -> bool:
    """0.0445 for 0.445, 0.75 for 0.57: the point moved, digits swapped or one dropped."""
    if true == 0 or figure.center == 0:
        return False
    for power in (-3, -2, -1, 1, 2, 3):
        if figure.meets(Figure.exact(true * 10.0**power)):
            return True
    places = _places(figure)
    written, right = (f"{abs(x):.{places}f}" for x in (figure.center, true))
    if (figure.center < 0) != (true < 0):
        return False
    a, b = written.replace(".", ""), right.replace(".", "")
    swapped = (b[:i] + b[i + 1] + b[i] + b[i + 2 :] for i in range(len(b) - 1) if b[i] != b[i + 1])
    if len(a) == len(b) and a in swapped:
        return True
    longer = f"{abs(true):.{places + 1}f}".replace(".", "")
    dropped = {longer[:i] + longer[i + 1 :] for i in range(len(longer) - 1)} - {longer[:-1]}
    dropped |= {b[:i] + b[i + 1 :] for i in range(len(b))}
    return len(a.lstrip("0")) > 1 and a in dropped - {b}


def _places(figure: Figure) -> int:
    unit = _unit(figure)
    return 0 if unit <= 0 else min(max(round(-math.log10(unit)), 0), 15)


def _turned(figure: Figure, true: float) -> bool:
    return true != 0 and figure.meets(Figure.exact(-true))


#: Every cause, the likeliest first; an example stands above each of its functions.
CAUSES = (
    Slip(
        "sign",
        "a sign turned",
        "The sign is turned.",
        guesses=_sign,
        misread=_turned,
        few=True,
    ),
    Slip(
        "derivative-at-input",
        "an activation's derivative formed from its input",
        "The activation's derivative is formed from its input; it belongs to its output.",
        "The activation's derivative is formed from its input: {wrote}, not {meant}.",
        guesses=_rows("derivative-at-input"),
        few=True,
    ),
    Slip(
        "derivative-of-output",
        "an activation applied twice",
        "The activation is applied a second time before it is differentiated.",
        "The activation is applied a second time before it is differentiated: {wrote} for {meant}.",
        guesses=_rows("derivative-of-output"),
        few=True,
    ),
    Slip(
        "swapped-operand",
        "the factor itself for the other one",
        "Of a product, the derivative by one factor is the other factor.",
        "Of a product, the derivative by one factor is the other factor: {meant}, not {wrote}.",
        guesses=_rows("swapped-operand"),
        mends=_swapped,
        few=True,
    ),
    Slip(
        "log-base",
        "a logarithm to another base",
        "The logarithm has another base: natural and base 10 are mixed up.",
        "The logarithm has another base: {wrote} for {meant}.",
        guesses=_log_base,
        mends=_mended_logarithm,
        few=True,
    ),
    Slip(
        "constant-factor",
        "a constant factor lost or added",
        "A constant factor, such as 2, 1/2 or 1/n, is lost or added.",
        guesses=_constant_factor,
        few=True,
    ),
    Slip(
        "ascent",
        "a step up instead of down",
        "The step is added, so the cost goes up; gradient descent subtracts it.",
        guesses=_ascent,
        few=True,
    ),
    Slip(
        "no-learning-rate",
        "the learning rate left out",
        "The learning rate is left out.",
        "The learning rate {meant} is left out.",
        guesses=_no_learning_rate,
        few=True,
    ),
    Slip(
        "updated-too-early",
        "a new weight used where the old one belongs",
        "New weights are used where the old ones belong.",
        "The updated {wrote} is used where the old {meant} belongs.",
        mends=_operand(_too_early),
        numbers=_all_too_early,
    ),
    Slip(
        "missing-path",
        "one of several paths left out",
        "The derivative is a sum over all paths, and one is left out.",
        "{left} is a sum over all paths, and one is left out: {meant}.",
        guesses=_missing_path,
        few=True,
    ),
    Slip(
        "missing-factor",
        "a link of the chain left out",
        "A link of the chain is left out.",
        "A link of the chain is left out: {meant}.",
        guesses=_missing_factor,
    ),
    Slip(
        "added-for-multiplied",
        "links added, or paths multiplied",
        "Links along a path are multiplied, and paths are added; here it is the other way round.",
        guesses=_added_for_multiplied,
        mends=_multiplied_again,
    ),
    Slip(
        "normalised-weights",
        "the error split by shares of the weights",
        "The error is shared out by each weight's share; the chain rule takes the weight itself.",
        "The error is shared out by {wrote}; the chain rule takes the weight itself, {meant}.",
        guesses=_normalised_weights,
    ),
    Slip(
        "extra-factor",
        "a link counted twice",
        "A link is counted once too often.",
        "A link is counted once too often: {wrote}.",
        guesses=_extra_factor,
    ),
    Slip(
        "not-this-cost",
        "the derivative of another cost",
        "This is the derivative of another cost.",
        "This is the derivative of another cost, {wrote}; the one defined here is {meant}.",
        guesses=_not_this_cost,
    ),
    Slip(
        "transposed",
        "a weight with its indices swapped",
        "The weight's indices are swapped.",
        "The weight's indices are swapped: {wrote} stands where {meant} belongs.",
        mends=_operand(_transposed),
        numbers=_operand_guesses(_transposed),
        few=True,
    ),
    Slip(
        "wrong-operand",
        "another quantity in the place of the right one",
        "Another quantity stands in the place of the right one.",
        "{wrote} stands where {meant} belongs.",
        mends=_operand(_any_operand),
        numbers=_operand_guesses(_any_operand),
        general=True,
    ),
    Slip(
        "degrees",
        "an angle taken in degrees",
        "The angle is in radians, and was taken in degrees.",
        guesses=_degrees,
        few=True,
    ),
    Slip(
        "wrong-function",
        "another function",
        "Another function gives this number.",
        "Another function gives this: {wrote}, where {meant} belongs.",
        guesses=_wrong_function,
        mends=_mended_function,
    ),
    Slip(
        "rounded",
        "cut off, or off by one in the last place",
        "It is cut off, or off by one in the last place; a whole number counts as exact.",
        misread=_off_by_one,
    ),
    Slip(
        "digits",
        "digits swapped or dropped, or the point moved",
        "Digits are swapped or dropped, or the point has moved.",
        misread=_digits,
    ),
    Slip(
        "arithmetic",
        "the arithmetic",
        "The formula is right, the arithmetic is not.",
    ),
    Slip(
        "unknown",
        "no common slip",
        "It is not what the method gives, and no common slip explains it.",
    ),
)
