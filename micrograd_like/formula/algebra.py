"""Formulas taken apart and put together again: terms, factors, one operand for another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from itertools import count

from micrograd_like.errors import FormulaError
from micrograd_like.formula.tree import Call, Expr, Name, Number, Operand, names, rewrite

#: An operand with its mark: + or − for a term, * or / for a factor.
Marked = tuple[str, Expr]

_SUM = {"add": "++", "sub": "+-", "neg": "-"}
_PRODUCT = {"mul": "**", "div": "*/"}
_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


# Put together.


def added(terms: Iterable[Expr]) -> Expr:
    """The terms with + between them, at least one."""
    return reduce(lambda a, b: Call("add", (a, b)), terms)


def multiplied(factors: Iterable[Expr]) -> Expr:
    """The factors with · between them, at least one."""
    return reduce(lambda a, b: Call("mul", (a, b)), factors)


def summed(marked: Sequence[Marked]) -> Expr:
    """The sum of terms with their signs; 0 for none."""
    if not marked:
        return Number(0)
    return added(term if sign == "+" else Call("neg", (term,)) for sign, term in marked)


def product(marked: Sequence[Marked]) -> Expr:
    """The product of factors, those marked / below the line; 1 for none."""
    above = multiplied([f for mark, f in marked if mark == "*"] or [Number(1)])
    below = [f for mark, f in marked if mark == "/"]
    return Call("div", (above, multiplied(below))) if below else above


def without(marked: Sequence[Marked], place: int) -> list[Marked]:
    """All but one."""
    return [*marked[:place], *marked[place + 1 :]]


# Taken apart.


def terms(expr: Expr) -> list[Marked]:
    """The terms of a sum, with their signs; one where it is no sum."""
    return list(_split(expr, _SUM, "+"))


def factors(expr: Expr) -> list[Marked]:
    """The factors of a product or quotient, ``/`` before those below; one where it is neither."""
    return list(_split(expr, _PRODUCT, "*"))


def operands(expr: Expr) -> list[Marked] | None:
    """The terms, factors or arguments of a formula; None for a number, name or derivative."""
    if not isinstance(expr, Call) or exact_number(expr) is not None:
        return None
    if expr.function in _SUM:
        return terms(expr)
    if expr.function in _PRODUCT:
        return factors(expr)
    return [(f"{expr.function} {place}", part) for place, part in enumerate(expr.arguments)]


def _split(expr: Expr, marks: Mapping[str, str], mark: str) -> Iterator[Marked]:
    """The operands, in order; a stack, for a sum may be long."""
    stack = [(mark, expr)]
    while stack:
        mark, part = stack.pop()
        if isinstance(part, Call) and part.function in marks and exact_number(part) is None:
            pairs = zip(marks[part.function], part.arguments, strict=True)
            inner = [(mark if own in "+*" else _TURNED[mark], p) for own, p in pairs]
            stack += reversed(inner)
        else:
            yield mark, part


def exact_number(expr: Expr) -> Number | None:
    """The number, where the expression is a single one, its sign included; else None.

    −(−0.9) is none: somebody has put −0.9 into a formula.
    """
    if not isinstance(expr, Call):
        return expr if isinstance(expr, Number) else None
    if expr.function not in ("neg", "mul"):
        return None
    match expr:
        case Call("neg", (inner,)):
            number = None if _is_turned(inner) else exact_number(inner)
            return None if number is None else Number(-number.value, number.places)
        case Call("mul", (mantissa, Call("pow", (Number(10, None), power)))):
            exponent, figure = exact_number(power), exact_number(mantissa)  # −1.6×10⁻⁸
            whole = exponent is not None and exponent.places is None
            if figure is not None and exponent is not None and whole and abs(exponent.value) <= 300:
                return _scaled(figure, int(exponent.value))
    return None


def _is_turned(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function == "neg"


def _scaled(mantissa: Number, exponent: int) -> Number:
    """A number in scientific notation, as accurate as its mantissa is written."""
    value = Decimal(repr(mantissa.value)).scaleb(exponent)
    if mantissa.places is None and exponent >= 0:
        return Number(int(value))
    return Number(float(value), (mantissa.places or 0) - exponent)


# One part for another.

#: Stands for what is replaced while the rest is still compared; no formula has it.
_REPLACED = Name("")


def replaced(expr: Expr, old: Expr, new: Expr, place: int | None = None) -> Expr:
    """The formula with ``new`` for ``old``.

    What is compared with ``old`` is the formula as it was: in f(f(a)) with a for f(a), only
    the inner call is replaced.

    Args:
        expr: The formula.
        old: What is replaced.
        new: What stands in its place.
        place: Which time it is replaced, from 0, innermost first; without it every time.
    """
    times = count()
    if not isinstance(old, Call):  # no node has it for an argument that it is itself
        return rewrite(
            expr, lambda node: new if node == old and place in (None, next(times)) else None
        )

    def mark(node: Expr) -> Expr | None:
        return _REPLACED if node == old and place in (None, next(times)) else None

    return rewrite(rewrite(expr, mark), lambda node: new if node is _REPLACED else None)


def substitute(expr: Expr, operands: Mapping[str, Operand]) -> Expr:
    """Put operands in the place of names, all at once.

    Args:
        expr: The formula.
        operands: What stands in the place of a name; for a family, a tuple of operands.

    Raises:
        FormulaError: A family stands outside a sum, or a sum runs over no family.

    >>> from micrograd_like.formula import parse
    >>> substitute(parse("sum(x * w)"), {"x": (Name("x1"),), "w": (Name("w1"),)})
    Call(function='mul', arguments=('x1', 'w1'))
    """

    def rule(node: Expr) -> Expr | None:
        match node:
            case Name(name):
                operand = operands.get(name)
                if isinstance(operand, tuple):
                    raise FormulaError(f"the family {name!r} stands outside a sum")
                return operand
            case Call("sum", (body,)):
                return _expand(body, operands)
        return None

    return rewrite(expr, rule, whole=("sum",))


def _expand(body: Expr, operands: Mapping[str, Operand]) -> Expr:
    families = {n: o for n in names(body) if isinstance(o := operands.get(n), tuple)}
    if not families:
        raise FormulaError("a sum runs over a family, and none of its names is one")
    terms = [
        substitute(body, {**operands, **dict(zip(families, members, strict=True))})
        for members in zip(*families.values(), strict=True)
    ]
    return added(terms) if terms else Number(0)
