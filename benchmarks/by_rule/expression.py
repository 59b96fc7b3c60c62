"""Expressions: their numbers to 50 digits, bounds on them, their derivatives, their text.

    Num | Sym | Op,   (w*x + b).at({"w": Decimal("0.5"), ...})

Written for the generators alone. The checker under test shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException
from functools import cache

DIGITS = 50
CONTEXT = Context(prec=DIGITS, Emin=-9999, Emax=9999)
#: What rounding of 50 digits may amount to, relative to the largest number on the way.
EPS = Decimal(10) ** (10 - DIGITS)
ZERO, ONE, TWO, HALF = Decimal(0), Decimal(1), Decimal(2), Decimal("0.5")


class Undefined(ArithmeticError):  # noqa: N818 - a domain, not a fault
    """The expression has no number there."""


class _Arithmetic:
    """Operators, so that shapes are written as formulas are."""

    def __add__(self, other: Expr | int) -> Expr:
        return Op("add", (self, lift(other)))  # type: ignore[arg-type]

    def __radd__(self, other: int) -> Expr:
        return Op("add", (lift(other), self))  # type: ignore[arg-type]

    def __sub__(self, other: Expr | int) -> Expr:
        return Op("add", (self, Op("neg", (lift(other),))))  # type: ignore[arg-type]

    def __rsub__(self, other: int) -> Expr:
        return Op("add", (lift(other), Op("neg", (self,))))  # type: ignore[arg-type]

    def __mul__(self, other: Expr | int) -> Expr:
        return Op("mul", (self, lift(other)))  # type: ignore[arg-type]

    def __rmul__(self, other: int) -> Expr:
        return Op("mul", (lift(other), self))  # type: ignore[arg-type]

    def __truediv__(self, other: Expr | int) -> Expr:
        return Op("div", (self, lift(other)))  # type: ignore[arg-type]

    def __rtruediv__(self, other: int) -> Expr:
        return Op("div", (lift(other), self))  # type: ignore[arg-type]

    def __pow__(self, other: Expr | int) -> Expr:
        return Op("pow", (self, lift(other)))  # type: ignore[arg-type]

    def __neg__(self) -> Expr:
        return Op("neg", (self,))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Num(_Arithmetic):
    """A figure.

    Attributes:
        value: What is written.
        text: As it is written.
        half: Half a unit of its last place; 0 for an exact one.
        behind: The number that it is a rounding of.
    """

    value: Decimal
    text: str
    half: Decimal = ZERO
    behind: Decimal | None = None

    @property
    def true(self) -> Decimal:
        """The number before rounding."""
        return self.value if self.behind is None else self.behind


@dataclass(frozen=True, slots=True)
class Sym(_Arithmetic):
    """A name, ``w1``, or a derivative, ``dL/dw1``."""

    name: str


@dataclass(frozen=True, slots=True)
class Op(_Arithmetic):
    """An operation of the table below."""

    op: str
    args: tuple[Expr, ...]


Expr = Num | Sym | Op


def lift(number: Expr | int | Decimal | str) -> Expr:
    """A constant of a formula as an expression."""
    if isinstance(number, (Num, Sym, Op)):
        return number
    return Num(Decimal(number), str(number))


def call(name: str) -> Callable[[Expr | int], Op]:
    """The function of that name, for use in formulas."""
    return lambda inner: Op(name, (lift(inner),))


# Numbers.


def _series(x: Decimal, first: int) -> Decimal:
    """The sine (first = 1) or cosine (first = 0) by its power series."""
    if abs(x) > 100:
        raise Undefined("too far for the series")
    term, total, n = (x if first else ONE), ZERO, first
    while total + term != total or n < 4:
        total += term
        term = -term * x * x / ((n + 1) * (n + 2))
        n += 2
    return total


@cache
def pi() -> Decimal:
    """π, by Machin's formula."""

    def arctan(n: int) -> Decimal:
        total, power, k = ZERO, ONE / n, 1
        while power > Decimal(10) ** (-DIGITS - 5):
            total += power / k if k % 4 == 1 else -power / k
            power /= n * n
            k += 2
        return total

    return 4 * (4 * arctan(5) - arctan(239))


def _tanh(x: Decimal) -> Decimal:
    if abs(x) > 60:
        return ONE.copy_sign(x)
    up, down = x.exp(), (-x).exp()
    return (up - down) / (up + down)


def _power(a: Decimal, b: Decimal) -> Decimal:
    if a == 0 and b == 0:
        raise Undefined("0^0")
    return a**b


def _product(*args: Decimal) -> Decimal:
    total = ONE
    for a in args:
        total *= a
    return total


FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "add": lambda *args: sum(args, ZERO),
    "mul": _product,
    "neg": lambda a: -a,
    "div": lambda a, b: a / b,
    "pow": _power,
    "exp": lambda a: a.exp(),
    "ln": lambda a: a.ln(),
    "log10": lambda a: a.log10(),
    "sqrt": lambda a: a.sqrt(),
    "sin": lambda a: _series(a, 1),
    "cos": lambda a: _series(a, 0),
    "tanh": _tanh,
    "sigmoid": lambda a: 1 / (1 + (-a).exp()),
    "softplus": lambda a: (1 + a.exp()).ln(),
    "relu": lambda a: max(a, ZERO),
    "abs": abs,
    "max": max,
}

#: The largest number that a worksheet may come to on the way.
LARGE = Decimal("1e30")


def at(expr: Expr, values: Mapping[str, Decimal], behind: bool = False) -> Decimal:
    """The number; of figures as written, or (``behind``) as they were before rounding.

    Raises:
        Undefined: It lies outside the domain or beyond 1e30.
        KeyError: A name is not known.
    """
    match expr:
        case Num():
            return expr.true if behind else expr.value
        case Sym(name):
            return pi() if name == "pi" and name not in values else values[name]
    try:
        result = FUNCTIONS[expr.op](*(at(arg, values, behind) for arg in expr.args))
    except DecimalException as error:
        raise Undefined(str(error)) from None
    if not result.is_finite() or abs(result) > LARGE:
        raise Undefined("too large")
    return result


Bounds = tuple[Decimal, Decimal]


def bounds(expr: Expr, known: Mapping[str, Bounds]) -> Bounds:
    """Between what the expression lies if every figure is off by up to its half unit.

    Raises:
        Undefined: A figure may lie on a pole or outside the domain.
    """
    match expr:
        case Num():
            return expr.value - expr.half, expr.value + expr.half
        case Sym("pi") if "pi" not in known:
            return pi(), pi()
        case Sym(name):
            return known[name]
    args = [bounds(arg, known) for arg in expr.args]
    try:
        low, high = _bounds(expr.op, args)
    except DecimalException as error:
        raise Undefined(str(error)) from None
    if not (low.is_finite() and high.is_finite()):
        raise Undefined("too large")
    slack = EPS * max(abs(low), abs(high))
    return low - slack, high + slack


def _bounds(op: str, args: list[Bounds]) -> Bounds:
    function = FUNCTIONS[op]
    low, high = args[0]
    if op in ("add", "mul", "max"):
        for other in args[1:]:
            ends = [function(a, b) for a in (low, high) for b in other]
            low, high = min(ends), max(ends)
        return low, high
    if op == "div" and args[1][0] <= 0 <= args[1][1]:
        raise Undefined("a divisor may be 0")
    if op == "cos" or op == "sin":
        middle, reach = function((low + high) / 2), (high - low) / 2
        return max(middle - reach, -ONE), min(middle + reach, ONE)  # no steeper than 1
    ends = [function(a, *rest) for a in args[0] for rest in _ends(args[1:])]
    if op in ("abs", "pow") and low < 0 < high:
        ends.append(function(ZERO, *(end[0] for end in args[1:])))
    return min(ends), max(ends)


def _ends(args: list[Bounds]) -> list[tuple[Decimal, ...]]:
    return [()] if not args else [(end, *rest) for end in args[0] for rest in _ends(args[1:])]


# Structure.


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all that stands in it."""
    yield expr
    if isinstance(expr, Op):
        for arg in expr.args:
            yield from walk(arg)


def symbols(expr: Expr) -> list[str]:
    """The names in it, once, in the order in which they stand."""
    return list(dict.fromkeys(e.name for e in walk(expr) if isinstance(e, Sym)))


def replace(expr: Expr, rule: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with each piece for which the rule has another replaced, outermost first."""
    if (other := rule(expr)) is not None:
        return other
    if isinstance(expr, Op):
        return Op(expr.op, tuple(replace(arg, rule) for arg in expr.args))
    return expr


def substituted(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with others in the place of names."""
    return replace(expr, lambda e: values.get(e.name) if isinstance(e, Sym) else None)


# Derivatives.

_exp, _ln, _sin, _cos, _tanh_of, _sigmoid = map(
    call, ("exp", "ln", "sin", "cos", "tanh", "sigmoid")
)

#: f′(u) for the functions of one argument.
SLOPES: dict[str, Callable[[Expr], Expr]] = {
    "neg": lambda u: lift(-1),
    "exp": lambda u: _exp(u),
    "ln": lambda u: 1 / u,
    "log10": lambda u: 1 / (u * _ln(10)),
    "sqrt": lambda u: 1 / (2 * Op("sqrt", (u,))),
    "sin": lambda u: _cos(u),
    "cos": lambda u: -_sin(u),
    "tanh": lambda u: 1 - _tanh_of(u) ** 2,
    "sigmoid": lambda u: _sigmoid(u) * (1 - _sigmoid(u)),
    "softplus": lambda u: _sigmoid(u),
}


def slope(expr: Expr, name: str, values: Mapping[str, Decimal]) -> Expr:
    """∂expr/∂name, the other names held fixed. ``values`` decide the side of a kink."""
    if isinstance(expr, Num) or name not in symbols(expr):
        return lift(0)
    if isinstance(expr, Sym):
        return lift(1)
    args, inner = expr.args, [slope(arg, name, values) for arg in expr.args]
    match expr.op:
        case "add":
            return plus(inner)
        case "mul":
            terms = [times([*args[:i], d, *args[i + 1 :]]) for i, d in enumerate(inner)]
            return plus(terms)
        case "div":
            above, below = args
            if name not in symbols(below):
                return times([inner[0]]) / below
            if name not in symbols(above):
                return -times([above, inner[1]]) / below**2
            return (times([inner[0], below]) - times([above, inner[1]])) / below**2
        case "pow":
            base, power = args
            if name in symbols(power):
                return times([expr, _ln(base), inner[1]])
            less = power.value - 1 if isinstance(power, Num) else None
            reduced = base if less == 1 else base ** (power - 1 if less is None else lift(less))
            return times([power, reduced, inner[0]])
        case "relu" | "abs" | "max":
            return _side(expr, inner, values)
    return times([SLOPES[expr.op](args[0]), inner[0]])


def _side(expr: Op, inner: list[Expr], values: Mapping[str, Decimal]) -> Expr:
    numbers = [at(arg, values) for arg in expr.args]
    if expr.op == "max":
        if numbers[0] == numbers[1]:
            raise Undefined("a kink")
        return inner[0] if numbers[0] > numbers[1] else inner[1]
    if numbers[0] == 0:
        raise Undefined("a kink")
    if numbers[0] > 0:
        return inner[0]
    return lift(0) if expr.op == "relu" else times([lift(-1), inner[0]])


def times(factors: list[Expr]) -> Expr:
    """The product as one writes it: no factors 1, a sign in front, 0 for a factor 0."""
    negative = False
    left: list[Expr] = []
    for factor in factors:
        if isinstance(factor, Op) and factor.op == "neg":
            negative, factor = not negative, factor.args[0]
        if isinstance(factor, Num) and not factor.half and abs(factor.value) in (0, 1):
            if factor.value == 0:
                return lift(0)
            negative = negative != (factor.value < 0)
            continue
        left.extend(factor.args if isinstance(factor, Op) and factor.op == "mul" else [factor])
    product = left[0] if len(left) == 1 else Op("mul", tuple(left)) if left else lift(1)
    return -product if negative else product


def plus(terms: list[Expr]) -> Expr:
    """The sum as one writes it, without terms 0."""
    left: list[Expr] = []
    for term in terms:
        if isinstance(term, Num) and not term.half and term.value == 0:
            continue
        left.extend(term.args if isinstance(term, Op) and term.op == "add" else [term])
    return left[0] if len(left) == 1 else Op("add", tuple(left)) if left else lift(0)


# Text.


@dataclass(frozen=True, slots=True)
class Style:
    """How one writes: the sign of multiplication, ``2x`` for 2·x, e^z or exp(z), blanks."""

    times: str = "*"
    implicit: bool = False
    exp: str = "exp"
    power: str = "^"
    spaced: bool = True


_SUM, _TERM, _POWER, _ATOM = range(1, 5)


def text(expr: Expr, style: Style) -> str:
    """The expression as it is written."""
    return _written(expr, style)[0]


def _written(expr: Expr, style: Style) -> tuple[str, int]:
    match expr:
        case Num():
            signed = expr.text.startswith("-")
            compound = any(sign in expr.text for sign in "/*·×")
            return expr.text, _SUM if signed else _TERM if compound else _ATOM
        case Sym(name):
            return name, _TERM if "/" in name else _ATOM
    blank = " " if style.spaced else ""
    match expr.op:
        case "add":
            first, *others = expr.args
            said = _written(first, style)[0]
            for term in others:
                if isinstance(term, Op) and term.op == "neg":
                    said += f"{blank}-{blank}{_unsigned(term.args[0], style)}"
                    continue
                shown, level = _written(term, style)
                if level == _SUM and shown.startswith("-") and isinstance(term, Num):
                    said += f"{blank}-{blank}{shown[1:]}"
                else:
                    said += f"{blank}+{blank}{_unsigned(term, style)}"
            return said, _SUM
        case "neg":
            return f"-{_unsigned(expr.args[0], style)}", _SUM
        case "mul":
            return _product_text(expr, style), _TERM
        case "div":
            above, below = expr.args
            divisor = _inside(below, style, _POWER)
            if isinstance(below, Sym) and "/" in below.name:
                divisor = f"({below.name})"
            return f"{_first(above, style)}/{divisor}", _TERM
        case "pow":
            base, power = expr.args
            raised = _inside(power, style, _ATOM)
            return f"{_inside(base, style, _ATOM)}{style.power}{raised}", _POWER
        case "exp" if style.exp == "e^":
            inner, level = _written(expr.args[0], style)
            return f"e^{inner if level == _ATOM else f'({inner})'}", _POWER
    return f"{expr.op}({', '.join(_written(arg, style)[0] for arg in expr.args)})", _ATOM


def _product_text(expr: Op, style: Style) -> str:
    first, *others = expr.args
    said = _first(first, style)
    bare = isinstance(first, Num) and not any(s in first.text for s in "/*·×eE")
    bare = bare and abs(at(first, {})) != 1
    for factor in others:
        shown = _inside(factor, style, _POWER)
        glue = bare and style.implicit and (shown[0].isalpha() or shown[0] == "(")
        if glue and shown[0] in "eE":  # 2e1 and 2e^x are other things
            glue = False
        said += shown if glue else f"{style.times}{shown}"
        bare = False
    return said


def _first(expr: Expr, style: Style) -> str:
    """The first factor: a sign may stand in front of it."""
    shown, level = _written(expr, style)
    signed = level == _SUM and shown.startswith("-") and not isinstance(expr, Op)
    negated = isinstance(expr, Op) and expr.op == "neg"
    return shown if level >= _TERM or signed or negated else f"({shown})"


def _unsigned(expr: Expr, style: Style) -> str:
    """A term behind a sign: in brackets where it begins with one of its own."""
    shown = _inside(expr, style, _TERM)
    return f"({shown})" if shown.startswith("-") else shown


def _inside(expr: Expr, style: Style, least: int) -> str:
    shown, level = _written(expr, style)
    if isinstance(expr, Sym) and "/" in expr.name and least == _POWER:
        return shown
    return shown if level >= least else f"({shown})"
