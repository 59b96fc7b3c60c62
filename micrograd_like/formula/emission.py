"""From a formula to source: one emitter, with a dialect each for Python, C and arrays.

Every call is bracketed, so precedence cannot go wrong. In C and over arrays both branches of
a condition are computed and one is taken: that is what a compiler can do for many samples at
once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from micrograd_like.errors import FormulaError
from micrograd_like.formula.tree import (
    COMPARISONS,
    OPERATORS,
    Call,
    Expr,
    Name,
    Number,
    fold,
    names,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one kind of source differs in from another, as templates.

    Attributes:
        number, name: A constant's digits, and the name of a quantity.
        call: A function's name and its arguments.
        power: The function that a power calls.
        longest_product: Whole powers up to this one are written as products.
        where: Condition, then, otherwise.
        words: How ``and`` and ``or`` join two conditions.
        sums: True if it has a sum over families of names.
    """

    language: str
    number: str
    name: str
    call: str
    power: str
    longest_product: int
    where: str
    words: dict[str, str]
    sums: bool = False


#: Over floats. Powers are calls of ``power``: Python's ``**`` turns a negative base into a
#: complex number, where C's ``pow`` reports that it is not defined.
PYTHON = Dialect(
    "Python",
    number="{}",
    name="{}",
    call="{}({})",
    power="power",
    longest_product=0,
    where="({1} if {0} else {2})",
    words={"and": "({} and {})", "or": "({} or {})"},
    sums=True,
)

#: Over numbers of the type ``real``. A name ``x`` is ``v_x`` and a function ``f`` is called as
#: ``F(f)``, a macro that makes of it the function for the type and processor at hand, so that
#: no name of the table can be a word of C's. Not ``&&`` and ``||``: nothing may be skipped
#: where samples go side by side.
C = Dialect(
    "C",
    number="R({})",
    name="v_{}",
    call="F({})({})",
    power="pow",
    longest_product=4,
    where="({0} ? {1} : {2})",
    words={"and": "({} & {})", "or": "({} | {})"},
)

#: Python over the arrays of NumPy, JAX or the like, element by element.
ARRAYS = Dialect(
    "array",
    number="{}",
    name="{}",
    call="{}({})",
    power="power",
    longest_product=2,
    where="where({0}, {1}, {2})",
    words={"and": "logical_and({}, {})", "or": "logical_or({}, {})"},
)


def emit(
    expr: Expr,
    dialect: Dialect,
    families: tuple[str, ...] = (),
    share: Callable[[str], str] | None = None,
) -> str:
    """The source of an expression.

    Args:
        expr: The expression.
        dialect: What it is written in.
        families: Names that are families: in Python, ``x`` is the list ``x_data``.
        share: Given the source of a call, what to write instead, such as a variable that
            holds its result.

    Raises:
        FormulaError: The dialect has no source for a part of it.

    >>> from micrograd_like.formula import parse
    >>> emit(parse("x if x > 0 else exp(x) - 1"), PYTHON)
    '(x if (x > 0.0) else (exp(x) - 1.0))'
    >>> emit(parse("x if x > 0 else exp(x) - 1"), C)
    '((v_x > R(0.0)) ? v_x : (F(exp)(v_x) - R(1.0)))'
    >>> emit(parse("x if x > 0 and y > 0 else exp(x)"), ARRAYS)
    'where(logical_and((x > 0.0), (y > 0.0)), x, exp(x))'
    """

    def call(function: str, parts: list[str]) -> str:
        source = dialect.call.format(function, ", ".join(parts))
        return source if share is None else share(source)

    def combine(node: Expr, parts: list[str]) -> str:
        match node:
            case Number(value):
                return dialect.number.format(repr(float(value)))
            case Name(name):
                return dialect.name.format(name)
            case Call("neg"):
                return f"(-{parts[0]})"
            case Call("pow", (_, Number(int() as n))) if 1 <= n <= dialect.longest_product:
                return f"({' * '.join([parts[0]] * n)})"
            case Call("pow"):
                return call(dialect.power, parts)
            case Call("where"):
                return dialect.where.format(*parts)
            case Call("and" | "or" as word):
                return reduce(dialect.words[word].format, parts)
            case Call("sum", (body,)) if dialect.sums:
                return _sum(body, dialect, families)
            case Call(function) if function in OPERATORS or function in COMPARISONS:
                symbol = OPERATORS.get(function) or COMPARISONS[function]
                return f"({parts[0]} {symbol} {parts[1]})"
            case Call(function) if function != "sum":
                return call(function, parts)
        raise FormulaError(f"{node} has no {dialect.language} source")

    source: str = fold(expr, combine, whole=("sum",))
    return source


def _sum(body: Expr, dialect: Dialect, families: tuple[str, ...]) -> str:
    """A sum over the lists of its families, where it can be by a loop in C."""
    match body:
        case Name(name):
            return f"sum({name}_data)"
        case Call(function, (Name(a), Name(b))) if {a, b} <= {*families}:
            return f"sum(map({function}, {a}_data, {b}_data))"
    used = [name for name in names(body) if name in families]
    lists = ", ".join(f"{name}_data" for name in used)
    return f"sum([{emit(body, dialect, families)} for {', '.join(used)}, in zip({lists})])"
