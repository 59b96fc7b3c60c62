"""Which figures of a line stand for which piece of a formula: pairs, and no verdicts.

For ŷ = σ(w·x) = σ(0.41·2.8) = σ(1.148), 0.41 and 2.8 are laid beside w and x, and 1.148 beside
0.41·2.8. Figures in the shape of the formula stand where its operands stand, those of the same
kind in another order if that brings them nearer: 2·5·0.3 for d·w is 2·5 beside d and 0.3 beside w.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from micrograd_like.formula import (
    Call,
    Expr,
    Marked,
    Number,
    exact_number,
    factors,
    operands,
    product,
    summed,
)
from micrograd_like.marking.world.shape import other_function
from micrograd_like.record import record

#: How far figures are from a formula: 0 where they may be the same; then what lies between the two
#: numbers all the same.
Distance = Callable[[Expr, Expr], tuple[float, float]]
#: False where the numbers of two tell that the one has not been put into the other.
MayBe = Callable[[Expr, Expr], bool]

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


def pairing(figures: Expr, formula: Expr, distance: Distance, may_be: MayBe) -> Pairing:
    """Figures laid beside the formula that they are put into."""
    ours, theirs = operands(figures), operands(formula)
    if ours is not None and theirs is not None and kind(ours) != kind(theirs):
        ours, theirs = _as_product(ours), _as_product(theirs)
    alike = ours is not None and theirs is not None and kind(ours) == kind(theirs)
    if not alike and (plain := _without_units(formula)) is not None:
        return pairing(figures, plain, distance, may_be)
    if not alike or figures == formula or other_function(figures, formula):
        return Pairing(figures, formula)
    assert ours is not None
    assert theirs is not None
    pairs = _pairs(ours, theirs, distance, may_be(figures, formula))
    operands_ = tuple((mark, pairing(a, b, distance, may_be)) for mark, a, b in pairs)
    return Pairing(figures, formula, operands_)


def _without_units(formula: Expr) -> Expr | None:
    """What signs and factors of 1 turn: x for −1·(−x); None where there is no such factor."""
    marked = factors(formula)
    rest = [(mark, factor) for mark, factor in marked if not _is_unit(factor)]
    if len(rest) != 1 or len(marked) == 1 or rest[0][0] != "*":
        return None
    minus = [
        number for _, factor in marked if (number := exact_number(factor)) and number.value < 0
    ]
    only = rest[0][1]
    while isinstance(only, Call) and only.function == "neg":
        minus, only = [*minus, Number(-1)], only.arguments[0]
    return _minus(only) if len(minus) % 2 else only


def _is_unit(factor: Expr) -> bool:
    number = exact_number(factor)
    return number is not None and abs(number.value) == 1


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


def _pairs(
    ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance, may_fit: bool
) -> _Pairs:
    """Each operand with the one it stands for; none where many are left over on both sides.

    Where the nearest do not all fit, those that do are looked for, unless the two come to
    different numbers. Of fewer operands one stands for several: what is left over, or whichever
    makes all fit.
    """
    apart = _Apart(ours, theirs, distance)
    first = apart.laid(apart.nearest())
    few = min(len(ours), len(theirs))
    if not first or not may_fit or few > _MOST_TRIED or _fit(first, distance):
        return first
    if len(ours) == len(theirs):
        fitting = apart.fitting()
        return apart.laid(fitting) if fitting else first
    others = (apart.laid(apart.nearest(alone)) for alone in range(few))
    return next((pairs for pairs in others if pairs and _fit(pairs, distance)), first)


def _fit(pairs: _Pairs, distance: Distance) -> bool:
    return all(distance(figures, formula)[0] == 0 for _, figures, formula in pairs)


class _Apart:
    """Operands of figures beside those of a formula, and how far apart any two are."""

    def __init__(
        self, ours: Sequence[Marked], theirs: Sequence[Marked], distance: Distance
    ) -> None:
        self.ours, self.theirs, self.distance = ours, theirs, distance
        self.fewer = len(ours) < len(theirs)
        self.product = kind(ours) == "*"
        self._known: dict[tuple[int, int], tuple[float, float] | None] = {}

    def laid(self, found: dict[int, int]) -> _Pairs:
        """The pairs; what is left over on one side alone belongs to all that is on the other."""
        ours, theirs = self.ours, self.theirs
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
        return self._turned(pairs) if self.product else pairs

    def _turned(self, pairs: _Pairs) -> _Pairs:
        """Factors beside those that they are but for their sign, an even number of them turned."""
        distance = self.distance
        other = [
            place
            for place, (_, figures, formula) in enumerate(pairs)
            if distance(figures, formula)[0] > 0 and distance(figures, _minus(formula))[0] == 0
        ]
        turned = other if len(other) % 2 == 0 else []
        return [
            (mark, figures, _minus(formula) if place in turned else formula)
            for place, (mark, figures, formula) in enumerate(pairs)
        ]

    def nearest(self, alone: int = -1) -> dict[int, int]:
        """Places of operands that belong together: those in their places, then the nearest.

        Args:
            alone: An operand of the fewer that is kept for what the others leave over.
        """
        ours, theirs = self.ours, self.theirs
        found: dict[int, int] = {}
        most = min(len(ours), len(theirs)) - (len(ours) != len(theirs))
        if [mark for mark, _ in ours] == [mark for mark, _ in theirs]:
            pairs = enumerate(zip(ours, theirs, strict=True))
            same = (i for i, ((_, a), (_, b)) in pairs if self.distance(a, b)[0] == 0)
            found.update((i, i) for i in same)
        if len(found) < most:
            for *_, i, j in sorted(self._candidates(found, alone)):
                if len(found) < most and i not in found and j not in found.values():
                    found[i] = j
        return found

    def _candidates(
        self, found: dict[int, int], alone: int
    ) -> Iterator[tuple[tuple[float, float], bool, bool, int, int]]:
        for i, (mark, _) in enumerate(self.ours):
            for j, (other, _) in enumerate(self.theirs):
                taken = i in found or j in found.values() or (i if self.fewer else j) == alone
                if not taken and (near := self._between(i, j)) is not None:
                    yield near, mark != other, i != j, i, j

    def _between(self, i: int, j: int) -> tuple[float, float] | None:
        """How far two operands are apart; None where what joins them is not alike."""
        if (i, j) not in self._known:
            self._known[i, j] = self._worked_out(i, j)
        return self._known[i, j]

    def _worked_out(self, i: int, j: int) -> tuple[float, float] | None:
        """The same; a factor may be turned, if another one is."""
        (mark, operand), meant = self.ours[i], self.theirs[j]
        if mark != meant[0] and mark not in _TURNED:
            return None
        formula = _joined_by(mark, meant)
        near = self.distance(operand, formula)
        if not self.product or near == (0.0, 0.0):
            return near
        return min(near, self.distance(operand, _minus(formula)))

    def fitting(self) -> dict[int, int]:
        """Each operand with one that it may be, whatever else is nearer; none where not all have.

        One that is held by another is let go where the other has one more (Kuhn's paths).
        """
        held: dict[int, int] = {}

        def take(i: int, seen: set[int]) -> bool:
            for j in range(len(self.theirs)):
                near = None if j in seen else self._between(i, j)
                if near is not None and near[0] == 0:
                    seen.add(j)
                    if j not in held or take(held[j], seen):
                        held[j] = i
                        return True
            return False

        found = all(take(i, set()) for i in range(len(self.ours)))
        return {i: j for j, i in held.items()} if found else {}


def _minus(formula: Expr) -> Expr:
    return summed([("-", formula)])


def _joined_by(mark: str, marked: Marked) -> Expr:
    """An operand as one that the mark joins to the others: −d beside the 2.8 of a − 2.8."""
    return marked[1] if marked[0] == mark else _together(mark, [marked])


def _together(mark: str, group: Sequence[Marked]) -> Expr:
    """Operands joined, as one that the mark joins to the others."""
    turned = group if mark in "+*" else [(_TURNED[own], operand) for own, operand in group]
    return product(turned) if mark in "*/" else summed(turned)
