"""Which figures of a line stand for which piece of a formula: pairs, and no verdicts.

For ŷ = σ(w·x) = σ(0.41·2.8) = σ(1.148), 0.41 and 2.8 are laid beside w and x, and 1.148 beside
0.41·2.8. Figures in the shape of the formula stand where its operands stand, those of the same
kind in another order if that brings them nearer: 2·5·0.3 for d·w is 2·5 beside d and 0.3 beside w.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from micrograd_like.formula import Expr, Marked, factors, operands, product, summed
from micrograd_like.marking.world.shape import other_function
from micrograd_like.record import record

#: How far figures are from a formula: 0 where they may be the same; then what lies between the two
#: numbers all the same.
Distance = Callable[[Expr, Expr], tuple[float, float]]

#: Operands of which each is tried as the one that stands for several.
_MOST_TRIED = 8

_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


@record
class Pairing:
    """Figures beside what they stand for.

    Attributes:
        operands: The same operand by operand, with what joins each to the others; none where the
            two are of different shapes, and so can be compared as wholes alone.
    """

    figures: Expr
    formula: Expr
    operands: tuple[tuple[str, Pairing], ...] = ()


def pairing(figures: Expr, formula: Expr, distance: Distance) -> Pairing:
    """Figures laid beside the formula that they are put into."""
    ours, theirs = operands(figures), operands(formula)
    if ours is not None and theirs is not None and kind(ours) != kind(theirs):
        ours, theirs = _as_product(ours), _as_product(theirs)
    alike = ours is not None and theirs is not None and kind(ours) == kind(theirs)
    if not alike or figures == formula or other_function(figures, formula):
        return Pairing(figures, formula)
    assert ours is not None
    assert theirs is not None
    return Pairing(
        figures,
        formula,
        tuple((mark, pairing(a, b, distance)) for mark, a, b in _pairs(ours, theirs, distance)),
    )


def _as_product(marked: list[Marked]) -> list[Marked]:
    """The factors of −(a·b), the first one turned; what is no such product as it is."""
    (sign, only), *others = marked
    if others or sign != "-" or len(inner := factors(only)) == 1:
        return marked
    (mark, first), *rest = inner
    return [(mark, summed([("-", first)])), *rest]


def kind(marked: Sequence[Marked]) -> str:
    """What joins the operands: + for a sum, * for a product, a function's name."""
    mark = marked[0][0]
    return {"-": "+", "/": "*"}.get(mark, mark.partition(" ")[0])


_Pairs = list[tuple[str, Expr, Expr]]


def _pairs(ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance) -> _Pairs:
    """Each operand with the one it stands for; none where many are left over on both sides.

    Of fewer operands one stands for several: what is left over, or whichever makes all fit.
    """
    first = _laid(ours, theirs, distance)
    few = min(len(ours), len(theirs))
    if not first or len(ours) == len(theirs) or few > _MOST_TRIED or _fit(first, distance):
        return first
    others = (_laid(ours, theirs, distance, alone) for alone in range(few))
    return next((pairs for pairs in others if pairs and _fit(pairs, distance)), first)


def _fit(pairs: _Pairs, distance: Distance) -> bool:
    return all(distance(figures, formula)[0] == 0 for _, figures, formula in pairs)


def _laid(
    ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance, alone: int = -1
) -> _Pairs:
    """The pairs, one operand of the fewer kept for what the others leave over."""
    found = _nearest(ours, theirs, distance, alone)
    pairs = [(*ours[i], _joined_by(ours[i][0], theirs[j])) for i, j in sorted(found.items())]
    rest = [marked for i, marked in enumerate(ours) if i not in found]
    left = [marked for j, marked in enumerate(theirs) if j not in found.values()]
    if len(rest) == 1 and left:  # it stands for all of them
        ((mark, operand),) = rest
        pairs.append((mark, operand, _together(mark, left)))
    elif len(left) == 1 and rest:
        ((mark, operand),) = left
        pairs.append((mark, _together(mark, rest), operand))
    elif rest or left:
        return []
    return _turned(pairs, distance) if kind(ours) == "*" else pairs


def _turned(pairs: _Pairs, distance: Distance) -> _Pairs:
    """Factors beside those that they are but for their sign, an even number of them turned."""
    other = [
        place
        for place, (_, figures, formula) in enumerate(pairs)
        if distance(figures, formula)[0] > 0 and distance(figures, summed([("-", formula)]))[0] == 0
    ]
    turned = other if len(other) % 2 == 0 else []
    return [
        (mark, figures, summed([("-", formula)]) if place in turned else formula)
        for place, (mark, figures, formula) in enumerate(pairs)
    ]


def _nearest(
    ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance, alone: int
) -> dict[int, int]:
    """Places of operands that belong together: those in their places, then the nearest."""
    found: dict[int, int] = {}
    fewer = len(ours) < len(theirs)
    most = min(len(ours), len(theirs)) - (len(ours) != len(theirs))

    product_of = kind(ours) == "*"

    def up_to_sign(figures: Expr, formula: Expr) -> tuple[float, float]:
        """A factor may be turned, if another one is."""
        near = distance(figures, formula)
        if not product_of or near == (0.0, 0.0):
            return near
        return min(near, distance(figures, summed([("-", formula)])))

    def candidates() -> Iterator[tuple[tuple[float, float], bool, bool, int, int]]:
        for i, (mark, operand) in enumerate(ours):
            for j, meant in enumerate(theirs):
                taken = i in found or j in found.values() or (i if fewer else j) == alone
                if not taken and (mark == meant[0] or mark in _TURNED):
                    apart = up_to_sign(operand, _joined_by(mark, meant))
                    yield apart, mark != meant[0], i != j, i, j

    if [mark for mark, _ in ours] == [mark for mark, _ in theirs]:
        pairs = enumerate(zip(ours, theirs, strict=True))
        found.update((i, i) for i, ((_, a), (_, b)) in pairs if distance(a, b)[0] == 0)
    for *_, i, j in sorted(candidates()) if len(found) < most else ():
        if len(found) < most and i not in found and j not in found.values():
            found[i] = j
    return found


def _joined_by(mark: str, marked: Marked) -> Expr:
    """An operand as one that the mark joins to the others: −d beside the 2.8 of a − 2.8."""
    return marked[1] if marked[0] == mark else _together(mark, [marked])


def _together(mark: str, group: Sequence[Marked]) -> Expr:
    """Operands joined, as one that the mark joins to the others."""
    turned = group if mark in "+*" else [(_TURNED[own], operand) for own, operand in group]
    return product(turned) if mark in "*/" else summed(turned)
