"""Figures that stand in the place of names: 0.5*2 for w*x where w is 0.5 and x is 2."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Set

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    exact_number,
    fold,
    nodes,
    rewrite,
)
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: Figures that stand for nothing in particular.
_COMMON = {0, 1, 2, 0.5, -1, 10}
#: From three digits on, that a figure rounds a number is no chance.
_TELLING = 3


def opened(formula: Expr, figures: Expr) -> dict[str, Number]:
    """The figure in the place of each name, where the two have the same shape; else nothing."""
    found: dict[str, Number] = {}
    stack = [(formula, figures)]
    while stack:
        ours, theirs = stack.pop()
        number = exact_number(theirs)
        match ours, theirs:
            case Name(name), _ if number is not None:
                if found.setdefault(name, number) != number:
                    return {}
            case (Name() | Derivative(), _) if ours == theirs or number is not None:
                pass
            case Number(), _ if ours == number:
                pass
            case Call("add" | "sub" as f, (a, b)), Call("add" | "sub" as g, (c, d)) if f != g:
                stack += [(a, c), (b, Call("neg", (d,)))]  # w·x − 0.6 for w·x + b
            case Call(f, a), Call(g, b) if f == g and len(a) == len(b):
                stack += zip(a, b, strict=True)
            case Derivative(), _:
                pass
            case _:
                return {}
    return found


class Known:
    """Numbers of names, each from a statement on, to be looked up by what they are near."""

    def __init__(self, numbers: Iterable[tuple[str, Number, int]]) -> None:
        self._numbers = sorted(numbers, key=_value)

    def above(self, place: int, name: str) -> Near:
        """Those made above a statement, but for one of this name."""

        def near(value: float, reach: float) -> list[tuple[str, Number]]:
            start = bisect_left(self._numbers, value - reach, key=_value)
            end = bisect_right(self._numbers, value + reach, key=_value)
            found = self._numbers[start:end]
            return [(own, n) for own, n, first in found if first < place and own != name]

        return near


def _value(entry: tuple[str, Number, int]) -> float:
    return entry[1].value


#: The names whose numbers are so near to a value, and these numbers.
Near = Callable[[float, float], list[tuple[str, Number]]]


#: Of several names with one number the one that is likely meant, or none.
Likely = Callable[[Iterable[str]], list[str]]


def read_figures(expr: Expr, known: Near, likely: Likely) -> tuple[Expr | None, bool]:
    """The formula that is meant by figures in the place of names.

    Args:
        expr: An expression without names.
        known: The names that may stand in it, by their numbers.
        likely: To which of several names a function is applied.

    Returns:
        The formula with the one name that each figure stands for, or None where it cannot be
        told; and True where no figure stands for anything, so that nothing is hidden in it.
    """
    if isinstance(expr, Call) and expr.function in ("div", "neg", "sqrt"):
        figures = nodes(expr, Number)
        if len(figures) < 3 and all(n.places is None for n in figures):
            return None, True
    several = False
    applied = {id(node) for node in _applied(expr)}

    # Not a rewriting: a figure with its sign is looked up as it was before its size is.
    def combine(node: Expr, parts: list[Expr]) -> Expr:
        nonlocal several
        if (figure := exact_number(node)) is not None:
            names = [] if _is_common(node) else _meant(node, known)
            if id(node) in applied and len(names) != 1:
                names = likely(name for name, _ in known(figure.value, 0)) or names
            several |= len(names) > 1
            if not names and isinstance(node, Call) and isinstance(parts[-1], Name):
                return Call(node.function, tuple(parts))  # -0.9 where z is 0.9, and nothing −0.9
            return Name(names[0]) if len(names) == 1 else node
        if not isinstance(node, Call):
            return node
        if node.function == "sub" and exact_number(parts[1]) is not None:
            names = _meant(Call("neg", (node.arguments[1],)), known)
            if len(names) == 1:  # … − 0.4 where b is −0.4
                return Call("add", (parts[0], Name(names[0])))
        if _fraction(node) is not None and len(names := _meant(node, known)) == 1:
            return Name(names[0])
        if node.function in ("mul", "div"):  # a whole number is a name in a product only
            pairs = zip(node.arguments, parts, strict=True)
            parts = [
                Name(names[0])
                if _is_common(own) and len(names := _meant(own, known)) == 1
                else part
                for own, part in pairs
            ]
        return Call(node.function, tuple(parts))

    formula: Expr = fold(expr, combine)
    if several:
        return None, False
    return (with_rough(formula, known), True) if formula != expr else (None, True)


def with_rough(formula: Expr, known: Near) -> Expr:
    """The formula with figures of few digits as names too, as 0.38 in w1·x1 + 0.38·x2.

    Beside other names the one that is rounded so is meant, if it does not stand there already; and
    where the number behind figures is not theirs, but within their rounding.
    """
    used = {str(name) for name in nodes(formula, Name)}

    def rule(node: Expr) -> Expr | None:
        number = exact_number(node)
        if number is None or number.places is None:
            return None
        names = [name for name in _rounded(number, known) if name not in used]
        return Name(names[0]) if len(names) == 1 else None

    return rewrite(formula, rule)


def with_hidden(formula: Expr, hidden: Set[str], known: Near) -> Expr:
    """The formula with names for decimals that are their numbers, and no other name's."""

    def rule(node: Expr) -> Expr | None:
        number = exact_number(node)
        if number is None or number.places is None:
            return None
        names = [name for name, _ in known(number.value, 0)]
        return Name(names[0]) if len(names) == 1 and names[0] in hidden else None

    if exact_number(formula) is not None:  # it is given so
        return formula
    return rewrite(formula, rule)


def _applied(expr: Expr) -> Iterator[Expr]:
    """The figures that a function is applied to, and those behind a sign: e^(−0.1)."""
    for call in nodes(expr, Call):
        if is_applied(call):
            for argument in call.arguments:
                alone = len(call.arguments) == 1 or not _is_common(argument)
                if exact_number(argument) is not None and alone:
                    yield argument
                    yield from argument.arguments if isinstance(argument, Call) else ()


def is_applied(call: Call) -> bool:
    """True for a function of what is in brackets, and for a power of e."""
    return call.function in FUNCTIONS or (
        call.function == "pow" and isinstance(call.arguments[0], Name)
    )


def _is_common(node: Expr) -> bool:
    """True for a whole number and its like, which may stand for nothing in particular."""
    number = exact_number(node)
    return number is not None and number.places is None and number.value in _COMMON


def _fraction(node: Expr) -> Number | None:
    """The number of 1/4, which may be given so."""
    match node:
        case Call("div", (Number(int() as above, None), Number(int() as below, None))) if below:
            return Number(above / below)
    return None


def _meant(node: Expr, known: Near) -> list[str]:
    """The names that have just this number; else the one that it is a rounding of."""
    number = exact_number(node) or _fraction(node)
    if number is None or (number.value in (0, 0.5) and number.places is None):
        return []
    same = [name for name, _ in known(number.value, 0)]
    if same or number.places is None or number.digits < _TELLING:
        return same
    near = _rounded(number, known) or _finer(number, known)
    return near if len(near) == 1 else []


def _finer(number: Number, known: Near) -> list[str]:
    """The names of which a figure has more digits than are stated."""
    found: list[str] = []
    for name, coarse in known(number.value, abs(number.value) / _TELLING):
        if coarse.places is None or coarse.places >= (number.places or 0):
            continue
        # 0.66 may be 0.6562 cut short; 0.7 is near too many numbers to be any of them.
        telling = coarse.digits > 1 and abs(coarse.value) >= _TELLING * 10.0**-coarse.places
        if telling and abs(coarse.value - number.value) <= 0.5000001 * 10.0**-coarse.places:
            found.append(name)
    return found


def _rounded(number: Number, known: Near) -> list[str]:
    """The names that a figure may be a rounding of."""
    places = number.places or 0
    found = known(number.value, 0.5000001 * 10.0**-places)
    return [name for name, n in found if n.places is not None and n.places > places]


def figures_in(expr: Expr) -> list[float]:
    """The decimal figures of an expression, with their signs."""
    numbers = (exact_number(node) for node in nodes(expr, Number, Call))
    return [float(n.value) for n in numbers if n is not None and n.places is not None]


#: Figures of one line that are moved to see how far its rounding reaches.
_MOST_MOVED = 40


def each_figure_moved(expr: Expr) -> Iterator[Expr]:
    """The expression with one of its decimal figures half a unit further, for each of them."""
    decimals = [n for n in nodes(expr, Number) if n.places is not None]
    for place in range(min(len(decimals), _MOST_MOVED)):
        seen = -1

        def rule(node: Expr, place: int = place) -> Expr | None:
            nonlocal seen
            if not isinstance(node, Number) or node.places is None:
                return None
            seen += 1
            half = 0.5 * 10.0**-node.places
            return Number(node.value + half) if seen == place else None

        yield rewrite(expr, rule)
