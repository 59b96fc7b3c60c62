"""The arithmetic that a hand does without thinking: ``1 * x``, ``2 - 1``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from micrograd_like.formula.algebra import multiplied
from micrograd_like.formula.evaluation import ARITHMETIC
from micrograd_like.formula.tree import COMPARISONS, Call, Expr, Number

#: The functions of which something is simplified.
_ARITHMETIC = frozenset({"where", "add", "sub", "pow", "and", "or", *COMPARISONS})


def simplify(expr: Expr) -> Expr:
    """Do the arithmetic of exact numbers and drop what changes nothing.

    ``1 * x``, ``x + 0``, ``x ** 1``, ``2 - 1``, ``1/2 * 2 * x``; a product with 0 is 0; a
    condition between exact numbers is decided. Factors keep their order, and nothing is
    cancelled or expanded, so the result is still recognisably what was written.
    """
    if not isinstance(expr, Call):
        return expr
    # A derivative has the same parts in it many times, as the same objects: each is done once.
    order, shared = _calls(expr)
    done: dict[int, Expr | _Product] = {}
    for call in order:
        arguments = [done.get(id(part), part) for part in call.arguments]
        if not shared.isdisjoint(map(id, call.arguments)):
            arguments = [*map(_own, arguments)]
        done[id(call)] = _combined(call, arguments)
    return _finished(done[id(expr)])


def _calls(expr: Call) -> tuple[list[Call], set[int]]:
    """Every call in the expression once, arguments first; which are arguments several times."""
    order: dict[int, Call] = {}
    used: set[int] = set()
    shared: set[int] = set()
    stack = [expr]
    while stack:
        call = stack[-1]
        below = [part for part in call.arguments if isinstance(part, Call)]
        waiting = [part for part in below if id(part) not in order]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if id(call) not in order:
            order[id(call)] = call
            for part in below:
                (shared if id(part) in used else used).add(id(part))
    return [*order.values()], shared


def _own(part: Expr | _Product) -> Expr | _Product:
    """A product for one user alone, who may put more into it."""
    if isinstance(part, _Product):
        return replace(part, above=[*part.above], below=[*part.below])
    return part


def _combined(node: Call, arguments: list[Expr | _Product]) -> Expr | _Product:
    if node.function in ("mul", "div", "neg"):
        return _Product.of(node.function, arguments)
    return _simplified(Call(node.function, tuple(map(_finished, arguments))))


def _simplified(call: Call) -> Expr:
    """The call simplified, its arguments being so already."""
    if call.function not in _ARITHMETIC:  # a look instead of every pattern below
        return call
    match call:
        case Call("where", (Number(value), then, otherwise)):
            return then if value else otherwise
        case Call("add", (Number(0), term) | (term, Number(0))) | Call("sub", (term, Number(0))):
            return term
        case Call("add", (term, Call("neg", (other,)))):
            return Call("sub", (term, other))
        case Call("sub", (Number(0), term)):
            return _finished(_Product.of("neg", [term]))
        case Call("add" | "sub" as function, (Number(int() as a), Number(int() as b))):
            return Number(a + b if function == "add" else a - b)
        case Call("sub", (Number(float() as a, None), Number(int() as b))):  # x^(0.5 − 1)
            return Number(float(Decimal(repr(a)) - b))
        case Call("pow", (_, Number(0))):
            return Number(1)
        case Call("pow", (base, Number(1))):
            return base
        case Call("pow", (Number(int() as a), Number(int() as n))) if _small_power(a, n):
            return Number(a**n)
        case Call(function, (Number(int() as a), Number(int() as b))) if function in COMPARISONS:
            return Number(int(ARITHMETIC[function](a, b)))
        case Call("and" | "or" as function, arguments):
            return _decided(function, arguments)
    return call


def _small_power(base: int, exponent: int) -> bool:
    """True if the power has few digits: powers of powers would fill the memory."""
    return exponent >= 0 and exponent * base.bit_length() <= 64


def _decided(function: str, arguments: tuple[Expr, ...]) -> Expr:
    """``and`` and ``or`` without the conditions that are known."""
    decisive = function == "or"  # one true decides an or, one false an and
    open_ones = []
    for argument in arguments:
        if not isinstance(argument, Number):
            open_ones.append(argument)
        elif bool(argument.value) is decisive:
            return Number(int(decisive))
    if not open_ones:
        return Number(int(not decisive))
    return open_ones[0] if len(open_ones) == 1 else Call(function, tuple(open_ones))


@dataclass(slots=True)
class _Product:
    """A product while it is put together: coefficient · above/below.

    Attributes:
        whole: The product as it was written, if it divides by zero: then it stays so.
    """

    coefficient: int | Fraction
    above: list[Expr]
    below: list[Expr]
    whole: Expr | None = None

    @classmethod
    def of(cls, function: str, arguments: Sequence[Expr | _Product]) -> _Product:
        """The product, quotient or negative of what has been put together so far."""
        left, *others = map(cls.start, arguments)
        divides_by_zero = function == "div" and others[0].coefficient == 0
        if divides_by_zero or any(a.whole is not None for a in (left, *others)):
            left.whole = Call(function, tuple(map(_finished, (left, *others))))
        elif function == "neg":
            left.coefficient = -left.coefficient
        elif function == "mul":
            left.coefficient *= others[0].coefficient
            left.above += others[0].above
            left.below += others[0].below
        else:
            if others[0].coefficient != 1:
                left.coefficient = Fraction(left.coefficient, others[0].coefficient)
            left.above += others[0].below
            left.below += others[0].above
        return left

    @classmethod
    def start(cls, argument: Expr | _Product) -> _Product:
        """A product of one factor."""
        match argument:
            case _Product():
                return argument
            case Number(int() as value):
                return cls(value, [], [])
        return cls(1, [argument], [])


def _finished(part: Expr | _Product) -> Expr:
    """The expression of a product: its coefficient first, the factors in their order."""
    if not isinstance(part, _Product):
        return part
    if part.whole is not None:
        return part.whole
    if part.coefficient == 0:
        return Number(0)
    above, below = part.above, part.below
    if abs(part.coefficient.numerator) != 1 or not above:
        above = [Number(abs(part.coefficient.numerator)), *above]
    if part.coefficient.denominator != 1:
        below = [Number(part.coefficient.denominator), *below]
    product = multiplied(above)
    if below:
        product = Call("div", (product, multiplied(below)))
    if part.coefficient > 0:
        return product
    return Number(-product.value) if isinstance(product, Number) else Call("neg", (product,))
