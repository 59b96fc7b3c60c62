"""The small expression language in which the operation table is written.

A formula such as ``out * (1 - out)`` is parsed once into a tree of four kinds of node;
everything else is an interpreter over that tree: :func:`substitute` puts operands in,
:func:`evaluate` computes with whatever numbers it is given (floats, complex numbers,
``Value`` nodes), :func:`to_python` prints source for the engine, :func:`simplify` does
what a hand would do without thinking (``1 * x``, ``2 - 1``).

The language: numbers, names, ``+ - * / **``, unary minus, calls ``f(x)``,
``a if condition else b`` with comparisons, ``and`` and ``or``, and ``sum(body)``, which
runs over the *families* of names in its body (``sum(x * w)`` is x₁w₁ + x₂w₂ + …).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache, reduce
from typing import Any

from micrograd_like.errors import FormulaError


@dataclass(frozen=True, slots=True)
class Number:
    """A constant. An ``int`` is exact; a ``float`` is a measured or rounded quantity.

    places:  the decimals it was written with, where somebody wrote it; None otherwise
    """

    value: int | float
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Derivative:
    """∂of/∂wrt, as one symbol."""

    of: str
    wrt: str


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function applied to arguments; the operators are calls too (``add``, ``pow``…)."""

    function: str
    arguments: tuple[Expr, ...]
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.function, *map(hash, self.arguments))))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        """True for the same tree; a loop, so however deep it is."""
        stack: list[tuple[object, object]] = [(self, other)]
        while stack:
            a, b = stack.pop()
            if a is b:
                continue
            if not (isinstance(a, Call) and isinstance(b, Call)):
                if isinstance(a, Call) or isinstance(b, Call) or a != b:
                    return False
                continue
            if a._hash != b._hash or a.function != b.function:
                return False
            if len(a.arguments) != len(b.arguments):
                return False
            stack += zip(a.arguments, b.arguments, strict=True)
        return True


Expr = Number | Name | Derivative | Call
Operand = Expr | tuple[Expr, ...]  # a tuple stands for a family of names

#: The arithmetic operators: the function's name and its Python symbol.
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}

#: Functions of the tree that have signs or words of their own in the text.
_WRITTEN_OTHERWISE = {*OPERATORS, *COMPARISONS, "neg", "where", "and", "or"}

#: What the operators and comparisons do to any numbers that support them.
ARITHMETIC: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "pow", "neg")},
    "div": operator.truediv,
    **{name: getattr(operator, name) for name in COMPARISONS},
}


# Text to tree.


@cache
def parse(text: str) -> Expr:
    """Parse a formula of the table. Nothing in it is evaluated.

    Errors: :class:`FormulaError` naming what the language lacks, and where.

    >>> parse("x * y")
    Call(function='mul', arguments=(Name(name='x'), Name(name='y')))
    """
    shown = repr(text if len(text) <= 200 else text[:197] + "...")
    try:
        return _convert(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError as error:
        raise FormulaError(f"formula {shown}: {error.msg} at column {error.offset}") from None
    except FormulaError as error:
        raise FormulaError(f"formula {shown}: {error}") from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaError(f"formula {shown}: it is too long or too deep to be read") from None


def _convert(node: ast.expr) -> Expr:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(value)
        case ast.Name(id=name):
            return Name(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Call(_BINARY[type(op)], (_convert(left), _convert(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Call("neg", (_convert(operand),))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name in _WRITTEN_OTHERWISE or (name == "sum" and len(arguments) != 1):
                raise FormulaError(f"{name!r} is not called like this, column {node.col_offset}")
            return Call(name, tuple(map(_convert, arguments)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return Call("where", (_convert(test), _convert(body), _convert(orelse)))
        case ast.BoolOp(op=op, values=values):
            name = "and" if isinstance(op, ast.And) else "or"
            return Call(name, tuple(map(_convert, values)))
        case ast.Compare(left=left, ops=ops, comparators=rights) if all(
            type(op) in _COMPARE for op in ops
        ):
            sides = [_convert(side) for side in (left, *rights)]
            pairs = tuple(
                Call(_COMPARE[type(op)], (a, b))
                for op, a, b in zip(ops, sides, sides[1:], strict=False)
            )
            return pairs[0] if len(pairs) == 1 else Call("and", pairs)
    raise FormulaError(f"{type(node).__name__} is not in the language, column {node.col_offset}")


# Tree to tree.


def fold(
    expr: Expr,
    combine: Callable[[Expr, list[Any]], Any],
    whole: Collection[str] = (),
) -> Any:
    """``combine(node, results of its arguments)`` for every node, innermost first.

    Calls of the functions in ``whole`` are not entered: they get no results. It is a loop,
    so an expression may be as deep as memory allows.
    """
    results: list[Any] = []
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, entered = stack.pop()
        arguments = node.arguments if isinstance(node, Call) and node.function not in whole else ()
        if arguments and not entered:
            stack.append((node, True))
            stack.extend((argument, False) for argument in reversed(arguments))
        else:
            start = len(results) - len(arguments)
            results[start:] = [combine(node, results[start:])]
    return results[0]


def added(terms: Iterable[Expr]) -> Expr:
    """The terms with + between them, at least one."""
    return reduce(lambda a, b: Call("add", (a, b)), terms)


def multiplied(factors: Iterable[Expr]) -> Expr:
    """The factors with · between them, at least one."""
    return reduce(lambda a, b: Call("mul", (a, b)), factors)


def names(expr: Expr) -> tuple[str, ...]:
    """The names in ``expr``, each once, in the order they are written."""
    found: dict[str, None] = {}

    def visit(node: Expr, _: list[None]) -> None:
        if isinstance(node, Name):
            found.setdefault(node.name)

    fold(expr, visit)
    return tuple(found)


def substitute(expr: Expr, operands: Mapping[str, Operand]) -> Expr:
    """Put operands in the place of names; a family is given as a tuple of operands.

    >>> substitute(parse("sum(x * w)"), {"x": (Name("x1"),), "w": (Name("w1"),)})
    Call(function='mul', arguments=(Name(name='x1'), Name(name='w1')))
    """

    def combine(node: Expr, arguments: list[Expr]) -> Expr:
        match node:
            case Name(name):
                operand = operands.get(name, node)
                if isinstance(operand, tuple):
                    raise FormulaError(f"the family {name!r} stands outside a sum")
                return operand
            case Call("sum", (body,)):
                return _expand(body, operands)
            case Call(function):
                return Call(function, tuple(arguments))
        return node

    substituted: Expr = fold(expr, combine, whole=("sum",))
    return substituted


def _expand(body: Expr, operands: Mapping[str, Operand]) -> Expr:
    families = {n: o for n in names(body) if isinstance(o := operands.get(n), tuple)}
    if not families:
        raise FormulaError("a sum runs over a family, and none of its names is one")
    terms = [
        substitute(body, {**operands, **dict(zip(families, members, strict=True))})
        for members in zip(*families.values(), strict=True)
    ]
    return added(terms) if terms else Number(0)


def simplify(expr: Expr) -> Expr:
    """Do the arithmetic of exact numbers and drop what changes nothing.

    ``1 * x``, ``x + 0``, ``x ** 1``, ``2 - 1``, ``1/2 * 2 * x``; a product with 0 is 0; a
    condition between exact numbers is decided. Factors keep their order, and nothing is
    cancelled or expanded, so the result is still recognisably what was written.
    """

    def combine(node: Expr, arguments: list[Expr | _Product]) -> Expr | _Product:
        if not isinstance(node, Call):
            return node
        if node.function in ("mul", "div", "neg"):
            return _Product.of(node.function, arguments)
        return _simplified(Call(node.function, tuple(map(_finished, arguments))))

    return _finished(fold(expr, combine))


def _simplified(call: Call) -> Expr:
    """The call simplified, its arguments being so already."""
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

    whole:  the product as it was written, if it divides by zero: then it stays so
    """

    coefficient: Fraction
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
            left.coefficient /= others[0].coefficient
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
                return cls(Fraction(value), [], [])
        return cls(Fraction(1), [argument], [])


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


# Tree to number.


def evaluate(
    expr: Expr,
    values: Mapping[Any, Any],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[[float], Any] | None = None,
) -> Any:
    """Compute ``expr`` from the values of its names with the given functions.

    ``values`` is keyed by name, and by :class:`Derivative` where the formula has any.
    ``functions`` decides what is computed with: floats, complex numbers, graph nodes;
    ``number``, if given, makes such a thing of a constant. Only the branch of a condition
    that applies is computed.
    """

    def combine(node: Expr, arguments: list[Any]) -> Any:
        match node:
            case Number(value):
                return value if number is None else number(value)
            case Name(name):
                return values[name]
            case Call("where", (condition, then, otherwise)):
                chosen = then if evaluate(condition, values, functions) else otherwise
                return evaluate(chosen, values, functions)
            case Call("and" | "or" as function, conditions):
                results = (evaluate(c, values, functions) for c in conditions)
                return all(results) if function == "and" else any(results)
            case Call("sum", (body,)):
                return _sum(body, values, functions)
            case Call(function):
                return functions[function](*arguments)
        return values[node]

    return fold(expr, combine, whole=("where", "and", "or", "sum"))


def _sum(body: Expr, values: Mapping[Any, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    families = [name for name in names(body) if isinstance(values[name], tuple)]
    if not families:
        raise FormulaError("a sum runs over a family, and none of its names is one")
    members = zip(*(values[name] for name in families), strict=True)
    terms = ({**values, **dict(zip(families, m, strict=True))} for m in members)
    return reduce(functions["add"], (evaluate(body, term, functions) for term in terms))


# Tree to Python.


def to_python(expr: Expr, families: tuple[str, ...] = ()) -> str:
    """Python source of ``expr`` over floats; a family ``x`` is the list ``x_data``.

    Every call is bracketed, so precedence cannot go wrong. Powers are written
    ``power(a, b)``: Python's ``**`` turns a negative base into a complex number, where
    C's ``pow`` reports that it is not defined.
    """

    def source(node: Expr) -> str:
        match node:
            case Number(value):
                return repr(float(value))
            case Name(name):
                return name
            case Call("neg", (a,)):
                return f"(-{source(a)})"
            case Call("pow", (a, b)):
                return f"power({source(a)}, {source(b)})"
            case Call("where", (condition, then, otherwise)):
                return f"({source(then)} if {source(condition)} else {source(otherwise)})"
            case Call("and" | "or" as function, arguments):
                return f"({f' {function} '.join(map(source, arguments))})"
            case Call("sum", (Name(name),)):
                return f"sum({name}_data)"
            case Call("sum", (Call(function, (Name(a), Name(b))),)) if {a, b} <= {*families}:
                return f"sum(map({function}, {a}_data, {b}_data))"  # the loop in C
            case Call("sum", (body,)):
                used = [name for name in names(body) if name in families]
                lists = ", ".join(f"{name}_data" for name in used)
                return f"sum([{source(body)} for {', '.join(used)}, in zip({lists})])"
            case Call(function, (a, b)) if function in OPERATORS or function in COMPARISONS:
                symbol = OPERATORS.get(function) or COMPARISONS[function]
                return f"({source(a)} {symbol} {source(b)})"
            case Call(function, arguments):
                return f"{function}({', '.join(map(source, arguments))})"
        raise FormulaError(f"{node} has no Python source")

    return source(expr)
